"""It works for everybody: without JavaScript, by keyboard alone, in English; no page has faults."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAPTOP, PHONE, walked_on
from tests.browser.films import Film
from tests.helpers import parsed, text_of

pytestmark = walked_on("postgresql")
PUBLIC = (
    "/",
    "/?network=klimaatadaptatie",
    "/events/datagedreven-werken",
    "/networks/brede-welvaart",
    "/privacy",
    "/accessibility",
    "/sign-in",
    "/niets",
    "/i/fout",
    "/library",
    "/library?q=gemeenten",
    "/impressions/vijf-jaar-datavolwassenheid",
    "/k/niets",
    "/preferences/fout",
    "/preferences/fout/data",
    "/me/sign-in",
    "/me/sign-in/code",
    "/me/sign-in/fout",
    "/come-back/fout",
    "/networks/brede-welvaart/join",
    "/join/fout",
    "/address-change/fout",
    "/address-proposal/fout",
    "/seats/fout",
    "/?month=2026-12",
    "/?format=expedition&region=west-brabant&role=griffier",
    "/subscribe",
    "/subscribe/region/west-brabant",
    "/poll/fout",
    "/instead/fout",
    "/calendar/fout",
    "/help",
    "/help/answer-an-invitation",
    "/help/at-the-door",
    "/help/niets",
)
ORGANISE = (
    "/organise", "/organise/organisations", "/organise/networks/klimaatadaptatie", "/organise/networks/klimaatadaptatie/people",
    "/organise/networks/klimaatadaptatie/people/new", "/organise/networks/klimaatadaptatie/people/1", "/organise/networks/klimaatadaptatie/import",
    "/organise/networks/klimaatadaptatie/audiences", "/organise/networks/klimaatadaptatie/team", "/organise/networks/klimaatadaptatie/settings",
    "/organise/networks/klimaatadaptatie/log", "/organise/networks/klimaatadaptatie/events/new", "/organise/events/expeditie-2100",
    "/organise/events/expeditie-2100/edit", "/organise/events/expeditie-2100/copy", "/organise/events/expeditie-2100/path/who", "/organise/events/expeditie-2100/cancel",
    "/organise/events/expeditie-2100/programme", "/organise/events/expeditie-2100/programme/new", "/organise/events/expeditie-2100/questions",
    "/organise/events/expeditie-2100/questions/new", "/organise/events/expeditie-2100/kitchen", "/organise/events/expeditie-2100/people/add", "/organise/events/datagedreven-werken/waves",
    "/organise/events/datagedreven-werken/waves/new", "/organise/events/datagedreven-werken/waves/2", "/organise/events/datagedreven-werken/waves/2/text/en",
    "/organise/events/datagedreven-werken/waves/2/people", "/organise/events/datagedreven-werken/mails", "/organise/events/expeditie-2100/waves",
    "/organise/events/datagedreven-werken/mails?q=Dongen&kind=invitation", "/organise/networks/digitale-transformatie/letters",
    "/organise/networks/digitale-transformatie/letters/registration/waiting/nl", "/organise/inbox",
    "/organise/events/meten-wat-telt/day", "/organise/events/meten-wat-telt/day/walk-in", "/organise/events/meten-wat-telt/day/paper",
    "/organise/events/meten-wat-telt/day/absent", "/organise/events/meten-wat-telt/learned", "/organise/events/meten-wat-telt/learned/notes",
    "/organise/events/meten-wat-telt/learned/commitments/new", "/organise/events/werksessie-oss/learned/commitments",
    "/organise/events/ai-aan-het-loket/evaluation", "/organise/events/ai-aan-het-loket/impression", "/organise/events/meten-wat-telt/impression/edit",
    "/organise/events/ai-aan-het-loket/impression/withdraw", "/organise/networks/digitale-transformatie/year", "/organise/networks/digitale-transformatie/digest",
    "/organise/networks/klimaatadaptatie/people/1/erase", "/organise/search?q=vries", "/organise/doubles", "/organise/organisations/40",
    "/organise/organisations/40/edit",
    "/organise/calendar", "/organise/days", "/organise/places", "/organise/places/new", "/organise/networks/klimaatadaptatie/elsewhere",
    "/organise/networks/klimaatadaptatie/polls", "/organise/networks/klimaatadaptatie/polls/new",
    "/organise/networks/digitale-transformatie/audiences/new", "/organise/networks/digitale-transformatie/audiences/1",
    "/organise/networks/digitale-transformatie/audiences/1/people", "/organise/events/datagedreven-werken/seats",
)  # fmt: skip


@pytest.fixture
def link(site) -> str:
    """The personal link of somebody whom the demo invited and who has not answered."""
    import sqlalchemy as sa

    from app.database import db
    from app.invitations.models import Invitation
    from app.network.people.models import Person
    from app.outbox.models import FinishedMessage, Message

    with site.app.app_context():
        silent = (
            sa.select(FinishedMessage.content).join(Message).join(Invitation, Invitation.id == Message.invitation_id)
        )
        silent = silent.join(Invitation.person).where(Person.language == "nl")
        body = db.session.scalar(silent.where(Invitation.answer.is_(None)).order_by(sa.func.random()))
    return re.search(r"http://\S+(/i/\w+)", text_of(parsed(body)))[1]


@pytest.mark.parametrize(
    ("width", "locale"),
    [
        pytest.param(LAPTOP, "nl-NL", id="laptop-nl"),
        pytest.param(PHONE, "en-GB", id="phone-en"),
        pytest.param(LAPTOP, "en-GB", id="laptop-en", marks=pytest.mark.faults),
        pytest.param(PHONE, "nl-NL", id="phone-nl", marks=pytest.mark.faults),
    ],
)
def test_no_page_has_faults(visitor, width, locale):
    everybody = visitor(viewport=width, locale=locale)
    sheet = Film(
        f"pages-{width['width']}-{locale[:2]}", across=10 if width == LAPTOP else 16, width=width["width"] // 4
    )
    for address in PUBLIC:
        sheet.take(everybody.go(address))
        _fill_with_long_words(everybody, width)
    everybody.page.goto(everybody.server.command("accounts", "sign-in-link", "beheer@leerkring.example"))
    everybody.press("Log in" if locale == "nl-NL" else "Sign in")
    for address in (*ORGANISE, "/organise/accounts", "/organise/log", "/organise/networks/new", "/organise/system"):
        sheet.take(everybody.go(address))
        _fill_with_long_words(everybody, width)
    sheet.save()
    everybody.faults = [fault for fault in everybody.faults if "status of 404" not in fault]


_FILL = """word => {
  const texts = 'main :is(h1, h2, h3, p, a, dd, td, label, legend, summary, strong, li, .badge)'
  const ours = 'svg, pre, .source, time, .month-table, .day, .figures-list, .funnel'
  for (const each of document.querySelectorAll(texts))
    if (!each.children.length && each.textContent.trim() && !each.closest(ours)) each.textContent = word
  return document.documentElement.scrollWidth > document.documentElement.clientWidth + 1
}"""
"""Puts a word in each place where somebody's words can stand, and says whether the page then scrolls sideways."""


