"""The doors that every page hangs under, each refusing by default; the fourth, of people on their own pages, is in member_doors.py.

A page for organisers says what it needs, a personal page by which link one comes in, a public page how often its form
may be sent. A route that does not say so is a TypeError when its module is imported; an address under no door is one
when the application is made.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from inspect import Parameter, Signature, signature
from types import ModuleType
from typing import Any, Protocol, cast

from flask import Blueprint, Flask, abort, current_app, g, redirect, request, url_for
from flask.sansio.app import App

from app import rate_counts
from app.accounts import rights, sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.database import SAFE_METHODS, db
from app.events import event_queries
from app.events.models import Event
from app.extensions import csrf, limiter
from app.network import network_queries
from app.network.models import Network
from app.outbox import errands
from app.web import seen, unsaved, versions
from app.web.personal import Link
from app.web.seen import PartsOf

ROOM = "300 per minute;2000 per hour"
"""How often one address may send what is counted by browser: a whole room shares one, a browser is made anew in no time."""
MOST_A_MINUTE = 1200
"""Requests of one account to signed-in pages, or to the API."""
OUTSIDE = {
    "v1": "the API, where every request carries the key of an account",
    "api-docs": "the description of the API",
    "upkeep.healthz": "for monitoring; says nothing about people",
    "upkeep.serve_metrics": "for Prometheus, with a token of its own",
}
"""Blueprints and endpoints that hang under no door, and why; static files are served before Flask."""

PLACES = {"networks": network_queries.find_network, "events": event_queries.find_event}
"""What `<slug>` in an address stands for, by the word before it."""
_PLACE = re.compile(r"/(networks|events)/<slug>")


@dataclass(frozen=True)
class Page:
    """What a view said about itself when it was hung."""

    door: "Door"
    view: Callable[..., Any]
    needs: Need | None = None
    place: Callable[[str], Network | Event | None] | None = None
    subject: Callable[..., Any] | None = None
    link: Link | None = None
    fresh: bool = False
    limit: str = ""
    per: Callable[[], str] | None = None
    one_click: bool = False
    shows: Shows | None = None
    kept: tuple[str, ...] | None = None
    seen: PartsOf | None = None

    @cached_property
    def named(self) -> list[str]:
        """The parts of the address by which the subject is found, besides its place."""
        return list(signature(self.subject).parameters)[self.place is not None :] if self.subject else []


class Gate(Protocol):
    """A view as it hangs under its door."""

    __name__: str
    page: Page

    def __call__(self, **values: Any) -> Any: ...


class Door(Blueprint):
    """Pages that open in one way. Private ones are kept by no cache and found by no search engine."""

    private = True

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self._gates: dict[str, Gate] = {}

    def register(self, app: App, options: dict[str, Any]) -> None:
        """Doors of one domain may share a name: its endpoints are one family, whoever they are for."""
        namesake = app.blueprints.pop(self.name, None)
        super().register(app, options)
        if namesake is not None:
            app.blueprints[self.name] = namesake

    def open(self, page: Page, values: dict[str, Any]) -> Any:
        """Answer who comes to this page, with the view or without."""
        raise NotImplementedError

    def _hang(
        self, rule: str, endpoint: str | None, automatic: bool | None, page: Page, options: dict[str, Any]
    ) -> None:
        name = endpoint or page.view.__name__
        gate = self._gates.get(name) or self._gate(page)
        self._gates[name] = gate
        if gate.page != page:
            raise TypeError(f"{self.name}.{name}: its addresses say different things")
        super().add_url_rule(rule, name, gate, automatic, **options)

    def _gate(self, page: Page) -> Gate:
        @wraps(page.view)
        def gate(**values: Any) -> Any:
            if request.method in SAFE_METHODS:
                return self.open(page, values)
            return errands.act_after_earlier(lambda: self.open(page, dict(values)))

        hung = cast(Gate, gate)
        hung.page = page
        return hung

    def _view(self, rule: str, view: Callable[..., Any] | None) -> Callable[..., Any]:
        if view is None:
            raise self._refuse(rule, "there is no view")
        return view

    def _refuse(self, rule: str, why: str) -> TypeError:
        return TypeError(f"{self.name} at {self.url_prefix or ''}{rule}: {why}")


class OrganiserPages(Door):
    """For people who are signed in and have the right that the page needs.

    The view gets the network or event of `<slug>` in the address instead of that word. `subject=` loads what else the
    address names, from that network or event and the parts of the address that it asks for; the view gets it second, as
    None at an address without those parts. Whoever may not read the network finds nothing there (404), readers may not
    do everything (403). `shows=` says of which people the log notes that somebody read them or took them along. `seen=`
    reads what the page of a press shows, which must hold still when it is pressed (seen.py).
    """

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        *,
        needs: Need | None = None,
        subject: Callable[..., Any] | None = None,
        shows: Shows | None = None,
        seen: PartsOf | None = None,
        **options: Any,
    ) -> None:
        if not isinstance(needs, Need):
            raise self._refuse(rule, "say what it needs=")
        whole = f"{self.url_prefix or ''}{rule}"
        named = _PLACE.search(whole)
        page = Page(
            self,
            self._view(rule, view_func),
            needs=needs,
            place=named and PLACES[named[1]],
            subject=subject,
            shows=shows,
            seen=seen,
        )
        if needs is Need.PEOPLE and page.place is not event_queries.find_event:
            raise self._refuse(rule, "PEOPLE are of an event")
        if needs in rights.OF_A_PLACE and not (named or subject):
            raise self._refuse(rule, f"{needs.name} of which network or event?")
        if len({re.search(rf"\b{name}>", whole) is None for name in page.named}) > 1:
            raise self._refuse(rule, "the address names its subject by half")
        self._hang(rule, endpoint, provide_automatic_options, page, options)

    def open(self, page: Page, values: dict[str, Any]) -> Any:
        if sessions.current_account() is None:
            back = request.full_path.rstrip("?") if request.method in SAFE_METHODS else None
            sign_in = url_for("accounts.show_sign_in", next=back)
            return unsaved.ask_sign_in(sign_in) if unsaved.has_words() else redirect(sign_in)
        demand_patience(f"account {sessions.account().id}")
        if page.needs is None:
            abort(404)
        if page.needs not in rights.OF_A_PLACE:
            demand(page.needs)
        versions.wait_for_turn()
        objects = []
        if page.place:
            objects.append(page.place(values.pop("slug")) or abort(404))
            demand(page.needs if page.needs in rights.OF_A_PLACE else Need.READ, objects[0])
            g.place = objects[0]
        if page.subject:
            objects.append(self._subject(page, objects, values))
        if page.seen and seen.was_shown():
            return seen.press(page.seen, objects, partial(page.view, *objects, **values))
        return page.view(*objects, **values)

    @staticmethod
    def _subject(page: Page, places: list[Any], values: dict[str, Any]) -> Any:
        if page.named and page.named[0] not in values:
            return None
        load = page.subject or abort(404)
        row = load(*places, *(values.pop(name) for name in page.named)) or abort(404)
        if not places and page.needs and page.needs in rights.OF_A_PLACE:
            demand(page.needs, row.event)
        return row


class PersonalPages(Door):
    """For people who come by a personal link: the token in the address or, at an address without one, the session.

    `link=` says which; the view gets whose or what it is. An unknown link gets the link's own page (404). A mail is
    forwarded, so a page shows and does only what the mail with its link was about; the rest hangs under MemberPages.
    """

    def __init__(self, name: str, import_name: str, link: Link | None = None, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.link = link

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        *,
        link: Link | None = None,
        limit: str = "",
        one_click: bool = False,
        shows: Shows | None = None,
        **options: Any,
    ) -> None:
        link = link or self.link
        if link is None:
            raise self._refuse(rule, "say by which link=")
        if "<token>" not in rule and not link.is_remembered:
            raise self._refuse(rule, "this link is not remembered, so its address needs the token")
        page = Page(self, self._view(rule, view_func), link=link, limit=limit, one_click=one_click, shows=shows)
        self._hang(rule, endpoint, provide_automatic_options, page, options)

    def _gate(self, page: Page) -> Gate:
        gate = limited(super()._gate(page), page)
        if page.one_click:
            csrf.exempt(gate)
        return gate

    def open(self, page: Page, values: dict[str, Any]) -> Any:
        versions.wait_for_turn()
        link = page.link or abort(404)
        found = link.open(values)
        if found is None:
            forgotten = request.method not in SAFE_METHODS and link.has_forgotten()
            return unsaved.ask_link() if forgotten and unsaved.has_words() else link.refuse()
        if language := link.language(found):
            g.reader_language = language
        g.place = found
        g.by_link = request.method not in SAFE_METHODS
        return page.view(found, **values)


class PublicPages(Door):
    """For everybody. What can be sent says how often, `limit=`, by one address or whatever `per=` tells apart.

    A page whose bytes are kept for visitors (`kept_pages.py`) says on which names of the query it depends, `kept=`.
    A table to take along, in which nobody is named, says so, `shows=`.
    """

    private = False

    def __init__(self, name: str, import_name: str, *, private: bool = False, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.private = private

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        *,
        limit: str = "",
        per: Callable[[], str] | None = None,
        kept: tuple[str, ...] | None = None,
        shows: Shows | None = None,
        **options: Any,
    ) -> None:
        sent = set(options.get("methods") or ()) - SAFE_METHODS
        if not limit and sent:
            raise self._refuse(rule, "say how often it may be sent, limit=")
        if kept is not None and (sent or self.private):
            raise self._refuse(rule, "what can be sent, or is somebody's own, is not kept=")
        page = Page(self, self._view(rule, view_func), limit=limit, per=per, kept=kept, shows=shows)
        self._hang(rule, endpoint, provide_automatic_options, page, options)

    def _gate(self, page: Page) -> Gate:
        return limited(super()._gate(page), page)

    def open(self, page: Page, values: dict[str, Any]) -> Any:
        return page.view(**values)


def limited(gate: Gate, page: Page) -> Gate:
    if not page.limit:
        return gate
    if page.per:
        gate = cast(Gate, limiter.limit(ROOM, methods=["POST"])(gate))
    return cast(Gate, limiter.limit(page.limit, key_func=page.per, methods=["POST"])(gate))


def can_be_opened() -> bool:
    """Whether the address of this request is a page to look at too."""
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(method="GET")


def demand(need: Need, place: Network | Event | None = None) -> None:
    """Let the signed-in account go on if it has this right; else 404 where it may not even read, 403 where it may."""
    account = sessions.account()
    if place is not None and not rights.meets(account, Need.READ, place):
        abort(404)
    if not rights.meets(account, need, place):
        abort(403)


def demand_patience(who: str) -> None:
    """Refuse who asks for far more pages a minute than anybody reads: a script that went astray, or one that collects."""
    if limiter.enabled and not rate_counts.may_go_on(who, MOST_A_MINUTE):
        abort(429)


def row_of(model: type, *options: Any) -> Callable[..., Any]:
    """A loader for `subject=`: the row that the address names by `wave_id` for a Wave, if it hangs on its event or network."""

    def load(place: Network | Event, row_id: int) -> Any:
        row = db.session.get(model, row_id, options=options)
        column = "network_id" if isinstance(place, Network) else "event_id"
        return row if row is not None and getattr(row, column) == place.id else None

    named = cast(Any, load)
    parts = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ("place", _id_name(model))]
    named.__signature__ = Signature(parts)
    return load


def _id_name(model: type) -> str:
    """What an address calls the id of a row: `join_request_id` for a JoinRequest."""
    return f"{re.sub(r'(?<=[a-z])(?=[A-Z])', '_', model.__name__).lower()}_id"


def hang(app: Flask, *modules: ModuleType) -> None:
    """Register the doors of these modules."""
    for module in modules:
        for door in vars(module).values():
            if isinstance(door, Door):
                app.register_blueprint(door)


def page_of(endpoint: str | None) -> Page | None:
    """What was said about the view of an endpoint; None outside the doors."""
    return getattr(current_app.view_functions.get(endpoint or ""), "page", None)


def is_private() -> bool:
    """Whether the answer to this request is somebody's own: by its door, or because it knows who looks."""
    page = page_of(request.endpoint)
    somebody = g.get("account") or g.get("api_account")
    return (
        (page is not None and page.door.private)
        or somebody is not None
        or "visits_unlisted" in g
        or "knows_reader" in g
    )


