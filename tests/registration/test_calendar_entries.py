"""What an invitation left in a calendar is taken out when its mail goes elsewhere, by whatever door, and put where it goes."""

import ast
import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from app import clock
from app.database import db
from app.events import planning
from app.events.planning import EventDetails, Notice
from app.invitations.deliveries import delivery_board
from app.network import memberships
from app.network.imports import import_runs, merges
from app.network.imports.models import Import
from app.network.people import address_proposals, address_undo, mail_addresses, people
from app.network.people.models import AddressChange, ProposedAct
from app.network.seeing import CLOCKWORK
from app.outbox import message_writing
from app.outbox.kinds import MessageKind
from app.outbox.models import FinishedMessage, Message, MessageState
from app.privacy import last_letters
from app.registration import answers
from app.registration.models import RegistrationState
from tests import factories
from tests.helpers import calendar_of, mails, parsed, post, sign_in, text_of, vevent_of, work
from tests.network import test_address_changes

pytestmark = pytest.mark.usefixtures("app")
OLD, NEW = "sanne@oss.example", "sanne@nieuw.example"
CLEARED, ANEW = MessageKind.CALENDAR_CLEARED, MessageKind.CALENDAR_ANEW


class Calendars:
    """The calendars of all mailboxes, as programs keep them: by UID, and the higher SEQUENCE wins."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], tuple[int, str, str]] = {}
        wanted = select(Message).where(Message.state == MessageState.SENT).order_by(Message.sent_at, Message.id)
        for message in db.session.scalars(wanted):
            if message.finished and (calendar := calendar_of(parsed(message.finished.content))):
                self._take(message.recipient, calendar)

    def _take(self, mailbox, calendar):
        event = calendar.walk("VEVENT")[0]
        key, sequence = (mailbox, str(event["UID"])), int(event["SEQUENCE"])
        known = self.entries.get(key)
        attendee = str(event["ATTENDEE"]).removeprefix("mailto:")
        if str(calendar["METHOD"]) == "CANCEL":
            assert known, f"{mailbox} is told to drop what it does not have"
            assert attendee == known[2]
            assert sequence > known[0]
            self.entries[key] = (sequence, "", attendee)
        elif known is None or sequence >= known[0]:
            self.entries[key] = (sequence, str(event["SUMMARY"]), attendee)

    def standing(self) -> list[str]:
        """The mailboxes with something in their calendar."""
        return sorted(mailbox for (mailbox, _), (_, title, _) in self.entries.items() if title)


@pytest.fixture
def network():
    return factories.network(slug="een")


@pytest.fixture
def person(network):
    return factories.person("Sanne de Vries", of=network, address=OLD)


@pytest.fixture
def event(network):
    return factories.event(network)


def _kinds(*kinds) -> list[tuple[str, str]]:
    wanted = select(Message.kind, Message.recipient).where(Message.kind.in_(kinds), Message.state == MessageState.SENT)
    return [tuple(each) for each in db.session.execute(wanted.order_by(Message.id))]


class TestAnotherAddress:
    def test_the_old_calendar_loses_what_the_new_one_gets(self, person, event):
        factories.registration(event, person)
        work()
        assert Calendars().standing() == [OLD]
        mail_addresses.set_address(person, NEW)
        work()
        assert _kinds(CLEARED, ANEW) == [(CLEARED, OLD), (ANEW, NEW)]
        assert Calendars().standing() == [NEW]
        (cleared,), (anew,) = (mails(Message.kind == kind) for kind in (CLEARED, ANEW))
        gone, back = (vevent_of(parsed(each.finished.content)) for each in (cleared, anew))
        assert str(gone["UID"]) == str(back["UID"]) == event.uid
        assert (str(gone["ATTENDEE"]), str(back["ATTENDEE"])) == (f"mailto:{OLD}", f"mailto:{NEW}")
        assert str(gone["ORGANIZER"]) == str(back["ORGANIZER"])
        assert int(back["SEQUENCE"]) > int(gone["SEQUENCE"])
        assert (cleared.counts, anew.counts) == (False, False)
        assert back["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"

    def test_nothing_is_said_where_nothing_was_sent(self, person, event):
        factories.invitation(event, person)
        work()
        mail_addresses.set_address(person, NEW)
        work()
        assert _kinds(CLEARED, ANEW) == []

    def test_a_mail_that_has_not_left_goes_to_the_new_calendar_alone(self, person, event):
        factories.registration(event, person)
        mails()
        mail_addresses.set_address(person, NEW)
        work()
        assert Calendars().standing() == [NEW]
        assert _kinds(CLEARED, ANEW) == []
        (confirmed,) = mails(Message.kind == MessageKind.CONFIRMED)
        assert str(vevent_of(parsed(confirmed.finished.content))["ATTENDEE"]) == f"mailto:{NEW}"

    def test_a_session_that_is_over_stays_where_it_was(self, person, event):
        factories.registration(event, person)
        work()
        factories.move(event, hours=-30)
        mail_addresses.set_address(person, NEW)
        work()
        assert Calendars().standing() == [OLD]

    def test_who_said_no_gets_it_in_no_calendar(self, person, event):
        invitation = factories.registration(event, person).invitation
        work()
        answers.decline_invitation(invitation)
        work()
        mail_addresses.set_address(person, NEW)
        work()
        assert Calendars().standing() == []
        assert _kinds(CLEARED, ANEW) == []

    def test_back_and_forth_before_anybody_was_told_changes_nothing(self, person, event):
        factories.registration(event, person)
        work()
        mail_addresses.set_address(person, NEW)
        mail_addresses.set_address(person, OLD)
        work()
        assert _kinds(CLEARED, ANEW) == []
        assert Calendars().standing() == [OLD]

    @pytest.mark.parametrize("told", [False, True])
    def test_on_and_on_and_back_ends_where_mail_goes(self, person, event, told):
        factories.registration(event, person)
        work()
        for address in (NEW, "sanne@derde.example", OLD, NEW):
            mail_addresses.set_address(person, address)
            if told:
                mails()
        work()
        assert Calendars().standing() == [NEW]

    def test_a_mailbox_that_does_not_exist_is_not_mailed_and_the_new_one_is(self, person, event):
        factories.registration(event, person)
        work()
        mail_addresses.note_bounced_address(OLD, "no such user")
        mail_addresses.set_address(person, NEW)
        work()
        assert _kinds(CLEARED, ANEW) == [(ANEW, NEW)]

    def test_what_does_not_arrive_at_the_old_calendar_is_not_mailed_elsewhere(self, person, event):
        factories.registration(event, person)
        work()
        mail_addresses.set_address(person, NEW)
        work()
        (cleared,) = mails(Message.kind == CLEARED)
        cleared.state = MessageState.BOUNCED
        db.session.commit()
        assert not delivery_board.can_repeat(cleared)

    def test_what_could_not_be_written_at_first_puts_it_in_the_new_calendar_once_it_is(
        self, person, event, time_machine
    ):
        factories.registration(event, person)
        work()
        finished = db.session.scalars(select(FinishedMessage)).one()
        kept, finished.content = finished.content, b"Content-Type: text/calendar; method=REQUEST\n\nEND:VCALENDAR"
        mail_addresses.set_address(person, NEW)
        db.session.commit()
        message_writing.write_due_messages()
        (cleared,) = db.session.scalars(select(Message).where(Message.kind == CLEARED))
        assert cleared.state == MessageState.PLANNED
        finished.content = kept
        db.session.commit()
        time_machine.move_to(clock.now() + timedelta(hours=1))
        work()
        assert Calendars().standing() == [NEW]
        assert _kinds(CLEARED, ANEW) == [(CLEARED, OLD), (ANEW, NEW)]

    def test_a_mail_of_which_the_text_is_kept_no_more_is_followed_too(self, person, event):
        factories.registration(event, person)
        work()
        before = vevent_of(parsed(mails(Message.kind == MessageKind.CONFIRMED)[0].finished.content))
        db.session.execute(delete(FinishedMessage))
        mail_addresses.set_address(person, NEW)
        work()
        assert _kinds(CLEARED, ANEW) == [(CLEARED, OLD), (ANEW, NEW)]
        gone = vevent_of(parsed(mails(Message.kind == CLEARED)[0].finished.content))
        for name in ("UID", "ATTENDEE", "ORGANIZER"):
            assert str(gone[name]) == str(before[name])
        assert int(gone["SEQUENCE"]) > int(before["SEQUENCE"])

    def test_what_moves_next_is_told_to_the_new_calendar(self, person, event):
        registration = factories.registration(event, person)
        work()
        mail_addresses.set_address(person, NEW)
        work()
        answers.decline_invitation(registration.invitation)
        work()
        assert Calendars().standing() == []


class TestMailboxes:
    def test_an_own_address_that_becomes_an_offices_gets_an_entry_of_its_own(self, person, event):
        factories.registration(event, person)
        work()
        mail_addresses.say_whose(person, OLD, through=True)
        work()
        (uid,) = (uid for (_, uid), (_, title, _) in Calendars().entries.items() if title)
        assert uid.startswith("i")
        assert _kinds(CLEARED, ANEW) == [(CLEARED, OLD), (ANEW, OLD)]

    def test_an_office_that_is_taken_away_keeps_the_entries_of_others(self, network, event):
        office = "griffie@oss.example"
        one, other = (people.add_person(name, office, through=True) for name in ("Jan Jansen", "Piet de Wit"))
        db.session.flush()
        for each in (one, other):
            factories.registration(event, each)
        work()
        mail_addresses.add_address(one, "jan@oss.example")
        mail_addresses.drop_address(next(each for each in one.addresses if each.key == office))
        work()
        assert Calendars().standing() == [office, "jan@oss.example"]

    def test_each_of_a_mailbox_has_an_entry_that_goes_alone(self, network, event):
        office = "griffie@oss.example"
        two = [people.add_person(name, office, through=True) for name in ("Jan Jansen", "Piet de Wit")]
        db.session.flush()
        for each in two:
            factories.registration(event, each)
        work()
        for number, each in enumerate(two):
            mail_addresses.set_address(each, f"eigen{number}@oss.example")
            work()
        assert Calendars().standing() == ["eigen0@oss.example", "eigen1@oss.example"]

    def test_two_of_one_mailbox_who_turn_out_to_be_one_have_one_entry(self, network, event):
        office = "griffie@oss.example"
        two = [people.add_person(name, office, through=True) for name in ("Jan Jansen", "J. Jansen")]
        db.session.flush()
        for each in two:
            factories.registration(event, each)
        work()
        assert Calendars().standing() == [office, office]
        row = merges.merge_people(*two)
        work()
        assert Calendars().standing() == [office]
        merges.undo_merge(row)
        work()
        assert Calendars().standing() == [office, office]

    def test_without_any_address_it_is_taken_out(self, person, event):
        factories.registration(event, person)
        work()
        mail_addresses.drop_address(person.addresses[0])
        work()
        assert Calendars().standing() == []
        (cleared,) = mails(Message.kind == CLEARED)
        assert "komt voortaan niet meer op dit adres" in " ".join(text_of(parsed(cleared.finished.content)).split())


class TestMerging:
    @pytest.fixture
    def two(self, network, person):
        return factories.person("Sanne Vries", of=network, address=NEW), person

    @pytest.mark.parametrize("invited", ["both", "who_goes"])
    def test_one_calendar_has_it_and_two_again_after_undoing(self, network, two, event, invited):
        kept, gone = two
        for each in two if invited == "both" else (gone,):
            factories.registration(event, each)
        work()
        before = Calendars().standing()
        row = merges.merge_people(kept, gone)
        work()
        assert Calendars().standing() == [NEW]
        merges.undo_merge(row)
        work()
        assert Calendars().standing() == before

    def test_undone_at_once_nothing_was_said(self, two, event):
        for each in two:
            factories.registration(event, each)
        work()
        merges.undo_merge(merges.merge_people(*two))
        work()
        assert _kinds(CLEARED, ANEW) == []
        assert Calendars().standing() == [NEW, OLD]

    def test_two_addresses_of_one_mailbox_keep_it(self, two, event):
        for each in two:
            factories.registration(event, each)
        work()
        merges.merge_people(*two)
        work()
        sequences = {
            str(kind): int(vevent_of(parsed(each.finished.content))["SEQUENCE"])
            for kind in (CLEARED, ANEW)
            for each in mails(Message.kind == kind)
        }
        assert sequences[str(ANEW)] > sequences[str(CLEARED)]


class TestLeaving:
    @pytest.mark.parametrize("seat", [True, False])
    def test_who_leaves_has_it_no_more_and_who_comes_back_has_it_again(self, person, event, seat):
        made = factories.registration(event, person).invitation if seat else _invited(event, person)
        work()
        assert Calendars().standing() == [OLD]
        kept = memberships.leave_all_networks(person)
        work()
        assert Calendars().standing() == []
        memberships.rejoin_networks(person, kept)
        work()
        assert Calendars().standing() == [OLD]
        assert made.event_id == event.id

    def test_another_network_keeps_its_own(self, person, event):
        elsewhere = factories.event(factories.network())
        for each in (event, elsewhere):
            factories.registration(each, person)
        work()
        memberships.leave_network(next(each for each in person.memberships if each.network_id == event.network_id))
        work()
        assert Calendars().standing() == [OLD]
        assert _kinds(CLEARED) == [(CLEARED, OLD)]

    @pytest.mark.parametrize("moved_first", [False, True])
    def test_who_left_hears_nothing_of_a_session_that_moves(self, person, event, moved_first):
        _invited(event, person)
        work()
        if moved_first:
            _move_to_next_day(event)
        memberships.leave_network(person.memberships[0])
        if not moved_first:
            work()
            _move_to_next_day(event)
        work()
        assert _kinds(MessageKind.EVENT_CHANGED) == []
        assert Calendars().standing() == []

    def test_who_leaves_while_a_session_goes_on_keeps_it_as_they_keep_their_place(self, person, event):
        registration = factories.registration(event, person)
        work()
        factories.move(event, hours=-0.5)
        memberships.leave_network(person.memberships[0])
        work()
        assert registration.state == RegistrationState.CONFIRMED
        assert Calendars().standing() == [OLD]

    def test_who_left_and_moves_hears_nothing_of_it_at_the_new_address(self, person, event):
        factories.registration(event, person)
        work()
        memberships.leave_network(person.memberships[0])
        mail_addresses.set_address(person, NEW)
        work()
        assert Calendars().standing() == []
        assert _kinds(ANEW) == []


def test_who_is_erased_loses_it_by_a_mail_that_is_forgotten(person, event):
    factories.registration(event, person)
    work()
    people.erase_person(person, first=last_letters.prepare_last_letters(person))
    db.session.commit()
    (cleared,) = mails(Message.kind == CLEARED)
    vevent = vevent_of(parsed(cleared.finished.content))
    assert (str(vevent["UID"]), str(vevent["ATTENDEE"])) == (event.uid, f"mailto:{OLD}")
    assert cleared.person_id is None
    work()
    assert _kinds(CLEARED) == [(CLEARED, OLD)]
    last_letters.forget_last_letters()
    db.session.commit()
    assert {each.recipient for each in mails(Message.kind == CLEARED)} == {""}


def test_who_is_erased_loses_it_though_another_mail_was_about_to_take_it_out(person, event):
    factories.registration(event, person)
    work()
    mail_addresses.set_address(person, NEW)
    message_writing.write_due_messages()
    people.erase_person(person, first=last_letters.prepare_last_letters(person))
    work()
    assert _kinds(CLEARED) == [(CLEARED, OLD)]


def _invited(event, person):
    from app.invitations import inviting

    made = inviting.invite_by_hand(event, person.name, OLD)
    db.session.flush()
    return made


def _move_to_next_day(event):
    same = {each.name: getattr(event, each.name) for each in fields(EventDetails)}
    later = {name: same[name] + timedelta(days=1) for name in ("starts_at", "ends_at")}
    planning.change_event(event, EventDetails(**same | later), Notice(send=True))
    db.session.commit()


def _by_correcting(client, person):
    """The mail bounced, and an organiser corrects the address."""
    message = db.session.scalars(select(Message).where(Message.kind == MessageKind.CONFIRMED)).one()
    mail_addresses.note_bounced_address(OLD, "no such user")
    message.state = MessageState.BOUNCED
    db.session.commit()
    delivery_board.repeat_message(message, NEW, CLOCKWORK)


def _by_proposal(client, person):
    network = person.memberships[0].network
    address_proposals.propose_change(person, ProposedAct.PREFER, NEW, network, None)
    (waits,) = address_proposals.waiting_proposals(person, network)
    address_proposals.confirm_proposal(waits)


def _by_undoing(client, person):
    mail_addresses.set_address(person, NEW)
    work()
    address_undo.undo_change(db.session.scalars(select(AddressChange)).one())


def _by_taking_a_removal_back(client, person):
    mail_addresses.add_address(person, NEW)
    db.session.commit()
    page = f"/organise/networks/een/people/{person.id}"
    post(client, f"{page}/addresses/{person.addresses[0].id}/remove", page=page)
    work()
    assert Calendars().standing() == [NEW]
    undo = re.search(r'action="(/undo[^"]*|[^"]*undo[^"]*)"', client.get(page).text).group(1)
    post(client, undo, page=page)


def _by_list_taken_back(client, person):
    test_address_changes._by_list(client, person)
    kept = db.session.scalars(select(Import)).one()
    import_runs.ask_import_undo(kept)
    db.session.commit()
    import_runs.carry_on_imports()


def _by_erasing_whose_mailbox_it_is(client, person):
    """Somebody is reached through the own address of a colleague, who is erased."""
    colleague = factories.person("Jan Jansen", address=NEW)
    mail_addresses.set_address(person, NEW, through=True)
    work()
    people.erase_person(colleague)


DOORS = {
    "network/people/people_views.py: _save_person": [test_address_changes._by_form],
    "network/people/people_views.py: add_address_of_person": [test_address_changes._by_adding],
    "network/people/people_views.py: change_address_of_person": [
        test_address_changes._by_preferring,
        test_address_changes._by_removing,
        test_address_changes._by_removing_the_preferred,
    ],
    "network/people/people_views.py: _restore_address": [_by_taking_a_removal_back],
    "network/people/own_data.py: confirm_claimed_address": [test_address_changes._by_claim],
    "network/people/own_data_views.py: prefer_own_address": [test_address_changes._by_own_preferring],
    "network/people/own_data_views.py: remove_own_address": [test_address_changes._by_own_removing],
    "network/people/address_undo.py: undo_change": [_by_undoing],
    "network/people/address_proposals.py: confirm_proposal": [_by_proposal],
    "network/people/people.py: erase_person": [_by_erasing_whose_mailbox_it_is],
    "network/imports/import_runs.py: _save_person": [test_address_changes._by_list],
    "network/imports/import_runs.py: _restore_details": [_by_list_taken_back],
    "invitations/deliveries/delivery_board.py: repeat_message": [_by_correcting],
}
"""Every function that changes which address somebody has, and how somebody comes by it; a merge and leaving stand above."""
NEW_PEOPLE = {"network/people/people.py: add_person"}
_WRITERS = {"set_address", "add_address", "drop_address", "prefer_address", "say_whose", "close_mailbox"}


def test_every_door_stands_in_the_table():
    found = set()
    for path in Path("app").rglob("*.py"):
        if path.name == "mail_addresses.py":
            continue
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and _WRITERS & _called(function):
                found.add(f"{path.relative_to('app')}: {function.name}")
    assert found - NEW_PEOPLE == set(DOORS)


def _called(function: ast.FunctionDef) -> set[str]:
    calls = [each.func for each in ast.walk(function) if isinstance(each, ast.Call)]
    return {getattr(each, "attr", getattr(each, "id", "")) for each in calls}


@pytest.mark.parametrize("door", [door for doors in DOORS.values() for door in doors])
def test_by_every_door_it_stands_where_mail_goes_and_nowhere_else(client, network, person, event, door):
    sign_in(client, factories.account(network))
    factories.registration(event, person)
    work()
    door(client, person)
    work()
    db.session.expire_all()
    now = next((each.address for each in person.addresses if each.preferred), None)
    out_of_reach = {_by_correcting: OLD, _by_erasing_whose_mailbox_it_is: NEW}.get(door)
    assert [each for each in Calendars().standing() if each != out_of_reach] == ([now] if now else [])
