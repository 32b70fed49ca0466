"""A change of somebody's mail addresses, by the link in the mail to the address that they had: to take it back, or confirm it."""

from operator import attrgetter

from flask import render_template
from flask.typing import ResponseReturnValue

from app.network.people import address_notices, address_proposals, address_undo
from app.network.people.address_proposals import CannotConfirm
from app.network.people.address_undo import CannotTakeBack
from app.network.people.models import AddressChange, AddressProposal
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.personal import Link

personal = PersonalPages("address_changes", __name__)
_CHANGE = Link(address_undo.change_of_link, language=attrgetter("person.language"))
_PROPOSAL = Link(address_proposals.proposal_of_link, language=attrgetter("person.language"))


@personal.get("/address-change/<token>", link=_CHANGE)
def show_address_change(change: AddressChange) -> ResponseReturnValue:
    return _render_change(change)


@personal.post("/address-change/<token>", link=_CHANGE)
def undo_address_change(change: AddressChange) -> ResponseReturnValue:
    with acting(words={CannotTakeBack: ""}) as act:
        address_undo.undo_change(change)
    if act.refused:
        return _render_change(change, act.refused.words), 409
    return _render_change(change, done=True)


def _render_change(change: AddressChange, refused: str = "", done: bool = False) -> str:
    if not done and not refused:
        try:
            address_undo.check_undoable(change)
        except CannotTakeBack as no:
            refused = no.words
    was = address_notices.preferred_of(change.before) or ""
    now = address_notices.preferred_of(change.after) or ""
    return render_template(
        "network/address_change.html",
        was=address_notices.hide_address(was),
        now=address_notices.hide_address(now) if now.lower() != was.lower() else "",
        refused=refused,
        done=done,
    )


@personal.get("/address-proposal/<token>", link=_PROPOSAL)
def show_address_proposal(proposal: AddressProposal) -> ResponseReturnValue:
    return _render_proposal(proposal)


@personal.post("/address-proposal/<token>", link=_PROPOSAL)
def confirm_address_proposal(proposal: AddressProposal) -> ResponseReturnValue:
    with acting(words={CannotConfirm: ""}) as act:
        address_proposals.confirm_proposal(proposal)
    if act.refused:
        return _render_proposal(proposal, act.refused.words), 409
    return _render_proposal(proposal, done=True)


def _render_proposal(proposal: AddressProposal, refused: str = "", done: bool = False) -> str:
    if not done and not refused:
        try:
            address_proposals.check_confirmable(proposal)
        except CannotConfirm as no:
            refused = no.words
    address = address_notices.hide_address(proposal.address)
    return render_template(
        "network/address_proposal.html", proposal=proposal, address=address, refused=refused, done=done
    )
