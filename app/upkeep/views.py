"""How monitoring looks in."""

from flask import Blueprint

from app.upkeep import health

blueprint = Blueprint("upkeep", __name__)


@blueprint.get("/healthz")
def healthz():
    """200 when all is well, 503 otherwise; says nothing about people."""
    found = health.findings()
    well = all(finding.well for finding in found)
    checks = {finding.name: {"well": finding.well, "detail": finding.detail} for finding in found}
    return {"status": "ok" if well else "unwell", "checks": checks}, 200 if well else 503
