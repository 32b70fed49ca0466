"""The house itself: both languages are complete, the settings are documented. 'make lint' says the rest of it."""

import re

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.outbox import message_writing
from app.outbox.kinds import IN_OWN_WORDS
from app.settings import ROOT, SETTINGS
from tests import picture


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
    assert targets - told == {"help", "chromium", "dovecot", "postfix", "pango"}
    assert told <= targets


def test_the_picture_of_the_architecture_is_what_the_code_draws():
    assert picture.PICTURE.read_text() == picture.draw(), "make picture"


def test_every_letter_of_a_network_has_somebody_who_writes_it(app):
    """Without one a planned mail would fail when it is due."""
    assert [kind for kind in IN_OWN_WORDS.values() if not message_writing.has_writer(kind)] == []
