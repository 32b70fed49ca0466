"""Importing a list of people: upload, look at the dry run, save all or only the good rows."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.accounts.rights import signed_in
from app.database import db
from app.network import importing
from app.network.forms import ImportForm
from app.network.models import Import, Network
from app.network.spreadsheets import UnreadableFile
from app.web.organise import changeable_network

blueprint = Blueprint("imports", __name__, url_prefix="/organise/networks/<slug>/import")
SHOWN = 200
"""Rows of each outcome that the dry run shows."""


@blueprint.route("", methods=["GET", "POST"])
@signed_in
def upload(slug: str):
    network = changeable_network(slug)
    form = ImportForm()
    if form.validate_on_submit():
        file = request.files["file"]
        content = file.read()
        try:
            importing.plan(network, file.filename or "", content)
        except UnreadableFile as error:
            db.session.rollback()
            form.reject("file", str(error))
        else:
            kept = importing.keep(network, file.filename or "", content)
            db.session.commit()
            return redirect(url_for("imports.dry_run", slug=slug, number=kept.id), 303)
    return render_template("network/import.html", network=network, form=form), 422 if form.errors else 200


@blueprint.get("/<int:number>")
@signed_in
def dry_run(slug: str, number: int):
    network = changeable_network(slug)
    kept = _kept(network, number)
    plan = importing.plan(network, kept.file_name, kept.content)
    groups = [
        (outcome, [row for row in plan.rows if row.outcome == outcome])
        for outcome in ("wrong", "new", "changed", "same")
    ]
    return render_template("network/dry_run.html", network=network, kept=kept, plan=plan, groups=groups, shown=SHOWN)


@blueprint.post("/<int:number>")
@signed_in
def apply(slug: str, number: int):
    network = changeable_network(slug)
    kept = _kept(network, number)
    plan = importing.plan(network, kept.file_name, kept.content)
    if plan.wrong and request.form.get("rows") != "good":
        flash(gettext("Er zijn rijen die niet kloppen. Er is niets opgeslagen."), "error")
        return redirect(url_for("imports.dry_run", slug=slug, number=number), 303)
    importing.decide(kept, plan)
    db.session.commit()
    flash(
        gettext(
            "%(added)s mensen toegevoegd, %(changed)s gewijzigd, %(refused)s overgeslagen.",
            added=kept.added,
            changed=kept.changed,
            refused=kept.refused,
        ),
        "ok",
    )
    return redirect(url_for("network.list_people", slug=slug), 303)


def _kept(network: Network, number: int) -> Import:
    kept = db.session.get(Import, number)
    if kept is None or kept.network_id != network.id or kept.applied_at:
        abort(404)
    return kept
