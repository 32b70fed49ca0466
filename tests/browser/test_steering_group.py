"""A steering group on an empty site: the agenda of province and VBG by hand, a session, a talk, words of two koppels, the report."""

import io
import re
from dataclasses import dataclass, field
from datetime import timedelta

import pypdfium2
import pytest
from docx import Document as WordDocument
from odfdo import Document as OpenDocument
from playwright.sync_api import Page, expect

from app import clock
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.database import db
from app.progress import asking
from tests import factories
from tests.browser.clicks import Walk
from tests.browser.conftest import PHONE, walked_on
from tests.browser.test_the_whole_loop import begins, behind
from tests.server import prepared, serving

pytestmark = walked_on("sqlite")
LOES, PIET = "loes@oosterhout.example", "piet@brabant.example"
DAY = clock.today() - timedelta(days=3)
"""On which the session was, and on which the report looks."""
YEAR = DAY.year
SLUG = "wie-doet-wat-met-data"
DIGITAL, RESILIENT = "Digitale transformatie", "Brabantse norm weerbare overheid"
THEMES = {
    DIGITAL: "Een aantal keren per jaar een sessie over een aspect van digitale transformatie.",
    "Brede welvaart": "Lessen delen, om te komen van denken naar doen.",
    RESILIENT: "De dijken overal even hoog: samen sterk tegen ondermijning.",
}
KOPPELS = {
    DIGITAL: ("Gijs Aarts", "gijs@brabant.example", "gedeputeerde"),
    RESILIENT: ("Mieke Swinkels", "mieke@vbg.example", "bestuurslid VBG"),
}
"""Who stands for a theme: the first of the province, the second of the VBG."""


@dataclass(frozen=True)
class Told:
    """An indicator as the province's report has it, with the targets of three years."""

    name: str
    measure: str
    targets: str
    theme: str = "De hele agenda"
    only: dict[str, str] = field(default_factory=dict)
    """Of a list that a count is narrowed by, what is ticked."""
    more: tuple[str, ...] = ()
    """Other choices that differ from the usual."""
    unit: str = ""


PEOPLE, TALKED = "Mensen die er waren, ieder één keer", "Organisaties met een gesprek"
HELD, BY_HAND = "Gehouden sessies", "Met de hand ingevuld"
INDICATORS = (
    Told("Collega’s die de cursus volgden", PEOPLE, "100 100 100", RESILIENT, {"Soort organisatie": "Gemeente"}),
    Told("Gemeenten waarmee we spraken", TALKED, "15 15 15", RESILIENT, {"Soort organisatie": "Gemeente"}),
    Told("Pilotgemeenten vakantieparken", BY_HAND, "6 - -", RESILIENT),
    Told("Pilots informatiegestuurd handhaven", BY_HAND, "3 - -", RESILIENT),
    Told("Experimenten met participatie", BY_HAND, "3 - -"),
    Told("Opkomst bij verkiezingen", BY_HAND, "- ? ?", more=("De laatste stand", "Verplichte indicator"), unit="%"),
    Told("Toezichtontvangers beoordeeld", TALKED, "105 105 105", only={"Soort gesprek": "Beoordeling"}),
    Told("Toezichtontvangers gesproken", TALKED, "65 65 65", only={"Soort gesprek": "Voortgangsgesprek"}),
    Told("Regiobijeenkomsten", HELD, "4 4 4", DIGITAL),
    Told("Thema-onderzoeken", BY_HAND, "2 2 2"),
    Told("Gemeenten onder preventief toezicht", BY_HAND, "0 0 0", more=("Ten hoogste", "Verplichte indicator")),
)


@pytest.fixture(scope="module")
def site(databases, database, tmp_path_factory):
    """A network with two organisers and three members, and nothing else."""
    with prepared(tmp_path_factory.mktemp("steering"), databases.with_tables(database)) as server:
        with server.app.app_context():
            network = factories.network(slug="samen", name="Samen in Brabant")
            for address, name in ((LOES, "Loes Verhoeven"), (PIET, "Piet Smit")):
                accounts.grant_role(accounts.ensure_account(address, name), network, NetworkRole.ORGANISER)
            for name in ("Els Maas", "Daan Peters", "Toon Bakker"):
                factories.person(name, at="Oss", of=network, address=f"{name.split()[0].lower()}@oss.example")
            db.session.commit()
        with serving(server, "--workers", "1"):
            yield server


@pytest.fixture
def loes(visitor):
    made = visitor()
    made.sign_in(LOES)
    return made


