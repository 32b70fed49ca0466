"""SQLite is told what its large tables hold, as PostgreSQL finds out by itself."""

import sqlalchemy as sa

from app import jobs
from app.database import db
from app.upkeep import statistics
from tests import factories

KNOWN = sa.text("SELECT DISTINCT tbl FROM sqlite_stat1 ORDER BY tbl")


def test_the_clockwork_tells_what_large_tables_hold(app, monkeypatch):
    monkeypatch.setattr(statistics, "MANY", 4)
    factories.crowd(4, of=factories.network())
    db.session.commit()
    assert jobs.do_jobs(["tidy_up"]).get("tidy_up", 0) == 0
    if db.engine.dialect.name == "sqlite":
        known = set(db.session.scalars(KNOWN))
        db.session.execute(sa.text("DELETE FROM sqlite_stat1"))
        db.session.commit()
        assert {"people", "memberships", "email_addresses"} <= known
        assert "events" not in known, "of which there are too few to say anything"
