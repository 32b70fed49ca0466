"""The calendar of an organiser: every session of their networks, drafts too, with how many come in the description."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext, ngettext
from sqlalchemy.orm import joinedload

from app import clock, tokens, urls
from app.accounts import rights
from app.accounts.models import Account
from app.calendars import vevents
from app.calendars.vevents import VeventStatus
from app.database import db
from app.events.models import Event, EventState
from app.feeds.feed_cache import Feed, FeedState, cached_feed
from app.feeds.feed_writing import CANCELLED_KEPT, KEPT, cached_piece, write_feed
from app.invitations.models import Invitation
from app.network import seeing
from app.registration.models import Registration, RegistrationState
from app.tokens import Purpose

if TYPE_CHECKING:
    import icalendar


def link_to_organiser_feed(account: Account) -> str:
    return urls.personal_feed_url(tokens.make_token(Purpose.FEED_ORGANISER, account.id, account.feed_version))


def renew_organiser_feed(account: Account) -> None:
    """Make the address given out so far worthless; versions wrap around from 255 to 1."""
    account.feed_version = account.feed_version % 255 + 1


def account_of_link(token: str) -> Account | None:
    """Whose feed this token opens; None when it is wrong, was renewed, or the account is blocked."""
    account_id, version = tokens.read_token(Purpose.FEED_ORGANISER, token) or (0, 0)
    account = db.session.get(Account, account_id) if account_id else None
    return account if account and account.active and account.feed_version == version else None


def load_organiser_feed(account: Account) -> Feed:
    """The feed as it is now; made again when a session, an invitation or an answer changed."""
    return cached_feed(("organiser", account.id), _organiser_state(account), lambda: _organiser_feed_bytes(account))


def _select_shown_events(account: Account) -> sa.Select[Any]:
    today = clock.start_of_day(clock.today())
    mine = sa.select(Event).where(Event.ends_at > today - KEPT, seeing.events(rights.viewer(account).as_organiser))
    stands = sa.or_(Event.state != EventState.CANCELLED, Event.ends_at > today - CANCELLED_KEPT)
    return mine.where(stands).order_by(Event.starts_at, Event.id)


def _counts_by_event(account: Account) -> dict[int, tuple[int, int, int]]:
    """How many were invited, come and wait, by event."""
    events = _select_shown_events(account).with_only_columns(Event.id).order_by(None)
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


def _organiser_state(account: Account) -> FeedState:
    shown = _select_shown_events(account).with_only_columns(
        sa.func.count(), sa.func.sum(Event.id), sa.func.max(Event.changed_at)
    )
    count, total, changed_at = db.session.execute(shown.order_by(None)).one()
    answers = sa.select(sa.func.count(Registration.id), sa.func.max(Registration.changed_at))
    registrations, answered_at = db.session.execute(answers).one()
    invited = db.session.scalar(sa.select(sa.func.max(Invitation.id)))
    moments = [moment for moment in (changed_at, answered_at, account.created_at) if moment]
    key = (count, total, changed_at, registrations, answered_at, invited, account.feed_version)
    return FeedState(key, max(moments))


def _organiser_feed_bytes(account: Account) -> bytes:
    with force_locale("nl"):
        events = list(db.session.scalars(_select_shown_events(account).options(joinedload(Event.network))))
        counts = _counts_by_event(account)
        pieces = [_organiser_piece(event, counts.get(event.id, (0, 0, 0))) for event in events]
        return write_feed(gettext("Sessies die ik organiseer"), None, pieces, {event.zone for event in events})


def _organiser_piece(event: Event, counts: tuple[int, int, int]) -> bytes:
    key = ("organiser", event.uid, event.changed_at, event.state, counts, event.network.name)
    return cached_piece(key, lambda: _organiser_vevents(event, counts))


def _organiser_vevents(event: Event, counts: tuple[int, int, int]) -> list["icalendar.Event"]:
    invited, coming, waiting = counts
    words = ", ".join(
        (
            gettext("%(invited)s uitgenodigd", invited=invited),
            ngettext("%(num)s komt", "%(num)s komen", coming),
            ngettext("%(num)s wacht", "%(num)s wachten", waiting),
        )
    )
    summary, status = vevents.calendar_title(event), VeventStatus.CONFIRMED
    if event.cancelled:
        summary, status = gettext("Geannuleerd: %(title)s", title=summary), VeventStatus.CANCELLED
    elif not event.published:
        summary, status = gettext("Concept: %(title)s", title=summary), VeventStatus.TENTATIVE
    component = vevents.build_vevent(
        event,
        status=status,
        sequence=event.sequence,
        stamp=event.changed_at,
        summary=summary,
        where=vevents.calendar_location(event),
        description=f"{words}\n\n{urls.organise_event_url(event.slug)}",
    )
    return vevents.split_by_day(component, event)
