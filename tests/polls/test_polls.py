"""Date polls: asked by mail, answered without an account, kept in calendars, chosen into a session."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.database import db
from app.events.models import Event, EventState
from app.inbox import mailbox_reading
from app.inbox.models import IncomingMail
from app.network import memberships
from app.network.imports import merges
from app.network.people import people
from app.outbox.models import Message
from app.polls import polls
from app.polls.models import PollState, PollVote, Vote, Voter
from tests import factories
from tests.helpers import calendar_of, hidden, links_in, mail_to, mails, parsed, post, sign_in, text_of, vevent_of
from tests.inbox import answers
from tests.inbox.answers import Request


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", name="Klimaatadaptatie")


@pytest.fixture
def poll(network):
    spans = [(factories.start(days), factories.start(days) + timedelta(hours=3)) for days in (20, 30, 40)]
    made = polls.create_poll(network, "Koppel Oss en Best", "Kort overleg", spans, holds=True)
    polls.ask_voters(
        made,
        [
            factories.person(name, address=address)
            for name, address in (("Jan Jansen", "jan@oss.example"), ("Anna Bos", "anna@best.example"))
        ],
    )
    db.session.flush()
    return made


def _vote(voter: Voter, *votes: Vote) -> None:
    polls.answer_poll(voter, {date.id: vote for date, vote in zip(voter.poll.dates, votes, strict=True)}, "")


def _calendars(voter: Voter) -> list[tuple[str, str]]:
    """METHOD and day of every calendar mail to somebody, in order."""
    found = [parsed(each.body) for each in mails(Message.person_id == voter.person_id, Message.message_id.is_not(None))]
    calendars = [(calendar_of(mail), vevent_of(mail)) for mail in found if calendar_of(mail)]
    return [(str(calendar["METHOD"]), event.start.date().isoformat()) for calendar, event in calendars]


def _days(poll) -> list[str]:
    return [clock.to_local(date.starts_at).date().isoformat() for date in poll.dates]


def test_an_organiser_asks_a_small_group(client, network):
    sign_in(client, factories.account(network))
    page = "/organise/networks/netwerk/polls/new"
    rows = {}
    for number, days in enumerate((20, 30)):
        rows |= {
            f"dates-{number}-day": factories.start(days).date().isoformat(),
            f"dates-{number}-start": "10:00",
            f"dates-{number}-end": "12.00",
        }
    known = factories.person("Jan Jansen", address="jan@oss.example")
    asked = post(
        client, page, title="Koppel", people="jan@oss.example\nAnna Bos, anna@best.example\n", holds="y", **rows
    )
    assert asked.status_code == 303
    assert [
        (each.person.name, each.person_id == known.id)
        for each in db.session.scalars(sa.select(Voter).order_by(Voter.id))
    ] == [
        ("Jan Jansen", True),
        ("Anna Bos", False),
    ]
    assert "Wil je aangeven welke van de 2 dagen je kunt?" in " ".join(text_of(mail_to(known)).split())
    assert client.get(asked.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dates-1-day": ""}, "Vul dit in, of maak de hele regel leeg."),
        ({"dates-1-end": "09:00"}, "Het einde ligt voor het begin."),
        ({"dates-1-day": "2020-01-06"}, "Deze dag is al geweest."),
        ({"dates-1-day": "", "dates-1-start": "", "dates-1-end": ""}, "Vul minstens twee dagen in."),
        (
            {"dates-1-day": factories.start(20).date().isoformat(), "dates-1-end": "16:00"},
            "beginnen op hetzelfde moment",
        ),
        ({"people": "geen adres"}, "‘geen adres’ is geen mailadres."),
        ({"people": "\n".join(f"p{number}@oss.example" for number in range(51))}, "Vraag hooguit 50 mensen."),
        ({"title": ""}, "Vul dit in."),
    ],
)
def test_wrong_forms_save_nothing(client, network, change, message):
    sign_in(client, factories.account(network))
    good = {"title": "Koppel", "people": "jan@oss.example"}
    for number in (0, 1):
        day = factories.start(20 + 7 * number).date().isoformat()
        good |= {f"dates-{number}-day": day, f"dates-{number}-start": "10:00", f"dates-{number}-end": "12:00"}
    page = post(client, "/organise/networks/netwerk/polls/new", **good | change)
    assert (page.status_code, message in page.text) == (422, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Voter)) == 0


def test_what_is_wrong_in_a_row_of_days_stands_above_the_form_too(client, network):
    sign_in(client, factories.account(network))
    page = post(client, "/organise/networks/netwerk/polls/new", **{"title": "Koppel", "dates-1-day": "2020-01-06"}).text
    box = page.partition('id="fouten"')[2].partition("</ul>")[0]
    assert ("Er zijn 3 dingen" in box, 'href="#dates-1-start"' in box, "{" in box) == (True, True, False)


def test_somebody_answers_by_their_link_and_changes_their_mind(client, poll):
    voter = poll.voters[0]
    (page,) = [link for link in links_in(mail_to(voter.person)) if link.startswith("/poll/")]
    first, second, _ = poll.dates
    assert (
        post(
            client, page, **{f"vote_{first.id}": "yes", f"vote_{second.id}": "no", "remark": "Liever niet op vrijdag"}
        ).status_code
        == 303
    )
    post(client, page, **{f"vote_{first.id}": "if_need_be"})
    votes = dict(db.session.execute(sa.select(PollVote.date_id, PollVote.vote)).all())
    assert votes == {first.id: Vote.IF_NEED_BE, second.id: Vote.NO}
    shown = client.get(page)
    assert ("checked" in shown.text, shown.headers["Cache-Control"]) == (True, "no-store")


def test_a_wrong_link_opens_nothing(client, app):
    assert client.get("/poll/aaaaaaabaaaaaaaaaaaaaaaaaaaaaaaaaaaa").status_code == 404


def test_days_that_suit_are_kept_free_and_come_back_when_not_chosen(poll):
    voter, days = poll.voters[0], _days(poll)
    _vote(voter, Vote.YES, Vote.IF_NEED_BE, Vote.NO)
    assert _calendars(voter) == [("REQUEST", days[0]), ("REQUEST", days[1])]
    held = vevent_of(mail_to(voter.person))
    assert (held["STATUS"], str(held["SUMMARY"]), held["TRANSP"]) == (
        "TENTATIVE",
        "Optie: Koppel Oss en Best",
        "TRANSPARENT",
    )
    _vote(voter, Vote.NO, Vote.IF_NEED_BE, Vote.NO)
    assert _calendars(voter)[2:] == [("CANCEL", days[0])]
    polls.stop_poll(poll)
    assert _calendars(voter)[3:] == [("CANCEL", days[1])]
    polls.reopen_poll(poll)
    assert _calendars(voter)[4:] == [("REQUEST", days[1])]
    again = vevent_of(mail_to(voter.person))
    assert (int(again["SEQUENCE"]), str(again["UID"])) == (2, polls.uid_of_date(poll.dates[1]))


def test_who_wants_no_options_gets_none(network):
    spans = [(factories.start(days), factories.start(days) + timedelta(hours=3)) for days in (20, 30)]
    made = polls.create_poll(network, "Overleg", "", spans, holds=False)
    polls.ask_voters(made, [factories.person()])
    _vote(made.voters[0], Vote.YES, Vote.YES)
    assert _calendars(made.voters[0]) == []


def test_the_best_day_leaves_nobody_out(poll):
    jan, anna = poll.voters
    _vote(jan, Vote.YES, Vote.YES, Vote.IF_NEED_BE)
    _vote(anna, Vote.NO, Vote.IF_NEED_BE, Vote.YES)
    assert polls.best_dates(polls.tally_votes(poll)) == {poll.dates[1].id, poll.dates[2].id}


def test_choosing_makes_a_draft_and_clears_the_calendars(client, network, poll):
    jan, anna = poll.voters
    _vote(jan, Vote.YES, Vote.YES, Vote.NO)
    _vote(anna, Vote.YES, Vote.NO, Vote.NO)
    assert [method for method, _ in _calendars(jan)] == ["REQUEST", "REQUEST"]
    sign_in(client, factories.account(network))
    page = f"/organise/networks/netwerk/polls/{poll.id}"
    assert "Past het best" in client.get(page).text
    chosen = post(client, f"{page}/choose/{poll.dates[0].id}", page=page)
    event = db.session.scalars(sa.select(Event)).one()
    assert (chosen.status_code, event.title, event.state, event.starts_at) == (
        303,
        poll.title,
        EventState.DRAFT,
        poll.dates[0].starts_at,
    )
    assert [method for method, _ in _calendars(jan)] == ["REQUEST", "REQUEST", "CANCEL", "CANCEL"]
    assert "is gekozen" in text_of(mail_to(anna.person, "poll_chosen"))
    assert post(client, f"{page}/choose/{poll.dates[1].id}", page=page).status_code == 409


def test_choosing_moves_the_session_that_it_is_about(network):
    event = factories.event(network)
    invited = factories.registration(event).invitation
    mails()
    spans = [(factories.start(days), factories.start(days) + timedelta(hours=2)) for days in (50, 60)]
    made = polls.create_poll(network, event.title, "", spans, holds=True, event=event)
    polls.ask_voters(made, [factories.person()])
    polls.choose_date(made, made.dates[1])
    assert (event.starts_at, event.closes_at, made.state) == (spans[1][0], spans[1][0], PollState.CHOSEN)
    assert vevent_of(mail_to(invited.person, "event_changed")).start == clock.to_local(spans[1][0])


def test_an_answer_from_the_calendar_to_a_kept_day_counts(mailbox, poll):
    voter = poll.voters[0]
    _vote(voter, Vote.YES, Vote.NO, Vote.NO)
    request = Request.of(mail_to(voter.person))
    db.session.commit()
    mailbox.deliver(answers.exchange(request, "DECLINED"))
    mailbox_reading.read_mailbox()
    db.session.expire_all()
    assert [vote.vote for vote in voter.votes] == [Vote.NO] * 3
    assert [method for method, _ in _calendars(voter)] == ["REQUEST", "CANCEL"]


@pytest.mark.parametrize(
    ("sequences", "page_says", "kept"),
    [((0, 0), None, Vote.NO), ((7, 0), None, Vote.NO), ((0, 0), Vote.IF_NEED_BE, Vote.IF_NEED_BE)],
    ids=["the_later_stamp", "whatever_their_sequences", "the_page_after_both"],
)
def test_of_two_calendar_programs_the_later_stamp_counts_in_whatever_order_they_arrive(
    mailbox, poll, sequences, page_says, kept
):
    voter = poll.voters[0]
    _vote(voter, Vote.YES, Vote.NO, Vote.NO)
    request, said = Request.of(mail_to(voter.person)), clock.now() + timedelta(minutes=10)
    for each in voter.votes:
        each.given_at -= timedelta(hours=1)
    db.session.commit()
    early, late = said - timedelta(minutes=30), said - timedelta(minutes=20)
    if page_says:
        _vote(voter, page_says, Vote.NO, Vote.NO)
        db.session.commit()
    mailbox.deliver(answers.exchange(request, "DECLINED", at=late, SEQUENCE=f"SEQUENCE:{sequences[1]}"))
    mailbox_reading.read_mailbox()
    mailbox.deliver(answers.exchange(request, "ACCEPTED", at=early, SEQUENCE=f"SEQUENCE:{sequences[0]}"))
    mailbox_reading.read_mailbox()
    db.session.expire_all()
    assert next(vote.vote for vote in voter.votes if vote.date_id == poll.dates[0].id) == kept


def test_whoever_answers_somebody_elses_kept_day_does_not_vote(mailbox, poll):
    voter = poll.voters[0]
    _vote(voter, Vote.YES, Vote.NO, Vote.NO)
    request = Request.of(mail_to(voter.person))
    db.session.commit()
    theirs = "ATTENDEE;PARTSTAT=DECLINED:mailto:vreemde@elders.example"
    mailbox.deliver(answers.bare(request, "DECLINED", sender="vreemde@elders.example", ATTENDEE=theirs))
    mailbox_reading.read_mailbox()
    db.session.expire_all()
    assert [vote.vote for vote in voter.votes] == [Vote.YES, Vote.NO, Vote.NO]
    assert db.session.scalar(sa.select(IncomingMail.reason)) == "unsure_sender"


def test_after_choosing_an_answer_is_told_that_it_is_late(client, poll):
    voter = poll.voters[0]
    (page,) = [link for link in links_in(mail_to(voter.person)) if link.startswith("/poll/")]
    polls.choose_date(poll, poll.dates[0])
    assert "Het wordt" in client.get(page).text


def test_the_erased_are_in_no_poll(poll):
    voter = poll.voters[0]
    _vote(voter, Vote.YES, Vote.YES, Vote.NO)
    people.erase_person(voter.person)
    db.session.flush()
    assert (
        db.session.scalar(sa.select(sa.func.count()).select_from(Voter)),
        db.session.scalar(sa.select(sa.func.count()).select_from(PollVote)),
    ) == (1, 0)


def test_who_was_asked_twice_and_became_one_is_erased_from_both_places(poll):
    voter = poll.voters[0]
    twin = factories.person("Jan Jansen", of=poll.network)
    polls.ask_voters(poll, [twin])
    second = db.session.scalars(sa.select(Voter).filter_by(person_id=twin.id)).one()
    for each in (voter, second):
        _vote(each, Vote.YES, Vote.YES, Vote.NO)
    ids = {voter.person_id, twin.id}
    merges.merge_people(voter.person, twin)
    people.erase_person(voter.person)
    db.session.flush()
    assert set(db.session.scalars(sa.select(Voter.person_id))).isdisjoint(ids)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PollVote)) == 0


def test_list_and_poll_take_a_fixed_number_of_queries(client, network, poll, queries):
    sign_in(client, factories.account(network))
    counts = []
    for size in (0, 12):
        polls.ask_voters(poll, [factories.person() for _ in range(size)])
        for voter in poll.voters:
            _vote(voter, Vote.NO, Vote.NO, Vote.NO)
        db.session.commit()
        with queries() as seen:
            client.get("/organise/networks/netwerk/polls")
        with queries() as seen_one:
            client.get(f"/organise/networks/netwerk/polls/{poll.id}")
        counts.append((len(seen), len(seen_one)))
    assert counts[0] == counts[1]


def test_mails_a_moment_later_have_a_later_stamp(poll):
    voter = poll.voters[0]
    _vote(voter, Vote.YES, Vote.NO, Vote.NO)
    first = vevent_of(mail_to(voter.person))["DTSTAMP"].dt
    with time_machine.travel(clock.now() + timedelta(milliseconds=10)):
        _vote(voter, Vote.NO, Vote.NO, Vote.NO)
        assert vevent_of(mail_to(voter.person))["DTSTAMP"].dt > first


class TestChanging:
    """An open poll is changed and asked again; nobody's answer is lost."""

    @pytest.fixture
    def page(self, client, network, poll):
        sign_in(client, factories.account(network))
        db.session.commit()
        return f"/organise/networks/netwerk/polls/{poll.id}"

    def _form(self, client, page) -> dict[str, str]:
        shown = client.get(f"{page}/edit").text
        rows = re.findall(r'name="(dates-\d+-(?:day|start|end))" type="\w+" value="([^"]*)"', shown)
        return {**hidden(client, f"{page}/edit"), **dict(rows), "title": "Koppel", "holds": "y", "people": ""}

    def test_the_form_holds_what_there_is_and_saves_it_unchanged(self, client, page, poll):
        before = [(date.id, date.starts_at) for date in poll.dates]
        assert client.post(f"{page}/edit", data=self._form(client, page)).status_code == 303
        db.session.expire_all()
        assert (poll.title, [(date.id, date.starts_at) for date in poll.dates]) == ("Koppel", before)

    def test_a_day_more_is_asked_of_whoever_answered(self, client, page, poll):
        jan, _ = poll.voters
        _vote(jan, Vote.YES, Vote.NO, Vote.NO)
        db.session.commit()
        new = {
            "dates-3-day": (clock.today() + timedelta(days=50)).isoformat(),
            "dates-3-start": "10:00",
            "dates-3-end": "11:00",
        }
        before = len(mails(Message.kind == polls.ASKED))

        answer = client.post(f"{page}/edit", data=self._form(client, page) | new | {"people": "bo@oss.example"})

        assert "2 mensen krijgen de vraag per mail." in client.get(answer.location).text
        db.session.expire_all()
        assert (len(poll.dates), len(poll.voters), jan.answered_at) == (4, 3, None)
        assert len(mails(Message.kind == polls.ASKED)) == before + 2
        assert {vote.vote for vote in jan.votes} == {Vote.YES, Vote.NO}

    def test_a_day_that_was_answered_stays_and_another_goes(self, client, page, poll):
        _vote(poll.voters[0], Vote.YES, Vote.NO, Vote.NO)
        db.session.commit()
        form = self._form(client, page)
        without = {name: "" if name.startswith("dates-2-") else value for name, value in form.items()}
        answer = client.post(f"{page}/edit", data=without)
        assert (answer.status_code, "antwoordde al iemand" in answer.text) == (422, True)
        db.session.execute(sa.delete(PollVote))
        db.session.commit()
        assert client.post(f"{page}/edit", data=without).status_code == 303
        db.session.expire_all()
        assert len(poll.dates) == 2

    def test_who_is_silent_is_reminded_once_a_day(self, client, page, poll):
        _vote(poll.voters[0], Vote.YES, Vote.NO, Vote.NO)
        db.session.commit()
        assert "kreeg de vraag vandaag nog" in client.get(post(client, f"{page}/remind", page=page).location).text
        with time_machine.travel(clock.now() + timedelta(days=2)):
            sign_in(client, factories.account(poll.network))
            db.session.commit()
            assert "Herinner 1 persoon" in client.get(page).text
            said = client.get(post(client, f"{page}/remind", page=page).location).text
            assert "1 persoon krijgt de vraag per mail." in said
            assert "Herinner" not in said
            assert [each.recipient for each in mails(Message.kind == polls.ASKED)][2:] == ["anna@best.example"]

    def test_one_and_more_answered(self, client, page, poll):
        for voter, said in zip(poll.voters, ("1 van 2 antwoordde", "2 van 2 antwoordden"), strict=True):
            _vote(voter, Vote.YES, Vote.NO, Vote.NO)
            db.session.commit()
            assert f"{said}." in client.get(page).text
            assert f"{said}<" in client.get("/organise/networks/netwerk/polls").text


@pytest.mark.parametrize("goes", ["leaves", "wants no use of their data"])
def test_who_is_gone_from_the_network_is_told_no_date_and_keeps_none_free(network, poll, goes):
    """A group of intervision chooses its first day without who left meanwhile."""
    jan, anna = poll.voters
    for voter in poll.voters:
        memberships.join_network(voter.person_id, network.id)
        _vote(voter, Vote.YES, Vote.NO, Vote.NO)
    db.session.flush()
    db.session.expire_all()
    if goes == "leaves":
        memberships.leave_network(jan.person.memberships[0])
    else:
        memberships.restrict_use(jan.person)
    polls.choose_date(poll, poll.dates[0])
    heard = mails(Message.message_id.is_not(None), Message.kind.in_([polls.CHOSEN, polls.DATE]))
    assert {each.person_id for each in heard} == {anna.person_id}
