"""Organisers say who stands for a theme, replace them, and have their link mailed or withdrawn."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.agendas import agenda_themes, koppel_letters, koppels, office_holders
from app.agendas.forms import OfficeForm
from app.agendas.models import AgendaTheme, Office, OfficeKind, Party
from app.database import db
from app.network.models import Network
from app.web import undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages(
    "koppels", __name__, url_prefix="/organise/networks/<slug>/agendas/<int:agenda_id>/themes/<int:agenda_theme_id>"
)


def _load_office(network: Network, agenda_id: int, agenda_theme_id: int, office_id: int) -> Office | None:
    row = agenda_themes.load_agenda_theme(network, agenda_id, agenda_theme_id)
    return koppels.find_office(row, office_id) if row else None


@organisers.get("", needs=Need.ORGANISE, subject=agenda_themes.load_agenda_theme, shows=Shows.PEOPLE)
def show_koppel(network: Network, row: AgendaTheme) -> str:
    return render_template(
        "agendas/koppel.html", network=network, agenda=row.agenda, row=row, places=koppels.list_places(row)
    )


@organisers.route("/koppel/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=agenda_themes.load_agenda_theme)
def take_office(network: Network, row: AgendaTheme) -> ResponseReturnValue:
    """Somebody begins in the place that the address names; who stood there ends the day before."""
    party, kind = _place_of_request(row)
    form = OfficeForm(first_day=row.first_day if not koppels.offices_at(row, party, kind) else None)
    if form.validate_on_submit() and form.starts_on.data:
        with acting(form) as act:
            person = office_holders.read_office_holder(network, form.people.data)
            days = (form.starts_on.data, form.ends_on.data)
            koppels.take_office(row, party, kind, person, form.title.data, *days)
            act.say(gettext("%(name)s zit in het koppel.", name=person.name))
        if not act.refused:
            return _back_to(row)
    holder = next((each.holder for each in koppels.list_places(row) if (each.party, each.kind) == (party, kind)), None)
    return render_template(
        "agendas/office_form.html",
        network=network,
        agenda=row.agenda,
        row=row,
        form=form,
        party=party,
        kind=kind,
        holder=holder,
        office=None,
    ), 422 if form.errors else 200


def _place_of_request(row: AgendaTheme) -> tuple[Party, OfficeKind]:
    kind, number = request.args.get("kind", ""), request.args.get("party", type=int)
    party = next((each for each in row.agenda.parties if each.id == number), None)
    return (party, OfficeKind(kind)) if party and kind in list(OfficeKind) else abort(404)


@organisers.route("/koppel/<int:office_id>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_load_office)
def edit_office(network: Network, office: Office) -> ResponseReturnValue:
    row = office.agenda_theme
    form = OfficeForm(office).of(office)
    if form.validate_on_submit() and form.starts_on.data:
        with acting(form) as act:
            koppels.change_office(office, form.title.data, form.starts_on.data, form.ends_on.data)
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return _back_to(row)
    return render_template(
        "agendas/office_form.html",
        network=network,
        agenda=row.agenda,
        row=row,
        form=form,
        party=office.party,
        kind=office.kind,
        holder=None,
        office=office,
    ), 422 if form.errors else 200


@organisers.post("/koppel/<int:office_id>/remove", needs=Need.ORGANISE, subject=_load_office)
def remove_office(network: Network, office: Office) -> ResponseReturnValue:
    row, name = office.agenda_theme, koppels.name_of(office)
    kept = koppels.remove_office(office)
    db.session.commit()
    undo.offer_undo("koppel_office", name, kept, _address(row), place=network)
    return _back_to(row)


@undo.restorer("koppel_office", needs=Need.ORGANISE)
def _restore_office(network: Network, kept: dict[str, Any]) -> None:
    koppels.restore_office(network, kept)


@organisers.post("/koppel/<int:office_id>/send", needs=Need.ORGANISE, subject=_load_office)
def mail_link(network: Network, office: Office) -> ResponseReturnValue:
    with acting() as act:
        koppel_letters.mail_link(office)
        act.say(gettext("%(name)s krijgt een mail met de link.", name=koppels.name_of(office)))
    return _back_to(office.agenda_theme)


@organisers.post("/koppel/<int:office_id>/withdraw", needs=Need.ORGANISE, subject=_load_office)
def withdraw_link(network: Network, office: Office) -> ResponseReturnValue:
    with acting() as act:
        koppels.withdraw_link(office)
        act.say(gettext("De link werkt niet meer."))
    return _back_to(office.agenda_theme)


def _back_to(row: AgendaTheme) -> ResponseReturnValue:
    return redirect(_address(row), 303)


def _address(row: AgendaTheme) -> str:
    slug = row.agenda.network.slug
    return url_for("koppels.show_koppel", slug=slug, agenda_id=row.agenda_id, agenda_theme_id=row.id)
