"""Public pages as bytes, kept in each process until something in them changes.

A layer before Flask. It answers who reads only (GET, HEAD), has no session and asks for a page that says of itself
that it is `kept=` (`doors.PublicPages`). What is kept was built for nobody: of the request only path, language and the
names of the query that the page knows are handed on, so nothing personal can get into it.

Pages stand on a shelf that holds as long as the numbers of `page_stamps.py` are what they were before the first page on
it was built, and until the next moment at which a page changes by itself. Then all of it goes.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask, Response, current_app, request, session
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date, parse_date
from werkzeug.routing import RequestRedirect

from app import clock
from app.page_stamps import StampReader
from app.web import doors, languages, turning_moments

MOST_BYTES = 8 * 2**20
"""What one process keeps; the page that nobody asked for longest goes first."""
LARGEST = 2 * 2**20
"""A page over this many bytes is not kept."""
LONGEST = 300
"""Characters of a path or a query; longer ones are written by no page of ours, and answered without keeping them."""
SETTLED = timedelta(seconds=2)
"""A page tells when it was built only after this: what is built in the same second may differ (RFC 9110 section 8.8.2.2)."""

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Key = tuple[str, str, str]
_NOT_WITH_304 = {"content-length", "content-type", "content-disposition"}


@dataclass(frozen=True)
class KeptPage:
    """An answer in bytes, and since when it is this one."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    built_at: datetime
    etag: str
    changed: str
    """Last-Modified, when the page says so itself."""
    lasting: bool
    """Whether it may be kept at all."""

    @classmethod
    def of_answer(cls, status: str, headers: list[tuple[str, str]], body: bytes, built_at: datetime) -> "KeptPage":
        told = {name.lower(): value for name, value in headers}
        fine = status.startswith("200") and "set-cookie" not in told
        public = fine and "public" in told.get("cache-control", "")
        etag = told.get("etag") or (f'"{hashlib.sha256(body).hexdigest()[:32]}"' if public else "")
        if etag and "etag" not in told:
            headers = [*headers, ("ETag", etag)]
        return cls(
            status, headers, body, built_at, etag, told.get("last-modified", ""), public and len(body) <= LARGEST
        )

    def answer(self, environ: Environ, start_response: StartResponse, now: datetime) -> Iterable[bytes]:
        """Send it, or that the asker has it already (RFC 9110 section 13.2.2)."""
        headers, changed = [*self.headers], self.changed
        if self.etag and not changed and now - self.built_at >= SETTLED:
            changed = http_date(self.built_at)
            headers.append(("Last-Modified", changed))
        if self.etag and self._is_known(environ, changed):
            start_response("304 Not Modified", [each for each in headers if each[0].lower() not in _NOT_WITH_304])
            return [b""]
        start_response(self.status, headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else self.body]

    def _is_known(self, environ: Environ, changed: str) -> bool:
        if known := environ.get("HTTP_IF_NONE_MATCH"):
            return known.strip() == "*" or self.etag in known
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        if not (since and changed) or (seen := parse_date(since)) is None:
            return False
        last = parse_date(changed)
        return last is not None and last <= seen


@dataclass
class Shelf:
    """The pages that hold for one state of the database and one stretch of time."""

    stamps: list[Any]
    since: datetime
    until: datetime
    _pages: OrderedDict[Key, KeptPage] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: Lock = field(default_factory=Lock)
    _building: list[Lock] = field(default_factory=lambda: [Lock() for _ in range(32)])

    def holds(self, stamps: list[Any], now: datetime) -> bool:
        """A clock that was put back makes it void as well."""
        return self.stamps == stamps and self.since <= now < self.until

    def page(self, key: Key, build: Callable[[], KeptPage]) -> KeptPage:
        """The page; of several who ask for one that is not there, one builds it and the others wait for that."""
        if page := self._find(key):
            return page
        with self._building[hash(key) % len(self._building)]:
            if page := self._find(key):
                return page
            page = build()
            if page.lasting:
                self._keep(key, page)
        return page

    def _find(self, key: Key) -> KeptPage | None:
        with self._lock:
            if page := self._pages.get(key):
                self._pages.move_to_end(key)
            return page

    def _keep(self, key: Key, page: KeptPage) -> None:
        with self._lock:
            self._pages[key] = page
            self._size += len(page.body)
            while self._size > MOST_BYTES:
                self._size -= len(self._pages.popitem(last=False)[1].body)

    @property
    def size(self) -> int:
        """Bytes of the pages on it."""
        return self._size


