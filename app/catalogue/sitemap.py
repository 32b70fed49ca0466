"""The public pages of networks that everybody may know of, for search engines.

Without `lastmod`: what a page shows changes with more than its own row, and a date that is not true is worse than none.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as xml

import sqlalchemy as sa

from app import urls
from app.catalogue import items
from app.catalogue.models import CatalogueItem
from app.courses import public_courses
from app.database import db
from app.events import event_queries, event_series
from app.events.models import Event
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights.models import LibraryEntry
from app.network import network_queries
from app.network.models import Network
from app.themes import themes

MOST = 50_000
"""Addresses in one file (sitemaps.org)."""
_FIXED = ("/", "/agenda", "/catalogue", "/library", "/themes", "/subscribe", "/privacy", "/accessibility")


def write_sitemap() -> bytes:
    root = xml.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for number, path in enumerate(_list_paths()):
        if number == MOST:
            break
        xml.SubElement(xml.SubElement(root, "url"), "loc").text = urls.absolute_url(path)
    return bytes(xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _list_paths() -> Iterator[str]:
    yield from _FIXED
    yield from (f"/networks/{each.slug}" for each in network_queries.listed_networks())
    yield from (f"/themes/{each.slug}" for each in themes.list_themes() if not each.unsettled)
    yield from (f"/series/{each.slug}" for each in event_series.list_public_series())
    yield from (f"/courses/{slug}" for slug in db.session.scalars(public_courses.select_listed_slugs()))
    listed = sa.select(Network.id).where(Network.listed)
    wanted = sa.select(CatalogueItem.slug).where(items.is_public(), CatalogueItem.network_id.in_(listed))
    yield from (f"/catalogue/{slug}" for slug in _newest(wanted, CatalogueItem.id))
    public = event_queries.select_public_events().where(event_queries.of_listed_network())
    yield from (f"/events/{slug}" for slug in _newest(public.with_only_columns(Event.slug), Event.id))
    reports = sa.select(Impression.slug).where(
        Impression.state == ImpressionState.PUBLISHED, Impression.network_id.in_(listed)
    )
    yield from (f"/impressions/{slug}" for slug in _newest(reports, Impression.id))
    insights = sa.select(LibraryEntry.insight_id).where(LibraryEntry.network_id.in_(listed))
    yield from (f"/library/{key}" for key in _newest(insights, LibraryEntry.insight_id))


def _newest(wanted: sa.Select[Any], key: Any) -> Iterator[Any]:
    yield from db.session.scalars(wanted.order_by(key.desc()).limit(MOST))
