"""Help in a browser: what a visitor finds, and pictures that are of the pages as they are (`make screenshots`)."""

import io
import os

import pytest
from PIL import Image

from app.help.tasks import PICTURES, TASKS
from tests.browser.conftest import PHONE, expect, walked_on
from tests.databases import application
from tests.help import pictured
from tests.help.pictured import HOST, LANGUAGES, QUALITY, SHARPNESS, Demo

LOCALES = {"nl": "nl-NL", "en": "en-GB"}
LIGHT = 60_000
"""Bytes of the first view of a page, without its picture."""


@pytest.fixture(scope="module")
def demo(databases, tmp_path_factory) -> Demo:
    url = databases.with_demo_at_standstill("sqlite")
    return Demo(application(url, tmp_path_factory.mktemp("help"), BASE_URL=HOST, SITE_NAME="Leerkring"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.slug)
def test_the_picture_shows_the_page_as_it_is(request, demo, task, language):
    """With SCREENSHOTS=1 it is taken first."""
    address = demo.address(task, language)
    with demo.ask(address, language) as page:
        assert page.status_code == 200
        text = pictured.read_main(page.text)
    kept = pictured.TEXTS / f"{task.slug}.{language}.txt"
    if os.environ.get("SCREENSHOTS"):
        _take(request.getfixturevalue("chromium"), demo, task, language)
        kept.write_text(text)
    assert text == kept.read_text(), f"{address} is not what its picture in the help shows: run 'make screenshots'"


def _take(chromium, demo, task, language) -> None:
    """The top of the main part of the page, which the application answers itself, at its standstill."""
    context = chromium.new_context(
        viewport={"width": task.size.width, "height": 2000}, device_scale_factor=SHARPNESS, locale=LOCALES[language]
    )
    page = context.new_page()

    def answer(route) -> None:
        with demo.ask(route.request.url.removeprefix(HOST), language) as given:
            route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.data)

    page.route("**/*", answer)
    page.goto(HOST + demo.address(task, language))
    page.evaluate("document.fonts.ready")
    top = page.locator("main").bounding_box()["y"]
    clip = {"x": 0, "y": top, "width": task.size.width, "height": task.size.height}
    taken = page.screenshot(clip=clip, full_page=True)
    context.close()
    Image.open(io.BytesIO(taken)).convert("RGB").save(PICTURES / task.picture(language), quality=QUALITY, method=6)


@walked_on("sqlite")
def test_a_visitor_is_helped_where_the_question_arises(visitor):
    reader = visitor(viewport=PHONE)
    page = reader.go("/subscribe")
    reader.press("Hulp Sessies in je eigen agenda", "link")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sessies in je eigen agenda")
    picture = page.get_by_role("img", name="De pagina met agenda’s om te volgen")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.pictured img').naturalWidth > 0")
    reader.press("Alle hulp", "link")
    page.get_by_label("Zoek in de hulp").fill("etiketten")
    reader.press("Zoek")
    reader.press("Badges en naamkaarten maken", "link")
    expect(page.get_by_role("heading", level=1)).to_have_text("Badges en naamkaarten maken")


@walked_on("sqlite")
def test_an_organiser_is_helped_beside_a_heading_and_in_the_menu(visitor):
    organiser = visitor()
    organiser.sign_in()
    page = organiser.go("/organise/events/datagedreven-werken/day/badges")
    organiser.press("Hulp Badges en naamkaarten maken", "link")
    expect(page.get_by_role("heading", level=1)).to_have_text("Badges en naamkaarten maken")
    organiser.go("/organise")
    organiser.press_in_menu("Hulp")
    expect(page.get_by_role("heading", name="Organiseer je sessies?")).to_be_visible()


@walked_on("sqlite")
def test_the_first_view_is_light(visitor):
    reader = visitor(viewport=PHONE)
    loaded = []
    reader.page.on("requestfinished", lambda request: loaded.append(request))
    reader.go("/help/at-the-door")
    weights = {each.url: each.sizes()["responseBodySize"] for each in loaded if not each.url.endswith(".webp")}
    assert sum(weights.values()) <= LIGHT, weights
