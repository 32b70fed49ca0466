"""Error pages that say what happened and how to go on."""

from contextlib import suppress

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException

from app.database import db
from app.words import Refusal


def bind(app: Flask) -> None:
    app.register_error_handler(CSRFError, _answer_csrf_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Refusal, _answer_refusal)
    app.register_error_handler(OperationalError, _answer_database_error)
    app.register_error_handler(StaleDataError, _answer_row_gone)
    app.register_error_handler(ObjectDeletedError, _answer_row_gone)
    app.register_error_handler(Exception, _answer_unforeseen)


def error_page(code: int, title: str, text: str) -> ResponseReturnValue:
    return render_template("web/error.html", title=title, text=text), code


def _answer_csrf_error(error: CSRFError) -> ResponseReturnValue:
    return error_page(
        400,
        gettext("De pagina stond te lang open"),
        gettext(
            "Ga terug, laad de pagina opnieuw en probeer het nog eens. Werkt het niet? Sta dan cookies toe voor deze site."
        ),
    )


def _answer_http_error(error: HTTPException) -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        return {"code": error.code, "message": error.description}, error.code or 500
    texts = {
        403: (
            gettext("Dit mag je niet"),
            gettext(
                "Je account mag deze pagina bekijken, maar dit niet doen. Vraag een organisator van het netwerk of een beheerder."
            ),
        ),
        404: (
            gettext("Deze pagina is er niet"),
            gettext("Misschien is het adres niet helemaal meegekomen, of bestaat de pagina niet meer."),
        ),
        405: (gettext("Zo werkt deze pagina niet"), gettext("Ga terug en gebruik de knop op de pagina.")),
        413: (gettext("Dit is te groot"), gettext("Stuur een bestand van hooguit 10 MB, of een kortere tekst.")),
        429: (
            gettext("Even geduld"),
            gettext("Dit is te vaak achter elkaar gevraagd. Probeer het over een paar minuten nog eens."),
        ),
    }
    if error.code is None or error.code < 400:
        return error
    title, text = texts.get(error.code, (gettext("Dit lukte niet"), gettext("Ga terug en probeer het nog eens.")))
    return error_page(error.code, title, text)


def _answer_refusal(refused: Refusal) -> ResponseReturnValue:
    """A rule said no where no page has a place to show it: mostly since somebody else was first."""
    return _conflict(str(refused.words))


def _answer_row_gone(error: StaleDataError | ObjectDeletedError) -> ResponseReturnValue:
    """Somebody else deleted a row between reading and writing it."""
    return _conflict(gettext("Iemand anders heeft dit net weggehaald. Er is niets opgeslagen."))


def _conflict(words: str) -> ResponseReturnValue:
    db.session.rollback()
    if request.path.startswith("/api/"):
        return {"code": 409, "message": words}, 409
    return error_page(409, gettext("Dit lukte niet"), words)


def _answer_database_error(error: OperationalError) -> ResponseReturnValue:
    _ask_nothing_more()
    text = gettext(
        "De gegevens zijn nu niet bereikbaar. Er is niets half opgeslagen. Probeer het over een minuut nog eens."
    )
    if request.path.startswith("/api/"):
        return {"code": 503, "message": text}, 503
    return error_page(503, gettext("Even niet bereikbaar"), text)


def _ask_nothing_more() -> None:
    """The rest of the request, its page too, does without the database; so nobody is signed in on it."""
    g.account = g.account_session_id = None
    with suppress(OperationalError):
        db.session.rollback()


def _answer_unforeseen(error: Exception) -> ResponseReturnValue:
    """Anything else is our fault: it goes to the log with its traceback, the reader gets a calm page."""
    if current_app.testing:
        raise error
    _ask_nothing_more()
    current_app.logger.exception("unforeseen error on %s", request.endpoint)
    return error_page(
        500,
        gettext("Er ging iets mis bij ons"),
        gettext("Er is niets half opgeslagen. Probeer het nog eens. Blijft het misgaan? Mail dan de beheerder."),
    )
