"""The sessions of a group of intervision: whoever is in it comes to what is ahead, whoever is not any more does not."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.events import planning
from app.events.models import Event
from app.invitations.models import Answer, Invitation
from app.matching import enrolments, group_meetings, leaving, proposals, rounds, seats
from app.matching.group_meetings import NoMeetings
from app.matching.kinds import Reply, RoundKind
from app.matching.models import MatchEnrolment, MatchGroup, MatchMeeting, MatchRound
from app.polls import polls
from app.polls.models import Vote
from tests import factories
from tests.helpers import mails, post, sign_in
from tests.matching import matched

NAMES = ("Anna Bos", "Bram Maas", "Cleo Smit")


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", name="Brabant Academie")


def _sent_round(network, names=NAMES, smallest=3, **values) -> tuple[MatchRound, list[MatchEnrolment]]:
    row = matched.round_of(
        network, kind=RoundKind.INTERVISION, title="Intervisie", smallest=smallest, largest=smallest, **values
    )
    them = [matched.takes_part(row, name) for name in names]
    matched.send(row)
    return row, them


def _agree(*them: MatchEnrolment) -> None:
    for each in them:
        seats.answer_seat(each, Reply.YES)


def _chosen_day(group: MatchGroup, *unable: MatchEnrolment) -> Event:
    """The day that the poll of a group led to, published; these cannot come on it."""
    begins = [factories.start(days) for days in (30, 40)]
    spans = [(each, each + timedelta(hours=3)) for each in begins]
    group.poll = polls.create_poll(group.proposal.round.network, "Intervisie", "", spans, holds=True, confidential=True)
    polls.ask_voters(group.poll, [seat.enrolment.person for seat in group.seats])
    gone = {each.person_id for each in unable}
    for voter in group.poll.voters:
        vote = Vote.NO if voter.person_id in gone else Vote.YES
        polls.answer_poll(voter, {each.id: vote for each in group.poll.dates})
    event = polls.choose_date(group.poll, group.poll.dates[0])
    event.venue, event.town = "Stadskantoor", "Oss"
    planning.publish_event(event)
    db.session.commit()
    return event


def _answers(event: Event) -> dict[str, Answer | None]:
    db.session.expire_all()
    asked = db.session.scalars(sa.select(Invitation).where(Invitation.event_id == event.id))
    return {each.person.name: each.answer for each in asked}


def _mailed(event: Event) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in mails():
        if each.event_id == event.id:
            found.setdefault(each.person.name, []).append(each.kind.value)
    return found


def test_who_said_yes_to_the_group_has_a_place_and_who_did_not_is_asked(network):
    row, (anna, bram, _) = _sent_round(network)
    _agree(anna, bram)
    event = _chosen_day(row.proposal.groups[0], bram)
    assert _answers(event) == {}
    assert group_meetings.bring_groups_together() == 3
    assert _answers(event) == {"Anna Bos": Answer.YES, "Bram Maas": None, "Cleo Smit": None}
    assert _mailed(event) == {"Anna Bos": ["confirmed"], "Bram Maas": ["invitation"], "Cleo Smit": ["invitation"]}
    assert group_meetings.bring_groups_together() == 0


def test_a_draft_waits_and_what_was_closed_or_held_takes_nobody(network):
    row, them = _sent_round(network)
    _agree(*them)
    (group,) = row.proposal.groups
    for event in (
        factories.event(network, published=False),
        factories.event(network, closes_at=clock.now() - timedelta(hours=1)),
        factories.move(factories.event(network), hours=-48),
    ):
        db.session.add(MatchMeeting(group_id=group.id, event_id=event.id))
    db.session.commit()
    assert group_meetings.bring_groups_together() == 0


def test_the_next_ones_take_over_hour_place_and_secrecy_and_everybody_comes(network, client):
    row, them = _sent_round(network)
    _agree(*them)
    (group,) = row.proposal.groups
    first = _chosen_day(group)
    sign_in(client, factories.account(network))
    page = f"/organise/networks/netwerk/matching/{row.id}/groups/{group.id}/meetings"
    assert post(client, page, number="0", weeks="27").status_code == 422
    assert post(client, page, number="2", weeks="8").status_code == 303
    db.session.expire_all()
    meetings = group_meetings.list_meetings([group])[group.id]
    wall = [clock.to_local(each.starts_at) for each in meetings]
    assert [(each.date() - wall[0].date()).days for each in wall] == [0, 56, 112]
    assert {each.time() for each in wall} == {wall[0].time()}
    assert {(each.confidential, each.venue, each.published, each.series_id) for each in meetings} == {
        (True, "Stadskantoor", True, first.series_id)
    }
    assert group_meetings.bring_groups_together() == 9
    assert [_answers(each) for each in meetings] == [dict.fromkeys(NAMES, Answer.YES)] * 3
    link = enrolments.link_of_enrolment(them[0]).removeprefix("http://leerkring.test")
    assert "De volgende keer is" in client.get(link).text
    assert "Daarna:" in client.get(link).text


def test_the_next_ones_wait_until_the_one_before_is_published(network):
    row, _ = _sent_round(network)
    (group,) = row.proposal.groups
    event = factories.event(network, published=False)
    with pytest.raises(NoMeetings, match="changed"):
        group_meetings.plan_more(group, 1, 8, event.id)
    db.session.add(MatchMeeting(group_id=group.id, event_id=event.id))
    db.session.flush()
    with pytest.raises(NoMeetings, match="unpublished"):
        group_meetings.plan_more(group, 1, 8, event.id)


def test_pressed_twice_or_into_the_past_nothing_more_is_planned(network, client):
    row, _ = _sent_round(network)
    (group,) = row.proposal.groups
    first = _chosen_day(group)
    sign_in(client, factories.account(network))
    page = f"/organise/networks/netwerk/matching/{row.id}/groups/{group.id}/meetings"
    sent = {"number": "1", "weeks": "8", "last": str(first.id)}
    assert [post(client, page, **sent).status_code for _ in range(2)] == [303, 422]
    last = group_meetings.find_last(group)
    assert len(group_meetings.list_meetings([group])[group.id]) == 2
    factories.move(first, hours=-24 * 90)
    factories.move(last, hours=-24 * 60)
    with pytest.raises(NoMeetings, match="past"):
        group_meetings.plan_more(group, 3, 1, last.id)


def test_a_cancelled_last_one_is_not_followed_and_an_ended_round_plans_and_asks_nothing(network, client):
    row, them = _sent_round(network)
    _agree(*them)
    (group,) = row.proposal.groups
    first = _chosen_day(group)
    (second,) = group_meetings.plan_more(group, 1, 8, first.id)
    planning.cancel_event(second, "")
    db.session.commit()
    assert group_meetings.find_last(group) == first
    (third,) = group_meetings.plan_more(group, 1, 9, first.id)
    rounds.end_round(row)
    db.session.commit()
    assert group_meetings.bring_groups_together() == 0
    with pytest.raises(NoMeetings, match="ended"):
        group_meetings.plan_more(group, 1, 8, third.id)


def test_after_its_draft_was_deleted_a_group_can_choose_a_day_again(network, client):
    row, _ = _sent_round(network)
    (group,) = row.proposal.groups
    event = _chosen_day(group)
    page = f"/organise/networks/netwerk/matching/{row.id}/groups/{group.id}/dates"
    sign_in(client, factories.account(network))
    assert client.get(page).status_code == 409
    planning.withdraw_event(event)
    planning.delete_drafts([event])
    db.session.commit()
    assert client.get(page).status_code == 200


def test_who_says_yes_after_all_comes_again_but_not_on_a_day_that_does_not_suit(network):
    row, (anna, bram, cleo) = _sent_round(network)
    _agree(anna, bram)
    (group,) = row.proposal.groups
    first = _chosen_day(group, bram)
    (second,) = group_meetings.plan_more(group, 1, 8, first.id)
    db.session.commit()
    group_meetings.bring_groups_together()
    for each in (anna, bram, cleo):
        seats.answer_seat(each, Reply.NO)
    _agree(anna, bram, cleo)
    db.session.commit()
    assert _answers(first) == {"Anna Bos": Answer.YES, "Bram Maas": Answer.NO, "Cleo Smit": Answer.YES}
    assert _answers(second) == dict.fromkeys(NAMES, Answer.YES)


def test_what_was_cancelled_brings_nobody_back_who_stopped_meanwhile(network):
    row, them = _sent_round(network)
    _agree(*them)
    event = _chosen_day(row.proposal.groups[0])
    group_meetings.bring_groups_together()
    planning.cancel_event(event, "")
    seats.stop(them[0])
    planning.publish_event(event)
    db.session.commit()
    assert _answers(event)["Anna Bos"] == Answer.NO


def test_who_asks_to_leave_their_data_alone_gives_up_their_places(network):
    row, them = _sent_round(network)
    _agree(*them)
    event = _chosen_day(row.proposal.groups[0])
    group_meetings.bring_groups_together()
    leaving.stop_everywhere(them[0].person)
    db.session.commit()
    assert _answers(event)["Anna Bos"] == Answer.NO


@pytest.mark.parametrize("how", ["stops", "says no", "is taken out", "is moved"])
def test_who_is_in_the_group_no_more_comes_to_nothing_ahead_of_it(network, how):
    row, them = _sent_round(network, (*NAMES, "Daan Prins", "Eva Mol", "Fons Bal"))
    _agree(*them)
    here, there = row.proposal.groups
    first, other = _chosen_day(here), _chosen_day(there)
    group_meetings.plan_more(here, 1, 8, first.id)
    assert group_meetings.bring_groups_together() == 9
    who = here.seats[0].enrolment
    name = who.person.name
    match how:
        case "stops":
            seats.stop(who)
        case "says no":
            seats.answer_seat(who, Reply.NO)
        case "is taken out":
            proposals.take_out(row, who)
        case "is moved":
            proposals.move_person(row, who, there)
    db.session.commit()
    meetings = group_meetings.list_meetings([here])[here.id]
    assert [_answers(each)[name] for each in meetings] == [Answer.NO, Answer.NO]
    assert _mailed(first)[name] == ["confirmed", "cancelled"]
    assert group_meetings.bring_groups_together() == (how == "is moved")
    assert (name in _answers(other)) == (how == "is moved")


def test_who_wants_no_use_of_their_data_is_asked_to_nothing(network):
    row, them = _sent_round(network)
    _agree(*them)
    event = _chosen_day(row.proposal.groups[0])
    them[0].person.memberships[0].restricted_at = clock.now()
    db.session.commit()
    group_meetings.bring_groups_together()
    assert sorted(_answers(event)) == ["Bram Maas", "Cleo Smit"]
