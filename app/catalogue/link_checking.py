"""The weekly look at links of what is on offer: a dead one is hidden from visitors, and its organisers read that.

Dead is what was not there twice, a day apart; a person looks once a year besides (items.is_stale), since a site may
answer with a page that says that there is none.
"""

import json
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app import budget, clock
from app.budget import OverBudget
from app.catalogue import items, link_asking
from app.catalogue.models import CatalogueItem, LinkState
from app.database import db, take_row
from app.setbacks import one_by_one

EVERY, AGAIN = timedelta(days=7), timedelta(days=1)
"""Between two looks, and after one that found nothing there."""
AT_ONCE = 20
"""Links in one run of the job, which is an hour at most when none answers."""


def check_links() -> int:
    """Look at the links whose turn it is; returns how many."""
    now = clock.now()
    due = sa.or_(
        CatalogueItem.link_checked_at.is_(None),
        CatalogueItem.link_checked_at <= now - EVERY,
        (CatalogueItem.link_state == LinkState.MISSING) & (CatalogueItem.link_checked_at <= now - AGAIN),
    )
    wanted = sa.select(CatalogueItem.id).where(CatalogueItem.address != "", items.there(), due)
    waiting = db.session.scalars(wanted.order_by(CatalogueItem.link_checked_at, CatalogueItem.id).limit(AT_ONCE)).all()
    db.session.commit()
    return one_by_one.do_each("check_links", waiting, _check)


def _check(item_id: int) -> int | None:
    """Ask while others may write; an address that changed meanwhile has to wait again."""
    address = db.session.scalar(sa.select(CatalogueItem.address).where(CatalogueItem.id == item_id))
    db.session.commit()
    if not address:
        return None
    found = _ask(address)
    item = take_row(CatalogueItem, item_id, CatalogueItem.address == address)
    if item is None:
        return None
    gone_before = item.link_state in (LinkState.MISSING, LinkState.DEAD)
    item.link_state = LinkState.DEAD if found == LinkState.MISSING and gone_before else found
    item.link_checked_at = clock.now()
    return 1


def _ask(address: str) -> LinkState:
    asked = {
        "address": address,
        "agent": f"Leerkring ({current_app.config['BASE_URL']})",
        "on_this_machine": current_app.config["CALENDARS_ON_THIS_MACHINE"],
    }
    try:
        told = budget.run_within_budget(
            "app.catalogue.link_asking:ask_link", json.dumps(asked).encode(), waiting=link_asking.PATIENCE
        )
    except OverBudget:
        return LinkState.UNSURE
    return LinkState(told["found"])
