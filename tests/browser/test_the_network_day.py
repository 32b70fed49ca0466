"""A network day as an organiser, sixty participants and a speaker walk it, from its rounds to the thanks.

After each step everybody's page, last mail and calendar say the same: the calendar is that of all mails so far, read by
ical.js. Who hears of a step is known from what the pages said before it.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import islice

import lxml.html
import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app import clock
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.attendance import presence
from app.attendance.models import Entry
from app.database import db
from app.demo.invented_names import invent_people
from app.events.models import Event
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.lessons.evaluations import evaluations
from app.lessons.evaluations.models import EvaluationTicket
from app.network.people.models import Person
from app.outbox.kinds import MessageKind
from app.outbox.models import FinishedMessage, Message, MessageState
from app.speakers import thanking
from tests import factories
from tests.breakouts import made
from tests.browser.conftest import PHONE, walked_on
from tests.browser.test_the_whole_loop import behind
from tests.calendars import mailed
from tests.helpers import text_of
from tests.server import Participant, Server, prepared, serving
from tests.uploads import files

pytestmark = walked_on("postgresql")
ORGANISER, SPEAKER = "noor@oss.example", "anna.maas@oss.example"
PEOPLE, CLIENTS = 60, 8
ROUNDS = (("Ochtend", "10:00", "11:00"), ("Werktafels", "11:15", "12:15"), ("Veldbezoek", "13:30", "15:30"))
OFFERED = (
    ("Wonen", 1, 30),
    ("Energie", 1, 30),
    ("Bodem", 2, 20),
    ("Groen", 2, 20),
    ("Hitte", 2, 40),
    ("Wandeling", 3, 40),
)
"""Beside a workshop with a speaker and a bus: title, round and seats. In each round everybody fits, also without 'Groen'."""
BUS_SEATS, WANT_THE_BUS = 25, 30


@pytest.fixture(scope="module")
def site(databases, database, tmp_path_factory):
    """A network with a day to which sixty people come, without a programme yet."""
    with prepared(tmp_path_factory.mktemp("day"), databases.with_tables(database)) as server:
        with behind(server):
            network = factories.network(slug="klimaat", name="Klimaatadaptatie")
            accounts.grant_role(accounts.ensure_account(ORGANISER, "Noor Nieuw"), network, NetworkRole.ORGANISER)
            begin = factories.start(days=30, hour=9)
            event = factories.event(network, title="Netwerkdag", starts_at=begin, ends_at=begin + timedelta(hours=8))
            for name, mailbox in islice(invent_people(), PEOPLE):
                factories.registration(event, factories.person(name, at="Oss", address=f"{mailbox}@oss.example"))
        server.command("worker", "--once")
        with serving(server, "--workers", "1"):
            yield server


@dataclass
class Page:
    """What somebody's own page says of their programme: a line for each choice, and for what they wait."""

    text: str
    chosen: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """Titles."""

    @classmethod
    def read(cls, text: str) -> "Page":
        page = cls(text)
        for part in lxml.html.fromstring(text).xpath("//ol[@class='programme']/li"):
            badges, title = part.xpath(".//span[contains(@class, 'badge')]/text()"), part.xpath(".//strong/text()")[0]
            if "jouw keuze" in badges:
                hour = part.xpath("./span/text()")[0].partition("–")[0]
                details = [each for each in part.xpath(".//p[@class='quiet']/text()") if "Anna" not in each]
                page.chosen.append(f"{hour} {', '.join([title, *details]).replace(' · ', ', ')}")
            if "wachtlijst" in badges:
                page.waiting.append(title)
        return page

    def has(self, title: str) -> bool:
        return any(re.match(rf"\d\d.\d\d {title}\b", each) for each in self.chosen)


