"""Every kind of mail in one entry: what it is called, its letter, the fields of that, and how it is treated.

Whoever adds a kind writes its entry here, its letter in mail_templates/, and registers who
writes it with outbox/message_writing.py when it is planned ahead.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.words import Worded


class Priority(IntEnum):
    """Lower leaves first."""

    OWN_ACTION = 1
    CHANGE = 3
    MAILING = 5


class Stop(Enum):
    """Who stops a mail by the link and the headers that it carries (RFC 2369, 8058), from what."""

    NOTHING = "nothing"
    NETWORK = "network"
    DIGEST = "digest"
    INTEREST = "interest"


class Because(Worded):
    """Why somebody gets a mail, as its footer says; %(network)s and %(site)s are filled in there."""

    INVITATION = (
        "invitation",
        _l("Je krijgt deze mail omdat je in het netwerk %(network)s bent of door een collega bent voorgedragen."),
    )
    MEMBER = "member", _l("Je krijgt deze mail omdat %(network)s je kent als lid of gast.")
    REGISTRATION = "registration", _l("Je krijgt deze mail omdat hij over jouw uitnodiging of aanmelding gaat.")
    COMMITMENT = "commitment", _l("Je krijgt deze mail omdat je deze afspraak maakte in het netwerk %(network)s.")
    DIGEST = "digest", _l("Je krijgt deze mail omdat je in netwerken op %(site)s zit. Jij kiest hoe vaak.")
    FORWARDED = "forwarded", _l("Je krijgt deze mail omdat je vragen over %(network)s beantwoordt.")
    POLL = "poll", _l("Je krijgt deze mail omdat %(network)s je vroeg welke dag je kunt.")
    SPEAKER = "speaker", _l("Je krijgt deze mail omdat %(network)s je vroeg om te spreken.")
    MATCHING = "matching", _l("Je krijgt deze mail omdat je meedoet aan een koppelronde van %(network)s.")
    KOPPEL = "koppel", _l("Je krijgt deze mail omdat je in het koppel van een thema van %(network)s zit.")
    CALENDAR = (
        "calendar",
        _l("Je krijgt deze mail omdat je in je agenda antwoordde op een uitnodiging van %(network)s."),
    )
    ALARM = "alarm", _l("Je krijgt deze mail omdat je %(site)s beheert.")
    CONTACT = "contact", _l("Je krijgt deze mail omdat je contactpersoon van je organisatie bent.")
    JOIN = "join", _l("Je krijgt deze mail omdat iemand met dit adres lid wilde worden van %(network)s.")
    JOIN_ANSWER = "join_answer", _l("Je krijgt deze mail omdat je vroeg om lid te worden van %(network)s.")
    NEXT_ASKED = (
        "next_asked",
        _l("Je krijgt deze mail omdat iemand met dit adres bericht wilde over een leergang van %(network)s."),
    )
    NEXT_EDITION = (
        "next_edition",
        _l("Je krijgt deze mail omdat je bericht wilde over een leergang van %(network)s."),
    )
    WRITTEN_TO = "written_to", _l("Je krijgt deze mail omdat iemand uit %(network)s je via %(site)s schreef.")
    QUESTION = "question", _l("Je krijgt deze mail omdat je in %(network)s een vraag stelde.")
    QUESTION_WHERE = (
        "question_where",
        _l("Je krijgt deze mail omdat je antwoordde op je nieuwsoverzicht van %(site)s."),
    )
    NEEDS = "needs", _l("Je krijgt deze mail omdat %(network)s je vroeg mee te zorgen voor een sessie.")
    ADDED = "added", _l("Je krijgt deze mail omdat een organisator je toevoegde aan %(network)s.")
    OWN_ADDRESS = "own_address", _l("Je krijgt deze mail omdat iemand dit adres bij zijn gegevens opgaf.")
    ADDRESS_CHANGED = (
        "address_changed",
        _l("Je krijgt deze mail omdat je mail van %(site)s naar dit adres ging."),
    )
    OWN_SIGN_IN = "own_sign_in", _l("Je krijgt deze mail omdat iemand met dit adres naar Mijn %(site)s wilde.")
    LEFT_ALL = "left_all", _l("Je krijgt deze mail omdat je uit al je netwerken op %(site)s ging.")
    UNSUBSCRIBED = (
        "unsubscribed",
        _l("Je krijgt deze mail omdat met een link die van jou is de mail van %(network)s is gestopt."),
    )
    DIGEST_STOPPED = (
        "digest_stopped",
        _l("Je krijgt deze mail omdat met een link die van jou is je nieuwsoverzicht van %(site)s is gestopt."),
    )
    STAY = "stay", _l("Je krijgt deze mail omdat je in netwerken op %(site)s zit en we je lang niet hoorden.")
    ERASED = "erased", _l("Je krijgt deze mail omdat je gegevens op %(site)s zijn gewist.")
    ORGANISES = "organises", _l("Je krijgt deze mail omdat je %(network)s organiseert.")
    ACCESS = "access", _l("Je krijgt deze mail omdat iemand je toegang gaf op %(site)s.")
    ASKED = "asked", _l("Je krijgt deze mail omdat je hierom vroeg op %(site)s.")
    ACCOUNT = "account", _l("Je krijgt deze mail omdat iemand met dit adres wilde inloggen bij %(site)s.")


class Field(Worded):
    """What a letter that a network may write itself can be filled in with."""

    VOORNAAM = "voornaam", _l("de voornaam van de lezer")
    NAAM = "naam", _l("de hele naam van de lezer")
    NETWERK = "netwerk", _l("de naam van het netwerk")
    TITEL = "titel", _l("de naam van de sessie")
    DAG = "dag", _l("de dag, zoals ‘do 10 december’")
    TIJD = "tijd", _l("de tijd, zoals ‘13.30–16.30 uur’")
    PLAATS = "plaats", _l("de plaats in een woord")
    SAMENVATTING = "samenvatting", _l("de sessie in een paar zinnen")
    SLUITING = "sluiting", _l("tot wanneer iemand kan antwoorden")
    CONTACT = "contact", _l("wie vragen beantwoordt")
    GEGEVENS = "gegevens", _l("blok met dag, tijd en plaats")
    ANTWOORDEN = "antwoorden", _l("blok met de antwoordknoppen")
    PROGRAMMA = "programma", _l("blok met het programma")
    ROUTE = "route", _l("blok met route en toegankelijkheid")
    DEELNAME = "deelname", _l("knop naar de online sessie")
    TOEGANGSCODE = "toegangscode", _l("QR-code voor de ingang")
    TERUGBLIK = "terugblik", _l("wat er van de vorige keer kwam")
    PAGINA = "pagina", _l("het adres van de eigen pagina")
    OP_LOCATIE = "op_locatie", _l("is de sessie op locatie?")
    ONLINE = "online", _l("is de sessie online?")
    HYBRIDE = "hybride", _l("is de sessie allebei?")
    BESLOTEN = "besloten", _l("is de sessie vertrouwelijk?")
    KAN_WIJZIGEN = "kan_wijzigen", _l("kan iemand nog antwoorden?")
    MATERIAAL = "materiaal", _l("blok met het materiaal"), False
    FORMULIER = "formulier", _l("knop naar de vragen achteraf"), False
    COLLEGA = "collega", _l("de naam van de collega"), False
    ORGANISATIE = "organisatie", _l("de naam van de organisatie"), False
    PLEK = "plek", _l("blijft de plek van de lezer?"), False
    PLAATS_IN_RIJ = "plaats_in_rij", _l("de hoeveelste in de rij"), False
    DOET_ONLINE_MEE = "doet_online_mee", _l("doet de lezer online mee?"), False
    DEELNAMELINK = "deelnamelink", _l("het adres van de online sessie"), False
    KOMT = "komt", _l("heeft de lezer een plek?"), False
    WACHT = "wacht", _l("staat de lezer op de wachtlijst?"), False
    WEER = "weer", _l("gaat de sessie toch weer door?"), False
    REDEN = "reden", _l("waarom de sessie verandert of niet doorgaat"), False
    VANUIT_AGENDA = "vanuit_agenda", _l("blok bij een antwoord uit de agenda, met ongedaan maken"), False
    VERVALLEN = "vervallen", _l("is de sessie geannuleerd?"), False
    VOORSTEL = "voorstel", _l("de tijd die de lezer voorstelde"), False
    ADRES = "adres", _l("het mailadres van de collega"), False
    COLLEGA_VRAGEN = "collega_vragen", _l("het adres om de collega te vragen"), False

    common: bool
    """Whether every letter about an invitation may use it."""

    def __init__(self, value: str, words: LazyString, common: bool = True):
        super().__init__(value, words)
        self.common = common


ADDRESSES = frozenset({Field.PAGINA, Field.DEELNAMELINK, Field.COLLEGA_VRAGEN})
"""Fields that are a link by themselves, of the reader alone."""
BLOCKS = (
    Field.GEGEVENS, Field.ANTWOORDEN, Field.PROGRAMMA, Field.ROUTE, Field.DEELNAME, Field.TOEGANGSCODE, Field.TERUGBLIK,
    Field.MATERIAAL, Field.FORMULIER, Field.VANUIT_AGENDA,
)  # fmt: skip
"""Fields that are a paragraph or more by themselves, which a letter can do without."""
COMMON = tuple(field for field in Field if field.common)
_OF_THE_INVITED = {Field.ANTWOORDEN, Field.DEELNAME, Field.TOEGANGSCODE, Field.TERUGBLIK, Field.KAN_WIJZIGEN}
FOR_EVERYBODY = tuple(field for field in COMMON if field not in _OF_THE_INVITED)
"""What a letter may use of which some readers were never invited."""


@dataclass(frozen=True)
class Manner:
    """How a kind of mail is written and treated."""

    letter: str
    """Name of the letter in mail_templates/, without its language; empty when it is made without one."""
    because: Because | None = None
    stop: Stop = Stop.NOTHING
    priority: Priority = Priority.OWN_ACTION
    """When it is planned for many; a single one that somebody's own action causes never waits."""
    counts: bool = False
    """Whether it counts for how much mail a person gets a week: all that is not about an own registration."""
    fields: tuple[Field, ...] | None = None
    """What a network's own words for it may use beside `common`; None when a network does not write it."""
    common: tuple[Field, ...] = COMMON
    asks: bool = False
    """Whether it is nothing without a way to answer."""
    automatic: bool = False
    """Whether it answers a mail by itself: at most one such to an address a day and event."""


