"""Organisations: the list, the page of one, its contact persons, domains and successor; roles."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import merge_requests, organisation_requests, rights, sessions
from app.accounts.access_log import Shows
from app.accounts.models import OrganisationRequest
from app.accounts.rights import Need
from app.contact_moments import talk_queries
from app.contact_moments.forms import OrganisationTalkForm
from app.database import db
from app.network import network_queries
from app.network.models import Network
from app.network.organisations import lineage, organisations, portrait
from app.network.organisations.forms import ContactForm, NewOrganisationForm, OrganisationForm, SuccessionForm
from app.network.organisations.models import ContactPerson, Organisation, OrganisationKind
from app.network.people import mailboxes
from app.network.people.models import Person, Position
from app.network.vocabulary import vocabulary
from app.network.vocabulary.forms import RoleForm
from app.network.vocabulary.models import Role
from app.themes import themes
from app.web import seen_parts, undo
from app.web.acting import Act, acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("organisations", __name__, url_prefix="/organise")
_ORGANISATION = portrait.load_organisation_with_contacts


@organisers.get("/organisations", needs=Need.SIGNED_IN)
def list_organisations() -> str:
    return _render_organisations(NewOrganisationForm(formdata=None))


@organisers.post("/organisations", needs=Need.ORGANISER)
def add_organisation() -> ResponseReturnValue:
    form = NewOrganisationForm()
    if form.validate():
        if organisations.OrganisationFinder().organisation(form.name.data):
            form.reject("name", gettext("Deze organisatie is er al."))
        else:
            kind, region = OrganisationKind(form.kind.data), form.region.data or None
            organisation = Organisation(name=form.name.data, kind=kind, region=region)
            db.session.add(organisation)
            db.session.commit()
            flash(gettext("%(name)s is toegevoegd.", name=form.name.data), "ok")
            return redirect(url_for("organisations.show_organisation", organisation_id=organisation.id), 303)
    return _render_organisations(form), 422


def _render_organisations(form: NewOrganisationForm) -> str:
    return render_template(
        "network/organisations.html",
        organisations=network_queries.organisations_with_people(rights.current_viewer()),
        form=form,
        organises=rights.organises_anything(sessions.account()),
    )


@organisers.get("/organisations/<int:organisation_id>", needs=Need.SIGNED_IN, subject=_ORGANISATION, shows=Shows.PEOPLE)
def show_organisation(organisation: Organisation) -> ResponseReturnValue:
    return _render_organisation(organisation)


def _render_organisation(
    organisation: Organisation, contact_form: ContactForm | None = None, succession_form: SuccessionForm | None = None
) -> ResponseReturnValue:
    account = sessions.account()
    viewer = rights.viewer(account)
    present, past = portrait.positions_at(organisation, viewer)
    may_change = rights.organises_anything(account)
    networks = rights.networks_to_organise(account) if may_change else []
    return render_template(
        "network/organisation.html",
        organisation=organisation,
        predecessors=lineage.predecessors_of(organisation),
        contacts=portrait.contacts_seen(organisation, viewer),
        present=present,
        past=past,
        presences=portrait.count_presences(organisation, viewer),
        commitments=portrait.commitments_of_organisation(organisation, viewer),
        talks=talk_queries.list_talks_with(organisation, viewer),
        talk_form=_talk_form(networks, present) if networks else None,
        likely=organisations.likely_domains(organisation) if may_change else [],
        may_change=may_change,
        waiting=organisation_requests.waiting_of(organisation) if may_change else None,
        contact_form=contact_form or ContactForm(themes.list_choosable(), formdata=None),
        succession_form=succession_form or SuccessionForm(formdata=None),
    ), 422 if contact_form or succession_form else 200


def _talk_form(networks: list[Network], present: list[Position]) -> OrganisationTalkForm:
    """An empty form for a talk with the people who work there."""
    people = list(dict.fromkeys(each.person for each in present))
    return OrganisationTalkForm(networks, people, formdata=None)


@organisers.route(
    "/organisations/<int:organisation_id>/edit", methods=["GET", "POST"], needs=Need.ORGANISER, subject=_ORGANISATION
)
def edit_organisation(organisation: Organisation) -> ResponseReturnValue:
    form = OrganisationForm(organisation).of(organisation)
    if form.validate_on_submit():
        double = organisations.OrganisationFinder().organisation(form.name.data)
        parent = organisations.load_organisation(int(form.parent.data)) if form.parent.data else None
        if double and double is not organisation:
            form.reject("name", gettext("Deze organisatie is er al."))
        elif parent and not lineage.may_be_part_of(organisation, parent):
            form.reject("parent", gettext("%(name)s is zelf een onderdeel van deze organisatie.", name=parent.name))
        else:
            with acting(form, at="name") as act:
                _save_organisation(organisation, form, parent, act)
            if not act.refused:
                return redirect(url_for("organisations.show_organisation", organisation_id=organisation.id), 303)
    return render_template(
        "network/organisation_form.html", organisation=organisation, form=form
    ), 422 if form.errors else 200


def _save_organisation(
    organisation: Organisation, form: OrganisationForm, parent: Organisation | None, act: Act
) -> None:
    organisation.kind, organisation.parent = OrganisationKind(form.kind.data), parent
    organisation.region, organisation.size_class = form.region.data or None, form.size_class.data or None
    organisations.set_domains(organisation, form.domain_list())
    if organisation_requests.rename_or_ask(organisation, form.name.data, sessions.account()):
        act.say(gettext("Opgeslagen."))
    else:
        act.say(gettext("De nieuwe naam wacht op een beheerder. De rest is opgeslagen."), "warning")


@organisers.post("/organisations/<int:organisation_id>/domains", needs=Need.ORGANISER, subject=_ORGANISATION)
def take_proposed_domain(organisation: Organisation) -> ResponseReturnValue:
    """Take a proposed domain."""
    domain = request.form.get("domain", "")
    if domain in organisations.likely_domains(organisation):
        organisations.set_domains(organisation, [*(each.domain for each in organisation.domains), domain])
        db.session.commit()
        flash(
            gettext("Wie mailt vanaf %(domain)s, stellen we voortaan voor bij deze organisatie.", domain=domain), "ok"
        )
    return redirect(url_for("organisations.show_organisation", organisation_id=organisation.id), 303)


@organisers.post("/organisations/<int:organisation_id>/contacts", needs=Need.ORGANISER, subject=_ORGANISATION)
def add_contact_person(organisation: Organisation) -> ResponseReturnValue:
    form = ContactForm(themes.list_choosable())
    if not form.validate():
        return _render_organisation(organisation, contact_form=form)
    person = _contact_at_address(form)
    if person is None:
        return _render_organisation(organisation, contact_form=form)
    theme_id = int(form.theme.data) if form.theme.data else None
    if not any((each.person_id, each.theme_id) == (person.id, theme_id) for each in organisation.contacts):
        organisation.contacts.append(ContactPerson(person=person, theme_id=theme_id))
        db.session.commit()
    flash(gettext("%(name)s is contactpersoon.", name=person.name), "ok")
    return redirect(url_for("organisations.show_organisation", organisation_id=organisation.id), 303)


def _contact_at_address(form: ContactForm) -> Person | None:
    """Who is meant, among those of the account's networks who are behind the address; else None, with what is wrong."""
    account, box = sessions.account(), mailboxes.who_is_behind(form.address.data or "")
    seen = [
        each
        for each in box.everybody
        if account.is_admin or any(rights.may_organise(account, one.network_id) for one in each.memberships)
    ]
    named = box.named(form.name.data) if form.name.data else None
    if len(seen) == 1 and not form.name.data:
        return seen[0]
    if named in seen:
        return named
    if seen:
        several = ", ".join(each.name for each in seen)
        form.reject("name", gettext("Wie bedoel je? Op dit adres kennen we: %(names)s.", names=several))
    else:
        form.reject("address", gettext("Niemand in je netwerken heeft dit adres. Voeg de persoon eerst toe."))
    return None


