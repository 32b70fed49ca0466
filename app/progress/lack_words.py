"""What a report lacks, in words: the same on the page of organisers and in what was frozen, in the language of the reader."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.progress.contents import Lack, Lacking
from app.progress.models import Part

_SAYS = {
    Lack.WORDS: _l("Er staat nog niet wat er is gebeurd."),
    Lack.KOPPEL_WORDS: _l("Nog geen woord van %(name)s."),
    Lack.VACANT: _l("Vacant: %(name)s."),
    Lack.NO_INDICATOR: _l("Nog geen indicator."),
    Lack.TARGET: _l("‘%(name)s’ heeft nog geen streefwaarde."),
    Lack.READING: _l("‘%(name)s’ heeft nog geen cijfer van %(year)s."),
    Lack.OWNER: _l("‘%(name)s’ heeft geen eigenaar."),
    Lack.SIGNS: _l("Nog geen teken in deze periode voor %(name)s."),
    Lack.MONEY: _l("Nog geen bedragen van %(year)s."),
}
SPENT = "spent"
"""The name of amounts that are there but for what was spent."""
_NOT_KNOWN_SPENT = _l("Nog niet bekend wat er in %(year)s is uitgegeven.")
_NOTHING_NEXT = _l("Er staat nog niet wat we gaan doen.")
_WHOLE_KOPPEL = _l("Nog geen woord van het koppel.")


def say_by_theme(missing: list[Lacking], year: int) -> list[str]:
    """In a line for each theme, what is of the agenda as a whole before them."""
    lines: dict[str, list[str]] = {}
    for each in missing:
        lines.setdefault(each.theme or gettext("De hele agenda"), []).append(say_lack(each.kind, each.name, year))
    return [f"{about}: {' '.join(says)}" for about, says in lines.items()]


def say_lack(kind: Lack, name: str, year: int) -> str:
    """`name` is what Lacking says it is."""
    says = _SAYS[kind]
    if kind == Lack.WORDS and name == Part.NEXT:
        says = _NOTHING_NEXT
    elif kind == Lack.KOPPEL_WORDS and not name:
        says = _WHOLE_KOPPEL
    elif kind == Lack.MONEY and name == SPENT:
        says = _NOT_KNOWN_SPENT
    return str(says) % {"name": name, "year": year}
