"""What the columns of a list are, by their headings: as chosen, as known, or nearly so."""

import re
from functools import cache, lru_cache

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app import folding
from app.network.people.name_words import PREFIXES
from app.words import Worded

_ALIKE = 86
"""Likeness to a known heading, of 100, from which a heading is taken for it."""
_SHORTEST = 5
"""Letters from which a heading can be nearly a known one; 'rol' and 'rot' differ by one."""
_SHORTEST_WORD = 4
"""Letters of a word within a longer heading by which that is known: 'mail' and 'naam', not 'rol' and 'tot'."""
_LONGEST = 40
"""Characters of a heading; what is longer is a text that mentions a mailbox or a name."""


class Column(Worded):
    """What a column can be, with the headings by which it is known."""

    NAME = "name", _l("Naam"), {"naam", "volledige naam", "name", "deelnemer", "contactpersoon", "medewerker"}
    FIRST = (
        "first",
        _l("Voornaam"),
        {"voornaam", "voornamen", "roepnaam", "vrnm", "first name", "firstname", "given name"},
    )
    INFIX = (
        "infix",
        _l("Tussenvoegsel"),
        {
            "tussenvoegsel",
            "tussenvoegsels",
            "tussenv",
            "tv",
            "tussen",
            "voorvoegsel",
            "voorvoegsels",
            "prefix",
            "voorv",
            "vvgsl",
            "middle name",
        },
    )
    LAST = "last", _l("Achternaam"), {"achternaam", "last name", "lastname", "familienaam", "surname"}
    SALUTATION = "salutation", _l("Aanhef"), {"aanhef", "aanspreekvorm", "aanspreken als", "salutation"}
    ADDRESS = (
        "address",
        _l("Mailadres"),
        {"e-mail", "email", "e-mailadres", "emailadres", "mail", "mailadres", "e-mail adres", "email address"},
    )
    ORGANISATION = (
        "organisation",
        _l("Organisatie"),
        {
            "organisatie",
            "gemeente",
            "organisation",
            "organization",
            "municipality",
            "bedrijf",
            "bedrijfsnaam",
            "company",
            "instelling",
            "werkgever",
            "werkzaam bij",
            "werkt bij",
            "naam organisatie",
            "naam gemeente",
            "club",
        },
    )
    CODE = "code", _l("Gemeentecode"), {"gemeentecode", "cbs-code", "cbs code", "code"}
    ROLE = "role", _l("Rol"), {"rol", "soort functie", "role", "doelgroep"}
    TITLE = "title", _l("Functie"), {"functie", "functietitel", "titel", "position", "job title"}
    PHONE = (
        "phone",
        _l("Telefoon"),
        {
            "telefoon",
            "telefoonnummer",
            "tel",
            "tel nr",
            "telnr",
            "mobiel",
            "mobiele nummer",
            "mobiel nummer",
            "gsm",
            "mobiele telefoon",
            "telefoon mobiel",
            "telefoon werk",
            "phone",
            "phone number",
            "mobile",
        },
    )
    LANGUAGE = "language", _l("Taal"), {"taal", "language"}
    STARTS_ON = (
        "starts_on",
        _l("Vanaf"),
        {"vanaf", "sinds", "begindatum", "startdatum", "in functie sinds", "from", "lid sinds", "in dienst sinds"},
    )
    ENDS_ON = (
        "ends_on",
        _l("Tot en met"),
        {"tot", "tot en met", "t/m", "einddatum", "until", "in dienst tot", "uit dienst", "lid tot"},
    )

    headings: set[str]

    def __init__(self, value: str, words: LazyString, headings: set[str]):
        super().__init__(value, words)
        self.headings = headings


_ASIDE = {
    "nr", "nummer", "volgnummer", "rij", "row", "no", "laatst gezien", "laatst gesproken", "laatste contact", "laatst ingelogd",
    "laatst gewijzigd", "last seen", "last login", "last modified",
}  # fmt: skip
"""Headings of what says nothing of a person that is kept: passed over without a word, and taken for nothing else."""
_INITIALS = {"voorletter", "voorletters", "voorl", "initialen", "initials"}
"""Headings of what stands for a first name only where no column has it."""


