"""The public page of an agenda: what was agreed, by whom, and which executives stand for each theme."""

from flask import abort, render_template

from app.agendas import agendas, koppels
from app.agendas.models import AgendaState
from app.progress import editions
from app.web import visiting
from app.web.doors import PublicPages

public = PublicPages("public_agendas", __name__)


@public.get("/agendas/<slug>", kept=())
def show_public_agenda(slug: str) -> str:
    agenda = agendas.find_agenda(slug) or abort(404)
    if agenda.state != AgendaState.PUBLISHED or not visiting.may_visit(agenda.network):
        abort(404)
    executives = {each.id: koppels.executives_on(each) for each in agenda.themes}
    holders = [place.holder for places in executives.values() for place in places]
    return render_template(
        "agendas/public.html",
        agenda=agenda,
        today=agendas.themes_on(agenda),
        executives=executives,
        reports=editions.list_public_reports(agenda),
        unnamed=koppels.unnamed_people(holders),
    )
