"""The reports of an agenda: an organiser plans the three moments of a year, a koppel writes by link, two organisers at once."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from app import clock
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.agendas import koppels
from app.agendas.models import AgendaState, Office
from app.database import db
from app.progress.models import Report
from tests import factories
from tests.agendas import made
from tests.browser.conftest import PHONE, walked_on
from tests.server import prepared, serving

pytestmark = walked_on("postgresql")
LOES, PIET = "loes@oosterhout.example", "piet@oosterhout.example"
YEAR = clock.today().year


@pytest.fixture(scope="module")
def site(databases, database, tmp_path_factory):
    """An agenda of this year with two themes, and somebody who stands for the first."""
    with prepared(tmp_path_factory.mktemp("reports"), databases.with_tables(database)) as server:
        with server.app.app_context():
            network = factories.network(slug="digitaal", name="Digitale Transformatie")
            for address, name in ((LOES, "Loes Verhoeven"), (PIET, "Piet Smit")):
                accounts.grant_role(accounts.ensure_account(address, name), network, NetworkRole.ORGANISER)
            agenda = made.agenda(network, starts_on=date(YEAR, 1, 1), ends_on=date(YEAR, 12, 31))
            agenda.state = AgendaState.PUBLISHED
            made.office(made.theme_on(agenda, ambition="Elke gemeente doet mee."), starts_on=date(YEAR, 1, 1))
            made.theme_on(agenda)
            db.session.commit()
        with serving(server, "--workers", "1"):
            yield server


def test_the_moments_are_planned_written_in_and_two_at_once_lose_nothing(visitor, site):
    organiser = visitor()
    organiser.sign_in(LOES)
    page = organiser.go("/organise/networks/digitaal/agendas")
    organiser.press("Agenda", "link")
    organiser.press("Bekijk de rapportages", "link")
    organiser.press(f"Plan de momenten van {YEAR}")
    expect(page.get_by_text("3 momenten zijn gepland.")).to_be_visible()
    expect(page.locator("#kalender + ol > li")).to_have_count(12)
    organiser.press(f"Jaarrapportage {YEAR}", "link")
    expect(page.get_by_text("Wat ontbreekt nog?")).to_be_visible()

    organiser.press("Wijzig de rapportage", "link")
    page.get_by_label("Rapportage klaar op").fill(f"{YEAR}-01-01")
    organiser.press("Bewaar")
    expect(page.get_by_text("Deze dag ligt voor").first).to_be_visible()
    page.get_by_label("Rapportage klaar op").fill(str(date(YEAR + 1, 3, 1)))
    organiser.press("Bewaar")
    expect(page.get_by_text("Opgeslagen.")).to_be_visible()
    report_page = page.url

    with site.app.app_context():
        report = db.session.query(Report).filter_by(title=f"Jaarrapportage {YEAR}").one()
        report.asked_at = clock.now() - timedelta(days=1)
        link = koppels.link_to_office(db.session.query(Office).one())
        db.session.commit()
    koppel = visitor(viewport=PHONE)
    koppel.go(re.sub(r".*(/koppels/)", r"\1", link))
    koppel.page.get_by_label("Hoe gaat het met dit thema?").fill("Alle gemeenten doen mee.")
    koppel.press("Bewaar mijn tekst")
    expect(koppel.page.get_by_text("Dank je.")).to_be_visible()
    expect(koppel.page.get_by_text("gedeputeerde, Provincie Noord-Brabant", exact=False)).to_be_visible()

    colleague = visitor()
    colleague.sign_in(PIET)
    for each in (organiser, colleague):
        each.go(report_page)
        each.page.locator("section").filter(has=each.page.locator("h2", has_text="Thema")).get_by_role(
            "link", name="Schrijf"
        ).first.click()
        expect(each.page.get_by_text("Alle gemeenten doen mee.")).to_be_visible()
    colleague.page.get_by_label("Wat is er gebeurd?").fill("Van Piet.")
    colleague.press("Bewaar")
    page.get_by_label("Wat is er gebeurd?").fill("Van Loes.")
    organiser.press("Bewaar")
    expect(page.get_by_text("Iemand anders heeft dit intussen ook veranderd.").first).to_be_visible()
    expect(page.locator("fieldset").get_by_text("Van Piet.")).to_be_visible()
    page.get_by_label("Wat jij schreef, zoals het hieronder staat").check()
    organiser.press("Bewaar")
    expect(page.get_by_text("Van Loes.")).to_be_visible()
    page.get_by_text("1 eerdere tekst").first.click()
    expect(page.get_by_text("Van Piet.")).to_be_visible()
    organiser.look()
