"""Values of enumerations in words, in the language of the reader."""

from enum import Enum

from flask_babel import get_locale, ngettext
from flask_babel import lazy_gettext as _
from wtforms.fields.choices import SelectChoice

from app.accounts.models import NetworkRole
from app.events.models import EventFormat, EventState, Mode, Preset, QuestionKind
from app.invitations.models import Answer, Origin, Step, WaveKind, WaveState
from app.lessons.models import CommitmentState, EvaluationKind, ImpressionState, StandardQuestion
from app.network.audiences import LeftOut
from app.network.blocks import Block
from app.network.models import (
    Delivery,
    DigestFrequency,
    ImportState,
    Language,
    Likeness,
    NetworkColour,
    OrganisationKind,
    Standing,
)
from app.outbox.models import MessageState
from app.registration import cockpit
from app.registration.models import RegistrationState


def label(value: Enum | str | None) -> str:
    """The words for a value; of an unknown one the value itself."""
    if value is None:
        return ""
    return str(_WORDS.get((type(value), value), value))


def job(position) -> str:
    """What somebody does there: the title, else the name of the role."""
    if not position:
        return ""
    role = position.role
    return (
        position.title or (role.name_en if str(get_locale()) == "en" else role.name_nl)
        if position.title or role
        else ""
    )


def size_class(name: str) -> str:
    """A size class of municipalities in words."""
    return str(
        {"B5": _("Groot (de vijf steden, B5)"), "M7": _("Middelgroot (M7)"), "overig": _("Kleiner")}.get(name, name)
    )


def choices(enum: type[Enum]) -> list[SelectChoice]:
    """All values of an enumeration for a form."""
    return [SelectChoice(member.value, label(member)) for member in enum]


