"""Importing a list of people: upload, choose what the columns are, look at the dry run, save, follow, undo."""

from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.database import db, only_reading
from app.network import network_queries
from app.network.imports import import_plans, import_runs, list_files, list_layout, list_mending, pasted_lists
from app.network.imports.forms import ImportForm, mapping_of, mended_cells
from app.network.imports.import_rows import RowOutcome
from app.network.imports.list_files import UnreadableFile
from app.network.imports.list_headings import Column
from app.network.imports.list_layout import ListTable
from app.network.imports.models import Import, ImportState
from app.network.models import Network
from app.network.organisations import organisations
from app.sheets import TableKind
from app.web.doors import OrganiserPages, row_of
from app.web.downloads import TABLE, send_table
from app.web.seen import Part, Parts

organisers = OrganiserPages("imports", __name__, url_prefix="/organise/networks/<slug>/import")
_KEPT = row_of(Import)


def _load_waiting_import(network: Network, import_id: int) -> Import | None:
    """A list about which nothing was decided yet."""
    kept = _KEPT(network, import_id)
    return kept if kept and kept.state == ImportState.WAITING else None


@organisers.route("", methods=["GET", "POST"], needs=Need.ORGANISE)
def upload_list(network: Network) -> ResponseReturnValue:
    form = ImportForm()
    if form.validate_on_submit():
        name, given = _list_of(form)
        try:
            with only_reading():
                content = list_files.unpack_list(name, given)
                list_files.read_sheets(name, content)
        except UnreadableFile as error:
            form.reject("file", str(error))
        else:
            kept = import_runs.keep_list(network, name, content, sessions.account().id)
            db.session.commit()
            return redirect(url_for("imports.show_dry_run", slug=network.slug, import_id=kept.id), 303)
    return render_template(
        "network/import.html", network=network, form=form, latest=import_runs.latest_imports(network)
    ), 422 if form.errors else 200


def _list_of(form: ImportForm) -> tuple[str, bytes]:
    """Name and content of the file, else of what was pasted."""
    file = form.file.data
    if file:
        return file.filename or "", file.read()
    return gettext("geplakte lijst") + ".csv", pasted_lists.write_as_file(form.pasted.data)


@organisers.get("/<int:import_id>", needs=Need.ORGANISE, subject=_KEPT)
def show_dry_run(network: Network, kept: Import) -> str:
    """What would happen; once decided, how far it is."""
    if kept.state != ImportState.WAITING:
        return render_template(
            "network/import_progress.html", network=network, kept=kept, undoable=import_runs.is_import_undoable(kept)
        )
    sheets = list_files.read_sheets(kept.file_name, kept.content or b"")
    table = list_layout.find_table(sheets, kept.mapping)
    plan, problem = _plan_or_problem(network, kept, table)
    return render_template(
        "network/dry_run.html",
        network=network,
        kept=kept,
        plan=plan,
        problem=problem,
        sheets=sheets,
        place=table,
        top=next(sheet.rows for sheet in sheets if sheet.name == table.sheet)[: list_layout.MOST_ABOVE],
        headings=import_plans.columns_of_table(table, kept.mapping),
        columns=list(Column),
        outcomes=list(RowOutcome),
        shown=import_plans.SHOWN,
        mendable=list_mending.find_mendable_rows(plan, sheets) if plan else [],
        organisations=organisations.organisation_choices(),
        roles=network_queries.list_roles(),
    )


@organisers.post("/<int:import_id>/mapping", needs=Need.ORGANISE, subject=_load_waiting_import)
def choose_mapping(network: Network, kept: Import) -> ResponseReturnValue:
    """Keep what the columns are and what strange names mean, and look again."""
    kept.mapping = mapping_of(request.form, kept.mapping)
    db.session.commit()
    return redirect(url_for("imports.show_dry_run", slug=network.slug, import_id=kept.id), 303)


