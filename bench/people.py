"""People in bulk, for measurements."""

from datetime import UTC, datetime

import sqlalchemy as sa

from app.database import db
from app.invitations.models import Invitation
from app.network.models import Membership
from app.network.people.models import EmailAddress, Person
from app.registration.models import Registration
from app.upkeep.backups import continue_ids


def gather_statistics() -> None:
    """Let the database know what is in its tables before anything is measured.

    PostgreSQL does so by itself within a minute, on SQLite the clockwork within the hour (upkeep/statistics.py).
    """
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def many_people(event, count: int, *, registered: bool = True) -> None:
    """People, memberships and invitations in bulk, each with a place unless they are to answer yet."""
    now = datetime.now(UTC)
    highest = [db.session.scalar(sa.select(sa.func.max(model.id))) for model in (Person, EmailAddress, Invitation)]
    first = max(number or 0 for number in highest) + 1
    numbers = range(first, first + count)
    db.session.execute(
        sa.insert(Person),
        [
            {
                "id": n,
                "name": f"Persoon {n}",
                "call_name": "Persoon",
                "sort_name": f"{n}, Persoon",
                "search_text": f"persoon {n}",
                "language": "nl",
            }
            for n in numbers
        ],
    )
    db.session.execute(
        sa.insert(EmailAddress),
        [
            {
                "id": n,
                "person_id": n,
                "address": f"p{n}@bench.example",
                "key": f"p{n}@bench.example",
                "domain": "bench.example",
                "preferred": True,
            }
            for n in numbers
        ],
    )
    db.session.execute(
        sa.insert(Membership),
        [{"person_id": n, "network_id": event.network_id, "standing": "member", "since": now} for n in numbers],
    )
    db.session.execute(
        sa.insert(Invitation),
        [
            {
                "id": n,
                "event_id": event.id,
                "person_id": n,
                "address_id": n,
                "origin": "wave",
                "answer": "yes" if registered else None,
                "answered_at": now if registered else None,
            }
            for n in numbers
        ],
    )
    if registered:
        db.session.execute(
            sa.insert(Registration),
            [{"event_id": event.id, "invitation_id": n, "state": "confirmed", "mode": "on_site"} for n in numbers],
        )
    for model in (Person, EmailAddress, Invitation):
        continue_ids(db.session.connection(), model.__table__)
