"""How monitoring looks in."""

from flask import Blueprint, Flask, Response, request

from app.upkeep import health

blueprint = Blueprint("upkeep", __name__)


@blueprint.get("/healthz")
def healthz():
    """200 when all is well, 503 otherwise; says nothing about people."""
    found = health.findings()
    well = all(finding.well for finding in found)
    checks = {finding.name: {"well": finding.well, "detail": finding.detail} for finding in found}
    return {"status": "ok" if well else "unwell", "checks": checks}, 200 if well else 503


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
