"""Who waits for an organiser's yes: what is answered, taken back, and told by mail.

An answer holds at once; its mail leaves a few minutes later, so that a wrong press is put right before anybody reads it.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock, urls
from app.database import db, take_row
from app.network import correspondence, joining, memberships
from app.network.imports import import_runs
from app.network.models import JoinRequest, Membership, Network, Standing, Verdict
from app.network.people.models import Person
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.outbox.models import Message
from app.privacy.models import Term, span_of
from app.setbacks import one_by_one
from app.words import Refusal

GRACE = timedelta(minutes=5)
"""Between an answer and its mail."""
REMINDED = timedelta(days=1)
"""The team hears at most this often that requests wait."""


class AnsweredAlready(Refusal):
    """A colleague was earlier, or the request lapsed."""

    says = _l("Deze aanvraag wacht niet meer: een collega gaf al antwoord, of de aanvraag is vervallen.")


def waits(since: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """Of who pressed the button of their mail and has no answer yet; `since` is oldest()."""
    return sa.and_(JoinRequest.created_at > since, JoinRequest.confirmed_at.is_not(None), JoinRequest.verdict.is_(None))


def oldest() -> datetime:
    """What was asked before this has lapsed."""
    return clock.now() - span_of(Term.REQUESTS)


def waiting_requests(network: Network) -> list[JoinRequest]:
    """Who waits for a yes, the longest first."""
    wanted = sa.select(JoinRequest).where(JoinRequest.network_id == network.id, waits(oldest()))
    wanted = wanted.options(joinedload(JoinRequest.organisation))
    return list(db.session.scalars(wanted.order_by(JoinRequest.confirmed_at, JoinRequest.id)))


def count_waiting(network_id: int) -> int:
    return db.session.scalars(
        sa.select(sa.func.count()).select_from(JoinRequest).where(JoinRequest.network_id == network_id, waits(oldest()))
    ).one()


def answer_request(request: JoinRequest, verdict: Verdict) -> dict[str, Any]:
    """Say yes or no; a yes makes a member. Returns what `take_back_answer` needs. Raises AnsweredAlready."""
    db.session.refresh(request, with_for_update=True)
    if not request.waits:
        raise AnsweredAlready
    kept: dict[str, Any] = {"request": request.id}
    if verdict == Verdict.YES:
        kept |= _membership_before(request)
        joining.make_member(request)
    request.verdict, request.answered_at, request.told = verdict, clock.now(), False
    return kept


def take_back_answer(network: Network, kept: dict[str, Any]) -> None:
    """Let the request wait again, and undo the membership that a yes gave."""
    request = db.session.get(JoinRequest, kept["request"])
    if request is None or request.network_id != network.id or request.verdict is None:
        return
    if request.verdict == Verdict.YES:
        _undo_membership(request, kept)
    request.verdict, request.answered_at, request.told = None, None, False


def mail_answers() -> int:
    """Plan the mail with each answer that stood for a few minutes; return how many."""
    due = sa.select(JoinRequest.id).where(~JoinRequest.told, JoinRequest.answered_at <= clock.now() - GRACE)
    return one_by_one.do_each("mail_join_answers", db.session.scalars(due).all(), _mail_answer)


def remind_teams() -> int:
    """Tell each team whose network has requests that wait, at most once a day; return how many."""
    recent = sa.select(Message.network_id).where(
        Message.kind == MessageKind.JOIN_WAITING, Message.created_at > clock.now() - REMINDED
    )
    due = set(db.session.scalars(sa.select(JoinRequest.network_id).where(waits(oldest())).distinct()))

    def remind(network_id: int) -> int | None:
        if take_row(Network, network_id) is None:
            return None
        return 0 if network_id in set(db.session.scalars(recent)) else _remind_team(network_id)

    return one_by_one.do_each("remind_join_teams", sorted(due - set(db.session.scalars(recent))), remind)


def _find_person_and_membership(request: JoinRequest) -> tuple[Person | None, Membership | None]:
    person = joining.find_requester(request)
    known = person.memberships if person else []
    return person, next((each for each in known if each.network_id == request.network_id), None)


def _membership_before(request: JoinRequest) -> dict[str, Any]:
    person, before = _find_person_and_membership(request)
    return {
        "new": person is None,
        "standing": before and before.standing.value,
        "stopped": before and before.unsubscribed_at and before.unsubscribed_at.isoformat(),
    }


def _undo_membership(request: JoinRequest, kept: dict[str, Any]) -> None:
    person, membership = _find_person_and_membership(request)
    if person is None or membership is None:
        return
    if kept["new"] and not import_runs.has_history(person, request.network_id):
        db.session.delete(person)
        return
    memberships.restore_standing(membership, Standing(kept["standing"] or Standing.LEFT))
    if kept["stopped"]:
        membership.unsubscribed_at = membership.unsubscribed_at or clock.now()


def _mail_answer(join_request_id: int) -> int | None:
    request = take_row(JoinRequest, join_request_id)
    if request is None or request.verdict is None or request.told:
        return None
    request.told = True
    if request.verdict == Verdict.NO:
        joining.plan_letter(request, MessageKind.JOIN_REFUSED, {})
    elif person := joining.find_requester(request):
        with force_locale(request.language):
            members = urls.members_url(request.network.slug)
            button = LetterBlock.render("button", link=members, label=gettext("Naar de pagina voor leden"))
        values = {"knop": button, "voorkeuren": correspondence.link_to_preferences(person)}
        joining.plan_letter(request, MessageKind.JOIN_GRANTED, values)
    return 1


def _remind_team(network_id: int) -> int:
    network, count = db.session.get_one(Network, network_id), count_waiting(network_id)
    kind = MessageKind.JOIN_WAITING
    with force_locale("nl"):
        page = urls.absolute_url(f"/organise/networks/{network.slug}/requests")
        values = {
            "netwerk": network.name,
            "aantal": ngettext("1 aanvraag", "%(num)d aanvragen", count),
            "dagen": span_of(Term.REQUESTS).days,
            "knop": LetterBlock.render("button", link=page, label=gettext("Bekijk wie wacht")),
        }
        letter = letters.write_letter(
            letters.letter_source(kind.letter, "nl"), values, "nl", {"because": kind.because, "network": network}
        )
    mail = Mail(letter, network.contact_address, network.contact_name, letters.site_name())
    plan_finished_mail(mail, kind, network_id=network.id)
    return 1
