"""Who was there: once each, whatever phones and scanners do, and undone without a trace on the seats."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.attendance import arrivals, presence
from app.attendance.models import Entry
from app.attendance.presence import CheckInNotOpen, EventNotHeld
from app.database import db
from app.events.models import Mode
from app.events.planning import cancel_event
from app.invitations.models import Answer, Origin
from app.network.people import job_positions, mail_addresses
from app.network.seeing import CLOCKWORK, Viewer
from app.outbox.models import Message
from app.registration import answers, seats
from app.registration.models import RegistrationState
from tests import factories


@pytest.fixture
def today(app):
    """A hybrid session that began an hour ago, with Sanne registered on site."""
    event = factories.hybrid()
    registration = factories.registration(event, factories.person("Sanne de Vries", at="Oss"))
    factories.move(event, hours=-1)
    return event, registration.invitation


def test_somebody_is_counted_once_from_two_phones(today):
    event, invitation = today
    loes, bram = factories.account(), factories.account(name="Bram van Gestel")

    first = presence.check_in_invitation(invitation, Entry.LIST, by=loes)
    second = presence.check_in_invitation(invitation, Entry.CODE, by=bram)

    assert (first.new, second.new) == (True, False)
    assert second.attendance.account is loes
    assert arrivals.count_present(event) == arrivals.PresenceCount({Mode.ON_SITE: 1, Mode.ONLINE: 0}, expected=1)


def test_the_day_must_have_come_and_the_event_be_held(app):
    coming = factories.invitation(factories.event())
    draft = factories.invitation(factories.event(published=False))
    gone = factories.event()
    cancelled = factories.invitation(gone)
    cancel_event(gone, "")

    with pytest.raises(CheckInNotOpen):
        presence.check_in_invitation(coming, Entry.LIST)
    for invitation in (draft, cancelled):
        with pytest.raises(EventNotHeld):
            presence.check_in_invitation(invitation, Entry.LIST)


def test_check_in_opens_with_the_local_day_and_stays_open(app):
    event = factories.event()
    event.starts_at, event.zone = factories.utc(2026, 7, 1, 11), "Europe/Amsterdam"

    assert presence.check_in_opens_at(event) == factories.utc(2026, 6, 30, 22)

    factories.move(event, hours=-24 * 40)
    assert presence.check_in_invitation(factories.invitation(event), Entry.LIST).new


@pytest.mark.parametrize("said", ["nothing", "no", "cancelled"])
def test_who_had_no_place_and_comes_is_registered_without_a_mail(today, said):
    event, _ = today
    invitation = factories.invitation(event, factories.person("Jan Jansen"))
    factories.move(event, hours=3)
    if said == "no":
        answers.decline_invitation(invitation)
    if said == "cancelled":
        answers.accept_invitation(invitation, Mode.ONLINE)
        answers.decline_invitation(invitation)
    factories.move(event, hours=-1)
    before = invitation.answer
    mails = _mails()

    done = presence.check_in_invitation(invitation, Entry.LIST)

    assert done.attendance.entry == Entry.WALK_IN
    assert seats.registration_of(invitation).state == RegistrationState.CONFIRMED
    assert invitation.answer == Answer.YES

    assert presence.undo_check_in(invitation)
    assert presence.attendance_of(invitation) is None
    assert seats.registration_of(invitation).state == RegistrationState.CANCELLED
    assert invitation.answer == before
    assert _mails() == mails


def test_a_full_room_never_gets_more_seats_than_it_has(app):
    event = factories.event(seats_on_site=1)
    factories.registration(event, factories.person("Eerste"))
    waiting = factories.registration(event, factories.person("Wacht"))
    factories.move(event, hours=-1)

    presence.check_in_invitation(waiting.invitation, Entry.LIST)
    walked_in = presence.check_in_walk_in(event, "Nieuw Persoon", None)

    assert seats.registration_of(waiting.invitation).state == RegistrationState.WAITING
    assert seats.registration_of(walked_in.attendance.invitation).state == RegistrationState.WAITING
    assert arrivals.count_present(event).present[Mode.ON_SITE] == 2


def test_a_seat_given_up_at_the_door_is_not_mailed_to_the_next_in_line(app):
    event = factories.event(seats_on_site=1)
    invitation = factories.invitation(event)
    factories.move(event, hours=-1)
    presence.check_in_invitation(invitation, Entry.LIST)
    late = factories.invitation(event, factories.person("Laat"))
    presence.check_in_invitation(late, Entry.LIST)
    mails = _mails()

    presence.undo_check_in(invitation)

    assert seats.registration_of(late).state == RegistrationState.WAITING
    assert _mails() == mails


def test_undoing_a_check_in_leaves_the_registration(today):
    event, invitation = today
    presence.check_in_invitation(invitation, Entry.LIST)

    assert presence.undo_check_in(invitation)
    assert not presence.undo_check_in(invitation)

    assert seats.registration_of(invitation).state == RegistrationState.CONFIRMED
    assert arrivals.count_present(event).all_present == 0


def test_a_walk_in_becomes_a_person_at_an_organisation(today):
    event, _ = today
    oss = factories.organisation("Oss")

    done = presence.check_in_walk_in(event, "Kees  van Dam", oss, by=factories.account(event.network))

    invitation = done.attendance.invitation
    assert (invitation.person.name, invitation.person.email) == ("Kees van Dam", None)
    assert (invitation.origin, invitation.address) == (Origin.WALK_IN, None)
    assert done.attendance.organisation is oss
    assert [membership.standing for membership in invitation.person.memberships] == ["guest"]


def test_a_walk_in_with_a_known_address_is_that_person(today):
    event, invitation = today
    mail_addresses.set_address(invitation.person, "sanne@oss.example")

    done = presence.check_in_walk_in(event, "S. de Vries", None, "Sanne@Oss.example")

    assert done.attendance.invitation is invitation
    assert invitation.person.name == "Sanne de Vries"


def test_a_new_address_of_a_known_name_is_asked_about(today):
    event, invitation = today
    viewer, place = Viewer(frozenset({event.network_id})), factories.organisation("Oss")

    found = arrivals.find_lookalikes("Sanne de Vriess", place, viewer)

    assert found == [invitation.person]
    assert arrivals.find_lookalikes("Bram Bakker", place, viewer) == []
    assert arrivals.find_lookalikes("Sanne de Vriess", place, Viewer(frozenset())) == []


def test_the_organisation_of_the_day_stays(today):
    _, invitation = today
    presence.check_in_invitation(invitation, Entry.LIST)
    invitation.person.positions[0].ends_on = clock.today() - timedelta(days=1)
    job_positions.add_or_change_position(invitation.person, factories.organisation("Tilburg"))

    assert presence.attendance_of(invitation).organisation.name == "Oss"


def test_who_did_not_come_stands_per_organisation(today):
    event, invitation = today
    for name, place in (("An Ros", "Tilburg"), ("Ben Smit", "Tilburg"), ("Cor Los", None)):
        factories.move(event, hours=1)
        factories.registration(event, factories.person(name, at=place))
    factories.move(event, hours=-5)
    presence.check_in_invitation(invitation, Entry.LIST)

    missed = arrivals.list_absent(event, CLOCKWORK)

    assert [row.person.name for row in missed] == ["Cor Los", "An Ros", "Ben Smit"]
    assert [(place.name if place else None, count) for place, count in arrivals.count_by_organisation(missed)] == [
        ("Tilburg", 2),
        (None, 1),
    ]


def test_the_list_finds_by_name_and_organisation_in_three_queries(today, queries):
    event, _ = today
    silent = factories.invitation(event, factories.person("Ömer Çelik", at="Tilburg"))
    db.session.commit()
    db.session.expunge_all()
    event = db.session.get(type(event), event.id)

    assert [row.person.name for row in arrivals.list_arrivals(event, CLOCKWORK)] == ["Sanne de Vries"]
    assert [row.invitation.id for row in arrivals.list_arrivals(event, CLOCKWORK, "omer")] == [silent.id]
    assert [row.invitation.id for row in arrivals.list_arrivals(event, CLOCKWORK, "tilb")] == [silent.id]
    with queries() as seen:
        [
            (row.person.name, row.position and row.position.organisation.name)
            for row in arrivals.list_arrivals(event, CLOCKWORK, "e")
        ]
        arrivals.count_present(event)
    assert len(seen) == 3


def _mails() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Message))
