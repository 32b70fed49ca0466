"""It says when it is not well."""

import shutil
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, create_app
from app.database import db
from app.outbox.models import Message
from app.upkeep import health, setup_check
from tests import factories


@pytest.fixture
def well(app):
    health.note_heartbeat("worker-1")
    return app


def _unwell(client) -> dict[str, str]:
    response = client.get("/healthz")
    checks = {name: check["detail"] for name, check in response.json["checks"].items() if not check["well"]}
    assert response.status_code == (503 if checks else 200)
    return checks


def test_all_well(client, well):
    assert _unwell(client) == {}


def test_no_worker_for_two_minutes(client, well):
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert set(_unwell(client)) == {"clockwork"}


def test_a_message_that_is_overdue(client, well):
    factories.registration(factories.event())
    db.session.execute(sa.update(Message).values(due_at=clock.now() - timedelta(minutes=31)))
    assert set(_unwell(client)) == {"outbox"}


def test_a_database_that_is_behind(client, well):
    """A server that starts on it says what to do; /healthz says it of one that runs already."""
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    try:
        assert set(_unwell(client)) == {"database"}
        config = {name: str(well.config[name]) for name in ("DATABASE_URL", "INSTANCE_PATH", "SECRET_KEY")}
        started = create_app(config)
        page = started.test_client().get("/")
        with started.app_context():
            db.engine.dispose()
        assert (page.status_code, "db upgrade" in page.text) == (503, True)
    finally:
        db.session.execute(
            sa.text("UPDATE alembic_version SET version_num = :newest"), {"newest": health.newest_revision()}
        )
        db.session.commit()


def test_a_disk_that_is_almost_full(client, well, monkeypatch):
    usage = shutil.disk_usage(well.config["INSTANCE_PATH"])
    assert _unwell(client) == {}
    monkeypatch.setattr(health, "LEAST_DISK", usage.total)
    assert set(_unwell(client)) == {"disk"}


def test_check_looks_further(well):
    names = {finding.name: finding.well for finding in setup_check.check_everything()}
    assert names == {
        "database": True,
        "clockwork": True,
        "outbox": True,
        "waves": True,
        "mail server refuses": True,
        "refusals by policy": True,
        "jobs": True,
        "setbacks": True,
        "balance": True,
        "controller": True,
        "disk": True,
        "address": False,
        "secret key": True,
        "mail server": True,
        "pdf": True,
    }
    advice = {finding.name: finding.advice for finding in setup_check.check_everything()}
    assert "https://" in advice["address"]


def test_healthz_names_no_people(client, well):
    person = factories.registration(factories.event(), factories.person("Jan Geheim")).invitation.person
    text = client.get("/healthz").text
    assert (person.name in text, person.email in text) == (False, False)
