"""What the demo's past sessions taught, in our own short words.

The work sessions of March 2024 follow the province's report on the agenda for a future-proof
administration, the talk of January 2021 the facts & figures of the road show on the future of
public administration. The other sessions are made up.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DemoPromise:
    """A commitment on a suggestion: what, days from today until it is due, and how it ended."""

    suggestion: int
    what: str
    due: int
    state: str = "open"
    note: str = ""
    named: bool = True
    """Whether its owner stands in public by name."""


@dataclass(frozen=True)
class DemoLesson:
    title: str
    explanation: str
    suggestions: tuple[str, ...]
    promises: tuple[DemoPromise, ...] = ()
    themes: tuple[str, ...] = ()
    """Its own ones; without any it is about those of the report."""


@dataclass(frozen=True)
class DemoReport:
    """The impression of a session, or of the series that the session belongs to; a draft is not published yet."""

    themes: tuple[str, ...]
    intro: str
    lessons: tuple[DemoLesson, ...]
    set_up: str = ""
    pitches: str = ""
    next_steps: str = ""
    by_hand: dict[str, int] = field(default_factory=dict)
    draft: bool = False


SERIES = "Werksessies Uitvoeringsagenda Toekomstbestendig Bestuur"
ABOUT_SERIES = "In Oss, Tilburg en Roosendaal werkten gemeenten, waterschappen en provincie uit wat de Uitvoeringsagenda van hen vraagt."
IN_SERIES = ("werksessie-oss", "werksessie-tilburg", "werksessie-roosendaal")

REPORTS = {
    "roadshow-noord-brabant": DemoReport(
        ("Toekomstbestendig bestuur in Brabant",),
        "Een digitaal gesprek over de toekomst van het openbaar bestuur, een van de twaalf in het land.",
        (
            DemoLesson(
                "Begin bij de opgave, niet bij de structuur",
                "Overheden vinden elkaar als duidelijk is waarvoor ze het doen. De vorm van de samenwerking volgt daaruit.",
                ("Spreek per opgave af wie meedoet en wie besluit",),
            ),
            DemoLesson(
                "Verschil mag er zijn",
                "Wat in de ene regio past, hoeft elders niet te werken. Maatwerk vraagt om regels die dat toelaten.",
                ("Maak verschillen tussen regio’s mogelijk in wetten en geldstromen",),
            ),
            DemoLesson(
                "Van proberen leer je samen meer dan van vergaderen",
                "Kleine proeven laten snel zien wat werkt, als het Rijk ruimte geeft en meedenkt.",
                ("Zet met het Rijk een paar proeven op en deel wat ze leren",),
            ),
        ),
        set_up="Sessie met de bestuurders van de vijf gemeenten en de provincie die samen BrabantStad vormen, en bestuurders van "
        "waterschappen. Een inleiding door een hoogleraar, daarna discussie.",
        pitches="Waarom: voor welke opgaven is regionale samenwerking nodig?\nWat: welke structuren en democratische voorwaarden horen daarbij?\n"
        "Hoe: welke voorwaarden moet het Rijk scheppen?",
        by_hand={"municipalities": 61, "water_boards": 4, "online": 65},
    ),
    "werksessie-oss": DemoReport(
        ("Toekomstbestendig bestuur in Brabant", "Bestuur en democratie"),
        "Op 20 en 28 maart 2024 dachten bestuurders, griffiers, secretarissen, strategen en beleidsmedewerkers in Oss, Tilburg en "
        "Roosendaal mee over de uitvoeringsagenda. Het ging vooral over slagvaardig en democratisch bestuur.",
        (
            DemoLesson(
                "Stabiel en goed bestuur vraagt om gedrag, niet alleen om regels",
                "Er zijn zorgen over de stabiliteit van besturen en over de afstand tussen bestuur en ambtelijke organisatie. "
                "Voorbeeldgedrag, intervisie en terugkijken op het eigen werk helpen. Wie iets nodig heeft van het provinciehuis, "
                "wil sneller de juiste persoon vinden.",
                (
                    "Een manier om als overheid de eigen bestuurlijke kwaliteit te bekijken",
                    "Een norm voor goed bestuur, en overheden en samenwerkingen daaraan toetsen",
                    "De gesprekken van de commissaris met burgemeesters gebruiken om over de lokale democratie te praten",
                    "Een overzicht van regelingen, subsidies en contactpersonen van de provincie",
                ),
                (
                    DemoPromise(3, "Een overzicht van contactpersonen per thema maken", -600, "done", "Staat op de website en wordt elk kwartaal bijgewerkt."),
                    DemoPromise(0, "Een zelfevaluatie proberen bij drie gemeenten", 45, named=False),
                ),
            ),
            DemoLesson(
                "De opgaven groeien harder dan de mensen en middelen",
                "Grote en kleine gemeenten worden overvraagd. Een aanpak over beleidsvelden heen ontbreekt vaak. Gemeenten willen eerder "
                "horen wat er aankomt, zodat zij zich kunnen voorbereiden.",
                (
                    "Samen mensen werven, inhuren, inkopen en opleiden",
                    "Het strategisch vermogen van kleinere gemeenten vergroten",
                    "Minder dure inhuur van buiten",
                    "Makkelijker medewerkers uitwisselen",
                    "Aansluiten bij regionale teams van strategen",
                ),
                (DemoPromise(3, "Een pool voor uitwisseling van medewerkers opzetten", -30, "dropped", "De regio’s hebben al een mobiliteitscentrum; daar sluiten we bij aan."),),
            ),
            DemoLesson(
                "Het openbaar bestuur is zelf ook ingewikkeld geworden",
                "Vooral kleine gemeenten hebben moeite met alle samenwerkingen. Heldere afspraken en open besluiten helpen. Van de provincie "
                "moet duidelijk zijn of zij regie voert, toezicht houdt of betaalt.",
                (
                    "Als provincie steeds zeggen welke rol je hebt",
                    "Liever verbeteren wat er is dan iets nieuws bedenken",
                    "In heel Brabant ophalen waar overheden tegenaan lopen, en samen oplossingen zoeken",
                ),
            ),
            DemoLesson(
                "Samenwerken in de regio moet ook democratisch kloppen",
                "Raden voelen zich op afstand van regionale besluiten. Er zijn zorgen of participatie iedereen bereikt en over weerstand "
                "en veiligheid. Nieuwe vormen mogen gemeenten uitdagen, maar niet voor de voeten lopen.",
                (
                    "De positie van volksvertegenwoordigers versterken",
                    "Participatie in Brabant op elkaar afstemmen",
                    "Een gereedschapskist voor participatie, voor heel Brabant",
                    "Bestaande democratische instrumenten beter laten zien",
                ),
                (DemoPromise(2, "De eerste versie van de gereedschapskist voor participatie delen", 80),),
            ),
            DemoLesson(
                "Vertrouwen maakt samenwerken sneller dan een nieuwe vorm",
                "Geen gemeente kan een grote taak nog alleen aan. Losse netwerken werken vaak goed tot ze worden vastgelegd. De provincie is "
                "welkom aan tafel in de regio, als partner die meedenkt.",
                (
                    "Goede samenwerking die er al is, behouden en versterken",
                    "Binnen de provincie beter afstemmen",
                    "Met elkaar meelopen of een tijd van werkplek wisselen, ook als bestuurder",
                    "Andere gesprekken voeren dan alleen vergaderen",
                    "Gemeenschappelijke regelingen kritisch bekijken",
                ),
                (DemoPromise(2, "Tien meeloopdagen regelen tussen gemeenten en provincie", -400, "done", "Het werden er veertien."),),
            ),
            DemoLesson(
                "De provincie kan een kritische vriend zijn",
                "Kleine gemeenten vragen om kennis, tijdig nieuws en hulp die past bij hun omvang. Ontmoeten is welkom, met mate. Overnemen "
                "is niet de bedoeling.",
                (
                    "Regionale bijeenkomsten over onderwerpen waar griffies geen tijd voor hebben",
                    "Leergangen in de regio",
                    "Investeren in gedrag, cultuur en houding",
                    "Aandacht voor veilig werken van bestuurders, met intervisie of een maatje",
                    "Nieuwe taken van het Rijk vooraf op haalbaarheid toetsen",
                    "Samen optrekken richting het Rijk",
                ),
            ),
        ),
        set_up="Werksessies op drie plekken met bestuurders van gemeenten, regio’s en waterschappen, gemeentesecretarissen, strategen, "
        "beleidsmedewerkers, regiomanagers en griffiers.",
        next_steps="Met deze inzichten bouwen we verder aan de uitvoeringsagenda Toekomstbestendig Bestuur voor 2024 tot en met 2027.",
    ),
    "werkregios-aan-tafel": DemoReport(
        ("Klimaatadaptatie",),
        "Zes werkregio’s vergeleken hun plannen voor de komende vijf jaar.",
        (
            DemoLesson(
                "Een kaart overtuigt meer dan een rapport",
                "Wie ziet waar het water in de eigen straat blijft staan, praat anders over geld.",
                ("Laat in elke raad de kaart van de eigen kern zien",),
                (DemoPromise(0, "Kaarten per kern klaarzetten voor alle raden", -120, "done", "Alle gemeenten kunnen ze ophalen."),),
            ),
            DemoLesson(
                "Kleine gemeenten missen mensen voor de uitvoering",
                "De plannen zijn er, maar de uren niet. Samen inkopen en uitvoeren scheelt.",
                ("Deel een projectleider met een buurgemeente",),
            ),
        ),
    ),
    "begroting-brede-welvaart": DemoReport(
        ("Brede welvaart",),
        "Hoe laat je in een begroting zien wat inwoners ervan merken?",
        (
            DemoLesson(
                "Begin met drie doelen die iedereen begrijpt",
                "Een lijst van veertig indicatoren leest niemand. Drie doelen met een verhaal erbij wel.",
                ("Kies per programma hooguit drie doelen",),
                (DemoPromise(0, "Een voorbeeldbegroting met drie doelen delen", 60),),
            ),
            DemoLesson(
                "Cijfers beginnen het gesprek, ze beslissen het niet",
                "Raadsleden willen weten wie er achter een cijfer zit.",
                ("Nodig bij elk cijfer iemand uit die ermee te maken heeft",),
            ),
        ),
    ),
    "ai-aan-het-loket": DemoReport(
        ("Digitale transformatie", "Kunstmatige intelligentie"),
        "Wat mag, wat helpt en wat vinden inwoners ervan? Vier gemeenten lieten hun proeven zien.",
        (
            DemoLesson(
                "Inwoners willen weten wanneer ze met een machine praten",
                "Een duidelijke zin vooraf neemt het meeste wantrouwen weg.",
                ("Zet bij elke chatbot wat hij kan en hoe je een mens bereikt",),
                (DemoPromise(0, "Een standaardtekst voor chatbots rondsturen", -90, "done", "De tekst staat bij de VBG."),),
            ),
            DemoLesson(
                "Kleine gemeenten missen de mensen om alles zelf uit te zoeken",
                "Iedereen schrijft nu eigen regels. Dat kan samen.",
                ("Maak één set spelregels voor Brabantse gemeenten", "Vraag grote gemeenten om mee te lezen bij kleine"),
                (DemoPromise(0, "Een concept van de spelregels voorleggen", 25, named=False),),
            ),
        ),
        set_up="Vier proeven van een kwartier, daarna tafels.",
        next_steps="In de volgende sessie komen de spelregels terug.",
    ),
    "netwerkdag-academie": DemoReport(
        ("Toekomstbestendig bestuur in Brabant",),
        "De eerste netwerkdag van de Brabant Academie in oprichting.",
        (
            DemoLesson(
                "Raadsleden leren het meest van raadsleden elders",
                "Een avond meekijken bij een andere raad zegt meer dan een handleiding.",
                ("Organiseer meekijkavonden tussen raden",),
                (DemoPromise(0, "Vijf meekijkavonden plannen", 70, named=False),),
            ),
            DemoLesson(
                "Vertrouwen gaat vooraf aan samenwerken",
                "Wie elkaar kent, belt eerder. Daarom was de lunch het nuttigste deel.",
                ("Houd in elk programma een uur vrij",),
            ),
        ),
    ),
    "hitte-in-de-kern": DemoReport(
        ("Klimaatadaptatie",),
        "Wat werkt in kleine kernen tegen hitte? Een middag met voorbeelden uit Boxtel en Land van Cuijk.",
        (
            DemoLesson(
                "Schaduw op de route naar school levert het meeste op",
                "Met twaalf bomen op de goede plek is een halve kern geholpen.",
                ("Kijk eerst naar de routes, dan pas naar de pleinen",),
                (DemoPromise(0, "De routekaart van Boxtel beschikbaar maken", -40, "open"),),
            ),
            DemoLesson(
                "Corporaties willen wel, maar horen het te laat",
                "Bij groot onderhoud is de ruimte er, als je op tijd aan tafel zit.",
                ("Leg de onderhoudsplannen van corporaties naast de hittekaart",),
            ),
        ),
    ),
    "datavolwassenheid-vijf-jaar": DemoReport(
        ("Digitale transformatie", "Datagedreven werken"),
        "Vijf jaar na het eerste onderzoek: wat is er veranderd, en wat niet?",
        (
            DemoLesson(
                "Data gaan pas werken als een bestuurder ernaar vraagt",
                "De techniek is er. Waar een wethouder om cijfers vraagt, gaat het hard.",
                ("Leg elke maand één vraag van een bestuurder voor aan het datateam",),
                (DemoPromise(0, "De vraag van de maand invoeren in Oosterhout", -20, "done", "De eerste drie vragen zijn beantwoord."),),
            ),
            DemoLesson(
                "Gemeenten met weinig mensen lopen achter, ook als ze willen",
                "Een halve datamedewerker kan geen gemeente dragen. Delen helpt.",
                ("Deel een datateam met buurgemeenten", "Begin klein, met één proces"),
                (DemoPromise(0, "Verkennen of vier gemeenten een datateam kunnen delen", 40),),
            ),
            DemoLesson(
                "Wat je niet deelt, vindt een ander opnieuw uit",
                "Bijna elke gemeente bouwde hetzelfde dashboard.",
                ("Zet elk dashboard op een gedeelde plek",),
            ),
        ),
        set_up="Terugblik in drie korte verhalen, daarna werktafels.",
        next_steps="In ‘Datagedreven werken in de praktijk’ gaan we hiermee verder.",
    ),
    "meten-wat-telt": DemoReport(
        ("Brede welvaart",),
        "Welke cijfers helpen bij het gesprek met de raad?",
        (
            DemoLesson(
                "Minder cijfers, meer gesprek",
                "",
                ("Vraag de raad eerst wat hij wil weten",),
                themes=("Brede welvaart", "Bestuur en democratie"),
            ),
        ),
        draft=True,
    ),
}  # fmt: skip

CARDS = {
    "meten-wat-telt": (
        "Onze raad vraagt nooit naar de monitor",
        "Drie cijfers op één bladzijde werkte bij ons",
        "Laat inwoners zelf kiezen wat telt",
        "We meten geld, want dat is makkelijk",
        "Jongeren noemen heel andere dingen dan wij",
        "Kan de provincie de cijfers per kern leveren?",
    ),
    "datavolwassenheid-vijf-jaar": (
        "Mijn wethouder kijkt nu elke week naar het dashboard",
        "Wij hebben een halve man voor alles",
        "Deel de code ook, niet alleen het plaatje",
    ),
}
"""What was caught in the room and is not grouped yet."""

WORDS = (
    ("Praktische voorbeelden, ik kan er morgen mee aan de slag.", "Iets meer tijd aan de tafels."),
    ("Fijn om te horen dat anderen hetzelfde probleem hebben.", "Stuur de stukken van tevoren."),
    ("Ik heb drie mensen gesproken die ik ga bellen.", "De zaal was warm."),
    ("Dat klein beginnen ook telt.", "Graag een keer in het oosten van de provincie."),
    ("Een andere blik op mijn eigen werk.", "Mag iets langer duren."),
)
"""Open answers of evaluations: what was taken away, what can be better."""
