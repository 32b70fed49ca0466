"""Doubles: pairs that may be one person, side by side; merging them, and undoing that for a month."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.accounts import audit, merge_requests, rights, sessions
from app.accounts.models import Account, Action, MergeRequest
from app.accounts.rights import Need
from app.database import db
from app.network import network_queries
from app.network.imports import doubles, merges
from app.network.imports.models import Merge
from app.network.people import job_positions, people
from app.network.people.models import Person
from app.rows import read_row_number
from app.web import seen_parts, undo
from app.web.acting import acting
from app.web.doors import OrganiserPages
from app.web.forms import Form
from app.web.seen import Parts

organisers = OrganiserPages("doubles", __name__, url_prefix="/organise/doubles")


@organisers.get("", needs=Need.ORGANISER)
def list_doubles() -> str:
    account = sessions.account()
    page = doubles.page_of_doubles(rights.viewer(account))
    mine = {person.id for pair in page.items for person in (pair.first, pair.second) if _may_change(account, person)}
    waiting = merge_requests.waiting_pairs({person.id for pair in page.items for person in (pair.first, pair.second)})
    return render_template("network/doubles.html", page=page, mine=mine, waiting=waiting)


@organisers.post("/search", needs=Need.ORGANISER)
def find_doubles() -> ResponseReturnValue:
    """Look for doubles now instead of within the hour."""
    new = doubles.find_doubles()
    flash(
        ngettext("Er is %(num)s nieuw paar gevonden.", "Er zijn %(num)s nieuwe paren gevonden.", new)
        if new
        else gettext("Er zijn geen nieuwe dubbele personen."),
        "ok",
    )
    return redirect(url_for("doubles.list_doubles"), 303)


def _parts_of_chosen_pair(*pair: Person) -> Parts:
    """Of the two on the page, as the press names them."""
    return seen_parts.parts_of_pair(*(pair or _pair_of_request(sessions.account())))


@organisers.route("/merge", methods=["GET", "POST"], needs=Need.ORGANISER, seen=_parts_of_chosen_pair)
def merge_people() -> ResponseReturnValue:
    """Two people side by side; the organiser says whose name stays."""
    account = sessions.account()
    kept, gone = _pair_of_request(account)
    mine = {person.id for person in (kept, gone) if _may_change(account, person)} or abort(404)
    if Form().validate_on_submit():
        with acting() as act:
            merged = merge_requests.merge_or_ask(kept, gone, account)
            if merged:
                act.say(gettext("Het is nu één persoon. Je kunt dit een maand lang ongedaan maken op deze pagina."))
            else:
                act.say(gettext("Je verzoek wacht op een beheerder. Je krijgt bericht."), "warning")
        if act.refused or not merged:
            return redirect(url_for("doubles.list_doubles"), 303)
        return redirect(url_for("people.show_person_anywhere", person_id=kept.id), 303)
    return render_template(
        "network/merge.html",
        kept=kept,
        gone=gone,
        mine=mine,
        viewer=rights.viewer(account),
        holds=job_positions.is_held_on,
        at_once=merge_requests.may_merge_at_once(account, kept, gone),
        waiting=merge_requests.waiting_of(kept, gone),
    )


def _request(merge_request_id: int) -> MergeRequest | None:
    return db.session.get(MergeRequest, merge_request_id)


@organisers.post(
    "/requests/<int:merge_request_id>/<any(yes, no):answer>",
    needs=Need.ADMIN,
    subject=_request,
    seen=seen_parts.parts_of_merge_request,
)
def answer_merge_request(asked: MergeRequest, answer: str) -> ResponseReturnValue:
    with acting() as act:
        merge_requests.answer_request(asked, answer == "yes", sessions.account())
        told = gettext("Het is nu één persoon.") if answer == "yes" else gettext("Er is niets gewijzigd.")
        asker_hears = gettext("Wie het vroeg, krijgt bericht.")
        act.say(f"{told} {asker_hears}")
    return redirect(url_for("organisations.list_organisation_requests"), 303)


def _merge(merge_id: int) -> Merge | None:
    """A merge of somebody whom this account may change."""
    row = db.session.get(Merge, merge_id)
    return row if row and _may_change(sessions.account(), row.kept) else None


@organisers.post("/merges/<int:merge_id>/undo", needs=Need.ORGANISER, subject=_merge)
def undo_merge(row: Merge) -> ResponseReturnValue:
    with acting() as act:
        merges.undo_merge(row)
        audit.note_in_audit_log(Action.UNMERGED, row)
        act.say(gettext("Het zijn weer twee personen: %(kept)s en %(gone)s.", kept=row.kept.name, gone=row.gone.name))
    return redirect(url_for("people.show_person_anywhere", person_id=row.kept_id), 303)


@organisers.post("/<int:first_person_id>/<int:second_person_id>/dismiss", needs=Need.ORGANISER)
def dismiss_double(first_person_id: int, second_person_id: int) -> ResponseReturnValue:
    account = sessions.account()
    pair = people.people_of_networks([first_person_id, second_person_id], None)
    if len(people.seen_of([first_person_id, second_person_id], rights.viewer(account))) < len(pair):
        abort(404)
    if not any(_may_change(account, person) for person in pair):
        abort(404)
    if not doubles.dismiss_double(first_person_id, second_person_id):
        abort(404)
    db.session.commit()
    undo.offer_undo_of_change(
        "", url_for("doubles.list_doubles"), gettext("Dit zijn twee verschillende mensen. We vragen het niet meer.")
    )
    return redirect(url_for("doubles.list_doubles"), 303)


def _may_change(account: Account, person: Person) -> bool:
    return account.is_admin or any(rights.may_organise(account, each.network_id) for each in person.memberships)


def _pair_of_request(account: Account) -> tuple[Person, Person]:
    keep, go = (_load_person_to_merge(account, request.values.get(name, "")) for name in ("keep", "go"))
    return keep, go


def _load_person_to_merge(account: Account, person_id: str) -> Person:
    """Somebody whom this account sees; one of the two must be theirs to change."""
    return network_queries.find_person(read_row_number(person_id) or 0, rights.viewer(account)) or abort(404)
