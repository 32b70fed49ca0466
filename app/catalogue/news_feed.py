"""What came on offer last, as RSS 2.0 (rssboard.org) with the address of the feed itself as Atom wants it."""

from collections.abc import Iterable
from email.utils import format_datetime
from xml.etree import ElementTree as xml

from flask import current_app, request
from flask_babel import gettext

from app import urls
from app.catalogue.catalogue import Card
from app.translating import language

_ATOM = "http://www.w3.org/2005/Atom"
xml.register_namespace("atom", _ATOM)


def write_news_feed(cards: Iterable[Card]) -> bytes:
    """The feed in the language of the reader; its dates are English by RFC 822, whatever that is."""
    root = xml.Element("rss", version="2.0")
    channel = xml.SubElement(root, "channel")
    _add(channel, "title", f"{gettext('Aanbod')} – {current_app.config['SITE_NAME']}")
    _add(channel, "link", urls.absolute_url("/catalogue"))
    _add(channel, "description", gettext("Sessies, leergangen en meer, het nieuwste eerst."))
    _add(channel, "language", language())
    own = urls.absolute_url(request.full_path.rstrip("?"))
    xml.SubElement(channel, f"{{{_ATOM}}}link", href=own, rel="self", type="application/rss+xml")
    for card in cards:
        _add_card(channel, card)
    return bytes(xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_card(channel: xml.Element, card: Card) -> None:
    item = xml.SubElement(channel, "item")
    _add(item, "title", card.title)
    _add(item, "link", card.link)
    _add(item, "guid", card.link)
    _add(item, "description", " · ".join(part for part in (card.form, card.when, card.place, card.summary) if part))
    _add(item, "pubDate", format_datetime(card.since))


def _add(parent: xml.Element, name: str, text: str) -> None:
    xml.SubElement(parent, name).text = text
