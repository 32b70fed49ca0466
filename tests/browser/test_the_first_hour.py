"""The first hour of three organisers, each on an empty site, and the session that came of it, on telephones.

A secretary in a hurry has a list from Outlook and a workbook with a cover; a policy officer uses the keys alone, without
JavaScript, on a site that does not say yet who is responsible; somebody on a telephone reads English.
"""

import io
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask_babel import force_locale, gettext
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from app import clock
from app.accounts import accounts
from app.database import db
from app.demo.invented_names import invent_people
from app.events.models import Event
from app.invitations.waves.models import Wave
from app.lessons.impressions import impressions
from app.outbox.kinds import MessageKind
from app.outbox.models import Message, MessageState
from tests.browser.conftest import PHONE, walked_on
from tests.browser.films import Film
from tests.browser.hands import Hands, Keys
from tests.browser.test_the_whole_loop import begins, behind, invited, press_on_card, published_yesterday, send_digests
from tests.server import prepared, serving

pytestmark = walked_on("sqlite")
ORGANISER = "hans@oss.example"
TOWNS = ("Oss", "Breda", "Tilburg", "Helmond", "Boxtel")
FROM_OUTLOOK = """Van: Jansen, Petra <p.jansen@oss.example>
'Marieke van den Berg' <m.vandenberg@tilburg.example>; Smit, Karin <karin.smit@dongen.example>; "Vries, de, Jan" <j.devries@breda.example>;
Secretariaat <secretariaat@waalwijk.example>; Ahmed El Amrani [ahmed@helmond.example]; bestuurssecretariaat@deurne.example;
Tom Kersten <t.kersten@oss.example>, Tom Kersten <T.Kersten@Oss.example>;
Kees de Wit <kees@@veldhoven.example>; Anouk Peters; Fatima Yilmaz <f.yilmaz@best.example >;
JOSEPHINE BAKKER <J.BAKKER@UDEN.EXAMPLE>; piet van dam <piet.vandam@asten.example>;
"""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def settings() -> dict[str, str]:
    """What whoever runs the site filled in beforehand."""
    return {"SITE_OWNER": "Provincie Noord-Brabant"}


@pytest.fixture
def site(databases, database, tmp_path_factory, settings):
    """A site on which nothing is, but who may make the first network."""
    with prepared(tmp_path_factory.mktemp("first"), databases.with_tables(database), **settings) as server:
        server.command("accounts", "create", ORGANISER, "--admin")
        with serving(server, "--workers", "1"):
            yield server


class FirstHour:
    """One organiser on the way from an empty site to invitations, in words of their own language."""

    def __init__(self, visitor, hands: Hands, film: Film, language: str = "nl"):
        self.visitor, self.hands, self.film, self.language = visitor, hands, film, language
        self.page: Page = visitor.page

    def see(self) -> None:
        self.visitor.look()
        self.film.take(self.page)

    def words(self, text: str) -> str:
        with self.visitor.server.app.app_context(), force_locale(self.language):
            return gettext(text)

    def press(self, text: str, role: str = "button", to: str = "") -> None:
        self.hands.press(self.page.get_by_role(role, name=self.words(text), exact=True).first, to)
        self.see()

    def write(self, label: str, text: str) -> None:
        called = re.compile(rf"^\s*{re.escape(self.words(label))}\s*(\(|$)")
        self.hands.write(self.page.get_by_label(called).first, text)

    def make_network(self, name: str, owner: str = "") -> None:
        self.see()
        self.press("Maak het eerste netwerk", "link", "/networks/new$")
        self.write("Naam", name)
        if owner:
            self.write("Wie is verantwoordelijk voor de gegevens?", owner)
        self.press("Maak het netwerk", to=r"/networks/(?!new)[\w-]+$")

    def import_list(self, *, link: str, text: str = "", book: bytes = b"", mend=None) -> None:
        self.press(link, "link", "/import$")
        if book:
            file = {"name": "Deelnemers (definitief).xlsx", "mimeType": XLSX, "buffer": book}
            self.page.locator("input[type=file]").set_input_files(file)
        else:
            self.write("Of plak de lijst hier", text)
        self.press("Bekijk wat er zou gebeuren", to=r"/import/\d+$")
        if mend:
            mend()
            self.press("Bewaar de verbetering en kijk opnieuw", to=r"/import/\d+$")
        self.hands.press(self.page.get_by_role("button", name=re.compile(r"^(Bewaar|Save) \d+ (rij|row)")))
        self.visitor.server.command("worker", "--once")
        expect(self.page.get_by_role("link", name=self.words("Verder: maak een sessie"))).to_be_visible(timeout=20_000)
        self.hands.pages += 1
        self.see()

    def make_session(self, title: str) -> None:
        self.press("Verder: maak een sessie", "link", "/events/new$")
        self.write("Titel", title)
        self.write("Datum", _a_thursday().isoformat())
        self.write("Begin", "13:30")
        self.write("Einde", "16:00")
        self.write("Plaats", "Oss")
        self.press("Verder: wie nodig je uit?", to="/path/who$")

    def send(self, many: int) -> None:
        expect(self.page.get_by_role("radio", name=re.compile(rf"\({many} "))).to_be_checked()
        self.press("Verder: bekijk de mail", to="/path/mail$")
        phone = self.words("De mail op een telefoon")
        seen = self.page.frame_locator(f'iframe[title="{phone}"]').locator("body")
        expect(seen).to_contain_text(re.compile(r"Dag|Hello"))
        self.press("Verder: wanneer vertrekt hij?", "link", "/path/send$")
        self.hands.choose(self.page.get_by_role("radio", name=self.words("Nu"), exact=True))
        self.press("Akkoord, verstuur", to="/waves$")
        expect(self.page.locator(".messages")).to_contain_text(re.compile(r"vertrek|leave"))
        assert let_mails_leave(self.visitor.server) == many


