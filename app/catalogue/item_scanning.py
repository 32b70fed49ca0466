"""The virus scanner looks at files on offer in the background, as it does at the material of sessions."""

from operator import attrgetter

from app.catalogue import items
from app.catalogue.models import CatalogueItem
from app.database import Condition
from app.materials import scanning, virus_mails
from app.materials.scanning import ScannedFiles


def scan_waiting_items() -> int:
    """Have the files on offer scanned; returns how many. Raises what `scanning.scan_waiting` raises."""
    return scanning.scan_waiting(_ITEMS)


def _waits() -> Condition:
    return CatalogueItem.size.is_not(None) & items.there()


def _tell(item: CatalogueItem) -> None:
    page = f"/organise/networks/{item.network.slug}/catalogue/{item.id}"
    virus_mails.tell_organisers(item.network, item.title, item.file_name, page)


_ITEMS = ScannedFiles("scan_waiting_items", CatalogueItem, _waits, items.read_content, attrgetter("version"), _tell)
