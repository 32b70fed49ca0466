"""Values and refusals that carry their own words: what a reader sees of them stands beside them.

    class Vote(Worded):
        YES = "yes", _l("Ja"), "green"

    class BoardClosed(Refusal):
        says = _l("Het bord is gesloten.")

One without words, or with words that no catalogue translates, ends the import of its module.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import ClassVar, Self

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


class Refusal(Exception):
    """A rule says no: why, in words for whoever asked. `web/acting.py` shows them.

    `problem` tells which words, when a rule refuses for several reasons; `details` are the names in them.
    """

    says: ClassVar[LazyString | Mapping[str, LazyString]]
    tone: ClassVar[str] = "warning"
    """warning or error, as of any message above a page."""
    field: ClassVar[str] = ""
    """The field of a form that it is about."""

    def __init_subclass__(cls) -> None:
        texts = cls.all_words()
        if not texts or not all(isinstance(text, LazyString) for text in texts):
            raise TypeError(f"{cls.__name__} needs words that are translated when they are read")

    def __init__(self, problem: str = "", **details: object) -> None:
        super().__init__(problem)
        self.problem, self.details = problem, details

    @classmethod
    def all_words(cls) -> list[LazyString]:
        """Its words for every problem."""
        says = getattr(cls, "says", {})
        return list(says.values()) if isinstance(says, Mapping) else [says]

    @property
    def words(self) -> str:
        words = str(self.says[self.problem] if isinstance(self.says, Mapping) else self.says)
        return words % self.details if self.details else words
