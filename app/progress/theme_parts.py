"""What a report says about one theme: who stood for it, what happened while it stood on the agenda, signs and money."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from app import clock, urls
from app.agendas import koppels, theme_contents
from app.agendas.models import AgendaTheme
from app.database import Condition, db
from app.indicators.counting import Period
from app.indicators.models import Aspect, Assessment, Budget
from app.lessons.insights import about_themes, commitment_queries
from app.lessons.insights.models import Commitment, CommitmentState
from app.progress.contents import InsightSaid, KoppelSeat, MoneyLine, PromiseKept, SessionHeld, SignSet
from app.progress.sight import Sight

MOST_INSIGHTS = 3
MOST_PROMISES = 20


def list_koppel(row: AgendaTheme, sight: Sight) -> list[KoppelSeat]:
    """Of each party the office of the executive who stood for a theme on the reference day."""
    return [
        KoppelSeat(place.party.name, place.holder.title if place.holder else "")
        for place in koppels.executives_on(row, min(sight.last, row.last_day))
    ]


def list_sessions(row: AgendaTheme, sight: Sight) -> list[SessionHeld]:
    """Those that may be named, the latest first."""
    return [
        SessionHeld(
            event.id,
            event.title,
            clock.to_local(event.starts_at, event.zone).date(),
            (event.town or event.venue) if event.on_site else "",
            people,
            organisations,
            urls.event_url(event.slug),
            event.online,
        )
        for event, people, organisations in theme_contents.count_held_sessions(sight.scene(row))
    ]


def list_insights(row: AgendaTheme, sight: Sight) -> list[InsightSaid]:
    """The latest three."""
    found = theme_contents.list_insights(sight.scene(row), MOST_INSIGHTS)
    return [InsightSaid(each.title, urls.impression_url(each.impression.slug)) for each in found]


def list_promises(row: AgendaTheme, sight: Sight) -> list[PromiseKept]:
    """What was to be done and may be told, what was promised first above; what was dropped is not among it."""
    wanted = (
        commitment_queries.select_commitments()
        .where(*_due_in(sight, sight.days_of(row)), about_themes.commitment_is_about([row.theme_id]))
        .where(theme_contents.told_events(sight.told), Commitment.state != CommitmentState.DROPPED)
        .order_by(Commitment.due_on, Commitment.id)
        .limit(MOST_PROMISES)
    )
    return [PromiseKept(each.what, each.due_on, _was_done(each, sight)) for each in db.session.scalars(wanted)]


def _was_done(commitment: Commitment, sight: Sight) -> bool:
    done_at = commitment.closed_at if commitment.state == CommitmentState.DONE else None
    return done_at is not None and done_at < _end(sight)


def count_promises(sight: Sight, period: Period, row: AgendaTheme | None = None) -> tuple[int, int]:
    """How much was to be done in some days, about a theme if one is given, and how much of it was done on the reference day."""
    done = sa.and_(Commitment.state == CommitmentState.DONE, Commitment.closed_at < _end(sight))
    wanted = sa.select(sa.func.count(), sa.func.count(sa.case((done, 1)))).select_from(Commitment)
    about = [about_themes.commitment_is_about([row.theme_id])] if row else []
    promised, kept = db.session.execute(wanted.where(*_due_in(sight, period), *about)).one()
    return promised, kept


def _due_in(sight: Sight, period: Period) -> list[Condition]:
    return [Commitment.due_on.between(period.first, period.last), *sight.counts(Commitment.network_id)]


def _end(sight: Sight) -> datetime:
    return clock.start_of_day(sight.last + timedelta(days=1))


def say_signs(signs: Mapping[Aspect, Assessment]) -> list[SignSet]:
    """In the order in which an agenda names them."""
    return [
        SignSet(each.aspect, each.sign, each.day, each.cause, each.consequence, each.correction)
        for each in (signs[aspect] for aspect in Aspect if aspect in signs)
    ]


def say_money(row: Budget | None) -> MoneyLine | None:
    return MoneyLine(row.budget, row.change, row.changed, row.realised, row.source) if row else None


def say_successor(row: AgendaTheme, sight: Sight) -> str:
    """In what a theme goes on that had ended by the reference day; empty for others."""
    ends = [day for day in (row.ends_on, row.theme.ends_on) if day]
    successor = row.theme.successor
    return successor.words if successor and ends and min(ends) <= sight.last else ""
