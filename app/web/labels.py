"""Values of enumerations in words, in the language of the reader."""

from enum import Enum

from flask_babel import get_locale, ngettext
from flask_babel import lazy_gettext as _
from wtforms.fields.choices import SelectChoice

from app import wording
from app.accounts.models import NetworkRole
from app.events.models import BusyKind, EventFormat, EventState, Mode, Preset, QuestionKind
from app.invitations.estimates import Spared
from app.invitations.guard import Way
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
    Role,
    Standing,
)
from app.outbox.models import MessageState
from app.polls.models import PollDate, PollState, Vote
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
        (WaveKind.LAST_PLACES, _("Laatste plekken")),
        (WaveKind.LAST_INFORMATION, _("Praktische informatie")),
        (WaveKind.THANK_YOU, _("Bedankt")),
        (WaveState.DRAFT, _("Concept")),
        (WaveState.AWAITING, _("Wacht op tweede organisator")),
        (WaveState.PLANNED, _("Staat klaar")),
        (WaveState.GOING, _("Onderweg")),
        (WaveState.PAUSED, _("Op pauze")),
        (WaveState.DONE, _("Verstuurd")),
        (WaveState.CANCELLED, _("Vervallen")),
        (Way.AT_ONCE, _("Krijgt de mail")),
        (Way.DIGEST, _("In het nieuwsoverzicht")),
        (Way.LATER, _("Een week later")),
        (Way.NOT, _("Kreeg deze week al genoeg mail")),
        (Spared.ANSWERED, _("Antwoordde al")),
        (Spared.MAILED, _("Kreeg deze mail al, of de uitnodiging nog niet")),
        (Spared.NO_PLACE, _("Komt niet")),
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
        (Step.MAYBE, _("Misschien")),
        (Step.COMMENTED, _("Schreef bij het antwoord")),
        (Step.PROPOSED_TIME, _("Stelde een andere tijd voor")),
        (Step.FORWARDED, _("Uitnodiging doorgestuurd")),
        (Step.UNDONE, _("Antwoord uit de agenda ongedaan gemaakt")),
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
        (PollState.OPEN, _("Loopt")),
        (PollState.CHOSEN, _("Gekozen")),
        (PollState.STOPPED, _("Gestopt")),
        (Vote.YES, _("Ja")),
        (Vote.IF_NEED_BE, _("Als het moet")),
        (Vote.NO, _("Nee")),
        (BusyKind.SCHOOL_HOLIDAY, _("Schoolvakantie")),
        (BusyKind.COUNCIL, _("Raadsavond")),
        (BusyKind.OTHER, _("Iets anders")),
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
        (cockpit.Standing.MAYBE, _("Komt misschien")),
        (cockpit.Standing.SILENT, _("Nog geen antwoord")),
        (RegistrationState.CONFIRMED, _("Aangemeld")),
        (RegistrationState.WAITING, _("Wachtlijst")),
        (RegistrationState.CANCELLED, _("Afgemeld")),
        (MessageState.PLANNED, _("Gepland")),
        (MessageState.PAUSED, _("Op pauze")),
        (MessageState.DUE, _("Klaar om te versturen")),
        (MessageState.SENDING, _("Wordt verstuurd")),
        (MessageState.SENT, _("Aangenomen door de mailserver")),
        (MessageState.RETRYING, _("Wordt opnieuw geprobeerd")),
        (MessageState.FAILED, _("Niet aangenomen")),
        (MessageState.BOUNCED, _("Teruggekomen")),
        (MessageState.SUPPRESSED, _("Niet meer nodig")),
        (MessageState.CANCELLED, _("Ingetrokken")),
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
    "letter_texts": _("tekst van een mail"),
    "letter_images": _("afbeelding in mails"),
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
    "maybe": _("Misschien genoteerd"),
    "asked_again": _("Opnieuw gevraagd na een wijziging"),
    "too_late": _("Antwoord kwam te laat"),
    "time_proposed": _("Voorstel voor een andere tijd"),
    "answer_undone": _("Antwoord ongedaan gemaakt"),
    "substitute_wanted": _("Iemand wil in de plaats komen"),
    "instead": _("Uitnodiging was voor een ander"),
    "calendar_note": _("Opmerking uit een agenda"),
    "poll": _("Datumprikker"),
    "poll_chosen": _("Gekozen dag"),
    "poll_date": _("Optie in de agenda"),
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
    "forwarded": _("Doorgestuurd antwoord"),
    "mail_test": _("Test van de mail"),
    "alarm": _("Melding aan beheerders"),
    "seat_named": _("Uitnodiging namens een organisatie"),
    **{kind.value: _WORDS[WaveKind, kind] for kind in WaveKind},
}


def message_kind(kind: str) -> str:
    """What a message is about."""
    return str(_MESSAGES.get(kind, kind))


def letter_kind(kind: str) -> str:
    """What a letter of mail_templates/ is about."""
    return message_kind(kind.rpartition("/")[2])