class KeptPages:
    """The layer: serves what is on the shelf, has Flask build what is not, and lets everything else pass."""

    def __init__(self, app: Flask) -> None:
        self._app, self._next = app, app.wsgi_app
        self._session = f"{app.config['SESSION_COOKIE_NAME']}="
        self._host = urlsplit(app.config["BASE_URL"]).netloc
        self._stamps = StampReader(app)
        self._shelf = Shelf([], datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
        self._names = lru_cache(maxsize=2000)(self._names_of)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        key = self._key(environ)
        stamps = self._stamps.read() if key else None
        if key is None or stamps is None:
            return self._next(environ, start_response)
        now = clock.now()
        shelf = self._shelf_for(stamps, now)
        page = shelf.page(key, lambda: self._build(environ, key))
        return page.answer(environ, start_response, now)

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._shelf.size

    def _key(self, environ: Environ) -> Key | None:
        """All that the page depends on; None when it is not one to keep, or its asker may not be just anybody."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("SCRIPT_NAME"):
            return None
        cookies, path = environ.get("HTTP_COOKIE", ""), environ.get("PATH_INFO", "")
        if self._session in cookies or len(path) > LONGEST or (names := self._names(path)) is None:
            return None
        query: str | None = environ.get("QUERY_STRING", "")
        if query and (query := _reduce(query, names)) is None:
            return None
        return path, query or "", languages.language_of_visitor(cookies, environ.get("HTTP_ACCEPT_LANGUAGE", ""))

    def _names_of(self, path: str) -> tuple[str, ...] | None:
        """Which names of the query the page at this path knows; None when it is not kept."""
        try:
            endpoint, _ = self._app.url_map.bind("").match(path.encode("latin-1").decode(), method="GET")
        except (HTTPException, RequestRedirect, UnicodeError):
            return None
        page = getattr(self._app.view_functions[endpoint], "page", None)
        return page.kept if page else None

    def _shelf_for(self, stamps: list[Any], now: datetime) -> Shelf:
        shelf = self._shelf
        if not shelf.holds(stamps, now):
            with self._app.app_context():
                shelf = self._shelf = Shelf(stamps, now, turning_moments.next_turn(now))
        return shelf

    def _build(self, environ: Environ, key: Key) -> KeptPage:
        """Ask Flask, as nobody in particular."""
        path, query, language = key
        asked = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
        asked |= {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": self._host}
        asked["HTTP_COOKIE"] = f"{languages.COOKIE}={language}"
        told: list[Any] = []

        def start(*status_and_headers: Any) -> Callable[[bytes], object]:
            told[:] = status_and_headers[:2]
            return lambda written: None

        built_at = clock.now()
        chunks = self._next(asked, start)
        try:
            body = b"".join(chunks)
        finally:
            if close := getattr(chunks, "close", None):
                close()
        return KeptPage.of_answer(told[0], told[1], body, built_at)


def _reduce(query: str, names: tuple[str, ...]) -> str | None:
    """A query with the names that the page knows alone, in order; None when it is not one to keep a page for."""
    if len(query) > LONGEST:
        return None
    asked = dict(reversed(parse_qsl(query, errors="replace")))
    if languages.ASKED in asked:
        return None
    return urlencode(sorted((name, value) for name, value in asked.items() if name in names))


def bind(app: Flask) -> None:
    """Put the layer in front of the application, and have pages say to whom else they may be given."""
    app.after_request(_say_who_may_keep)
    layer = KeptPages(app)
    app.extensions["kept_pages"] = layer
    app.wsgi_app = layer  # type: ignore[method-assign]  # as Flask says to put something around itself


def _say_who_may_keep(response: Response) -> Response:
    """A proxy may keep what any visitor gets and asks each time whether it still holds; nobody keeps what others get."""
    page = doors.page_of(request.endpoint)
    if page is None or page.kept is None:
        return response
    if response.mimetype == "text/html":
        response.vary.update(["Accept-Language", "Cookie"])
    if response.status_code == 200 and not doors.is_private():
        own = current_app.config["SESSION_COOKIE_NAME"] in request.cookies or session.modified
        chosen = languages.ASKED in request.args
        response.headers.setdefault("Cache-Control", "private, no-cache" if own or chosen else "public, no-cache")
    return response
