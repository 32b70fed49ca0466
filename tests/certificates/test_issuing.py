"""Letters of attendance: who gets one, what it says, and what becomes of it when things turn out otherwise."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.attendance import closing, door_join, presence
from app.attendance.models import Entry
from app.certificates import attendance_letters, issuing, numbers
from app.certificates.attendance_letters import Difference
from app.certificates.models import Certificate, CertificateVersion, WithdrawnBecause
from app.database import db
from app.events.models import Mode
from app.events.planning import cancel_event
from app.network.people import people
from app.network.seeing import CLOCKWORK
from app.registration import answers
from tests import factories
from tests.certificates import held


def _rows(event):
    return {row.name: row for row in attendance_letters.list_letters(event, CLOCKWORK)}


def test_nobody_gets_a_letter_before_the_attendance_is_closed(app):
    event = held.session()
    sanne = held.visitor(event)

    with pytest.raises(closing.AttendanceOpen):
        attendance_letters.issue_letter(sanne)

    held.closed(event)
    assert attendance_letters.issue_letter(sanne).newest.name == "Sanne de Vries"


def test_attendance_is_closed_after_a_session_at_which_somebody_was(app):
    coming, cancelled, empty = factories.event(), factories.event(), held.session()
    cancel_event(cancelled, "")

    for event, problem in ((coming, "early"), (cancelled, "not_held"), (empty, "nobody")):
        with pytest.raises(closing.CannotClose) as refused:
            closing.close_attendance(event, None)
        assert refused.value.problem == problem


def test_before_closing_it_is_said_who_gets_one_and_of_whom_it_is_unclear(app):
    event = held.session()
    held.visitor(event)
    held.expected(event, "Jan Jansen")
    gone = held.visitor(event, "Kees Bakker")
    presence.undo_check_in(gone)

    outcome = closing.foresee_closing(event, CLOCKWORK)

    assert outcome.present == 1
    assert [each.person.name for each in outcome.unclear] == ["Jan Jansen"]
    assert [each.person.name for each in outcome.absent] == ["Kees Bakker"]


def test_whoever_was_not_noted_as_there_gets_none(app):
    event = held.session()
    held.visitor(event)
    jan = held.expected(event, "Jan Jansen")
    held.closed(event)

    with pytest.raises(attendance_letters.NotThere):
        attendance_letters.issue_letter(jan)


def test_while_it_is_closed_nobody_is_checked_in_or_out(app):
    event = held.session()
    sanne, jan = held.visitor(event), held.expected(event, "Jan Jansen")
    held.closed(event)

    with pytest.raises(presence.AttendanceClosed):
        presence.undo_check_in(sanne)
    with pytest.raises(presence.AttendanceClosed):
        presence.check_in_invitation(jan, Entry.LIST)

    assert closing.open_attendance(event)
    assert presence.check_in_invitation(jan, Entry.LIST).new


def test_what_a_phone_at_the_door_kept_until_now_counts_after_closing_too(app):
    event = held.session()
    loes = factories.account(event.network)
    held.visitor(event)
    jan, day = held.expected(event, "Jan Jansen"), presence.day_of_door(event)
    held.closed(event)
    tap = door_join.SentTap("a" * 32, jan.id, True, Mode.ON_SITE, [], event.starts_at)

    door_join.join_taps(event, day, [tap], CLOCKWORK, loes)

    assert attendance_letters.issue_letter(jan).newest.name == "Jan Jansen"


def test_a_letter_says_what_was_attended_and_keeps_the_name_of_that_moment(app):
    network = factories.network(name="Digitale Transformatie", signatory_name="Ans Peeters", signatory_function="Hoofd")
    event = held.session(of=network, title="Datagedreven werken")
    sanne = held.visitor(event)
    held.closed(event)

    letter = attendance_letters.issue_letter(sanne)
    people.rename_person(sanne.person, "Sanne Jansen")
    event.title, network.signatory_name = "Iets anders", "Een ander"

    says = letter.newest
    assert (says.name, says.title, says.place) == ("Sanne de Vries", "Datagedreven werken", "Stadhuis, Oosterhout")
    assert says.spans == [(clock.to_local(event.starts_at).date(), 180)]
    assert (says.network, says.signatory_name, says.signatory_function) == (
        "Digitale Transformatie",
        "Ans Peeters",
        "Hoofd",
    )


def test_without_a_signatory_the_network_signs(app):
    event = held.session(of=factories.network(name="Brede Welvaart", signatory_function="Hoofd"))
    sanne = held.visitor(event)
    held.closed(event)

    says = attendance_letters.issue_letter(sanne).newest

    assert (says.signatory_name, says.signatory_function) == ("Brede Welvaart", "")


def test_who_was_there_online_was_online(app):
    event = held.session(online=True, join_url="https://vergaderen.example/kamer")
    sanne = held.visitor(event, mode=Mode.ONLINE)
    held.closed(event)

    assert attendance_letters.issue_letter(sanne).newest.place == ""


def test_the_hours_of_an_event_of_several_days_are_those_of_the_days_somebody_was_there(app):
    starts_at = factories.start(hour=9)
    event = factories.event(starts_at=starts_at, ends_at=starts_at + timedelta(days=1, hours=8))
    sanne, jan = (
        factories.registration(event).invitation,
        factories.registration(event, factories.person("Jan Bos")).invitation,
    )
    factories.move(event, hours=-24 * 5)
    event.starts_at = clock.utc_moment(clock.to_local(event.starts_at).date(), clock.to_local(starts_at).time())
    event.ends_at = event.starts_at + timedelta(days=1, hours=8)
    first, second = attendance_letters.minutes_of_days(event)
    for day in (first, second):
        presence.check_in_invitation(sanne, Entry.LIST, day=day)
    presence.check_in_invitation(jan, Entry.LIST, day=second)
    held.closed(event)

    assert attendance_letters.issue_letter(sanne).newest.spans == [(first, 480), (second, 480)]
    assert attendance_letters.issue_letter(jan).newest.spans == [(second, 480)]


def test_where_the_hours_say_nothing_of_each_day_they_count_as_far_as_they_lie_in_it(app):
    day = clock.today() + timedelta(days=30)
    noon = clock.start_of_day(day) + timedelta(hours=12)
    event = factories.event(starts_at=noon, ends_at=noon + timedelta(days=1))

    assert sum(attendance_letters.minutes_of_days(event).values()) == 24 * 60
    assert len(attendance_letters.minutes_of_days(event)) == 2


def test_a_letter_is_of_whoever_sat_there(app):
    event = factories.event()
    sanne = factories.registration(event).invitation
    colleague = answers.ask_substitute(sanne, "Bram Smits", "bram@gemeente.example")
    answers.accept_invitation(colleague, Mode.ON_SITE)
    factories.move(event, hours=-27)
    presence.check_in_invitation(colleague, Entry.LIST)
    held.closed(event)

    assert attendance_letters.issue_letter(colleague).newest.name == "Bram Smits"
    with pytest.raises(attendance_letters.NotThere):
        attendance_letters.issue_letter(sanne)


def test_asked_twice_it_is_the_same_letter(app):
    event = held.session()
    sanne = held.visitor(event)
    held.closed(event)

    first, second = attendance_letters.issue_letter(sanne), attendance_letters.issue_letter(sanne)

    assert first.number == second.number
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CertificateVersion)) == 1


def test_numbers_are_eighty_random_bits_that_people_can_type(app):
    drawn = {numbers.make_number() for _ in range(200)}

    assert len(drawn) == 200
    assert all(re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", each) for each in drawn)
    number = drawn.pop()
    assert numbers.read_number(f"  {number.lower().replace('-', ' ')} ") == number
    assert numbers.read_number("O0I1-B8AA-AAAA-AAAA") == "OOII-BBAA-AAAA-AAAA"
    for wrong in ("", "abc", number[:-1], number + "A", "é" * 16, "9999-9999-9999-9999"):
        assert numbers.read_number(wrong) is None


def test_corrected_it_keeps_its_number_and_what_it_said(app):
    event = held.session()
    sanne = held.visitor(event)
    held.closed(event)
    letter = attendance_letters.issue_letter(sanne)
    number = letter.number
    assert issuing.ask_name(letter, "Sanne de Vries-Bos")
    assert not issuing.ask_name(letter, "Sanne de Vries - Bos")

    assert attendance_letters.issue_letter_again(letter, "Sanne de Vries-Bos")
    assert not attendance_letters.issue_letter_again(letter, "Sanne de Vries-Bos")

    assert (letter.number, letter.asked_name) == (number, "")
    assert [(each.version, each.name) for each in letter.versions] == [
        (1, "Sanne de Vries"),
        (2, "Sanne de Vries-Bos"),
    ]


def test_reopening_shows_which_letters_would_be_otherwise_and_leaves_them(app):
    event = held.session()
    sanne, jan = held.visitor(event), held.visitor(event, "Jan Jansen")
    held.closed(event)
    letters = [attendance_letters.issue_letter(each) for each in (sanne, jan)]
    closing.open_attendance(event)

    presence.undo_check_in(jan)

    rows = _rows(event)
    assert rows["Sanne de Vries"].difference is None
    assert rows["Jan Jansen"].difference == Difference.NOT_THERE
    assert not any(each.withdrawn_at for each in letters)

    assert issuing.withdraw_certificate(letters[1], WithdrawnBecause.NOT_THERE)
    assert not issuing.withdraw_certificate(letters[1], WithdrawnBecause.OTHER_PERSON)
    assert _rows(event)["Jan Jansen"].difference is None


def test_other_hours_make_a_letter_differ_until_it_is_issued_again(app):
    event = held.session()
    sanne = held.visitor(event)
    held.closed(event)
    letter = attendance_letters.issue_letter(sanne)
    event.ends_at += timedelta(hours=1)

    assert _rows(event)["Sanne de Vries"].difference == Difference.DAYS
    attendance_letters.issue_letter_again(letter, letter.newest.name)

    assert _rows(event)["Sanne de Vries"].difference is None
    assert letter.newest.minutes == 240


def test_withdrawn_it_is_issued_again_to_nobody_until_it_holds_again(app):
    event = held.session()
    sanne = held.visitor(event)
    held.closed(event)
    letter = attendance_letters.issue_letter(sanne)
    issuing.withdraw_certificate(letter, WithdrawnBecause.OTHER_PERSON)

    with pytest.raises(issuing.NoCertificate):
        attendance_letters.issue_letter(sanne)
    with pytest.raises(issuing.NoCertificate):
        attendance_letters.issue_letter_again(letter, "Een ander")

    assert issuing.restore_certificate(letter)
    assert attendance_letters.issue_letter_again(letter, "Een ander")


def test_who_was_there_without_a_place_gets_one_too(app):
    event = held.session()
    done = presence.check_in_walk_in(event, "Nieuw Persoon", None)
    held.closed(event)

    assert attendance_letters.issue_letter(done.attendance.invitation).newest.name == "Nieuw Persoon"


def test_there_is_one_letter_a_person_and_session_in_the_database_itself(app):
    event = held.session()
    sanne = held.visitor(event)
    same = {"event_id": event.id, "person_id": sanne.person_id, "network_id": event.network_id}
    db.session.add(Certificate(number=numbers.make_number(), **same))
    db.session.flush()

    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        db.session.execute(sa.insert(Certificate).values(number=numbers.make_number(), asked_name="", **same))
