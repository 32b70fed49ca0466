"""What people who were at a session did with its suggestions: one answer each, to change or take back at any time.

It is asked by a link of the invitation that goes on working: also years later a yes is taken back by it.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock, tokens, urls
from app.attendance.models import Attendance
from app.database import add_once, db, insert_new
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.lessons.impressions import facts, impressions
from app.lessons.impressions.models import Impression
from app.lessons.insights.models import Insight, Suggestion, SuggestionUse, UseAnswer, UseQuestion
from app.network.models import Membership
from app.network.organisations.models import Organisation
from app.network.people import job_positions
from app.network.people.models import Person
from app.row_journal import RowJournal, select_rows
from app.tokens import Purpose


@dataclass(frozen=True)
class UseLine:
    """A suggestion with what somebody did with it, if they said so."""

    suggestion: Suggestion
    use: SuggestionUse | None


@dataclass(frozen=True)
class Response:
    """How many of those who were asked about a report answered anything."""

    answered: int
    asked: int


def link_to_uses(invitation: Invitation) -> str:
    """Where this person says what they did with the suggestions of their session."""
    return urls.used_url(token_of(invitation))


def token_of(invitation: Invitation) -> str:
    """The key in the address of that page."""
    return tokens.make_token(Purpose.USED, invitation.id, invitation.token_version)


def invitation_of_link(token: str) -> Invitation | None:
    """The invitation of a link, whose person may answer; None for any other, and once there is nothing to ask."""
    number, version = tokens.read_token(Purpose.USED, token) or (0, 0)
    invitation = invitation_links.find_lasting_invitation(number, version)
    return invitation if invitation and find_report(invitation) else None


def find_report(invitation: Invitation) -> Impression | None:
    """The report about whose suggestions this person is asked: they were there, it is public and about nothing confidential.

    Who answered goes on finding their answers, also when it turned out that they were not there.
    """
    impression = impressions.impression_with_insights(invitation.event)
    if impression is None or not impression.published or facts.is_confidential(impression):
        return None
    if not any(insight.suggestions for insight in impression.insights):
        return None
    person_id = invitation.person_id
    return impression if _was_there(person_id, impression) or _has_answered(person_id, impression) else None


def list_lines(impression: Impression, person: Person) -> list[tuple[Insight, list[UseLine]]]:
    """The suggestions of a report by insight, with this person's answers."""
    mine = sa.select(SuggestionUse).where(
        SuggestionUse.person_id == person.id, SuggestionUse.suggestion_id.in_(_of(impression))
    )
    own = {each.suggestion_id: each for each in db.session.scalars(mine)}
    return [
        (insight, [UseLine(each, own.get(each.id)) for each in insight.suggestions])
        for insight in impression.insights
        if insight.suggestions
    ]


def find_suggestion(impression: Impression, suggestion_id: int) -> Suggestion | None:
    """A suggestion of this report."""
    return next(
        (each for insight in impression.insights for each in insight.suggestions if each.id == suggestion_id), None
    )


def workplace_of(person: Person, impression: Impression) -> Organisation | None:
    """For which organisation somebody answers: where they work today, or else worked on the day."""
    organisation_id = job_positions.workplace_id(person.id)
    if organisation_id is None:
        then = sa.select(Attendance.organisation_id).where(*_there(person.id, impression))
        organisation_id = db.session.scalar(then.order_by(Attendance.day.desc()).limit(1))
    return db.session.get(Organisation, organisation_id) if organisation_id else None


def say(person: Person, impression: Impression, suggestion: Suggestion, answer: UseAnswer) -> SuggestionUse:
    """Keep an answer. A yes that no longer fits it, or was given for where somebody worked before, is taken back."""
    place = workplace_of(person, impression)
    use = _find(person, suggestion)
    if use is None:
        use = SuggestionUse(suggestion_id=suggestion.id, person_id=person.id, answer=answer)
        if not add_once(use):
            use = db.session.get_one(SuggestionUse, (suggestion.id, person.id))
    moved = use.organisation_id != (place and place.id)
    if moved or answer != UseAnswer.USED:
        use.shown_at = None
    if moved or answer not in {UseAnswer.USED, UseAnswer.TRIED}:
        use.askable_at = None
    use.answer, use.organisation, use.answered_at = answer, place, clock.now()
    note_asked([(impression.id, person.id)])
    db.session.flush()
    return use


def explain(use: SuggestionUse, because: str, *, shown: bool, askable: bool) -> None:
    """Keep why, and each yes; one that was given before keeps its moment."""
    use.because = because
    use.shown_at = (use.shown_at or clock.now()) if shown and use.may_be_shown else None
    use.askable_at = (use.askable_at or clock.now()) if askable and use.may_be_asked else None
    db.session.flush()


def take_back(person: Person, suggestion: Suggestion) -> None:
    """Nothing is kept of what somebody said about a suggestion."""
    if use := _find(person, suggestion):
        db.session.delete(use)
        db.session.flush()