_WORDS = {  # by type too: members of different enumerations may be equal as text
    (type(member), member): words
    for member, words in (
        (EventFormat.SESSION, _("Sessie")),
        (EventFormat.WORK_SESSION, _("Werksessie")),
        (EventFormat.NETWORK_DAY, _("Netwerkdag")),
        (EventFormat.EXPEDITION, _("Expeditie")),
        (EventFormat.TRAINING, _("Training")),
        (EventFormat.COURSE_MEETING, _("Leergangbijeenkomst")),
        (EventFormat.ONLINE, _("Online sessie")),
        (EventState.DRAFT, _("Concept")),
        (EventState.PUBLISHED, _("Gepubliceerd")),
        (EventState.CANCELLED, _("Geannuleerd")),
        (Mode.ON_SITE, _("Op locatie")),
        (Mode.ONLINE, _("Online")),
        (QuestionKind.TEXT, _("Tekst")),
        (QuestionKind.CHOICE, _("Keuze")),
        (QuestionKind.YES_NO, _("Ja of nee")),
        (Preset.DIETARY, _("Dieetwensen")),
        (Preset.ACCESSIBILITY, _("Toegankelijkheid")),
        (WaveKind.SAVE_THE_DATE, _("Houd de datum vrij")),
        (WaveKind.INVITATION, _("Uitnodiging")),
        (WaveKind.REMINDER, _("Herinnering")),
        (WaveKind.LAST_INFORMATION, _("Praktische informatie")),
        (WaveState.DRAFT, _("Concept")),
        (WaveState.PLANNED, _("Staat klaar")),
        (WaveState.DONE, _("Verstuurd")),
        (WaveState.CANCELLED, _("Vervallen")),
        (Answer.YES, _("Komt")),
        (Answer.NO, _("Komt niet")),
        (Answer.SUBSTITUTE, _("Vroeg een collega")),
        (Origin.WAVE, _("Uitnodigingsronde")),
        (Origin.ORGANISER, _("Door een organisator")),
        (Origin.SUBSTITUTE, _("Als vervanger")),
        (Origin.REQUEST, _("Zelf aangevraagd")),
        (Origin.WALK_IN, _("Op de dag zelf gekomen")),
        (Step.REGISTERED, _("Aangemeld")),
        (Step.WAITING, _("Op de wachtlijst gekomen")),
        (Step.PROMOTED, _("Van de wachtlijst gekomen")),
        (Step.CHANGED_MODE, _("Anders meedoen")),
        (Step.DECLINED, _("Afgezegd")),
        (Step.CANCELLED, _("Afgemeld")),
        (Step.SUBSTITUTE_ASKED, _("Collega gevraagd")),
        (Step.SUBSTITUTE_CAME, _("Plek overgedragen aan collega")),
        (Step.SUBSTITUTE_DECLINED, _("Collega kan niet")),
        (Step.WALKED_IN, _("Op de dag zelf gekomen")),
        (OrganisationKind.MUNICIPALITY, _("Gemeente")),
        (OrganisationKind.WATER_BOARD, _("Waterschap")),
        (OrganisationKind.PROVINCE, _("Provincie")),
        (OrganisationKind.STATE, _("Rijk")),
        (OrganisationKind.ASSOCIATION, _("Vereniging")),
        (OrganisationKind.PARTNERSHIP, _("Samenwerkingsverband")),
        (OrganisationKind.KNOWLEDGE_INSTITUTE, _("Kennisinstelling")),
        (OrganisationKind.HOUSING_CORPORATION, _("Woningcorporatie")),
        (OrganisationKind.CIVIL_SOCIETY, _("Maatschappelijke organisatie")),
        (OrganisationKind.COMPANY, _("Bedrijf")),
        (Language.NL, _("Nederlands")),
        (Language.EN, _("Engels")),
        (NetworkColour.VIOLET, _("Blauwviolet")),
        (NetworkColour.GREEN, _("Groen")),
        (NetworkColour.BLUE, _("Blauw")),
        (NetworkColour.OCHRE, _("Oker")),
        (NetworkColour.TEAL, _("Blauwgroen")),
        (NetworkColour.PLUM, _("Paars")),
        (Standing.MEMBER, _("Lid")),
        (Standing.GUEST, _("Gast")),
        (Standing.LEFT, _("Vertrokken")),
        (NetworkRole.ORGANISER, _("Organisator")),
        (NetworkRole.READER, _("Lezer")),
        (ImpressionState.DRAFT, _("Concept")),
        (ImpressionState.CHECKED, _("Nagekeken")),
        (ImpressionState.PUBLISHED, _("Gepubliceerd")),
        (ImpressionState.WITHDRAWN, _("Ingetrokken")),
        (CommitmentState.OPEN, _("Loopt")),
        (CommitmentState.DONE, _("Gedaan")),
        (CommitmentState.DROPPED, _("Vervallen")),
        (EvaluationKind.SCALE, _("Schaal van 1 tot 5")),
        (EvaluationKind.OPEN, _("Open vraag")),
        (StandardQuestion.USEFUL, _("Hoe nuttig was deze sessie voor je werk?")),
        (StandardQuestion.APPLICABLE, _("Kun je morgen iets doen met wat je hoorde?")),
        (StandardQuestion.ORGANISED, _("Hoe goed was de sessie georganiseerd?")),
        (StandardQuestion.LEARNED, _("Wat nam je mee?")),
        (StandardQuestion.BETTER, _("Wat kan de volgende keer beter?")),
        (DigestFrequency.WEEKLY, _("Elke week")),
        (DigestFrequency.MONTHLY, _("Elke maand")),
        (DigestFrequency.NEVER, _("Nooit")),
        (cockpit.Presence.PRESENT, _("Was er")),
        (cockpit.Presence.ABSENT, _("Kwam niet opdagen")),
        (cockpit.Standing.COMING, _("Komt")),
        (cockpit.Standing.WAITING, _("Wachtlijst")),
        (cockpit.Standing.DECLINED, _("Komt niet")),
        (cockpit.Standing.SUBSTITUTE, _("Vroeg een collega")),
        (cockpit.Standing.SILENT, _("Nog geen antwoord")),
        (RegistrationState.CONFIRMED, _("Aangemeld")),
        (RegistrationState.WAITING, _("Wachtlijst")),
        (RegistrationState.CANCELLED, _("Afgemeld")),
        (MessageState.PLANNED, _("Gepland")),
        (MessageState.DUE, _("Klaar om te versturen")),
        (MessageState.SENDING, _("Wordt verstuurd")),
        (MessageState.SENT, _("Aangenomen door de mailserver")),
        (MessageState.RETRYING, _("Wordt opnieuw geprobeerd")),
        (MessageState.FAILED, _("Niet aangekomen")),
        (MessageState.SUPPRESSED, _("Niet verstuurd")),
        (MessageState.HELD, _("Wacht op het nieuwsoverzicht")),
        (MessageState.BUNDLED, _("Ging mee in het nieuwsoverzicht")),
        (Block.KIND, _("Soort organisatie")),
        (Block.REGION, _("Regio")),
        (Block.SIZE, _("Grootte van de gemeente")),
        (Block.ROLE, _("Rol")),
        (Block.ORGANISATION, _("Organisatie")),
        (Block.UNREACHED, _("Organisatie nog niet bereikt in")),
        (Block.MISSING, _("Organisatie waarvan niemand komt naar")),
        (Block.TOPIC, _("Thema waarvoor iemand belangstelling heeft")),
        (Block.NETWORK, _("Lid van netwerk")),
        (Block.ATTENDED, _("Was bij de sessie")),
        (Block.ABSENT, _("Had een plek, maar was er niet")),
        (Block.EVER, _("Was ooit bij een sessie van")),
        (Block.COMING, _("Komt naar, of wacht op een plek bij")),
        (Block.DECLINED, _("Komt niet naar")),
        (Block.SILENT, _("Uitgenodigd en nog geen antwoord")),
        (Block.IMPORTED, _("Staat op de ingelezen lijst")),
        (Block.PERSON, _("Deze mensen")),
        (LeftOut.UNSUBSCRIBED, _("Wil geen mail van dit netwerk")),
        (LeftOut.NO_ADDRESS, _("Heeft geen mailadres")),
        (LeftOut.BOUNCED, _("Mailadres werkt niet")),
        (Delivery.AT_ONCE, _("Uitnodigingen meteen, en nieuws in het overzicht")),
        (Delivery.NO_NEWS, _("Alleen uitnodigingen")),
        (Delivery.DIGEST, _("Alles in het nieuwsoverzicht, geen losse mails")),
        (ImportState.WAITING, _("Wacht op een besluit")),
        (ImportState.QUEUED, _("Wordt ingelezen")),
        (ImportState.DONE, _("Ingelezen")),
        (ImportState.UNDOING, _("Wordt teruggedraaid")),
        (ImportState.UNDONE, _("Teruggedraaid")),
        (Likeness.SAME_PLACE, _("Bijna dezelfde naam, bij dezelfde organisatie")),
        (Likeness.SAME_NAME, _("Dezelfde naam, bij een andere organisatie")),
    )
}

