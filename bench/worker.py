"""A worker that only delivers: until everything that waits has left. Several run beside each other for one measurement."""

from time import sleep

import sqlalchemy as sa

from app import create_app
from app.database import db
from app.outbox import delivery
from app.outbox.models import CLAIMABLE, LEAVING, Message


def main() -> None:
    app = create_app()
    with app.app_context():
        while _waiting():
            if not delivery.deliver_due_messages():
                sleep(0.05)


def _waiting() -> bool:
    found = db.session.scalar(sa.select(sa.func.count()).select_from(Message).where(sa.or_(CLAIMABLE, LEAVING)))
    db.session.rollback()
    return bool(found)


if __name__ == "__main__":
    main()
