"""What a network has on offer without a date, for its organisers, and for how much people wait."""

from typing import Any

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.rights import Need
from app.catalogue import items
from app.catalogue.forms import ItemForm
from app.catalogue.models import CatalogueItem
from app.courses import interests
from app.database import db
from app.materials import material_files
from app.network.models import Network
from app.web import downloads, undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("offer", __name__, url_prefix="/organise/networks/<slug>/catalogue")
_ONE = "/<int:item_id>"


@organisers.get("", needs=Need.READ)
def list_items(network: Network) -> str:
    return render_template(
        "catalogue/items.html",
        network=network,
        items=items.list_items(network),
        stale=items.is_stale,
        waiting=interests.list_waited_for(network),
        say_waiting=interests.say_waiting,
        scans=bool(current_app.config["SCANNER"]),
    )


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISE)
def add_item(network: Network) -> ResponseReturnValue:
    form = ItemForm()
    if form.validate_on_submit():
        with acting(form, at="file") as act:
            items.add_item(network, form.details(), material_files.clean_upload(form.upload()))
            act.say(gettext("Het staat in het aanbod."))
        if not act.refused:
            return _back_to(network)
    return _render(form, network, None)


@organisers.route(_ONE, methods=["GET", "POST"], needs=Need.ORGANISE, subject=items.find_item)
def edit_item(network: Network, item: CatalogueItem) -> ResponseReturnValue:
    form = ItemForm(item).of(item)
    if form.validate_on_submit():
        with acting(form, at="file") as act:
            items.change_item(item, form.details(), material_files.clean_upload(form.upload()))
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return _back_to(network)
    return _render(form, network, item)


@organisers.get(f"{_ONE}/file", needs=Need.READ, subject=items.find_item)
def download_file(network: Network, item: CatalogueItem) -> Response:
    """The file as it is given out; one with a virus to nobody."""
    content = None if item.hidden else items.read_content(item)
    return downloads.send_upload(content or abort(404), item.file_name)


@organisers.post(f"{_ONE}/published", needs=Need.ORGANISE, subject=items.find_item)
def set_published(network: Network, item: CatalogueItem) -> ResponseReturnValue:
    """Show it to visitors, or not any more."""
    shown = request.form.get("published") == "yes"
    with acting() as act:
        items.set_published(item, shown)
        act.say(gettext("Het staat in het aanbod.") if shown else gettext("Bezoekers zien het niet meer."))
    return _back_to(network)


@organisers.post(f"{_ONE}/remove", needs=Need.ORGANISE, subject=items.find_item)
def remove_item(network: Network, item: CatalogueItem) -> ResponseReturnValue:
    kept = {"item": item.id}
    items.remove_item(item)
    db.session.commit()
    undo.offer_undo("catalogue_item", item.title, kept, _page(network), place=network)
    return _back_to(network)


@undo.restorer("catalogue_item", needs=Need.ORGANISE)
def _restore_item(network: Network, kept: dict[str, Any]) -> None:
    items.restore_item(network, kept["item"])


def _render(form: ItemForm, network: Network, item: CatalogueItem | None) -> ResponseReturnValue:
    return render_template("catalogue/item_form.html", form=form, network=network, thing=item), (
        422 if form.errors else 200
    )


def _page(network: Network) -> str:
    return url_for("offer.list_items", slug=network.slug)


def _back_to(network: Network) -> ResponseReturnValue:
    return redirect(_page(network), 303)
