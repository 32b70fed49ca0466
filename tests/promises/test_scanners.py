"""Scanners change nothing: every link of every kind of mail is opened by GET and HEAD, twice, before anybody clicks."""

import re
from datetime import time, timedelta

import sqlalchemy as sa

from app import clock
from app.accounts import sign_in
from app.agendas import koppel_letters
from app.agendas.models import AgendaState
from app.attendance import closing
from app.breakouts import slots_to_choose
from app.certificates import attendance_letters, issuing, letter_mails
from app.certificates.models import WithdrawnBecause
from app.courses import editions as editions_of_courses
from app.courses import interest_letters, interests
from app.database import db
from app.digests import editions
from app.directory import contacts
from app.events import planning, programme
from app.events.models import Mode
from app.events.planning import EventDetails
from app.inbox import reply_letters
from app.invitations.waves.models import WaveKind
from app.lessons.evaluations import evaluations
from app.lessons.impressions import follow_up_letters
from app.lessons.insights import commitment_letters
from app.matching import calls
from app.materials import scanning
from app.materials.material_files import CleanFile
from app.materials.models import Scan
from app.me import leaving, sign_ins
from app.network import adding, digest_rhythm, join_answers, joining, unsubscribing
from app.network.models import JoinRequest, Verdict
from app.network.people import address_proposals, mail_addresses, own_data
from app.network.people.models import DigestFrequency, Language, ProposedAct
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.polls import polls
from app.polls.models import Vote
from app.privacy import stay_letters
from app.progress import asking
from app.questions import question_letters, questions
from app.registration import allotments, answers, calendar_answers, link_requests, substitute_wishes
from app.speakers import asking as speaker_asking
from app.speakers import slides
from app.speakers.models import SpeakerAnswer
from tests import factories
from tests.agendas import made
from tests.breakouts import made as made_day
from tests.calendars.independent import exchange_faults
from tests.courses import planned
from tests.directory.members import listed, number_of
from tests.helpers import links_in, mails, parsed, work
from tests.matching import matched
from tests.progress import made as reported
from tests.questions import posed
from tests.registration import made_courses
from tests.tables import everything

BEHIND_A_SIGN_IN = {
    "access_given", "alarm", "certificate_name", "contact_reported", "erased", "forwarded", "join_waiting", "mail_test", "merge_answer", "merge_request",
    "look_along", "need_list", "organisation_answer", "organisation_request", "progress_team", "question_waiting", "test",
}  # fmt: skip
"""Mails whose links lead to pages of organisers alone, that answer nobody who is not signed in, or that have none."""


def _mails_of_every_kind() -> set[str]:
    """Let everything happen that sends a mail; returns the kinds."""
    network = factories.network()
    event = factories.hybrid(network, seats_on_site=1)
    person = factories.person(of=network)
    audience = factories.audience(network)
    for kind in WaveKind:
        factories.wave(event, kind, to=audience)
    work()
    first, second = factories.registration(event), factories.registration(event)
    asker = factories.registration(event, mode=Mode.ONLINE).invitation
    one, other = (answers.ask_substitute(asker, f"Collega {number}", f"c{number}@oss.example") for number in (1, 2))
    answers.decline_invitation(other)
    answers.ask_substitute(asker, "Nog een", "c3@oss.example")
    work()
    answers.accept_invitation(one, Mode.ONLINE)
    answers.decline_invitation(first.invitation)
    answers.decline_invitation(factories.invitation(event))
    factories.wave(event, WaveKind.LAST_INFORMATION)
    factories.wave(event, WaveKind.OWN_LETTER)
    day = made_day.day(of=network)
    made_day.take(made_day.people(day, "A")[0], made_day.slot(day, "Water", 1))
    db.session.flush()
    chosen = sa.update(Message).where(Message.kind == MessageKind.OWN_PROGRAMME)
    db.session.execute(chosen.values(due_at=clock.now()))
    link_requests.ask_invitation_link(event, "Nieuw", "nieuw@oss.example")
    sign_in.ask_sign_in(factories.account(network).email)
    work()
    values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__} | {"town": "Oss"}
    planning.change_event(event, EventDetails(**values))
    work()
    planning.cancel_event(event, "Ziek")
    work()
    assert (person.id, second.id) != (0, 0)
    _mails_of_the_network(network)
    _mails_from_calendars(network)
    _mails_of_polls(network)
    _mails_of_matching()
    _mails_of_speakers(network)
    _mails_of_the_next_edition(network)
    _mails_of_members(network)
    _mails_of_questions(network)
    koppel_letters.mail_link(made.office(made.theme_on(made.agenda(network))))
    work()
    _mails_of_reports(network)
    _mails_of_the_day_and_after(network)
    _mails_about_ones_data(network)
    return {message.kind for message in mails(Message.composed_at.is_not(None))}


