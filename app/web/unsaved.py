"""A form that came too late, or while something was out of order: nothing is saved, and nothing that was typed is lost.

What was sent goes back to who sent it, in the answer itself: nothing of it is kept here, or stands in an address or a
log. Where the form has a page of its own it comes back filled; elsewhere a button sends it again.
"""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge

from app.database import SAFE_METHODS, db, read_only_transactions

_OF_A_PAGE = {"csrf_token", "whose", "opened", "seen", "seen_on", "next"}
"""Fields that a page says by itself, so nobody typed them."""


def is_from_here() -> bool:
    """Whether a page of this site sent what came in, as the browser says: no other site can claim that."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def has_words() -> bool:
    """Whether somebody filled in or chose anything, rather than pressed a button alone."""
    return request.method not in SAFE_METHODS and any(name not in _OF_A_PAGE and value for name, value in sent())


def sent() -> list[tuple[str, str]]:
    """All fields that came in but the token, to be sent once more."""
    try:
        return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    except RequestEntityTooLarge:
        return []


def texts() -> list[str]:
    """What was typed, for its writer to see or copy; not which options were chosen."""
    return [value for name, value in sent() if name not in _OF_A_PAGE and (" " in value or "@" in value)]


def loses_files() -> bool:
    """Whether a file was sent: a browser must be given that again."""
    return any(file.filename for file in request.files.values())


def only_fill(filling: bool = True) -> None:
    """Let forms of this request show what was sent, and do nothing with it."""
    g.only_filling = filling


def is_only_filling() -> bool:
    return bool(g.get("only_filling"))


def has_page() -> bool:
    """Whether a form stands on a page at the address that it was sent to, by one view."""
    return request.url_rule is not None and "GET" in (request.url_rule.methods or ())


def fill_again(view: Callable[[], Any]) -> Response:
    """The page of the form with what was sent in it; nothing can be written, whatever its view would do."""
    only_fill()
    with read_only_transactions():
        answer = current_app.make_response(view())
        db.session.rollback()
    return answer


def keep(code: int, title: str, text: str, link: str = "", says: str = "") -> ResponseReturnValue:
    """A page that holds what was sent; `link`, which `says` so, opens beside it what has to be done first."""
    page = render_template("web/unsaved.html", title=title, text=text, link=link, says=says, lost=loses_files())
    return page, code


def ask_sign_in(link: str) -> ResponseReturnValue:
    return keep(
        403,
        gettext("Je bent uitgelogd"),
        gettext(
            "Er is nog niets opgeslagen, en wat je invulde staat nog hier. Log in een ander tabblad in en kom dan hier terug."
        ),
        link,
        gettext("Log in (in een nieuw tabblad)"),
    )


def ask_proof(link: str) -> ResponseReturnValue:
    return keep(
        403,
        gettext("Laat nog een keer zien dat jij het bent"),
        gettext(
            "Er is nog niets opgeslagen, en wat je invulde staat nog hier. Dit vraagt dat je in de laatste tien minuten liet "
            "zien wie je bent."
        ),
        link,
        gettext("Laat zien dat jij het bent (in een nieuw tabblad)"),
    )


def ask_link() -> ResponseReturnValue:
    return keep(
        409,
        gettext("Er is niets veranderd"),
        gettext(
            "Deze pagina hoort bij een link die hier niet meer open is. Open de link in de mail nog een keer, in een ander "
            "tabblad. Kom dan hier terug: wat je invulde staat er nog."
        ),
    )


def ask_whose() -> ResponseReturnValue:
    return keep(
        409,
        gettext("Er is niets veranderd"),
        gettext(
            "Sinds je deze pagina opende, is hier iemand anders ingelogd. Wat je invulde staat nog hier. Log zelf weer in, in "
            "een ander tabblad. Kom dan hier terug."
        ),
    )


def ask_again() -> ResponseReturnValue:
    return keep(
        400,
        gettext("De pagina stond te lang open"),
        gettext("Er is nog niets opgeslagen, en wat je invulde staat nog hier."),
    )