def private_paths() -> list[str]:
    """What addresses that can be opened begin with, under private doors; `*` is any one part (RFC 9309 section 2.2.3)."""
    rules = [rule for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    pages = [(rule.rule, page) for rule in rules if (page := page_of(rule.endpoint))]
    public = {path.split("/")[1] for path, page in pages if not page.door.private}
    found = {_beginning(path, public) for path, page in pages if page.door.private}
    return sorted(path for path in found if path.rstrip("/") == path or path.rstrip("/") not in found)


def _beginning(path: str, public: set[str]) -> str:
    """The first part of a private address; where pages for everybody share that, as far as it takes to tell them apart."""
    first, *rest = path.split("/")[1:]
    if first not in public:
        return f"/{first}{'/' * bool(rest)}"
    return "/".join(["", first, *("*" if part.startswith("<") else part for part in rest[:2])])


def check(app: Flask) -> None:
    """Raises TypeError when an address hangs under no door and is no known exception."""
    for rule in app.url_map.iter_rules():
        if hasattr(app.view_functions[rule.endpoint], "page"):
            continue
        if OUTSIDE.keys().isdisjoint({rule.endpoint, rule.endpoint.partition(".")[0]}):
            raise TypeError(f"{rule.rule} ({rule.endpoint}) hangs under no door")