def test_a_steering_group_from_an_empty_site_to_a_report_that_stands(visitor, loes, site, count):
    walk = Walk(loes.go("/organise/networks/samen/agendas"))
    _set_up_agenda(loes, walk)
    count("An agenda with three themes and two koppels", walk)
    walk = Walk(loes.page)
    _set_up_indicators(loes, walk)
    count("Eleven indicators with their targets", walk)

    _hold_a_session(loes, site)
    _log_a_talk(loes)
    _fill_in_by_hand(loes)
    report = _plan_the_report(loes)
    with behind(site):
        asking.ask_for_words(clock.start_of_day(clock.today()) + timedelta(hours=12))
    for theme, (name, address, title) in KOPPELS.items():
        _mail_link(loes, theme, name)
        _write_by_link(visitor(viewport=PHONE), address, f"{theme}: we zijn goed op weg.")
        loes.go(report)
        expect(loes.page.get_by_text(f"{theme}: we zijn goed op weg.")).to_be_visible()
        expect(loes.page.get_by_text(title, exact=False).first).to_be_visible()
    _write_as_organiser(loes, report)

    edition = _freeze(loes, site, report)
    _check_and_publish(visitor, loes, site, edition)
    _open_the_files(loes)
    _change_an_attendance(loes, edition)


def _set_up_agenda(loes, walk: Walk) -> None:
    page = loes.page
    walk.press(page.get_by_role("link", name="Nieuwe samenwerkingsagenda"), "/agendas/new$")
    page.get_by_label("Titel").fill("Samenwerkingsagenda")
    for place, party in enumerate(("Provincie Noord-Brabant", "Vereniging van Brabantse Gemeenten")):
        page.get_by_label("Partij").nth(place).fill(party)
    page.get_by_label("Eerste dag").fill(f"{YEAR - 1}-04-09")
    page.get_by_label("Laatste dag").fill(f"{YEAR + 1}-12-31")
    page.get_by_label("Wat is er afgesproken?").fill("We zetten ieder onze eigen kracht in, om hand in hand te werken.")
    walk.press(page.get_by_role("button", name="Bewaar"), r"/agendas/\d+$")
    loes.look()
    for name, ambition in THEMES.items():
        walk.press(page.get_by_role("link", name="Zet een thema op de agenda"), "/themes/new$")
        page.get_by_label("Thema").select_option(name)
        page.get_by_label("Wat spraken we af?").fill(ambition)
        walk.press(page.get_by_role("button", name="Zet op de agenda"), r"/themes/\d+")
        loes.look()
        for place in (0, 2) if name in KOPPELS else ():
            _put_in_koppel(loes, walk, name, place)
        walk.press(page.get_by_role("link", name="Samenwerkingsagenda", exact=True), r"/agendas/\d+$")
    walk.press(page.get_by_role("button", name="Publiceer"))
    expect(page.get_by_text("De agenda is gepubliceerd.")).to_be_visible()
    loes.look()


def _put_in_koppel(loes, walk: Walk, theme: str, place: int) -> None:
    """An executive: of the province on the first place, of the VBG on the third. One of both writes."""
    name, address, title = KOPPELS[theme]
    writes = (place == 0) == (title == "gedeputeerde")
    page = loes.page
    walk.press(page.locator("section.panel").nth(place).get_by_role("link", name="Zet iemand op deze plek"), "/new")
    page.get_by_label("Wie?").fill(
        f"{name} <{address}>" if writes else f"Wim {theme.split()[0]} <wim{place}@x.example>"
    )
    page.get_by_label("Functie").fill(title if writes else "bestuurder")
    walk.press(page.get_by_role("button", name="Bewaar"), r"/themes/\d+(/koppel)?$")
    loes.look()


def _set_up_indicators(loes, walk: Walk) -> None:
    page = loes.page
    walk.press(page.get_by_role("link", name="Bekijk de cijfers"), "/figures$")
    loes.look()
    walk.press(page.get_by_role("link", name="Nieuwe indicator"), "/figures/new$")
    for told in INDICATORS:
        _fill_in(page, told)
        loes.look()
        last = told is INDICATORS[-1]
        button = "Bewaar" if last else "Bewaar, en nog een"
        walk.press(page.get_by_role("button", name=button, exact=True), r"/figures/\d+$" if last else "/figures/new$")
        expect(page.locator(".messages")).to_contain_text(told.name)
    loes.press("Cijfers", "link")
    for told in INDICATORS:
        expect(page.get_by_role("link", name=told.name, exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="Gemeenten onder preventief toezicht")).to_contain_text("ten hoogste 0")
    expect(page.get_by_role("row", name="Opkomst bij verkiezingen")).to_contain_text("nog niet bekend")


