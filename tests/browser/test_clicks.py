"""The commonest jobs, with the presses and pages they take: a session from a copy to sent, a reminder, checking in."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app import clock
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.database import db
from app.invitations.waves.models import WaveKind, WaveState
from tests import factories
from tests.browser.clicks import Walk
from tests.browser.conftest import ORGANISER, PHONE, walked_on
from tests.server import prepared, serving

pytestmark = walked_on("sqlite")
MOST = {"From a copy to sent, the mail seen": (5, 12), "A reminder": (3, 3), "Checking one person in": (1, 1)}
"""Pages and presses that each job may take."""


@pytest.fixture(scope="module")
def site(databases, database, tmp_path_factory):
    """A network with a session that has been, one that waits for answers, and one that is today."""
    with prepared(tmp_path_factory.mktemp("clicks"), databases.with_tables(database)) as server:
        with server.app.app_context():
            _fill()
            db.session.commit()
        with serving(server, "--workers", "1"):
            yield server


def _fill() -> None:
    network = factories.network(slug="dt", name="Digitale Transformatie", four_eyes_from=None)
    accounts.grant_role(accounts.ensure_account(ORGANISER, "Loes Verhoeven"), network, NetworkRole.ORGANISER)
    people = [
        factories.person(f"Els Nummer{number}", of=network, address=f"els{number}@oss.example") for number in range(3)
    ]
    audience = factories.audience(network)
    waits = factories.event(network, title="Wacht op antwoord", starts_at=factories.start(days=20))
    factories.invitation(waits, people[0])
    today = factories.event(network, title="Vandaag", starts_at=factories.in_hours(0.5))
    factories.registration(today, people[1])
    last = factories.held(network, title="Vorige keer")
    for event in (waits, today):
        factories.wave(event, to=audience, state=WaveState.DONE, ran_at=clock.now())
    for kind, days in ((WaveKind.INVITATION, 42), (WaveKind.REMINDER, 14)):
        to = audience if kind == WaveKind.INVITATION else None
        before = {"at": last.starts_at - timedelta(days=days), "ran_at": last.starts_at - timedelta(days=days)}
        factories.wave(last, kind, to=to, state=WaveState.DONE, **before)


@pytest.fixture
def organiser(visitor):
    made = visitor()
    made.sign_in(ORGANISER)
    return made


def test_from_a_copy_to_sent(organiser, count):
    page = organiser.go("/organise/events/vorige-keer/copy")
    walk = Walk(page)
    walk.press(page.get_by_role("button", name="Maak de kopie, en kies wie je uitnodigt"), "/path/who$")
    organiser.look()
    expect(page.get_by_label("Iedereen (3 mensen)")).to_be_checked()
    walk.press(page.get_by_role("button", name="Verder: bekijk de mail"), "/path/mail$")
    organiser.look()
    for frame in ("De mail op een computer", "De mail op een telefoon"):
        page.get_by_title(frame).scroll_into_view_if_needed()
        expect(page.frame_locator(f'iframe[title="{frame}"]').get_by_text("Dag Els,")).to_be_visible()
    organiser.picture("path-mail")
    walk.press(page.get_by_role("link", name="Verder: wanneer vertrekt hij?"), "/path/send$")
    organiser.look()
    organiser.picture("path-send")
    expect(page.get_by_label("Herinnering: ", exact=False)).to_be_checked()
    walk.press(page.get_by_label("Nu", exact=True))
    walk.press(page.get_by_role("button", name="Akkoord, verstuur"), "/waves$")
    organiser.look()
    expect(page.get_by_text("De eerste mail vertrekt over een minuut.")).to_be_visible()
    count("From a copy to sent, the mail seen", walk, MOST["From a copy to sent, the mail seen"])


def test_people_are_found_while_their_name_is_typed_and_on_a_phone_too(visitor):
    organiser = visitor(viewport=PHONE)
    organiser.sign_in(ORGANISER)
    page = organiser.go("/organise/events/wacht-op-antwoord/path/who")
    page.get_by_label("Alleen mensen die ik hieronder kies of plak").check()
    page.get_by_text("Mensen erbij: zoek ze, of plak hun adressen").click()
    page.get_by_label("Zoek mensen in het netwerk").press_sequentially("nummer2")
    page.get_by_label("Els Nummer2").check()
    organiser.look()
    organiser.press("Verder: bekijk de mail")
    expect(page.get_by_label("Lezer").locator("option")).to_have_text(["Els Nummer2"])
    organiser.press("Verder: wanneer vertrekt hij?", "link")
    expect(page.get_by_label("Uitnodiging: ", exact=False)).to_be_checked()


def test_a_reminder(organiser, count):
    page = organiser.go("/organise")
    walk = Walk(page)
    walk.press(page.get_by_role("link", name="Plan een herinnering"), "/waves/new")
    walk.press(page.get_by_role("button", name="Bewaar en bekijk"), r"/waves/\d+$")
    walk.press(page.get_by_role("button", name="Akkoord, verstuur op"))
    organiser.look()
    expect(page.get_by_text("De mails staan klaar en vertrekken op het gekozen moment.")).to_be_visible()
    count("A reminder", walk, MOST["A reminder"])


def test_checking_in(organiser, count):
    page = organiser.go("/organise/events/vandaag/day")
    walk = Walk(page)
    walk.press(page.get_by_role("button", name="Aanwezig: Els Nummer1"))
    expect(page.get_by_text("✓ Aanwezig")).to_be_visible()
    count("Checking one person in", walk, MOST["Checking one person in"])
