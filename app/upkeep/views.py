"""How monitoring and administrators look in."""

import hmac

from flask import Blueprint, Flask, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from app.accounts.rights import Need
from app.database import db
from app.outbox import circuit_breaker
from app.setbacks import one_by_one
from app.setbacks.models import Setback
from app.upkeep import health, mail_tests, sender_check, setup_check, watchdog
from app.web.doors import OrganiserPages

monitoring = Blueprint("upkeep", __name__)
organisers = OrganiserPages("upkeep", __name__)


@monitoring.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when all is well, 503 otherwise; says nothing about people."""
    with force_locale("en"):
        found = health.check_health()
    well = all(finding.well for finding in found)
    checks = {finding.name: {"well": finding.well, "detail": finding.detail} for finding in found}
    return {"status": "ok" if well else "unwell", "checks": checks}, 200 if well else 503


@monitoring.get("/metrics")
def serve_metrics() -> Response:
    """For Prometheus, behind METRICS_TOKEN; without that setting there is no such page."""
    from app.upkeep import metrics

    token = current_app.config["METRICS_TOKEN"] or abort(404)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        return Response("bearer token missing or wrong\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    return Response(metrics.write_metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")


@organisers.get("/organise/system", needs=Need.ADMIN)
def show_system() -> str:
    """How the installation is, what was wrong lately, and the tests of mail."""
    return _render_system()


def _render_system(found: list[health.Finding] | None = None) -> str:
    test = mail_tests.latest_mail_test()
    return render_template(
        "upkeep/system.html",
        findings=found or health.check_health(),
        checked=found is not None,
        alarms=watchdog.recent_alarms(),
        circuit=circuit_breaker.load_circuit(),
        test=test,
        waits=test is not None and mail_tests.is_mail_test_waiting(test),
        came_back=sender_check.sender_mail_test_findings() if test else [],
        setbacks=one_by_one.list_setbacks(),
        most_tries=one_by_one.MOST_TRIES,
        can_test=bool(current_app.config["INBOX_URL"]),
    )


@organisers.post("/organise/system/check", needs=Need.ADMIN)
def check_system() -> str:
    """Look at everything, also what takes some seconds: names, certificates, the mail server, the mailbox."""
    return _render_system(setup_check.check_everything())


@organisers.post("/organise/system/mail-test", needs=Need.ADMIN)
def start_mail_test() -> ResponseReturnValue:
    if current_app.config["INBOX_URL"]:
        mail_tests.start_mail_test()
        db.session.commit()
        flash(gettext("De testmails zijn onderweg. Hieronder zie je wat ervan terugkomt."), "ok")
    else:
        flash(gettext("Zet eerst INBOX_URL. Zonder mailbox kan er niets terugkomen."), "warning")
    return redirect(url_for("upkeep.show_system"), 303)


@organisers.post("/organise/system/try-now", needs=Need.ADMIN)
def try_sending_now() -> ResponseReturnValue:
    """The mail server was mended: try with one message at once."""
    circuit_breaker.try_sending_now()
    db.session.commit()
    flash(gettext("We proberen het met één mail. Lukt dat, dan gaat alles verder."), "ok")
    return redirect(url_for("upkeep.show_system"), 303)


@organisers.post("/organise/system/setbacks/<int:setback_id>", needs=Need.ADMIN, subject=one_by_one.load_setback)
def settle_setback(setback: Setback) -> ResponseReturnValue:
    """Try again what was set aside, or let it go."""
    if request.form.get("then") == "let-go":
        one_by_one.let_go(setback)
        flash(gettext("We proberen dit niet meer."), "ok")
    else:
        one_by_one.try_again(setback)
        flash(gettext("We proberen het binnen een minuut opnieuw."), "ok")
    db.session.commit()
    return redirect(url_for("upkeep.show_system"), 303)


def guard_against_old_tables(app: Flask) -> None:
    """Answer nothing but /healthz as long as the database does not have the tables of this version."""
    fits = False

    @app.before_request
    def refuse_behind() -> Response | None:
        nonlocal fits
        if not fits and request.endpoint != "upkeep.healthz":
            if advice := health.migration_advice():
                return Response(advice + "\n", 503, mimetype="text/plain")
            fits = True
        return None
