"""What people call organisations besides their names: nicknames, abbreviations, initials."""

import re
from collections.abc import Iterable
from functools import cache

from app import folding

NICKNAMES = {
    "den bosch": "'s-Hertogenbosch",
    "s hertogenbosch": "'s-Hertogenbosch",
    "nuenen": "Nuenen, Gerwen en Nederwetten",
    "gilze": "Gilze en Rijen",
    "rijen": "Gilze en Rijen",
    "reusel": "Reusel-De Mierden",
    "son": "Son en Breugel",
    "geldrop": "Geldrop-Mierlo",
    "gemert": "Gemert-Bakel",
    "heeze": "Heeze-Leende",
    "valkenburg": "Valkenburg aan de Geul",
    "provincie brabant": "Provincie Noord-Brabant",
    "brabantse gemeenten": "Vereniging van Brabantse Gemeenten (VBG)",
    "binnenlandse zaken": "Ministerie van Binnenlandse Zaken en Koninkrijksrelaties",
}
"""Names that people use in lists, plain as `name_key` makes them; a match is proposed, never assumed."""
ABBREVIATIONS = {
    "boz": "Bergen op Zoom",
    "loz": "Loon op Zand",
    "lvc": "Land van Cuijk",
    "pnb": "Provincie Noord-Brabant",
    "bzk": "Ministerie van Binnenlandse Zaken en Koninkrijksrelaties",
    "minbzk": "Ministerie van Binnenlandse Zaken en Koninkrijksrelaties",
    "uvw": "Unie van Waterschappen",
    "wsbd": "Waterschap Brabantse Delta",
    "wbd": "Waterschap Brabantse Delta",
    "wdd": "Waterschap De Dommel",
    "wsdd": "Waterschap De Dommel",
    "wsam": "Waterschap Aa en Maas",
    "wam": "Waterschap Aa en Maas",
    "wsrl": "Waterschap Rivierenland",
    "tue": "Technische Universiteit Eindhoven",
    "tu e": "Technische Universiteit Eindhoven",
    "tu eindhoven": "Technische Universiteit Eindhoven",
    "uvt": "Tilburg University",
    "tiu": "Tilburg University",
    "mre": "Metropoolregio Eindhoven",
    "rwb": "Regio West-Brabant",
    "rhvb": "Regio Hart van Brabant",
    "rnob": "Regio Noordoost Brabant",
    "vrmwb": "Veiligheidsregio Midden- en West-Brabant",
    "vrbn": "Veiligheidsregio Brabant-Noord",
    "vrbzo": "Veiligheidsregio Brabant-Zuidoost",
}
"""Abbreviations that the organisations use themselves, for whom they are names (their sites, 2026)."""
_WORDS = {
    "gem": "gemeente", "prov": "provincie", "ws": "waterschap", "min": "ministerie", "st": "sint", "vr": "veiligheidsregio",
    "univ": "universiteit", "hs": "hogeschool",
}  # fmt: skip
"""Words that lists shorten: 'Gem.', 'ws. De Dommel', 'St. Michielsgestel'."""
_BRACKETED = re.compile(r"\(([A-Z][A-Z&/]+)\)")
_FEWEST = 3
"""Initials from which a name is proposed; two letters mean too much."""


@cache
def name_key(name: str) -> str:
    """A name without what people leave out or shorten: capitals, accents, dashes, 'Gemeente', 'ws.'."""
    plain = re.sub(r"['’]", "", folding.fold_accents(name))
    words = [_WORDS.get(word, word) for word in re.sub(r"[-./]", " ", plain).split()]
    return " ".join(words[1:] if len(words) > 1 and words[0] == "gemeente" else words)


def keys_of(name: str) -> set[str]:
    """The plain forms by which an organisation is known for certain: its name, and the abbreviation that stands in it."""
    found = _BRACKETED.search(name)
    without = {name_key(_BRACKETED.sub("", name)), name_key(found[1])} if found else set()
    return {name_key(name), *without, *(short for short, full in ABBREVIATIONS.items() if full == name)}


def short_name_of(name: str) -> str:
    """What people call an organisation besides its name: 'den bosch'."""
    known = {**NICKNAMES, **ABBREVIATIONS}
    return " ".join(short for short, full in known.items() if full == name)


def meant_by_initials(text: str, candidates: Iterable[str]) -> str | None:
    """The one name of which a text has the initials: 'GGD HvB' is 'GGD Hart voor Brabant'; None when none or more."""
    wanted = name_key(text)
    if len(wanted.replace(" ", "")) < _FEWEST:
        return None
    found = {name for name in candidates if wanted in _initials(name)}
    return found.pop() if len(found) == 1 else None


@cache
def _initials(name: str) -> frozenset[str]:
    words = name_key(_BRACKETED.sub("", name)).split()
    whole, rest = ("".join(word[0] for word in part) for part in (words, words[1:]))
    return frozenset({whole, f"{words[0]} {rest}"} if len(words) > 2 else ())
