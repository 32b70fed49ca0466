"""Signals whose receivers are called in the order in which they were wired (app/__init__.py).

Blinker keeps them in a set, so that the order would differ from process to process. It matters: what mentions somebody is
erased last, when what is theirs is gone by its address.
"""

from typing import Any

import blinker


class _InOrder(dict[Any, None]):
    """A set as blinker uses one, that keeps the order of what was added."""

    def add(self, key: Any) -> None:
        self.setdefault(key)

    def discard(self, key: Any) -> None:
        self.pop(key, None)


class Signal(blinker.Signal):
    """News for whoever is wired to it."""

    set_class = _InOrder  # type: ignore[assignment]  # blinker asks for a set, and says that one may be ordered
