"""The knowledge library for everybody: what earlier sessions taught."""

from flask import abort, render_template, request

from app.database import db
from app.lessons.impressions import facts, library, library_materials
from app.lessons.impressions.library import LibraryFilter
from app.lessons.insights import usage, uses
from app.lessons.insights.models import Insight
from app.network import network_queries
from app.network.organisations.models import OrganisationKind
from app.web import visiting
from app.web.doors import PublicPages

public = PublicPages("library", __name__)


@public.get("/library", kept=("q", "theme", "network", "year", "kind", "used", "page"))
def show_library() -> str:
    sought = LibraryFilter(
        text=request.args.get("q", "").strip()[:200],
        theme=request.args.get("theme", ""),
        network=request.args.get("network", ""),
        year=request.args.get("year", type=int),
        kind=request.args.get("kind", ""),
        used=request.args.get("used") == "1",
    )
    return render_template(
        "lessons/library.html",
        sought=sought,
        page=library.search_library(sought, request.args.get("page", 1, type=int)),
        materials=library_materials.search_materials(sought),
        themes=library.themes_of_library(),
        networks=network_queries.listed_networks(),
        years=library.years_of_library(),
        kinds=list(OrganisationKind),
    )


@public.get("/library/<int:insight_id>", kept=())
def show_insight(insight_id: int) -> str:
    """One insight with where it came from, what came of it and who said the same."""
    row = db.session.get(Insight, insight_id)
    if row is None or not row.impression.published or not visiting.may_visit(row.impression.network):
        abort(404)
    suggestion_ids = [each.id for each in row.suggestions]
    return render_template(
        "lessons/library_insight.html",
        insight=library.load_insights([insight_id])[0],
        used=usage.usage_of_suggestions(suggestion_ids),
        askable=usage.list_askable(suggestion_ids),
        response=usage.response_in_words(uses.count_response(row.impression)),
        kin=library.kindred_insights(row),
        confidential=facts.is_confidential(row.impression),
    )
