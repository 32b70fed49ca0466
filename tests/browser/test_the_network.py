"""The network as a new organiser makes it: four messy lists, doubles, an audience, a wave that respects the guard."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app import clock
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.database import db
from app.invitations.waves.models import Wave
from app.network import memberships
from app.network.models import Membership, Network
from app.network.organisations import organisations
from app.network.organisations.models import Organisation
from app.network.people import job_positions, people
from app.network.people.models import Person
from app.outbox.models import Message, MessageState
from tests import factories, messy
from tests.browser.conftest import LAPTOP, PHONE, walked_on
from tests.server import prepared, serving

pytestmark = walked_on("sqlite")
NETWORKS = {
    "digitale-transformatie": "Digitale Transformatie",
    "brede-welvaart": "Praktijknetwerk Brede Welvaart",
    "klimaatadaptatie": "Klimaatadaptatie",
    "brabant-academie": "Brabant Academie",
}
ORGANISER = "nieuw@oosterhout.example"
COLUMNS = {
    "Tussenv.": "Tussenvoegsel",
    "Bereikbaar via": "Mailadres",
    "Club": "Organisatie",
    "Mail": "Mailadres",
    "Instelling": "Organisatie",
}


@pytest.fixture(scope="module")
def site(databases, database, tmp_path_factory):
    """An installation on its first day: four networks without people, one organiser."""
    with prepared(tmp_path_factory.mktemp("network"), databases.with_tables(database)) as server:
        with server.app.app_context():
            account = accounts.ensure_account(ORGANISER, "Noor Nieuw")
            for slug, name in NETWORKS.items():
                accounts.grant_role(account, factories.network(slug=slug, name=name), NetworkRole.ORGANISER)
            db.session.commit()
        with serving(server, "--workers", "1"):
            yield server


def _choose(page, label: str, value: str) -> None:
    chooser = page.get_by_label(label, exact=True)
    if chooser.count() and not chooser.input_value():
        chooser.select_option(label=value)


def _import(organiser, page, slug: str, site) -> None:
    """Upload a list, point out its columns, take the proposals and let it be carried out."""
    organiser.go(f"/organise/networks/{slug}/people")
    organiser.press("Importeer een Excel-lijst", "link")
    file = {"name": f"{slug}.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": messy.xlsx(slug)}
    page.get_by_label("Lijst (Excel, OpenDocument, CSV of vCard)").set_input_files(file)
    organiser.press("Bekijk wat er zou gebeuren")
    if page.get_by_text("Wijs aan in welke kolommen").count() == 0:
        page.get_by_text("Welke kolom is wat?").click()
    for heading in messy.HEADINGS[slug]:
        if heading in COLUMNS:
            _choose(page, heading, COLUMNS[heading])
    organiser.press("Gebruik deze keuzes en kijk opnieuw")
    role = page.get_by_label(re.compile("‘Hoofd Griffie’"))
    if role.count():
        role.select_option(label="Griffier")
    if page.get_by_role("heading", name="kennen we niet").count():
        organiser.press("Gebruik deze keuzes en kijk opnieuw")
    expect(page.locator(".lead")).to_contain_text("0 niet goed.")
    organiser.press("Bewaar", exact=False)
    expect(page.get_by_text("Wordt geïmporteerd")).to_be_visible()
    site.command("worker", "--once")
    organiser.go(page.url)
    expect(page.get_by_text(re.compile(r"\d+ mensen toegevoegd"))).to_be_visible()


def test_four_networks_are_filled_from_messy_lists(visitor, site):
    organiser = visitor()
    organiser.sign_in(ORGANISER)
    page = organiser.page
    for slug in NETWORKS:
        _import(organiser, page, slug, site)
    with site.app.app_context():
        uden = db.session.scalar(sa.select(Organisation).where(Organisation.name == "Uden"))
        assert all(position.organisation_id != uden.id for person in _everybody() for position in person.positions)
        assert sum(len(person.addresses) > 1 for person in _everybody()) >= 3

    organiser.go("/organise/networks/brabant-academie/import")
    organiser.press("brabant-academie.xlsx", "link")
    organiser.press("Draai de hele lijst terug")
    site.command("worker", "--once")
    organiser.go(page.url)
    expect(page.get_by_text("Wat de lijst bracht, is weer weg.")).to_be_visible()
    _import(organiser, page, "brabant-academie", site)


def _everybody() -> list[Person]:
    return list(db.session.scalars(sa.select(Person).where(Person.merged_into_id.is_(None))))


def test_doubles_are_merged_and_somebody_who_moved_keeps_their_history(visitor, site):
    with site.app.app_context():
        network = db.session.scalar(sa.select(Network).where(Network.slug == "digitale-transformatie"))
        mover = db.session.scalar(
            sa.select(Person).join(Membership).where(Person.name == messy.MOVER, Membership.network_id == network.id)
        )
        factories.attendance(factories.held(network, days_ago=60, title="Data op orde"), mover)
        db.session.commit()
    organiser = visitor()
    organiser.sign_in(ORGANISER)
    page = organiser.go("/organise/networks/digitale-transformatie/people")
    organiser.press(re.compile("^Dubbele personen"), "link", exact=False)
    expect(page.get_by_text("Bijna dezelfde naam, bij dezelfde organisatie").first).to_be_visible()
    organiser.picture("doubles")
    organiser.go("/organise/search?q=marike heeswijk")
    organiser.press(messy.MOVER, "link")
    organiser.press(f"Vergelijk met {messy.MOVER}", "link")
    organiser.press("Voeg samen onder", exact=False)
    expect(page.get_by_text("Het is nu één persoon.")).to_be_visible()
    expect(page.get_by_text("m.vanheeswijk.k@oss.example", exact=True)).to_be_visible()
    expect(page.get_by_text("namens Maashorst")).to_be_visible()

    place = page.locator("li").filter(has=page.get_by_role("link", name="Maashorst"))
    place.get_by_label("Eindigt op").fill("2024-02-29")
    place.get_by_role("button", name="Beëindig functie").click()
    organiser.look()
    expect(page.get_by_text("tot en met do 29 februari 2024")).to_be_visible()
    expect(page.get_by_text("namens Maashorst")).to_be_visible()
    organiser.go("/organise/search?q=heeswik")
    expect(page.locator("#gevonden")).to_contain_text("Oss")
    organiser.go("/organise/search?q=maashorst")
    organiser.press("Maashorst", "link")
    expect(page.get_by_text("1 persoon werkte er eerder")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Digitale Transformatie"))).to_be_visible()


def test_an_audience_in_under_a_minute_and_a_wave_that_respects_the_guard(visitor, site):
    with site.app.app_context():
        network = db.session.scalar(sa.select(Network).where(Network.slug == "digitale-transformatie"))
        event = factories.event(network, title="Samen aan data")
        slug = event.slug
        for number in range(4):
            place = factories.organisation("Drimmelen" if number % 2 else "Zundert")
            person = people.add_person(f"Kim Klein{number}", f"klein{number}@klein.example")
            db.session.flush()
            job_positions.add_or_change_position(
                person, place, organisations.OrganisationFinder().role("strateeg" if number % 2 else "wethouder")
            )
            memberships.join_network(person.id, network.id)
            for times in range(2 if number == 0 else 0):
                _had_mail(person, times)
        db.session.commit()
    organiser = visitor()
    organiser.sign_in(ORGANISER)
    page = organiser.go("/organise/networks/digitale-transformatie/audiences")
    organiser.press("Nieuwe doelgroep", "link")
    page.get_by_label("Naam van de doelgroep").fill("Bestuurders en strategen, klein, West, nog niet bereikt")
    for name in ("Bestuurder", "Strateeg", "West-Brabant"):
        page.get_by_label(name, exact=True).check()
    for block in ("Grootte van de gemeente", "Organisatie nog niet bereikt in"):
        page.get_by_label("Nog een voorwaarde").select_option(label=block)
        organiser.press("Voeg voorwaarde toe")
    page.get_by_label("Kleiner", exact=True).check()
    page.get_by_label(str(clock.today().year), exact=True).check()
    expect(page.locator("#bereik strong")).to_contain_text("mensen")
    organiser.picture("audience")
    organiser.press("Bewaar doelgroep")
    expect(page.get_by_text("Kim Klein1")).to_be_visible()
    count = int(re.search(r"\d+", page.locator(".panel strong").first.inner_text())[0])
    organiser.press("Valt af", "link", exact=False)
    expect(page.get_by_text("Niemand valt af.")).to_be_visible()

    organiser.go(f"/organise/events/{slug}/waves/new?kind=invitation")
    page.get_by_label("Aan wie?").select_option(label="Bestuurders en strategen, klein, West, nog niet bereikt")
    page.get_by_label("Op een vaste datum").check()
    page.get_by_label("Datum", exact=True).fill(clock.today().isoformat())
    page.get_by_label("Tijd").fill("00:01")
    organiser.press("Bewaar en bekijk")
    expect(page.locator(".facts")).to_contain_text(f"nu {count - 1} mens")
    expect(page.locator(".facts")).to_contain_text("1 persoon krijgt dit in het nieuwsoverzicht van ma")
    organiser.press("Akkoord, verstuur op", exact=False)
    site.command("worker", "--once")
    with site.app.app_context():
        wave = db.session.scalar(sa.select(Wave.id))
        states = sa.select(Message.state, sa.func.count()).where(Message.wave_id == wave).group_by(Message.state)
        assert dict(db.session.execute(states).all()) == {MessageState.SENT: count - 1, MessageState.HELD: 1}


def _had_mail(person: Person, number: int) -> None:
    message = Message(
        kind="invitation", state=MessageState.SENT, counts=True, person_id=person.id, recipient=person.email
    )
    message.domain, message.message_id = "klein.example", f"<{person.id}.{number}@klein.example>"
    message.due_at = message.sent_at = clock.now()
    db.session.add(message)


def test_the_search_box_by_keys_alone(visitor):
    organiser = visitor()
    organiser.sign_in(ORGANISER)
    page = organiser.go("/organise")
    page.keyboard.press("/")
    page.keyboard.type("oosterhuot")
    page.keyboard.press("Enter")
    page.wait_for_url("**/organise/search?q=oosterhuot")
    expect(page.locator("#gevonden")).to_contain_text("Oosterhout")
    page.get_by_label("Mensen, organisaties en sessies").fill("klein")
    expect(page.locator("#gevonden")).to_contain_text("Kim Klein0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/*")
    organiser.look()


@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_joining_from_the_public_page_and_leaving_everything(visitor, viewport):
    address = f"lid{viewport['width']}@oosterhout.example"
    somebody = visitor(viewport=viewport)
    page = somebody.go("/networks/brede-welvaart")
    somebody.press("Word lid", "link")
    page.get_by_label("Je naam").fill("Lotte Lid")
    page.get_by_label("Je mailadres").fill(address)
    somebody.press("Stuur mij de mail")
    somebody.mail(address, "lid worden")
    somebody.press_in_mail("Word lid van Praktijknetwerk Brede Welvaart")
    page.get_by_label("Bij welke organisatie werk je?").select_option(label="Oosterhout")
    somebody.press("Word lid")
    expect(page.get_by_role("heading", level=1)).to_have_text("Je bent lid van Praktijknetwerk Brede Welvaart")
    somebody.press("Kies wat je wilt horen", "link")
    page.get_by_label("Je mailadres").fill(address)
    somebody.press("Stuur mij een mail")
    somebody.mail(address, "Inloggen op Mijn")
    somebody.press_in_mail("Inloggen")
    page.get_by_label("Blijf op dit apparaat ingelogd").check()
    somebody.press("Log in als Lotte Lid")
    page.get_by_label("Alles in het nieuwsoverzicht, geen losse mails").check()
    somebody.press("Bewaar")
    for place in ("Overzicht", "Wat ik deed", "Mijn agenda", "Apparaten", "Gegevens"):
        somebody.press(place, "link")
    page.get_by_label("Naam", exact=True).fill("Lotte Leden")
    somebody.press("Bewaar")
    expect(page.get_by_text("Opgeslagen.")).to_be_visible()
    somebody.press("Mail", "link")
    somebody.press("Helemaal stoppen", "link")
    somebody.press("Verlaat alle netwerken")
    expect(page.get_by_text("Je bent uit alle netwerken en krijgt geen mailings meer.")).to_be_visible()
    somebody.press("Toch weer meedoen")
    expect(page.get_by_text("Welkom terug.")).to_be_visible()
    somebody.mail(address, "Je bent uit al je netwerken")
    somebody.press_in_mail("Toch weer meedoen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welkom terug")


def test_a_contact_person_names_who_comes(visitor, site):
    with site.app.app_context():
        network = db.session.scalar(sa.select(Network).where(Network.slug == "klimaatadaptatie"))
        event, contact = factories.event(network, title="Water vasthouden", seats_on_site=20), _everybody()[0]
        slug, address, name = event.slug, contact.email, contact.positions[0].organisation.name
        number = contact.positions[0].organisation_id
        memberships.join_network(contact.id, network.id)
        db.session.commit()
    organiser = visitor()
    organiser.sign_in(ORGANISER)
    page = organiser.go(f"/organise/organisations/{number}")
    page.get_by_text("Voeg een contactpersoon toe").click()
    page.get_by_label("Mailadres van de contactpersoon").fill(address)
    page.locator("form").filter(has_text="Voor welk thema?").get_by_role("button").click()
    organiser.look()
    organiser.go(f"/organise/events/{slug}/seats")
    page.get_by_label(name, exact=True).check()
    organiser.press("Vraag de contactpersonen")

    guest = visitor(viewport=PHONE)
    guest.mail(address, "Wie komt er namens")
    guest.press_in_mail("Wie komt er?")
    guest.page.get_by_label("Naam van wie komt").fill("Karin Collega")
    guest.page.get_by_label("Mailadres van wie komt").fill("karin@collega.example")
    guest.press("Noem deze persoon")
    expect(guest.page.get_by_text("Karin Collega krijgt een uitnodiging.")).to_be_visible()
    guest.mail("karin@collega.example", "noemde jou")
    guest.press_in_mail("Ik kom")
    guest.press("Ik kom")
    organiser.go(f"/organise/events/{slug}/seats")
    expect(page.get_by_role("row", name=re.compile("Karin Collega"))).to_contain_text("1")
