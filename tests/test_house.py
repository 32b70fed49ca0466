"""The house itself: imports run downwards, types fit, both languages are complete, the settings are documented."""

import re
import subprocess

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.settings import ROOT, SETTINGS


def _run(*command: str) -> str:
    done = subprocess.run([ROOT / ".venv" / "bin" / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_imports_run_downwards():
    assert _run("lint-imports") == ""


def test_source_is_tidy():
    assert _run("ruff", "check", ".") + _run("ruff", "format", "--check", ".") == ""


def test_types_fit():
    assert _run("mypy", "--no-error-summary", "app") == ""


def test_nothing_is_left_unchecked_without_a_reason():
    marks = [
        (path.name, mark[0])
        for path in (ROOT / "app").rglob("*.py")
        for mark in re.finditer(r"# type: ignore.*", path.read_text())
    ]
    assert [mark for mark in marks if not re.fullmatch(r"# type: ignore\[[a-z, -]+\]  # \w.+", mark[1])] == []


def test_every_text_has_its_english():
    with (ROOT / "app/translations/sources.cfg").open() as file:
        mapping, options = parse_mapping_cfg(file)
    found = extract_from_dir(
        ROOT,
        mapping,
        options,
        keywords={"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)},
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
