"""A mailing as two organisers walk it: written, looked at, tested, planned, moved, paused, resumed, delivered, bounced,
corrected and sent again; over a real mail server and a real mailbox.
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.database import db
from app.events.models import Event
from app.invitations.waves.models import Wave
from app.outbox.models import Message
from tests import factories
from tests.browser.conftest import LAPTOP, PHONE, walked_on
from tests.helpers import parsed
from tests.inbox import dovecot, letters
from tests.outbox.sink import Sink, listening
from tests.server import prepared, serving

pytestmark = walked_on("postgresql")
FIRST, SECOND, ADMIN = "loes@oosterhout.example", "bram@vbg.example", "beheer@leerkring.example"
PACE = 4


@pytest.fixture(scope="module")
def mail():
    """The mail server's side: what arrived, and the mailbox that comes back."""
    sink = Sink()
    with listening(sink) as port, dovecot.running() as mailbox:
        sink.port, sink.mailbox = port, mailbox
        yield sink


@pytest.fixture(scope="module")
def site(databases, database, tmp_path_factory, mail):
    """A network with six people, two organisers and a session in six weeks; mail goes out and comes back."""
    settings = {
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail.port),
        "MAIL_PACE": str(PACE),
        "INBOX_URL": mail.mailbox.url,
    }
    mail.envelopes.clear()
    mail.mailbox.empty()
    with prepared(tmp_path_factory.mktemp("mailing"), databases.with_tables(database), **settings) as server:
        with server.app.app_context():
            network = factories.network(slug="dt", name="Digitale Transformatie", paced=True, four_eyes_from=5)
            for address, name in ((FIRST, "Loes Verhoeven"), (SECOND, "Bram van Gestel")):
                accounts.grant_role(accounts.ensure_account(address, name), network, NetworkRole.ORGANISER)
            accounts.ensure_account(ADMIN, "Beheer", is_admin=True)
            factories.person("Karin Smit", at="Dongen", role="bestuurder", of=network, address="k.smit@brabant.example")
            for number in range(5):
                factories.person(f"Persoon Nummer{number}", at="Oss", of=network, address=f"p{number}@brabant.example")
            factories.audience(network, "Iedereen")
            factories.event(network, title="Samen slimmer", starts_at=factories.start(days=60))
            db.session.commit()
        with serving(server, "--workers", "1"):
            yield server


def _work(server) -> None:
    server.command("worker", "--once")


def _let_time_pass(server, minutes: int) -> None:
    """Everything that was planned or sent lies so much further back."""
    back = timedelta(minutes=minutes)
    with server.app.app_context():
        for message in db.session.scalars(sa.select(Message)):
            message.due_at -= back
            message.sent_at = message.sent_at and message.sent_at - back
        for wave in db.session.scalars(sa.select(Wave).where(Wave.ran_at.is_(None))):
            wave.due_at -= back
            wave.at = wave.at and wave.at - back
        db.session.commit()


