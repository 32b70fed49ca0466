"""The virus scanner looks at files on offer in the background, as it does at the material of sessions."""

import sqlalchemy as sa
from flask import current_app

from app.catalogue import items
from app.catalogue.models import CatalogueItem
from app.database import db, take_row
from app.materials import scanning
from app.materials.models import Scan
from app.setbacks import one_by_one


def scan_waiting_items() -> int:
    """Have the files scanned that were not; returns how many."""
    scanner = current_app.config["SCANNER"]
    if not scanner:
        return 0
    wanted = sa.select(CatalogueItem.id).where(
        CatalogueItem.size.is_not(None), CatalogueItem.scan == Scan.NOT_SCANNED, items.there()
    )
    waiting = db.session.scalars(wanted.order_by(CatalogueItem.id)).all()
    db.session.commit()
    return one_by_one.do_each("scan_waiting_items", waiting, lambda item_id: _scan(scanner, item_id))


def _scan(scanner: str, item_id: int) -> int | None:
    """Have one scanned while others may write; what was replaced meanwhile has to wait again."""
    item = db.session.get(CatalogueItem, item_id)
    content = items.read_content(item) if item else None
    name = item.file_name if item else ""
    db.session.commit()
    if content is None:
        return None
    found = scanning.ask_scanner(scanner, content)
    taken = take_row(CatalogueItem, item_id, CatalogueItem.file_name == name, CatalogueItem.size == len(content))
    if taken is None:
        return None
    taken.scan = found
    return 1