_COLUMNS = {
    "name": _("Naam"),
    "first": _("Voornaam"),
    "infix": _("Tussenvoegsel"),
    "last": _("Achternaam"),
    "address": _("Mailadres"),
    "organisation": _("Organisatie"),
    "code": _("Gemeentecode"),
    "role": _("Rol"),
    "title": _("Functie"),
    "language": _("Taal"),
    "starts_on": _("Vanaf"),
    "ends_on": _("Tot en met"),
}


def column(name: str) -> str:
    """What a column of an imported list is."""
    return str(_COLUMNS.get(name, name))


_ACTIONS = {
    "added": _("voegde toe:"),
    "changed": _("wijzigde"),
    "deleted": _("verwijderde"),
    "merged": _("voegde samen:"),
    "unmerged": _("haalde uit elkaar:"),
    "exported": _("haalde een lijst op van"),
    "tested": _("stuurde zichzelf een voorbeeld van"),
    "resent": _("stuurde opnieuw:"),
    "revoked": _("maakte ongeldig:"),
}
_SUBJECTS = {
    "events": _("sessie"),
    "slots": _("programmaonderdeel"),
    "questions": _("vraag"),
    "waves": _("ronde"),
    "networks": _("netwerk"),
    "memberships": _("lidmaatschap"),
    "audiences": _("doelgroep"),
    "contact_persons": _("contactpersoon van"),
    "organisation_domains": _("maildomein van organisatie"),
    "roles": _("rol"),
    "topics": _("thema"),
    "merges": _("samenvoeging van personen"),
    "allotments": _("plekken voor een organisatie"),
    "organisations": _("organisatie"),
    "people": _("persoon"),
    "email_addresses": _("mailadres van persoon"),
    "positions": _("functie van persoon"),
    "accounts": _("account"),
    "grants": _("toegang"),
    "api_tokens": _("sleutel voor de API"),
    "registrations": _("aanmelding"),
    "invitations": _("uitnodiging"),
    "imports": _("ingelezen lijst"),
    "attendances": _("aanwezigheid"),
    "boards": _("lessenbord"),
    "impressions": _("impressie"),
    "insights": _("inzicht"),
    "suggestions": _("suggestie"),
    "commitments": _("afspraak"),
    "attachments": _("bijlage"),
    "corrections": _("verbetering"),
    "evaluations": _("evaluatie"),
    "evaluation_questions": _("evaluatievraag"),
    "digest_words": _("woord in het nieuwsoverzicht"),
    "series": _("reeks"),
}