@dataclass
class Day:
    """The day on its site: who comes, and what stands in it by name."""

    site: Server
    links: dict[str, str]
    """Of everybody's own page, by address."""
    heard: int = 0
    """Id of the last mail that was looked at."""

    @classmethod
    def of(cls, site: Server) -> "Day":
        with site.app.app_context():
            invited = db.session.scalars(sa.select(Invitation).order_by(Invitation.id))
            return cls(site, {each.address.address: invitation_links.link_to_invitation(each) for each in invited})

    def ids(self) -> tuple[dict[str, int], dict[str, int]]:
        """The rounds and slots by their titles."""
        with self.site.app.app_context():
            event = the_event()
            return {each.title: each.id for each in event.rounds}, {each.title: each.id for each in event.slots}

    def send(self, wanted: dict[str, dict[str, str]]) -> None:
        """Have people send forms from their own page, several at once."""

        def send_one(address: str) -> None:
            participant = Participant()
            participant.open(self.links[address])
            participant.open(self.links[address], **wanted[address])

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(send_one, wanted))

    def pages(self) -> dict[str, Page]:
        """What everybody reads now."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            read = pool.map(lambda link: Page.read(Participant().open(link)), self.links.values())
            return dict(zip(self.links, read, strict=True))

    def let_mails_leave(self) -> set[str]:
        """Ten minutes pass, in which nobody does anything else; returns who was mailed since the last time."""
        with behind(self.site):
            planned = sa.update(Message).where(Message.state == MessageState.PLANNED)
            db.session.execute(planned.values(due_at=clock.now()))
        self.site.command("worker", "--once")
        with self.site.app.app_context():
            new = sa.select(Message).where(Message.id > self.heard)
            sent = [each for each in db.session.scalars(new) if each.state != MessageState.SUPPRESSED]
            assert {each.state for each in sent} <= {MessageState.SENT}
            self.heard = db.session.scalars(sa.select(sa.func.max(Message.id))).one()
            assert len(sent) == len({each.recipient for each in sent}), "somebody was told twice"
            return {each.recipient for each in sent}

    def agreed_pages(self) -> dict[str, Page]:
        """Everybody's page, with which their last mail and their calendar agree."""
        pages = self.pages()
        with self.site.app.app_context():
            event, letters, entries = the_event(), last_programmes(), mailed.entries_by_recipient()
            for address, page in pages.items():
                [entry] = mailed.standing(entries[address])
                assert entry == entries[address][-1]
                assert (entry.uid, entry.starts_at, entry.ends_at) == (event.uid, event.starts_at, event.ends_at)
                assert {each.sequence for each in entries[address]} == {event.sequence}
                assert in_calendar(entry.text) == in_letter(letters[address]) == page.chosen
        return pages


def the_event() -> Event:
    return db.session.scalars(sa.select(Event)).one()


def last_programmes() -> dict[str, str]:
    """The text of the last mail about their programme to each."""
    sent = sa.select(Message.recipient, FinishedMessage.content).join(FinishedMessage.message)
    sent = sent.where(Message.kind == MessageKind.OWN_PROGRAMME, Message.state == MessageState.SENT)
    found = dict(db.session.execute(sent.order_by(Message.sent_at, Message.id)).all())
    return {address: text_of(message_from_bytes(body, policy=policy.default)) for address, body in found.items()}


def in_letter(text: str) -> list[str]:
    """What is theirs in the programme of a letter, without who speaks; nothing in it is for everybody but the start."""
    lines = [
        line.removeprefix("- ").partition(" – ")[0] for line in text.splitlines() if re.match(r"- \d\d.\d\d ", line)
    ]
    return [line for line in lines if not line.endswith(("Welkom", "kies nog op je eigen pagina"))]


def in_calendar(text: str) -> list[str]:
    """What was chosen by the description of a calendar entry, without when it ends."""
    chosen = text.partition("Jouw keuze:\n")[2].splitlines()
    return [re.sub(r"^(\d\d.\d\d)–\d\d.\d\d", r"\1", line) for line in chosen if re.match(r"\d\d.\d\d", line)]


def make_programme(organiser, site) -> None:
    """Three rounds, of which one is divided by wishes; a workshop with a speaker and a bus by hand, the others too."""
    page = organiser.go("/organise/events/netwerkdag/programme")
    for title, start, end in ROUNDS:
        organiser.press("Voeg een ronde toe om uit te kiezen", "link")
        page.get_by_label("Naam", exact=True).fill(title)
        page.get_by_label("Begin", exact=True).fill(start)
        page.get_by_label("Einde", exact=True).fill(end)
        if title == "Werktafels":
            page.get_by_label("Vraag een eerste en een tweede wens").check()
        organiser.press("Bewaar")
    add_slot(
        organiser, "Ochtend", Titel="Water", Sprekers="Anna Maas, Oss", Plekken="30", **{"Zaal of plek": "Statenzaal"}
    )
    bus = {"Begin": "13:45", "Vertrek": "13:30", "Plekken": str(BUS_SEATS), "Zaal of plek": "Bij de fontein"}
    add_slot(organiser, "Veldbezoek", Titel="Beekdal", **bus)
    with behind(site):
        event = the_event()
        for title, number, seats in OFFERED:
            made.slot(event, title, number, seats=seats, room=f"Zaal {title[0]}")
    organiser.go(page.url)
    expect(page.locator("main")).to_contain_text("vertrek 13.30")


