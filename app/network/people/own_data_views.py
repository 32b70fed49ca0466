"""What we know of somebody, on their own pages: to see, to correct, to take along. It asks for a sign-in of the last minutes."""

from operator import attrgetter
from typing import Any

from flask import abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import refresh

from app import clock
from app.accounts.access_log import Shows
from app.database import db
from app.lessons.insights import commitment_queries, commitments, uses
from app.network import memberships, network_queries
from app.network.organisations import organisations
from app.network.people import job_positions, mail_addresses, network_notes, own_data, people
from app.network.people.forms import AddressForm, OwnNameForm, PositionForm
from app.network.people.models import AddressClaim, EmailAddress, Person
from app.themes import themes
from app.web.doors import PersonalPages
from app.web.member_doors import MemberPages
from app.web.personal import Link

members = MemberPages("own_data", __name__)
personal = PersonalPages("own_data", __name__)
_ADDRESS = Link(own_data.claim_of_link, language=attrgetter("person.language"))


@members.get("/me/data", fresh=True)
def show_own_data(person: Person) -> ResponseReturnValue:
    return _render_own_data(person)


@members.get("/me/data.json", fresh=True, shows=Shows.COPY)
def download_own_data(person: Person) -> ResponseReturnValue:
    """Everything that is stored, as a file."""
    answer = jsonify(own_data.copy_own_data(person))
    answer.headers["Content-Disposition"] = 'attachment; filename="leerkring.json"'
    return answer


@members.post("/me/data/name", fresh=True)
def rename_oneself(person: Person) -> ResponseReturnValue:
    form = _own_name_form(person)
    if not form.validate():
        return _render_own_data(person, name_form=form)
    people.rename_person(person, form.name.data, form.call_name.data, by_owner=True)
    person.phone = form.phone.data or ""
    people.set_themes(person, form.themes.data or [])
    return _redirect_saved(person, _l("Opgeslagen."))


@members.post("/me/data/address", fresh=True, limit="10/hour")
def claim_own_address(person: Person) -> ResponseReturnValue:
    """The answer is the same whether or not somebody has that address: only its mail tells."""
    form = AddressForm()
    if not form.validate():
        return _render_own_data(person, address_form=form)
    own_data.claim_address(person, form.address.data, through=form.through.data)
    return _redirect_saved(
        person, _l("Er is een mail onderweg naar %(address)s. Open de link daarin.", address=form.address.data)
    )


@members.post("/me/data/addresses/<int:email_address_id>/prefer", fresh=True)
def prefer_own_address(person: Person, email_address_id: int) -> ResponseReturnValue:
    mail_addresses.prefer_address(_load_address(person, email_address_id))
    return _redirect_saved(person, _l("Mail gaat voortaan naar dit adres."))


@members.post("/me/data/addresses/<int:email_address_id>/remove", fresh=True)
def remove_own_address(person: Person, email_address_id: int) -> ResponseReturnValue:
    address = _load_address(person, email_address_id)
    if not address.preferred:
        mail_addresses.drop_address(address)
    return _redirect_saved(person, _l("Het adres is weg. Je kunt het altijd weer toevoegen."))


@members.post("/me/data/position", fresh=True)
def take_own_position(person: Person) -> ResponseReturnValue:
    form = PositionForm(network_queries.list_roles())
    if not form.validate():
        return _render_own_data(person, position_form=form)
    if form.empty:
        form.reject("organisation", str(_l("Kies een organisatie.")))
        return _render_own_data(person, position_form=form)
    organisation = organisations.load_organisation(int(form.organisation.data)) or abort(404)
    role = network_queries.find_role(form.role.data)
    job_positions.take_position(
        person, organisation, role, form.title.data or "", form.starts_on.data, instead=form.instead.data
    )
    return _redirect_saved(person, _l("Je functie is bijgewerkt."))


