"""Enumerations whose values carry their own words: what a reader sees of a value stands beside it.

    class Vote(Worded):
        YES = "yes", _l("Ja"), "green"

A value without words, or with words that no catalogue translates, ends the import of its module.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Self

from flask_babel import ngettext
from flask_babel.speaklater import LazyString


class Worded(StrEnum):
    """A value with its words in the language of the reader, and the tone of a badge that shows it."""

    words: LazyString
    tone: str
    """quiet, accent, green, amber or red: the classes badge--… of the styles."""

    def __new__(cls, value: str, *_: object) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        return member

    def __init__(self, _value: str, words: LazyString | None = None, tone: str = "quiet") -> None:
        if not isinstance(words, LazyString):
            raise TypeError(f"{type(self).__name__}.{self._name_} needs words that are translated when they are read")
        self.words = words
        self.tone = tone


class Counted(StrEnum):
    """A value of which there are a number, with its words for one of them and for more."""

    words: Callable[[int], str]

    def __new__(cls, value: str, words: Callable[[int], str] = str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member


def ngettext_l(one: str, many: str) -> Callable[[int], str]:
    """Words that depend on a number, translated when they are asked for."""
    return lambda number: ngettext(one, many, number)
