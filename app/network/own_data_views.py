"""What we know of somebody, by personal link: to see, to correct, to take along."""

from operator import attrgetter

from flask import abort, flash, g, jsonify, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import refresh

from app import clock
from app.database import db
from app.network import organisations, own_data, people
from app.network import queries as networks
from app.network.forms import AddressForm, OwnNameForm, PositionForm
from app.network.models import AddressClaim, EmailAddress, Person
from app.web.doors import PersonalPages
from app.web.personal import PREFERENCES, Link

personal = PersonalPages("own_data", __name__, link=PREFERENCES)
_ADDRESS = Link(own_data.find_claim, language=attrgetter("person.language"))


@personal.get("/preferences/mine/data")
@personal.get("/preferences/<token>/data")
def page(person: Person):
    return _page(person)


@personal.get("/preferences/mine/data.json")
@personal.get("/preferences/<token>/data.json")
def copy(person: Person):
    """Everything that is stored, as a file."""
    answer = jsonify(own_data.copy(person))
    answer.headers["Content-Disposition"] = 'attachment; filename="leerkring.json"'
    return answer


@personal.post("/preferences/mine/data/name")
@personal.post("/preferences/<token>/data/name")
def rename(person: Person):
    form = OwnNameForm(organisations.topics())
    if not form.validate():
        return _page(person, name_form=form)
    people.rename(person, form.name.data, form.call_name.data)
    people.set_topics(person, form.topics.data or [])
    return _saved(person, _l("Opgeslagen."))


@personal.post("/preferences/mine/data/address", limit="10/hour")
@personal.post("/preferences/<token>/data/address", limit="10/hour")
def add_address(person: Person):
    """The answer is the same whether or not somebody has that address: only its mail tells."""
    form = AddressForm()
    if not form.validate():
        return _page(person, address_form=form)
    own_data.claim_address(person, form.address.data)
    return _saved(
        person, _l("Er is een mail onderweg naar %(address)s. Open de link daarin.", address=form.address.data)
    )


@personal.post("/preferences/mine/data/addresses/<int:number>/prefer")
@personal.post("/preferences/<token>/data/addresses/<int:number>/prefer")
def prefer(person: Person, number: int):
    people.prefer(_address(person, number))
    return _saved(person, _l("Mail gaat voortaan naar dit adres."))


@personal.post("/preferences/mine/data/addresses/<int:number>/remove")
@personal.post("/preferences/<token>/data/addresses/<int:number>/remove")
def remove_address(person: Person, number: int):
    address = _address(person, number)
    if not address.preferred:
        people.drop_address(address)
    return _saved(person, _l("Het adres is weg. Je kunt het altijd weer toevoegen."))


@personal.post("/preferences/mine/data/position")
@personal.post("/preferences/<token>/data/position")
def take_position(person: Person):
    form = PositionForm(networks.roles())
    if not form.validate():
        return _page(person, position_form=form)
    if form.empty:
        form.reject("organisation", str(_l("Kies een organisatie.")))
        return _page(person, position_form=form)
    organisation = organisations.get(int(form.organisation.data)) or abort(404)
    role = networks.role(form.role.data)
    people.take_position(
        person, organisation, role, form.title.data or "", form.starts_on.data, instead=form.instead.data
    )
    return _saved(person, _l("Je functie is bijgewerkt."))


@personal.post("/preferences/mine/data/positions/<int:number>/end")
@personal.post("/preferences/<token>/data/positions/<int:number>/end")
def end_position(person: Person, number: int):
    position = next((each for each in person.positions if each.id == number), None) or abort(404)
    people.move_on(position, clock.today())
    return _saved(person, _l("Je functie is beëindigd."))


@personal.get("/address/<token>", link=_ADDRESS)
def confirm_address(claim: AddressClaim):
    return render_template("network/own_address.html", claim=claim)


@personal.post("/address/<token>", link=_ADDRESS)
def confirmed_address(claim: AddressClaim):
    person = claim.person
    if own_data.confirm_address(claim) is None:
        return _saved(
            person, _l("Dit adres hoort al bij iemand anders. Vraag de organisator om jullie samen te voegen."), "error"
        )
    return _saved(person, _l("Je mail gaat voortaan naar %(address)s.", address=claim.address))


def _address(person: Person, number: int) -> EmailAddress:
    return next((each for each in person.addresses if each.id == number), None) or abort(404)


def _page(
    person: Person,
    name_form: OwnNameForm | None = None,
    address_form: AddressForm | None = None,
    position_form: PositionForm | None = None,
):
    known = {"name": person.name, "call_name": person.call_name, "topics": [str(each.id) for each in person.topics]}
    wrong = name_form or address_form or position_form
    return render_template(
        "network/own_data.html",
        person=person,
        name_form=name_form or OwnNameForm(organisations.topics(), formdata=None, data=known),
        address_form=address_form or AddressForm(formdata=None),
        position_form=position_form or PositionForm(networks.roles(), formdata=None, data={"instead": True}),
        wrong=wrong,
        holds=people.holds,
    ), 422 if wrong else 200


def _saved(person: Person, message, kind: str = "ok"):
    db.session.commit()
    PREFERENCES.remember(person)
    g.reader_language = person.language
    refresh()
    flash(str(message), kind)
    return redirect(url_for("own_data.page"), 303)
