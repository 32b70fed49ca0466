"""A course, walked from planning its days to a certificate that a stranger checks.

The site mails people once a week at most; the invitation takes that one mail, so whatever else arrives did not count. After
every step the calendar of everybody is what ical.js makes of the mails that they had, and holds the days they come to.
"""

import io
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from app import clock
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.attendance.models import Attendance
from app.courses.models import CourseEdition, CourseMeeting, Enrolment
from app.database import db
from app.events.models import Event
from app.invitations.waves import mail_guard
from app.network.models import Network
from app.network.people.models import Person
from app.outbox.models import FinishedMessage, Message, MessageState
from tests import factories
from tests.browser.conftest import ORGANISER, PHONE, walked_on
from tests.browser.hands import Hands
from tests.browser.test_the_first_hour import let_mails_leave
from tests.browser.test_the_whole_loop import behind
from tests.calendars import mailed
from tests.calendars.mailed import Entry
from tests.server import Server, prepared, serving

pytestmark = walked_on("sqlite")
COURSES = "/organise/networks/weerbaar/courses"
TITLE = "Vergroting weerbaarheid"
EDITION = r"/editions/\d+(#[\w-]*)?$"
HOURS = (time(9, 30), time(16, 30))
ANNA, KARIM, ELS, NOOR = "Anna Jansen", "Karim Bakkali", "Els de Wit", "Noor Smit"
PEOPLE = {
    ANNA: "anna@oss.example",
    KARIM: "karim@breda.example",
    ELS: "els@tilburg.example",
    NOOR: "noor@tilburg.example",
}
INVITED = (ANNA, KARIM, ELS)


def _weeks_from_now(weeks: int) -> date:
    """A Thursday."""
    return clock.today() + timedelta(weeks=weeks, days=3 - clock.today().weekday())


SPRING = [_weeks_from_now(weeks) for weeks in (8, 9, 11)]
MOVED = SPRING[2] + timedelta(days=1)
TAUGHT = [*SPRING[:2], MOVED]
AUTUMN = [_weeks_from_now(weeks) for weeks in (14, 15, 17)]


@pytest.fixture(scope="module")
def site(databases, database, tmp_path_factory):
    """A network with three people, on a site that mails nobody more than once a week."""
    folder = tmp_path_factory.mktemp("course")
    with prepared(folder, databases.with_tables(database), MAILS_PER_WEEK="1") as server:
        with server.app.app_context():
            _fill()
            db.session.commit()
        with serving(server, "--workers", "1"):
            yield server


def _fill() -> None:
    network = factories.network(slug="weerbaar", name="Weerbaar bestuur", four_eyes_from=None)
    network.signatory_name, network.signatory_function = "Ans Peeters", "Programmamanager"
    accounts.grant_role(accounts.ensure_account(ORGANISER, "Loes Verhoeven"), network, NetworkRole.ORGANISER)
    for name in INVITED:
        factories.person(name, of=network, address=PEOPLE[name])
    factories.audience(network)


@dataclass
class Calendars:
    """The days of each person, as the walk has it, held against what their calendar made of their mails."""

    site: Server
    days: dict[str, set[date]]
    """By mail address what is to stand there."""
    comes: set[str] = field(default_factory=set)
    """Addresses of who said yes, of whom nothing stands there as a question."""

    def mails_to(self, address: str) -> list[EmailMessage]:
        wanted = sa.select(FinishedMessage.content).join(FinishedMessage.message)
        wanted = wanted.where(Message.recipient == address, Message.state == MessageState.SENT)
        with self.site.app.app_context():
            found = db.session.scalars(wanted.order_by(Message.sent_at, Message.id)).all()
        return [message_from_bytes(each, policy=policy.default) for each in found]

    def of_everybody(self) -> dict[str, dict[str, Entry]]:
        """UID → entry by address."""
        with self.site.app.app_context():
            told = mailed.entries_by_recipient()
        return {address: {entry.uid: entry for entry in mailed.standing(told[address])} for address in self.days}

    def hold(self) -> None:
        """Whatever is due has left; everybody's calendar has each of their days, at its hours, and no other."""
        let_mails_leave(self.site)
        kept = {
            address: sorted((each.starts_at, each.ends_at, each.answer == "ACCEPTED") for each in entries.values())
            for address, entries in self.of_everybody().items()
        }
        assert kept == {
            address: [(*_times(day), address in self.comes) for day in sorted(days)]
            for address, days in self.days.items()
        }

    def subjects(self, address: str) -> list[str]:
        return [mail["Subject"] for mail in self.mails_to(address)]


