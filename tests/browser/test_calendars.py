"""The calendar both ways, as people walk it: a date poll that becomes a session, and an answer from Outlook."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app import clock
from app.database import db
from app.outbox.models import FinishedMessage, Message
from tests.browser.conftest import PHONE, walked_on
from tests.inbox import answers, dovecot
from tests.inbox.answers import Request
from tests.server import prepared, serving

pytestmark = walked_on("sqlite")


@pytest.fixture(scope="module")
def inbox():
    with dovecot.running() as server:
        yield server


@pytest.fixture(scope="module")
def site(databases, database, inbox, tmp_path_factory):
    """The demo, with a mailbox that is read."""
    folder = tmp_path_factory.mktemp("calendars")
    with prepared(folder, databases.with_demo(database), INBOX_URL=inbox.url) as server:
        server.command("worker", "--once")
        with serving(server, "--workers", "1"):
            yield server


def _somebody_silent(site) -> tuple[str, Request]:
    """A Dutch reader whom the demo invited and who has not answered: their address, and what their calendar got."""
    from app.invitations.models import Invitation
    from app.network.people.models import Person

    with site.app.app_context():
        silent = sa.select(Message.recipient, FinishedMessage.content).join(FinishedMessage.message).join(Invitation)
        silent = silent.join(Invitation.person).where(Message.kind == "invitation", Person.language == "nl")
        recipient, body = db.session.execute(silent.where(Invitation.answer.is_(None)).order_by(Message.id)).first()
    return recipient, Request.of(message_from_bytes(body, policy=policy.default))


def test_accepting_in_outlook_registers_and_is_undone_with_one_button(visitor, site, inbox):
    recipient, request = _somebody_silent(site)
    inbox.deliver(answers.exchange(request, "ACCEPTED", comment="Ik neem de trein"))
    participant = visitor(viewport=PHONE)
    page = participant.mail(recipient, "Je komt|Wachtlijst")
    expect(page.frame_locator("iframe").first.get_by_text("Dit antwoord kwam uit je agenda.")).to_be_visible()
    participant.press_in_mail("Maak het ongedaan")
    expect(page.locator(".status h2")).to_contain_text(re.compile("je komt|wachtlijst"))
    participant.press("Maak dit antwoord ongedaan")
    expect(page.get_by_role("status")).to_contain_text("ongedaan gemaakt")
    expect(page.get_by_role("heading", name="kom je ook?")).to_be_visible()


def test_a_forwarded_invitation_waits_for_who_was_invited(visitor, site, inbox):
    recipient, request = _somebody_silent(site)
    attendee = "ATTENDEE;CN=Piet Pieters;PARTSTAT=ACCEPTED:mailto:piet.pieters@best.example"
    inbox.deliver(
        answers.bare(request, "ACCEPTED", sender="Piet Pieters <piet.pieters@best.example>", ATTENDEE=attendee)
    )
    stranger = visitor(viewport=PHONE)
    page = stranger.mail("piet.pieters@best.example", "Deze uitnodiging was voor")
    stranger.press_in_mail("Vraag of ik in de plaats kan komen")
    page.get_by_role("button", name=re.compile("^Vraag het")).click()
    stranger.look()
    expect(page.locator(".status h2")).to_contain_text("We vragen het")

    invited = visitor()
    page = invited.mail(recipient, "wil in jouw plaats komen")
    invited.press_in_mail("Vraag Piet Pieters in jouw plaats")
    expect(page.get_by_label("Mailadres van je collega")).to_have_value("piet.pieters@best.example")
    invited.press("Nodig mijn collega uit")
    expect(page.locator(".status h2")).to_contain_text("we wachten op je collega")


def test_a_date_poll_becomes_a_session(visitor, site):
    organiser = visitor()
    organiser.sign_in()
    page = organiser.go("/organise/networks/klimaatadaptatie/polls")
    organiser.press("Nieuwe datumprikker", "link")
    organiser.press("Vraag het")
    expect(page.get_by_role("alert")).to_contain_text("niet goed ingevuld")
    page.get_by_label("Waar gaat het over?").fill("Voorbereiding beekdal")
    for row, day in enumerate(("2027-04-27", "2027-05-13")):
        page.get_by_label("Datum").nth(row).fill(day)
        page.get_by_label("Van").nth(row).fill("10:00")
        page.get_by_label("Tot").nth(row).fill("12:00")
    page.get_by_label("Wie vraag je?").fill("Petra Prik petra.prik@oss.example")
    organiser.press("Vraag het")
    expect(page.locator("table")).to_contain_text("nog niet")

    voter = visitor(viewport=PHONE)
    asked = voter.mail("petra.prik@oss.example", "Wanneer kun je")
    voter.press_in_mail("Kies welke dagen je kunt")
    asked.get_by_label("Als het moet").first.check()
    asked.get_by_label("Ja", exact=True).nth(1).check()
    voter.press("Bewaar")
    expect(asked.get_by_role("status")).to_contain_text("Dank je wel")

    organiser.go(page.url)
    expect(page.locator("tr", has_text="13 mei")).to_contain_text("Past het best")
    organiser.picture("poll")
    page.locator("tr", has_text="13 mei").get_by_role("button", name="Kies deze dag").click()
    organiser.look()
    expect(page.get_by_label("Datum", exact=True)).to_have_value("2027-05-13")
    page.get_by_label("Datum", exact=True).fill("2027-04-27")
    organiser.press("Kijk wat er die dag nog meer is")
    expect(page.locator("#die-dag")).to_contain_text("Koningsdag")
    released = voter.mail("petra.prik@oss.example", "Optie vervalt|Het wordt")
    expect(released.get_by_role("heading", level=1)).to_be_visible()


def test_the_agenda_by_month_and_a_calendar_to_subscribe_to(visitor, site):
    reader = visitor(viewport=PHONE)
    page = reader.go("/agenda")
    reader.press("Maand", "link")
    page.get_by_label("Netwerk").select_option(label="Klimaatadaptatie")
    reader.press("Toon")
    expect(page.locator("#maand")).to_be_visible()
    reader.press("In je eigen agenda", "link")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Klimaatadaptatie")
    expect(page.locator("svg.qr")).to_be_visible()

    planner = visitor()
    month = planner.go(f"/?month={(clock.today().replace(day=1) + timedelta(days=32)):%Y-%m}")
    expect(month.locator(".month-table")).to_be_visible()
    planner.picture("month")
