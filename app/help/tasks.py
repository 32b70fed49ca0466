"""The tasks that have a page of help: for whom, what they are called, and from which pages they are linked."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.settings import ROOT
from app.words import Worded

WORDS = ROOT / "templates" / "help"
PICTURES = Path(__file__).parent / "pictures"


class For(Worded):
    """Who has a task; help is listed by it."""

    PARTICIPANT = "participant", _l("Doe je mee?")
    ORGANISER = "organiser", _l("Organiseer je sessies?")
    ADMINISTRATOR = "administrator", _l("Beheer je de site?")


@dataclass(frozen=True)
class Size:
    """Of a picture, in pixels of a page."""

    width: int
    height: int


WIDE, NARROW = Size(880, 740), Size(390, 920)


@dataclass(frozen=True)
class Task:
    """Something that somebody wants to do. Its words are `<slug>.<language>.md`, its picture `<slug>.<language>.webp`."""

    slug: str
    reader: For
    title: LazyString
    shows: LazyString
    """What is in the picture, for who does not see it."""
    pages: tuple[str, ...]
    """Endpoints of the pages where its question arises; the picture is of one of them."""
    size: Size = WIDE

    def words(self, language: str) -> str:
        """What to do, in Markdown; the first paragraph says what it comes to."""
        return _read(f"{self.slug}.{language}.md")

    def picture(self, language: str) -> str:
        """The name of the picture among the built files."""
        return f"{self.slug}.{language}.webp"


@cache
def _read(name: str) -> str:
    return (WORDS / name).read_text().strip()


TASKS = (
    Task(
        "answer-an-invitation",
        For.PARTICIPANT,
        _l("Een uitnodiging beantwoorden"),
        _l("De eigen pagina van een uitnodiging, met knoppen om te komen, online mee te doen of af te zeggen."),
        ("registration.show_invitation", "registration.show_own_invitation"),
        NARROW,
    ),
    Task(
        "sessions-in-my-calendar",
        For.PARTICIPANT,
        _l("Sessies in je eigen agenda"),
        _l("De pagina met agenda’s om te volgen: alles, of per soort, netwerk of regio."),
        (
            "subscribe.list_calendars",
            "subscribe.show_public_calendar",
            "subscribe.show_personal_calendar",
            "me.show_calendar",
        ),
        NARROW,
    ),
    Task(
        "less-mail-or-none",
        For.PARTICIPANT,
        _l("Minder mail, of helemaal geen"),
        _l("De pagina met voorkeuren: per netwerk wat je wilt horen, en hoe vaak."),
        ("preferences.show_preferences", "preferences.show_leaving", "memberships.show_unsubscribe"),
        NARROW,
    ),
    Task(
        "find-each-other",
        For.PARTICIPANT,
        _l("Mensen vinden in je netwerk"),
        _l("Wie is wie: mensen van een netwerk, met hun organisatie, waar ze van weten en wat ze zoeken."),
        (
            "members.show_members",
            "members.list_people",
            "members.write_to",
            "listing.edit_listing",
            "messages.list_messages",
        ),
        NARROW,
    ),
    Task(
        "ask-your-network",
        For.PARTICIPANT,
        _l("Iets vragen aan je netwerk"),
        _l("De vragen aan een netwerk: een die open is, en een die gesloten is met wat hielp."),
        ("questions.list_questions", "questions.ask_question", "questions.show_question", "questions.close_question"),
        NARROW,
    ),
    Task(
        "make-a-session",
        For.ORGANISER,
        _l("Een sessie maken"),
        _l("Het formulier voor een nieuwe sessie, met titel, datum, begin, einde en plaats."),
        ("planning.create_event", "planning.copy_event"),
    ),
    Task(
        "workshops-to-choose",
        For.ORGANISER,
        _l("Workshops om uit te kiezen"),
        _l("De keuzes van een dag: per ronde de onderdelen, met hoeveel mensen er kozen en wachten."),
        ("breakouts.show_choices", "breakouts.show_lists", "planning.edit_round"),
    ),
    Task(
        "plan-a-course",
        For.ORGANISER,
        _l("Een leergang plannen"),
        _l("Een uitvoering van een leergang, met haar bijeenkomsten en wie er zijn ingeschreven."),
        (
            "courses.list_courses",
            "courses.create_course",
            "courses.plan_edition",
            "courses.show_edition",
            "completion.show_completion",
        ),
    ),
    Task(
        "put-in-the-offer",
        For.ORGANISER,
        _l("Iets in het aanbod zetten"),
        _l("Het aanbod zonder datum van een netwerk, met een knop om er iets bij te zetten."),
        ("offer.list_items", "offer.add_item", "offer.edit_item"),
    ),
    Task(
        "share-material",
        For.ORGANISER,
        _l("Materiaal delen"),
        _l("Het materiaal van een sessie, met voor wie het is en knoppen om een bestand of link toe te voegen."),
        ("materials.list_materials", "materials.add_file", "materials.add_link", "materials.edit_material"),
    ),
    Task(
        "import-a-list",
        For.ORGANISER,
        _l("Mensen toevoegen uit een lijst"),
        _l("De pagina waar je een Excel-lijst kiest of mensen plakt."),
        ("imports.upload_list", "imports.show_dry_run"),
    ),
    Task(
        "pick-or-paste-people",
        For.ORGANISER,
        _l("Mensen kiezen of plakken om uit te nodigen"),
        _l("De stap ‘Wie’: een doelgroep kiezen, mensen zoeken, of mailadressen plakken."),
        ("path.choose_who", "cockpit.invite_person"),
    ),
    Task(
        "make-an-audience",
        For.ORGANISER,
        _l("Een doelgroep maken"),
        _l("Een doelgroep met een naam, en kruisjes bij de rollen die erbij horen."),
        ("audiences.list_audiences", "audiences.edit_audience"),
    ),
    Task(
        "match-people",
        For.ORGANISER,
        _l("Mensen koppelen voor intervisie of als buddy"),
        _l("Een koppelronde die dicht is, met haar regels, hoeveel mensen antwoordden, en knoppen voor het voorstel."),
        (
            "matching.list_rounds",
            "matching.create_round",
            "matching.edit_round",
            "matching.show_round",
            "matching.propose_dates",
        ),
        Size(880, 860),
    ),
    Task(
        "write-the-mail",
        For.ORGANISER,
        _l("De mail schrijven"),
        _l("De tekst van een mail, met het onderwerp, een eigen zin bovenaan en knoppen voor opmaak."),
        (
            "letters.edit_letter_of_wave",
            "letters.edit_letter",
            "letters.list_letters",
            "path.show_mail",
            "own_letters.begin_letter",
            "own_letters.edit_letter",
        ),
    ),
    Task(
        "invitations-and-reminders",
        For.ORGANISER,
        _l("Uitnodigingen en herinneringen plannen"),
        _l(
            "De tijdlijn van een sessie, van uitnodiging en herinnering tot bedankt, met wat verstuurd is en wat klaarstaat."
        ),
        ("waves.list_waves", "waves.edit_wave"),
    ),
    Task(
        "send-now-or-later",
        For.ORGANISER,
        _l("Nu versturen, later, of een collega laten meekijken"),
        _l("De stap ‘Versturen’: welke mails eruit gaan, en wanneer de eerste vertrekt."),
        ("path.release_all", "waves.show_wave"),
    ),
    Task(
        "see-who-comes",
        For.ORGANISER,
        _l("Zien wie er komt"),
        _l("Het overzicht van een sessie, met hoeveel mensen zijn uitgenodigd, antwoordden en komen."),
        ("cockpit.show_cockpit",),
    ),
    Task(
        "move-or-cancel",
        For.ORGANISER,
        _l("Een sessie verzetten of annuleren"),
        _l("De pagina die vraagt of je de sessie annuleert, met hoeveel mensen een mail krijgen."),
        ("planning.edit_event", "planning.cancel_event"),
    ),
    Task(
        "at-the-door",
        For.ORGANISER,
        _l("Mensen inchecken, ook zonder internet"),
        _l("De lijst om mensen in te checken, met bovenaan een zoekveld en een teller."),
        ("day.show_day", "day.add_walk_in"),
    ),
    Task(
        "badges",
        For.ORGANISER,
        _l("Badges en naamkaarten maken"),
        _l("Het formulier voor badges: welk vel, voor wie, en bij welk etiket je begint."),
        ("badges.show_badges",),
    ),
    Task(
        "letters-of-attendance",
        For.ORGANISER,
        _l("Een bewijs van deelname geven"),
        _l("Wie er waren bij een sessie, met wie het bewijs heeft en knoppen om het te maken en te mailen."),
        ("certificates.show_letters", "certificates.show_letter"),
    ),
    Task(
        "catch-lessons",
        For.ORGANISER,
        _l("Lessen vangen en er afspraken van maken"),
        _l("De pagina met lessen, met knoppen om het bord te openen en notities te maken."),
        (
            "learned.show_lessons",
            "learned.list_commitments",
            "catching.take_notes",
            "commitments.create_commitment",
            "suggestions.settle_suggestion",
        ),
    ),
    Task(
        "publish-an-impression",
        For.ORGANISER,
        _l("Een impressie schrijven en publiceren"),
        _l("Een gepubliceerde impressie, met knoppen om iets te verbeteren of haar in te trekken."),
        ("impression.show_impression", "impression.edit_impression"),
    ),
    Task(
        "the-digest",
        For.ORGANISER,
        _l("Het nieuwsoverzicht"),
        _l("De pagina van het nieuwsoverzicht, met een veld voor jullie eigen woord."),
        ("digest.show_digest_page",),
    ),
    Task(
        "give-a-colleague-access",
        For.ORGANISER,
        _l("Een collega toegang geven"),
        _l("Het team van een netwerk, met wie mag organiseren en wie alleen meeleest."),
        ("team.list_colleagues",),
    ),
    Task(
        "questions-about-privacy",
        For.ORGANISER,
        _l("Iemand wissen, of een vraag over privacy"),
        _l("De pagina die zegt wat er weggaat en wat er blijft als je iemands gegevens wist."),
        ("people.show_person", "people.erase_person"),
    ),
    Task(
        "make-a-network",
        For.ADMINISTRATOR,
        _l("Een netwerk beginnen"),
        _l("Het formulier voor een nieuw netwerk, met naam, contact en mailadres voor vragen."),
        ("network.create_network",),
    ),
)
_BY_SLUG = {task.slug: task for task in TASKS}
_BY_PAGE = {page: task for task in TASKS for page in task.pages}


def find_task(slug: str) -> Task | None:
    return _BY_SLUG.get(slug)


def task_of_page() -> Task | None:
    """The task that the page of this request is about, to link its help there."""
    return _BY_PAGE.get(request.endpoint or "")


def search_tasks(sought: str, language: str) -> Iterator[tuple[For, list[Task]]]:
    """Tasks in whose title or words each of these words stands, by who has them."""
    wanted = sought.casefold().split()
    for reader in For:
        found = [task for task in TASKS if task.reader is reader and _holds(task, wanted, language)]
        if found:
            yield reader, found


def _holds(task: Task, wanted: list[str], language: str) -> bool:
    text = f"{task.title}\n{task.words(language)}".casefold()
    return all(word in text for word in wanted)