def columns_of_heading(heading: list[str], chosen: dict[str, str], rows: list[list[str]]) -> dict[str, str]:
    """Heading → column: as chosen, else as known, else nearly so, else as its first rows tell; empty to pass it over.

    A heading that is exactly known goes before one that is nearly so, wherever they stand.
    """
    titles = list(dict.fromkeys(title for title in heading if title))
    found = {title: "" for title in titles if is_known_aside(title)}
    found |= {title: chosen[title] for title in titles if title in chosen}
    for recognise in (_known_column, _initials_column, near_column, _column_within):
        for title in titles:
            column = recognise(title)
            if title not in found and column and column not in found.values():
                found[title] = column
    if not all(title in chosen for title in titles):
        found |= _columns_by_content(heading, titles, found, rows)
    taken: set[str] = set()
    for title in titles:
        column = found.get(title, "")
        found[title] = "" if column in taken else column
        taken.add(column)
    return {title: found[title] for title in titles}


@lru_cache(maxsize=10_000)
def near_column(title: str) -> str:
    """The column that a heading names, exactly or nearly; empty when it names none."""
    from rapidfuzz import fuzz, process

    if exact := _known_column(title):
        return exact
    for part in (_plain(title), *map(_plain, re.split(r"[/(|,]", title))):
        if part in _known():
            return _known()[part]
        near = process.extractOne(part, _known().keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if near and len(part) >= _SHORTEST:
            return _known()[near[0]]
    return ""


def is_known_aside(title: str) -> bool:
    """Whether a heading is one that lists have and nobody needs: a number, when somebody was last seen."""
    return _plain(title) in _ASIDE


def likely_column(title: str) -> str:
    """The column that a heading names, or that a word of it does."""
    return near_column(title) or _column_within(title)


def _known_column(title: str) -> str:
    return _known().get(_plain(title), "")


def _column_within(title: str) -> str:
    """The one column that a word of a longer heading names: 'Mailadres werk', 'E-mail contactpersoon', 'Raadslid sinds'."""
    if len(title) > _LONGEST:
        return ""
    found = {_known()[word] for word in _plain(title).split() if len(word) >= _SHORTEST_WORD and word in _known()}
    found -= {Column.CODE} | ({Column.NAME} if len(found) > 1 else set())
    return found.pop() if len(found) == 1 else ""


def _initials_column(title: str) -> str:
    return Column.FIRST if _plain(title) in _INITIALS else ""


def _columns_by_content(
    heading: list[str], titles: list[str], found: dict[str, str], rows: list[list[str]]
) -> dict[str, str]:
    """What the cells say of columns that the headings leave open."""
    more: dict[str, str] = {}
    if Column.INFIX not in found.values() and Column.LAST in found.values():
        more |= _prefix_column(heading, [title for title in titles if title not in found], rows)
    if Column.ADDRESS not in found.values():
        more |= _address_column(heading, titles, rows)
    return more | _family_column(heading, found | more, rows)


def _prefix_column(heading: list[str], free: list[str], rows: list[list[str]]) -> dict[str, str]:
    """The column, whatever it is called, that holds nothing but 'van', 'de' and the like: never passed over by itself."""
    for title in free:
        cells = [cell.casefold() for cell in _cells_below(heading, title, rows)]
        if cells and all(word in PREFIXES for cell in cells for word in cell.split()):
            return {title: Column.INFIX}
    return {}


def _address_column(heading: list[str], titles: list[str], rows: list[list[str]]) -> dict[str, str]:
    """The column, whatever it is called, of which most cells hold an address; names may stand beside them."""
    for title in titles:
        cells = _cells_below(heading, title, rows)
        if cells and sum("@" in cell for cell in cells) * 2 > len(cells):
            return {title: Column.ADDRESS}
    return {}


def _family_column(heading: list[str], found: dict[str, str], rows: list[list[str]]) -> dict[str, str]:
    """'Naam' beside a column of first names or prefixes: the family name, unless what stands there stands in it as well."""
    title = {column: title for title, column in reversed(found.items())}
    if Column.NAME not in title or Column.LAST in title or not {Column.FIRST, Column.INFIX} & set(title):
        return {}
    whole = heading.index(title[Column.NAME])
    places = [heading.index(title[each]) for each in (Column.FIRST, Column.INFIX) if each in title]
    for row in rows:
        parts = {word for place in places for word in _plain(_cell(row, place)).split()}
        if parts and _cell(row, whole):
            return {} if parts <= set(_plain(_cell(row, whole)).split()) else {title[Column.NAME]: Column.LAST}
    return {}


def _cells_below(heading: list[str], title: str, rows: list[list[str]]) -> list[str]:
    return [cell for row in rows if (cell := _cell(row, heading.index(title)))]


def _cell(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


@cache
def _known() -> dict[str, str]:
    return {_plain(title): column.value for column in Column for title in column.headings}


def _plain(title: str) -> str:
    """A heading without accents, signs and what is between them; 'E-mail*' is 'e mail'."""
    return " ".join(re.sub(r"[\W_]+", " ", folding.fold_accents(title)).split())