def _times(day: date) -> tuple[datetime, ...]:
    return tuple(clock.utc_moment(day, hour).astimezone(UTC) for hour in HOURS)


def test_a_course_from_planning_to_a_certificate_that_a_stranger_checks(visitor, site, count):
    calendars = Calendars(site, {PEOPLE[name]: set() for name in INVITED})
    organiser = visitor()
    organiser.sign_in(ORGANISER)
    spring = plan_course(organiser, count)
    autumn = plan_once_more(organiser, count)
    invite_everybody(organiser, spring, calendars)
    anna, karim, els = (enrol(visitor(viewport=PHONE), name, calendars) for name in INVITED)
    catch_up(karim, calendars)
    hand_over(els, visitor(viewport=PHONE), calendars)
    move_a_day(organiser, spring, calendars)
    nobody_gets_a_second_mailing(site, calendars)

    for number, names in enumerate(([ANNA, KARIM, NOOR], [ANNA, NOOR], [ANNA, KARIM, NOOR]), start=1):
        teach(organiser, site, calendars, spring, number, TAUGHT[number - 1], names)
    let_certificates_go_out(organiser, spring, calendars)
    teach(organiser, site, calendars, autumn, 2, AUTUMN[1], [KARIM])
    assert [has_certificate(calendars, each) for each in who_learned()] == [1, 1, 1]
    stranger, number = visitor(), read_own_certificate(anna, calendars)
    check_as_a_stranger(stranger, number)
    withdraw(organiser, spring, stranger, number, calendars)
    nobody_was_counted_more_than_the_invitation(site)


def plan_course(organiser, count) -> str:
    """Returns the address of the edition."""
    page = organiser.go(COURSES)
    hands = Hands(page)
    press(organiser, hands, "Nieuwe leergang", "link", "/new$")
    hands.write(page.get_by_label("Titel"), TITLE)
    hands.write(page.get_by_label("Voor wie is het?"), "Raadsleden en griffiers")
    hands.write(page.get_by_label("Wat leer je er?"), "- druk herkennen\n- erover praten")
    press(organiser, hands, "Verder: plan de dagen", to="/editions/new$")
    hands.write(page.get_by_label("Naam van deze uitvoering"), "Voorjaar")
    hands.press(page.get_by_text("Plak de dagen", exact=True))
    first, *others = (f"{day:%d-%m-%Y}" for day in SPRING)
    pasted = "\n".join([f"{first}\t9.30\t16.30\tStadhuis\tTilburg", *others])
    hands.write(page.get_by_label("Of plak de dagen uit een rekenblad"), pasted)
    press(organiser, hands, "Meer regels, en zet geplakte dagen erin", to="#")
    expect(page.locator(".messages")).to_contain_text("De geplakte dagen staan in de regels.")
    expect(page.get_by_text("Je was hier eerder aan het typen")).to_be_hidden()
    press(organiser, hands, "Bewaar als concept", to=EDITION)
    press(organiser, hands, "Publiceer alle 3 bijeenkomsten", to=EDITION)
    expect(page.locator(".messages")).to_contain_text("Alle bijeenkomsten zijn gepubliceerd")
    count("A course of three days, planned and published", hands, (7, 10))
    return page.url