def _a_thursday() -> date:
    """In some seven weeks, whatever day it is today: too late to ask for the date alone, early enough to invite."""
    return clock.today() + timedelta(days=52 - clock.today().weekday())


def let_mails_leave(site) -> int:
    """The minute in which an organiser may think again passes, and the quiet hours; returns how many invitations were sent."""
    with behind(site):
        soon = clock.now() + timedelta(minutes=5)
        for wave in db.session.scalars(sa.select(Wave).where(Wave.ran_at.is_(None), Wave.due_at < soon)):
            wave.at = wave.due_at = clock.now() - timedelta(minutes=1)
    site.command("worker", "--once")
    with behind(site):
        db.session.execute(sa.update(Message).where(Message.state == MessageState.PLANNED).values(due_at=clock.now()))
    site.command("worker", "--once")
    with behind(site):
        sent = (Message.kind == MessageKind.INVITATION, Message.state == MessageState.SENT)
        return db.session.scalar(sa.select(sa.func.count(Message.id)).where(*sent))


def people(many: int, languages: tuple[str, ...] = ("",)) -> list[list[str]]:
    """Rows as organisers have them: a name, an address, a municipality and a language."""
    invented = invent_people(seed=7)
    names = [" ".join(filter(None, next(invented)[:2])) for _ in range(many)]
    return [
        [name, f"deelnemer{at}@{TOWNS[at % 5].lower()}.example", TOWNS[at % 5], languages[at % len(languages)]]
        for at, name in enumerate(names)
    ]