def add_slot(organiser, to: str, **fields: str) -> None:
    organiser.press(f"Voeg een onderdeel toe {to}", "link")
    for label, text in fields.items():
        organiser.page.get_by_label(re.compile(f"^{label}")).fill(text)
    organiser.press("Bewaar")


def ask_to_speak(organiser, speaker) -> str:
    """The speaker is asked, opens the link, says yes, says who she is and sends slides; returns her page."""
    organiser.press("Vraag met een link Anna Maas", "link")
    organiser.page.get_by_label("Mailadres").fill(SPEAKER)
    organiser.page.get_by_label("Wat verwacht je van deze spreker?").fill("Twintig minuten, met **vragen**.")
    organiser.press("Verstuur de uitnodiging")

    page = speaker.mail(SPEAKER, "Wil je spreken?")
    speaker.press_in_mail("Laat weten of je spreekt")
    expect(page.locator("main")).to_contain_text("Statenzaal")
    page.get_by_label("Ja, ik spreek").check()
    speaker.press("Verstuur mijn antwoord")
    expect(page.get_by_role("heading", name="Je spreekt.")).to_be_visible()
    page.get_by_label("Wie ben je? Een paar zinnen").fill("Anna is waterbouwkundige in Oss.")
    page.get_by_label("mogen openbaar op de pagina van de sessie staan").check()
    speaker.press("Bewaar")
    slides = {"name": "Water.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
    page.get_by_label("Bestand").set_input_files(slides)
    speaker.press("Stuur het bestand")
    expect(page.locator("main")).to_contain_text("‘Water.pdf’ staat bij de sessie.")
    return page.url


def choose_by_hand(visitor, link: str, wishes: tuple[str, str], **chosen: str) -> None:
    """Somebody chooses on their telephone, and says two wishes."""
    phone = visitor(viewport=PHONE)
    page = phone.go(link)
    expect(page.get_by_role("heading", name="Kies je programma")).to_be_visible()
    for title, slot in chosen.items():
        page.get_by_role("group", name=title).get_by_label(slot).check()
    phone.press("Bewaar mijn keuze")
    expect(page.get_by_role("status")).to_contain_text("Je keuze is bewaard.")
    for label, title in zip(("Eerste wens", "Tweede wens"), wishes, strict=True):
        option = page.get_by_label(label).locator("option", has_text=title)
        page.get_by_label(label).select_option(value=option.get_attribute("value"))
    phone.press("Bewaar mijn wensen")
    expect(page.get_by_role("status")).to_contain_text("Je wensen zijn bewaard.")


def wishes_of(number: int) -> tuple[str, str]:
    """Half of the people wish most what has a place for a third of them."""
    first, second = ("Groen", "Hitte") if number % 4 < 2 else ("Hitte", "Groen")
    return ("Bodem", first) if number % 2 else (first, second)


def everybody_chooses(day: Day) -> None:
    """All but the first three, who did so by hand: half of the people want to go along in the bus."""
    rounds, slots = day.ids()
    choices, wishes = {}, {}
    for number, address in list(enumerate(day.links))[3:]:
        visit = "Beekdal" if number < WANT_THE_BUS else "Wandeling"
        first, second = wishes_of(number)
        choices[address] = {
            "answer": "choose",
            f"round_{rounds['Ochtend']}": str(slots[("Water", "Wonen", "Energie")[number % 3]]),
            f"round_{rounds['Veldbezoek']}": str(slots[visit]),
        }
        key = rounds["Werktafels"]
        wishes[address] = {"answer": "wish", f"wish1_{key}": str(slots[first]), f"wish2_{key}": str(slots[second])}
    day.send(choices)
    day.send(wishes)


def choose_instead(day: Day, addresses: list[str], to: str, round_title: str) -> None:
    """Have people choose something else in a round; what they wait for stays."""
    rounds, slots = day.ids()
    key = rounds[round_title]
    day.send({each: {"answer": "choose", f"was_{key}": "0", f"round_{key}": str(slots[to])} for each in addresses})


def close_wishes(site) -> None:
    with behind(site):
        next(each for each in the_event().rounds if each.by_wish).closes_at = clock.now() - timedelta(minutes=1)


def was(days: float) -> None:
    """Let the whole day have begun so long ago."""
    event = the_event()
    back = event.starts_at - (clock.now() - timedelta(days=days))
    for each in (event, *event.rounds, *event.slots):
        each.starts_at -= back
        each.ends_at = each.ends_at and each.ends_at - back
    for slot in event.slots:
        slot.departs_at = slot.departs_at and slot.departs_at - back
    for each in event.rounds:
        each.closes_at = None
    event.closes_at = event.starts_at


def who(pages: dict[str, Page], *, has: str = "", waits_for: str = "") -> set[str]:
    """Whose page says that they have a place in a slot, or wait for one."""
    return {address for address, page in pages.items() if (page.has(has) if has else waits_for in page.waiting)}


def change_slot(organiser, title: str, **fields: str) -> None:
    organiser.go("/organise/events/netwerkdag/programme")
    organiser.press(f"Wijzig {title}", "link")
    for label, text in fields.items():
        organiser.page.get_by_label(re.compile(f"^{label}")).fill(text)
    organiser.press("Bewaar")


def lists_per_room(reader) -> dict[str, list[str]]:
    """The names on the list of each slot, and behind a question mark who waits."""
    found = {}
    for section in reader.go("/organise/events/netwerkdag/choices/lists").locator(".slot-list").all():
        waiting = section.get_by_text("Wachten, in deze volgorde:").locator("..")
        names = section.locator("tbody th").all_inner_texts()
        if waiting.count():
            names += [f"?{each}" for each in waiting.inner_text().partition(": ")[2].split(", ")]
        found[section.locator("h2").inner_text()] = names
    return found


def test_a_network_day_with_rounds_to_choose_from(visitor, site):
    organiser, speaker, day = visitor(), visitor(viewport=PHONE), Day.of(site)
    organiser.sign_in(ORGANISER)
    make_programme(organiser, site)
    speaks_at = ask_to_speak(organiser, speaker)
    people = list(day.links)
    day.let_mails_leave()

    # Sixty people choose. Who finds the bus full waits for it, and chooses the walk meanwhile.
    for number, workshop in enumerate(("Water", "Wonen", "Energie")):
        link = day.links[people[number]]
        choose_by_hand(visitor, link, wishes_of(number), Ochtend=workshop, Veldbezoek="Beekdal")
    everybody_chooses(day)
    assert day.let_mails_leave() == {*people}
    pages = day.agreed_pages()
    in_line = who(pages, waits_for="Beekdal")
    assert (len(who(pages, has="Beekdal")), len(in_line)) == (BUS_SEATS, WANT_THE_BUS - BUS_SEATS)
    choose_instead(day, in_line, "Wandeling", "Veldbezoek")
    assert day.let_mails_leave() == in_line
    pages = day.agreed_pages()
    assert who(pages, waits_for="Beekdal") == in_line

    # One of the bus walks after all: who waits longest comes along in their place, and hears it.
    [next_one] = [each for each in in_line if "op plaats 1 van de wachtlijst voor ‘Beekdal’" in pages[each].text]
    phone = visitor(viewport=PHONE)
    page = phone.go(day.links[people[0]])
    page.get_by_role("group", name="Veldbezoek").get_by_label("Wandeling").check()
    phone.press("Bewaar mijn keuze")
    assert day.let_mails_leave() == {people[0], next_one}
    pages = day.agreed_pages()
    assert (pages[next_one].has("Beekdal"), pages[people[0]].has("Wandeling")) == (True, True)

    # The places of the wishes are divided by one press: everybody has one of theirs, or as much as there is.
    close_wishes(site)
    page = organiser.go("/organise/events/netwerkdag/choices")
    expect(page.locator("main")).to_contain_text("60 mensen gaven wensen door")
    organiser.press("Verdeel de plekken en mail ieder het programma")
    assert day.let_mails_leave() == {*people}
    pages = day.agreed_pages()
    assert everybody_has_one(pages)
    wished = {address: wishes_of(number) for number, address in enumerate(people)}
    assert all(any(pages[each].has(title) for title in wished[each]) for each in people)
    first = {each for each in people if pages[each].has(wished[each][0])}
    assert (len(first), who(pages, waits_for="Bodem")) == (PEOPLE - 10, {*people} - first)

    # A workshop moves: who chose it hears so, and the speaker.
    told = who(pages, has="Water")
    change_slot(organiser, "Water", Begin="10:15", Zaal="Raadzaal")
    assert day.let_mails_leave() == told | {SPEAKER}
    pages = day.agreed_pages()
    assert {line for page in pages.values() for line in page.chosen if "Water" in line} == {"10.15 Water, Raadzaal"}
    page = speaker.mail(SPEAKER, "Gewijzigd: Water")
    speaker.press_in_mail("Bekijk je pagina")
    expect(page.locator(".facts")).to_contain_text("10.15–11.00 uur")
    expect(page.locator(".facts")).to_contain_text(f"{len(told)} mensen tot nu toe")

    # Another is cancelled: who has or awaits a place in it hears so and chooses again; there is one for everybody.
    organiser.go("/organise/events/netwerkdag/programme")
    without, in_line = who(pages, has="Groen"), who(pages, waits_for="Groen")
    organiser.page.locator(".programme li", has_text="Groen").get_by_role("button", name="Laat vervallen").click()
    organiser.look()
    assert day.let_mails_leave() == without | in_line
    pages = day.agreed_pages()
    assert {each for each in people if "‘Groen’ gaat niet door. Kies iets anders." in pages[each].text} == without
    by_hand, *others = sorted(without)
    again = visitor(viewport=PHONE)
    page = again.go(day.links[by_hand])
    page.get_by_role("group", name="Werktafels").get_by_label("Hitte").check()
    again.press("Bewaar mijn keuze")
    choose_instead(day, others, "Hitte", "Werktafels")
    assert day.let_mails_leave() == without
    pages = day.agreed_pages()
    assert everybody_has_one(pages)

    # The lists for the rooms, on paper and on a telephone, have who says so on their own page.
    on_the_way = visitor(viewport=PHONE)
    on_the_way.sign_in(ORGANISER)
    lists = lists_per_room(on_the_way)
    assert lists == lists_per_room(organiser)
    assert sorted(lists) == sorted({"Water", "Beekdal", *(title for title, *_ in OFFERED)} - {"Groen"})
    names = names_by_address(site)
    for title, listed in lists.items():
        expected = {names[each] for each in who(pages, has=title)}
        expected |= {f"?{names[each]}" for each in who(pages, waits_for=title)}
        assert (len(listed), {*listed}) == (len(expected), expected)

    # Afterwards the speaker hears how many came and what they thought of it.
    came = sorted(who(pages, has="Water"))[:-2]
    hold_the_day(site, came)
    page = speaker.mail(SPEAKER, "Bedankt voor je bijdrage: Water")
    letter = page.frame_locator("iframe").first.locator("body")
    expect(letter).to_contain_text(f"{len(came)} mensen")
    expect(letter).to_contain_text("4,2 van 5")
    speaker.go(speaks_at)
    expect(page.locator("main")).to_contain_text("Je sprak hier.")


def everybody_has_one(pages: dict[str, Page]) -> bool:
    """Whether everybody has a place in each round, in time."""
    return all(len(page.chosen) == len(ROUNDS) and page.chosen == sorted(page.chosen) for page in pages.values())


def names_by_address(site) -> dict[str, str]:
    with site.app.app_context():
        return {each.email: each.name for each in db.session.scalars(sa.select(Person)) if each.email}


def hold_the_day(site, came: list[str]) -> None:
    """The day is three days ago, some were there and answer what they thought of it; then it is a week and more."""
    with behind(site):
        was(days=3)
        invited = db.session.scalars(sa.select(Invitation)).all()
        for each in invited:
            if each.address.address in came:
                presence.check_in_invitation(each, Entry.LIST)
    site.command("worker", "--once")
    with behind(site):
        evaluation = evaluations.evaluation_of_event(the_event())
        useful = str(evaluation.questions[0].id)
        tickets = db.session.scalars(sa.select(EvaluationTicket).limit(evaluations.FEWEST)).all()
        for ticket, mark in zip(tickets, "54444", strict=True):
            evaluations.keep_evaluation_answers(ticket, {useful: mark})
        was(days=thanking.AFTER.days + 1)
