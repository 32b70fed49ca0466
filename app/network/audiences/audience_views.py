"""Audiences: made from building blocks, with a live count and a list of people who are in or left out."""

from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice

from app import clock, wording
from app.accounts import rights, sessions, shared_changes
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.courses import courses
from app.database import db
from app.events import event_queries
from app.invitations.waves import mail_guard, waves
from app.invitations.waves.models import Wave
from app.network import network_queries
from app.network.audiences import audience_blocks, audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.audiences.forms import AudienceForm
from app.network.audiences.models import Audience
from app.network.imports import import_runs
from app.network.models import Network
from app.network.organisations import organisations
from app.network.organisations.models import OrganisationKind
from app.network.people import people
from app.network.vocabulary.forms import role_choices
from app.themes import themes
from app.themes.forms import theme_choices
from app.web import seen_parts, undo
from app.web.doors import OrganiserPages, row_of
from app.web.forms import choices

organisers = OrganiserPages("audiences", __name__, url_prefix="/organise/networks/<slug>/audiences")
_AUDIENCE = row_of(Audience)


@organisers.get("", needs=Need.READ)
def list_audiences(network: Network) -> str:
    return render_template(
        "network/audiences.html", network=network, audiences=network_queries.audiences_of_network(network)
    )


@organisers.get("/count", needs=Need.READ)
def count_audience(network: Network) -> str:
    """The number of people a form that is being filled in would give; a piece of a page for htmx."""
    form = _audience_form(network, request.args)
    return render_template(
        "network/reach.html",
        network=network,
        reach=audiences.count_reach(form.rule(), network.id, rights.current_viewer()),
    )


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_AUDIENCE)
@organisers.route("/<int:audience_id>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_AUDIENCE)
def edit_audience(network: Network, audience: Audience | None) -> ResponseReturnValue:
    form = _audience_form(network, request.form if request.method == "POST" else None, audience).of(audience)
    if request.method == "POST":
        form.add_asked(request.form)
    if "save" in request.form and form.validate_on_submit() and not form.wrong_fields():
        double = network_queries.find_audience(network, form.name.data)
        if double and double is not audience:
            form.reject("name", gettext("Er is al een doelgroep met deze naam."))
        else:
            audience = audience or Audience(network_id=network.id)
            if audience.id and audience.rule != form.rule():
                _ask_to_look_again(audience)
            audience.name, audience.rule = form.name.data, form.rule()
            db.session.add(audience)
            db.session.commit()
            flash(gettext("De doelgroep ‘%(name)s’ is bewaard.", name=audience.name), "ok")
            return redirect(
                _page_to_return_to()
                or url_for("audiences.list_audience_people", slug=network.slug, audience_id=audience.id),
                303,
            )
    return render_template(
        "network/audience.html",
        network=network,
        form=form,
        audience=audience,
        blocks=list(AudienceBlock),
        reach=audiences.count_reach(form.rule(), network.id, rights.current_viewer()),
    ), 422 if form.wrong_fields() else 200


def _ask_to_look_again(audience: Audience) -> None:
    """What a second organiser approved for these people goes to others now."""
    goes = sa.or_(Wave.audience_id == audience.id, Wave.first_audience_id == audience.id)
    for wave in db.session.scalars(sa.select(Wave).where(goes)):
        waves.withdraw_release(wave)


@organisers.get(
    "/<int:audience_id>/people", endpoint="list_audience_people", needs=Need.READ, subject=_AUDIENCE, shows=Shows.PEOPLE
)
def list_audience_people(network: Network, audience: Audience) -> str:
    """People who are in an audience now or, with ?left=1, those who fit but get no mail, and why."""
    left_out = "left" in request.args
    viewer = rights.current_viewer()
    if audience_blocks.about_hidden(audience.rule, network.id, viewer):
        abort(403)
    reach = audiences.count_reach(audience.rule, network.id, viewer)
    full = set(
        db.session.scalars(
            mail_guard.select_people_at_limit(audiences.select_people_of_audience(audience, viewer), clock.now())
        )
    )
    return render_template(
        "network/audience_people.html",
        network=network,
        audience=audience,
        reach=reach,
        page=audiences.page_of_audience(audience.rule, network.id, viewer, reach, left_out=left_out),
        left_out=left_out,
        full=full,
    )


@organisers.post("/<int:audience_id>/remove", needs=Need.ORGANISE, subject=_AUDIENCE, seen=seen_parts.parts_of_audience)
def remove_audience(network: Network, audience: Audience) -> ResponseReturnValue:
    if network_queries.count_waves_of_audience(audience):
        flash(
            gettext(
                "Deze doelgroep hoort bij een uitnodiging, herinnering of koppelronde. Kies daar eerst een andere."
            ),
            "error",
        )
        return redirect(url_for("audiences.list_audience_people", slug=network.slug, audience_id=audience.id), 303)
    kept = {"id": audience.id, "name": audience.name, "rule": audience.rule}
    db.session.delete(audience)
    db.session.commit()
    undo.offer_undo(
        "audience", audience.name, kept, url_for("audiences.list_audiences", slug=network.slug), place=network
    )
    return redirect(url_for("audiences.list_audiences", slug=network.slug), 303)


@undo.restorer("audience", needs=Need.ORGANISE)
def _restore_audience(network: Network, kept: dict[str, Any]) -> None:
    shared_changes.put_back(Audience(network_id=network.id, **kept))


def _page_to_return_to() -> str | None:
    back = request.args.get("back", "")
    return back if back.startswith("/organise/") else None


def _audience_form(
    network: Network, sent: MultiDict[str, str] | None, audience: Audience | None = None
) -> AudienceForm:
    viewer = rights.current_viewer()
    return AudienceForm(
        _choices_by_block(network),
        lambda person_ids: people.people_of_networks(person_ids, viewer.networks),
        lambda person_ids: people.people_of_networks(person_ids, viewer.organises),
        sent=sent,
        rule=audience.rule if audience else None,
        obj=audience,
    )


def _choices_by_block(network: Network) -> dict[AudienceBlock, list[SelectChoice]]:
    """What each block offers to choose from, of what this account may see."""
    account, viewer = sessions.account(), rights.current_viewer()
    mine = [
        SelectChoice(str(each.id), each.name)
        for each in db.session.scalars(rights.networks_of_account(account))
        if viewer.may_organise(each.id)
    ]
    sessions_ = [
        SelectChoice(str(event.id), f"{event.title} ({wording.format_short_day(event.starts_at, event.zone)})")
        for event in event_queries.events_of_network(network)
        if viewer.may_see_people(event)
    ]
    this_year = clock.today().year
    plain = {
        AudienceBlock.KIND: choices(OrganisationKind),
        AudienceBlock.REGION: [SelectChoice(name, name) for name in organisations.list_regions()],
        AudienceBlock.SIZE: [SelectChoice(size.value, str(size.words)) for size in organisations.list_size_classes()],
        AudienceBlock.ROLE: role_choices(network_queries.list_roles()),
        AudienceBlock.ORGANISATION: organisations.organisation_choices(),
        AudienceBlock.UNREACHED: [SelectChoice(str(year), str(year)) for year in range(this_year, this_year - 5, -1)],
        AudienceBlock.THEME: theme_choices(themes.list_themes()),
        AudienceBlock.ABOUT: theme_choices(themes.list_themes()),
        AudienceBlock.NETWORK: mine,
        AudienceBlock.EVER: mine,
        AudienceBlock.INTERESTED: [SelectChoice(str(each.id), each.title) for each in courses.list_courses(network)],
        AudienceBlock.IMPORTED: [
            SelectChoice(str(each.id), each.file_name) for each in import_runs.imports_people_came_from(network)
        ],
        AudienceBlock.PERSON: [],
    }
    return {block: plain.get(block, sessions_) for block in AudienceBlock}
