"""What a browser remembers of the mail that was asked for to sign in on one's own pages, until the code is typed."""

from typing import TypedDict, cast

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue

from app.database import db

_KEY = "own_sign_in"


class Asked(TypedDict):
    """Under what the code is found, where the mail went as its reader knows it, and where to go on."""

    digest: str
    where: str
    next: str | None


def go_to_code(digest: str, where: str, back: str | None) -> ResponseReturnValue:
    """Save what was asked, and go on to where the code is typed."""
    db.session.commit()
    session[_KEY] = Asked(digest=digest, where=where, next=back)
    return redirect(url_for("me.show_code_form"), 303)


def asked() -> Asked | None:
    return cast("Asked | None", session.get(_KEY))


def take_way_back() -> str | None:
    """Where to go on once one is in; asked once."""
    found = cast("Asked | None", session.pop(_KEY, None))
    return found["next"] if found else None
