"""What is on offer without a date, kept by the organisers of a network: made, changed, published, removed, brought back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock, slugs
from app.catalogue.models import CatalogueFile, CatalogueItem, ItemKind, LinkState
from app.database import Condition, db, insert_or_update, rows_changed
from app.materials.material_files import CleanFile
from app.materials.models import Scan
from app.network import archiving
from app.network.models import Network
from app.network.vocabulary.models import Role
from app.themes.models import Theme
from app.words import Refusal

KEPT_REMOVED = timedelta(days=7)
"""How long what was removed can come back."""
STALE = timedelta(days=365)
"""After how long somebody should look again whether it still holds."""


class LinkOrFile(Refusal):
    """An item is one thing: a link, or a file."""

    says = {
        "none": _l("Vul een webadres in, of kies een bestand."),
        "both": _l("Kies één van de twee: een webadres of een bestand."),
    }
    field = "address"


@dataclass(frozen=True)
class ItemDetails:
    """What an organiser says of an item; `minutes` is how long it takes."""

    kind: ItemKind
    title: str
    summary: str
    description: str = ""
    address: str = ""
    minutes: int | None = None
    maker: str = ""
    checked_on: date = field(default_factory=clock.today)
    roles: Sequence[Role] = ()
    themes: Sequence[Theme] = ()


def list_items(network: Network) -> list[CatalogueItem]:
    """The items of a network, by title."""
    wanted = sa.select(CatalogueItem).where(CatalogueItem.network_id == network.id, there())
    return list(db.session.scalars(wanted.order_by(CatalogueItem.title, CatalogueItem.id)))


def find_item(network: Network, item_id: int) -> CatalogueItem | None:
    wanted = sa.select(CatalogueItem).where(
        CatalogueItem.id == item_id, CatalogueItem.network_id == network.id, there()
    )
    return db.session.scalar(wanted)


def find_public_item(slug: str) -> CatalogueItem | None:
    """An item that was published and can be had."""
    wanted = sa.select(CatalogueItem).where(CatalogueItem.slug == slug, is_public())
    whole = (joinedload(CatalogueItem.network), selectinload(CatalogueItem.roles), selectinload(CatalogueItem.themes))
    return db.session.scalar(wanted.options(*whole))


def there() -> Condition:
    """The condition that an item was not removed."""
    return CatalogueItem.removed_at.is_(None)


def is_public() -> Condition:
    """The condition that visitors see an item who may know of its network (CatalogueItem.hidden, in SQL)."""
    return sa.and_(
        there(),
        CatalogueItem.published_at.is_not(None),
        CatalogueItem.link_state != LinkState.DEAD,
        CatalogueItem.scan != Scan.INFECTED,
    )


def add_item(network: Network, details: ItemDetails, file: CleanFile | None = None) -> CatalogueItem:
    """Put something on offer, at once. Raises archiving.Archived or LinkOrFile."""
    archiving.demand_open(network)
    item = CatalogueItem(network=network, slug=slugs.free_slug(CatalogueItem.slug, details.title, "aanbod"))
    item.published_at = clock.now()
    _fill(item, details, file)
    db.session.add(item)
    db.session.flush()
    _keep_content(item, file)
    return item


def change_item(item: CatalogueItem, details: ItemDetails, file: CleanFile | None = None) -> None:
    """Say otherwise what it is; another file or address takes the place of the one before. Raises LinkOrFile."""
    _fill(item, details, file)
    db.session.flush()
    _keep_content(item, file)


def set_published(item: CatalogueItem, published: bool) -> None:
    """Show it to visitors, or not any more."""
    item.published_at = (item.published_at or clock.now()) if published else None


def remove_item(item: CatalogueItem) -> None:
    """Nobody finds it any more; for a week it can come back."""
    item.removed_at = clock.now()


def restore_item(network: Network, item_id: int) -> None:
    """Bring back what was removed, unless that is too long ago."""
    removed = sa.update(CatalogueItem).where(CatalogueItem.id == item_id, CatalogueItem.network_id == network.id)
    db.session.execute(removed.values(removed_at=None))


def forget_removed_items() -> int:
    """Delete what was removed a week ago, bytes and all; returns how many."""
    gone = sa.delete(CatalogueItem).where(CatalogueItem.removed_at < clock.now() - KEPT_REMOVED)
    return rows_changed(gone.execution_options(synchronize_session=False))


def read_content(item: CatalogueItem) -> bytes | None:
    """The bytes of a file; None of a link."""
    return db.session.scalar(sa.select(CatalogueFile.content).where(CatalogueFile.item_id == item.id))


def is_stale(item: CatalogueItem) -> bool:
    """Whether somebody should look again whether it still holds."""
    return item.checked_on < clock.today() - STALE


def _fill(item: CatalogueItem, details: ItemDetails, file: CleanFile | None) -> None:
    if file and details.address:
        raise LinkOrFile("both")
    if not (file or details.address or item.size):
        raise LinkOrFile("none")
    for name in ("kind", "title", "summary", "description", "minutes", "maker", "checked_on"):
        setattr(item, name, getattr(details, name))
    item.roles, item.themes = list(details.roles), list(details.themes)
    if file:
        item.version = (item.version or 0) + 1
        item.address, item.file_name, item.size, item.scan = "", file.name, len(file.content), Scan.NOT_SCANNED
        item.link_state, item.link_checked_at = LinkState.UNKNOWN, None
    elif details.address and details.address != item.address:
        item.address, item.file_name, item.size, item.scan = details.address, "", None, Scan.NOT_SCANNED
        item.link_state, item.link_checked_at = LinkState.UNKNOWN, None


def _keep_content(item: CatalogueItem, file: CleanFile | None) -> None:
    if file:
        kept = insert_or_update(CatalogueFile.__table__, "item_id", content=file.content)
        db.session.execute(kept.values(item_id=item.id, content=file.content))
    elif item.address:
        db.session.execute(sa.delete(CatalogueFile).where(CatalogueFile.item_id == item.id))