def _fill_with_long_words(everybody, width) -> None:
    if width == PHONE and everybody.page.evaluate(_FILL, "Klimaatadaptatiestrategieën"):
        everybody.faults.append(f"{everybody.page.url}: scrolls sideways with long words")


def test_participant_answers_without_scripts(visitor, link):
    participant = visitor(java_script_enabled=False)
    page = participant.go(link)
    participant.press("Ik doe online mee")
    expect(page.get_by_role("heading", name="je doet online mee.")).to_be_visible()


def test_organiser_counts_an_audience_without_scripts(visitor):
    organiser = visitor(java_script_enabled=False)
    organiser.sign_in()
    page = organiser.go("/organise/networks/klimaatadaptatie/audiences/new")
    before = page.locator("#bereik strong").inner_text()
    page.get_by_label("Waterschap", exact=True).check()
    organiser.press("Tel opnieuw")
    expect(page.locator("#bereik strong")).not_to_have_text(before)
    expect(page.get_by_label("Waterschap", exact=True)).to_be_checked()


def test_participant_answers_by_keyboard_alone(visitor, link):
    participant = visitor()
    page = participant.go(link)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "on_site":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    page.keyboard.press("Enter")
    expect(page.locator(".status h2")).to_contain_text(re.compile("je komt|wachtlijst"))
    assert outline == "3px"