def _wave(name: str, *fields: Field, asks: bool = False) -> Manner:
    """A mailing to an audience."""
    network, mailing = Stop.NETWORK, Priority.MAILING
    return Manner(f"invitations/{name}", Because.INVITATION, network, mailing, counts=True, fields=fields, asks=asks)


def _wave_of_own(name: str, *fields: Field) -> Manner:
    """A mailing to people who take part, about that."""
    return Manner(f"invitations/{name}", Because.REGISTRATION, priority=Priority.MAILING, fields=fields)


def _own_words(because: Because, **treated: Any) -> Manner:
    """A letter of which an organiser writes every word."""
    name, mailing = "invitations/own_letter", Priority.MAILING
    return Manner(name, because, priority=mailing, fields=(), common=FOR_EVERYBODY, **treated)


def _own(
    name: str, *fields: Field, priority: Priority = Priority.OWN_ACTION, asks: bool = False, automatic: bool = False
) -> Manner:
    """About somebody's own invitation or registration."""
    return Manner(
        f"registration/{name}", Because.REGISTRATION, priority=priority, fields=fields, asks=asks, automatic=automatic
    )


class MessageKind(Worded):
    """What a mail is about."""

    SAVE_THE_DATE = "save_the_date", _l("Houd de datum vrij"), _wave("save_the_date")
    INVITATION = "invitation", _l("Uitnodiging"), _wave("invitation", asks=True)
    REMINDER = "reminder", _l("Herinnering"), _wave("reminder", asks=True)
    LAST_PLACES = "last_places", _l("Laatste plekken"), _wave("last_places", asks=True)
    LAST_INFORMATION = (
        "last_information",
        _l("Praktische informatie"),
        _wave_of_own("last_information", Field.MATERIAAL),
    )
    THANK_YOU = "thank_you", _l("Bedankt"), _wave_of_own("thank_you", Field.MATERIAAL, Field.FORMULIER)
    OWN_LETTER = "own_letter", _l("Eigen bericht aan wie meedoet"), _own_words(Because.REGISTRATION)
    OWN_MAILING = (
        "own_mailing",
        _l("Eigen bericht"),
        _own_words(Because.MEMBER, stop=Stop.NETWORK, counts=True),
    )
    CONFIRMED = (
        "confirmed",
        _l("Bevestiging"),
        _own("confirmed", Field.DOET_ONLINE_MEE, Field.DEELNAMELINK, Field.VANUIT_AGENDA),
    )
    WAITING = "waiting", _l("Bericht van de wachtlijst"), _own("waiting", Field.PLAATS_IN_RIJ, Field.VANUIT_AGENDA)
    PROMOTED = "promoted", _l("Plek vrijgekomen"), _own("promoted", Field.DEELNAMELINK)
    CANCELLED = "cancelled", _l("Bevestiging van afmelding"), _own("cancelled", Field.VANUIT_AGENDA)
    DECLINED = "declined", _l("Bevestiging van afzegging"), _own("declined", Field.VANUIT_AGENDA)
    EVENT_CHANGED = (
        "event_changed",
        _l("Wijziging"),
        _own("event_changed", Field.REDEN, Field.WEER, Field.KOMT, Field.WACHT, priority=Priority.CHANGE),
    )
    EVENT_CANCELLED = (
        "event_cancelled",
        _l("Annulering"),
        _own("event_cancelled", Field.REDEN, priority=Priority.CHANGE),
    )
    SUBSTITUTE_INVITATION = (
        "substitute_invitation",
        _l("Uitnodiging als vervanger"),
        _own("substitute_invitation", Field.COLLEGA, asks=True),
    )
    SUBSTITUTE_ASKED = "substitute_asked", _l("Collega gevraagd"), _own("substitute_asked", Field.COLLEGA, Field.PLEK)
    SUBSTITUTE_COMES = "substitute_comes", _l("Collega komt"), _own("substitute_comes", Field.COLLEGA)
    SUBSTITUTE_DECLINED = (
        "substitute_declined",
        _l("Collega kan niet"),
        _own("substitute_declined", Field.COLLEGA, Field.PLEK),
    )
    REQUESTED = "requested", _l("Gevraagde link"), _own("requested")
    SEAT_NAMED = (
        "seat_named",
        _l("Uitnodiging namens een organisatie"),
        _own("seat_named", Field.COLLEGA, Field.ORGANISATIE, asks=True),
    )
    MAYBE = "maybe", _l("Misschien genoteerd"), _own("maybe", Field.KOMT, Field.WACHT, Field.VANUIT_AGENDA)
    ASKED_AGAIN = (
        "asked_again",
        _l("Opnieuw gevraagd na een wijziging"),
        _own("asked_again", Field.KOMT, Field.WACHT, automatic=True),
    )
    TOO_LATE = "too_late", _l("Antwoord kwam te laat"), _own("too_late", Field.VERVALLEN, Field.KOMT, automatic=True)
    TIME_PROPOSED = (
        "time_proposed",
        _l("Voorstel voor een andere tijd"),
        _own("time_proposed", Field.VOORSTEL, Field.KOMT, Field.WACHT, automatic=True),
    )
    ANSWER_UNDONE = "answer_undone", _l("Antwoord ongedaan gemaakt"), _own("answer_undone")
    SUBSTITUTE_WANTED = (
        "substitute_wanted",
        _l("Iemand wil in de plaats komen"),
        _own("substitute_wanted", Field.COLLEGA, Field.ADRES, Field.COLLEGA_VRAGEN),
    )
    SEATS_OFFERED = (
        "seats_offered",
        _l("Plekken voor een organisatie"),
        Manner("registration/seats_offered", Because.CONTACT, Stop.NETWORK, counts=True),
    )
    NEED_LIST = "need_list", _l("Lijst voor keuken of toegang"), Manner("registration/need_list", Because.NEEDS)
    CALENDAR_CLEARED = (
        "calendar_cleared",
        _l("Sessie uit een agenda gehaald"),
        Manner("registration/calendar_cleared", Because.REGISTRATION),
    )
    CALENDAR_ANEW = (
        "calendar_anew",
        _l("Sessie opnieuw voor de agenda"),
        Manner("registration/calendar_anew", Because.REGISTRATION),
    )
    OWN_PROGRAMME = (
        "own_programme",
        _l("Jouw programma"),
        Manner("registration/own_programme", Because.REGISTRATION),
    )
    COURSE = "course", _l("Leergang"), Manner("registration/course", Because.REGISTRATION)
    COURSE_DAY = (
        "course_day",
        _l("Dag van een leergang voor de agenda"),
        Manner("registration/course_day", Because.REGISTRATION),
    )
    NEXT_ASKED = (
        "next_asked",
        _l("Bevestiging van ‘laat me de volgende weten’"),
        Manner("courses/next_asked", Because.NEXT_ASKED),
    )
    NEXT_EDITION = (
        "next_edition",
        _l("Bericht over een nieuwe uitvoering"),
        Manner("courses/next_edition", Because.NEXT_EDITION, Stop.INTEREST, Priority.MAILING),
    )
    MEMBER_MESSAGE = (
        "member_message",
        _l("Bericht van een ander lid"),
        Manner("directory/message", Because.WRITTEN_TO, Stop.NETWORK),
    )
    CONTACT_REPORTED = (
        "contact_reported",
        _l("Gemeld bericht tussen leden"),
        Manner("directory/reported", Because.FORWARDED),
    )
    QUESTION_WAITING = (
        "question_waiting",
        _l("Vraag aan het netwerk die wacht"),
        Manner("questions/waiting", Because.FORWARDED),
    )
    QUESTION_DECIDED = (
        "question_decided",
        _l("Wat er met een vraag aan het netwerk is gedaan"),
        Manner("questions/decided", Because.QUESTION),
    )
    QUESTION_ANSWERED = (
        "question_answered",
        _l("Antwoorden op een vraag aan het netwerk"),
        Manner("questions/answered", Because.QUESTION, priority=Priority.CHANGE),
    )
    QUESTION_WHERE = (
        "question_where",
        _l("Waar je een vraag beantwoordt"),
        Manner("questions/where", Because.QUESTION_WHERE, automatic=True),
    )
    EVALUATION = (
        "evaluation",
        _l("Vragen achteraf"),
        Manner("lessons/evaluation", Because.REGISTRATION, priority=Priority.MAILING),
    )
    THANKS = (
        "thanks",
        _l("Bedankt, met de impressie"),
        Manner("lessons/thanks", Because.INVITATION, Stop.NETWORK, Priority.MAILING),
    )
    MISSED = (
        "missed",
        _l("Gemist, met de impressie"),
        Manner("lessons/missed", Because.INVITATION, Stop.NETWORK, Priority.MAILING, counts=True),
    )
    CERTIFICATE = (
        "certificate",
        _l("Bewijs van deelname"),
        Manner("certificates/letter", Because.REGISTRATION, priority=Priority.MAILING),
    )
    CERTIFICATE_WITHDRAWN = (
        "certificate_withdrawn",
        _l("Bewijs van deelname ingetrokken"),
        Manner("certificates/withdrawn", Because.REGISTRATION),
    )
    CERTIFICATE_NAME = (
        "certificate_name",
        _l("Vraag om een naam op een bewijs te verbeteren"),
        Manner("certificates/name_asked", Because.FORWARDED),
    )
    COMMITMENT = "commitment", _l("Afspraak"), Manner("lessons/commitment", Because.COMMITMENT)
    COMMITMENT_REMINDER = (
        "commitment_reminder",
        _l("Herinnering aan afspraak"),
        Manner("lessons/commitment_reminder", Because.COMMITMENT, priority=Priority.CHANGE),
    )
    DIGEST = "digest", _l("Nieuwsoverzicht"), Manner("digests/digest", Because.DIGEST, Stop.DIGEST, Priority.MAILING)
    POLL = "poll", _l("Datumprikker"), Manner("polls/poll", Because.POLL)
    POLL_CHOSEN = "poll_chosen", _l("Gekozen dag"), Manner("polls/chosen", Because.POLL)
    POLL_DATE = "poll_date", _l("Optie in de agenda"), Manner("polls/held", Because.POLL)
    MATCH_CALL = (
        "match_call",
        _l("Vraag om mee te doen aan een koppelronde"),
        Manner("matching/call", Because.MEMBER, Stop.NETWORK, Priority.MAILING, counts=True),
    )
    MATCH_NEWS = (
        "match_news",
        _l("Bericht over een koppelronde"),
        Manner("matching/proposal", Because.MATCHING, priority=Priority.MAILING),
    )
    KOPPEL = "koppel", _l("Link voor een koppel"), Manner("agendas/koppel", Because.KOPPEL)
    SPEAKER_ASKED = "speaker_asked", _l("Vraag om te spreken"), Manner("speakers/asked", Because.SPEAKER)
    SPEAKER_CHANGED = (
        "speaker_changed",
        _l("Wijziging voor een spreker"),
        Manner("speakers/changed", Because.SPEAKER, priority=Priority.CHANGE),
    )
    SPEAKER_WITHDRAWN = (
        "speaker_withdrawn",
        _l("Vraag om te spreken ingetrokken"),
        Manner("speakers/withdrawn", Because.SPEAKER),
    )
    SPEAKER_THANKED = (
        "speaker_thanked",
        _l("Bedankt, aan een spreker"),
        Manner("speakers/thanked", Because.SPEAKER, priority=Priority.MAILING),
    )
    SPEAKER_INFECTED = (
        "speaker_infected",
        _l("Virus in het bestand van een spreker"),
        Manner("speakers/infected", Because.SPEAKER),
    )
    MATERIAL_INFECTED = (
        "material_infected",
        _l("Virus in materiaal, aan de organisatoren"),
        Manner("materials/infected", Because.FORWARDED),
    )
    PROGRESS_ASKED = (
        "progress_asked",
        _l("Vraag om een tekst voor een rapportage"),
        Manner("progress/asked", Because.KOPPEL),
    )
    PROGRESS_REMINDER = (
        "progress_reminder",
        _l("Herinnering aan een tekst voor een rapportage"),
        Manner("progress/reminder", Because.KOPPEL),
    )
    PROGRESS_TEAM = (
        "progress_team",
        _l("Teksten voor een rapportage, aan de organisatoren"),
        Manner("progress/team", Because.ORGANISES),
    )
    INSTEAD = "instead", _l("Uitnodiging was voor een ander"), Manner("inbox/instead", Because.CALENDAR, automatic=True)
    CALENDAR_NOTE = "calendar_note", _l("Opmerking uit een agenda"), Manner("inbox/calendar_note", Because.FORWARDED)
    FORWARDED = "forwarded", _l("Doorgestuurd antwoord"), Manner("inbox/forwarded", Because.FORWARDED)
    JOIN = "join", _l("Bevestiging van lidmaatschap"), Manner("network/join", Because.JOIN)
    JOIN_WAITING = "join_waiting", _l("Aanvragen die wachten"), Manner("network/join_waiting", Because.FORWARDED)
    JOIN_GRANTED = "join_granted", _l("Lidmaatschap toegekend"), Manner("network/join_granted", Because.JOIN_ANSWER)
    JOIN_REFUSED = "join_refused", _l("Lidmaatschap afgewezen"), Manner("network/join_refused", Because.JOIN_ANSWER)
    ADDED = "added", _l("Toegevoegd aan een netwerk"), Manner("network/added", Because.ADDED)
    OWN_ADDRESS = "own_address", _l("Bevestiging van mailadres"), Manner("network/own_address", Because.OWN_ADDRESS)
    ADDRESS_CHANGED = (
        "address_changed",
        _l("Bericht dat een mailadres veranderde"),
        Manner("network/address_changed", Because.ADDRESS_CHANGED),
    )
    ADDRESS_PROPOSED = (
        "address_proposed",
        _l("Vraag om een mailadres te bevestigen"),
        Manner("network/address_proposed", Because.ADDRESS_CHANGED),
    )
    UNSUBSCRIBED = (
        "unsubscribed",
        _l("Bevestiging dat de mail stopt"),
        Manner("network/unsubscribed", Because.UNSUBSCRIBED),
    )
    DIGEST_STOPPED = (
        "digest_stopped",
        _l("Bevestiging dat het nieuwsoverzicht stopt"),
        Manner("network/digest_stopped", Because.DIGEST_STOPPED),
    )
    STAY = "stay", _l("Vraag of iemand wil blijven"), Manner("privacy/stay", Because.STAY, priority=Priority.MAILING)
    ERASED = "erased", _l("Bericht dat iemand is gewist"), Manner("privacy/erased", Because.ERASED)
    OWN_SIGN_IN = "own_sign_in", _l("Link naar de eigen pagina’s"), Manner("me/sign_in", Because.OWN_SIGN_IN)
    LEFT_ALL = "left_all", _l("Bevestiging dat iemand overal uit is"), Manner("me/left_all", Because.LEFT_ALL)
    ACCESS_GIVEN = "access_given", _l("Toegang tot een netwerk"), Manner("accounts/access_given", Because.ACCESS)
    LOOK_ALONG = "look_along", _l("Vraag om mee te kijken"), Manner("invitations/look_along", Because.ORGANISES)
    ORGANISATION_REQUEST = (
        "organisation_request",
        _l("Verzoek over een organisatie"),
        Manner("accounts/organisation_request", Because.ALARM),
    )
    ORGANISATION_ANSWER = (
        "organisation_answer",
        _l("Antwoord op een verzoek over een organisatie"),
        Manner("accounts/organisation_answer", Because.ASKED),
    )
    MERGE_REQUEST = (
        "merge_request",
        _l("Verzoek om twee personen samen te voegen"),
        Manner("accounts/merge_request", Because.ALARM),
    )
    MERGE_ANSWER = (
        "merge_answer",
        _l("Antwoord op een verzoek om samen te voegen"),
        Manner("accounts/merge_answer", Because.ASKED),
    )
    SIGN_IN = "sign_in", _l("Link om in te loggen"), Manner("accounts/sign_in", Because.ACCOUNT)
    ALARM = "alarm", _l("Melding aan beheerders"), Manner("upkeep/alarm", Because.ALARM)
    TEST = "test", _l("Voorbeeld"), Manner("")
    MAIL_TEST = "mail_test", _l("Test van de mail"), Manner("")

    manner: Manner
    letter: str
    stop: Stop
    priority: Priority
    counts: bool
    fields: tuple[Field, ...]
    asks: bool
    automatic: bool

    def __init__(self, value: str, words: LazyString, manner: Manner):
        super().__init__(value, words)
        self.manner = manner
        vars(self).update(vars(manner), fields=(*manner.common, *(manner.fields or ())))

    @property
    def because(self) -> Because:
        """Why the reader gets it; raises LookupError for a kind that goes to somebody who just asked for it."""
        if self.manner.because is None:
            raise LookupError(f"{self} says no reason")
        return self.manner.because


AUTOMATIC = [kind for kind in MessageKind if kind.automatic]
IN_OWN_WORDS = {kind.letter: kind for kind in MessageKind if kind.manner.fields is not None}
"""Kinds that a network may put in its own words, by the name of their letter."""

OF_A_CHANGE = (MessageKind.EVENT_CHANGED, MessageKind.EVENT_CANCELLED, MessageKind.PROMOTED)
"""Kinds that an organiser's change of a session causes; held back and let go together, where the change was made."""
