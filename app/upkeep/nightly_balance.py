"""The balance once a night: what was found is kept, and shown with everything else that is not well."""

from datetime import datetime, time, timedelta

from app import clock
from app.database import db, insert_or_update, only_reading
from app.upkeep import balance
from app.upkeep.models import BalanceReport

HOUR = time(3)
MOST = 100
"""Breaches that are kept; what more there is, shows when those are mended."""


def check_balance() -> int:
    """Look whether everything fits together, unless that was done since last night; returns how many breaches were found."""
    last = db.session.get(BalanceReport, 1)
    if last and last.at >= _last_night():
        return 0
    with only_reading():
        found = [str(each) for each in balance.find_breaches()]
    report = {"at": clock.now(), "found": len(found), "breaches": found[:MOST]}
    table = BalanceReport.__table__
    db.session.execute(insert_or_update(table, "id", **report).values({"id": 1, **report}))
    return len(found)


def _last_night() -> datetime:
    tonight = clock.utc_moment(clock.today(), HOUR)
    return tonight if tonight <= clock.now() else clock.utc_moment(clock.today() - timedelta(days=1), HOUR)
