"""Organisers answer who wants to become a member."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.accounts import rights
from app.accounts.rights import Need
from app.network import join_answers
from app.network.imports import doubles
from app.network.models import JoinRequest, Network, Verdict
from app.web import undo
from app.web.acting import acting
from app.web.doors import OrganiserPages, row_of

organisers = OrganiserPages("joining", __name__, url_prefix="/organise")
_PAGE = "/networks/<slug>/requests"


@organisers.get(_PAGE, needs=Need.ORGANISE)
def list_requests(network: Network) -> ResponseReturnValue:
    requests, viewer = join_answers.waiting_requests(network), rights.current_viewer()
    known = {each.id: doubles.known_as(each.name, each.address, each.organisation, viewer) for each in requests}
    return render_template("network/requests.html", network=network, requests=requests, known=known)


@organisers.post(
    f"{_PAGE}/<int:join_request_id>/<any(yes, no):verdict>", needs=Need.ORGANISE, subject=row_of(JoinRequest)
)
def answer_request(network: Network, asked: JoinRequest, verdict: str) -> ResponseReturnValue:
    """One press; it can be taken back, and the mail leaves a few minutes later."""
    page, name = url_for("joining.list_requests", slug=network.slug), asked.name
    with acting() as act:
        kept = join_answers.answer_request(asked, Verdict(verdict))
    if not act.refused:
        said = (
            gettext("%(name)s is lid.", name=name)
            if verdict == Verdict.YES
            else gettext("%(name)s wordt geen lid.", name=name)
        )
        minutes = int(join_answers.GRACE.total_seconds() // 60)
        told = ngettext(
            "De mail daarover gaat over %(num)d minuut weg.", "De mail daarover gaat over %(num)d minuten weg.", minutes
        )
        undo.offer_undo("join_answer", name, kept, page, f"{said} {told}", place=network)
    return redirect(page, 303)


@undo.restorer("join_answer", needs=Need.ORGANISE)
def _take_back(network: Network, kept: dict[str, Any]) -> None:
    join_answers.take_back_answer(network, kept)
