"""The day and after, walked twice: by the organisers of a session, and by somebody who takes part in one."""

import io
import re
from contextlib import contextmanager
from datetime import time, timedelta

import pypdfium2
import sqlalchemy as sa
from docx import Document as WordDocument
from playwright.sync_api import expect

from app import clock
from app.accounts import accounts
from app.attendance import presence
from app.attendance.models import Entry
from app.database import db
from app.digests import editions
from app.digests.models import Edition, OrganiserWord
from app.events.models import Event, Mode
from app.invitations import inviting
from app.invitations.models import Invitation
from app.lessons.board import boards
from app.lessons.impressions import impressions
from app.lessons.insights import commitment_letters, commitments, insights
from app.lessons.insights.models import Commitment
from app.network import digest_rhythm
from app.network.people.models import DigestFrequency, Person
from app.registration import answers
from tests import factories
from tests.browser.conftest import ORGANISER, PHONE, walked_on

pytestmark = walked_on("postgresql")
COLLEAGUE = "beheer@leerkring.example"
LIST = "**/day/list*"


@contextmanager
def behind(site):
    """What happens out of sight: time passes, others act."""
    with site.app.app_context():
        yield
        db.session.commit()


def begins(slug: str, hours: float) -> None:
    """Let a session begin so many hours from now."""
    event = db.session.scalars(sa.select(Event).filter_by(slug=slug)).one()
    length = event.ends_at - event.starts_at
    event.starts_at = event.closes_at = factories.in_hours(hours)
    event.ends_at = event.starts_at + length


def invited(slug: str, place: int) -> Invitation:
    """One of the invited people."""
    wanted = sa.select(Invitation).join(Event, Event.id == Invitation.event_id).where(Event.slug == slug)
    return db.session.scalars(wanted.order_by(Invitation.id).offset(place).limit(1)).one()


def remind() -> None:
    """Let the day of every commitment be today, past nine."""
    for row in db.session.scalars(sa.select(Commitment).where(Commitment.closed_at.is_(None))):
        row.due_on, row.created_at = clock.today(), clock.now() - timedelta(days=30)
    db.session.commit()
    commitment_letters.plan_due_reminders(clock.utc_moment(clock.today(), time(10)))


def published_yesterday(slug: str) -> str:
    """Let the impression of a session be published two days ago; returns its address."""
    event = db.session.scalars(sa.select(Event).filter_by(slug=slug)).one()
    impression = impressions.impression_of_event(event)
    impression.published_at -= timedelta(days=2)
    return f"/impressions/{impression.slug}"


def send_digests(weeks: int) -> None:
    """Begin the digests of some weeks ago, as if nobody had planned them then; early on a Monday this week's are to come.

    Later that day the site itself has begun them, before there was news: everybody's turn comes again.
    """
    before = clock.to_local(clock.now() - timedelta(hours=8)).date()
    day = digest_rhythm.last_digest_day(DigestFrequency.WEEKLY, before) - timedelta(weeks=weeks)
    editions.begin_edition(DigestFrequency.WEEKLY, day)
    begun = sa.update(Edition).filter_by(frequency=DigestFrequency.WEEKLY, day=day)
    db.session.execute(begun.values(last_person_id=0, done_at=None))
    db.session.commit()
    editions.plan_due_digests(digest_rhythm.digest_moment(day) + timedelta(days=60))


