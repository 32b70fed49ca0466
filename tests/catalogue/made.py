"""Things on offer, for tests of the catalogue."""

from app.catalogue import items
from app.catalogue.items import ItemDetails
from app.catalogue.models import CatalogueItem, ItemKind
from app.materials.material_files import CleanFile
from app.network.models import Network


def item(
    of: Network, title: str = "Handreiking data", *, kind: ItemKind = ItemKind.GUIDE, content: bytes = b"", **values
) -> CatalogueItem:
    """A link, or a file with this content; `values` as of ItemDetails."""
    address = "" if content else f"https://www.example.nl/{title.replace(' ', '-')}"
    details = ItemDetails(**{"kind": kind, "title": title, "summary": "Over data.", "address": address} | values)
    return items.add_item(of, details, CleanFile("data.pdf", content) if content else None)