@organisers.post("/<int:import_id>/rows", needs=Need.ORGANISE, subject=_load_waiting_import)
def mend_rows(network: Network, kept: Import) -> ResponseReturnValue:
    """Put what was typed in the rows that were not right, and look again; a list without a row left stays as it was."""
    try:
        with only_reading():
            table = import_plans.chosen_table(kept.file_name, kept.content or b"", kept.mapping)
            content = list_mending.write_mended(kept.content or b"", table.sheet, mended_cells(request.form))
            list_files.read_sheets(kept.file_name, content)
    except UnreadableFile as error:
        flash(str(error), "error")
    else:
        kept.content = content
        db.session.commit()
    return redirect(url_for("imports.show_dry_run", slug=network.slug, import_id=kept.id), 303)


@organisers.post(
    f"/<int:import_id>/refused.{TABLE}", needs=Need.ORGANISE, shows=Shows.COPY, subject=_load_waiting_import
)
def export_refused_rows(network: Network, kept: Import, ending: str) -> Response:
    """The rows that are not right, as they stand in the file, with why: to mend and bring in again."""
    with only_reading():
        plan, _ = _plan_or_problem(network, kept)
        content = import_plans.write_refused_rows(TableKind(ending), plan) if plan else abort(404)
    return send_table(content, ending, network.slug)


def _parts_of_import(network: Network, kept: Import) -> Parts:
    """How the list is read, and what would happen with how many of its rows."""
    with only_reading():
        plan, _ = _plan_or_problem(network, kept)
    counts = [(outcome, number) for outcome, number in plan.counts.items()] if plan else []
    return {Part.COLUMNS: str(kept.mapping), Part.ROWS: counts}


@organisers.post("/<int:import_id>", needs=Need.ORGANISE, subject=_load_waiting_import, seen=_parts_of_import)
def carry_out_import(network: Network, kept: Import) -> ResponseReturnValue:
    with only_reading():
        plan, _ = _plan_or_problem(network, kept)
    if plan is None or (plan.wrong and request.form.get("rows") != "good"):
        flash(gettext("Er zijn rijen die niet kloppen. Er is niets opgeslagen."), "error")
        return redirect(url_for("imports.show_dry_run", slug=network.slug, import_id=kept.id), 303)
    import_runs.queue_import(kept, plan, moves=request.form.get("moves") == "1")
    db.session.commit()
    return redirect(url_for("imports.show_dry_run", slug=network.slug, import_id=kept.id), 303)


def _parts_of_undoing(network: Network, kept: Import) -> Parts:
    return {Part.STATE: kept.state, Part.ROWS: [("added", kept.added), ("changed", kept.changed)]}


@organisers.post("/<int:import_id>/undo", needs=Need.ORGANISE, subject=_KEPT, seen=_parts_of_undoing)
def undo_import(network: Network, kept: Import) -> ResponseReturnValue:
    """Take the whole list back."""
    if not import_runs.is_import_undoable(kept):
        flash(gettext("Deze lijst kan niet meer worden teruggedraaid."), "error")
    import_runs.ask_import_undo(kept)
    db.session.commit()
    return redirect(url_for("imports.show_dry_run", slug=network.slug, import_id=kept.id), 303)


def _plan_or_problem(
    network: Network, kept: Import, table: ListTable | None = None
) -> tuple[import_plans.ImportPlan | None, str]:
    """The plan of a list, or why there is none yet: a column that we need was not chosen. Made once, it reads the whole list."""
    if "import_plan" not in g:
        g.import_plan = _make_plan(network, kept, table)
    made: tuple[import_plans.ImportPlan | None, str] = g.import_plan
    return made


def _make_plan(network: Network, kept: Import, table: ListTable | None) -> tuple[import_plans.ImportPlan | None, str]:
    try:
        table = table or import_plans.chosen_table(kept.file_name, kept.content or b"", kept.mapping)
        return import_plans.plan_table(network, table, kept.mapping), ""
    except UnreadableFile as error:
        return None, str(error)
