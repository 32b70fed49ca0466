"""Doubles: pairs that may be one person, side by side; merging them, and undoing that for a month."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.accounts import audit, rights, sessions
from app.accounts.models import Account, Action
from app.accounts.rights import Need
from app.database import db
from app.network import doubles, merging, people
from app.network.merging import CannotMerge
from app.network.models import Merge, Person
from app.web import undo
from app.web.doors import OrganiserPages

organisers = OrganiserPages("doubles", __name__, url_prefix="/organise/doubles")


@organisers.get("", needs=Need.ORGANISER)
def index():
    account = sessions.account()
    page = doubles.page(None if account.is_admin else _organised(account))
    mine = {person.id for pair in page.items for person in (pair.first, pair.second) if _may_change(account, person)}
    return render_template("network/doubles.html", page=page, mine=mine)


@organisers.post("/search", needs=Need.ORGANISER)
def search():
    """Look for doubles now instead of within the hour."""
    new = doubles.find_all()
    flash(
        gettext("Er zijn %(num)s nieuwe paren gevonden.", num=new) if new else gettext("Er zijn geen nieuwe dubbelen."),
        "ok",
    )
    return redirect(url_for("doubles.index"), 303)


@organisers.route("/merge", methods=["GET", "POST"], needs=Need.ORGANISER)
def merge():
    """Two people side by side; the organiser says whose name stays."""
    account = sessions.account()
    kept, gone = (_person(account, request.values.get(name, "")) for name in ("keep", "go"))
    if request.method == "POST":
        try:
            row = merging.merge(kept, gone, account)
        except CannotMerge as refused:
            db.session.rollback()
            flash(_refusal(refused.problem), "error")
            return redirect(url_for("doubles.index"), 303)
        audit.note(Action.MERGED, row)
        db.session.commit()
        flash(gettext("Het is nu één persoon. Je kunt dit een maand lang ongedaan maken op deze pagina."), "ok")
        return redirect(url_for("network.anywhere", number=kept.id), 303)
    return render_template("network/merge.html", kept=kept, gone=gone, holds=people.holds, sees=_sees(account))


def _merge(number: int) -> Merge | None:
    """A merge of somebody whom this account may change."""
    row = db.session.get(Merge, number)
    return row if row and _may_change(sessions.account(), row.kept) else None


@organisers.post("/merges/<int:number>/undo", needs=Need.ORGANISER, subject=_merge)
def unmerge(row: Merge):
    try:
        merging.undo(row)
    except CannotMerge as refused:
        db.session.rollback()
        flash(_refusal(refused.problem), "error")
    else:
        audit.note(Action.UNMERGED, row)
        db.session.commit()
        flash(
            gettext("Het zijn weer twee personen: %(kept)s en %(gone)s.", kept=row.kept.name, gone=row.gone.name), "ok"
        )
    return redirect(url_for("network.anywhere", number=row.kept_id), 303)


@organisers.post("/<int:first>/<int:second>/dismiss", needs=Need.ORGANISER)
def dismiss(first: int, second: int):
    account = sessions.account()
    if not any(_may_change(account, person) for person in people.of_networks([first, second], None)):
        abort(404)
    if not doubles.dismiss(first, second):
        abort(404)
    db.session.commit()
    undo.offer(
        "double",
        "",
        {"pair": [first, second]},
        url_for("doubles.index"),
        gettext("Dit zijn twee verschillende mensen. We vragen het niet meer."),
    )
    return redirect(url_for("doubles.index"), 303)


@undo.restorer("double", needs=Need.ORGANISER)
def _restore(kept: dict) -> None:
    doubles.consider_again(*kept["pair"])
    db.session.commit()


def _organised(account: Account) -> list[int]:
    return [
        network.id
        for network in db.session.scalars(rights.networks(account))
        if rights.may_organise(account, network.id)
    ]


def _may_change(account: Account, person: Person) -> bool:
    return account.is_admin or any(rights.may_organise(account, each.network_id) for each in person.memberships)


def _sees(account: Account):
    """Whose addresses an account sees: of people in its own networks."""
    return lambda person: _may_change(account, person)


def _person(account: Account, number: str) -> Person:
    """Somebody whom this account may change; of others it cannot decide that they are the same."""
    person = db.session.get(Person, int(number)) if number.isdigit() else None
    return person if person and _may_change(account, person) else abort(404)


def _refusal(problem: str) -> str:
    return {
        "itself": gettext("Iemand kan niet met zichzelf worden samengevoegd."),
        "gone": gettext("Een van de twee is gewist of al samengevoegd. Er is niets veranderd."),
        "undone": gettext("Dit is al ongedaan gemaakt."),
        "too_late": gettext("Ongedaan maken kan tot een maand na het samenvoegen."),
    }[problem]
