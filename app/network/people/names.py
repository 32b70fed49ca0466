"""Names of people: cleaned, written, sorted as in the Netherlands, found without accents. name_reading.py reads them."""

import re
import unicodedata
from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app import folding
from app.network.people.name_words import FEMALE, INFIXES, LETTERS, MALE, OFFICES, OFFICES_FOR_NAMES
from app.plain_text import visible_text
from app.words import Worded

LONGEST_GREETING = 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_WORDS = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['’‘ʼ`´]")


class Doubt(Worded):
    """What a reader of names was not sure of."""

    CAPITALS = "capitals", _l("alles stond in hoofdletters of kleine letters")
    TURNED = "turned", _l("de achternaam lijkt voorop te staan")
    ORDER = "order", _l("het is niet duidelijk wat de achternaam is")
    REMARK = "remark", _l("er staat iets bij wat geen naam lijkt")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in its parts, each as its owner writes it."""

    given: str = ""
    """First names as they are used, or initials."""
    prefix: str = ""
    family: str = ""
    remark: str = ""
    """What stands behind the name and is kept with it: 'jr.', '(Oss)'."""
    titles: str = ""
    """Before the name: 'mw. drs.'."""
    letters: str = ""
    """Behind it: 'MSc'."""
    family_first: bool = False
    doubts: frozenset[Doubt] = frozenset()
    salutation: str = ""
    """How they are called where something else than the name says so."""

    @property
    def name(self) -> str:
        """As it stands on a page: 'Sanne de Vries'. A prefix with which a name begins has a capital (Taaladvies.net)."""
        family = _glued(self.prefix, self.family)
        if self.prefix and not self.given:
            family = _capital(family)
        parts = (self.family, self.given) if self.family_first else (self.given, family)
        return _joined(*parts, self.remark).replace(" ,", ",")

    @property
    def called(self) -> str:
        """The first name by which somebody is called; nothing when only initials are known, or the order is not."""
        if self.salutation or self.family_first or Doubt.ORDER in self.doubts:
            return self.salutation
        return next((word for word in self.given.split() if not is_initials(word)), "")

    @property
    def greeting(self) -> str:
        """What follows 'Dag': the called name, else the whole name, and 'meneer' or an office before a family name.

        Who reads what an office gets is a colleague, in the language of the moment.
        """
        if self.is_of_office:
            return gettext("collega")
        if self.called or self.given or Doubt.ORDER in self.doubts:
            return _shortened(self.called or self.name)
        return _shortened(_joined(_form_of_address(self.titles), self.name.removesuffix(self.remark).strip()))

    @property
    def is_of_office(self) -> bool:
        """Whether an office stands where a name would: 'Secretariaat', 'Griffie gemeente Oss'."""
        first = next(iter(_WORDS.findall(fold_name(self.name))), "")
        alone = not (self.titles or self.salutation)
        return alone and (first in OFFICES_FOR_NAMES or first.endswith(("secretariaat", "griffie")))

    @property
    def sorted(self) -> str:
        """As it stands in a list: 'Vries, Sanne de'. Prefixes do not count (NEN 3360)."""
        if self.family_first:
            return self.name
        prefix = self.prefix if self.given else self.prefix[:1].lower() + self.prefix[1:]
        return ", ".join(filter(None, (self.family, _joined(self.given, prefix, self.remark)))).replace(" ,", ",")

    @property
    def sort_key(self) -> str:
        """By which lists are ordered in both databases, byte by byte: family name, first name, prefix, no accents."""
        parts = (self.family, self.given, self.prefix, self.remark)
        return "  ".join(" ".join(_WORDS.findall(fold_name(part))) for part in parts).rstrip()[:120]

    @property
    def all_titles(self) -> str:
        """Titles and letters in one line, as they are kept."""
        return _joined(self.titles, self.letters)[:80]


def write_with_titles(name: str, titles: str) -> str:
    """'drs. Marie de Boer MSc', of a name and titles as they are kept."""
    words = titles.split()
    before = next((place for place, word in enumerate(words) if is_letters(word)), len(words))
    return _joined(*words[:before], name, *words[before:])


def is_letters(word: str) -> bool:
    """Whether a word is a degree behind a name: 'MSc', 'M.A.'."""
    plain = word.replace(".", "")
    return plain.lower() in LETTERS and (len(plain) > 2 or plain.isupper())


def is_initials(word: str) -> bool:
    """Whether a word is initials: 'J.A.', 'Th.', 'J', 'JP'; of capitals without dots three at most."""
    return (
        bool(_INITIALS.fullmatch(word)) and word[:1].isupper() and ("." in word or (word.isupper() and len(word) < 4))
    )


_OFFICE = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(OFFICES, key=len, reverse=True))})(?![\w-])", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]{1,4}\.-?)+[^\W\d_]?|[^\W\d_]{1,3}")


def clean_name(name: str) -> str:
    """A name on one line: what is not seen, control characters and double spaces gone, the rest as its owner writes it."""
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", visible_text(name))).split())


def name_of_address(address: str) -> str:
    """The name that an address spells, for somebody of whom nothing else is known: 'sanne.de.vries@…' is Sanne de Vries.

    What is no more than one word, as `info` or `svries`, stays as it is: its capital or parting would be a guess.
    """
    local = address.partition("@")[0]
    words = [word for word in re.split(r"[._]+", local.partition("+")[0]) if word]
    if len(words) < 2 or not all(word.replace("-", "").isalpha() for word in words):
        return local
    return _capital(" ".join(_word_of_name(word.lower()) for word in words))


def _word_of_name(word: str) -> str:
    if word in INFIXES:
        return word
    return f"{word.upper()}." if len(word) == 1 else "-".join(_capital(part) for part in word.split("-"))


def fold_name(text: str) -> str:
    """A name for searching: as fold_accents, and O'Neill is O’Neill is ONeill."""
    return _APOSTROPHES.sub("", folding.fold_accents(text))


def search_pattern(word: str) -> str:
    """What a folded text with this word in it is LIKE."""
    return f"%{fold_name(visible_text(word)).replace('%', '').replace('_', '')}%"


def search_words(text: str) -> list[str]:
    """The words by which a name is found, each once: "Sanne d'Hondt-de Vries" gives sanne, dhondt, vries."""
    found = _WORDS.findall(fold_name(text))
    telling = [word for word in found if word not in INFIXES] or found
    return list(dict.fromkeys(word[:60] for word in telling))


def _form_of_address(titles: str) -> str:
    """'meneer', 'wethouder' or nothing, of titles as they were written."""
    if office := _OFFICE.search(titles):
        return office[0]
    words = set(re.split(r"[\s./]+", titles.lower()))
    forms = [form for form, known in (("meneer", MALE), ("mevrouw", FEMALE)) if words & known]
    return forms[0] if len(forms) == 1 else ""


def _glued(prefix: str, family: str) -> str:
    return f"{prefix}{family}" if prefix.endswith(("'", "’")) else _joined(prefix, family)


def _capital(text: str) -> str:
    """With a capital; of 't Hart and 's-Gravesande the second letter stays small (Taaladvies.net)."""
    return text if text[:1] in "'’‘" else text[:1].upper() + text[1:]


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _shortened(text: str) -> str:
    return (
        text
        if len(text) <= LONGEST_GREETING
        else (text[:LONGEST_GREETING].rpartition(" ")[0] or text[:LONGEST_GREETING])
    )
