"""Organisers keep an agenda: what was agreed, which themes stand on it, whether everybody may read it."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.rights import Need
from app.agendas import agenda_themes, agendas, koppels
from app.agendas.forms import AgendaForm, AgendaThemeForm
from app.agendas.models import Agenda, AgendaTheme
from app.database import db
from app.network.models import Network
from app.rows import plain_row, typed_row
from app.themes import themes
from app.web import agenda_parts, undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("agendas", __name__, url_prefix="/organise/networks/<slug>/agendas")
_KEPT = ("id", "theme_id", "ambition", "starts_on", "ends_on", "place")


@organisers.get("", needs=Need.ORGANISE)
def list_agendas(network: Network) -> str:
    return render_template("agendas/agendas.html", network=network, agendas=agendas.list_agendas(network))


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISE)
def create_agenda(network: Network) -> ResponseReturnValue:
    form = AgendaForm()
    if form.validate_on_submit():
        with acting(form) as act:
            made = agendas.create_agenda(network, form.details, form.party_names)
            act.say(gettext("De agenda is een concept. Zet er nu thema’s op."))
        if not act.refused:
            return _back_to(made)
    return render_template("agendas/form.html", network=network, form=form), 422 if form.errors else 200


@organisers.get("/<int:agenda_id>", needs=Need.ORGANISE, subject=agendas.find_agenda_of)
def show_agenda(network: Network, agenda: Agenda) -> str:
    return render_template(
        "agendas/agenda.html",
        network=network,
        agenda=agenda,
        today=agendas.themes_on(agenda),
        places={each.id: koppels.list_places(each) for each in agenda.themes},
    )


@organisers.route("/<int:agenda_id>/edit", methods=["GET", "POST"], needs=Need.ORGANISE, subject=agendas.find_agenda_of)
def edit_agenda(network: Network, agenda: Agenda) -> ResponseReturnValue:
    form = AgendaForm(agenda).of(agenda)
    if form.validate_on_submit():
        with acting(form) as act:
            agendas.change_agenda(agenda, form.details, form.party_names)
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return _back_to(agenda)
    return render_template("agendas/form.html", network=network, form=form, agenda=agenda), 422 if form.errors else 200


@organisers.post(
    "/<int:agenda_id>/publish",
    needs=Need.ORGANISE,
    subject=agendas.find_agenda_of,
    seen=agenda_parts.parts_of_agenda,
)
def publish_agenda(network: Network, agenda: Agenda) -> ResponseReturnValue:
    with acting() as act:
        agendas.publish_agenda(agenda)
        act.say(gettext("De agenda is gepubliceerd."))
    return _back_to(agenda)


@organisers.post(
    "/<int:agenda_id>/withdraw",
    needs=Need.ORGANISE,
    subject=agendas.find_agenda_of,
    seen=agenda_parts.parts_of_agenda,
)
def withdraw_agenda(network: Network, agenda: Agenda) -> ResponseReturnValue:
    agendas.withdraw_agenda(agenda)
    db.session.commit()
    message = gettext("De agenda is weer een concept. De openbare pagina is er niet meer.")
    undo.offer_undo("withdrawn_agenda", "", {"id": agenda.id}, _address(agenda), message, place=network)
    return _back_to(agenda)


@undo.restorer("withdrawn_agenda", needs=Need.ORGANISE)
def _restore_agenda(network: Network, kept: dict[str, Any]) -> None:
    if agenda := agendas.find_agenda_of(network, kept["id"]):
        agendas.publish_agenda(agenda)


@organisers.route(
    "/<int:agenda_id>/themes/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=agendas.find_agenda_of
)
def put_on_agenda(network: Network, agenda: Agenda) -> ResponseReturnValue:
    there = {each.theme_id for each in agenda.themes}
    choosable = {str(each.id): each for each in themes.list_themes() if each.id not in there}
    form = AgendaThemeForm(list(choosable.values()))
    if form.validate_on_submit():
        with acting(form) as act:
            values = (form.ambition.data, form.starts_on.data, form.ends_on.data)
            row = agenda_themes.put_on_agenda(agenda, choosable[form.theme.data], *values)
            act.say(gettext("‘%(theme)s’ staat op de agenda. Zeg nu wie in het koppel zit.", theme=row.theme.words))
        if not act.refused:
            shown = url_for("koppels.show_koppel", slug=network.slug, agenda_id=agenda.id, agenda_theme_id=row.id)
            return redirect(shown, 303)
    return render_template(
        "agendas/theme_form.html", network=network, agenda=agenda, form=form, row=None
    ), 422 if form.errors else 200


@organisers.route(
    "/<int:agenda_id>/themes/<int:agenda_theme_id>/edit",
    methods=["GET", "POST"],
    needs=Need.ORGANISE,
    subject=agenda_themes.load_agenda_theme,
)
def edit_agenda_theme(network: Network, row: AgendaTheme) -> ResponseReturnValue:
    form = AgendaThemeForm([], row).of(row)
    if form.validate_on_submit():
        with acting(form) as act:
            agenda_themes.change_agenda_theme(row, form.ambition.data, form.starts_on.data, form.ends_on.data)
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return _back_to(row.agenda)
    return render_template(
        "agendas/theme_form.html", network=network, agenda=row.agenda, form=form, row=row
    ), 422 if form.errors else 200


@organisers.post(
    "/<int:agenda_id>/themes/<int:agenda_theme_id>/up", needs=Need.ORGANISE, subject=agenda_themes.load_agenda_theme
)
def move_agenda_theme_up(network: Network, row: AgendaTheme) -> ResponseReturnValue:
    agenda_themes.move_agenda_theme_up(row)
    db.session.commit()
    return _back_to(row.agenda)


@organisers.post(
    "/<int:agenda_id>/themes/<int:agenda_theme_id>/remove", needs=Need.ORGANISE, subject=agenda_themes.load_agenda_theme
)
def remove_agenda_theme(network: Network, row: AgendaTheme) -> ResponseReturnValue:
    agenda, name = row.agenda, row.theme.words
    kept = plain_row({column: getattr(row, column) for column in _KEPT})
    with acting() as act:
        agenda_themes.take_off_agenda(row)
    if not act.refused:
        undo.offer_undo("agenda_theme", name, {"agenda": agenda.id} | kept, _address(agenda), place=network)
    return _back_to(agenda)


@undo.restorer("agenda_theme", needs=Need.ORGANISE)
def _restore_agenda_theme(network: Network, kept: dict[str, Any]) -> None:
    agenda_themes.restore_agenda_theme(network, kept.pop("agenda"), typed_row(AgendaTheme.__table__, kept))


def _back_to(agenda: Agenda) -> ResponseReturnValue:
    return redirect(_address(agenda), 303)


def _address(agenda: Agenda) -> str:
    return url_for("agendas.show_agenda", slug=agenda.network.slug, agenda_id=agenda.id)
