"""Never too much mail: the weekly limit across networks, what is held, and what always goes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.digests import editions
from app.events.models import Mode
from app.invitations.models import Invitation
from app.invitations.waves import mail_guard, wave_runs
from app.invitations.waves.mail_guard import MailingWay
from app.invitations.waves.models import WaveKind, WaveState
from app.network import digest_rhythm
from app.network.models import Delivery, Membership
from app.network.people.models import DigestFrequency, EmailAddress, Person
from app.outbox.models import Message, MessageState
from app.registration import answers
from tests import factories
from tests.helpers import links_in, mail_to, post, sign_in, sign_in_person, text_of, work

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk")


def _states(person) -> list[tuple[str, MessageState]]:
    wanted = sa.select(Message.kind, Message.state).where(Message.person_id == person.id).order_by(Message.id)
    return [tuple(row) for row in db.session.execute(wanted)]


def _mail(person, times: int, days_ago: float = 1) -> None:
    """So many mailings of another network, some days ago."""
    for _ in range(times):
        event = factories.event()
        when = clock.now() - timedelta(days=days_ago)
        message = Message(
            kind="invitation", state=MessageState.SENT, counts=True, person_id=person.id, event_id=event.id
        )
        message.recipient, message.domain, message.message_id = person.email, "x.example", f"<{event.id}@x.example>"
        message.due_at = message.sent_at = when
        db.session.add(message)
    db.session.flush()


def _digest(day=None) -> None:
    """Let the weekly digest of next Monday go out now."""
    day = clock.to_local(digest_rhythm.next_digest_moment(DigestFrequency.WEEKLY, clock.now())).date() - timedelta(
        days=7
    )
    editions.begin_edition(DigestFrequency.WEEKLY, day)
    editions.plan_due_digests(digest_rhythm.digest_moment(day) + timedelta(days=60))
    work()


def test_over_the_limit_waits_for_the_digest_and_the_rest_goes(network):
    busy, calm, earlier = (
        factories.person("Druk", of=network),
        factories.person("Rustig", of=network),
        factories.person("Eerder", of=network),
    )
    _mail(busy, 2)
    _mail(calm, 1)
    _mail(earlier, 5, days_ago=8)
    wave = factories.wave(factories.event(network), to=factories.audience(network))
    assert wave_runs.count_recipients_by_way(wave) == {MailingWay.AT_ONCE: 2, MailingWay.DIGEST: 1}

    work()

    assert [_states(each)[-1] for each in (busy, calm, earlier)] == [
        ("invitation", MessageState.HELD),
        ("invitation", MessageState.SENT),
        ("invitation", MessageState.SENT),
    ]


@pytest.mark.parametrize(("ago", "counts"), [(mail_guard.WEEK - timedelta(seconds=1), 1), (mail_guard.WEEK, 0)])
def test_a_mail_of_a_whole_week_ago_counts_no_more(network, ago, counts):
    person, now = factories.person(of=network), clock.now()
    _mail(person, 1)
    db.session.execute(sa.update(Message).values(due_at=now - ago, sent_at=now - ago))
    assert mail_guard.count_mails_of_week(person, now) == counts


@pytest.mark.parametrize(
    ("frequency", "room", "way"),
    [
        (DigestFrequency.WEEKLY, timedelta(seconds=1), MailingWay.DIGEST),
        (DigestFrequency.WEEKLY, timedelta(0), MailingWay.NOT),
        (DigestFrequency.NEVER, timedelta(seconds=1), MailingWay.LATER),
        (DigestFrequency.NEVER, timedelta(0), MailingWay.NOT),
    ],
)
def test_a_digest_and_a_mail_a_week_later_are_in_time_while_one_can_still_answer(network, frequency, room, way):
    now, event, person = clock.now(), factories.event(network), factories.person(of=network)
    event.closes_at = room + (digest_rhythm.next_digest_moment(frequency, now) or now + mail_guard.WEEK)
    person.digest = frequency
    _mail(person, 2)
    wanted = sa.select(Person.id, EmailAddress.id).join(EmailAddress).where(Person.id == person.id)
    assert mail_guard.count_ways(wanted, event, now) == {way: 1}


def test_what_was_held_is_told_in_the_digest_with_the_personal_link_and_once(network):
    busy = factories.person("Druk", of=network)
    _mail(busy, 2)
    event = factories.event(network, title="Water en bodem")
    factories.wave(event, to=factories.audience(network))
    work()

    _digest()

    mail = mail_to(busy, "digest")
    assert "Water en bodem" in mail["Subject"]
    assert "Je bent uitgenodigd." in " ".join(text_of(mail).split())
    link = next(link for link in links_in(mail) if link.startswith("/i/"))
    assert db.session.scalars(sa.select(Invitation).where(Invitation.person_id == busy.id)).one().event_id == event.id
    assert len(link) > 30
    assert _states(busy)[-2:] == [("invitation", MessageState.BUNDLED), ("digest", MessageState.SENT)]
    before = len(_states(busy))
    editions.begin_edition(DigestFrequency.WEEKLY, clock.today() - timedelta(days=28))
    editions.plan_due_digests(clock.now() + timedelta(days=60))
    work()
    assert MessageState.SENT not in [state for _, state in _states(busy)[before:]]


def test_who_answered_in_the_meantime_is_not_told(network):
    busy = factories.person("Druk", of=network)
    _mail(busy, 2)
    factories.wave(factories.event(network), to=factories.audience(network))
    work()
    answers.decline_invitation(db.session.scalars(sa.select(Invitation).where(Invitation.person_id == busy.id)).one())
    wave_runs.drop_stale_messages()
    _digest()
    assert "digest" not in [kind for kind, state in _states(busy) if state == MessageState.SENT]
    assert ("invitation", MessageState.SUPPRESSED) in _states(busy)


def test_what_was_held_and_cannot_be_answered_any_more_is_dropped(network):
    busy = factories.person("Druk", of=network)
    _mail(busy, 2)
    event = factories.event(network)
    factories.wave(event, to=factories.audience(network))
    work()
    wave_runs.drop_stale_messages()
    assert _states(busy)[-1] == ("invitation", MessageState.HELD)
    event.closes_at = clock.now() - timedelta(minutes=1)
    db.session.flush()
    wave_runs.drop_stale_messages()
    assert _states(busy)[-1] == ("invitation", MessageState.SUPPRESSED)


def test_a_person_may_be_stricter_than_the_site(network):
    strict, site = factories.person(of=network), factories.person(of=network)
    strict.mails_a_week = 1
    for person in (strict, site):
        _mail(person, 1)
    factories.wave(factories.event(network), to=factories.audience(network))
    work()
    assert [_states(each)[-1][1] for each in (strict, site)] == [MessageState.HELD, MessageState.SENT]


def test_who_wants_all_in_the_digest_gets_no_single_mail(network):
    person = factories.person(of=network)
    db.session.scalar(sa.select(Membership).filter_by(person_id=person.id)).delivery = Delivery.DIGEST
    factories.wave(factories.event(network), to=factories.audience(network))
    work()
    assert _states(person) == [("invitation", MessageState.HELD)]


@pytest.mark.parametrize(("days", "way"), [(30, MailingWay.LATER), (5, MailingWay.NOT)])
def test_without_a_digest_in_time_it_goes_a_week_later_or_not(network, days, way):
    person = factories.person(of=network)
    person.digest = DigestFrequency.NEVER
    _mail(person, 2)
    wave = factories.wave(
        factories.event(network, starts_at=clock.now() + timedelta(days=days)), to=factories.audience(network)
    )
    assert wave_runs.count_recipients_by_way(wave) == {way: 1}
    work()
    message = db.session.scalars(sa.select(Message).order_by(Message.id.desc())).first()
    if way == MailingWay.LATER:
        assert message.state == MessageState.PLANNED
        assert timedelta(days=6, hours=23) < message.due_at - clock.now() <= timedelta(days=7)
    else:
        assert (message.state, message.response) == (MessageState.SUPPRESSED, "enough_mail")


def test_mail_about_an_own_registration_always_goes(network):
    event = factories.event(network)
    person = factories.person(of=network)
    _mail(person, 5)
    factories.registration(event, person, Mode.ON_SITE)
    factories.wave(event, WaveKind.LAST_INFORMATION)
    work()
    assert [state for _, state in _states(person)[5:]] == [MessageState.SENT, MessageState.SENT]


def test_a_reminder_waits_until_the_invitation_was_told(network):
    busy = factories.person(of=network)
    _mail(busy, 2)
    event = factories.event(network)
    factories.wave(event, to=factories.audience(network))
    work()
    factories.wave(event, WaveKind.REMINDER)
    work()
    assert [state for _, state in _states(busy)[2:]] == [MessageState.HELD]


def test_two_waves_at_once_do_not_pass_the_limit_together(network):
    person = factories.person(of=network)
    for _ in range(3):
        factories.wave(factories.event(network), to=factories.audience(network))
    work()
    states = [state for _, state in _states(person)]
    assert sorted(states) == sorted([MessageState.SENT, MessageState.SENT, MessageState.HELD])


def test_a_cancelled_event_takes_its_held_mail_along(network):
    from app.events import planning

    busy = factories.person(of=network)
    _mail(busy, 2)
    event = factories.event(network)
    factories.wave(event, to=factories.audience(network))
    work()
    planning.cancel_event(event, "")
    assert _states(busy)[2] == ("invitation", MessageState.CANCELLED)


def test_the_organiser_sees_it_before_sending(client, network):
    for number in range(3):
        person = factories.person(f"Druk {number}", of=network)
        _mail(person, 2)
    factories.person("Rustig", of=network)
    wave = factories.wave(factories.event(network), to=factories.audience(network), state=WaveState.DRAFT)
    sign_in(client, factories.account(network))
    page = client.get(f"/organise/events/{wave.event.slug}/waves/{wave.id}").text
    assert "nu 1 persoon" in page
    assert "3 mensen krijgen dit in hun nieuwsoverzicht van ma" in page
    assert "Stuur nu 1 mail" in page


def test_an_audience_says_who_had_enough_this_week(client, network):
    busy = factories.person("Druk", of=network)
    _mail(busy, 2)
    factories.person("Rustig", of=network)
    audience = factories.audience(network)
    sign_in(client, factories.account(network))
    page = client.get(f"/organise/networks/netwerk/audiences/{audience.id}/people").text
    assert "1 persoon kreeg deze week al genoeg mail." in page
    assert page.count("kreeg deze week al genoeg</span>") == 1


def test_planning_a_wave_takes_a_fixed_number_of_queries(network, queries):
    counts = []
    for size in (3, 60):
        factories.crowd(size, of=network)
        wave = factories.wave(factories.event(network), to=factories.audience(network))
        db.session.commit()
        with queries() as seen:
            wave_runs.run_wave(wave.id)
        db.session.commit()
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_next_digest_is_the_first_that_is_still_to_come():
    monday = digest_rhythm.digest_moment(clock.today() - timedelta(days=clock.today().weekday()))
    assert digest_rhythm.next_digest_moment(DigestFrequency.WEEKLY, monday - timedelta(minutes=1)) == monday
    assert digest_rhythm.next_digest_moment(DigestFrequency.WEEKLY, monday) == digest_rhythm.digest_moment(
        clock.to_local(monday).date() + timedelta(days=7)
    )
    assert clock.to_local(digest_rhythm.next_digest_moment(DigestFrequency.MONTHLY, monday)).day <= 7
    assert digest_rhythm.next_digest_moment(DigestFrequency.NEVER, monday) is None


def test_the_preference_page_keeps_the_limit(client, network):
    person, page = factories.person("Sanne", of=network), "/me/mail"
    sign_in_person(client, person)
    post(client, page, digest="weekly", language="nl", mails_a_week="1", **{f"network_{network.id}": "at_once"})
    db.session.expire_all()
    assert person.mails_a_week == 1
    bad = post(client, page, digest="weekly", language="nl", mails_a_week="99", **{f"network_{network.id}": "at_once"})
    assert bad.status_code == 422
