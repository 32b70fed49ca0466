"""What an answer causes: seats, mails with their calendar part, history, substitutes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.events.models import Mode
from app.invitations import invitation_links
from app.invitations.models import Answer, HistoryEntry, Invitation, Step
from app.network.people.models import EmailAddress
from app.outbox.models import Message
from app.registration import answers, seats
from app.registration.answer_page import AnswerPage
from app.registration.answers import SubstituteRefused
from app.registration.models import RegistrationState
from app.registration.seats import RegistrationClosed
from tests import factories
from tests.helpers import calendar_of, mail_to, mails, text_of, vevent_of, work

pytestmark = pytest.mark.usefixtures("app")


def _steps(invitation: Invitation) -> list[Step]:
    db.session.flush()
    return list(
        db.session.scalars(
            sa.select(HistoryEntry.step).where(HistoryEntry.invitation_id == invitation.id).order_by(HistoryEntry.id)
        )
    )


def _kinds(person) -> list[str]:
    db.session.flush()
    return [message.kind for message in mails(Message.person_id == person.id)]


def test_accept_confirms_by_mail_with_the_place_certain_in_the_calendar():
    event = factories.event(title="Datagedreven werken")
    registration = factories.registration(event, factories.person("Sanne de Vries"))
    db.session.flush()
    mail = mail_to(registration.invitation.person)
    assert mail["Subject"].startswith("Je komt: Datagedreven werken, ")
    assert text_of(mail).startswith("Dag Sanne,\n\nJe komt naar Datagedreven werken. Je plek is zeker")
    vevent = vevent_of(mail)
    assert vevent["attendee"].params["PARTSTAT"] == "ACCEPTED"
    assert (vevent["status"], vevent["transp"]) == ("CONFIRMED", "OPAQUE")


def test_accept_when_full_says_the_place_in_line_and_leaves_the_time_free():
    event = factories.event(seats_on_site=1)
    factories.registration(event)
    factories.registration(event)
    third = factories.registration(event)
    db.session.flush()
    mail = mail_to(third.invitation.person)
    assert "Je staat op de wachtlijst, op plaats 2." in text_of(mail)
    vevent = vevent_of(mail)
    assert (vevent["status"], vevent["transp"]) == ("TENTATIVE", "TRANSPARENT")
    assert vevent["attendee"].params["PARTSTAT"] == "NEEDS-ACTION"


def test_accept_twice_mails_once():
    registration = factories.registration(factories.event())
    answers.accept_invitation(registration.invitation, Mode.ON_SITE)
    assert _kinds(registration.invitation.person) == ["confirmed"]


def test_cancelling_mails_the_one_who_goes_and_the_one_who_comes_in():
    event = factories.event(seats_on_site=1)
    first, second = factories.registration(event), factories.registration(event)
    work()
    answers.decline_invitation(first.invitation)
    assert _kinds(first.invitation.person) == ["confirmed", "cancelled"]
    assert _kinds(second.invitation.person) == ["waiting", "promoted"]
    assert calendar_of(mail_to(first.invitation.person))["method"] == "CANCEL"
    assert vevent_of(mail_to(second.invitation.person))["attendee"].params["PARTSTAT"] == "ACCEPTED"
    assert _steps(second.invitation) == [Step.WAITING, Step.PROMOTED]


def test_changing_to_online_stands_in_the_history_as_a_change():
    event = factories.hybrid()
    invitation = factories.invitation(event)
    answers.accept_invitation(invitation, Mode.ON_SITE)
    answers.accept_invitation(invitation, Mode.ONLINE)
    db.session.commit()
    assert _steps(invitation) == [Step.REGISTERED, Step.CHANGED_MODE]


def test_declining_without_a_seat_is_confirmed_and_frees_nothing():
    event = factories.event(seats_on_site=1)
    seat = factories.registration(event)
    invitation = factories.invitation(event)
    answers.decline_invitation(invitation)
    answers.decline_invitation(invitation)
    assert (invitation.answer, seats.registration_of(invitation)) == (Answer.NO, None)
    assert _kinds(invitation.person) == ["declined"]
    assert seat.state == RegistrationState.CONFIRMED


@pytest.mark.parametrize(
    "change",
    [
        lambda invitation: answers.accept_invitation(invitation, Mode.ONLINE),
        lambda invitation: answers.answer_maybe(invitation, answers.FROM_CALENDAR),
    ],
)
def test_after_closing_a_participant_changes_nothing_and_an_organiser_does(change):
    event = factories.hybrid()
    registration = factories.registration(event)
    event.closes_at = clock.now() - timedelta(hours=1)
    db.session.flush()

    with pytest.raises(RegistrationClosed):
        change(registration.invitation)
    assert (registration.state, registration.mode) == (RegistrationState.CONFIRMED, Mode.ON_SITE)

    answers.decline_invitation(registration.invitation, by=factories.account(event.network))
    assert registration.state == RegistrationState.CANCELLED


def test_join_link_is_mailed_to_who_is_online_and_to_nobody_else():
    event = factories.hybrid(join_url="https://vergaderen.example/geheim")
    online, on_site = factories.registration(event, mode=Mode.ONLINE), factories.registration(event)
    db.session.flush()
    online_mail, on_site_mail = mail_to(online.invitation.person), mail_to(on_site.invitation.person)
    assert vevent_of(online_mail)["location"] == "https://vergaderen.example/geheim"
    assert invitation_links.link_to_joining(online.invitation) in " ".join(text_of(online_mail).split())
    assert "geheim" not in on_site_mail.as_string()
    assert vevent_of(on_site_mail)["location"] == "Stadhuis, Slotjesveld 1, Oosterhout"


class TestSubstitutes:
    def _asked(self, event, *, seat: bool = True):
        asker = factories.person("Petra Maas", at="Oosterhout")
        invitation = factories.registration(event, asker).invitation if seat else factories.invitation(event, asker)
        theirs = answers.ask_substitute(invitation, "Karin van den Berg", "Karin@Oosterhout.example")
        db.session.flush()
        return invitation, theirs

    def test_colleague_gets_a_link_of_their_own_and_works_at_the_same_organisation(self):
        asker, theirs = self._asked(factories.event())
        mail = mail_to(theirs.person)
        assert mail["Subject"].startswith("Petra Maas vraagt: ga jij naar ")
        assert calendar_of(mail)["method"] == "REQUEST"
        assert [each.organisation.name for each in theirs.person.positions] == ["Oosterhout"]
        assert theirs.id != asker.id

    def test_seat_stays_until_the_colleague_says_yes_and_then_moves(self):
        event = factories.event(seats_on_site=1)
        asker, theirs = self._asked(event)
        work()
        assert seats.registration_of(asker).state == RegistrationState.CONFIRMED
        taken = answers.accept_invitation(theirs, Mode.ON_SITE)
        assert (taken.state, seats.registration_of(asker).state) == (
            RegistrationState.CONFIRMED,
            RegistrationState.CANCELLED,
        )
        assert _kinds(asker.person) == ["confirmed", "substitute_asked", "substitute_comes"]
        assert calendar_of(mail_to(asker.person))["method"] == "CANCEL"
        assert _kinds(theirs.person) == ["substitute_invitation", "confirmed"]

    def test_place_in_line_moves_too(self):
        event = factories.event(seats_on_site=1)
        factories.registration(event)
        _, theirs = self._asked(event)
        last = factories.registration(event)
        assert answers.accept_invitation(theirs, Mode.ON_SITE).waiting_number < last.waiting_number

    def test_colleague_who_takes_part_in_another_mode_frees_the_seat(self):
        event = factories.hybrid(seats_on_site=1)
        asker, theirs = self._asked(event)
        waits = factories.registration(event)
        answers.accept_invitation(theirs, Mode.ONLINE)
        assert seats.registration_of(asker).state == RegistrationState.CANCELLED
        assert waits.state == RegistrationState.CONFIRMED

    def test_colleague_of_somebody_without_seat_claims_one_like_anybody(self):
        event = factories.event(seats_on_site=1)
        factories.registration(event)
        _, theirs = self._asked(event, seat=False)
        assert answers.accept_invitation(theirs, Mode.ON_SITE).state == RegistrationState.WAITING

    def test_when_the_colleague_declines_the_asker_hears_it_and_keeps_the_seat(self):
        asker, theirs = self._asked(factories.event())
        answers.decline_invitation(theirs)
        db.session.flush()
        assert seats.registration_of(asker).state == RegistrationState.CONFIRMED
        assert asker.answer == Answer.YES
        assert "Je plek is nog van jou" in text_of(mail_to(asker.person, "substitute_declined"))

    def test_asker_who_comes_after_all_keeps_the_seat_from_the_colleague(self):
        event = factories.event(seats_on_site=1)
        asker, theirs = self._asked(event)
        answers.accept_invitation(asker, Mode.ON_SITE)
        assert answers.accept_invitation(theirs, Mode.ON_SITE).state == RegistrationState.WAITING
        assert seats.registration_of(asker).state == RegistrationState.CONFIRMED

    def test_known_colleague_is_not_doubled(self):
        event = factories.event()
        factories.person("Karin van den Berg", address="karin@oosterhout.example")
        self._asked(event)
        known = (
            sa.select(sa.func.count()).select_from(EmailAddress).where(EmailAddress.key == "karin@oosterhout.example")
        )
        assert db.session.scalar(known) == 1

    def test_refuses_oneself_and_who_comes_or_waits(self):
        event = factories.event(seats_on_site=2)
        asker = factories.registration(event)
        comes, waits = factories.registration(event), factories.registration(event)
        for who, problem in ((asker, "oneself"), (comes, "comes"), (waits, "waits")):
            with pytest.raises(SubstituteRefused) as refused:
                answers.ask_substitute(asker.invitation, "Iemand", who.invitation.person.email)
            assert refused.value.problem == problem

    def test_at_a_confidential_session_the_answer_is_the_same_for_every_address(self):
        event = factories.event(factories.network(), seats_on_site=2, confidential=True)
        stranger = factories.person("Nieuw")
        factories.registration(event)
        comes, waits = factories.registration(event), factories.registration(event)
        seen = []
        for who in (stranger, comes.invitation.person, waits.invitation.person):
            asker = factories.invitation(event, factories.person("Vrager"))
            theirs = answers.ask_substitute(asker, "Iemand", who.email)
            work()
            page = AnswerPage.for_invitation(asker)
            seen.append((asker.answer, page.colleague, page.handed_over, text_of(mail_to(asker.person))[:120]))
            assert "Vrager vraagt of jij" in text_of(mail_to(who, "substitute_invitation"))
            answers.decline_invitation(theirs)
            assert asker.answer is None
        assert seen[0] == seen[1] == seen[2]

    def test_at_a_confidential_session_who_comes_already_keeps_their_place(self):
        event = factories.event(factories.network(), confidential=True)
        comes = factories.registration(event)
        asker = factories.invitation(event)
        answers.ask_substitute(asker, "Iemand", comes.invitation.person.email)
        assert (comes.state, comes.invitation.answer) == (RegistrationState.CONFIRMED, Answer.YES)
        for number in range(2):
            answers.ask_substitute(asker, "Collega", f"collega{number}@gemeente.example")
        with pytest.raises(SubstituteRefused) as refused:
            answers.ask_substitute(asker, "Collega", "collega4@gemeente.example")
        assert refused.value.problem == "too_many"

    def test_three_open_questions_are_enough(self):
        invitation = factories.invitation(factories.event())
        for number in range(3):
            answers.ask_substitute(invitation, "Collega", f"collega{number}@gemeente.example")
            db.session.flush()
        with pytest.raises(SubstituteRefused) as refused:
            answers.ask_substitute(invitation, "Collega", "collega4@gemeente.example")
        assert refused.value.problem == "too_many"

    def test_nobody_is_asked_after_closing(self):
        with pytest.raises(RegistrationClosed):
            answers.ask_substitute(
                factories.invitation(factories.event(closes_at=factories.start(days=-1))), "Collega", "c@g.example"
            )


def test_letters_are_written_in_the_language_of_the_reader():
    registration = factories.registration(
        factories.event(title="Data at work"), factories.person("John Smith", language="en")
    )
    db.session.flush()
    mail = mail_to(registration.invitation.person)
    assert mail["Subject"].startswith("You are coming: Data at work, ")
    assert text_of(mail).startswith("Hello John,")
    assert "Your place is certain" in vevent_of(mail)["description"]


def test_confidential_event_names_no_speaker_and_no_title_in_the_calendar():
    from app.events import programme

    event = factories.event(confidential=True, title="Over de burgemeester")
    programme.save_slot(
        event,
        None,
        starts_at=event.starts_at,
        ends_at=None,
        title="Gesprek",
        description="",
        speakers=programme.read_speakers("Anna Geheim, Oss"),
    )
    db.session.flush()
    db.session.expire(event, ["slots"])
    registration = factories.registration(event)
    db.session.flush()
    mail = mail_to(registration.invitation.person)
    vevent = vevent_of(mail)
    assert "Anna Geheim" not in text_of(mail) + vevent.to_ical().decode()
    assert vevent["summary"] == f"Besloten bijeenkomst {event.network.name}"
    assert (vevent["class"], "url" in vevent) == ("PRIVATE", False)
