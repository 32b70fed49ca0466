"""Networks and sessions of the demo, after the cooperation agenda 2024-2026 of the province and the VBG."""

from dataclasses import dataclass, field

from app.events.models import EventFormat
from app.network.models import Joining, NetworkColour


@dataclass(frozen=True)
class DemoNetwork:
    slug: str
    name: str
    letters: str
    colour: NetworkColour
    summary: str
    description: str
    contact_name: str
    contact_address: str
    kinds: tuple[str, ...]
    """Kinds of organisation whose people are members."""
    joining: Joining = Joining.OPEN
    listed: bool = True

    @property
    def themes(self) -> tuple[str, ...]:
        """What it is about, as the list of themes calls that."""
        return _THEMES.get(self.slug, ())


_THEMES = {
    "digitale-transformatie": ("Digitale transformatie",),
    "brede-welvaart": ("Brede welvaart",),
    "klimaatadaptatie": ("Klimaatadaptatie",),
    "brabant-academie": ("Toekomstbestendig bestuur in Brabant",),
}


@dataclass(frozen=True)
class DemoEvent:
    """A session of the demo, written by position: a new field comes last."""

    network: str
    slug: str
    title: str
    summary: str
    description: str
    days: int
    """Days from today; negative is past."""
    start: str
    minutes: int
    format: EventFormat
    town: str = ""
    venue: str = ""
    street: str = ""
    seats: int | None = None
    online: bool = False
    seats_online: int | None = None
    confidential: bool = False
    answers: int = 0
    on: str = ""
    """A fixed day, in place of `days`: of sessions that really took place."""
    programme: tuple[tuple[int, str, str, str], ...] = field(default=())
    """Slots: minutes after the start, title, speaker, affiliation."""
    room: str = ""


PUBLIC = ("gemeente", "waterschap", "provincie", "vereniging", "samenwerkingsverband")

NETWORKS = (
    DemoNetwork(
        "digitale-transformatie", "Digitale Transformatie", "DT", NetworkColour.VIOLET,
        "Een paar keer per jaar een sessie over een kant van digitale transformatie, voor en door gemeenten.",
        "Wat begon als een onderzoek naar de datavolwassenheid van gemeenten, is nu een netwerk van mensen die kennis en ervaring "
        "uitwisselen over digitale transformatie. De Vereniging van Brabantse Gemeenten en de provincie organiseren de sessies samen; "
        "de gemeente Oosterhout ondersteunt.\n\nKom je voor het eerst? Je bent welkom, ook als je nog aan het begin staat.",
        "team Digitale Transformatie", "digitaal@oosterhout.example", PUBLIC,
    ),
    DemoNetwork(
        "brede-welvaart", "Praktijknetwerk Brede Welvaart", "BW", NetworkColour.GREEN,
        "Van denken naar doen: lessen delen over brede welvaart in beleid en uitvoering.",
        "Brede welvaart gaat over alles wat mensen van waarde vinden, hier en nu, later en elders. In het praktijknetwerk delen "
        "gemeenten, kennisinstellingen, bedrijven en maatschappelijke organisaties wat werkt en wat niet.",
        "team Brede Welvaart", "bredewelvaart@brabant.example", (*PUBLIC, "kennisinstelling", "maatschappelijk", "woningcorporatie"),
        Joining.APPROVAL,
    ),
    DemoNetwork(
        "klimaatadaptatie", "Klimaatadaptatie", "KA", NetworkColour.BLUE,
        "Samen in actie voor een klimaatbestendig Zuid-Nederland: informatieve sessies en de Expeditie 2100.",
        "De KNMI-klimaatscenario’s zijn helder: de buitenruimte moet zich aanpassen. Ambtenaren en bestuurders van gemeenten, "
        "provincies, waterschappen en werkregio’s in Noord-Brabant en Limburg komen hier samen met praktijkmensen, zoals "
        "woningcorporaties. En met jongeren: voor hen doen we het.",
        "team Klimaatadaptatie", "klimaat@brabant.example", (*PUBLIC, "rijk", "kennisinstelling", "woningcorporatie", "maatschappelijk"),
    ),
    DemoNetwork(
        "brabant-academie", "Brabant Academie", "BA", NetworkColour.PLUM,
        "Kennis delen en elkaar ontmoeten, voor volksvertegenwoordigers, bestuurders en ambtenaren.",
        "De Brabant Academie komt er naar het voorbeeld van de Gelderland, Zeeland en Zuid-Holland Academie: bijeenkomsten, "
        "netwerkdagen, trainingen en leergangen van meer dagen, en een plek waar je terugvindt wat eerdere sessies leerden.",
        "team Brabant Academie", "academie@brabant.example", PUBLIC,
    ),
)  # fmt: skip

