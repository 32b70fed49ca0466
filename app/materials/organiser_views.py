"""The material of a session, for its organisers."""

from typing import Any

from flask import Response, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.materials import material_files, materials
from app.materials.forms import FileForm, LinkForm
from app.materials.models import Material, MaterialKind
from app.web import downloads, undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("materials", __name__, url_prefix="/organise/events/<slug>/materials")
_ONE = "/<int:material_id>"


@organisers.get("", needs=Need.ORGANISE)
def list_materials(event: Event) -> str:
    return render_template(
        "materials/materials.html",
        event=event,
        materials=materials.list_materials(event),
        of_other_days=materials.list_of_other_days(event),
        scans=bool(current_app.config["SCANNER"]),
    )


@organisers.route("/file", methods=["GET", "POST"], needs=Need.ORGANISE)
def add_file(event: Event) -> ResponseReturnValue:
    form = FileForm(event)
    if form.validate_on_submit():
        with acting(form) as act:
            file = material_files.clean_upload(form.upload()) or abort(400)
            materials.add_file(event, form.details(material_files.title_of(file.name)), file)
            act.say(gettext("Het bestand staat bij de sessie."))
        if not act.refused:
            return _back_to(event)
    return render_template("materials/file.html", event=event, form=form, material=None), 422 if form.errors else 200


@organisers.route("/link", methods=["GET", "POST"], needs=Need.ORGANISE)
def add_link(event: Event) -> ResponseReturnValue:
    form = LinkForm(event)
    if form.validate_on_submit():
        kind = MaterialKind(form.kind.data)
        with acting(form) as act:
            materials.add_link(event, form.details(), kind, form.link(kind))
            act.say(gettext("De link staat bij de sessie."))
        if not act.refused:
            return _back_to(event)
    return render_template("materials/link.html", event=event, form=form, material=None), 422 if form.errors else 200


@organisers.route(_ONE, methods=["GET", "POST"], needs=Need.ORGANISE, subject=materials.material_of_event)
def edit_material(event: Event, material: Material) -> ResponseReturnValue:
    is_file = material.kind == MaterialKind.FILE
    form: Any = (FileForm if is_file else LinkForm)(event, material).of(material)
    if form.validate_on_submit():
        with acting(form) as act:
            file = material_files.clean_upload(form.upload()) if is_file else None
            materials.change_material(event, material, form.details(material.title))
            if not is_file:
                materials.point_elsewhere(material, form.link(material.kind))
            if file:
                materials.replace_file(material, file)
            act.say(gettext("Het nieuwe bestand staat er, op hetzelfde adres.") if file else gettext("Opgeslagen."))
        if not act.refused:
            return _back_to(event)
    page = "materials/file.html" if is_file else "materials/link.html"
    return render_template(page, event=event, form=form, material=material), 422 if form.errors else 200


@organisers.get(f"{_ONE}/file", needs=Need.ORGANISE, subject=materials.material_of_event)
def download_material(event: Event, material: Material) -> Response:
    """The file as it is given out; one with a virus to nobody."""
    content = None if material.infected else materials.read_content(material)
    return downloads.send_upload(content or abort(404), material.file_name)


@organisers.post(f"{_ONE}/up", needs=Need.ORGANISE, subject=materials.material_of_event)
def move_material_up(event: Event, material: Material) -> ResponseReturnValue:
    materials.move_up(event, material)
    db.session.commit()
    return _back_to(event)


@organisers.post(f"{_ONE}/remove", needs=Need.ORGANISE, subject=materials.material_of_event)
def remove_material(event: Event, material: Material) -> ResponseReturnValue:
    kept = {"material": material.id}
    materials.remove_material(material)
    db.session.commit()
    undo.offer_undo("material", material.title, kept, _page(event), place=event)
    return _back_to(event)


@undo.restorer("material", needs=Need.ORGANISE)
def _restore_material(event: Event, kept: dict[str, Any]) -> None:
    materials.restore_material(event, kept["material"])


def _page(event: Event) -> str:
    return url_for("materials.list_materials", slug=event.slug)


def _back_to(event: Event) -> ResponseReturnValue:
    return redirect(_page(event), 303)