@organisers.post(
    "/organisations/<int:organisation_id>/contacts/<int:contact_person_id>/remove",
    needs=Need.ORGANISER,
    subject=_ORGANISATION,
)
def remove_contact_person(organisation: Organisation, contact_person_id: int) -> ResponseReturnValue:
    seen = portrait.contacts_seen(organisation, rights.current_viewer())
    row = next((each for each in seen if each.id == contact_person_id), None) or abort(404)
    name = row.person.name
    organisation.contacts.remove(row)
    db.session.commit()
    undo.offer_undo_of_change(name, url_for("organisations.show_organisation", organisation_id=organisation.id))
    return redirect(url_for("organisations.show_organisation", organisation_id=organisation.id), 303)


@organisers.post(
    "/organisations/<int:organisation_id>/succession",
    needs=Need.ORGANISER,
    subject=_ORGANISATION,
    seen=seen_parts.parts_of_organisation,
)
def succeed_organisation(organisation: Organisation) -> ResponseReturnValue:
    form = SuccessionForm()
    if not form.validate() or form.day.data is None:
        return _render_organisation(organisation, succession_form=form)
    successor = organisations.load_organisation(int(form.successor.data)) or abort(404)
    at_once = False
    with acting(form) as act:
        at_once = organisation_requests.succeed_or_ask(organisation, successor, form.day.data, sessions.account())
        if not at_once:
            act.say(gettext("Je verzoek wacht op een beheerder. Tot die tijd verandert er niets."), "warning")
    if act.refused:
        return _render_organisation(organisation, succession_form=form)
    if not at_once:
        return redirect(url_for("organisations.show_organisation", organisation_id=organisation.id), 303)
    undo.offer_undo_of_change(
        organisation.name,
        url_for("organisations.show_organisation", organisation_id=organisation.id),
        gettext("%(old)s is nu %(new)s. De mensen zijn meegegaan.", old=organisation.name, new=successor.name),
    )
    return redirect(url_for("organisations.show_organisation", organisation_id=successor.id), 303)