def _fill_in(page: Page, told: Told) -> None:
    page.get_by_label("Naam", exact=True).fill(told.name)
    page.get_by_label("Thema", exact=True).select_option(told.theme)
    page.get_by_label("Hoe wordt het geteld?").select_option(told.measure)
    page.get_by_label("Wat telt mee, en wat niet?").fill("Elk één keer.")
    page.get_by_label("Streefwaarden").fill(told.targets)
    page.get_by_label("Waar is dat besloten?").fill("Programma Kwaliteit openbaar bestuur")
    if told.unit:
        page.get_by_label("Eenheid").fill(told.unit)
    for choice in told.more:
        page.get_by_label(choice, exact=True).check()
    for about, option in told.only.items():
        page.locator("summary").filter(has_text=re.compile(f"^{about}$")).click()
        page.get_by_role("group", name=about, exact=True).get_by_label(option, exact=True).check()


def _hold_a_session(loes, site) -> None:
    """Planned by hand; it was three days ago, and two were there: one on the list of a colleague, one who walked in."""
    page = loes.go("/organise/networks/samen/events/new")
    page.get_by_label("Titel").fill("Wie doet wat met data?")
    page.get_by_label("Datum").first.fill((clock.today() + timedelta(days=60)).isoformat())
    page.get_by_label("Begin").first.fill("13:30")
    page.get_by_label("Einde").first.fill("16:00")
    page.get_by_label("Plaats").fill("Oss")
    page.locator("details:has(#themes) > summary").click()
    page.locator("#themes").get_by_label(DIGITAL).check()
    page.locator("#themes").get_by_label(DIGITAL).check()
    loes.press("Verder: wie nodig je uit?")
    loes.go(f"/organise/events/{SLUG}")
    loes.press("Publiceer de sessie")
    with behind(site):
        begins(SLUG, hours=-72)
    for name in ("Els Maas", "Daan Peters"):
        _check_in(loes, name)


def _check_in(loes, name: str) -> None:
    page = loes.go(f"/organise/events/{SLUG}/day")
    loes.press("Niet op de lijst?", "link")
    page.get_by_label("Naam", exact=True).fill(name)
    page.get_by_label("Organisatie").select_option(label="Oss")
    loes.press("Zet op de lijst")
    loes.press(f"Ja, deze {name}")
    expect(page.locator(".messages")).to_contain_text(name)


def _log_a_talk(loes) -> None:
    page = loes.go("/organise/networks/samen/contact-moments")
    loes.press("Leg een gesprek vast", "link")
    page.get_by_label("Organisaties").fill("Oss\nBreda")
    page.get_by_label("Soort").select_option("Voortgangsgesprek")
    page.get_by_label("Datum").fill(DAY.isoformat())
    page.get_by_label("Thema").select_option(RESILIENT)
    page.get_by_label("Notitie").fill("Samen verder met de norm.")
    loes.press("Leg vast")
    expect(page.get_by_role("row", name="Oss")).to_contain_text("Voortgangsgesprek")


def _fill_in_by_hand(loes) -> None:
    page = _open_figures(loes)
    loes.press("Thema-onderzoeken", "link")
    loes.press("Vul een cijfer in", "link")
    page.get_by_label("Stand op").fill(DAY.isoformat())
    page.get_by_label("Getal").fill("1")
    page.get_by_label("Waar komt het vandaan?").fill("Rapport van mei")
    loes.press("Bewaar")
    expect(page.locator(".facts").first).to_contain_text("1")
    _open_figures(loes)
    loes.press(f"Hoe staat het ervoor? {DIGITAL}", "link")
    page.get_by_label("Stand op").fill(DAY.isoformat())
    for aspect in ("Kwaliteit", "Geld"):
        page.get_by_role("group", name=aspect).get_by_label("G: op koers").check()
    page.get_by_role("group", name="Tijd").get_by_label("O: aandacht").check()
    page.get_by_label("Wat is de oorzaak?").fill("De werving duurde langer.")
    page.get_by_label("Wat is het gevolg?").fill("De tweede reeks begint later.")
    page.get_by_label("Wat wordt eraan gedaan?").fill("Oosterhout leent iemand uit.")
    loes.press("Bewaar")
    expect(page.locator(".messages")).to_contain_text("Opgeslagen.")


def _open_figures(loes) -> Page:
    loes.go("/organise/networks/samen/agendas")
    loes.press("Samenwerkingsagenda", "link")
    return loes.press("Bekijk de cijfers", "link")