def test_a_mailing_from_its_first_word_to_its_last_correction(visitor, site, mail):
    loes = visitor(viewport=LAPTOP)
    loes.sign_in(FIRST)
    page = loes.go("/organise/networks/dt/letters")

    # Composing: what is wrong is said, the example follows what is typed, versions stay.
    page.get_by_role("link", name="Standaardtekst Uitnodiging", exact=True).first.click()
    loes.look()
    subject, text = page.get_by_label("Onderwerp", exact=True), page.get_by_label("Tekst", exact=True)
    subject.fill("Kom je, [voornam]?")
    text.fill("Dag [voornaam]\n\n[antwoorden]")
    loes.press("Bewaar tekst")
    expect(page.get_by_role("alert")).to_contain_text("Bedoel je [voornaam]?")
    subject.fill("Kom je, [voornaam]?")
    text.fill("Welkom bij de ronde tafel.\n\n")
    page.get_by_role("button", name="antwoorden", exact=True).click()
    expect(text).to_have_value("Welkom bij de ronde tafel.\n\n[antwoorden]")
    text.press("Backspace")
    expect(text).to_have_value("Welkom bij de ronde tafel.\n\n")
    page.get_by_role("button", name="antwoorden", exact=True).click()
    page.get_by_role("button", name="Vet", exact=True).click()
    expect(text).to_have_value("Welkom bij de ronde tafel.\n\n[antwoorden]**vet**")
    text.fill("Welkom bij de ronde tafel.\n\n[antwoorden]")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Welkom bij de ronde tafel.")).to_be_visible()
    page.get_by_label("Als", exact=True).select_option("calendar")
    expect(frame.locator("body")).to_contain_text("METHOD:REQUEST")
    page.get_by_label("Als", exact=True).select_option("dark")
    expect(frame.get_by_role("link", name="Ik kom niet")).to_be_visible()
    loes.picture("letter")
    loes.press("Bewaar tekst")
    expect(page.get_by_text("Geldt nu")).to_be_visible()

    # Planning: the proposed waves, and they move along with the session.
    loes.go("/organise")
    loes.press("Digitale Transformatie", "link")
    loes.press("Samen slimmer", "link")
    loes.press("Uitnodigen", "link")
    page.get_by_label("Aan wie?").select_option(label="Iedereen")
    loes.press("Zet 6 mails klaar als concept")
    loes.picture("waves")
    timeline = page.get_by_role("list", name="Tijdlijn van uitnodigingen en herinneringen")
    before = timeline.get_by_role("listitem").nth(1).inner_text()
    _move(loes, site, days=7)
    loes.press("Uitnodigen", "link")
    expect(timeline.get_by_role("listitem").nth(1)).not_to_have_text(before)

    # A test mail, then two pairs of eyes.
    timeline.get_by_role("link", name="Uitnodiging").click()
    loes.look()
    loes.press("Stuur mij een voorbeeld")
    _work(site)
    assert [(envelope.rcpt_tos, parsed(envelope.content)["Subject"]) for envelope in mail.envelopes] == [
        ([FIRST], "Kom je, Loes?")
    ]
    loes.press("Wie krijgt wat wanneer", "link")
    expect(page.get_by_text("Krijgt de mail: 6")).to_be_visible()
    page.go_back()
    loes.press("Stuur nu 6 mails")
    expect(page.get_by_text("Een tweede organisator kijkt mee en geeft akkoord.")).to_be_visible()
    bram = visitor(viewport=PHONE)
    bram.sign_in(SECOND)
    bram.press("Kijk mee en geef akkoord", "link")
    bram.press(f"Akkoord, verstuur op {_short_day(site)}")
    expect(bram.page.get_by_text("Akkoord. De mails gaan op het gekozen moment uit.")).to_be_visible()

    # It leaves at its pace, is paused and goes on.
    _let_time_pass(site, 2)
    _work(site)
    assert mail.recipients.total() == 1 + PACE
    page.reload()
    expect(page.get_by_text("2 mails zijn nog niet weg.")).to_be_visible()
    loes.press("Zet op pauze")
    _let_time_pass(site, 2)
    _work(site)
    assert mail.recipients.total() == 1 + PACE
    loes.press("Ga verder")
    _work(site)
    assert mail.recipients.total() == 1 + 6

    # Did the alderman of Dongen get it, and when? Two clicks; then it bounces.
    loes.press("Mails", "link")
    page.get_by_role("searchbox", name="Zoek op naam, mailadres of organisatie").fill("Dongen")
    rows = page.locator(".mails > li")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Karin Smit")
    expect(rows).to_contain_text("Verstuurd")
    loes.picture("mails")
    sent = next(envelope for envelope in mail.envelopes if envelope.rcpt_tos == ["k.smit@brabant.example"])
    mail.mailbox.deliver(letters.report(sent.mail_from))
    _work(site)

    # The organiser hears of it, corrects the address, and the mail goes again.
    loes.go("/organise")
    expect(page.get_by_text("1 mail over ‘Samen slimmer’ kwam niet aan.")).to_be_visible()
    loes.press("Verbeter de adressen", "link")
    loes.press("Karin Smit", "link")
    expect(page.get_by_text("550 5.1.1 no such user").first).to_be_visible()
    page.get_by_label("Verbeterd mailadres").fill("karin.smit@brabant.example")
    loes.press("Bewaar en verstuur opnieuw")
    _work(site)
    page.reload()
    loes.look()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Verstuurd")
    assert mail.recipients["karin.smit@brabant.example"] == 1
    loes.go("/organise")
    expect(page.get_by_text("kwam niet aan.")).to_have_count(0)

    # Administrators see that mail goes out and comes back.
    admin = visitor()
    admin.sign_in(ADMIN)
    admin.press_in_menu("Systeem")
    admin.press("Stuur een testmail")
    _carry_back(site, mail)
    expect(admin.page.locator("#proef")).to_contain_text("kwam terug na")
    admin.picture("system")


def _move(loes, server, *, days: int) -> None:
    loes.press("Inhoud", "link")
    with server.app.app_context():
        event = db.session.scalars(sa.select(Event)).one()
        later = (event.starts_at + timedelta(days=days)).date().isoformat()
    loes.page.get_by_label("Datum", exact=True).fill(later)
    loes.press("Bewaar")


def _short_day(server) -> str:
    from flask_babel import force_locale

    from app import wording

    with server.app.app_context(), force_locale("nl"):
        wave = db.session.scalars(sa.select(Wave).where(Wave.kind == "invitation")).one()
        return wording.format_short_day(wave.due_at)


def _carry_back(server, mail) -> None:
    """Put the test mail in the mailbox and bounce the other one, as a mail server does."""
    before = len(mail.envelopes)
    _work(server)
    for envelope in mail.envelopes[before:]:
        unknown = envelope.rcpt_tos[0].startswith("bestaat-niet")
        mail.mailbox.deliver(letters.report(envelope.mail_from) if unknown else envelope.content)
    _work(server)
