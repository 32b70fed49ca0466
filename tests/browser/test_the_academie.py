"""The Academie as people walk it: a visitor, a new member, an organiser and who asks something of a network.

Mails are read where their readers read them, calendars by ical.js, and answers by mail come in through a real mailbox. Whoever
is looked at by axe-core, is so on a laptop and on a telephone.
"""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from app import clock
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.attendance import closing
from app.certificates import attendance_letters
from app.courses import courses
from app.courses.courses import CourseDetails
from app.database import db
from app.invitations.models import Invitation
from app.network.models import Joining, JoinRequest
from app.outbox.models import FinishedMessage, Message, MessageState
from tests import factories
from tests.browser.conftest import LAPTOP, ORGANISER, PHONE, walked_on
from tests.browser.hands import Hands, Keys
from tests.browser.test_the_first_hour import let_mails_leave
from tests.browser.test_the_whole_loop import behind, send_digests
from tests.calendars import mailed as calendars_mailed
from tests.helpers import html_of, text_of
from tests.inbox import dovecot
from tests.questions import mailed
from tests.server import Participant, prepared, serving

pytestmark = walked_on("sqlite")
NETWORK, JOINED = "Raadswerk", "Kring van griffiers"
MEMBERS = {
    "Anna Jansen": ("anna.jansen@oss.example", "Oss"),
    "Bas Prins": ("bas.prins@best.example", "Best"),
    "Els de Wit": ("els.dewit@tilburg.example", "Tilburg"),
    "Karim Bakkali": ("karim.bakkali@breda.example", "Breda"),
    "Piet Smulders": ("piet.smulders@helmond.example", "Helmond"),
    "Tom Kersten": ("tom.kersten@deurne.example", "Deurne"),
    "Vera Maas": ("vera.maas@boxtel.example", "Boxtel"),
}
ANNA, BAS, VERA = "Anna Jansen", "Bas Prins", "Vera Maas"
DIGEST = "^Vraag: "
COURSE, REPORT = "Sturen op de regio", "Een avond over burgerberaden"


def address_of(name: str) -> str:
    return MEMBERS[name][0]


@pytest.fixture(scope="module")
def inbox():
    with dovecot.running() as server:
        yield server


@pytest.fixture(scope="module")
def site(databases, database, inbox, tmp_path_factory):
    """A network with seven members and the report of a session, and one with a course on offer that is not planned."""
    folder = tmp_path_factory.mktemp("academie")
    with prepared(folder, databases.with_tables(database), INBOX_URL=inbox.url, MAILS_PER_WEEK="20") as server:
        with behind(server):
            loes = accounts.ensure_account(ORGANISER, "Loes Verhoeven")
            network, kring = factories.network(slug="raadswerk", name=NETWORK), factories.network(name=JOINED)
            for each in (network, kring):
                accounts.grant_role(loes, each, NetworkRole.ORGANISER)
            kring.joining = Joining.APPROVAL
            for name, (address, town) in MEMBERS.items():
                factories.person(name, at=town, role="griffier", of=network, address=address)
            course = courses.create_course(
                kring, CourseDetails(COURSE, "Raadsleden", "- Wie waarover gaat", offered=True)
            )
            course.themes = [factories.theme("Samenwerken")]
            factories.impression(factories.held(network, title=REPORT), "Loting werkt")
            factories.event(network, title="Verder na de verkiezingen")
        with serving(server, "--workers", "1"):
            yield server


@dataclass
class Post:
    """The mails of the site as they left, by whom they went to."""

    site: object

    def to(self, address: str) -> list[EmailMessage]:
        wanted = sa.select(FinishedMessage.content).join(FinishedMessage.message)
        wanted = wanted.where(Message.recipient == address, Message.state == MessageState.SENT)
        with self.site.app.app_context():
            found = db.session.scalars(wanted.order_by(Message.sent_at, Message.id)).all()
        return [message_from_bytes(each, policy=policy.default) for each in found]

    def said_to(self, address: str) -> str:
        """Every word of them, headers and addresses of links included."""
        return "\n".join(f"{mail.items()}\n{text_of(mail)}\n{html_of(mail)}" for mail in self.to(address))

    def link(self, address: str, subject: str, path: str) -> str:
        """The link to a path in the last mail of this subject."""
        mail = [each for each in self.to(address) if re.search(subject, each["Subject"])][-1]
        return re.findall(rf'href="([^"]*{path}[^"]*)"', html_of(mail))[0].replace("&amp;", "&")


@pytest.fixture
def post(site) -> Post:
    return Post(site)


