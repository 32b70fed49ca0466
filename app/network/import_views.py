"""Importing a list of people: upload, choose what the columns are, look at the dry run, save, follow, undo."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.accounts import sessions
from app.accounts.rights import Need
from app.database import db
from app.network import importing, imports, organisations
from app.network import queries as networks
from app.network.forms import ImportForm, mapping_of
from app.network.models import Import, ImportState, Network
from app.network.spreadsheets import UnreadableFile
from app.web.doors import OrganiserPages, row_of

organisers = OrganiserPages("imports", __name__, url_prefix="/organise/networks/<slug>/import")
_KEPT = row_of(Import)


def _waiting(network: Network, number: int) -> Import | None:
    """A list about which nothing was decided yet."""
    kept = _KEPT(network, number)
    return kept if kept and kept.state == ImportState.WAITING else None


@organisers.route("", methods=["GET", "POST"], needs=Need.ORGANISE)
def upload(network: Network):
    form = ImportForm()
    if form.validate_on_submit():
        file = request.files["file"]
        content = file.read()
        try:
            importing.heading(file.filename or "", content)
        except UnreadableFile as error:
            form.reject("file", str(error))
        else:
            kept = imports.keep(network, file.filename or "", content, sessions.account().id)
            db.session.commit()
            return redirect(url_for("imports.dry_run", slug=network.slug, number=kept.id), 303)
    return render_template(
        "network/import.html", network=network, form=form, latest=imports.latest(network)
    ), 422 if form.errors else 200


@organisers.get("/<int:number>", needs=Need.ORGANISE, subject=_KEPT)
def dry_run(network: Network, kept: Import):
    """What would happen; once decided, how far it is."""
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


@organisers.post("/<int:number>/mapping", needs=Need.ORGANISE, subject=_waiting)
def choose(network: Network, kept: Import):
    """Keep what the columns are and what strange names mean, and look again."""
    kept.mapping = mapping_of(request.form, kept.mapping)
    db.session.commit()
    return redirect(url_for("imports.dry_run", slug=network.slug, number=kept.id), 303)


@organisers.post("/<int:number>", needs=Need.ORGANISE, subject=_waiting)
def apply(network: Network, kept: Import):
    plan, _ = _plan(network, kept)
    if plan is None or (plan.wrong and request.form.get("rows") != "good"):
        flash(gettext("Er zijn rijen die niet kloppen. Er is niets opgeslagen."), "error")
        return redirect(url_for("imports.dry_run", slug=network.slug, number=kept.id), 303)
    imports.queue(kept, plan, moves=request.form.get("moves") == "1")
    db.session.commit()
    return redirect(url_for("imports.dry_run", slug=network.slug, number=kept.id), 303)


@organisers.post("/<int:number>/undo", needs=Need.ORGANISE, subject=_KEPT)
def undo(network: Network, kept: Import):
    """Take the whole list back."""
    if not imports.undoable(kept):
        flash(gettext("Deze lijst kan niet meer worden teruggedraaid."), "error")
    imports.ask_undo(kept)
    db.session.commit()
    return redirect(url_for("imports.dry_run", slug=network.slug, number=kept.id), 303)


def _plan(network: Network, kept: Import) -> tuple[importing.Plan | None, str]:
    """The plan of a list, or why there is none yet: a column that we need was not chosen."""
    try:
        return importing.plan(network, kept.file_name, kept.content or b"", kept.mapping), ""
    except UnreadableFile as error:
        return None, str(error)
