"""Mijn Leerkring: somebody's own pages, behind a sign-in by mail; who is signed in, and what they find there."""

from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from app.network.people.models import Person


def wire() -> None:
    from app.accounts import sessions
    from app.network.imports import merges
    from app.network.people import address_notices

    sessions.emptied.connect(_end_here)
    merges.merging.connect(_end_of_both)
    address_notices.moved.connect(_end_elsewhere)


def bind(app: Flask) -> None:
    from app.me import link_views, own_views, sign_in_views
    from app.web import doors

    doors.hang(app, sign_in_views, link_views, own_views)


def _end_here(sender: object) -> None:
    from app.me import sessions

    sessions.sign_out()


def _end_of_both(kept: "Person", gone: "Person", **about: Any) -> None:
    from app.me import sessions, sign_ins

    for person in (kept, gone):
        sessions.end_sessions(person.id)
        sign_ins.forget_requests(person)


def _end_elsewhere(person: "Person", **about: Any) -> None:
    from app.me import sessions

    sessions.end_sessions(person.id, but=sessions.current_session_id())