def plan_once_more(organiser, count) -> str:
    """From the page of the first edition, on other days."""
    page, hands = organiser.page, Hands(organiser.page)
    press(organiser, hands, "Nog een keer, op andere dagen", "link", "/copy$")
    hands.write(page.get_by_label("Naam van deze uitvoering"), "Najaar")
    for row, day in enumerate(AUTUMN):
        hands.write(page.get_by_label("Datum").nth(row), day.isoformat())
    press(organiser, hands, "Maak de kopie", to=EDITION)
    press(organiser, hands, "Publiceer alle 3 bijeenkomsten", to=EDITION)
    count("The same course once more, on other days", hands, (4, 4))
    return page.url


def invite_everybody(organiser, spring: str, calendars: Calendars) -> None:
    """One mailing, by the first day: that day is asked in their calendars, the others come with a yes."""
    page = organiser.go(spring)
    organiser.press("Nodig mensen uit", "link")
    organiser.press("Verder: bekijk de mail")
    organiser.press("Verder: wanneer vertrekt hij?", "link")
    page.get_by_role("radio", name="Nu", exact=True).check()
    organiser.press("Akkoord, verstuur")
    for days in calendars.days.values():
        days.add(SPRING[0])
    calendars.hold()


def enrol(who, name: str, calendars: Calendars):
    """By the personal link in the mail; one letter has all days, and each day comes with a mail for the calendar."""
    address = PEOPLE[name]
    page = who.mail(address, "Uitnodiging")
    body = page.frame_locator("iframe").first.locator("body")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{TITLE}, do ")
    expect(body).to_contain_text("Zeg je ja, dan schrijf je je in voor alle dagen")
    who.press_in_mail("Ik kom")
    expect(page.locator("h1")).to_have_text(TITLE)
    who.press("Ja, ik doe mee")
    expect(page.locator(".status")).to_contain_text("je bent ingeschreven")
    calendars.days[address] = set(SPRING)
    calendars.comes.add(address)
    calendars.hold()
    told = Counter(subject.partition(":")[0] for subject in calendars.subjects(address))
    assert told == {"Uitnodiging": 1, "Je bent ingeschreven": 1, "Voor je agenda": 3}
    who.mail(address, "Je bent ingeschreven")
    for day in SPRING:
        expect(body).to_contain_text(f"{day.day} ")
    expect(body).to_contain_text("9.30–16.30")
    who.press_in_mail("je eigen pagina")
    return who


def catch_up(karim, calendars: Calendars) -> None:
    """He cannot on the second day: first he is not there, then he is there with the other edition."""
    address, page = PEOPLE[KARIM], karim.page
    change_day(karim, 2, "Ik kan deze dag niet")
    calendars.days[address].remove(SPRING[1])
    calendars.hold()
    change_day(karim, 2, "Ik haal deze dag in")
    expect(page.locator("main")).to_contain_text("je haalt deze dag in")
    calendars.days[address].add(AUTUMN[1])
    calendars.hold()


def change_day(who, number: int, option: str) -> None:
    day = who.page.locator(".rows > li").nth(number - 1)
    day.locator("summary").click()
    day.get_by_label(option).first.check()
    day.get_by_role("button", name="Bewaar deze dag").click()
    who.look()
    expect(who.page.locator(".messages")).to_contain_text("Je dag is aangepast")


