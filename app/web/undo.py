"""Undo for what an organiser removes: the removed row waits in the session until the next removal.

A domain says how its rows come back, and what that needs, by registering a function under a name.
"""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, session
from flask_babel import gettext

from app.accounts import rights, sessions, shared_changes
from app.accounts.rights import Need
from app.events.models import Event
from app.network.models import Network
from app.web import doors

_restorers: dict[str, tuple[Need, Callable[..., None]]] = {}
_FORM = 2
"""Counts up when what is kept changes its form: a removal of before an upgrade is not brought back by halves."""


def restorer(name: str, *, needs: Need) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorates the function that brings back what `offer_undo` kept under this name, for somebody who has that right by then.

    What was removed of a network or event comes with it: the function gets that first.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        _restorers[name] = needs, function
        return function

    return register


def offer_undo(
    name: str, what: str, kept: dict[str, Any], back: str, message: str = "", *, place: Network | Event | None = None
) -> None:
    """Say that something was removed, or the `message`, with a button that restores it; `back` is the page to return to."""
    if (_restorers[name][0] in rights.OF_A_PLACE) != (place is not None):
        raise TypeError(f"who may bring back a {name} depends on its network or event, or not")
    where = place and ["networks" if isinstance(place, Network) else "events", place.slug]
    session["undo"] = {"name": name, "kept": kept, "back": back, "place": where, "form": _FORM}
    flash(message or gettext("‘%(what)s’ is verwijderd.", what=what), "undo")


def offer_undo_of_change(what: str, back: str, message: str = "") -> None:
    """The same for what all networks share, once it was carried out: its change in the log comes back."""
    if change := shared_changes.last_change():
        offer_undo("shared_change", what, {"change": change}, back, message)


def page_of_last_removal() -> str | None:
    """The page on which something was removed last; None when there is nothing to bring back."""
    removed = session.get("undo")
    if removed is None or removed["name"] not in _restorers or removed.get("form") != _FORM:
        return None
    back: str = removed["back"]
    return back


def undo_last_removal() -> None:
    """Bring back what was removed last. Raises shared_changes.CannotUndo."""
    removed = session.pop("undo")
    needs, bring_back = _restorers[removed["name"]]
    places = [_load(*removed["place"])] if removed["place"] else []
    doors.demand(needs, *places)
    bring_back(*places, removed["kept"])


@restorer("shared_change", needs=Need.ORGANISER)
def _undo_change(kept: dict[str, Any]) -> None:
    shared_changes.undo_change(shared_changes.find_undoable(sessions.account(), kept["change"]) or abort(404))


def _load(kind: str, slug: str) -> Network | Event:
    return doors.PLACES[kind](slug) or abort(404)
