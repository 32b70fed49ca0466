"""Error pages that say what happened and how to go on."""

from typing import Any

from flask import Flask, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException

from app.accounts import sessions
from app.database import db, give_up_transaction
from app.setbacks import one_by_one
from app.web import doors, unsaved, upload_limits
from app.words import Refusal


def bind(app: Flask) -> None:
    app.register_error_handler(CSRFError, _answer_csrf_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Refusal, _answer_refusal)
    app.register_error_handler(OperationalError, _answer_database_error)
    app.register_error_handler(StaleDataError, _answer_row_gone)
    app.register_error_handler(ObjectDeletedError, _answer_row_gone)
    app.register_error_handler(Exception, _answer_unforeseen)


TOO_LARGE = 413


def error_page(code: int, title: str, text: str) -> ResponseReturnValue:
    again = unsaved.is_from_here() and unsaved.has_words()
    back = request.path if code == TOO_LARGE and unsaved.has_page() else ""
    return render_template("web/error.html", title=title, text=text, may_send_again=again, back=back), code


def _answer_csrf_error(error: CSRFError) -> ResponseReturnValue:
    """Somebody signed out, in again, or waited too long: the form comes back filled, if it was one of ours."""
    if unsaved.is_from_here() and unsaved.has_words():
        try:
            return _fill_again() if unsaved.has_page() and not _is_signed_out() else _hold_on()
        except OperationalError as away:
            return _answer_database_error(away)
    return error_page(
        400,
        gettext("De pagina stond te lang open"),
        gettext(
            "Ga terug, laad de pagina opnieuw en probeer het nog eens. Werkt het niet? Sta dan cookies toe voor deze site."
        ),
    )


def _is_signed_out() -> bool:
    """Whether this page is for people who are signed in, and nobody is."""
    page = doors.page_of(request.endpoint)
    of_organisers = page is not None and isinstance(page.door, doors.OrganiserPages)
    return of_organisers and sessions.current_account() is None


def _hold_on() -> ResponseReturnValue:
    return unsaved.ask_sign_in(url_for("accounts.show_sign_in")) if _is_signed_out() else unsaved.ask_again()


def _fill_again() -> ResponseReturnValue:
    """The page of the form with what was sent in it."""
    db.session.rollback()
    flash(gettext("Er is nog niets opgeslagen. Kijk na wat je invulde en sla het op."), "warning")
    if unsaved.loses_files():
        flash(gettext("Een bestand kunnen we niet onthouden. Kies het opnieuw."), "warning")
    view: Any = current_app.view_functions[request.endpoint or ""]
    try:
        answer = unsaved.fill_again(lambda: view(**(request.view_args or {})))
    except HTTPException as error:
        return _answer_http_error(error)
    except DBAPIError:
        db.session.rollback()
        return _hold_on()
    return answer if answer.status_code < 300 or answer.status_code >= 400 else _hold_on()


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
        TOO_LARGE: (
            gettext("Dit is te groot"),
            gettext(
                "Stuur een bestand van hooguit %(most)d MB, of een kortere tekst.",
                most=upload_limits.most_megabytes(request.path),
            ),
        ),
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
    give_up_transaction()


def _answer_unforeseen(error: Exception) -> ResponseReturnValue:
    """Anything else is our fault: the log says what and where, without words that may name people, the reader gets a calm page."""
    if current_app.testing:
        raise error
    _ask_nothing_more()
    words, steps = one_by_one.describe_error(error), one_by_one.steps_to_error(error)
    current_app.logger.error("unforeseen error on %s: %s\n%s", request.endpoint, words, steps)
    return error_page(
        500,
        gettext("Er ging iets mis bij ons"),
        gettext("Er is niets half opgeslagen. Probeer het nog eens. Blijft het misgaan? Mail dan de beheerder."),
    )