def hand_over(els, noor, calendars: Calendars) -> None:
    """The whole course goes to a colleague, who says yes by a mail of her own."""
    giver, address, page = PEOPLE[ELS], PEOPLE[NOOR], els.page
    page.locator("#collega > summary").click()
    page.get_by_label("Naam van je collega").fill(NOOR)
    page.get_by_label("Mailadres van je collega").fill(address)
    els.press("Nodig mijn collega uit")
    expect(page.locator(".status")).to_contain_text("Tot Noor Smit ja zegt, is de plek van jou.")
    calendars.days[address] = {SPRING[0]}
    calendars.hold()

    noor.mail(address, "Els de Wit vraagt")
    noor.press_in_mail("Ik kom")
    noor.press("Ja, ik doe mee")
    expect(noor.page.locator(".status")).to_contain_text("je bent ingeschreven")
    calendars.days[address], calendars.days[giver] = calendars.days[giver], set()
    calendars.comes.add(address)
    calendars.hold()
    els.go(page.url)
    expect(page.locator(".status")).to_contain_text("je collega gaat in jouw plaats")


def move_a_day(organiser, spring: str, calendars: Calendars) -> None:
    """The third day is a day later: in each calendar that entry moves and stays the one it was, the others stand as they stood."""
    before = calendars.of_everybody()
    page = organiser.go(spring)
    page.get_by_role("link", name=f"Wijzig dag of plaats {TITLE}, dag 3").click()
    organiser.look()
    page.get_by_label("Datum", exact=True).fill(MOVED.isoformat())
    organiser.press("Bewaar")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wie krijgt bericht?")
    organiser.press("Bewaar en mail 3 mensen")
    for days in calendars.days.values():
        if SPRING[2] in days:
            days.remove(SPRING[2])
            days.add(MOVED)
    calendars.hold()
    for address, entries in calendars.of_everybody().items():
        was = before[address]
        moved = {uid for uid, entry in was.items() if entry.starts_at == _times(SPRING[2])[0]}
        assert entries.keys() == was.keys()
        assert {uid for uid in was if entries[uid] != was[uid]} == moved
        assert all(entries[uid].sequence > was[uid].sequence for uid in moved)


def nobody_gets_a_second_mailing(site, calendars: Calendars) -> None:
    """The limit holds: the invitation to the course was the one mailing that these people get this week."""
    with behind(site):
        other = factories.event(db.session.scalars(sa.select(Network)).one(), title="Nog een sessie")
        factories.wave(other, to=factories.audience(other.network))
    calendars.hold()
    assert not [
        subject for each in calendars.days for subject in calendars.subjects(each) if "Nog een sessie" in subject
    ]


def travel_to(site, day: date) -> None:
    """Let a day of the course, as it was planned, be today: all days go by together. Calendars keep what they have."""
    with behind(site):
        first = db.session.scalars(sa.select(CourseMeeting).order_by(CourseMeeting.id).limit(1)).one().event
        passes = day - SPRING[0] - (clock.today() - clock.to_local(first.starts_at).date())
        for row in db.session.scalars(sa.select(Event)):
            row.starts_at, row.ends_at, row.closes_at = (
                each - passes for each in (row.starts_at, row.ends_at, row.closes_at)
            )
        for row in db.session.scalars(sa.select(CourseEdition)):
            row.closes_at -= passes
            row.created_at -= passes
        for row in db.session.scalars(sa.select(Enrolment)):
            row.created_at -= passes
        for row in db.session.scalars(sa.select(Attendance)):
            row.day -= passes


def teach(organiser, site, calendars: Calendars, edition: str, number: int, day: date, names: list[str]) -> None:
    """A day of the course: all are ticked off at the door, and the day after it is settled who was there."""
    travel_to(site, day)
    page = organiser.go(edition)
    page.get_by_role("link", name=f"{TITLE}, dag {number}", exact=True).click()
    organiser.look()
    organiser.go(f"{page.url}/day")
    for name in names:
        page.get_by_role("button", name=f"Aanwezig: {name}").click()
        expect(page.get_by_role("button", name=f"Maak ongedaan: {name}")).to_be_visible()
    expect(page.locator(".counter strong")).to_have_text(str(len(names)))
    organiser.look()
    travel_to(site, day + timedelta(days=1))
    organiser.go(page.url)
    organiser.press("Bewijs van deelname", "link")
    organiser.press("Sluit de aanwezigheid af")
    expect(page.locator("main")).to_contain_text("sloot de aanwezigheid af")
    calendars.hold()


