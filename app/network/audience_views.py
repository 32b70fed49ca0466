"""Audiences: made from building blocks, with a live count and the list of who is in and who is left out."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from app import clock, wording
from app.accounts import rights, sessions
from app.accounts.rights import Need
from app.database import db
from app.events import queries as events
from app.invitations import guard
from app.network import audiences, blocks, imports, organisations, people
from app.network import queries as networks
from app.network.blocks import Block
from app.network.forms import AudienceForm, role_choices, topic_choices
from app.network.models import Audience, Network, OrganisationKind
from app.web import undo
from app.web.doors import OrganiserPages, row_of
from app.web.forms import choices

organisers = OrganiserPages("audiences", __name__, url_prefix="/organise/networks/<slug>/audiences")
_AUDIENCE = row_of(Audience)


@organisers.get("", needs=Need.READ)
def index(network: Network):
    return render_template("network/audiences.html", network=network, audiences=networks.audiences(network))


@organisers.get("/count", needs=Need.READ)
def count(network: Network):
    """The number of people a form that is being filled in would give; a piece of a page for htmx."""
    form = _form(network, request.args)
    return render_template(
        "network/reach.html", network=network, reach=audiences.reach(form.rule(), network.id, rights.current_viewer())
    )


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_AUDIENCE)
@organisers.route("/<int:number>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_AUDIENCE)
def edit(network: Network, audience: Audience | None):
    form = _form(network, request.form if request.method == "POST" else None, audience)
    if request.method == "POST":
        form.add_asked(request.form)
    if "save" in request.form and form.validate_on_submit() and not form.wrong_fields():
        double = networks.audience_by_name(network, form.name.data)
        if double and double is not audience:
            form.reject("name", gettext("Er is al een doelgroep met deze naam."))
        else:
            audience = audience or Audience(network_id=network.id)
            audience.name, audience.rule = form.name.data, form.rule()
            db.session.add(audience)
            db.session.commit()
            flash(gettext("De doelgroep ‘%(name)s’ is bewaard.", name=audience.name), "ok")
            return redirect(_back() or url_for("audiences.people", slug=network.slug, number=audience.id), 303)
    return render_template(
        "network/audience.html",
        network=network,
        form=form,
        audience=audience,
        blocks=list(Block),
        reach=audiences.reach(form.rule(), network.id, rights.current_viewer()),
    ), 422 if form.wrong_fields() else 200


@organisers.get("/<int:number>/people", endpoint="people", needs=Need.READ, subject=_AUDIENCE)
def list_people(network: Network, audience: Audience):
    """Who is in an audience now, or with ?left=1 who fits but gets no mail, and why."""
    left_out = "left" in request.args
    viewer = rights.current_viewer()
    if blocks.about_hidden(audience.rule, viewer):
        abort(403)
    reach = audiences.reach(audience.rule, network.id, viewer)
    full = set(db.session.scalars(guard.full(audiences.of(audience, viewer), clock.now())))
    return render_template(
        "network/audience_people.html",
        network=network,
        audience=audience,
        reach=reach,
        page=audiences.page(audience.rule, network.id, viewer, reach, left_out=left_out),
        left_out=left_out,
        full=full,
    )


@organisers.post("/<int:number>/remove", needs=Need.ORGANISE, subject=_AUDIENCE)
def remove(network: Network, audience: Audience):
    if networks.waves_of(audience):
        flash(gettext("Deze doelgroep hoort bij een ronde. Kies daar eerst een andere."), "error")
        return redirect(url_for("audiences.people", slug=network.slug, number=audience.id), 303)
    kept = {"name": audience.name, "rule": audience.rule}
    db.session.delete(audience)
    db.session.commit()
    undo.offer("audience", audience.name, kept, url_for("audiences.index", slug=network.slug), place=network)
    return redirect(url_for("audiences.index", slug=network.slug), 303)


@undo.restorer("audience", needs=Need.ORGANISE)
def _restore(network: Network, kept: dict) -> None:
    db.session.add(Audience(network_id=network.id, **kept))
    db.session.commit()


def _back() -> str | None:
    back = request.args.get("back", "")
    return back if back.startswith("/organise/") else None


def _form(network: Network, sent, audience: Audience | None = None) -> AudienceForm:
    account = sessions.account()
    mine = [each.id for each in db.session.scalars(rights.networks(account))]
    return AudienceForm(
        _choices(network),
        lambda numbers: people.of_networks(numbers, None if account.is_admin else mine),
        sent=sent,
        rule=audience.rule if audience else None,
        obj=audience,
    )


def _choices(network: Network) -> dict[Block, list[SelectChoice]]:
    """What each block offers to choose from, of what this account may see."""
    account, viewer = sessions.current(), rights.current_viewer()
    mine = [
        SelectChoice(str(each.id), each.name)
        for each in db.session.scalars(rights.networks(account))
        if viewer.may_organise(each.id)
    ]
    sessions_ = [
        SelectChoice(str(event.id), f"{event.title} ({wording.short_day(event.starts_at, event.zone)})")
        for event in events.of_network(network)
        if viewer.may_see_people(event)
    ]
    this_year = clock.today().year
    plain = {
        Block.KIND: choices(OrganisationKind),
        Block.REGION: [SelectChoice(name, name) for name in organisations.regions()],
        Block.SIZE: [SelectChoice(size.value, str(size.words)) for size in organisations.size_classes()],
        Block.ROLE: role_choices(networks.roles()),
        Block.ORGANISATION: organisations.choices(),
        Block.UNREACHED: [SelectChoice(str(year), str(year)) for year in range(this_year, this_year - 5, -1)],
        Block.TOPIC: topic_choices(organisations.topics()),
        Block.NETWORK: mine,
        Block.EVER: mine,
        Block.IMPORTED: [SelectChoice(str(each.id), each.file_name) for each in imports.done(network)],
        Block.PERSON: [],
    }
    return {block: plain.get(block, sessions_) for block in Block}
