"""Waves: when they are due, whom they reach, and that they reach nobody twice."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import clock
from app.database import db, is_read_only
from app.events import planning
from app.events.models import Mode
from app.events.planning import EventDetails
from app.invitations import check_in_codes, invitation_links, inviting
from app.invitations.letters import letter_texts
from app.invitations.waves import wave_proposals, wave_runs, waves
from app.invitations.waves.models import WaveKind, WaveState
from app.invitations.waves.waves import UselessWave
from app.network import memberships
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.models import Membership, Standing
from app.network.people import mail_addresses
from app.outbox import message_writing
from app.outbox.models import Message, MessageState
from app.registration import answers
from tests import factories
from tests.helpers import database_work, mail_to, mails, post, sign_in, text_of, work

pytestmark = pytest.mark.usefixtures("app")


def _mailed(kind: WaveKind) -> list[str]:
    rows = mails(Message.kind == kind.value, Message.state == MessageState.SENT)
    return sorted(row.recipient for row in rows)


def _addresses(*people) -> list[str]:
    return sorted(person.email for person in people)


def test_invitation_wave_invites_the_audience_once():
    event = factories.event()
    inside = factories.crowd(3, of=event.network)
    factories.person("Buitenstaander")
    factories.wave(event, to=factories.audience(event.network))
    assert work()["planned"] == 3
    assert work() == {}
    assert _mailed(WaveKind.INVITATION) == _addresses(*inside)


def test_running_a_wave_again_after_a_crash_adds_nothing():
    event = factories.event()
    factories.crowd(3, of=event.network)
    wave = factories.wave(event, to=factories.audience(event.network))
    wave_runs.run_wave(wave.id)
    wave.state = WaveState.PLANNED
    db.session.flush()
    assert wave_runs.run_wave(wave.id) == 0
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 3


def test_second_round_of_invitations_skips_who_was_invited_before():
    event = factories.event()
    first = factories.person(of=event.network, at="Oss", role="bestuurder")
    factories.wave(
        event,
        to=factories.audience(event.network, "Bestuurders", audiences.make_condition(AudienceBlock.ROLE, "bestuurder")),
    )
    work()
    second = factories.person(of=event.network, at="Oss", role="ambtenaar")
    factories.wave(event, to=factories.audience(event.network))
    work()
    assert _mailed(WaveKind.INVITATION) == _addresses(first, second)


def test_audience_is_looked_up_when_the_mail_leaves():
    event = factories.event()
    stays, answered, left, unsubscribed = factories.crowd(4, of=event.network)
    wave = factories.wave(event, to=factories.audience(event.network))
    assert wave_runs.run_wave(wave.id) == 4
    answers.decline_invitation(inviting.find_invitation(event, answered))
    memberships.leave_network(db.session.scalar(sa.select(Membership).filter_by(person_id=left.id)))
    memberships.unsubscribe_member(db.session.scalar(sa.select(Membership).filter_by(person_id=unsubscribed.id)))
    work()
    assert _mailed(WaveKind.INVITATION) == _addresses(stays)


def test_reminder_goes_to_who_was_invited_and_did_not_answer():
    event = factories.event()
    silent, comes, declined, unsubscribed, unreachable = factories.crowd(5, of=event.network)
    factories.wave(event, to=factories.audience(event.network))
    work()
    mail_addresses.note_bounced_address(unreachable.email, "550 5.1.1 no such user")
    answers.accept_invitation(inviting.find_invitation(event, comes), Mode.ON_SITE)
    answers.decline_invitation(inviting.find_invitation(event, declined))
    memberships.unsubscribe_member(db.session.scalar(sa.select(Membership).filter_by(person_id=unsubscribed.id)))
    factories.person(of=event.network)
    factories.wave(event, WaveKind.REMINDER)
    work()
    assert _mailed(WaveKind.REMINDER) == _addresses(silent)


def test_last_information_goes_to_who_has_a_place_even_if_unsubscribed():
    event = factories.hybrid(
        seats_on_site=1, join_url="https://vergaderen.example/kamer", directions="Neem de **trein**."
    )
    on_site, waits, online = (
        factories.registration(event),
        factories.registration(event),
        factories.registration(event, mode=Mode.ONLINE),
    )
    memberships.unsubscribe_member(memberships.join_network(on_site.invitation.person_id, event.network_id))
    factories.wave(event, WaveKind.LAST_INFORMATION)
    work()
    assert _mailed(WaveKind.LAST_INFORMATION) == _addresses(on_site.invitation.person, online.invitation.person)
    assert waits.invitation.person.email not in _mailed(WaveKind.LAST_INFORMATION)
    written = {
        person: text_of(mail_to(person, "last_information"))
        for person in (on_site.invitation.person, online.invitation.person)
    }
    join, code = (
        invitation_links.link_to_joining(online.invitation),
        check_in_codes.link_to_check_in(on_site.invitation),
    )
    assert f"Open de online sessie: {join}" in " ".join(written[online.invitation.person].split())
    assert "/join" not in written[on_site.invitation.person]
    assert code in written[on_site.invitation.person]
    assert "/c/" not in written[online.invitation.person]
    assert "Neem de trein." in written[on_site.invitation.person]


def test_save_the_date_and_invitation_both_go():
    event = factories.event()
    person = factories.person(of=event.network)
    audience = factories.audience(event.network)
    factories.wave(event, WaveKind.SAVE_THE_DATE, to=audience)
    work()
    factories.wave(event, WaveKind.INVITATION, to=audience)
    work()
    assert [row.kind for row in mails(Message.person_id == person.id)] == ["save_the_date", "invitation"]


def test_draft_and_future_waves_wait():
    event = factories.event()
    factories.person(of=event.network)
    audience = factories.audience(event.network)
    factories.wave(event, to=audience, state=WaveState.DRAFT)
    later = factories.wave(event, to=audience, at=clock.now() + timedelta(days=2))
    assert work() == {}
    with time_machine.travel(later.due_at + timedelta(minutes=1)):
        assert work()["planned"] == 1


@pytest.mark.parametrize(
    "change",
    [
        waves.hold_wave,
        lambda wave: setattr(wave, "due_at", clock.now() + timedelta(days=1)),
    ],
    ids=["held back", "put off"],
)
def test_a_wave_that_was_stopped_since_it_was_found_due_does_not_run(change):
    event = factories.event()
    factories.person(of=event.network)
    wave = factories.wave(event, to=factories.audience(event.network))
    change(wave)
    db.session.flush()
    assert wave_runs.run_wave(wave.id) == 0
    assert mails() == []


def test_wave_of_a_cancelled_or_started_event_sends_nothing():
    for make_useless in (
        lambda event: planning.cancel_event(event, ""),
        lambda event: setattr(event, "starts_at", clock.now() - timedelta(minutes=1)),
    ):
        event = factories.event()
        factories.person(of=event.network)
        wave = factories.wave(event, to=factories.audience(event.network))
        make_useless(event)
        work()
        assert wave.state == WaveState.CANCELLED
    assert _mailed(WaveKind.INVITATION) == []


def test_relative_wave_moves_along_with_its_event_and_avoids_weekends():
    starts_at = clock.utc_moment(date(2027, 5, 12), time(13))
    event = factories.event(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    wave = factories.wave(event, WaveKind.REMINDER, days_before=7, hour=time(9))
    assert wave.due_at == clock.utc_moment(date(2027, 5, 5), time(9))
    values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
    shifted = {name: values[name] + timedelta(days=5) for name in ("starts_at", "ends_at", "closes_at")}
    planning.change_event(event, EventDetails(**values | shifted))
    assert wave.due_at == clock.utc_moment(date(2027, 5, 10), time(9))
    values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
    shifted = {name: values[name] - timedelta(days=1) for name in ("starts_at", "ends_at", "closes_at")}
    planning.change_event(event, EventDetails(**values | shifted))
    assert wave.due_at == clock.utc_moment(date(2027, 5, 7), time(9))


def test_quiet_hours_hold_a_mailing_until_the_morning():
    event = factories.event(factories.network(quiet_hours=True), starts_at=factories.start(days=40))
    factories.person(of=event.network)
    evening = clock.utc_moment(clock.today() + timedelta(days=(4 - clock.today().weekday()) % 7 + 7), time(20, 30))
    factories.wave(event, to=factories.audience(event.network), at=evening)
    with time_machine.travel(evening + timedelta(minutes=1)):
        assert work() == {"planned": 1}
    monday = clock.utc_moment(clock.to_local(evening).date() + timedelta(days=3), time(7, 31))
    with time_machine.travel(monday):
        assert work() == {"composed": 1, "sent": 1}


def test_what_waits_for_the_morning_leaves_when_quiet_hours_are_switched_off(client):
    network = factories.network(slug="stil", quiet_hours=True)
    event = factories.event(network, starts_at=factories.start(days=40))
    factories.person(of=network)
    saturday = clock.utc_moment(clock.today() + timedelta(days=(5 - clock.today().weekday()) % 7 + 7), time(11))
    wave = factories.wave(event, to=factories.audience(network), at=saturday, state=WaveState.DRAFT)
    page = f"/organise/events/{event.slug}/waves/{wave.id}"
    account = factories.account(network)
    db.session.commit()
    with time_machine.travel(saturday + timedelta(minutes=1)):
        sign_in(client, account)
        told = client.get(post(client, f"{page}/send", page=page).location).text
        assert "over een minuut" not in told
        assert "07.30 uur: ’s avonds, in het weekend en op feestdagen mailt dit netwerk niet." in told
    with time_machine.travel(saturday + timedelta(minutes=3)):
        assert work() == {"planned": 1}
        assert "Onderweg" in client.get(page).text
        settings = "/organise/networks/stil/settings"
        post(
            client,
            settings,
            name=network.name,
            letters="ST",
            colour="teal",
            contact_name="t",
            contact_address="t@x.example",
        )
        assert work() == {"composed": 1, "sent": 1}
        assert "Onderweg" not in client.get(page).text


@pytest.mark.parametrize(
    ("problem", "event_values", "wave_values"),
    [
        ("not_published", {"published": False}, {}),
        ("after_event", {}, {"days_before": 0, "hour": time(23)}),
        ("no_audience", {}, {"days_before": 3, "hour": time(9), "to": None}),
    ],
)
def test_release_refuses_a_wave_that_could_never_work(problem, event_values, wave_values):
    event = factories.event(**event_values)
    values = {"to": factories.audience(event.network), "days_before": 3, "hour": time(9)} | wave_values
    with pytest.raises(UselessWave) as useless:
        waves.release_wave(factories.wave(event, state=WaveState.DRAFT, **values))
    assert useless.value.problem == problem


def test_own_text_of_a_wave_replaces_the_standard_one():
    event = factories.event()
    person = factories.person("Sanne de Vries", of=event.network)
    wave = factories.wave(event, to=factories.audience(event.network))
    text = "Subject: Kom, {{ voornaam }}\n\nHier is {{ titel }}.\n\n{{ antwoorden }}"
    letter_texts.save_text(event.network, "invitations/invitation", "nl", text, None, wave)
    work()
    mail = mail_to(person)
    assert (mail["Subject"], text_of(mail).startswith(f"Hier is {event.title}.")) == ("Kom, Sanne", True)


def test_an_audience_is_never_asked_for_while_others_wait():
    event = factories.event()
    factories.crowd(2, of=event.network)
    wave = factories.wave(event, to=factories.audience(event.network))
    db.session.commit()
    asked = []

    def note(connection, cursor, statement, *_):
        if "memberships" in statement and not is_read_only():
            asked.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert wave_runs.run_wave(wave.id) == 2
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert asked == []


def test_who_no_longer_belongs_once_a_wave_is_planned_gets_no_mail():
    event = factories.event()
    leaver, stayer = factories.crowd(2, of=event.network)
    wave_runs.run_wave(factories.wave(event, to=factories.audience(event.network)).id)
    memberships.unsubscribe_member(leaver.memberships[0])
    work()
    assert _mailed(WaveKind.INVITATION) == _addresses(stayer)


def test_a_step_is_no_more_work_the_more_people_were_invited_before(monkeypatch):
    """SQLite looked each of a step up for everybody who was invited before."""
    monkeypatch.setattr(wave_runs, "STEP", 50)
    few, many = (_instructions_of_wave(people) for people in (100, 400))
    assert many < 6 * few


def _instructions_of_wave(people: int) -> int:
    event = factories.event()
    wave = factories.wave(event, to=factories.audience(event.network))
    for _ in range(people // wave_runs.STEP):
        factories.crowd(wave_runs.STEP, of=event.network)
        db.session.commit()
    with database_work() as tens:
        assert wave_runs.run_wave(wave.id) == people
    return len(tens)


def test_planning_and_composing_take_a_fixed_number_of_queries(queries):
    counts = []
    for size in (5, message_writing.BATCH - 1):
        event = factories.event()
        factories.crowd(size, of=event.network)
        wave = factories.wave(event, to=factories.audience(event.network))
        db.session.commit()
        with queries() as seen:
            wave_runs.run_wave(wave.id)
        counts.append(len(seen))
        db.session.commit()
        db.session.remove()
        with queries() as seen:
            message_writing.write_due_messages()
        counts.append(len([each for each in seen if not each.startswith("UPDATE")]))
    assert counts[:2] == counts[2:]


_ACTS = st.lists(
    st.tuples(
        st.sampled_from(["invite", "remind", "yes", "no", "unsubscribe", "bounce", "leave", "join", "plan", "work"]),
        st.integers(0, 3),
    ),
    max_size=14,
)

_GO = [("bounce", 0), ("leave", 1), ("unsubscribe", 2), ("no", 3)]
"""Each of the four has a reason to hear no more."""


@settings(max_examples=25)
@example(acts=[("invite", 0), ("plan", 0), *_GO, ("work", 0)])
@example(acts=[("invite", 0), ("work", 0), ("remind", 0), ("plan", 0), *_GO, ("work", 0)])
@given(acts=_ACTS)
def test_no_order_of_events_mails_a_wave_twice_or_to_who_should_hear_no_more(app, acts):
    """'plan' stops between planning and sending, as a crash would."""
    event = factories.event()
    people = factories.crowd(4, of=event.network)
    audience = factories.audience(event.network)
    for act, number in acts:
        person = people[number]
        membership = db.session.scalar(sa.select(Membership).filter_by(person_id=person.id))
        invitation = inviting.find_invitation(event, person)
        match act:
            case "invite":
                factories.wave(event, to=audience)
            case "remind":
                factories.wave(event, WaveKind.REMINDER)
            case "yes" if invitation:
                answers.accept_invitation(invitation, Mode.ON_SITE)
            case "no" if invitation:
                answers.decline_invitation(invitation)
            case "unsubscribe":
                memberships.unsubscribe_member(membership)
            case "bounce":
                mail_addresses.note_bounced_address(person.email, "550 5.1.1 unknown")
            case "leave":
                memberships.leave_network(membership)
            case "join":
                memberships.join_network(person.id, event.network_id)
            case "plan":
                wave_runs.run_due_waves()
            case "work":
                _work_and_check(event, people)
    _work_and_check(event, people)
    pairs = [(row.wave_id, row.person_id) for row in mails(Message.event_id == event.id, Message.wave_id.is_not(None))]
    assert len(pairs) == len(set(pairs))
    invited = [row.person_id for row in _wave_mails(event) if row.kind == "invitation"]
    assert len(invited) == len(set(invited))


def _wave_mails(event) -> list[Message]:
    return mails(Message.event_id == event.id, Message.wave_id.is_not(None), Message.state == MessageState.SENT)


def _work_and_check(event, people) -> None:
    """Let the clockwork run; nobody with a reason for silence may get a mail of a wave now."""
    silent = {person.id for person in people if _hears_no_more(event, person)}
    before = {row.id for row in _wave_mails(event)}
    work()
    assert [row.kind for row in _wave_mails(event) if row.id not in before and row.person_id in silent] == []


def _hears_no_more(event, person) -> bool:
    membership = db.session.scalar(sa.select(Membership).filter_by(person_id=person.id))
    invitation = inviting.find_invitation(event, person)
    stopped = membership.unsubscribed_at is not None or membership.standing == Standing.LEFT
    bounced = person.addresses[0].bounced_at is not None
    return stopped or bounced or (invitation is not None and invitation.answer is not None)


@pytest.mark.parametrize(
    ("starts", "reminder", "last_places"),
    [
        (date(2027, 1, 12), date(2026, 12, 18), date(2027, 1, 4)),
        (date(2027, 1, 21), date(2026, 12, 18), date(2027, 1, 11)),
        (date(2027, 1, 6), date(2026, 12, 16), date(2026, 12, 18)),
        (date(2027, 1, 5), date(2026, 12, 15), date(2026, 12, 18)),
        (date(2026, 12, 28), date(2026, 12, 7), date(2026, 12, 18)),
    ],
)
def test_last_places_are_never_offered_at_christmas(starts, reminder, last_places):
    with time_machine.travel(clock.utc_moment(date(2026, 11, 2), time(10))):
        event = factories.event(starts_at=clock.utc_moment(starts, time(13, 30)))
        proposed = {wave.kind: clock.to_local(wave.due_at).date() for wave in wave_proposals.propose_waves(event)}
    assert (proposed[WaveKind.REMINDER], proposed.get(WaveKind.LAST_PLACES)) == (reminder, last_places)