def test_organisers_walk_the_whole_loop(visitor, site):
    slug = "datagedreven-werken"
    day, learned = f"/organise/events/{slug}/day", f"/organise/events/{slug}/learned"
    with behind(site):
        guests = [invited(slug, place) for place in range(5)]
        for guest, mode in zip(guests[:4], (Mode.ON_SITE, Mode.ON_SITE, Mode.ONLINE, Mode.ON_SITE), strict=True):
            answers.accept_invitation(guest, mode)
        answers.decline_invitation(guests[4])
        names = [guest.person.name for guest in guests]
        addresses = [guest.address.address for guest in guests]
        begins(slug, hours=-1)
    site.command("worker", "--once")

    phone = visitor(viewport=PHONE)
    phone.sign_in()
    page = phone.go(day)
    page.get_by_label("Zoek op naam of organisatie").press_sequentially(names[0].split()[-1])
    page.get_by_role("button", name=f"Aanwezig: {names[0]}").click()
    expect(page.locator(".counter strong")).to_have_text("1")
    page.get_by_role("button", name=f"Maak ongedaan: {names[0]}").click()
    expect(page.locator(".counter strong")).to_have_text("0")
    page.get_by_role("button", name=f"Aanwezig: {names[0]}").click()
    expect(page.locator(".counter strong")).to_have_text("1")
    phone.look()
    phone.picture("check-in")
    phone.press("Niet op de lijst?", "link")
    page.get_by_label("Naam", exact=True).fill("Wilhelmina Wandelaar")
    page.get_by_label("Organisatie").select_option(label="Breda")
    phone.press("Zet op de lijst")
    expect(page.locator(".messages")).to_contain_text("Wilhelmina Wandelaar staat op de lijst")

    phone.mail(addresses[1], "Je komt")
    phone.press_in_mail("Zie je geen code? Open hem hier.")
    phone.press("Aanwezig")
    expect(page.locator(".status")).to_contain_text("Aanwezig sinds")

    moderator, colleague, screen = visitor(), visitor(), visitor()
    board = moderator_opens_board(moderator, learned)
    screen.go(f"{board}/screen")
    colleague.sign_in(COLLEAGUE)
    for taker, text in ((moderator, "Een wethouder vroeg ernaar"), (colleague, "Delen kost minder dan zelf bouwen")):
        taker.go(f"{learned}/notes")
        taker.page.get_by_label("Notitie").fill(text)
    senders = [visitor(viewport=PHONE) for _ in range(3)]
    for sender, text in zip(
        senders, ("Begin bij de vraag", "Maak een lijst van wat er is", "Neem de raad mee"), strict=True
    ):
        sender.go(board)
        sender.page.get_by_label("Wat neem je mee uit deze sessie?").fill(text)
    for taker in (moderator, colleague):
        taker.page.get_by_label("Notitie").press("Control+Enter")
    for sender in senders:
        sender.press("Stuur kaartje")
    expect(screen.page.locator(".cards .card")).to_have_count(5, timeout=15_000)
    screen.look()
    screen.picture("lessons-screen")
    expect(moderator.page.locator("#notities .card")).to_have_count(1)

    page = moderator.go(learned)
    press_on_card(moderator, "Begin bij de vraag", "Is een inzicht")
    press_on_card(moderator, "Een wethouder vroeg ernaar", "Hoort hierbij")
    press_on_card(moderator, "Maak een lijst van wat er is", "Is een suggestie")
    moderator.press("Maak er een afspraak van: Maak een lijst van wat er is", "link")
    option = page.get_by_label("Wie", exact=True).locator("option", has_text=names[0]).first
    page.get_by_label("Wie", exact=True).select_option(value=option.get_attribute("value"))
    page.get_by_label("Voor wanneer").fill((clock.today() + timedelta(days=40)).isoformat())
    page.get_by_label("Deze persoon vindt het goed dat de naam openbaar bij de afspraak staat").check()
    moderator.press("Leg vast")
    expect(page.locator(".rows").first).to_contain_text(names[0])

    with behind(site):
        begins(slug, hours=-72)
    site.command("worker", "--once")
    page = moderator.go(f"/organise/events/{slug}/evaluation")
    expect(page.locator(".lead")).to_contain_text("0 van de")

    moderator.press("Impressie", "link")
    moderator.press("Schrijf verder", "link")
    page.get_by_label("Bestuur en democratie").check()
    moderator.press("Bewaar")
    page = colleague.go(f"/organise/events/{slug}/impression")
    colleague.press("Nagekeken en goed")
    page = moderator.go(f"/organise/events/{slug}/impression")
    moderator.press("Publiceer de impressie")
    site.command("worker", "--once")
    with behind(site):
        address = published_yesterday(slug)
    reader = visitor()
    page = reader.go(address)
    reader.picture("impression")
    for words in ("Begin bij de vraag", "Maak een lijst van wat er is", names[0]):
        expect(page.locator("main")).to_contain_text(words)
    pdf, word = (reader.context.request.get(f"{address}.{kind}").body() for kind in ("pdf", "docx"))
    for text in (
        "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(pdf)),
        "\n".join(paragraph.text for paragraph in WordDocument(io.BytesIO(word)).paragraphs),
    ):
        assert "Begin bij de vraag" in text
        assert "Maak een lijst van wat er is" in text

    reader.mail(addresses[4], "Je kon er niet bij zijn")
    reader.press_in_mail("Lees de impressie")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("Datagedreven werken in de praktijk")

    with behind(site):
        commitment = db.session.scalars(sa.select(Commitment).order_by(Commitment.id.desc()).limit(1)).one()
        commitments.settle_commitment(commitment, "done", "De lijst staat online.")
    page = moderator.go("/organise/networks/digitale-transformatie/events/new")
    expect(page.locator("main")).to_contain_text("Om mee te nemen in je planning")
    page = moderator.go("/organise/events/algoritmes-uitleggen/edit")
    page.get_by_label("Vertel wat er van de vorige keer kwam").check()
    moderator.press("Bewaar")
    page = reader.go("/events/algoritmes-uitleggen")
    expect(page.locator("main")).to_contain_text("De lijst staat online.")

    page = moderator.go("/organise/networks/digitale-transformatie/year")
    moderator.picture("year")
    moderator.press("Maak een doelgroep van wie er nog niet was")
    expect(page.locator("#bereik")).to_contain_text(re.compile(r"\d+ mensen"))
    page = moderator.go("/organise/networks/digitale-transformatie/digest")
    page.get_by_label("Bericht").fill("Kom naar de **volgende** sessie.")
    page.get_by_label("Tot en met").fill((clock.today() + timedelta(days=20)).isoformat())
    moderator.press("Zet in het nieuwsoverzicht")
    page.get_by_label("Zoek op naam of mailadres").fill(names[0].split()[-1])
    moderator.press("Zoek")
    page.locator(".rows a").first.click()
    moderator.look()
    expect(page.frame_locator("iframe").first.locator("body")).to_contain_text("volgende sessie")