def _mails_of_reports(network) -> None:
    """Who stands for a theme is asked for words, and reminded."""
    agenda, noon = made.agenda(network), clock.utc_moment(clock.today(), time(12))
    agenda.state, reader = AgendaState.PUBLISHED, factories.person()
    reader.digest = DigestFrequency.NEVER
    made.office(made.theme_on(agenda), reader)
    report = reported.report(
        agenda,
        agenda.starts_on,
        words_due_on=clock.today() + timedelta(days=10),
        due_on=clock.today() + timedelta(days=20),
    )
    asking.ask_for_words(noon)
    report.words_due_on = clock.today() + timedelta(days=5)
    asking.remind_of_words(noon)
    db.session.execute(sa.delete(Message).where(Message.kind == MessageKind.PROGRESS_TEAM))
    work()


def _mails_of_the_network(network) -> None:
    """Somebody asks to join, somebody gives a new address, an organisation gets seats and names who comes."""
    joining.ask_to_join(network, "Nieuw Lid", "lid@oss.example", Language.NL)
    contact, event = factories.person(at="Oss", of=network), factories.event(network)
    own_data.claim_address(contact, "anders@oss.example")
    seats = allotments.offer_seats(event, factories.organisation("Oss"), 2, event.closes_at, contact)
    work()
    allotments.name_for_seat(seats, "Genoemd", "genoemd@oss.example")
    work()


def _mails_of_members(network) -> None:
    """One writes to another, who is in the list."""
    reader = listed("Sanne de Vries", network)
    contacts.write_to(network, factories.person(of=network), number_of(reader, network), "Dag, hoe deden jullie dit?")
    work()


def _mails_from_calendars(network) -> None:
    """People answer in their calendar: maybe, to an old date, too late, with another time, for somebody else."""
    event = factories.event(network)
    made_courses.enrolled(made_courses.edition(made_courses.course(network)))
    answers.answer_maybe(factories.invitation(event), answers.FROM_CALENDAR)
    for kind in (MessageKind.ASKED_AGAIN, MessageKind.TOO_LATE, MessageKind.TIME_PROPOSED):
        calendar_answers.plan_reply_letter(kind, factories.invitation(event), voorstel="morgen")
    undone = factories.registration(event).invitation
    moves = factories.registration(event).invitation.person
    work()
    mail_addresses.set_address(moves, "verhuisd@oss.example")
    work()
    answers.take_answer_back(undone)
    wish = substitute_wishes.note_wish(undone, "Piet", "piet@oss.example")
    reply_letters.plan_instead_letter(wish)
    substitute_wishes.ask_invited_person(wish)
    reply_letters.plan_note_to_organisers(undone, "Ik kom wat later")
    work()


def _mails_of_polls(network) -> None:
    """A small group is asked which date suits, two dates are kept free, one is chosen."""
    spans = [(factories.start(days), factories.start(days) + timedelta(hours=2)) for days in (20, 27)]
    poll = polls.create_poll(network, "Overleg", "Kort", spans, holds=True)
    polls.ask_voters(poll, [factories.person()])
    work()
    polls.answer_poll(poll.voters[0], {date.id: Vote.YES for date in poll.dates}, "")
    work()
    polls.choose_date(poll, poll.dates[0])
    work()


def _mails_of_matching() -> None:
    """People are asked whether they want a buddy; two said yes and hear of each other."""
    row = matched.round_of()
    row.called_at = None
    factories.person(of=row.network)
    db.session.commit()
    calls.call_people()
    work()
    for name in ("Anna Bos", "Bram Maas"):
        matched.takes_part(row, name)
    matched.send(row)
    work()


