"""`request`, `g`, `session` and `current_app` with an attribute read in two calls, where werkzeug takes four."""

from typing import Any

from werkzeug.local import LocalProxy


def _read(proxy: LocalProxy[Any], name: str) -> Any:
    return getattr(proxy._get_current_object(), name)


def make_quick() -> None:
    """Let what stands for the running request or application be read so, everywhere in this process."""
    LocalProxy.__getattr__ = _read  # type: ignore[assignment]  # as a function, not as werkzeug's descriptor
