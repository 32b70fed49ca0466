"""The calendar of an organiser: every session of their networks, drafts too, with how many come in the description."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from sqlalchemy.orm import joinedload

from app import addresses, clock, tokens
from app.accounts import rights
from app.accounts.models import Account
from app.calendars import documents
from app.calendars.documents import Status
from app.database import db
from app.events.models import Event, EventState
from app.feeds.cache import Feed, State, remembered
from app.feeds.writing import CANCELLED_KEPT, KEPT, document, piece
from app.invitations.models import Invitation
from app.registration.models import Registration, RegistrationState
from app.tokens import Purpose

if TYPE_CHECKING:
    import icalendar


def address(account: Account) -> str:
    return addresses.personal_feed(tokens.make(Purpose.FEED_ORGANISER, account.id, account.feed_version))


def renew(account: Account) -> None:
    """Make the address given out so far worthless; versions go round from 255 to 1."""
    account.feed_version = account.feed_version % 255 + 1


def find(token: str) -> Account | None:
    """Whose feed this token opens; None when it is wrong, was renewed, or the account is blocked."""
    number, version = tokens.read(Purpose.FEED_ORGANISER, token) or (0, 0)
    account = db.session.get(Account, number) if number else None
    return account if account and account.active and account.feed_version == version else None


def of(account: Account) -> Feed:
    """The feed as it is now; made again when a session, an invitation or an answer changed."""
    return remembered(("organiser", account.id), _state(account), lambda: _body(account))


def _shown(account: Account) -> sa.Select[Any]:
    today = clock.start_of_day(clock.today())
    mine = sa.select(Event).where(Event.ends_at > today - KEPT)
    if not account.is_admin:
        own = [grant.network_id for grant in account.grants if rights.may_organise(account, grant.network_id)]
        mine = mine.where(Event.network_id.in_(own))
    stands = sa.or_(Event.state != EventState.CANCELLED, Event.ends_at > today - CANCELLED_KEPT)
    return mine.where(stands).order_by(Event.starts_at, Event.id)


def _counts(account: Account) -> dict[int, tuple[int, int, int]]:
    """How many were invited, come and wait, by event."""
    events = _shown(account).with_only_columns(Event.id).order_by(None)
    rows = db.session.execute(
        sa.select(
            Invitation.event_id,
            sa.func.count(Invitation.id),
            *(
                sa.func.count().filter(Registration.state == state)
                for state in (RegistrationState.CONFIRMED, RegistrationState.WAITING)
            ),
        )
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.event_id.in_(events))
        .group_by(Invitation.event_id)
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _state(account: Account) -> State:
    shown = _shown(account).with_only_columns(sa.func.count(), sa.func.sum(Event.id), sa.func.max(Event.changed_at))
    count, total, changed_at = db.session.execute(shown.order_by(None)).one()
    answers = sa.select(sa.func.count(Registration.id), sa.func.max(Registration.changed_at))
    registrations, answered_at = db.session.execute(answers).one()
    invited = db.session.scalar(sa.select(sa.func.max(Invitation.id)))
    moments = [moment for moment in (changed_at, answered_at, account.created_at) if moment]
    key = (count, total, changed_at, registrations, answered_at, invited, account.feed_version)
    return State(key, max(moments))


def _body(account: Account) -> bytes:
    with force_locale("nl"):
        events = list(db.session.scalars(_shown(account).options(joinedload(Event.network))))
        counts = _counts(account)
        pieces = [_piece(event, counts.get(event.id, (0, 0, 0))) for event in events]
        return document(gettext("Sessies die ik organiseer"), None, pieces, {event.zone for event in events})


def _piece(event: Event, counts: tuple[int, int, int]) -> bytes:
    key = ("organiser", event.uid, event.changed_at, event.state, counts, event.network.name)
    return piece(key, lambda: _vevent(event, counts))


def _vevent(event: Event, counts: tuple[int, int, int]) -> "icalendar.Event":
    invited, coming, waiting = counts
    words = gettext(
        "%(invited)s uitgenodigd, %(coming)s komen, %(waiting)s wachten",
        invited=invited,
        coming=coming,
        waiting=waiting,
    )
    summary, status = documents.title(event), Status.CONFIRMED
    if event.cancelled:
        summary, status = gettext("Geannuleerd: %(title)s", title=summary), Status.CANCELLED
    elif not event.published:
        summary, status = gettext("Concept: %(title)s", title=summary), Status.TENTATIVE
    return documents.vevent(
        event,
        status=status,
        sequence=event.sequence,
        stamp=event.changed_at,
        summary=summary,
        where=documents.location(event),
        description=f"{words}\n\n{addresses.organise_event(event.slug)}",
    )