def forwarded(post: Post, address: str, subject: str, *hidden: str) -> None:
    """A mail was passed on: whatever link a stranger follows, what did not stand in it stays hidden, and so do one's own pages."""
    mail = [each for each in post.to(address) if re.search(subject, each["Subject"])][-1]
    links = {each.replace("&amp;", "&") for each in re.findall(r'href="(http[^"]*)"', html_of(mail))}
    stranger = Participant()
    pages = {link: stranger.open(link) for link in links} | {
        each: stranger.open(post.site.address + each) for each in OWN
    }
    assert {(link, each) for link, page in pages.items() for each in (*hidden, "Log uit") if each in page} == set()


OWN = ("/me", "/me/data", "/me/messages", "/members/raadswerk", "/networks/raadswerk/questions")


def come_in(who, name: str, address: str) -> Page:
    """Sign in on one's own pages, from whatever page asks for it; ends there."""
    who.page.get_by_label("Je mailadres").fill(address)
    who.press("Stuur mij een mail")
    who.mail(address, "Inloggen op")
    who.press_in_mail("Inloggen")
    return who.press(f"Log in als {name}")


def open_members(who, name: str) -> Page:
    """From the home to the members' part, as somebody who never was there."""
    who.go("/")
    who.press(NETWORK, "link")
    who.press("Voor leden: wie is wie, vragen en materiaal", "link")
    who.press("Log in met je mailadres", "link")
    return come_in(who, name, address_of(name))


def test_a_visitor_finds_a_course_and_becomes_a_member(visitor, site, post):
    reader, address = visitor(also=PHONE), "noor.nieuw@veldhoven.example"
    page = reader.go("/")
    reader.page.get_by_role("navigation").get_by_role("link", name="Aanbod").first.click()
    reader.look()
    page.get_by_label("Thema").select_option(label="Samenwerken")
    page.get_by_label("Vorm").select_option(label="Leergang")
    reader.press("Toon")
    shared = page.url
    friend = visitor(viewport=PHONE, java_script_enabled=False)
    friend.go(shared)
    assert friend.page.locator(".offer h2").all_inner_texts() == page.locator(".offer h2").all_inner_texts() == [COURSE]
    friend.press(COURSE, "link")
    friend.press("Laat me de volgende weten", "link")
    friend.page.get_by_label("Je mailadres").fill(address)
    friend.press("Stuur mij de mail")
    friend.mail(address, "De volgende keer")
    friend.press_in_mail("Ja, laat me de volgende weten")
    friend.press("Ja, laat me de volgende weten")
    expect(friend.page.get_by_role("heading", level=1)).to_have_text("Je hoort het van ons")

    reader.press(COURSE, "link")
    reader.press(JOINED, "link")
    reader.press("Word lid", "link")
    page.get_by_label("Je naam").fill("Noor Nieuw")
    page.get_by_label("Je mailadres").fill(address)
    reader.press("Stuur mij de mail")
    reader.mail(address, "Wil je lid worden")
    reader.press_in_mail("Ja, ik vraag dit")
    page.get_by_label("Organisatie").select_option(label="Veldhoven")
    reader.press("Vraag het aan")
    expect(page.get_by_role("heading", level=1)).to_have_text("Je vraag is binnen")

    organiser = visitor(also=PHONE)
    organiser.sign_in()
    organiser.press("Zeg ja of nee", "link")
    organiser.press("Noor Nieuw mag lid worden", exact=False)
    with behind(site):
        db.session.scalars(sa.select(JoinRequest)).one().answered_at -= timedelta(minutes=30)
    reader.mail(address, f"Welkom bij {JOINED}")
    reader.press_in_mail("Naar de pagina voor leden")
    come_in(reader, "Noor Nieuw", address)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Voor leden van {JOINED}")