def let_certificates_go_out(organiser, spring: str, calendars: Calendars) -> None:
    """Who still catches up gets theirs when that day was."""
    page = organiser.go(spring)
    organiser.press("Certificaten", "link")
    expect(page.locator("main")).to_contain_text("2 mensen krijgen een certificaat.")
    organiser.press("Maak en mail de certificaten")
    expect(page.locator(".messages")).to_contain_text("De certificaten worden gemaakt en gemaild.")
    calendars.hold()
    assert [has_certificate(calendars, each) for each in who_learned()] == [1, 0, 1]


def who_learned() -> list[str]:
    return [PEOPLE[ANNA], PEOPLE[KARIM], PEOPLE[NOOR]]


def has_certificate(calendars: Calendars, address: str) -> int:
    return len([subject for subject in calendars.subjects(address) if subject.startswith("Je certificaat")])


def read_own_certificate(anna, calendars: Calendars) -> str:
    """From the mail to her own page, and the paper; returns its number."""
    page = anna.mail(PEOPLE[ANNA], "Je certificaat")
    anna.press_in_mail("Naar je certificaat")
    expect(page.locator(".status")).to_contain_text("Je certificaat staat klaar, Anna.")
    assert [part.get_content_type() for part in calendars.mails_to(PEOPLE[ANNA])[-1].iter_attachments()] == [
        "application/pdf"
    ]
    with page.expect_download() as download:
        page.get_by_role("link", name="Download het certificaat (PDF)").click()
    content = Path(download.value.path()).read_bytes()
    assert pikepdf.open(io.BytesIO(content)).Root.MarkInfo.Marked
    said = " ".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(content))
    for words in (ANNA, TITLE, "21 uur", "Ans Peeters"):
        assert words in " ".join(said.split())
    number = re.search(r"\w{4}(-\w{4}){3}", page.locator(".status").inner_text())[0]
    assert number in said
    return number


def check(stranger, number: str) -> Page:
    page = stranger.go("/check")
    page.get_by_label("Nummer op het bewijs").fill(number.lower().replace("-", " "))
    return stranger.press("Controleer")


def check_as_a_stranger(stranger, number: str) -> None:
    """The days that were taught, by when that is now: the paper was made the day after the last."""
    main = check(stranger, number).locator("main")
    expect(main).to_contain_text("Dit bewijs is echt")
    for words in (f"de leergang ‘{TITLE}’, voltooid", "21 uur", "A. J."):
        expect(main).to_contain_text(words)
    expect(main).not_to_contain_text(re.compile("Anna|Jansen"))
    shown = main.locator("dd").nth(2).inner_text().split("; ")
    held = [clock.today() - (MOVED + timedelta(days=1) - day) for day in TAUGHT]
    assert [each.split()[1] for each in shown] == [str(day.day) for day in held]


def withdraw(organiser, spring: str, stranger, number: str, calendars: Calendars) -> None:
    page = organiser.go(spring)
    organiser.press("Certificaten", "link")
    organiser.press(ANNA, "link")
    page.get_by_label("De aanwezigheid was een vergissing").check()
    organiser.press("Trek het bewijs in")
    expect(check(stranger, number).locator("main")).to_contain_text("Dit bewijs geldt niet meer")
    calendars.hold()


def nobody_was_counted_more_than_the_invitation(site) -> None:
    with behind(site):
        had = {
            person.name: mail_guard.count_mails_of_week(person, clock.now())
            for person in db.session.scalars(sa.select(Person).where(Person.name.in_(INVITED)))
        }
    assert had == dict.fromkeys(INVITED, 1)


def press(who, hands: Hands, name: str, role: str = "button", to: str = "") -> Page:
    hands.press(who.page.get_by_role(role, name=name, exact=True).first, to)
    return who.look()