def moderator_opens_board(moderator, learned: str) -> str:
    """Open the board; returns its short address."""
    moderator.sign_in()
    page = moderator.go(learned)
    moderator.press("Open het bord")
    return re.search(r"/k/\w+", page.locator("main").inner_text())[0]


def press_on_card(moderator, text: str, button: str) -> None:
    moderator.page.locator(".card", has_text=text).get_by_role("button", name=button).click()
    moderator.look()


def test_a_tap_at_the_door_is_never_lost_to_a_list_that_comes_late(visitor, site):
    """The list that was asked for while typing arrives after the tap, and again under the finger."""
    slug = "datagedreven-werken"
    with behind(site):
        guest = invited(slug, 8)
        begins(slug, hours=1)
        answers.accept_invitation(guest, Mode.ON_SITE)
        begins(slug, hours=-1)
        name = guest.person.name
    late = []
    phone = visitor(viewport=PHONE)
    phone.sign_in()
    page = phone.go(f"/organise/events/{slug}/day")
    before = int(page.locator(".counter strong").inner_text())
    page.route(LIST, lambda route: late.append((route, route.fetch())))

    def type_and_wait_for_the_list(text: str):
        late.clear()
        with page.expect_request(LIST):
            page.get_by_label("Zoek op naam of organisatie").fill(text)
        while not late:
            page.wait_for_timeout(20)
        return late[0]

    route, list_of_before = type_and_wait_for_the_list(name.split()[0][:2])
    page.get_by_role("button", name=f"Aanwezig: {name}").click()
    expect(page.locator(".counter strong")).to_have_text(str(before + 1))
    late.clear()
    route.fulfill(response=list_of_before)
    while not late:
        page.wait_for_timeout(20)
    expect(page.locator(".counter strong")).to_have_text(str(before + 1))
    late[0][0].fulfill(response=late[0][1])
    expect(page.get_by_role("button", name=f"Maak ongedaan: {name}")).to_be_visible()

    route, list_of_now = type_and_wait_for_the_list(name.split()[0][:3])
    undo = page.get_by_role("button", name=f"Maak ongedaan: {name}")
    undo.hover()
    page.mouse.down()
    page.route(LIST, lambda route: route.continue_())
    with page.expect_response(LIST):
        route.fulfill(response=list_of_now)
    page.mouse.up()
    expect(page.locator(".counter strong")).to_have_text(str(before))


def test_the_board_of_mails_renews_itself(visitor, site):
    """What asks for it stands inside what is renewed, and is no tap that is under way."""
    slug = "van-denken-naar-doen"
    with behind(site):
        guest = invited(slug, 40)
        answers.accept_invitation(guest, Mode.ON_SITE)
        name = guest.person.name
    organiser = visitor()
    organiser.sign_in()
    page = organiser.go(f"/organise/events/{slug}/mails")
    page.get_by_role("searchbox", name="Zoek op naam, mailadres of organisatie").fill(name)
    rows = page.locator(".mails > li")
    expect(rows.filter(has_text="Gepland")).to_have_count(1)
    site.command("worker", "--once")
    expect(rows.filter(has_text="Gepland")).to_have_count(0, timeout=15_000)
    expect(rows.filter(has_not_text=name)).to_have_count(0)
    expect(rows.filter(has_text=name)).not_to_have_count(0)