def test_language_switches_and_stays(visitor):
    reader = visitor()
    page = reader.go("/")
    reader.press("English", "link")
    expect(page.get_by_text("You can take part without an account.")).to_be_visible()
    reader.press("Datagedreven werken in de praktijk", "link")
    expect(page.get_by_role("link", name="Put in my calendar")).to_be_visible()
    reader.press("Nederlands", "link")
    expect(page.get_by_role("link", name="Zet in mijn agenda")).to_be_visible()


def test_second_press_sends_nothing_twice(visitor, link):
    participant = visitor()
    page = participant.go(link)
    requests = []
    page.on("request", lambda request: request.method == "POST" and requests.append(request.url))
    page.get_by_role("button", name="Ik doe online mee").dblclick()
    expect(page.get_by_role("heading", name="je doet online mee.")).to_be_visible()


_CUT_OFF = """() => [...document.querySelectorAll('main *, header *')].filter(each => {
  const style = getComputedStyle(each)
  const hides = ['hidden', 'clip'].includes(style.overflowX) && each.scrollWidth > each.clientWidth + 1
  return hides && each.clientWidth > 1 && each.textContent.trim() && !each.matches('input, select, .sr-only, iframe')
}).map(each => each.outerHTML.slice(0, 90))"""
"""Places whose words are wider than what shows of them, and cannot be scrolled to."""
ZOOMED = {"width": 640, "height": 450}
"""A laptop of 1280 by 900 at 200 %."""
WORKED_ON = (
    "/organise/events/datagedreven-werken/path/mail", "/organise/events/expeditie-2100/path/send",
    "/organise/events/datagedreven-werken/day/door", "/organise/events/datagedreven-werken/face",
    "/organise/events/datagedreven-werken/day/badges", "/organise/events/datagedreven-werken/letters/new",
    "/organise/networks/digitale-transformatie/face", "/organise/networks/digitale-transformatie/requests",
    "/organise/doubles/merge?keep=1&go=2",
)  # fmt: skip


@pytest.mark.parametrize(
    "size", [pytest.param(ZOOMED, id="zoomed"), pytest.param(PHONE, id="phone", marks=pytest.mark.faults)]
)
def test_nothing_is_cut_off_at_twice_the_size(visitor, size):
    organiser = visitor(viewport=size)
    organiser.sign_in("beheer@leerkring.example")
    page = organiser.page
    for address in (*PUBLIC, *ORGANISE, *WORKED_ON, "/organise/accounts", "/organise/log", "/organise/system"):
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            organiser.faults.append(f"{address}: scrolls sideways")
        organiser.faults += [f"{address}: cut off: {each}" for each in page.evaluate(_CUT_OFF)]
    organiser.faults = [fault for fault in organiser.faults if "status of 404" not in fault]


def test_two_people_who_may_be_one_stand_beside_each_other_on_a_phone(visitor):
    organiser = visitor(viewport=PHONE)
    organiser.sign_in("beheer@leerkring.example")
    page = organiser.go("/organise/doubles/merge?keep=1&go=2")
    frame = page.get_by_role("region", name="Vergelijking")
    assert frame.evaluate("each => each.scrollWidth <= each.clientWidth")
