"""The one search box: people, organisations and events, as a page or as a piece of one."""

from flask import render_template, request

from app.accounts import rights
from app.accounts.rights import Need
from app.network.finding import search as finding_search
from app.network.people import job_positions
from app.web.doors import OrganiserPages

organisers = OrganiserPages("finding", __name__, url_prefix="/organise")


@organisers.get("/search", needs=Need.SIGNED_IN)
def show_search() -> str:
    text = request.args.get("q", "").strip()[:200]
    found = finding_search.search_everywhere(text, rights.current_viewer()) if len(text) > 1 else None
    template = "network/found.html" if "HX-Request" in request.headers else "network/search.html"
    return render_template(template, text=text, found=found, current=job_positions.current_position)