_TONES = {
    "sent": "green",
    "done": "green",
    "planned": "accent",
    "going": "accent",
    "sending": "accent",
    "retrying": "amber",
    "paused": "amber",
    "awaiting": "amber",
    "failed": "red",
    "bounced": "red",
}


def tone(state: str) -> str:
    """The colour of a badge with the state of a wave or message."""
    return _TONES.get(state, "quiet")


_STEPS = {
    "planned": _("Gepland"),
    "due": _("Geschreven"),
    "sent": _("Aangenomen door de mailserver"),
    "retrying": _("Nog niet gelukt"),
}


def step(state) -> str:
    """What a step in the life of a message was."""
    return str(_STEPS.get(state, "")) or label(state)


_REASONS = {
    "closed or handed over": _("De afspraak is af, of van een ander"),
    "its owner left the network": _("Is geen lid meer van het netwerk"),
    "the seats were withdrawn or answering has closed": _("De plekken zijn ingetrokken, of aanmelden kan niet meer"),
    "wants no digest": _("Wil geen nieuwsoverzicht"),
    "no longer among the recipients": _("Hoort niet meer bij de ontvangers: antwoordde al, of wil geen mail"),
    "no longer holds": _("Klopte niet meer toen hij weg zou gaan"),
    "overtaken by a later letter": _("Ingehaald door een latere mail"),
    "had enough mail this week": _("Kreeg deze week al genoeg mail"),
    "event cancelled": _("De sessie is geannuleerd"),
    "another colleague was named": _("Er is een andere collega genoemd"),
    "answered or closed before the digest": _("Antwoordde al, of aanmelden kan niet meer"),
    "withdrawn by an organiser": _("Ingetrokken door een organisator"),
    "the person was erased": _("Deze persoon is gewist"),
    "the worker ended while sending": _("Het versturen werd onderbroken"),
    "answered already": _("Antwoordde al"),
    "the impression was withdrawn": _("De impressie is ingetrokken"),
    "wants no mail of this network": _("Wil geen mail van dit netwerk"),
    "nothing new": _("Er was geen nieuws"),
    "250 in the built-in mailbox": _("In het ingebouwde postvak"),
}
"""Why the program left a mail out; other words are a mail server's own."""


def message_words(words: str) -> str:
    """The last words about a message: why it did not leave, or what the mail server said."""
    return str(_REASONS.get(words, words))


_INCOMING = {
    "has_left": _("Een automatisch antwoord zegt dat deze persoon er niet meer werkt."),
    "complaint_unknown": _("Iemand meldde een mail van ons als ongewenst. We weten niet wie."),
    "unknown_token": _("Iemand wilde geen mail meer, met een adres dat niet (meer) klopt."),
    "which_network": _("Een mail van een mens. We weten niet voor welk netwerk."),
    "circle": _("Een mail van een mens die we niet kunnen doorsturen zonder dat hij bij onszelf uitkomt."),
    "unreadable": _("Deze mail konden we niet lezen."),
    "calendar_unreadable": _("Een antwoord uit een agenda dat we niet konden lezen."),
    "several_events": _("Een antwoord uit een agenda over meer dan één afspraak."),
    "guests": _("Een antwoord uit een agenda dat ook gasten meebrengt."),
    "other_event": _("Een antwoord uit een agenda dat bij een andere afspraak hoort."),
    "unknown_event": _("Een antwoord uit een agenda op een afspraak die we niet kennen."),
    "unsure_sender": _("Een antwoord uit een agenda. We weten niet zeker van wie het komt."),
    "other_answer": _("Een antwoord uit een agenda dat we niet kennen."),
    "no_substitute": _("Iemand stuurde in de agenda een collega. Die konden we niet vragen."),
    "too_many": _("Erg veel antwoorden uit één agenda binnen een uur."),
    "too_late": _("Een antwoord uit een agenda, nadat antwoorden kon."),
    "winmail": _("Een antwoord uit Outlook in een vorm die alleen Outlook leest (winmail.dat)."),
    "passed_on": _("Iemand stuurde een uitnodiging in de agenda door."),
}


def incoming_reason(reason: str) -> str:
    """Why an incoming mail waits for somebody to look at it."""
    return str(_INCOMING.get(reason, reason))


def span(date: PollDate) -> str:
    """A date to choose from: 'do 10 december 2026, 13.00–16.00 uur'."""
    return f"{wording.day(date.starts_at)}, {wording.hours(date.starts_at, date.ends_at)}"


def role_name(role: Role) -> str:
    """A kind of position in the reader's language."""
    return role.name_en if str(get_locale()) == "en" else role.name_nl


_CALENDAR_TROUBLE = {
    "no_address": _("Dit is geen adres van een agenda. Het begint met https:// of webcal://."),
    "inside": _("Dit adres ligt binnen een eigen netwerk. Daar lezen we niet."),
    "no_answer": _("Dit adres antwoordt niet. Klopt het? Probeer het anders later."),
    "refused": _("De partner geeft deze agenda niet. Vraag om een openbaar adres."),
    "gone": _("Op dit adres staat geen agenda meer. Vraag de partner om het nieuwe adres."),
    "too_big": _("Deze agenda is groter dan 10 MB. Vraag om een kleinere."),
    "no_calendar": _("Hier staat geen agenda in. Vraag de partner om een agenda in iCalendar-vorm (.ics)."),
}