@organisers.get("/organisations/requests", needs=Need.ADMIN)
def list_organisation_requests() -> str:
    """What organisers ask of what they share with others: organisations, and people who may be one."""
    return render_template(
        "network/organisation_requests.html",
        requests=organisation_requests.list_waiting(),
        merges=merge_requests.list_waiting(),
    )


def _request(organisation_request_id: int) -> OrganisationRequest | None:
    return db.session.get(OrganisationRequest, organisation_request_id)


@organisers.post(
    "/organisations/requests/<int:organisation_request_id>/<any(yes, no):answer>",
    needs=Need.ADMIN,
    subject=_request,
    seen=seen_parts.parts_of_organisation_request,
)
def answer_organisation_request(asked: OrganisationRequest, answer: str) -> ResponseReturnValue:
    with acting() as act:
        organisation_requests.answer_request(asked, answer == "yes", sessions.account())
        told = gettext("Gewijzigd.") if answer == "yes" else gettext("Er is niets gewijzigd.")
        asker_hears = gettext("Wie het vroeg, krijgt bericht.")
        act.say(f"{told} {asker_hears}")
    return redirect(url_for("organisations.list_organisation_requests"), 303)


@organisers.get("/words/<any(topics, themes):old>", needs=Need.ADMIN)
def show_themes_elsewhere(old: str) -> ResponseReturnValue:
    """Where the list of themes stood before."""
    return redirect(url_for("themes.list_managed_themes"))


@organisers.route("/words/roles", methods=["GET", "POST"], needs=Need.ADMIN)
def list_roles() -> ResponseReturnValue:
    """The managed list of roles."""
    form = RoleForm()
    if form.validate_on_submit():
        if vocabulary.add_role(form.name_nl.data, form.name_en.data, door=form.door.data) is None:
            form.reject("name_nl", gettext("Deze naam staat al in de lijst."))
        else:
            db.session.commit()
            flash(gettext("%(name)s is toegevoegd.", name=form.name_nl.data), "ok")
            return redirect(url_for("organisations.list_roles"), 303)
    return render_template(
        "network/roles.html", rows=network_queries.list_roles(), form=form
    ), 422 if form.errors else 200


def _load_role(code: str) -> Role | None:
    return db.session.get(Role, code)


@organisers.route("/words/roles/<code>", methods=["GET", "POST"], needs=Need.ADMIN, subject=_load_role)
def edit_role(row: Role) -> ResponseReturnValue:
    form = RoleForm(obj=row).of(row)
    if form.validate_on_submit():
        if not vocabulary.change_role(row, form.name_nl.data, form.name_en.data, door=form.door.data):
            form.reject("name_nl", gettext("Deze naam staat al in de lijst."))
        else:
            db.session.commit()
            flash(gettext("Opgeslagen."), "ok")
            return redirect(url_for("organisations.list_roles"), 303)
    return render_template(
        "network/role_form.html", row=row, form=form, used=vocabulary.count_uses(row)
    ), 422 if form.errors else 200


@organisers.post("/words/roles/<code>/<any(up, remove):act>", needs=Need.ADMIN, subject=_load_role)
def change_role(row: Role, act: str) -> ResponseReturnValue:
    if act == "up":
        vocabulary.move_role_up(row)
    elif vocabulary.count_uses(row):
        flash(gettext("‘%(name)s’ is in gebruik en blijft daarom staan.", name=row.name_nl), "error")
        return redirect(url_for("organisations.edit_role", code=row.code), 303)
    else:
        db.session.delete(row)
        db.session.commit()
        undo.offer_undo_of_change(row.name_nl, url_for("organisations.list_roles"))
    db.session.commit()
    return redirect(url_for("organisations.list_roles"), 303)
