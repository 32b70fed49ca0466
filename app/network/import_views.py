"""Importing a list of people: upload, choose what the columns are, look at the dry run, save, follow, undo."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.accounts import sessions
from app.accounts.rights import signed_in
from app.database import db
from app.network import importing, imports, organisations
from app.network import queries as networks
from app.network.forms import ImportForm, mapping_of
from app.network.models import Import, ImportState, Network
from app.network.spreadsheets import UnreadableFile
from app.web.organise import changeable_network

blueprint = Blueprint("imports", __name__, url_prefix="/organise/networks/<slug>/import")


@blueprint.route("", methods=["GET", "POST"])
@signed_in
def upload(slug: str):
    network = changeable_network(slug)
    form = ImportForm()
    if form.validate_on_submit():
        file = request.files["file"]
        content = file.read()
        try:
            importing.heading(file.filename or "", content)
        except UnreadableFile as error:
            form.reject("file", str(error))
        else:
            kept = imports.keep(network, file.filename or "", content, sessions.current().id)
            db.session.commit()
            return redirect(url_for("imports.dry_run", slug=slug, number=kept.id), 303)
    return render_template(
        "network/import.html", network=network, form=form, latest=imports.latest(network)
    ), 422 if form.errors else 200


@blueprint.get("/<int:number>")
@signed_in
def dry_run(slug: str, number: int):
    """What would happen; once decided, how far it is."""
    network = changeable_network(slug)
    kept = _kept(network, number)
    if kept.state != ImportState.WAITING:
        return render_template(
            "network/import_progress.html", network=network, kept=kept, undoable=imports.undoable(kept)
        )
    plan, problem = _plan(network, kept)
    return render_template(
        "network/dry_run.html",
        network=network,
        kept=kept,
        plan=plan,
        problem=problem,
        headings=importing.columns_of(importing.heading(kept.file_name, kept.content), kept.mapping.get("columns", {})),
        columns=list(importing.Column),
        outcomes=list(importing.RowOutcome),
        shown=importing.SHOWN,
        organisations=organisations.choices(),
        roles=networks.roles(),
    )


@blueprint.post("/<int:number>/mapping")
@signed_in
def choose(slug: str, number: int):
    """Keep what the columns are and what strange names mean, and look again."""
    network = changeable_network(slug)
    kept = _waiting(network, number)
    kept.mapping = mapping_of(request.form, kept.mapping)
    db.session.commit()
    return redirect(url_for("imports.dry_run", slug=slug, number=number), 303)


@blueprint.post("/<int:number>")
@signed_in
def apply(slug: str, number: int):
    network = changeable_network(slug)
    kept = _waiting(network, number)
    plan, problem = _plan(network, kept)
    if problem or (plan.wrong and request.form.get("rows") != "good"):
        flash(gettext("Er zijn rijen die niet kloppen. Er is niets opgeslagen."), "error")
        return redirect(url_for("imports.dry_run", slug=slug, number=number), 303)
    imports.queue(kept, plan, moves=request.form.get("moves") == "1")
    db.session.commit()
    return redirect(url_for("imports.dry_run", slug=slug, number=number), 303)


@blueprint.post("/<int:number>/undo")
@signed_in
def undo(slug: str, number: int):
    """Take the whole list back."""
    network = changeable_network(slug)
    kept = _kept(network, number)
    if not imports.undoable(kept):
        flash(gettext("Deze lijst kan niet meer worden teruggedraaid."), "error")
    imports.ask_undo(kept)
    db.session.commit()
    return redirect(url_for("imports.dry_run", slug=slug, number=number), 303)


def _plan(network: Network, kept: Import) -> tuple[importing.Plan | None, str]:
    """The plan of a list, or why there is none yet: a column that we need was not chosen."""
    try:
        return importing.plan(network, kept.file_name, kept.content, kept.mapping), ""
    except UnreadableFile as error:
        return None, str(error)


def _kept(network: Network, number: int) -> Import:
    kept = db.session.get(Import, number)
    if kept is None or kept.network_id != network.id:
        abort(404)
    return kept


def _waiting(network: Network, number: int) -> Import:
    kept = _kept(network, number)
    return kept if kept.state == ImportState.WAITING else abort(404)
