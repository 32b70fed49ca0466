"""The door of somebody's own pages: for people who signed in there by mail."""

from collections.abc import Callable
from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from itsdangerous import Signer

from app.accounts.access_log import Shows
from app.database import SAFE_METHODS
from app.me import sessions
from app.network.people.models import Person
from app.web import unsaved, versions
from app.web.doors import Door, Gate, Page, can_be_opened, demand_patience, limited


class MemberPages(Door):
    """For people who are signed in on their own pages; the view gets who.

    Whoever is not is sent to sign in, and back again. `fresh=` asks for a sign-in of the last minutes, for what could harm
    somebody if another did it in a browser that was left open. What is sent says whose page it was on, signed: it counts
    for that one alone, whoever is signed in by then.
    """

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        *,
        fresh: bool = False,
        limit: str = "",
        shows: Shows | None = None,
        **options: Any,
    ) -> None:
        page = Page(self, self._view(rule, view_func), fresh=fresh, limit=limit, shows=shows)
        self._hang(rule, endpoint, provide_automatic_options, page, options)

    def _gate(self, page: Page) -> Gate:
        return limited(super()._gate(page), page)

    def open(self, page: Page, values: dict[str, Any]) -> Any:
        versions.wait_for_turn()
        person = sessions.signed_in_person()
        if person is None:
            return unsaved.ask_sign_in(_sign_in()) if unsaved.has_words() else redirect(_sign_in(), 303)
        demand_patience(f"person {person.id}")
        g.reader_language, g.whose = person.language, _sign(person)
        if request.method not in SAFE_METHODS and request.form.get("whose") != g.whose:
            return unsaved.ask_whose() if unsaved.has_words() else (render_template("me/other_person.html"), 409)
        if page.fresh and not sessions.is_fresh():
            return unsaved.ask_proof(_sign_in()) if unsaved.has_words() else redirect(_sign_in(), 303)
        g.place = person
        g.by_link = request.method not in SAFE_METHODS
        return page.view(person, **values)


def _sign_in() -> str:
    """Where one signs in, and back to this page if it can be opened by itself."""
    return url_for("me.show_sign_in", next=request.full_path.rstrip("?") if can_be_opened() else None)


def _sign(person: Person) -> str:
    return Signer(current_app.secret_key or "", salt="whose").sign(f"person.{person.id}").decode()
