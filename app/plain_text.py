"""What no text may hold, wherever it came from: a form, a list, a mail."""

import re

_NEVER = re.compile(r"[\x00\ud800-\udfff\ufffe\uffff]")


def storable_text(text: str) -> str:
    """Text without NUL, which PostgreSQL cannot store, and without halves of a pair and numbers that are no character.

    Of those one is enough to keep a spreadsheet or a Word file from being written (XML 1.0 section 2.2).
    """
    return _NEVER.sub("", text)