def _mails_of_speakers(network) -> None:
    """Two are asked to speak, the room changes, one is asked no longer, the other is thanked a week after."""
    event = factories.event(network)
    values = {"starts_at": event.starts_at, "ends_at": None, "title": "Lezing", "description": ""}
    slot = programme.save_slot(event, None, speakers=programme.read_speakers("Anna Maas\nBram Bos"), **values)
    db.session.flush()
    anna, bram = (
        speaker_asking.ask_speaker(event, each, f"spreker{number}@oss.example", "Kort")
        for number, each in enumerate(slot.speakers)
    )
    work()
    slots_to_choose.save_slot(
        event, slot, speakers=programme.read_speakers("Anna Maas\nBram Bos"), room="Zaal", **values
    )
    db.session.execute(sa.update(Message).where(Message.kind == MessageKind.SPEAKER_CHANGED).values(due_at=clock.now()))
    work()
    speaker_asking.take_back(bram)
    speaker_asking.answer_request(anna, SpeakerAnswer.YES, "")
    work()
    speaker_asking.plan_thanks(anna)
    work()
    slides.keep_slides(anna, CleanFile("Verhaal.pdf", b"%PDF-1.7"))
    sent = slides.slides_of(anna)[0]
    sent.scan = Scan.INFECTED
    scanning.tell_of_virus(sent)
    work()


def _mails_of_the_next_edition(network) -> None:
    """Somebody leaves an address to hear of the next edition of a course; another one hears of it."""
    waited = planned.published(network)
    interests.ask(waited.course, "wacht@oss.example", Language.NL)
    interests.press(waited.course, factories.person())
    work()
    told = planned.edition(network, "Najaar")
    editions_of_courses.publish_edition(told)
    told.published_at += timedelta(minutes=1)
    interest_letters.tell_of_editions(told.published_at + interest_letters.GRACE)
    work()


def _mails_of_questions(network) -> None:
    """Somebody asks the network something, hears what came of it and that it was answered; somebody answers a digest."""
    question = posed.question(network, factories.person(of=network))
    questions.let_through(question)
    question_letters.tell_decision(question)
    reader = factories.person(of=network)
    posed.told(question, reader)
    question_letters.tell_where(reader)
    posed.answer(question, reader, "Kijk in Best")
    question_letters.tell_askers()
    work()


def _mails_of_the_day_and_after(network) -> None:
    """A session that was held: questions, commitments, the impression, a digest."""
    held, missed = factories.event(network), factories.person()
    answers.decline_invitation(factories.invitation(held, missed))
    factories.move(held, hours=-72)
    there = factories.person(of=network)
    factories.attendance(held, there)
    factories.commitment(held, there, days=30)
    factories.event(network)
    factories.impression(held)
    asked = factories.held(network, days_ago=70)
    factories.attendance(asked, there)
    factories.impression(asked, suggestions=["Doe dit"], days_ago=66)
    thanked = factories.held(network, days_ago=1)
    factories.attendance(thanked, there)
    factories.wave(thanked, WaveKind.THANK_YOU)
    _mails_of_letters(thanked)
    soon = clock.now() + timedelta(days=2)
    evaluations.plan_due_evaluations()
    follow_up_letters.plan_due_follow_ups(soon)
    commitment_letters.plan_due_reminders(clock.utc_moment(clock.today() + timedelta(days=30), time(10)))
    day = digest_rhythm.last_digest_day(DigestFrequency.WEEKLY, clock.today()) - timedelta(days=7)
    editions.begin_edition(DigestFrequency.WEEKLY, day)
    editions.plan_due_digests(digest_rhythm.digest_moment(day) + timedelta(days=60))
    work()


def _mails_of_letters(event) -> None:
    """Of two who were there one is mailed a letter of attendance, the other that theirs is withdrawn."""
    other = factories.attendance(event, factories.person("Jan Jansen")).invitation
    closing.close_attendance(event, None, mails_letters=True)
    withdrawn = attendance_letters.issue_letter(other)
    issuing.withdraw_certificate(withdrawn, WithdrawnBecause.NOT_THERE)
    letter_mails.mail_withdrawal(withdrawn, other)
    letter_mails.send_wanted_letters()


