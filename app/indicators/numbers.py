"""Numbers as people write them in Dutch: '19.284', '1.624,5', '€ 12', '-1.499'; and how we write them."""

import re
from decimal import Decimal

from babel.numbers import format_decimal
from flask_babel import lazy_gettext as _l

from app.translating import language
from app.words import Refusal

LARGEST = Decimal(10) ** 11
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d{1,2})?")
_IN_A_ROW = re.compile(r"[-−–]?\(?(?<![\d.,])\d[\d.,]*\)?(?!\S)")
_NOTHING = {"", "-"}
_MINUS = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u202f": " "})


class NotANumber(Refusal):
    """A text is no number that can mean one thing only."""

    says = {
        "number": _l("Dit is geen getal. Schrijf het als 1.624,5."),
        "point": _l("‘%(text)s’ kan twee dingen zijn. Schrijf een komma voor de cijfers achter de komma, zoals 1,5."),
        "large": _l("Dit getal is te groot."),
    }


def read_number(text: str) -> Decimal:
    """The number that a text says. Raises NotANumber, also for '1.5', which may be one and a half or a slip."""
    bare = text.translate(_MINUS).replace("€", "").replace("%", "").replace(" ", "").strip()
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    if not _NUMBER.fullmatch(bare):
        raise NotANumber("point" if re.fullmatch(r"-?\d+\.\d+", bare) else "number", text=text[:40])
    number = Decimal(bare.replace(".", "").replace(",", "."))
    if abs(number) >= LARGEST:
        raise NotANumber("large")
    return number


def read_row(text: str) -> tuple[str, Decimal, list[Decimal | None]]:
    """A row as it was copied from a table: the words before its first number, that number, and those after it.

    Only a row of a spreadsheet, with tabs, tells that a cell is empty: that is None. Raises NotANumber.
    """
    row = text.translate(_MINUS)
    begin = _IN_A_ROW.search(row)
    if begin is None:
        raise NotANumber("number")
    first, *rest = _cells(row[begin.start() :].strip())
    words = row[: begin.start()].strip(" \t|:€")
    return words, read_number(first), [None if each in _NOTHING else read_number(each) for each in rest]


def _cells(text: str) -> list[str]:
    if "\t" in text:
        return [each.strip(" |;€") for each in text.split("\t")]
    return [each for each in re.split(r"[\s|;€]+", text) if each]


def format_figure(number: Decimal | int) -> str:
    """A figure as the reader's language writes it, without decimals that say nothing."""
    return format_decimal(number, format="#,##0.##", locale=language())
