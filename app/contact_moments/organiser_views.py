"""Organisers note talks with organisations, one by one or many at once; readers see that they took place."""

import hashlib
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.accounts import rights, sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.contact_moments import contact_moments, talk_queries, talk_rows, talk_table
from app.contact_moments.forms import NetworkTalkForm, OrganisationTalkForm, RowsForm, read_talk_filter
from app.contact_moments.models import ContactKind, ContactMoment
from app.database import db, only_reading
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.network.organisations.organisations import load_organisation
from app.sheets import TableKind
from app.themes import themes
from app.web import undo
from app.web.acting import acting
from app.web.doors import OrganiserPages
from app.web.downloads import TABLE, send_table

_TALKS = "/organise/networks/<slug>/contact-moments"
organisers = OrganiserPages("contact_moments", __name__)


@organisers.get(_TALKS, needs=Need.READ, shows=Shows.PEOPLE)
def list_talks(network: Network) -> str:
    sought, viewer = read_talk_filter(), rights.current_viewer()
    return render_template(
        "contact_moments/talks.html",
        network=network,
        sought=sought,
        page=talk_queries.page_of_talks(network, sought, viewer),
        kinds=list(ContactKind),
        themes=themes.list_themes(),
        years=talk_queries.list_years(network),
    )


@organisers.post(f"{_TALKS}.{TABLE}", needs=Need.READ, shows=Shows.COPY)
def export_talks(network: Network, ending: str) -> Response:
    """What the list shows to who takes it along."""
    viewer = rights.current_viewer()
    with only_reading():
        lines = talk_queries.list_talks(network, read_talk_filter(), viewer)
        content = talk_table.write_talks_sheet(TableKind(ending), lines, with_notes=viewer.may_organise(network.id))
    return send_table(content, ending, f"{network.slug}-contact")


@organisers.route(f"{_TALKS}/new", methods=["GET", "POST"], needs=Need.ORGANISE)
def enter_talk(network: Network) -> ResponseReturnValue:
    form = NetworkTalkForm()
    if form.validate_on_submit():
        with acting(form) as act:
            contact_moments.enter_talk(network, form.talk_with(form.bodies), sessions.account())
            act.say(gettext("Vastgelegd."))
        if not act.refused:
            return redirect(url_for("contact_moments.list_talks", slug=network.slug), 303)
    return _render_form(form, network=network, talk=None)


@organisers.post(
    "/organise/organisations/<int:organisation_id>/contact-moments", needs=Need.ORGANISER, subject=load_organisation
)
def enter_talk_with(organisation: Organisation) -> ResponseReturnValue:
    """From the page of an organisation, in the name of one of the networks that somebody organises."""
    networks = rights.networks_to_organise(sessions.account()) or abort(403)
    people = talk_queries.list_whom_to_name([organisation], rights.current_viewer())
    form = OrganisationTalkForm(networks, people)
    if form.validate():
        with acting(form) as act:
            contact_moments.enter_talk(form.chosen_network, form.talk_with([organisation]), sessions.account())
            act.say(gettext("Vastgelegd."))
        if not act.refused:
            return redirect(url_for("organisations.show_organisation", organisation_id=organisation.id), 303)
    return _render_form(form, organisation=organisation)


@organisers.route(
    f"{_TALKS}/<int:contact_moment_id>",
    methods=["GET", "POST"],
    needs=Need.ORGANISE,
    subject=talk_queries.find_talk,
    shows=Shows.PEOPLE,
)
def edit_talk(network: Network, talk: ContactMoment) -> ResponseReturnValue:
    viewer = rights.current_viewer()
    seen = talk_queries.list_people_seen(talk, viewer)
    at_work = talk_queries.list_whom_to_name(talk.organisations, viewer)
    form = NetworkTalkForm(list(dict.fromkeys([*seen, *at_work])), talk).of(talk)
    if form.validate_on_submit():
        unseen = [each for each in talk.people if each not in seen]
        with acting(form) as act:
            contact_moments.fill_talk(talk, form.talk_with(form.bodies, unseen))
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return redirect(url_for("contact_moments.list_talks", slug=network.slug), 303)
    return _render_form(form, network=network, talk=talk)


@organisers.post(f"{_TALKS}/<int:contact_moment_id>/remove", needs=Need.ORGANISE, subject=talk_queries.find_talk)
def remove_talk(network: Network, talk: ContactMoment) -> ResponseReturnValue:
    what = ", ".join(each.name for each in talk.organisations)
    kept = contact_moments.remove_talk(talk)
    db.session.commit()
    back = url_for("contact_moments.list_talks", slug=network.slug)
    undo.offer_undo("contact_moment", what, kept, back, place=network)
    return redirect(back, 303)


@undo.restorer("contact_moment", needs=Need.ORGANISE)
def _restore_talk(network: Network, kept: dict[str, Any]) -> None:
    contact_moments.restore_talk(network, kept)


@organisers.route(f"{_TALKS}/rows", methods=["GET", "POST"], needs=Need.ORGANISE)
def paste_rows(network: Network) -> ResponseReturnValue:
    """First a dry run; only rows that were looked at are kept."""
    form, pasted = RowsForm(), None
    if form.validate_on_submit():
        pasted = talk_rows.read_rows(network, form.pasted.data)
        if request.form.get("keep") == _digest(form.pasted.data):
            with acting(form) as act:
                number = talk_rows.enter_rows(network, pasted, sessions.account())
                act.say(ngettext("%(num)s gesprek is vastgelegd.", "%(num)s gesprekken zijn vastgelegd.", number))
            if not act.refused:
                return redirect(url_for("contact_moments.list_talks", slug=network.slug), 303)
    return render_template(
        "contact_moments/rows.html",
        network=network,
        form=form,
        pasted=pasted,
        seal=_digest(form.pasted.data or ""),
        columns=list(talk_rows.TalkColumn),
    ), 422 if form.errors else 200


def _digest(text: str) -> str:
    """What tells whether the rows are those that were looked at."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _render_form(form: NetworkTalkForm | OrganisationTalkForm, **about: Any) -> ResponseReturnValue:
    return render_template("contact_moments/form.html", form=form, **about), 422 if form.errors else 200
