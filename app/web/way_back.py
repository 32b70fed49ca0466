"""Where to go on after a page in between, such as signing in: an address of this site, or nothing."""

from urllib.parse import unquote

LONGEST = 2000
_TIMES = 4
"""How often an address may be encoded in itself and still be seen through."""


def address_on_this_site(address: str | None) -> str | None:
    """The address if it leads to a page of this site however a browser or proxy reads it, else None.

    Browsers drop control characters, read \\ as / and // as the start of a host; some servers decode before they pass
    an address on.
    """
    if not address or len(address) > LONGEST:
        return None
    path, whole = address.partition("?")[0], address
    for _ in range(_TIMES):
        if not _is_plain_path(path) or not whole.isprintable() or "\\" in whole:
            return None
        if whole == unquote(whole):
            return address
        path, whole = unquote(path), unquote(whole)
    return None


def _is_plain_path(path: str) -> bool:
    return path.startswith("/") and "//" not in path