def book_with_a_cover(rows: list[list[str]]) -> bytes:
    book = Workbook()
    book.active.title = "Voorblad"
    book.active.append(["", "Deelnemers van de kring"])
    book.active.append(["", "Versie 3, bijgewerkt door Petra"])
    sheet = book.create_sheet("Deelnemers")
    for row in (
        ["Deelnemerslijst"],
        [],
        ["Naam", "E-mailadres", "Gemeente", "Taal"],
        *rows,
        ["Totaal", str(len(rows))],
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_secretary_in_a_hurry_and_then_the_day_itself(visitor, site, count):
    secretary = visitor()
    secretary.sign_in(ORGANISER)
    expect(secretary.page.get_by_role("heading", level=1)).to_have_text("Dag Hans")
    page, film = secretary.page, Film("first-hour-secretary", across=5, width=420)
    hour = FirstHour(secretary, Hands(page), film)

    def mend() -> None:
        wrong = page.locator("fieldset")
        expect(wrong).to_have_count(2)
        wrong.filter(has_text="kees@@").get_by_label("E-mail").fill("kees@veldhoven.example")
        wrong.filter(has_text="Anouk Peters").get_by_label("E-mail").fill("anouk@oirschot.example")

    hour.make_network("Kring Oss")
    hour.import_list(link="Importeer of plak een lijst", text=FROM_OUTLOOK, mend=mend)
    book = book_with_a_cover(people(47, ("nl", "Engels", "")))
    hour.import_list(link="Importeer een lijst", book=book)
    hour.make_session("Samen leren van data")
    hour.send(60)
    film.save()
    count("Empty site to 60 invitations, two messy lists", hour.hands)
    page = secretary.mail("secretariaat@waalwijk.example", "Uitnodiging")
    expect(page.frame_locator("iframe").first.get_by_text("Dag collega,")).to_be_visible()
    _walk_the_day(visitor, site, secretary)


def _walk_the_day(visitor, site, organiser) -> None:
    """Answering, checking in, catching lessons and reading what came of it: each on a telephone."""
    slug, film = "samen-leren-van-data", Film("first-hour-day", across=7, width=240)
    guest = visitor(viewport=PHONE)

    def see(who) -> None:
        who.look()
        film.take(who.page)

    page = guest.mail("karin.smit@dongen.example", "Uitnodiging")
    guest.press_in_mail("Ik kom")
    see(guest)
    guest.press("Ik kom")
    see(guest)
    expect(page.get_by_role("heading", name="je komt.")).to_be_visible()

    with behind(site):
        begins(slug, hours=-1)
    door = visitor(viewport=PHONE)
    door.sign_in(ORGANISER)
    door.go(f"/organise/events/{slug}/day")
    door.press("Deurstand voor op je telefoon", "link")
    door.page.get_by_role("button", name="Aanwezig: Karin Smit").click()
    expect(door.page.locator("#teller strong")).to_have_text("1")
    see(door)

    learned = f"/organise/events/{slug}/learned"
    door.go(learned)
    door.press("Open het bord")
    board = re.search(r"/k/\w+", door.page.locator("main").inner_text())[0]
    guest.go(board)
    page.get_by_label("Wat neem je mee uit deze sessie?").fill("Begin bij de vraag")
    see(guest)
    guest.press("Stuur kaartje")
    expect(page.get_by_role("status")).to_contain_text("Je kaartje staat op het scherm.")
    door.go(learned)
    press_on_card(door, "Begin bij de vraag", "Is een inzicht")
    see(door)

    with behind(site):
        begins(slug, hours=-72)
        event = db.session.scalars(sa.select(Event).filter_by(slug=slug)).one()
        impression = impressions.impression_of_event(event)
        reader = accounts.ensure_account("bea@oss.example", "Bea Heer")
        impressions.check_impression(impression, reader)
        impressions.publish_impression(impression)
        address = published_yesterday(slug)
    guest.go(address)
    see(guest)
    expect(page.get_by_role("main")).to_contain_text("Begin bij de vraag")
    with behind(site):
        silent = next(
            each for each in (invited(slug, place) for place in range(5, 20)) if each.person.name != "Karin Smit"
        )
        reached = silent.address.address
        send_digests(weeks=0)
    page = guest.mail(reached, "^Impressie van Samen leren van data")
    see(guest)
    film.save()


def test_a_telephone_in_english(visitor, site, count):
    somebody = visitor(viewport=PHONE, locale="en-GB")
    somebody.page.goto(site.command("accounts", "sign-in-link", ORGANISER))
    somebody.press("Sign in")
    film = Film("first-hour-phone", across=7, width=240)
    hour = FirstHour(somebody, Hands(somebody.page), film, "en")
    rows = "\n".join(
        "\t".join(row) for row in (["Name", "E-mail", "Municipality", "Language"], *people(60, ("en", "nl")))
    )
    hour.make_network("Learning Circle")
    hour.import_list(link="Importeer of plak een lijst", text=rows)
    hour.make_session("Learning from data")
    hour.send(60)
    film.save()
    count("The same on a telephone, one list", hour.hands)


class TestByKeysAlone:
    @pytest.fixture
    def settings(self):
        return {}

    def test_a_policy_officer_without_javascript(self, visitor, site, count):
        officer = visitor(java_script_enabled=False)
        officer.sign_in(ORGANISER)
        page = officer.go("/organise")
        film = Film("first-hour-keyboard", across=5, width=420)
        hour = FirstHour(officer, Keys(page), film)
        rows = "\n".join("\t".join(row) for row in (["Naam", "E-mail", "Gemeente", "Taal"], *people(60)))
        hour.make_network("Netwerk voor de Wijk", owner="Gemeente Oss")
        hour.import_list(link="Importeer of plak een lijst", text=rows)
        hour.make_session("Wonen in de wijk")
        hour.send(60)
        film.save()
        count("The same by keys alone, without JavaScript", hour.hands)
        page = officer.mail("deelnemer0@oss.example", "Uitnodiging")
        expect(
            page.frame_locator("iframe").first.get_by_text("Verantwoordelijk voor je gegevens: Gemeente Oss")
        ).to_be_visible()