def test_somebody_is_found_and_written_to_and_no_address_is_shown(visitor, site, post):
    """She answers on the page, then once more with her address: until then neither reads where the other is to be reached."""
    anna, bas = visitor(viewport=PHONE, also=LAPTOP), visitor(also=PHONE)
    page = open_members(anna, ANNA)
    anna.press("Zet mij in de lijst", "link")
    page.get_by_label("mogen mijn naam en organisatie zien").check()
    page.get_by_label("mogen ook mijn functie zien").check()
    page.get_by_label("Ik weet van").fill("burgerberaden")
    anna.press("Bewaar")
    expect(page.locator("main")).to_contain_text("Weet van: burgerberaden")

    seen = Watched(bas, address_of(ANNA))
    open_members(bas, BAS)
    hands = Keys(bas.page)
    hands.write(bas.page.get_by_label("Zoek een naam, organisatie of onderwerp"), "burgerberaad")
    seen.press(hands, "Zoek", "q=burgerberaad$")
    expect(bas.page.locator("main")).to_contain_text("Niemand in de lijst past bij")
    hands.write(bas.page.get_by_label("Zoek een naam, organisatie of onderwerp"), "burgerberaden")
    seen.press(hands, "Zoek", "q=burgerberaden$")
    seen.press(hands, f"Schrijf aan {ANNA}", "/write$", "link")
    hands.write(bas.page.get_by_label("Je bericht"), "Hoe lootten jullie?")
    seen.press(hands, "Stuur het bericht", "/people$")
    expect(bas.page.locator(".messages")).to_contain_text("Je bericht is bewaard.")

    told = Watched(anna, address_of(BAS))
    anna.mail(address_of(ANNA), f"Bericht van {BAS}")
    told.look_at(anna.press_in_mail("Antwoord"))
    page.get_by_label("Je bericht").fill("Met een burgerlijst.")
    told.look_at(anna.press("Stuur het antwoord"))
    bas.mail(address_of(BAS), f"Bericht van {ANNA}")
    expect(bas.page.frame_locator("iframe").first.locator("body")).to_contain_text("Met een burgerlijst.")
    seen.look_at(bas.press_in_mail("Antwoord"))
    bas.page.get_by_label("Je bericht").fill("Mag ik je bellen?")
    seen.look_at(bas.press("Stuur het antwoord"))
    anna.mail(address_of(ANNA), f"Bericht van {BAS}")
    assert address_of(ANNA) not in post.said_to(address_of(BAS))
    assert address_of(BAS) not in post.said_to(address_of(ANNA))

    forwarded(post, address_of(ANNA), f"Bericht van {BAS}", "Hoe lootten jullie?", "burgerberaden", address_of(BAS))

    anna.press_in_mail("Antwoord en laat mijn adres zien")
    page.get_by_label("Je bericht").fill("Graag, mail me even.")
    expect(page.get_by_label("Laat mijn mailadres zien")).to_be_checked()
    anna.press("Stuur het antwoord")
    bas.mail(address_of(BAS), f"Bericht van {ANNA}")
    assert address_of(ANNA) in post.said_to(address_of(BAS))
    assert address_of(BAS) not in post.said_to(address_of(ANNA))


@dataclass
class Watched:
    """Somebody who nowhere reads an address on the pages that they pass."""

    who: object
    address: str

    def press(self, hands: Hands, name: str, to: str, role: str = "button") -> None:
        self.look_at(press(self.who, hands, name, to, role))

    def look_at(self, page: Page) -> None:
        assert self.address not in page.content(), page.url


def test_a_question_is_let_through_answered_by_mail_and_page_and_becomes_an_insight(visitor, site, inbox, post):
    asker, title = visitor(also=PHONE), "Wie lootte al eens inwoners?"
    page, hands = open_members(asker, VERA), Keys(asker.page)
    press(asker, hands, "Vragen aan het netwerk", "/questions$", "link")
    press(asker, hands, "Stel een vraag", "/ask$", "link")
    hands.write(page.get_by_label("Je vraag in één zin"), title)
    hands.write(page.get_by_label("Uitleg"), "We willen honderd mensen uitnodigen.")
    hands.write(page.get_by_label("Tot en met welke dag"), (clock.today() + timedelta(days=20)).isoformat())
    press(asker, hands, "Verstuur naar de organisator", r"/questions/\d+$")
    expect(page.locator(".messages")).to_contain_text("Je vraag is verstuurd.")
    own = page.url

    organiser = visitor(also=PHONE)
    organiser.sign_in()
    organiser.press("Lees en laat door", "link")
    organiser.press(title, "link")
    organiser.press("Laat door")
    with behind(site):
        send_digests(weeks=1)
    site.command("worker", "--once")
    said = post.link(address_of(BAS), DIGEST, "mailto:[^?]+[?]subject")
    inbox.deliver(mailed.outlook(re.search(r"mailto:([^?]+)", said)[1], address_of(BAS)))
    reader = visitor(viewport=PHONE, also=LAPTOP)
    reader.mail(address_of(ANNA), DIGEST)
    reader.press_in_mail("op de pagina")
    expect(reader.page.locator("main")).to_contain_text("We willen honderd mensen uitnodigen.")
    expect(reader.page.get_by_label("Je antwoord")).to_have_count(0)
    reader.press("Log in en antwoord", "link")
    come_in(reader, ANNA, address_of(ANNA))
    reader.page.get_by_label("Je antwoord").fill("Begin met driehonderd brieven.")
    reader.press("Geef antwoord")
    site.command("worker", "--once")

    forwarded(
        post,
        address_of(ANNA),
        DIGEST,
        "Begin met driehonderd brieven",
        "Wij gebruiken de handreiking",
        address_of(BAS),
    )

    asker.mail(address_of(VERA), "op je vraag")
    asker.press_in_mail("Lees de antwoorden")
    assert page.url.partition("#")[0] == own
    main = page.locator("main")
    expect(main).to_contain_text("Wij gebruiken de handreiking van de provincie.")
    expect(main).to_contain_text("Begin met driehonderd brieven.")
    for cut in ("Beleidsadviseur", "Verzonden:", address_of(BAS)):
        expect(main).not_to_contain_text(cut)
    asker.press("Sluit je vraag en zeg wat hielp", "link")
    page.get_by_label("Wat hielp je?").fill("Driehonderd brieven geven honderd mensen.")
    page.get_by_label(re.compile("Begin met driehonderd brieven")).check()
    asker.press("Sluit de vraag")
    organiser.go("/organise/networks/raadswerk")
    organiser.press("Opbrengst", "link")
    organiser.press("Vragen van leden", "link")
    organiser.press(title, "link")
    organiser.press("Maak er een inzicht van", "link")
    organiser.press("Zet het in het verslag")
    stranger = visitor()
    stranger.go("/library?q=driehonderd")
    expect(stranger.page.locator("main")).to_contain_text(title)
    expect(stranger.page.locator("main")).not_to_contain_text(re.compile("Anna|Vera"))


