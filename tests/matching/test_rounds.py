"""A round from its call to what came of it, and who goes, moves or merges in the middle of one."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts.models import NetworkRole
from app.database import db
from app.digests import digest_requests
from app.matching import calls, enrolments, leaving, meetings_before, proposals, rounds, seats
from app.matching.enrolments import RoundClosed, Wishes
from app.matching.kinds import Daypart, Reply, RoundKind, Rule
from app.matching.models import MatchApart, MatchEnrolment, MatchRound
from app.matching.rounds import RoundRefused
from app.network import memberships
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.imports import merges
from app.network.models import Delivery, Membership, Standing
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people import job_positions, people
from app.network.people.models import DigestFrequency, Person
from app.network.vocabulary import theme_uses
from app.outbox.models import Message, MessageState
from app.polls import polls
from app.polls.models import Vote
from tests import factories
from tests.helpers import links_in, mail_to, mails, post, sign_in, text_of, work
from tests.matching import matched


@pytest.fixture(autouse=True)
def _by_day(monkeypatch):
    monkeypatch.setattr(clock, "next_sending_moment", lambda wanted: wanted)


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", name="Brabant Academie")


def _call(row: MatchRound) -> None:
    row.called_at = None
    db.session.commit()
    calls.call_people()
    work()


def _link(person, kind: str = "match_call") -> str:
    return next(link for link in links_in(mail_to(person, kind)) if link.startswith("/match/"))


def _news(person) -> list[str]:
    found = mails(Message.person_id == person.id, Message.kind == "match_news", Message.message_id.is_not(None))
    return [each.details["news"] for each in found]


def test_a_round_from_its_call_to_what_came_of_it(client, network, app):
    """Two pairs by the pages alone, as an organiser and those who are asked see them."""
    water = factories.theme("Water")
    network.themes = [water]
    anna, bram, cleo, daan = (
        factories.person(name, at=place, of=network, address=f"{name.split()[0].lower()}@{place.lower()}.example")
        for name, place in (("Anna Bos", "Oss"), ("Bram Maas", "Best"), ("Cleo Smit", "Oss"), ("Daan Prins", "Best"))
    )
    sign_in(client, factories.account(network))
    home = "/organise/networks/netwerk/matching"
    day = (clock.today() + timedelta(days=20)).isoformat()
    values = {
        "kind": "buddy",
        "title": "Buddy’s 2027",
        "closes_on": day,
        "apart_organisations": "y",
        "audience": "",
        "regions": "any",
        "no_repeats": "1",
    }
    page = post(client, f"{home}/new", **values).location
    assert "Vraag 4 mensen" in client.get(page).text
    post(client, f"{page}/open", page=page)
    assert calls.call_people() == 4
    work()
    assert "Buddy’s 2027" in mail_to(anna)["Subject"]
    assert "List-Unsubscribe" in mail_to(anna)

    other = app.test_client()
    for person, topics in ((anna, {"sought": [water.id]}), (bram, {"offered": [water.id]}), (cleo, {}), (daan, {})):
        link = _link(person)
        said = {"answer": "yes", "dayparts": ["mon_am", "tue_pm"], "seeks": "Iemand met ervaring", **topics}
        assert post(other, link, **said).status_code == 303
        assert "Iemand met ervaring" in other.get(link).text
    assert post(other, _link(anna), answer="yes").status_code == 422
    post(client, f"{page}/close", page=page)
    assert "Je doet mee." in other.get(_link(anna)).text
    post(client, f"{page}/propose", page=page)
    assert proposals.make_wanted_proposals() == 1
    row = db.session.scalars(sa.select(MatchRound)).one()
    pairs = matched.groups_of(row)
    assert {anna.id, bram.id} in pairs
    assert {cleo.id, daan.id} in pairs
    shown = client.get(page).text
    assert "1 van 1 vindt hier wat die zoekt" in shown
    assert "maandagochtend, dinsdagmiddag" in shown
    assert "rustworkx 0.18" in shown

    of_cleo = {seat.enrolment.person_id: seat for seat in rounds.seats_of(row)}[cleo.id]
    first = row.proposal.groups[0] if of_cleo.group_id != row.proposal.groups[0].id else row.proposal.groups[1]
    enrolment = of_cleo.enrolment_id
    post(client, f"{page}/move", page=page, enrolment=enrolment, group=first.id)
    shown = client.get(page).text
    assert "Nooit twee van dezelfde organisatie: Anna Bos, Cleo Smit" in shown
    assert "De grootte van een groep" in shown
    back = next(each for each in row.proposal.groups if each.id != first.id)
    post(client, f"{page}/move", page=page, enrolment=enrolment, group=back.id)
    assert "Nooit twee van dezelfde organisatie:" not in client.get(page).text
    post(client, f"{page}/send", page=page)
    work()
    assert "bram@best.example" not in text_of(mail_to(anna, "match_news"))
    link = _link(anna, "match_news")
    assert "Bram Maas" in other.get(link).text
    post(other, f"{link}/seat", page=link, answer="yes")
    assert "bram@best.example" not in other.get(link).text
    post(other, f"{_link(bram)}/seat", page=_link(bram), answer="yes")
    assert "bram@best.example" in other.get(link).text
    assert _news(anna) == _news(bram) == ["proposal", "agreed"]

    post(other, f"{_link(daan)}/seat", page=_link(daan), answer="no")
    work()
    assert _news(cleo) == ["proposal", "stopped"]
    assert "De ander doet niet meer mee." in other.get(_link(cleo)).text
    assert "4 plaatsingen, 1 match" in client.get(home).text.replace("\n", " ")
    post(client, f"{page}/after", page=page)
    work()
    assert _news(anna)[-1] == "after"
    assert post(other, f"{link}/after", page=link, useful="yes", again="no").status_code == 303
    assert "Achteraf antwoordde: 1 van 2. Had er iets aan: 1. Doet nog eens mee: 0." in client.get(page).text
    post(other, f"{link}/seat", page=link, answer="stop")
    work()
    assert _news(bram)[-1] == "stopped"

    reader = app.test_client()
    sign_in(reader, factories.account(network, NetworkRole.READER))
    assert "4 plaatsingen" in reader.get(home).text
    assert "Anna" not in reader.get(home).text
    assert reader.get(page).status_code == 403


def test_a_call_goes_by_the_rules_of_mail(network, app, monkeypatch):
    monkeypatch.setitem(app.config, "MAILS_PER_WEEK", 1)
    crowd = factories.crowd(6, of=network)
    tired, digest, stopped, outside, late, plain = crowd
    for person in crowd:
        person.digest = DigestFrequency.NEVER
    digest.digest = DigestFrequency.WEEKLY
    (membership,) = digest.memberships
    membership.delivery = Delivery.DIGEST
    memberships.unsubscribe_member(stopped.memberships[0])
    conditions = {
        "block": AudienceBlock.PERSON.value,
        "values": [each.id for each in crowd if each is not outside],
        "not": False,
    }
    audience = factories.audience(network, "Vijf", conditions)
    earlier = matched.round_of(network, title="Eerder")
    enrolments.add_enrolment(earlier, tired)
    only_tired = {"block": AudienceBlock.PERSON.value, "values": [tired.id], "not": False}
    earlier.everybody, earlier.audience = False, factories.audience(network, "Een", only_tired)
    _call(earlier)
    row = matched.round_of(network, audience_id=audience.id)
    _call(row)
    states = {
        each.person_id: each.state
        for each in db.session.scalars(sa.select(Message))
        if each.details == {"round": row.id}
    }
    assert states == {
        tired.id: MessageState.PLANNED,
        digest.id: MessageState.HELD,
        late.id: MessageState.SENT,
        plain.id: MessageState.SENT,
    }
    (asked,) = digest_requests.list_requests([digest.id])[digest.id][network.id]
    with app.test_request_context():
        assert asked.say()[0][2].startswith("http://leerkring.test/match/")
    theirs = {each.person_id: each for each in db.session.scalars(sa.select(MatchEnrolment)) if each.round_id == row.id}
    enrolments.say_no(theirs[digest.id])
    enrolments.say_no(theirs[tired.id])
    assert calls.drop_stale_calls() == 1
    _call(row)
    later = sa.select(Message).where(Message.person_id == tired.id).order_by(Message.id.desc())
    db.session.execute(sa.update(Message).where(Message.state == "planned").values(due_at=clock.now()))
    work()
    assert db.session.scalars(later).first().state == MessageState.SUPPRESSED


def test_what_is_said_too_late_or_in_the_wrong_order_is_refused(network):
    row = matched.round_of(network)
    anna = matched.takes_part(row, "Anna Bos")
    with pytest.raises(RoundRefused) as refused:
        proposals.want_proposal(row)
    assert refused.value.problem == "not_closed"
    matched.close(row)
    with pytest.raises(RoundClosed):
        enrolments.say_yes(anna, Wishes())
    with pytest.raises(RoundRefused) as refused:
        proposals.send_proposal(row)
    assert refused.value.problem == "nobody"
    with pytest.raises(seats.NoPlace):
        seats.answer_seat(anna, Reply.YES)


def test_what_cannot_be_is_said_with_names_and_numbers(client, network):
    row = matched.round_of(network)
    for name in ("Anna Bos", "Bram Maas", "Cleo Smit"):
        matched.takes_part(row, name, at="Oss")
    daan = matched.takes_part(row, "Daan Prins", at="Best").person
    matched.divide(row)
    said = proposals.obstacles_of(row.proposal)
    assert said == ["Van Oss: 3. Van elders: 1. Zonder iemand van elders blijft minstens: 2."]
    sign_in(client, factories.account(network))
    assert said[0] in client.get(f"/organise/networks/netwerk/matching/{row.id}").text
    people.erase_person(daan)
    assert len(matched.divide(row)) == 0
    said = proposals.obstacles_of(row.proposal)
    assert "Met hoeveel anderen Anna Bos samen mag: 0. Nodig: 1." in said


def test_who_goes_in_the_middle_of_a_round(network):
    """Erased, gone from the network or moved: before it is sent, and after."""
    row = matched.round_of(network, trio=True)
    anna, bram, cleo, daan, els = (
        matched.takes_part(row, name, at=place).person
        for name, place in (
            ("Anna Bos", "Oss"), ("Bram Maas", "Best"), ("Cleo Smit", "Boxtel"), ("Daan Prins", "Best"), ("Els Vos", "Oss")
        )
    )  # fmt: skip
    memberships.leave_network(els.memberships[0])
    pairs = matched.divide(row)
    assert els.id not in set().union(*pairs)
    job_positions.add_or_change_position(cleo, factories.organisation("Best"), None)
    together = next(pair for pair in pairs if cleo.id in pair)
    breached = [
        breach.rule
        for each in proposals.show_proposal(row, proposals.read_given(row)).groups
        for breach in each.breaches
    ]
    assert breached == ([Rule.ORGANISATION] if together & {bram.id, daan.id} else [])
    proposals.send_proposal(row)
    db.session.commit()
    (of_anna,) = (pair - {anna.id} for pair in pairs if anna.id in pair)
    with_anna = next(each for each in (bram, cleo, daan) if each.id in of_anna)
    people.erase_person(anna)
    db.session.commit()
    assert db.session.scalar(sa.select(MatchEnrolment).where(MatchEnrolment.person_id == anna.id)) is None
    assert _news(with_anna) == ["proposal", "stopped"]
    leaver, left = (each for each in (bram, cleo, daan) if each is not with_anna)
    since = clock.now()
    memberships.leave_network(leaver.memberships[0])
    assert _news(left) == ["proposal", "stopped"]
    leaver.memberships[0].standing = Standing.MEMBER
    leaving.come_back(leaver.memberships[0], since)
    assert all(seat.left_at is None for seat in rounds.seats_of(row))


def test_who_is_left_alone_before_it_is_sent_waits_and_is_shown_no_empty_group(network):
    row = matched.round_of(network)
    for name in ("Anna Bos", "Bram Maas", "Cleo Smit", "Daan Prins"):
        matched.takes_part(row, name)
    gone, alone = (db.session.get(Person, each) for each in sorted(matched.divide(row)[0]))
    memberships.leave_network(gone.memberships[0])
    proposals.send_proposal(row)
    assert ([len(each) for each in matched.groups_of(row)], _news(alone)) == ([2], ["waits"])
    assert meetings_before.left_out_before(matched.round_of(network))[alone.id] == 1, "and goes first the next time"


def test_a_proposal_of_which_nobody_is_left_to_meet_is_not_sent(network):
    row = matched.round_of(network)
    anna = matched.takes_part(row, "Anna Bos").person
    matched.takes_part(row, "Bram Maas")
    matched.divide(row)
    memberships.leave_network(anna.memberships[0])
    with pytest.raises(RoundRefused) as refused:
        proposals.send_proposal(row)
    assert (refused.value.problem, row.sent_at) == ("nobody", None)


@pytest.mark.parametrize("to", ["nowhere", "another pair"])
def test_who_is_left_alone_by_moving_somebody_after_it_was_sent_hears_it(network, to):
    row = matched.round_of(network)
    for name in ("Anna Bos", "Bram Maas", "Cleo Smit", "Daan Prins"):
        matched.takes_part(row, name)
    matched.send(row)
    first, second = row.proposal.groups
    moved, alone = (seat.enrolment for seat in first.seats)
    if to == "nowhere":
        proposals.take_out(row, moved)
    else:
        proposals.move_person(row, moved, second)
    assert _news(alone.person)[-1] == "stopped"


def test_a_yes_is_to_who_was_there_and_is_asked_anew_with_somebody_else(network):
    row = matched.round_of(network)
    for name in ("Anna Bos", "Bram Maas", "Cleo Smit", "Daan Prins"):
        matched.takes_part(row, name)
    matched.send(row)
    first, second = row.proposal.groups
    anna, bram = (seat.enrolment for seat in first.seats)
    moved = second.seats[0].enrolment
    seats.answer_seat(anna, Reply.YES)
    seats.answer_seat(bram, Reply.NO)
    proposals.move_person(row, moved, first)
    assert _news(anna.person) == ["proposal", "proposal"]
    seats.answer_seat(moved, Reply.YES)
    (companion,) = seats.list_companions(seats.seat_of(moved))
    assert (companion.name, companion.address) == ("Anna Bos", "")
    seats.answer_seat(anna, Reply.YES)
    assert [_news(each.person)[-1] for each in (anna, moved)] == ["agreed", "agreed"]


@pytest.mark.parametrize("goes", ["says no", "stops", "leaves", "is taken out"])
def test_two_who_said_yes_hear_that_they_agree_once_the_third_goes(network, goes):
    row = matched.round_of(network)
    for name in ("Anna Bos", "Bram Maas", "Cleo Smit", "Daan Prins"):
        matched.takes_part(row, name)
    matched.send(row)
    first, second = row.proposal.groups
    third = second.seats[0].enrolment
    proposals.move_person(row, third, first)
    two = [seat.enrolment for seat in first.seats if seat.enrolment_id != third.id]
    for each in two:
        seats.answer_seat(each, Reply.YES)
    assert [_news(each.person) for each in two] == [[], []]
    match goes:
        case "says no":
            seats.answer_seat(third, Reply.NO)
        case "stops":
            seats.stop(third)
        case "leaves":
            memberships.leave_all_networks(third.person)
        case _:
            proposals.take_out(row, third)
    assert [_news(each.person)[-1] for each in two] == ["agreed", "agreed"]
    (other,) = seats.list_companions(seats.seat_of(two[0]))
    assert other.address


@pytest.mark.parametrize("leaves_first", [False, True])
def test_who_wants_no_use_of_their_data_stops_and_is_shown_to_nobody(client, network, leaves_first):
    row = matched.round_of(network)
    anna, bram = (matched.takes_part(row, name) for name in ("Anna Bos", "Bram Maas"))
    matched.send(row)
    for each in (anna, bram):
        seats.answer_seat(each, Reply.YES)
    db.session.commit()
    page = enrolments.link_of_enrolment(bram).removeprefix("http://leerkring.test")
    assert "Anna Bos" in client.get(page).text
    kept = memberships.leave_all_networks(anna.person) if leaves_first else []
    memberships.restrict_use(anna.person)
    memberships.rejoin_networks(anna.person, kept)
    db.session.commit()
    assert "Anna Bos" not in client.get(page).text
    assert _news(bram.person)[-1] == "stopped"


def test_two_who_are_one_have_one_place_and_have_met_whom_both_met(network):
    before = matched.round_of(network, title="Eerder")
    anna, bram = (matched.takes_part(before, name).person for name in ("Anna Bos", "Bram Maas"))
    matched.send(before)
    row = matched.round_of(network, no_repeats=2)
    cleo, anne = matched.takes_part(row, "Cleo Smit").person, matched.takes_part(row, "Anne Bos").person
    matched.takes_part(row, bram)
    enrolments.add_enrolment(row, anna)
    rounds.keep_apart(row, anne, cleo)
    merge = merges.merge_people(anna, anne)
    theirs = sa.select(MatchEnrolment).where(MatchEnrolment.person_id == anna.id, MatchEnrolment.round_id == row.id)
    assert db.session.scalars(theirs).one().answer == Reply.YES
    given = proposals.read_given(row)
    assert given.met == {tuple(sorted((anna.id, bram.id)))}
    assert given.apart == {tuple(sorted((anna.id, cleo.id)))}
    assert matched.divide(row) == [{bram.id, cleo.id}]
    merges.undo_merge(merge)
    answers = {
        each.person_id: each.answer
        for each in db.session.scalars(sa.select(MatchEnrolment).where(MatchEnrolment.round_id == row.id))
    }
    assert (answers[anna.id], answers[anne.id]) == (None, Reply.YES)
    people.erase_person(bram)
    assert meetings_before.pairs_that_met(row) == set()
    assert db.session.scalars(sa.select(MatchApart)).one().first_id in {anne.id, cleo.id}


def test_a_pair_that_turns_out_to_be_one_person_is_left_alone(network):
    row = matched.round_of(network)
    anna, anne = (matched.takes_part(row, name).person for name in ("Anna Bos", "Anne Bos"))
    matched.send(row)
    merges.merge_people(anna, anne)
    assert matched.groups_of(row) == [{anna.id}]
    (shown,) = proposals.show_proposal(row, proposals.read_given(row)).groups
    assert [breach.rule for breach in shown.breaches] == [Rule.SIZE]


def test_two_rounds_at_once_do_not_know_each_other_until_one_is_sent(network):
    first, second = (matched.round_of(network, title=title, no_repeats=3) for title in ("Een", "Twee"))
    crowd = factories.crowd(4, of=network)
    for row in (first, second):
        for person in crowd:
            matched.takes_part(row, person)
    matched.divide(second)
    matched.send(first)
    assert not any(pair in matched.groups_of(first) for pair in matched.divide(second))


def test_a_part_of_an_organisation_is_kept_from_it_and_named_people_from_each_other(network):
    oss = factories.organisation("Oss")
    part = Organisation(name="Test Dienst van Oss", kind=OrganisationKind.MUNICIPALITY, parent=oss)
    db.session.add(part)
    row = matched.round_of(network)
    anna, bram = matched.takes_part(row, "Anna Bos", at="Oss").person, matched.takes_part(row, "Bram Maas").person
    job_positions.add_or_change_position(bram, part, None)
    cleo, daan = matched.takes_part(row, "Cleo Smit").person, matched.takes_part(row, "Daan Prins").person
    rounds.keep_apart(row, daan, anna)
    assert {anna.id, cleo.id} in matched.divide(row)


def test_a_group_of_intervision_chooses_its_first_day_in_confidence(client, network):
    """From the call to the first date."""
    row = matched.round_of(
        network, kind=RoundKind.INTERVISION, title="Intervisie", smallest=3, largest=4, facilitator=True
    )
    for number, name in enumerate(("Anna Bos", "Bram Maas", "Cleo Smit")):
        matched.takes_part(row, name, facilitates=number == 0, dayparts=[Daypart.MON_AM, Daypart.FRI_PM])
    matched.send(row)
    (group,) = row.proposal.groups
    sign_in(client, factories.account(network))
    page = f"/organise/networks/netwerk/matching/{row.id}"
    days = [clock.to_local(factories.start(each)).date() for each in (30, 40)]
    values = {f"dates-{number}-day": day.isoformat() for number, day in enumerate(days)}
    values |= {
        f"dates-{number}-{edge}": hour for number in (0, 1) for edge, hour in (("start", "09:30"), ("end", "12:00"))
    }
    assert post(client, f"{page}/groups/{group.id}/dates", title="Intervisie, groep 1", **values).status_code == 303
    db.session.refresh(group)
    for voter in group.poll.voters:
        polls.answer_poll(voter, {each.id: Vote.YES for each in group.poll.dates})
    assert "De datumprikker van deze groep" in client.get(page).text
    event = polls.choose_date(group.poll, group.poll.dates[0])
    assert (event.confidential, len(group.poll.voters)) == (True, 3)
    assert client.get(f"{page}/groups/{group.id}/dates").status_code == 409


def test_an_absent_one_met_nobody_and_a_stopped_round_tells_nobody(network, client):
    row = matched.round_of(network)
    anna, bram = (matched.takes_part(row, name) for name in ("Anna Bos", "Bram Maas"))
    matched.send(row)
    rounds.end_round(row)
    work()
    assert _news(anna.person) == []
    link = enrolments.link_of_enrolment(bram).removeprefix("http://leerkring.test")
    assert "Deze ronde is gestopt." in client.get(link).text
    rounds.resume_round(row)
    after = matched.round_of(network, no_repeats=1)
    assert meetings_before.pairs_that_met(after) == {tuple(sorted((anna.person_id, bram.person_id)))}
    seats.note_absent(rounds.seats_of(row)[0], True)
    assert meetings_before.pairs_that_met(after) == set()


def test_who_waits_is_told_and_goes_first_the_next_time(network):
    row = matched.round_of(network)
    crowd = factories.crowd(3, of=network)
    for person in crowd:
        matched.takes_part(row, person)
    matched.send(row)
    (waits,) = (each for each in crowd if each.id not in matched.groups_of(row)[0])
    assert _news(waits) == ["waits"]
    after = matched.round_of(network, title="Later")
    for person in crowd:
        matched.takes_part(after, person)
    assert any(waits.id in pair for pair in matched.divide(after))


def test_themes_that_become_one_are_looked_for_as_one(network):
    row = matched.round_of(network)
    water, rain = factories.theme("Water"), factories.theme("Regen")
    anna = matched.takes_part(row, "Anna Bos", seeks=[water, rain])
    theme_uses.join_themes(water, rain)
    (seeker,) = (each for each in proposals.read_given(row).people if each.id == anna.person_id)
    assert seeker.seeks == {water.id}


def test_a_round_is_forgotten_after_three_years(network):
    row = matched.round_of(network)
    matched.takes_part(row, "Anna Bos")
    row.closes_at = clock.now() - rounds.KEPT - timedelta(days=1)
    assert rounds.forget_old_rounds() == 1
    assert db.session.scalars(sa.select(MatchEnrolment)).all() == []


def test_more_people_than_one_round_divides_are_told_to_be_more_rounds(network):
    row, number = matched.round_of(network), proposals.MOST + 1
    ids = range(50_000, 50_000 + number)
    for table, rows in (
        (Person, [{"id": each, "name": "X", "call_name": "X", "sort_name": "x", "search_text": "x"} for each in ids]),
        (Membership, [{"person_id": each, "network_id": network.id} for each in ids]),
        (
            MatchEnrolment,
            [{"round_id": row.id, "person_id": each, "answer": Reply.YES, "offers": "", "seeks": ""} for each in ids],
        ),
    ):
        db.session.execute(sa.insert(table), rows)
        db.session.commit()
    matched.close(row)
    with pytest.raises(RoundRefused) as refused:
        proposals.want_proposal(row)
    assert "1001 van hooguit 1000" in str(refused.value.words)