def _mails_about_ones_data(network) -> None:
    """Somebody is added, stops mail, proves who they are, is asked to stay, hears of an address, of a request that was answered."""
    for verdict in Verdict:
        asking = JoinRequest(network=network, name="Vraagt", address=f"{verdict}@oss.example", confirmed_at=clock.now())
        db.session.add(asking)
        db.session.flush()
        join_answers.answer_request(asking, verdict)
        asking.answered_at -= timedelta(hours=1)
    db.session.commit()
    join_answers.mail_answers()
    person, other, silent = factories.person(), factories.person(), factories.person(of=network)
    silent.created_at = silent.memberships[0].since = clock.now() - timedelta(days=9 * 365)
    unsubscribing.stop_mail(adding.add_known_person(person, network))
    person.digest = DigestFrequency.WEEKLY
    unsubscribing.stop_digest(person)
    db.session.commit()
    sign_ins.ask_of(person, person.addresses[0])
    leaving.leave_everything(factories.person(of=network))
    db.session.commit()
    sign_ins.mail_own_sign_ins()
    address_proposals.propose_change(other, ProposedAct.ADD, "nieuw@oss.example", network, None)
    db.session.commit()
    mail_addresses.set_address(person, "anders@oss.example")
    db.session.commit()
    stay_letters.ask_silent_people()


def test_opening_every_link_of_every_mail_changes_nothing(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "MAILS_PER_WEEK", 9)
    kinds = _mails_of_every_kind()
    assert kinds == {
        "save_the_date", "member_message", "invitation", "reminder", "last_places", "last_information", "thank_you", "confirmed", "waiting", "promoted", "cancelled", "declined", "substitute_invitation",
        "substitute_asked", "substitute_comes", "substitute_declined", "requested", "event_changed", "event_cancelled", "sign_in",
        "calendar_anew", "calendar_cleared", "own_programme", "course", "course_day", "next_asked", "next_edition", "question_answered", "question_decided", "question_where", "evaluation", "commitment", "commitment_reminder", "thanks", "missed", "digest",
        "certificate", "certificate_withdrawn", "speaker_asked", "speaker_changed", "speaker_infected", "material_infected", "speaker_withdrawn", "speaker_thanked",
        "join", "own_address", "seats_offered", "seat_named", "own_letter", "own_mailing",
        "maybe", "asked_again", "too_late", "time_proposed", "answer_undone", "substitute_wanted", "instead", "calendar_note", "match_call", "match_news", "poll", "poll_date", "poll_chosen", "koppel", "progress_asked", "progress_reminder",
        "added", "address_changed", "address_proposed", "digest_stopped", "join_granted", "join_refused", "left_all", "own_sign_in", "stay", "unsubscribed",
    }  # fmt: skip
    assert set(MessageKind) - kinds == BEHIND_A_SIGN_IN
    bodies = [parsed(message.body) for message in mails(Message.composed_at.is_not(None))]
    assert [fault for mail in bodies for fault in exchange_faults(mail)] == []
    before = everything()
    links = {link for message in mails(Message.composed_at.is_not(None)) for link in links_in(parsed(message.body))}
    paths = {link.split("/")[1] for link in links}
    assert {
        "address",
        "address-change",
        "address-proposal",
        "c",
        "commitments",
        "evaluation",
        "impressions",
        "instead",
        "join",
        "koppels",
        "match",
        "next-edition",
        "poll",
        "preferences",
        "come-back",
        "me",
        "seats",
        "stay",
        "unsubscribe",
        "used",
    } <= paths
    assert len(links) > 40
    taken_back = {link for link in links if link.startswith("/speak/") and not speaker_asking.asked_of_link(link[7:])}
    assert len(taken_back) == 1
    assert any(link.startswith("/message/") for link in links)
    for link in sorted(links):
        for _ in range(2):
            asks_sign_in = link.startswith(("/me/messages/", "/members/")) or re.match(
                r"/networks/[^/]+/questions", link
            )
            of_organisers = link.startswith("/organise/")
            status = 404 if link in taken_back else 303 if asks_sign_in else 302 if of_organisers else 200
            assert client.get(link).status_code == client.head(link).status_code == status
    assert everything() == before


def test_the_database_itself_refuses_writes_of_a_get(app):
    import pytest
    from flask import request

    with app.test_request_context("/", method="GET"):
        assert request.method == "GET"
        db.session.add(factories.Person(name="x", call_name="x", sort_name="x", search_text="x"))
        with pytest.raises(sa.exc.DBAPIError):
            db.session.commit()
        db.session.rollback()