def test_a_participant_walks_the_whole_loop(visitor, site):
    slug = "algoritmes-uitleggen"
    with behind(site):
        event = db.session.scalars(sa.select(Event).filter_by(slug=slug)).one()
        event.on_site, event.town, event.venue = True, "Oss", "Gemeentehuis"
        person = db.session.scalars(
            sa.select(Person)
            .where(Person.memberships.any(network_id=event.network_id), Person.language == "nl")
            .offset(7)
            .limit(1)
        ).one()
        inviting.invite_by_hand(event, person.name, person.email)
        name, address, call_name = person.name, person.email, person.call_name

    me = visitor(viewport=PHONE)
    page = me.mail(address, "Uitnodiging")
    me.press_in_mail("Ik kom naar Oss")
    me.press("Ik kom naar Oss")
    expect(page.locator(".status")).to_contain_text("je komt")
    me.mail(address, "Je komt")
    expect(page.frame_locator("iframe").first.get_by_alt_text("QR-code om in te checken")).to_be_visible()

    with behind(site):
        begins(slug, hours=-1)
        event = db.session.scalars(sa.select(Event).filter_by(slug=slug)).one()
        mine = db.session.scalars(
            sa.select(Invitation).join(Invitation.person).where(Invitation.event_id == event.id, Person.name == name)
        ).one()
        presence.check_in_invitation(mine, Entry.LIST)
        code = boards.open_board(event).code
    me.go(f"/k/{code}")
    page.get_by_label("Wat neem je mee uit deze sessie?").fill("Laat een raadslid het navertellen")
    me.press("Stuur kaartje")
    expect(page.get_by_role("status")).to_contain_text("Je kaartje staat op het scherm.")

    with behind(site):
        begins(slug, hours=-72)
    me.mail(address, "Hoe was het")
    me.press_in_mail("Vul de vragen in")
    for group in page.get_by_role("group").all():
        group.get_by_label("4", exact=True).check()
    page.get_by_label("Wat nam je mee?").fill("Een oefening die werkt")
    me.press("Verstuur")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bedankt voor je antwoorden")

    with behind(site):
        event = db.session.scalars(sa.select(Event).filter_by(slug=slug)).one()
        writer, reader = accounts.find_account(ORGANISER), accounts.find_account(COLLEAGUE)
        insight = insights.add_insight(event, "Wie het kan navertellen, snapt het", writer)
        suggestion = insights.add_suggestion(insight, "Oefen met een raadslid", writer)
        owner = db.session.scalars(sa.select(Person).filter_by(name=name)).one()
        commitments.make_commitment(
            event, "De oefening opschrijven", clock.today() + timedelta(days=30), person=owner, suggestion=suggestion
        )
        impression = impressions.impression_of_event(event)
        impressions.check_impression(impression, reader)
        impressions.publish_impression(impression)
        published_yesterday(slug)
    me.mail(address, "Bedankt, en de impressie")
    expect(page.frame_locator("iframe").first.locator("body")).to_contain_text("De oefening opschrijven")
    me.press_in_mail("Lees de impressie")
    expect(page.get_by_role("heading", level=3).first).to_have_text("Wie het kan navertellen, snapt het")

    with behind(site):
        remind()
    me.mail(address, "Hoe staat het met: De oefening opschrijven")
    me.press_in_mail("Laat weten hoe het staat")
    expect(page.locator("main")).to_contain_text(f"Dag {call_name}, hoe staat het ermee?")
    page.get_by_label("Het is gedaan").check()
    page.get_by_label("Wil je er iets bij zeggen?").fill("Eén bladzijde.")
    me.press("Verstuur")
    expect(page.locator(".status")).to_contain_text("het is gedaan")

    with behind(site):
        event = db.session.scalars(sa.select(Event).filter_by(slug=slug)).one()
        db.session.add(OrganiserWord(network_id=event.network_id, text="Tot de volgende keer.", until=clock.today()))
        db.session.commit()
        send_digests(weeks=2)
    me.mail(address)
    expect(page.frame_locator("iframe").first.locator("body")).to_contain_text("Tot de volgende keer.")
    me.press_in_mail("Kies hoeveel mail je krijgt")
    me.press("Stuur mij een mail")
    me.mail(address, "Inloggen op Mijn")
    me.press_in_mail("Inloggen")
    me.press(f"Log in als {name}")
    page.get_by_label("Elke maand").check()
    me.press("Bewaar")
    expect(page.get_by_role("status")).to_contain_text("Opgeslagen.")
    me.go("/library?q=navertellen")
    expect(page.locator(".found").first).to_contain_text("1 afspraak, 1 gedaan")
