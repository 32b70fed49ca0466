"""Organisers' pages of people: the list of a network, one person, their addresses and positions."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import clock
from app.accounts import accounts, rights, sessions, shared_changes
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.database import db
from app.invitations import invitation_queries
from app.invitations.waves import mail_guard
from app.network import adding, memberships, network_queries
from app.network.imports import doubles, merges
from app.network.models import Network, Standing
from app.network.organisations import organisations
from app.network.organisations.models import Organisation
from app.network.people import (
    address_changes,
    address_proposals,
    address_reading,
    job_positions,
    mail_addresses,
    mailboxes,
    name_reading,
    network_notes,
    people,
    whose_address,
)
from app.network.people.address_notices import changing_addresses
from app.network.people.forms import AddressForm, PersonForm, PositionEndForm
from app.network.people.models import Person, Position, ProposedAct
from app.privacy import last_letters
from app.rows import typed_row
from app.themes import themes
from app.web import seen_parts, undo
from app.web.acting import Act, acting
from app.web.doors import OrganiserPages
from app.web.forms import Form

organisers = OrganiserPages("people", __name__, url_prefix="/organise")


def _load_member(network: Network, person_id: int) -> Person | None:
    """Somebody who is or was in this network, or was invited by it."""
    return network_queries.find_person_in_network(network, person_id, rights.current_viewer())


@organisers.route("/networks/<slug>/people/new", methods=["GET", "POST"], needs=Need.ORGANISE)
def add_person(network: Network) -> ResponseReturnValue:
    """A new member; a person with that address becomes one, and nearly the same name is shown first."""
    form = PersonForm(network_queries.list_roles(), themes.list_choosable())
    alike, asked = [], ""
    if form.validate_on_submit():
        known = mailboxes.find_meant(form.name.data, form.address.data, through=form.through.data)
        organisation = _organisation(form) or organisations.organisation_of_domain(form.address.data.rpartition("@")[2])
        alike = (
            []
            if known or "new" in request.form
            else doubles.find_namesakes(form.name.data, organisation, rights.current_viewer())
        )
        if "same" not in request.form:
            asked = whose_address.ask_whose(
                form.name.data, form.address.data, rights.current_viewer(), through=form.through.data
            )
        if not (asked or alike):
            return _redirect_added(network, form, known, organisation)
    return render_template(
        "network/person_form.html", form=form, network=network, person=None, alike=alike, asked=asked
    ), 422 if form.errors else 200


def _redirect_added(
    network: Network, form: PersonForm, known: Person | None, organisation: Organisation | None
) -> ResponseReturnValue:
    person = known or people.add_person(
        form.name.data,
        form.address.data,
        call_name=form.call_name.data,
        language=form.language.data,
        through=form.through.data,
    )
    db.session.flush()
    if not known:
        person.phone = form.phone.data or ""
        people.set_themes(person, form.themes.data or [])
        network_notes.write_note(person, network, form.notes.data or "")
        if organisation:
            job_positions.take_position(
                person,
                organisation,
                network_queries.find_role(form.role.data),
                form.title.data or "",
                form.starts_on.data,
            )
    if known:
        adding.add_known_person(known, network)
    else:
        memberships.join_network(person.id, network.id)
    db.session.commit()
    if known:
        message = gettext("%(name)s was al bekend en is nu lid van dit netwerk.", name=person.name)
    elif organisation and form.empty:
        message = gettext(
            "%(name)s is toegevoegd, bij %(organisation)s: dat zegt het mailadres.",
            name=person.name,
            organisation=organisation.name,
        )
    else:
        message = gettext("%(name)s is toegevoegd.", name=person.name)
    if not known and not form.call_name.data:
        message = (
            f"{message} {name_reading.say_how_read(form.name.data, name_reading.read_name(form.name.data))}".strip()
        )
    flash(message, "ok")
    return redirect(url_for("people.show_person", slug=network.slug, person_id=person.id), 303)


@organisers.get("/networks/<slug>/people/<int:person_id>", needs=Need.READ, subject=_load_member, shows=Shows.PERSON)
def show_person(network: Network, row: Person) -> str:
    account = sessions.account()
    viewer = rights.current_viewer()
    return render_template(
        "network/person.html",
        network=network,
        person=row,
        note=network_notes.read_note(row, network) if viewer.may_organise(network.id) else "",
        today=clock.today(),
        holds=job_positions.is_held_on,
        taken_part=invitation_queries.invitations_of_person(row, network, viewer),
        mails=mail_guard.count_mails_of_week(row, clock.now()),
        limit=mail_guard.weekly_limit_of(row),
        others=[
            each
            for each in row.memberships
            if each.network_id != network.id and rights.may_read(account, each.network_id)
        ],
        alike=doubles.doubles_of(row, viewer) if viewer.may_organise(network.id) else [],
        merges=merges.undoable_merges(row),
        proposals=address_proposals.waiting_proposals(row, network) if viewer.may_organise(network.id) else [],
        address_form=AddressForm(formdata=None),
        others_behind=whose_address.others_behind(row, viewer) if viewer.may_organise(network.id) else {},
    )


@organisers.get("/people/<int:person_id>", needs=Need.SIGNED_IN)
def show_person_anywhere(person_id: int) -> ResponseReturnValue:
    """Somebody, in whichever network this account may see them."""
    viewer = rights.current_viewer()
    row = network_queries.find_person(person_id, viewer) or abort(404)
    if row.id != person_id:
        return redirect(url_for("people.show_person_anywhere", person_id=row.id))
    seen = [each for each in row.memberships if viewer.may_read(each.network_id)] or abort(404)
    seen.sort(key=lambda each: (each.standing != Standing.MEMBER, each.network_id))
    return redirect(url_for("people.show_person", slug=seen[0].network.slug, person_id=person_id))


@organisers.route(
    "/networks/<slug>/people/<int:person_id>/erase",
    methods=["GET", "POST"],
    needs=Need.ADMIN,
    subject=_load_member,
    seen=seen_parts.parts_of_person,
)
def erase_person(network: Network, row: Person) -> ResponseReturnValue:
    """For somebody who asks to be forgotten; it cannot be undone, so the page first says what goes and what stays."""
    form = Form()
    if form.validate_on_submit():
        people.erase_person(row, first=last_letters.prepare_last_letters(row))
        db.session.commit()
        flash(gettext("De gegevens zijn gewist. Alleen dat er iemand was, telt nog mee."), "ok")
        return redirect(url_for("people.list_members", slug=network.slug), 303)
    account = next(filter(None, (accounts.find_account(each.address) for each in row.addresses)), None)
    return render_template(
        "network/erase.html",
        network=network,
        person=row,
        is_told=last_letters.is_told(row),
        reached=mailboxes.reached_through(row),
        account_of_person=account,
        alone=accounts.networks_organised_alone(account) if account else [],
    )


@organisers.route(
    "/networks/<slug>/people/<int:person_id>/edit", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_load_member
)
def edit_person(network: Network, row: Person) -> ResponseReturnValue:
    form = PersonForm(
        network_queries.list_roles(),
        themes.list_choosable(row.themes),
        data={
            "name": people.full_name(row),
            "call_name": row.call_name,
            "address": row.email,
            "phone": row.phone,
            "through": any(each.preferred and each.through for each in row.addresses),
            "language": row.language.value,
            "themes": [str(theme.id) for theme in row.themes],
            "notes": network_notes.read_note(row, network),
        },
    ).of(row)
    if form.validate_on_submit():
        if not form.through.data and mailboxes.is_of_another(form.address.data, row):
            form.reject("address", whose_address.say_taken(form.address.data, rights.current_viewer()))
        else:
            with acting(form) as act:
                _save_person(act, network, row, form)
            if act.refused:
                return _render_person_form(network, row, form)
            return redirect(url_for("people.show_person", slug=network.slug, person_id=row.id), 303)
    return _render_person_form(network, row, form)


def _render_person_form(network: Network, row: Person, form: PersonForm) -> ResponseReturnValue:
    return render_template(
        "network/person_form.html", form=form, network=network, person=row, alike=[], asked=""
    ), 422 if form.errors else 200


def _save_person(act: Act, network: Network, row: Person, form: PersonForm) -> None:
    """Save a form; another address waits for people who are in a network of others. Raises CannotPropose and PersonGone."""
    address = form.address.data or ""
    moves = row.email is None or address_reading.address_key(address) != address_reading.address_key(row.email)
    people.rename_person(row, form.name.data, form.call_name.data)
    through = form.through.data
    if moves and _waits_for_confirmation(act, network, row, ProposedAct.PREFER, address, through=through):
        pass
    elif address_changes.may_change(rights.current_viewer(), row):
        if address != row.email:
            mail_addresses.set_address(row, address, through=through)
        mail_addresses.say_whose(row, address, through=through)
    people.set_themes(row, form.themes.data or [])
    row.language, row.phone = form.language.data, form.phone.data or ""
    network_notes.write_note(row, network, form.notes.data or "")
    if organisation := _organisation(form):
        role, title = network_queries.find_role(form.role.data), form.title.data or ""
        job_positions.take_position(row, organisation, role, title, form.starts_on.data, instead=form.instead.data)
    act.say(gettext("Opgeslagen."))


@organisers.post("/networks/<slug>/people/<int:person_id>/addresses", needs=Need.ORGANISE, subject=_load_member)
def add_address_of_person(network: Network, row: Person) -> ResponseReturnValue:
    form, person_page = AddressForm(), url_for("people.show_person", slug=network.slug, person_id=row.id)
    if not form.validate():
        flash(form.address.errors[0], "error")
        return redirect(person_page, 303)
    address, through = form.address.data, form.through.data
    if not through and mailboxes.is_of_another(address, row):
        flash(whose_address.say_taken(address, rights.current_viewer()), "error")
        return redirect(person_page, 303)
    with acting() as act:
        if not _waits_for_confirmation(act, network, row, ProposedAct.ADD, address, through=through):
            mail_addresses.add_address(row, address, through=through)
            act.say(gettext("Het adres is toegevoegd."))
    return redirect(person_page, 303)


@organisers.post(
    "/networks/<slug>/people/<int:person_id>/addresses/<int:email_address_id>/<any(prefer, works, remove):act>",
    needs=Need.ORGANISE,
    subject=_load_member,
)
def change_address_of_person(network: Network, row: Person, email_address_id: int, act: str) -> ResponseReturnValue:
    """Mail goes here; it works again after a bounce; it is no longer theirs."""
    found = next((each for each in row.addresses if each.id == email_address_id), None) or abort(404)
    person_page = url_for("people.show_person", slug=network.slug, person_id=row.id)
    label, was = found.address, {"preferred": found.preferred, "through": found.through}
    kept = {"id": found.id, "person": row.id, "address": label, **was}
    removed = False
    with acting() as acted:
        if act == "works":
            mail_addresses.clear_bounce(found)
            acted.say(gettext("Er gaat weer mail naar dit adres."))
        elif _waits_for_confirmation(acted, network, row, ProposedAct(act), found.address):
            pass
        elif act == "prefer":
            mail_addresses.prefer_address(found)
            acted.say(gettext("Mail gaat voortaan naar dit adres."))
        else:
            mail_addresses.drop_address(found)
            removed = True
    if removed and not acted.refused:
        undo.offer_undo("address", label, kept, person_page, place=network)
    return redirect(person_page, 303)


def _waits_for_confirmation(
    act: Act, network: Network, row: Person, change: ProposedAct, address: str, *, through: bool = False
) -> bool:
    """Whether this organiser may not change it at once: then the person was asked. Raises CannotPropose and PersonGone."""
    if address_changes.may_change(rights.current_viewer(), row):
        return False
    address_proposals.propose_change(row, change, address, network, sessions.account(), through=through)
    act.say(address_proposals.say_asked(row))
    return True


@undo.restorer("address", needs=Need.ORGANISE)
def _restore_address(network: Network, kept: dict[str, Any]) -> None:
    row = _load_member(network, kept["person"]) or abort(404)
    address_changes.require_change(rights.current_viewer(), row)
    with changing_addresses(row):
        address = mail_addresses.add_address(row, kept["address"], through=kept.get("through", False))
        if address is None:
            return
        if address.id is None:
            address.id = kept["id"]
        db.session.flush()
        if kept["preferred"]:
            mail_addresses.prefer_address(address)


@organisers.post(
    "/networks/<slug>/people/<int:person_id>/positions/<int:position_id>/end", needs=Need.ORGANISE, subject=_load_member
)
def end_position_of_person(network: Network, row: Person, position_id: int) -> ResponseReturnValue:
    held = next((each for each in row.positions if each.id == position_id), None) or abort(404)
    form = PositionEndForm()
    last = form.ends_on.data if form.validate() else None
    if last and not (held.starts_on and last < held.starts_on):
        held.ends_on = last
        db.session.commit()
        flash(gettext("De functie eindigt op die dag."), "ok")
    else:
        flash(gettext("Kies een einddatum na de begindatum."), "error")
    return redirect(url_for("people.show_person", slug=network.slug, person_id=row.id), 303)


@organisers.post(
    "/networks/<slug>/people/<int:person_id>/positions/<int:position_id>/remove",
    needs=Need.ORGANISE,
    subject=_load_member,
)
def remove_position_of_person(network: Network, row: Person, position_id: int) -> ResponseReturnValue:
    """For a position that was never held; one that is over is ended instead."""
    held = next((each for each in row.positions if each.id == position_id), None) or abort(404)
    kept = {
        "id": held.id,
        "person_id": row.id,
        "organisation_id": held.organisation_id,
        "role_code": held.role_code,
        "title": held.title,
        "starts_on": held.starts_on and held.starts_on.isoformat(),
        "ends_on": held.ends_on and held.ends_on.isoformat(),
    }
    row.positions.remove(held)
    db.session.commit()
    back = url_for("people.show_person", slug=network.slug, person_id=row.id)
    undo.offer_undo("position", held.organisation.name, kept, back, place=network)
    return redirect(back, 303)


@undo.restorer("position", needs=Need.ORGANISE)
def _restore_position(network: Network, kept: dict[str, Any]) -> None:
    if _load_member(network, kept["person_id"]) is None:
        abort(404)
    shared_changes.put_back(Position(**typed_row(Position.__table__, kept)))


@organisers.post(
    "/networks/<slug>/people/<int:person_id>/leave",
    needs=Need.ORGANISE,
    subject=_load_member,
    seen=seen_parts.parts_of_person,
)
def remove_member(network: Network, row: Person) -> ResponseReturnValue:
    membership = next((each for each in row.memberships if each.network_id == network.id), None) or abort(404)
    memberships.leave_network(membership)
    db.session.commit()
    flash(
        gettext("%(name)s is geen lid meer van dit netwerk, en afgemeld voor sessies die nog komen.", name=row.name),
        "ok",
    )
    return redirect(url_for("people.show_person", slug=network.slug, person_id=row.id), 303)


@organisers.post("/networks/<slug>/people/<int:person_id>/join", needs=Need.ORGANISE, subject=_load_member)
def readd_member(network: Network, row: Person) -> ResponseReturnValue:
    adding.add_known_person(row, network)
    db.session.commit()
    flash(gettext("%(name)s is weer lid van dit netwerk.", name=row.name), "ok")
    return redirect(url_for("people.show_person", slug=network.slug, person_id=row.id), 303)


def _organisation(form: PersonForm) -> Organisation | None:
    return organisations.load_organisation(int(form.organisation.data)) if form.organisation.data else None
