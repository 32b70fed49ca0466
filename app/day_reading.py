"""Days as Excel and people write them, in a list and on a form: '1-mrt-2024', 'per 1 maart 2024', 'mei 2023', 45352."""

import calendar
import re
from datetime import date, timedelta
from functools import lru_cache

_EXCEL_EPOCH = date(1899, 12, 30)
_MONTHS = (
    ("januari", "january", "jan"), ("februari", "february", "feb", "febr"), ("maart", "march", "mrt", "mar", "maa"),
    ("april", "apr"), ("mei", "may"), ("juni", "june", "jun"), ("juli", "july", "jul"), ("augustus", "august", "aug"),
    ("september", "sept", "sep"), ("oktober", "october", "okt", "oct"), ("november", "nov"), ("december", "dec"),
)  # fmt: skip
_NUMBER_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}
_AROUND = re.compile(
    r"^(?:(?:per|vanaf|sinds|van|tot|tot en met|t/m|ca|circa|from|since|until)\b\.?\s*)?"
    r"(?:(?:ma|di|wo|do|vr|za|zo|maan|dins|woens|donder|vrij|zater|zon)(?:dag)?\b[.,]?\s+)?"
)
_MOMENT = re.compile(r"[ t]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?z?$")
_LAST_OF_THIS_CENTURY = 69
"""Years of two digits up to this one are of this century (POSIX strptime)."""


@lru_cache(maxsize=10_000)
def read_day(text: str, *, last: bool = False) -> date | None:
    """The day that is meant; None for an empty cell. Of a month or year alone the first day, or the `last`.

    Raises ValueError for anything else; a day comes before its month, as it does here.
    """
    plain = _MOMENT.sub("", _AROUND.sub("", " ".join(text.lower().split())))
    if not plain:
        return None
    if plain.isdecimal() and 20_000 < int(plain) < 80_000:
        return _EXCEL_EPOCH + timedelta(days=int(plain))
    parts = re.findall(r"\d+|[^\W\d_]+", re.sub(r"(?<=\d)(?:e|ste|de|st|nd|rd|th)\b", "", plain))
    if plain.isdecimal() and len(plain) == 8:
        parts = [plain[:4], plain[4:6], plain[6:]]
    if not 1 <= len(parts) <= 3 or re.sub(r"[\w\s./,\u2019'\u2013-]", "", plain):
        raise ValueError(text)
    return _day_of(parts, last, text)


def read_whole_day(text: str) -> date:
    """The day that is meant where a month or year alone says too little. Raises ValueError."""
    first = read_day(text)
    if first is None or first != read_day(text, last=True):
        raise ValueError(text)
    return first


def _day_of(parts: list[str], last: bool, text: str) -> date:
    if len(parts) == 3 and len(parts[0]) == 4:
        parts = parts[::-1]
    if len(parts) == 3 and parts[0] in _NUMBER_OF:  # 'March 1, 2024'
        parts = [parts[1], parts[0], parts[2]]
    year = _year(parts[-1], text)
    month = _month(parts[-2], text) if len(parts) > 1 else (12 if last else 1)
    if len(parts) == 3:
        return date(year, month, _number(parts[0], text))
    if len(parts[-1]) != 4 and not (len(parts) == 2 and parts[0] in _NUMBER_OF):
        raise ValueError(text)
    return date(year, month, calendar.monthrange(year, month)[1] if last else 1)


def _year(word: str, text: str) -> int:
    number = _number(word, text)
    if len(word) == 4:
        return number
    if len(word) != 2:
        raise ValueError(text)
    return number + (2000 if number < _LAST_OF_THIS_CENTURY else 1900)


def _month(word: str, text: str) -> int:
    number = _NUMBER_OF.get(word) or _number(word, text)
    if not 1 <= number <= 12:
        raise ValueError(text)
    return number


def _number(word: str, text: str) -> int:
    if not (word.isascii() and word.isdecimal()):
        raise ValueError(text)
    return int(word)