def audit_action(action: str) -> str:
    return str(_ACTIONS.get(action, action))


def audit_subject(table: str) -> str:
    return str(_SUBJECTS.get(table, table))


_MESSAGES = {
    "confirmed": _("Bevestiging"),
    "waiting": _("Bericht van de wachtlijst"),
    "promoted": _("Plek vrijgekomen"),
    "cancelled": _("Bevestiging van afmelding"),
    "declined": _("Bevestiging van afzegging"),
    "substitute_invitation": _("Uitnodiging als vervanger"),
    "substitute_asked": _("Collega gevraagd"),
    "substitute_comes": _("Collega komt"),
    "substitute_declined": _("Collega kan niet"),
    "requested": _("Gevraagde link"),
    "event_changed": _("Wijziging"),
    "event_cancelled": _("Annulering"),
    "test": _("Voorbeeld"),
    "evaluation": _("Vragen achteraf"),
    "commitment": _("Afspraak"),
    "commitment_reminder": _("Herinnering aan afspraak"),
    "thanks": _("Bedankt, met de impressie"),
    "missed": _("Gemist, met de impressie"),
    "digest": _("Nieuwsoverzicht"),
    "join": _("Bevestiging van lidmaatschap"),
    "own_address": _("Bevestiging van mailadres"),
    "seats_offered": _("Plekken voor een organisatie"),
    "seat_named": _("Uitnodiging namens een organisatie"),
    **{kind.value: _WORDS[WaveKind, kind] for kind in WaveKind},
}


def message_kind(kind: str) -> str:
    """What a message is about."""
    return str(_MESSAGES.get(kind, kind))


def figure_words(name: str, number: int) -> str:
    """What a figure of an impression counts, in one word or two: '61' 'gemeenten'."""
    words = {
        "municipalities": ngettext("gemeente", "gemeenten", number),
        "water_boards": ngettext("waterschap", "waterschappen", number),
        "others": ngettext("andere organisatie", "andere organisaties", number),
        "on_site": ngettext("deelnemer op locatie", "deelnemers op locatie", number),
        "online": ngettext("deelnemer online", "deelnemers online", number),
        "webcast": ngettext("kijker van de webcast", "kijkers van de webcast", number),
    }
    return words[name]


def abbreviate(name: str) -> str:
    """A municipality's name as it fits on a tile of the map."""
    plain = name.removeprefix("'s-")
    return plain if len(plain) <= 8 else plain[:7].rstrip(" -") + "."