def press(who, hands: Hands, name: str, to: str, role: str = "button") -> Page:
    hands.press(who.page.get_by_role(role, name=name, exact=True).first, to)
    return who.look()


ROUND = "Intervisie voorjaar"
HOURS = ("13:30", "16:00")


def test_intervision_from_its_call_to_a_first_date(visitor, site, post):
    organiser = visitor(also=PHONE)
    organiser.sign_in()
    page = organiser.go("/organise/networks/raadswerk/people")
    organiser.press("Koppelrondes", "link")
    organiser.press("Nieuwe ronde", "link")
    page.get_by_label("Intervisie", exact=True).check()
    page.get_by_label("Titel").fill(ROUND)
    page.get_by_label("Antwoorden tot (datum)").fill((clock.today() + timedelta(days=14)).isoformat())
    page.get_by_label("Kleinste groep").fill("3")
    page.get_by_label("Grootste groep").fill("4")
    organiser.press("Bewaar")
    organiser.press("Vraag 7 mensen")
    let_mails_leave(site)
    people = dict(MEMBERS.values())
    links = {each: post.link(each, "Doe je mee", "/match/") for each in people}
    say_yes_by_hand(visitor(viewport=PHONE, also=LAPTOP))
    for each in list(people)[1:]:
        send(links[each], answer="yes", dayparts="tue_am", seeks="Iemand om tegenaan te praten")
    organiser.go(page.url)
    expect(page.locator("main")).to_contain_text("Ja: 7, nee: 0, nog niets: 0.")
    organiser.press("Sluit nu")
    organiser.press("Maak een voorstel")
    site.command("worker", "--once")
    organiser.press("Ververs de pagina", "link")
    before = groups(page)
    assert sorted(map(len, before)) == [3, 4]
    moved = move_somebody(organiser, before)
    organiser.press("Stuur 7 mensen het voorstel")
    let_mails_leave(site)

    phone = visitor(viewport=PHONE, also=LAPTOP)
    phone.mail(address_of(ANNA), "Met wie je bent")
    phone.press_in_mail("Bekijk met wie, en zeg ja of nee")
    phone.press("Ja, ik doe mee")
    expect(phone.page.locator(".status")).to_contain_text("Je zei ja.")
    assert not re.findall(r"[\w.]+@(?!netwerk)[\w.]+example", phone.page.locator("main").inner_text())
    for each in list(people)[1:]:
        send(links[each], answer="yes")
    organiser.go(page.url)
    expect(page.locator("main")).to_contain_text("7 plaatsingen, 2 matches.")
    others = [each for each in MEMBERS if not any({ANNA, each} <= set(group) for group in moved)]
    forwarded(post, address_of(ANNA), "Met wie je bent", *others, *map(address_of, others))
    poll(organiser, page, moved, site, post)


def say_yes_by_hand(anna) -> None:
    page = anna.mail(address_of(ANNA), "Doe je mee")
    anna.press_in_mail("Zeg of je meedoet")
    page.get_by_label("Ja", exact=True).check()
    anna.press("Bewaar")
    expect(page.locator("#fouten")).to_contain_text("Kies minstens één dagdeel")
    page.get_by_label("Dinsdagochtend").check()
    anna.press("Bewaar")
    expect(page.locator(".messages")).to_contain_text("Je doet mee")


