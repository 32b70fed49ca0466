"""Which theme was probably meant by words that somebody typed once."""

from collections.abc import Iterable

from app import folding
from app.themes.models import Theme

_LIKELY = 55
"""Likeness of two names, of 100, from which one is proposed for the other."""


def propose_theme(unsettled: Theme, others: Iterable[Theme]) -> Theme | None:
    """The theme with the likest name; None where nothing comes near."""
    from rapidfuzz import fuzz, process

    name = folding.fold_accents(unsettled.name_nl)
    names = {each.id: folding.fold_accents(each.name_nl) for each in others if not each.unsettled}
    found = process.extractOne(name, names, scorer=fuzz.WRatio, score_cutoff=_LIKELY)
    return next(each for each in others if each.id == found[2]) if found else None
