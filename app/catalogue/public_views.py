"""The catalogue for everybody: the list, what has no date, and the ways in which other programs find it."""

from flask import Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.catalogue import catalogue, items, news_feed, sitemap
from app.catalogue.catalogue import CatalogueFilter
from app.catalogue.models import CatalogueItem
from app.events import agenda
from app.feeds import public_feed
from app.network import network_queries
from app.network.organisations import organisations
from app.themes import themes
from app.web import downloads, visiting
from app.web.doors import PublicPages

public = PublicPages("catalogue", __name__)
_NARROWS = ("audience", "theme", "form", "region", "when")


@public.get("/catalogue", kept=(*_NARROWS, "page"))
def show_catalogue() -> str:
    sought = _sought()
    return render_template(
        "catalogue/catalogue.html",
        sought=sought,
        page=catalogue.page_of_catalogue(sought, request.args.get("page", 1, type=int)),
        roles=network_queries.list_roles(),
        themes=[theme for theme in themes.list_choosable() if not theme.unsettled],
        forms=catalogue.list_forms(),
        regions=organisations.list_regions(),
        months=catalogue.months_ahead(),
        narrowing={name: request.args[name] for name in _NARROWS if request.args.get(name)},
    )


@public.get("/catalogue.rss", kept=_NARROWS)
def serve_news_feed() -> Response:
    """What came on offer last, for programs that read feeds."""
    return Response(news_feed.write_news_feed(catalogue.newest_cards(_sought())), mimetype="application/rss+xml")


@public.get("/catalogue/<slug>", kept=())
def show_item(slug: str) -> str:
    return render_template("catalogue/item.html", item=_find(slug))


@public.get("/catalogue/<slug>/file")
def download_item(slug: str) -> ResponseReturnValue:
    item = _find(slug)
    if item.address:
        return redirect(item.address)
    return downloads.send_upload(items.read_content(item) or abort(404), item.file_name)


@public.get("/sitemap.xml", kept=())
def serve_sitemap() -> Response:
    """All public pages, for search engines (sitemaps.org)."""
    return Response(sitemap.write_sitemap(), mimetype="application/xml")


def _find(slug: str) -> CatalogueItem:
    item = items.find_public_item(slug)
    if item is None or not visiting.may_visit(item.network, f"/catalogue/{slug}"):
        abort(404)
    return item


def _sought() -> CatalogueFilter:
    """What the address narrows the catalogue down to; what is not known narrows nothing."""
    asked = request.args.get
    by_key = {public_feed.region_slug(region): region for region in organisations.list_regions()}
    when = asked("when", "")
    role = network_queries.find_role(asked("audience"))
    return CatalogueFilter(
        role=role.code if role else "",
        theme=themes.find_theme(asked("theme", "")) if asked("theme") else None,
        form=form if (form := asked("form", "")) in dict(catalogue.list_forms()) else "",
        region=by_key.get(asked("region", ""), ""),
        when=when if when == catalogue.UNDATED or agenda.read_month(when) else "",
    )
