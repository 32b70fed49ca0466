"""Undo for what an organiser removes: the removed row waits in the session until the next removal.

A domain says how its rows come back by registering a function under a name.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, session
from flask_babel import gettext

_restorers: dict[str, Callable[[dict[str, Any]], None]] = {}


def restorer(name: str) -> Callable[[Callable[[dict[str, Any]], None]], Callable[[dict[str, Any]], None]]:
    """Decorates the function that brings back what `offer` kept under this name."""

    def register(function: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
        _restorers[name] = function
        return function

    return register


def offer(name: str, what: str, kept: dict[str, Any], back: str, message: str = "") -> None:
    """Say that something was removed, or the `message`, with a button that restores it; `back` is the page to return to."""
    session["undo"] = {"name": name, "kept": kept, "back": back}
    flash(message or gettext("‘%(what)s’ is verwijderd.", what=what), "undo")


def restore() -> str | None:
    """Bring back what was removed last and return the page it stood on; None when there is nothing."""
    removed = session.pop("undo", None)
    if removed is None or removed["name"] not in _restorers:
        return None
    _restorers[removed["name"]](removed["kept"])
    back: str = removed["back"]
    return back
