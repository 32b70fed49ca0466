"""The house itself: both languages are complete, the documentation names what there is. 'make lint' says the rest of it."""

import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.database import db
from app.outbox import message_writing
from app.outbox.kinds import IN_OWN_WORDS
from app.settings import ROOT, SETTINGS
from tests import picture
from tests.conftest import turn_of
from tests.databases import KINDS

FOR_DEVELOPERS = ("CONTRIBUTING.md", "docs/architecture.md", "docs/developing.md")
OURS = ("app", "bench", "docs", "mail_templates", "migrations", "templates", "tests")
NOT_OURS = {"GET", "HMAC", "grep", "rn", "rnw", "robots", "txt"}
"""Words between backquotes that are no names of this program."""


def test_nothing_is_left_unchecked_without_a_reason():
    marks = [
        (path.name, mark[0])
        for path in (ROOT / "app").rglob("*.py")
        for mark in re.finditer(r"# type: ignore.*", path.read_text())
    ]
    assert [mark for mark in marks if not re.fullmatch(r"# type: ignore\[[a-z, -]+\]  # \w.+", mark[1])] == []


def test_no_view_takes_back_by_hand_what_a_rule_refused():
    views = [path for path in (ROOT / "app").rglob("*views.py") if "rollback" in path.read_text()]
    assert views == [], "web/acting.py does, and says why"


def test_no_log_takes_the_words_of_an_error():
    """A database says in them what stood in the row that it refused; what one_by_one.describe_error says names nobody."""
    takes = re.compile(r"\.exception\(|exc_info|format_exc\b|print_exc\b")
    assert [path.name for path in (ROOT / "app").rglob("*.py") if takes.search(path.read_text())] == []


@pytest.mark.one_database
def test_nothing_that_is_kept_for_good_was_found_out_about_a_row(app):
    """What a process keeps outlives the request, and with it the row and whatever was true of it."""
    modules = [module for name, module in sys.modules.items() if name.startswith("app.")]
    kept = {each for module in modules for each in vars(module).values() if type(each) is type(cache(len))}
    assert kept
    models = [mapper.class_ for mapper in db.Model.registry.mappers]
    rows = {*models, *(each.__name__ for each in models)}
    about_rows = [each.__qualname__ for each in kept if {*each.__wrapped__.__annotations__.values()} & rows]
    assert about_rows == []


def test_sources_refer_to_modules_that_exist():
    """As 'outbox/message_writing.py' in a docstring: such a name outlives the file unless somebody looks."""
    named = {
        (path.name, each)
        for path in (ROOT / "app").rglob("*.py")
        for each in re.findall(r"(?<![\w/.…<>-])[a-z_][\w/]*\.py\b", path.read_text())
    }
    assert sorted(each for each in named if not _exists(each[1])) == []


def test_every_text_has_its_english():
    with (ROOT / "app/translations/sources.cfg").open() as file:
        mapping, options = parse_mapping_cfg(file)
    found = extract_from_dir(
        ROOT,
        mapping,
        options,
        keywords={
            "_": None,
            "_l": None,
            "gettext": None,
            "lazy_gettext": None,
            "ngettext": (1, 2),
            "ngettext_l": (1, 2),
        },
    )
    texts = {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    translated = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id
        and not message.fuzzy
        and (all(message.string) if isinstance(message.string, tuple) else message.string)
    }
    assert sorted(texts - translated) == []
    assert sorted(translated - texts) == []


def test_every_setting_is_in_the_documentation():
    text = (ROOT / "docs" / "settings.md").read_text()
    assert [setting.name for setting in SETTINGS if f"`{setting.name}`" not in text] == []


def test_every_target_for_people_is_in_the_help_of_make():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(" ".join(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)).split())
    told = set(re.findall(r"^## (\w+) ", makefile, re.MULTILINE))
    parts = {
        "layout",
        "imports",
        "machine",
        "compiled",
        "databases",
        "chromium",
        "dovecot",
        "postfix",
        "pango",
    }
    assert targets - told == {"help", *parts}
    assert told <= targets


@pytest.mark.parametrize("page", FOR_DEVELOPERS)
def test_documentation_names_what_there_is(page):
    """Every command, path and name between backquotes, and the commands set apart; what holds … or <…> stands for many."""
    text = (ROOT / page).read_text()
    quoted = {each for each in re.findall(r"`([^`\n]+)`", text) if not re.search(r"[<…]|^[./]", each)}
    quoted |= set(re.findall(r"^    (make \w+)", text, re.MULTILINE))
    assert sorted(each for each in quoted if not _exists(each)) == []


def _exists(quoted: str) -> bool:
    if quoted.startswith("make "):
        return bool(re.search(rf"^\.PHONY:.* {quoted.split()[1]}\b", (ROOT / "Makefile").read_text(), re.MULTILINE))
    if re.fullmatch(r"[\w.-]+/[\w./-]*|[\w-]+\.(py|md|html|mjs|cfg|svg)", quoted):
        return any(f"/{path}".endswith(f"/{quoted.rstrip('/')}") for path in _paths())
    return set(re.findall(r"[A-Za-z_]\w*", quoted)) <= _words() | NOT_OURS


@cache
def _paths() -> set[str]:
    """All files and folders of the program, and what lies beside them."""
    found = [*ROOT.iterdir(), *(path for name in OURS for path in (ROOT / name).rglob("*"))]
    return {path.relative_to(ROOT).as_posix() for path in found}


@cache
def _words() -> set[str]:
    """Every word in the sources and in the names of files."""
    sources = [ROOT / path for path in _paths() if path.endswith((".py", ".html", ".cfg", "Makefile"))]
    texts = [path.read_text() for path in sources if not path.samefile(__file__)]
    return {word for text in [*texts, *_paths()] for word in re.findall(r"\w+", text)}


def test_the_picture_of_the_architecture_is_what_the_code_draws():
    assert picture.PICTURE.read_text() == picture.draw(), "make picture"


def test_every_letter_of_a_network_has_somebody_who_writes_it(app):
    """Without one a planned mail would fail when it is due."""
    assert [kind for kind in IN_OWN_WORDS.values() if not message_writing.has_writer(kind)] == []


def test_files_of_one_database_take_turns(request):
    """What says the same on either runs on one of them; were that the same one for all, the other would say nothing."""
    files = [each for each in (ROOT / "tests").rglob("test_*.py") if "mark.one_database" in each.read_text()]
    turns = Counter(turn_of(each) for each in files if each.name != Path(__file__).name)
    assert {kind: turns[kind] >= len(files) // 3 for kind in KINDS} == dict.fromkeys(KINDS, True)
