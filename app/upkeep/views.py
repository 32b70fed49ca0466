"""How monitoring and administrators look in."""

import hmac

from flask import Blueprint, Flask, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext

from app.accounts.rights import Need
from app.database import db
from app.outbox import circuit
from app.upkeep import checking, health, mail_tests, sender, watchdog
from app.web.doors import OrganiserPages

monitoring = Blueprint("upkeep", __name__)
organisers = OrganiserPages("upkeep", __name__)


@monitoring.get("/healthz")
def healthz():
    """200 when all is well, 503 otherwise; says nothing about people."""
    with force_locale("en"):
        found = health.findings()
    well = all(finding.well for finding in found)
    checks = {finding.name: {"well": finding.well, "detail": finding.detail} for finding in found}
    return {"status": "ok" if well else "unwell", "checks": checks}, 200 if well else 503


@monitoring.get("/metrics")
def figures() -> Response:
    """For Prometheus, behind METRICS_TOKEN; without that setting there is no such page."""
    from app.upkeep import metrics

    token = current_app.config["METRICS_TOKEN"] or abort(404)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        return Response("bearer token missing or wrong\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    return Response(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


@organisers.get("/organise/system", needs=Need.ADMIN)
def system():
    """How the installation is, what was wrong lately, and the tests of mail."""
    return _system()


def _system(found: list[health.Finding] | None = None):
    test = mail_tests.latest()
    return render_template(
        "upkeep/system.html",
        findings=found or health.findings(),
        checked=found is not None,
        alarms=watchdog.recent(),
        circuit=circuit.look(),
        test=test,
        waits=test is not None and mail_tests.waits(test),
        came_back=sender.mail_test() if test else [],
        can_test=bool(current_app.config["INBOX_URL"]),
    )


@organisers.post("/organise/system/check", needs=Need.ADMIN)
def check():
    """Look at everything, also what takes some seconds: names, certificates, the mail server, the mailbox."""
    return _system(checking.findings())


@organisers.post("/organise/system/mail-test", needs=Need.ADMIN)
def mail_test():
    if current_app.config["INBOX_URL"]:
        mail_tests.start()
        db.session.commit()
        flash(gettext("De testmails zijn onderweg. Hieronder zie je wat ervan terugkomt."), "ok")
    else:
        flash(gettext("Zet eerst INBOX_URL. Zonder mailbox kan er niets terugkomen."), "warning")
    return redirect(url_for("upkeep.system"), 303)


@organisers.post("/organise/system/try-now", needs=Need.ADMIN)
def try_now():
    """The mail server was mended: try with one message at once."""
    circuit.try_now()
    db.session.commit()
    flash(gettext("We proberen het met één mail. Lukt dat, dan gaat alles verder."), "ok")
    return redirect(url_for("upkeep.system"), 303)


def guard(app: Flask) -> None:
    """Answer nothing but /healthz as long as the database does not have the tables of this version."""
    fits = False

    @app.before_request
    def refuse_behind() -> Response | None:
        nonlocal fits
        if not fits and request.endpoint != "upkeep.healthz":
            if advice := health.behind():
                return Response(advice + "\n", 503, mimetype="text/plain")
            fits = True
        return None