def _plan_the_report(loes) -> str:
    """Returns its page."""
    page = loes.go("/organise/networks/samen/agendas")
    loes.press("Samenwerkingsagenda", "link")
    loes.press("Bekijk de rapportages", "link")
    loes.press("Plan één rapportage", "link")
    page.get_by_label("Titel").fill("Jaarrapportage")
    page.get_by_label("Jaarrapportage", exact=True).check()
    page.get_by_label("Peildatum").fill(DAY.isoformat())
    page.get_by_label("Teksten klaar op").fill((clock.today() + timedelta(days=14)).isoformat())
    page.get_by_label("Rapportage klaar op").fill((clock.today() + timedelta(days=28)).isoformat())
    page.get_by_label("Iedereen", exact=False).check()
    loes.press("Plan de rapportage")
    expect(page.get_by_text("Wat ontbreekt nog?")).to_be_visible()
    return page.url


def _mail_link(loes, theme: str, name: str) -> None:
    """Who stands for a theme writes by the link of their place, which an organiser may mail them any day."""
    loes.go("/organise/networks/samen/agendas")
    loes.press("Samenwerkingsagenda", "link")
    loes.press(f"Koppel {theme}", "link")
    loes.press(f"Mail {name} de link")


def _write_by_link(koppel, address: str, text: str) -> None:
    page = koppel.mail(address, "Hoe staat het met")
    koppel.press_in_mail("Bekijk hoe het met dit thema staat")
    page.get_by_label("Hoe gaat het met dit thema?").fill(text)
    koppel.press("Bewaar mijn tekst")
    expect(page.get_by_text("Dank je.")).to_be_visible()


def _write_as_organiser(loes, report: str) -> None:
    page = loes.go(report)
    loes.press("Schrijf De hele agenda", "link")
    page.get_by_label("Wat is er gebeurd?").fill("Het eerste jaar zit erop.")
    page.get_by_label("Wat gaan we doen?").fill("We houden de koers vast.")
    loes.press("Bewaar")
    expect(page.get_by_text("Het eerste jaar zit erop.")).to_be_visible()


def _freeze(loes, site, report: str) -> str:
    """Returns the page of the edition."""
    page = loes.go(report)
    loes.press("Leg de rapportage vast")
    site.command("worker", "--once")
    loes.go(page.url)
    expect(page.get_by_text("Vraag een andere organisator om deze uitgave na te kijken.")).to_be_visible()
    expect(page.get_by_role("button", name="Publiceer")).to_have_count(0)
    return page.url


def _check_and_publish(visitor, loes, site, edition: str) -> None:
    piet = visitor()
    piet.sign_in(PIET)
    piet.go(edition)
    piet.press("Nagekeken: dit klopt")
    piet.press("Publiceer")
    expect(piet.page.get_by_text("Wat erin staat, blijft zo staan.")).to_be_visible()
    site.command("worker", "--once")
    loes.go(edition)
    loes.press("Bekijk de openbare pagina", "link")
    for text in (*THEMES, "Het eerste jaar zit erop.", "De werving duurde langer.", f"{DIGITAL}: we zijn goed op weg."):
        expect(loes.page.get_by_text(text).filter(visible=True).first).to_be_visible()


def _open_the_files(loes) -> None:
    said = "Het eerste jaar zit erop."
    pdf = pypdfium2.PdfDocument(_download(loes, "PDF"))
    assert said in " ".join(" ".join(each.get_textpage().get_text_range() for each in pdf).split())
    word = WordDocument(io.BytesIO(_download(loes, "Word")))
    assert said in [each.text for each in word.paragraphs]
    assert said in OpenDocument(io.BytesIO(_download(loes, "ODT"))).get_formatted_text()


def _download(loes, name: str) -> bytes:
    with loes.page.expect_download() as found:
        loes.page.get_by_role("link", name=name, exact=True).click()
    with open(found.value.path(), "rb") as file:
        return file.read()


def _change_an_attendance(loes, edition: str) -> None:
    """Somebody was forgotten: the figures of today move, the report stands."""
    page = loes.go(edition)
    frozen = page.locator("main").inner_text()
    before = _count_people(loes)
    _check_in(loes, "Toon Bakker")
    assert (before, _count_people(loes)) == ("2", "3")
    assert loes.go(edition).locator("main").inner_text() == frozen


def _count_people(loes) -> str:
    page = _open_figures(loes)
    page.get_by_role("link", name=INDICATORS[0].name, exact=True).click()
    loes.press("Tel nu")
    return page.locator(".facts dd strong").first.inner_text()