@members.post("/me/data/positions/<int:position_id>/end", fresh=True)
def end_own_position(person: Person, position_id: int) -> ResponseReturnValue:
    position = next((each for each in person.positions if each.id == position_id), None) or abort(404)
    job_positions.end_position_before(position, clock.today())
    return _redirect_saved(person, _l("Je functie is beëindigd."))


@members.post("/me/data/commitments/<int:commitment_id>/name", fresh=True)
def name_oneself(person: Person, commitment_id: int) -> ResponseReturnValue:
    """Whether one's name may stand in public with what one promised."""
    found = next(
        (each for each in commitment_queries.commitments_of(person) if each.id == commitment_id), None
    ) or abort(404)
    commitments.name_in_public(found, agreed=request.form.get("named") == "yes")
    return _redirect_saved(
        person,
        _l("Je naam mag bij deze afspraak staan.")
        if found.named_at
        else _l("Je naam staat niet meer bij deze afspraak. Er staat ‘een deelnemer’."),
    )


@members.post("/me/data/uses/hide", fresh=True)
def take_yeses_back(person: Person) -> ResponseReturnValue:
    """Nothing shows any more that one's organisation uses a suggestion, or that one may be asked about it."""
    uses.take_yeses_back(person)
    return _redirect_saved(person, _l("Je naam en je organisatie staan bij geen suggestie meer."))


@members.post("/me/data/use", fresh=True)
def restrict_own_data(person: Person) -> ResponseReturnValue:
    """Whether our data of somebody may be used, beside being kept."""
    if request.form.get("use") == "yes":
        memberships.lift_restriction(person)
        return _redirect_saved(person, _l("We gebruiken je gegevens weer."))
    memberships.restrict_use(person)
    return _redirect_saved(
        person,
        _l(
            "We bewaren je gegevens, en gebruiken ze niet. Je krijgt geen mail van je netwerken, en je naam staat niet meer"
            " bij sessies, afspraken, suggesties, vragen en antwoorden, of in lijsten van leden en deelnemers."
            " Waar je aan anderen gekoppeld was, doe je niet meer mee."
        ),
    )


@personal.get("/address/<token>", link=_ADDRESS)
def show_address_claim(claim: AddressClaim) -> str:
    return render_template("network/own_address.html", claim=claim)


@personal.post("/address/<token>", link=_ADDRESS)
def confirm_own_address(claim: AddressClaim) -> ResponseReturnValue:
    done = own_data.confirm_claimed_address(claim) is not None
    db.session.commit()
    return render_template("network/own_address_done.html", claim=claim, done=done), 200 if done else 409


def _load_address(person: Person, email_address_id: int) -> EmailAddress:
    return next((each for each in person.addresses if each.id == email_address_id), None) or abort(404)


def _render_own_data(
    person: Person,
    name_form: OwnNameForm | None = None,
    address_form: AddressForm | None = None,
    position_form: PositionForm | None = None,
) -> ResponseReturnValue:
    wrong = name_form or address_form or position_form
    return render_template(
        "network/own_data.html",
        person=person,
        notes=network_notes.notes_about(person),
        commitments=commitment_queries.commitments_of(person),
        uses=uses.uses_of(person),
        name_form=name_form or _own_name_form(person, formdata=None),
        address_form=address_form or AddressForm(formdata=None),
        position_form=position_form
        or PositionForm(network_queries.list_roles(), formdata=None, data={"instead": True}),
        wrong=wrong,
        holds=job_positions.is_held_on,
    ), 422 if wrong else 200


def _own_name_form(person: Person, **options: Any) -> OwnNameForm:
    known = {
        "name": people.full_name(person),
        "call_name": person.call_name,
        "phone": person.phone,
        "themes": [str(each.id) for each in person.themes],
    }
    return OwnNameForm(themes.list_choosable(person.themes), data=known, **options).of(person)


def _redirect_saved(person: Person, message: str) -> ResponseReturnValue:
    db.session.commit()
    g.reader_language = person.language
    refresh()
    flash(str(message), "ok")
    return redirect(url_for("own_data.show_own_data"), 303)