def calendar_trouble(reason: str) -> str:
    """Why a partner's calendar could not be read, and what to do."""
    return str(_CALENDAR_TROUBLE.get(reason, reason))


_CALENDAR_ANSWERS = {
    "accepted": _("Ja"),
    "declined": _("Nee"),
    "tentative": _("Misschien"),
    "delegated": _("Stuurt een collega"),
    "needs-action": _("Nog geen antwoord"),
}


def calendar_answer(answer: str) -> str:
    """What a calendar answered (PARTSTAT in lower case)."""
    return str(_CALENDAR_ANSWERS.get(answer, answer or "–"))


_FINDINGS = {
    "database": _("Database"),
    "clockwork": _("Uurwerk"),
    "outbox": _("Mails die weg moeten"),
    "waves": _("Rondes"),
    "mail server refuses": _("Mailserver weigert ons"),
    "refusals by policy": _("Geweigerd door anderen"),
    "inbox": _("Postvak gelezen"),
    "disk": _("Schijf"),
    "address": _("Webadres"),
    "secret key": _("Geheime sleutel"),
    "mail server": _("Mailserver"),
    "mail server tls": _("Versleuteling naar de mailserver"),
    "mail size": _("Grootte van een mail"),
    "spf": _("SPF"),
    "dkim": _("DKIM"),
    "dmarc": _("DMARC"),
    "alignment": _("Eén domein overal"),
    "way back": _("Weg terug"),
    "clock": _("Klok"),
    "mailbox": _("Mailbox"),
    "mail test": _("Mailtest"),
    "test mail": _("Mail naar onszelf"),
    "test bounce": _("Bericht over een adres dat niet bestaat"),
    "test calendars": _("Agendamails naar onszelf"),
    "pdf": _("PDF"),
}


def finding_name(name: str) -> str:
    """What was looked at."""
    return str(_FINDINGS.get(name, name))


_FIELDS = {
    "voornaam": _("de voornaam van de lezer"),
    "naam": _("de hele naam van de lezer"),
    "netwerk": _("de naam van het netwerk"),
    "titel": _("de naam van de sessie"),
    "dag": _("de dag, zoals ‘do 10 december’"),
    "tijd": _("de tijd, zoals ‘13.30–16.30 uur’"),
    "plaats": _("de plaats in een woord"),
    "samenvatting": _("de sessie in een paar zinnen"),
    "sluiting": _("tot wanneer iemand kan antwoorden"),
    "contact": _("wie vragen beantwoordt"),
    "gegevens": _("blok met dag, tijd en plaats"),
    "antwoorden": _("blok met de antwoordknoppen"),
    "programma": _("blok met het programma"),
    "route": _("blok met route en toegankelijkheid"),
    "deelname": _("knop naar de online sessie"),
    "toegangscode": _("QR-code voor de ingang"),
    "terugblik": _("wat er van de vorige keer kwam"),
    "pagina": _("het adres van de eigen pagina"),
    "formulier": _("knop naar de vragen achteraf"),
    "op_locatie": _("is de sessie op locatie?"),
    "online": _("is de sessie online?"),
    "hybride": _("is de sessie allebei?"),
    "besloten": _("is de sessie vertrouwelijk?"),
    "kan_wijzigen": _("kan iemand nog antwoorden?"),
    "collega": _("de naam van de collega"),
    "organisatie": _("de naam van de organisatie"),
    "plek": _("blijft de plek van de lezer?"),
    "plaats_in_rij": _("de hoeveelste in de rij"),
    "doet_online_mee": _("doet de lezer online mee?"),
    "deelnamelink": _("het adres van de online sessie"),
    "komt": _("heeft de lezer een plek?"),
    "wacht": _("staat de lezer op de wachtlijst?"),
    "weer": _("gaat de sessie toch weer door?"),
    "reden": _("waarom de sessie niet doorgaat"),
    "vanuit_agenda": _("blok bij een antwoord uit de agenda, met ongedaan maken"),
    "vervallen": _("is de sessie geannuleerd?"),
    "voorstel": _("de tijd die de lezer voorstelde"),
    "adres": _("het mailadres van de collega"),
    "collega_vragen": _("het adres om de collega te vragen"),
}


def field_meaning(name: str) -> str:
    """What a field of a letter stands for."""
    return str(_FIELDS.get(name, _("een afbeelding") if name.startswith("afbeelding_") else ""))


_LOOKS = {
    "mail": _("Mail"),
    "dark": _("Mail, donker"),
    "phone": _("Mail op een telefoon"),
    "text": _("Tekst zonder opmaak"),
    "calendar": _("Agenda-onderdeel"),
}


def look(name: str) -> str:
    """A way of looking at an example of a mail."""
    return str(_LOOKS[name])


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