def note_asked(asked: Iterable[tuple[int, int]]) -> None:
    """From here on these count as asked about a report, and are not asked again: ids of report and person."""
    now = clock.now()
    rows = [{"impression_id": report, "person_id": person, "asked_at": now} for report, person in asked]
    if rows:
        db.session.execute(insert_new(UseQuestion.__table__, "impression_id", "person_id"), rows)


def take_yeses_back(person: Person, network_id: int | None = None) -> None:
    """Nothing shows them or their organisation any more, in one network or in all; what they answered still counts."""
    theirs = sa.update(SuggestionUse).where(SuggestionUse.person_id == person.id)
    if network_id is not None:
        its = sa.select(Suggestion.id).join(Suggestion.insight).join(Insight.impression)
        theirs = theirs.where(SuggestionUse.suggestion_id.in_(its.where(Impression.network_id == network_id)))
    db.session.execute(theirs.values(shown_at=None, askable_at=None))


def leave_network(membership: Membership) -> None:
    """Who leaves a network is nobody to ask there."""
    take_yeses_back(membership.person, membership.network_id)


def erase_uses(person: Person) -> None:
    """Of who is erased the answer stays, counted for their organisation and shown with nobody."""
    take_yeses_back(person)
    own = sa.update(SuggestionUse).where(SuggestionUse.person_id == person.id)
    db.session.execute(own.values(because=""))


def combine_uses(kept: Person, gone: Person, journal: RowJournal) -> None:
    """Of two people who become one the answer of who is kept holds where both answered, and each was asked once."""
    for model, name in ((SuggestionUse, "suggestion_id"), (UseQuestion, "impression_id")):
        table = model.__table__
        own = {row[name] for row in select_rows(table, table.c.person_id == kept.id)}
        for row in select_rows(table, table.c.person_id == gone.id):
            if row[name] in own:
                journal.delete(table, {name: row[name], "person_id": gone.id})


def uses_of(person: Person) -> list[SuggestionUse]:
    """All that somebody said they did with suggestions, the latest first."""
    wanted = sa.select(SuggestionUse).where(SuggestionUse.person_id == person.id)
    whole = joinedload(SuggestionUse.suggestion).joinedload(Suggestion.insight).joinedload(Insight.impression)
    wanted = wanted.options(whole, joinedload(SuggestionUse.organisation))
    return list(db.session.scalars(wanted.order_by(SuggestionUse.answered_at.desc(), SuggestionUse.suggestion_id)))


def count_response(impression: Impression) -> Response:
    """How many answered of how many who were asked."""
    said = sa.select(SuggestionUse.person_id).where(SuggestionUse.suggestion_id.in_(_of(impression)))
    answered = sa.func.count().filter(UseQuestion.person_id.in_(said))
    counted = sa.select(answered, sa.func.count()).where(UseQuestion.impression_id == impression.id)
    return Response(*db.session.execute(counted).one())


def count_answers(suggestion: Suggestion) -> dict[UseAnswer, int]:
    """How often each answer was given, for organisers."""
    wanted = sa.select(SuggestionUse.answer, sa.func.count()).where(SuggestionUse.suggestion_id == suggestion.id)
    found = Counter(dict(db.session.execute(wanted.group_by(SuggestionUse.answer)).all()))
    return {answer: found[answer] for answer in UseAnswer}


def count_people(suggestion_ids: Collection[int]) -> int:
    """How many said anything about any of these."""
    wanted = sa.select(sa.func.count(sa.distinct(SuggestionUse.person_id)))
    return db.session.scalars(wanted.where(SuggestionUse.suggestion_id.in_(suggestion_ids))).one()


def list_reasons(suggestion: Suggestion) -> list[tuple[UseAnswer, str]]:
    """What people wrote with their answers, without who they are; in an order that tells nothing of it either."""
    wanted = sa.select(SuggestionUse.answer, SuggestionUse.because)
    wanted = wanted.where(SuggestionUse.suggestion_id == suggestion.id, SuggestionUse.because != "")
    said = [(answer, because) for answer, because in db.session.execute(wanted)]
    return sorted(said, key=lambda each: (list(UseAnswer).index(each[0]), each[1]))


def _find(person: Person, suggestion: Suggestion) -> SuggestionUse | None:
    return db.session.get(SuggestionUse, (suggestion.id, person.id), with_for_update=True, populate_existing=True)


def _was_there(person_id: int, impression: Impression) -> bool:
    return db.session.scalar(sa.select(sa.exists().where(*_there(person_id, impression)))) or False


def _has_answered(person_id: int, impression: Impression) -> bool:
    said = sa.exists().where(SuggestionUse.person_id == person_id, SuggestionUse.suggestion_id.in_(_of(impression)))
    return db.session.scalar(sa.select(said)) or False


def _of(impression: Impression) -> sa.Select[int]:
    return sa.select(Suggestion.id).join(Suggestion.insight).where(Insight.impression_id == impression.id)


def _there(person_id: int, impression: Impression) -> list[sa.ColumnElement[bool]]:
    """Conditions on Attendance that somebody was at a session of a report."""
    events = [event.id for event in facts.events_of_impression(impression)]
    own = sa.select(Invitation.id).where(Invitation.person_id == person_id, Invitation.event_id.in_(events))
    return [Attendance.invitation_id.in_(own)]