STAR = "datagedreven-werken"
"""The session whose invitations are due at once."""

EVENTS = (
    DemoEvent(
        "digitale-transformatie", STAR, "Datagedreven werken in de praktijk",
        "Drie gemeenten laten zien hoe zij met data betere besluiten nemen, en wat er eerst misging.",
        "Veel gemeenten hebben een dataplan. Minder gemeenten merken er al iets van in het werk. Deze middag laten collega’s uit "
        "Oosterhout, Meierijstad en Tilburg zien wat zij deden, wat het opleverde en wat ze een volgende keer anders zouden doen.\n\n"
        "Je gaat naar huis met:\n\n- drie voorbeelden die je kunt overnemen\n- een lijst met vragen voor je eigen organisatie\n"
        "- namen van mensen die je kunt bellen",
        21, "13:30", 180, EventFormat.SESSION, "Oosterhout", "Stadhuis Oosterhout", "Slotjesveld 1", 40, True, None,
        programme=(
            (0, "Ontvangst en kennismaken", "", ""),
            (20, "Van datakelder naar wijkteam", "Loes Verhoeven", "gemeente Oosterhout"),
            (60, "Drie werktafels: verkeer, zorg, vastgoed", "Ravi Sharma", "gemeente Tilburg"),
            (125, "Wat nemen we mee?", "Bram van Gestel", "Vereniging van Brabantse Gemeenten"),
            (150, "Napraten", "", ""),
        ),
    ),
    DemoEvent(
        "digitale-transformatie", "algoritmes-uitleggen", "Algoritmes uitleggen aan de raad",
        "Hoe vertel je een raad wat een algoritme doet, zonder te verdwalen in techniek?",
        "Met een oefening: leg in vijf minuten een algoritme uit aan iemand die het nooit zag.",
        60, "09:30", 150, EventFormat.ONLINE, online=True, seats_online=200,
    ),
    DemoEvent(
        "digitale-transformatie", "datavolwassenheid-vijf-jaar", "Vijf jaar datavolwassenheid",
        "Terugblik op het onderzoek waarmee dit netwerk begon.", "", -75, "13:30", 180, EventFormat.SESSION,
        "Oosterhout", "Stadhuis Oosterhout", "Slotjesveld 1", 60, answers=46,
    ),
    DemoEvent(
        "digitale-transformatie", "ai-aan-het-loket", "AI aan het loket", "Wat mag, wat helpt en wat inwoners ervan vinden.", "",
        -190, "13:30", 150, EventFormat.SESSION, "Tilburg", "Stadskantoor Tilburg", "Stadhuisplein 130", 50, answers=38,
    ),
    DemoEvent(
        "brede-welvaart", "begroting-brede-welvaart", "Brede welvaart in de begroting",
        "Hoe laat je in een begroting zien wat inwoners ervan merken?", "", -262, "10:00", 150, EventFormat.WORK_SESSION,
        "Breda", "Stadskantoor Breda", "Claudius Prinsenlaan 10", 40, answers=28,
    ),
    DemoEvent(
        "klimaatadaptatie", "werkregios-aan-tafel", "Werkregio’s aan tafel", "Zes werkregio’s vergelijken hun plannen.", "",
        -318, "09:30", 180, EventFormat.WORK_SESSION, "Den Dungen", "De Litserborg", "Litserstraat 2", 45, answers=36,
    ),
    DemoEvent(
        "brabant-academie", "netwerkdag-academie", "Eerste netwerkdag Brabant Academie",
        "Wat willen raden, besturen en ambtenaren van elkaar leren?", "", -150, "09:30", 360, EventFormat.NETWORK_DAY,
        "'s-Hertogenbosch", "Provinciehuis", "Brabantlaan 1", 120, answers=64, room="Statenzaal",
    ),
    DemoEvent(
        "brabant-academie", "roadshow-noord-brabant", "Toekomst van het openbaar bestuur: gesprek met Noord-Brabant",
        "Een van twaalf gesprekken in het land over de toekomst van het openbaar bestuur.", "", -1, "10:00", 120,
        EventFormat.ONLINE, online=True, on="2021-01-29", answers=16,
    ),
    *(
        DemoEvent(
            "brabant-academie", slug, f"Werksessie Toekomstbestendig Bestuur in {town}",
            "Meedenken over de uitvoeringsagenda: slagvaardig en democratisch bestuur.", "", -1, start, 180,
            EventFormat.WORK_SESSION, town, venue, "", 40, on=day, answers=18,
        )
        for slug, town, venue, day, start in (
            ("werksessie-oss", "Oss", "Gemeentehuis Oss", "2024-03-20", "09:30"),
            ("werksessie-tilburg", "Tilburg", "Stadhuis Tilburg", "2024-03-20", "14:00"),
            ("werksessie-roosendaal", "Roosendaal", "Stadskantoor Roosendaal", "2024-03-28", "13:30"),
        )
    ),
    *(
        DemoEvent(
            network, slug, title, summary, "", -1, "13:00", 180, EventFormat.WORK_SESSION, town, venue, "", 60, on=day,
            answers=answers,
        )
        for network, slug, title, summary, town, venue, day, answers in (
            (
                "digitale-transformatie", "wat-vraagt-de-wet-digitaal", "Wat vraagt de wet van onze dienstverlening?",
                "Wat gemeenten moeten regelen voor digitale dienstverlening, en wie al begon.",
                "Helmond", "Stadskantoor", "2025-03-20", 38,
            ),
            (
                "brede-welvaart", "begroting-en-brede-welvaart", "Brede welvaart in de begroting",
                "Drie gemeenten laten hun begroting zien.", "Breda", "Stadskantoor", "2025-06-12", 26,
            ),
            (
                "klimaatadaptatie", "hitte-in-de-stad", "Hitte in de stad",
                "Wat helpt op een warme dag, en voor wie?", "Eindhoven", "Stadhuis", "2025-09-18", 29,
            ),
            (
                "digitale-transformatie", "samen-data-delen", "Samen data delen", "Afspraken die werken, en hoe je begint.",
                "Roosendaal", "Stadskantoor Roosendaal", "2025-10-09", 32,
            ),
        )
    ),
    DemoEvent(
        "brede-welvaart", "van-denken-naar-doen", "Van denken naar doen",
        "Werksessie: brede welvaart in de begroting, met voorbeelden uit drie gemeenten.",
        "Breng een eigen voorstel mee. Aan tafels kijken we samen wat het doet voor inwoners, nu en later.",
        13, "10:00", 240, EventFormat.WORK_SESSION, "Tilburg", "Het Duvelhok", "Sint Josephstraat 133", 24, answers=30,
    ),
    DemoEvent(
        "brede-welvaart", "meten-wat-telt", "Meten wat telt", "Welke cijfers helpen bij het gesprek met de raad?", "",
        -48, "13:00", 180, EventFormat.SESSION, "Eindhoven", "Stadhuis Eindhoven", "Stadhuisplein 1", 40, answers=31,
    ),
    DemoEvent(
        "klimaatadaptatie", "expeditie-2100", "Expeditie klimaatadaptatie Zuid-Nederland 2100",
        "Grote netwerkdag voor Noord-Brabant en Limburg: samen in actie voor een klimaatbestendig Zuid-Nederland.",
        "Een dag met veldbezoeken, werktafels en een gesprek met jongeren over hun toekomst.",
        89, "09:00", 480, EventFormat.EXPEDITION, "Helmond", "Kasteel Helmond", "Kasteelplein 1", 250, answers=40,
        programme=((0, "Inloop", "", ""), (45, "Opening: de scenario’s van het KNMI", "Ewa Kowalska", "Waterschap Aa en Maas"), (210, "Lunch", "", ""), (300, "Jongeren vragen, bestuurders antwoorden", "", "")),
    ),
    DemoEvent(
        "klimaatadaptatie", "hitte-in-de-kern", "Hitte in de kern", "Wat werkt in kleine kernen tegen hitte?", "",
        -110, "13:30", 150, EventFormat.SESSION, "Boxtel", "Gemeentehuis Boxtel", "Markt 1", 45, answers=40, online=True,
    ),
    DemoEvent(
        "brabant-academie", "training-nieuwe-raadsleden", "Training voor nieuwe raadsleden",
        "Wat kun je als raadslid vragen, en hoe krijg je een antwoord waar je iets aan hebt?",
        "Een avond met oefeningen en ervaren raadsleden.", 34, "19:00", 150, EventFormat.TRAINING,
        "'s-Hertogenbosch", "Provinciehuis", "Brabantlaan 1", 30, answers=22,
    ),
    DemoEvent(
        "brabant-academie", "intervisie-burgemeesters", "Intervisie in vertrouwen",
        "Intervisie voor bestuurders in een veilige omgeving.", "Wat we bespreken, blijft in de kamer.", 27, "16:00", 120,
        EventFormat.COURSE_MEETING, "Vught", "Maurick College", "Titus Brandsmalaan 1", 12, confidential=True, answers=9,
    ),
)  # fmt: skip
