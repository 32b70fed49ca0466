"""What is remembered for as long as a transaction lasts."""

from typing import Any, cast

from app.database import db


def kept_in_transaction(name: str) -> dict[int, Any]:
    """Rows by id that are noted under a name for as long as the transaction lasts, such as those that it has locked.

    What is noted within a savepoint is forgotten at once: its end may be the end of that lock.
    """
    session = db.session()
    transaction = session.get_transaction() or session.begin()
    begun, kept = session.info.get(name, (None, {}))
    if begun is not transaction:
        kept = {}
    if session.in_nested_transaction():
        return dict(kept)
    session.info[name] = transaction, kept
    return cast("dict[int, Any]", kept)
