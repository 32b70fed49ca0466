"""Both journeys up to the day itself, as people walk them."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from app import clock
from tests.browser.conftest import ORGANISER, PHONE, walked_on

pytestmark = walked_on("sqlite")


def test_organiser_from_sign_in_to_invited_people(visitor, site):
    organiser = visitor()
    page = organiser.go("/sign-in")
    page.get_by_label("Je mailadres").fill(ORGANISER)
    organiser.press("Stuur mij een mail")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in je mail")
    organiser.mail(ORGANISER, "Inloggen")
    organiser.press_in_mail("Inloggen")
    organiser.press("Log in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dag Loes")

    organiser.press("Brabant Academie", "link")
    organiser.press("Nieuwe sessie", "link")
    organiser.press("Bewaar als concept")
    expect(page.get_by_role("alert")).to_contain_text("dingen niet goed ingevuld")
    page.get_by_label("Titel", exact=True).fill("Participatie die werkt")
    page.locator("summary").filter(has_text="De rest kan wachten").click()
    page.get_by_label("Samenvatting").fill("Wat helpt inwoners om echt mee te praten?")
    page.get_by_label("Datum", exact=True).fill("2027-06-10")
    page.get_by_label("Begin", exact=True).fill("13:30")
    page.get_by_label("Einde", exact=True).fill("16:30")
    page.get_by_label("Plaats", exact=False).first.fill("Oss")
    page.get_by_label("Plekken", exact=False).first.fill("30")
    organiser.press("Bewaar als concept")
    expect(page.locator(".badge").first).to_have_text("Concept")

    organiser.press("Inhoud", "link")
    organiser.press("Programma", "link")
    organiser.press("Voeg een onderdeel toe", "link")
    page.get_by_label("Titel", exact=True).fill("Opening")
    page.get_by_label("Sprekers").fill("Anna Maas, gemeente Oss")
    organiser.press("Bewaar")
    organiser.press("Verwijder")
    organiser.press("Zet terug")
    expect(page.locator(".programme")).to_contain_text("Anna Maas, gemeente Oss")
    organiser.press("Overzicht", "link")
    organiser.press("Publiceer de sessie")

    organiser.press("Uitnodigen", "link")
    organiser.press("Uitnodiging", "link")
    organiser.press("Maak een nieuwe doelgroep", "link")
    page.get_by_label("Naam van de doelgroep").fill("Griffiers")
    page.get_by_label("Griffier", exact=True).check()
    expect(page.locator("#bereik")).to_contain_text(re.compile(r"^\s*\d+ mensen bij \d+ organisaties"))
    before = page.locator("#bereik strong").inner_text()
    page.get_by_label("West-Brabant", exact=True).check()
    expect(page.locator("#bereik strong")).not_to_have_text(before)
    organiser.press("Bewaar doelgroep")
    page.get_by_label("Aan wie?").select_option(label="Griffiers")
    page.get_by_label("Op een vaste datum").check()
    page.get_by_label("Datum", exact=True).fill(clock.today().isoformat())
    page.get_by_label("Tijd").fill("00:01")
    organiser.press("Bewaar en bekijk")
    count = int(re.search(r"nu (\d+)", page.locator(".facts").inner_text())[1])
    organiser.press("Bekijk of wijzig Nederlands", "link")
    expect(page.frame_locator("iframe").first.get_by_role("link", name="Ik kom", exact=True)).to_be_visible()
    page.go_back()
    organiser.press("Stuur mij een voorbeeld")
    organiser.press("Akkoord, verstuur op", exact=False)
    site.command("worker", "--once")
    organiser.press("Overzicht", "link")
    expect(page.locator(".funnel")).to_contain_text(f"{count} uitgenodigd")
    organiser.mail(ORGANISER, "Participatie die werkt")
    expect(page.frame_locator("iframe").first.get_by_text("Dag Loes,")).to_be_visible()


def test_participant_answers_from_the_mail_on_a_phone(visitor, site):
    participant = visitor(viewport=PHONE)
    page = participant.mail("gemeente-oosterhout.example", "Datagedreven")
    participant.press_in_mail("Ik kom naar Oosterhout")
    address = page.url
    expect(page.get_by_role("heading", name="Klopt dat?")).to_be_visible()
    participant.picture("answer-phone")
    participant.press("Ik kom naar Oosterhout")
    assert "/my/datagedreven-werken" in page.url
    expect(page.get_by_role("heading", name="je komt.")).to_be_visible()
    page.get_by_label("Heb je dieetwensen?").fill("vegetarisch")
    page.get_by_label("Onthoud dit voor een volgende keer").first.check()
    participant.press("Bewaar mijn antwoorden")
    expect(page.get_by_text("Je antwoorden zijn bewaard.")).to_be_visible()
    participant.press("Ik doe online mee")
    expect(page.get_by_role("heading", name="je doet online mee.")).to_be_visible()
    participant.press("Ik kom toch niet")
    expect(page.get_by_role("heading", name="je komt niet.")).to_be_visible()

    participant.go(address.partition("?")[0])
    page.get_by_text("Ik stuur een collega").click()
    page.get_by_label("Naam van je collega").fill("Karin Smulders")
    page.get_by_label("Mailadres van je collega").fill("karin.smulders@oosterhout.example")
    participant.press("Nodig mijn collega uit")
    expect(page.get_by_role("heading", name="we wachten op je collega.")).to_be_visible()

    colleague = visitor(viewport=PHONE)
    colleague.mail("karin.smulders@oosterhout.example", "vraagt")
    colleague.press_in_mail("Ik kom naar Oosterhout")
    colleague.press("Ik kom naar Oosterhout")
    expect(colleague.page.get_by_role("heading", name="Dag Karin, je komt.")).to_be_visible()
    colleague.mail("karin.smulders@oosterhout.example", "Je komt")
    expect(colleague.page.get_by_text("Agenda-onderdeel")).to_be_visible()


def test_unsubscribing_and_coming_back(visitor):
    participant = visitor()
    page = participant.mail("gemeente-tilburg.example", "Datagedreven")
    participant.press_in_mail("Geen mail meer van Digitale Transformatie")
    participant.press("Stop de mail van Digitale Transformatie")
    expect(page.get_by_role("heading", level=1)).to_have_text("Je krijgt geen mail meer van Digitale Transformatie")
    participant.press("Toch weer mail ontvangen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Geen mail meer van Digitale Transformatie?")


def test_cockpit_map_narrows_the_list_and_the_list_downloads(visitor):
    organiser = visitor()
    organiser.sign_in()
    page = organiser.go("/organise/events/van-denken-naar-doen")
    organiser.picture("cockpit")
    expect(page.locator(".funnel")).to_contain_text("60 uitgenodigd")
    tile = page.locator(".tile-map a.tile--coming").first
    name = tile.locator("title").text_content().partition(":")[0]
    tile.click()
    organiser.look()
    expect(page.locator("#wie p strong")).to_have_text(name)
    organiser.press("Neem de lijst mee")
    page.get_by_label("Mailadres", exact=True).uncheck()
    with page.expect_download() as download:
        page.get_by_role("button", name="Haal op (Excel)").click()
    assert download.value.suggested_filename == "van-denken-naar-doen.xlsx"


def test_what_was_ticked_stays_over_pages_and_what_was_typed_outlives_the_page(visitor):
    organiser = visitor()
    organiser.sign_in()
    page = organiser.go("/organise/networks/digitale-transformatie/people")
    page.locator(".tick").first.check()
    organiser.press("Volgende ›")
    page.locator(".tick").nth(1).check()
    organiser.press("Haal uit het netwerk")
    expect(page.get_by_text("Je koos 2 mensen.")).to_be_visible()
    page = organiser.go("/organise/networks/digitale-transformatie/events/new")
    page.get_by_label("Titel").first.fill("Half getypt")
    organiser.go("/organise")
    organiser.go("/organise/networks/digitale-transformatie/events/new")
    expect(page.get_by_label("Titel").first).to_have_value("")
    organiser.press("Zet terug wat ik typte")
    expect(page.get_by_label("Titel").first).to_have_value("Half getypt")
    page.locator("details.menu > summary:visible").click()
    organiser.press("Uitloggen")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft'))") == []


def test_what_a_day_falls_on_is_said_as_it_is_chosen(visitor):
    organiser = visitor()
    organiser.sign_in()
    page = organiser.go("/organise/networks/digitale-transformatie/events/new")
    day = page.locator("input[type=date]").first
    day.fill(f"{clock.today().year + 1}-12-25")
    expect(page.locator(f"#{day.get_attribute('id')}-said")).to_contain_text("Eerste kerstdag")


def test_what_was_typed_is_kept_while_it_is_refused_and_gone_once_it_is_saved(visitor):
    organiser = visitor()
    organiser.sign_in()
    address = "/organise/networks/digitale-transformatie/digest"
    page = organiser.go(address)
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"
    page.get_by_label("Bericht").fill("x" * 601)
    organiser.press("Zet in het nieuwsoverzicht")
    expect(page.locator("#fouten")).to_be_visible()
    assert page.evaluate(kept) == 1
    page = organiser.go(address)
    organiser.press("Zet terug wat ik typte")
    page.get_by_label("Bericht").fill("Tot in het nieuwe jaar")
    page.get_by_label("Tot en met").fill((clock.today() + timedelta(days=30)).isoformat())
    organiser.press("Zet in het nieuwsoverzicht")
    expect(page.get_by_text("Tot in het nieuwe jaar")).to_be_visible()
    page.wait_for_function(f"{kept} === 0")
    organiser.go(address)
    expect(page.get_by_role("button", name="Zet terug wat ik typte")).to_be_hidden()


def test_a_note_that_did_not_arrive_is_still_on_the_device(visitor):
    organiser = visitor()
    organiser.sign_in()
    address = "/organise/events/van-denken-naar-doen/learned/notes"
    page = organiser.go(address)
    page.route("**/learned/notes", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.locator("main textarea").fill("Half genoteerd")
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Bewaar notitie").click()
    page.goto(page.url.replace(address, "/organise"))
    page.goto(page.url.replace("/organise", address))
    expect(page.get_by_role("button", name="Zet terug wat ik typte")).to_be_visible()
    assert all("notes" in fault for fault in organiser.faults)
    organiser.faults.clear()


def test_visitor_without_invitation_asks_for_a_link(visitor):
    someone = visitor()
    page = someone.go("/")
    someone.picture("agenda")
    someone.press("Training voor nieuwe raadsleden", "link")
    someone.press("Meld je aan", "link")
    page.get_by_label("Je naam").fill("Nieuwe Naam")
    page.get_by_label("Je mailadres").fill("nieuwe.naam@elders.example")
    someone.press("Stuur mij de link")
    someone.mail("nieuwe.naam@elders.example")
    someone.press_in_mail("Ik kom")
    someone.press("Ik kom")
    expect(page.get_by_role("heading", name="Dag Nieuwe, je komt.")).to_be_visible()
    expect(page.get_by_label("Bij welke organisatie werk je?")).to_be_visible()
