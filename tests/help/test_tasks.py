"""Help says what there is: every task has its words in both languages, is linked where its question arises, names what exists."""

import re
from functools import cache

import pytest
from babel.messages.pofile import read_po
from PIL import Image

from app.help import tasks
from app.help.tasks import PICTURES, TASKS, WORDS
from app.settings import ROOT
from app.web import doors
from tests.help.pictured import LANGUAGES, PAGES, SHARPNESS, TEXTS

pytestmark = pytest.mark.one_database

FEW, MANY = 40, 260
"""Words of a page of help: fewer explain nothing, more are not read."""
EACH = [pytest.param(task, language, id=f"{task.slug}-{language}") for task in TASKS for language in LANGUAGES]


@cache
def _said(language: str) -> list[re.Pattern[str]]:
    """Every text of the pages in a language, whatever is filled in."""
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        messages = [each for each in read_po(file) if each.id]
    texts = [each.id if language == "nl" else each.string for each in messages]
    flat = [text for each in texts for text in ([each] if isinstance(each, str) else each)]
    return [re.compile(re.sub(r"%\\\((\w+)\\\)s|%\(\w+\)s", ".+", re.escape(text))) for text in flat]


@pytest.mark.parametrize(("task", "language"), EACH)
def test_every_task_has_a_short_page(client, task, language):
    page = client.get(f"/help/{task.slug}", headers={"Accept-Language": language})
    words = task.words(language)
    assert page.status_code == 200
    assert f'lang="{language}"' in page.text
    assert FEW <= len(words.split()) <= MANY


@pytest.mark.parametrize(("task", "language"), EACH)
def test_what_stands_in_bold_is_on_a_page(task, language):
    """A button that gets another name gets it in the help too."""
    named = re.findall(r"\*\*(.+?)\*\*", task.words(language))
    assert named, "steps name what to press"
    assert [each for each in named if not any(text.fullmatch(each) for text in _said(language))] == []


@pytest.mark.parametrize(("task", "language"), EACH)
def test_links_lead_somewhere(client, task, language):
    for address in re.findall(r"\]\((.+?)\)", task.words(language)):
        assert client.get(address).status_code == 200, address


def test_both_languages_have_the_same_steps():
    def shape(task, language):
        return re.findall(r"^(## |\d\.)", task.words(language), re.MULTILINE)

    assert [task.slug for task in TASKS if shape(task, "nl") != shape(task, "en")] == []


def test_pages_of_a_task_exist_and_have_one_task_each(app):
    named = [page for task in TASKS for page in task.pages]
    opened = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    assert [page for page in named if page not in opened] == []
    assert len(named) == len(set(named))
    assert [task.slug for task in TASKS if not task.pages] == []


def test_the_picture_is_of_a_page_of_its_task(app):
    adapter = app.url_map.bind("")
    for task in TASKS:
        page = PAGES[task.slug]
        if isinstance(page, str):
            assert adapter.match(page)[0] in task.pages, task.slug
    assert PAGES.keys() == {task.slug for task in TASKS}


def test_every_page_of_a_task_links_its_help():
    """As the pictured ones do, in either language."""
    for task in TASKS:
        for language, help in (("nl", "Hulp"), ("en", "Help")):
            assert f"\n{help}\n" in f"\n{(TEXTS / f'{task.slug}.{language}.txt').read_text()}"


def test_pictures_have_the_size_that_pages_say_and_are_light():
    for task in TASKS:
        for language in LANGUAGES:
            path = PICTURES / task.picture(language)
            with Image.open(path) as picture:
                assert picture.size == (task.size.width * SHARPNESS, task.size.height * SHARPNESS), path.name
            assert path.stat().st_size < 60_000, path.name


def test_nothing_is_left_of_tasks_that_are_gone():
    names = {f"{task.slug}.{language}" for task in TASKS for language in LANGUAGES}
    assert {path.stem for path in WORDS.glob("*.md")} == names
    assert {path.stem for path in PICTURES.glob("*.webp")} == names
    assert {path.stem for path in TEXTS.glob("*.txt")} == names


def test_tasks_are_listed_by_who_has_them(client):
    page = client.get("/help").text
    parts = re.split(r"<h2[^>]*>", page)[1:]
    assert [part.split("</h2>")[0] for part in parts] == [
        "Doe je mee?",
        "Organiseer je sessies?",
        "Beheer je de site?",
    ]
    for part, reader in zip(parts, tasks.For, strict=True):
        for task in TASKS:
            assert (f'href="/help/{task.slug}"' in part) == (task.reader is reader)


def test_searching_leaves_what_holds_every_word(client):
    found = client.get("/help?q=WACHTLIJST+vol").text
    assert "/help/answer-an-invitation" in found
    assert "/help/badges" not in found
    assert "Beheer je de site?" not in found
    assert 'value="WACHTLIJST vol"' in found
    assert "Niets gevonden" in client.get("/help?q=kwantumfysica").text


def test_what_is_no_task_is_not_found(client):
    assert client.get("/help/quantum-physics").status_code == 404


def test_help_is_kept_for_visitors(app):
    kept = {name: app.view_functions[f"help.{name}"].page.kept for name in ("list_tasks", "show_task")}
    assert kept == {"list_tasks": ("q",), "show_task": ()}
    assert isinstance(app.view_functions["help.show_task"].page.door, doors.PublicPages)
