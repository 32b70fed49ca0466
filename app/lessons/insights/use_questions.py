"""Who is asked what they did with the suggestions of a session, two to three months later: in a digest once, and on one's own page.

It waits for the digest that somebody gets anyway, and makes none by itself. Who gets none finds the question when they sign in.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock, wording
from app.attendance.models import Attendance
from app.database import Rows, db
from app.events.models import Event, EventState
from app.invitations.models import Invitation
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights import uses
from app.lessons.insights.models import Insight, Suggestion, SuggestionUse, UseQuestion
from app.network.models import Network
from app.network.people.models import Person
from app.outbox.letters import LetterBlock

AFTER = timedelta(days=60)
"""After the last session of a report, or its publication if that came later: nothing is used sooner."""
UNTIL = timedelta(days=96)
"""After this it is too long ago. First Mondays are up to 35 days apart: each monthly digest has its turn."""
MOST = 5
"""Questions in a digest; the others wait for the next."""


@dataclass(frozen=True)
class DueReport:
    """A report whose turn it is, with its sessions."""

    impression: Impression
    events: list[Event]


@dataclass(frozen=True)
class AskedUse:
    """The question to one person: about which report, by the invitation to the last session of it where they were."""

    impression: Impression
    invitation: Invitation


def list_due_reports(now: datetime | None = None, *, of: Person | None = None) -> list[DueReport]:
    """Reports with suggestions that are asked about today, of which nothing is confidential; `of` where somebody was."""
    now = now or clock.now()
    begin, end = now - UNTIL, now - AFTER
    of_report = sa.or_(Event.id == Impression.event_id, Event.series_id == Impression.series_id)
    of_any = sa.select(Event.id).where(of_report).correlate(Impression)
    held = of_any.where(Event.state == EventState.PUBLISHED)
    in_time = sa.or_(
        Impression.published_at.between(begin, end), held.where(Event.ends_at.between(begin, end)).exists()
    )
    wanted = (
        sa.select(Impression, Event)
        .join(Event, of_report)
        .join(Network, Network.id == Impression.network_id)
        .where(Impression.state == ImpressionState.PUBLISHED, Network.archived_at.is_(None), in_time)
        .where(~of_any.where(Event.confidential).exists(), Event.state == EventState.PUBLISHED)
        .where(sa.select(Suggestion.id).join(Suggestion.insight).where(Insight.impression_id == Impression.id).exists())
        .order_by(Impression.id, Event.starts_at)
    )
    if of is not None:
        there = sa.select(Attendance.event_id).join(Attendance.invitation).where(Invitation.person_id == of.id)
        wanted = wanted.where(of_any.where(Event.id.in_(there)).exists())
    found: dict[int, DueReport] = {}
    for impression, event in db.session.execute(wanted):
        found.setdefault(impression.id, DueReport(impression, [])).events.append(event)
    return [each for each in found.values() if begin <= _counted_from(each) <= end]


def list_questions(person_ids: Collection[int], due: Collection[DueReport]) -> dict[int, list[AskedUse]]:
    """What each of these people is asked for the first time, the session that is longest ago first."""
    asked = sa.select(UseQuestion.person_id, UseQuestion.impression_id)
    return _list_but(asked.where(UseQuestion.person_id.in_(person_ids)), person_ids, due)


def list_unanswered(person: Person) -> list[AskedUse]:
    """What somebody is asked on their own page, also without a digest: what is due and they said nothing of."""
    said = sa.select(SuggestionUse.person_id, Insight.impression_id).join(SuggestionUse.suggestion)
    said = said.join(Suggestion.insight).where(SuggestionUse.person_id == person.id)
    return _list_but(said, [person.id], list_due_reports(of=person)).get(person.id, [])


def _list_but(done: Rows, person_ids: Collection[int], due: Collection[DueReport]) -> dict[int, list[AskedUse]]:
    """About which reports each of these people is asked, but for `done`: rows of person and report."""
    own_last = sorted(due, key=lambda each: each.impression.event_id is not None)
    reports = {event.id: each.impression for each in own_last for event in each.events}
    if not reports:
        return {}
    there = sa.select(Attendance.invitation_id).where(Attendance.event_id.in_(reports))
    wanted = (
        sa.select(Invitation)
        .join(Invitation.event)
        .where(Invitation.event_id.in_(reports), Invitation.person_id.in_(person_ids), Invitation.id.in_(there))
        .order_by(Event.starts_at.desc(), Invitation.id)
        .options(joinedload(Invitation.event))
    )
    before = {tuple(row) for row in db.session.execute(done)}
    found: dict[int, dict[int, AskedUse]] = {}
    for invitation in db.session.scalars(wanted):
        impression = reports[invitation.event_id]
        if (invitation.person_id, impression.id) not in before:
            mine = found.setdefault(invitation.person_id, {})
            mine.setdefault(impression.id, AskedUse(impression, invitation))
    return {person_id: list(reversed(mine.values())) for person_id, mine in found.items()}


def remember_asked(asked: Iterable[AskedUse]) -> None:
    """Keep who was asked what, so that it is not asked again."""
    uses.note_asked((each.impression.id, each.invitation.person_id) for each in asked)


def write_block(asked: Collection[AskedUse]) -> LetterBlock:
    """The questions in a mail, each with the link to answer it."""
    if not asked:
        return LetterBlock("", "")
    lines = [
        (
            each.impression.title,
            wording.format_day(each.invitation.event.starts_at, each.invitation.event.zone),
            uses.link_to_uses(each.invitation),
        )
        for each in asked
    ]
    return LetterBlock.render("uses", sessions=lines)


def _counted_from(report: DueReport) -> datetime:
    last = max(event.ends_at for event in report.events)
    return max(last, report.impression.published_at or last)