def send(link: str, **form: str) -> None:
    """Open a link of one's own and press a button there."""
    somebody = Participant()
    somebody.open(link)
    somebody.open(link if "dayparts" in form else f"{link}/seat", **form)


def groups(page: Page) -> list[list[str]]:
    """Who are together, as the page of the round says."""
    lists = page.locator("section[aria-labelledby^=group-] > ul").all()
    return [[each.inner_text().split("\n")[0] for each in some.locator("li").all()] for some in lists]


def move_somebody(organiser, before: list[list[str]]) -> list[list[str]]:
    """From the group of four to that of three; returns who are together then."""
    page = organiser.page
    large, small = sorted(range(2), key=lambda each: -len(before[each]))
    page.get_by_label("Wie?").select_option(label=before[large][0])
    page.get_by_label("Waarheen?").select_option(label=f"Groep {small + 1}")
    organiser.press("Verplaats")
    after = groups(page)
    assert set(after[small]) == {*before[small], before[large][0]}
    assert set(after[large]) == set(before[large][1:])
    return after


def poll(organiser, page: Page, together: list[list[str]], site, post) -> None:
    """A first date for one group stands in the calendars of its people, says nothing of what it is about, and in nobody else's."""
    rounds = page.url
    organiser.press("Prik een eerste dag Groep 1", "link")
    days = [clock.today() + timedelta(days=each) for each in (30, 37)]
    for row, day in enumerate(days):
        for label, text in zip(("Datum", "Van", "Tot"), (day.isoformat(), *HOURS), strict=True):
            page.get_by_label(re.compile(f"^{label}")).nth(row).fill(text)
    organiser.press("Vraag het")
    let_mails_leave(site)
    for name in together[0]:
        link = post.link(address_of(name), "Wanneer kun je", "/poll/")
        somebody = Participant()
        votes = re.findall(r'name="(vote_\d+)"', somebody.open(link))
        somebody.open(link, **dict.fromkeys(votes, "yes"))
    organiser.go(page.url)
    organiser.press("De datumprikker van deze groep", "link")
    organiser.press("Kies deze dag")
    page.get_by_label(re.compile("^Plaats")).fill("Oss")
    organiser.press("Bewaar")
    organiser.press("Publiceer de sessie")
    let_mails_leave(site)
    assert who_has(site, days[0]) == {address_of(name) for name in together[0]}
    organiser.go(rounds)
    organiser.press("Plan de volgende keren Groep 1", "link")
    page.get_by_label("Hoe vaak nog?").fill("1")
    page.get_by_label("Om de hoeveel weken?").fill("8")
    organiser.press("Plan ze")
    let_mails_leave(site)
    assert who_has(site, days[0] + timedelta(weeks=8)) == {address_of(name) for name in together[0]}


def who_has(site, day: date) -> set[str]:
    """In whose calendar something stands on that day at the hour of the group."""
    with site.app.app_context():
        entries = calendars_mailed.entries_by_recipient()
    begin = clock.utc_moment(day, time(13, 30))
    return {
        who for who in dict(MEMBERS.values()) if begin in {e.starts_at for e in calendars_mailed.standing(entries[who])}
    }


def test_a_certificate_is_found_and_a_stranger_checks_it(visitor, site):
    with behind(site):
        network = factories.network(slug="cursus", name="Cursusnetwerk")
        event = factories.held(network, title="Voorzitten")
        there = factories.attendance(
            event, factories.person("Iris Bos", at="Oss", of=network, address="iris@oss.example")
        )
        closing.close_attendance(event, None)
        number = attendance_letters.issue_letter(db.session.get(Invitation, there.invitation_id)).number
    iris, page = visitor(viewport=PHONE, also=LAPTOP), None
    page = iris.go("/")
    iris.press_in_menu("Mijn Leerkring")
    come_in(iris, "Iris Bos", "iris@oss.example")
    expect(page.get_by_role("link", name=f"nummer {number}")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download het bewijs van Voorzitten (PDF)").click()
    assert download.value.suggested_filename.endswith(".pdf")
    stranger = visitor(java_script_enabled=False)
    stranger.go("/check")
    stranger.page.get_by_label("Nummer op het bewijs").fill(number)
    stranger.press("Controleer")
    expect(stranger.page.locator("main")).to_contain_text("Dit bewijs is echt")
    expect(stranger.page.locator("main")).not_to_contain_text(re.compile("Iris|Bos"))
