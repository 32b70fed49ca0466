"""What no text may hold, wherever it came from: a form, a list, a mail."""

import re

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029]")
_NEVER = re.compile(r"[\x00\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile(
    r"[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
    r"|(?<![\u0250-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0250-\U0010ffff])"
)
"""Characters without a shape, and those that turn the direction of a text (UAX 9). Joiners stay where they join: in
scripts that need them and between emoji."""

_NOTHING = {
    *(
        "#n/b",
        "#n/a",
        "#verw!",
        "#ref!",
        "#waarde!",
        "#value!",
        "#naam?",
        "#name?",
        "#null!",
        "#leeg!",
        "#div/0!",
        "#deel/0!",
    ),
    *("-", "--", "–", "—", "?", "n.v.t.", "n.v.t", "nvt", "n.b.", "n/a", "n.n.b.", "onbekend", "unknown", "geen"),
    *("vacature", "vacant", "vacature!"),
}
"""What people and Excel write in a cell where there is nothing to say."""


def storable_text(text: str) -> str:
    """Text without NUL, which PostgreSQL cannot store, and without halves of a pair and numbers that are no character.

    Of those one is enough to keep a spreadsheet or a Word file from being written (XML 1.0 section 2.2).
    """
    return _NEVER.sub("", text)


def visible_text(text: str) -> str:
    """Storable text without what nobody sees, which comes along when something is copied from a page or a mail."""
    return _INVISIBLE.sub("", storable_text(text))


def says_nothing(text: str) -> bool:
    """Whether a text only fills a place where there is nothing to say."""
    return text.casefold() in _NOTHING


def clean_calendar_text(value: str) -> str:
    """Text without the control characters that the library lets through (RFC 5545 section 3.3.11)."""
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
