"""A press acts on what its page showed: when somebody else changed that meanwhile nothing is done, and the page says what changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts.models import MergeRequest, OrganisationRequest, RequestKind
from app.agendas import agendas
from app.attendance import presence
from app.attendance.models import Entry
from app.certificates import attendance_letters, issuing
from app.courses import course_certificates
from app.courses import editions as editions_of_courses
from app.database import db
from app.events import event_queries, event_questions
from app.events.models import Preset
from app.invitations.letters import letter_texts
from app.invitations.waves import wave_runs
from app.invitations.waves.models import WaveState
from app.lessons.impressions import impressions
from app.lessons.insights import insights
from app.matching import proposals, rounds, seats
from app.matching.kinds import Reply
from app.network import memberships
from app.network.imports import import_runs
from app.network.imports.models import ImportState
from app.network.models import Network
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people import mail_addresses, people
from app.outbox.models import Message, MessageState
from app.polls import polls
from app.progress import editions
from app.progress.models import Readers
from app.registration import allotments
from app.web import doors
from app.web.seen import Part
from tests import factories
from tests.accounts.test_rights import PAGES, world  # noqa: F401
from tests.agendas import made
from tests.breakouts import made as made_day
from tests.certificates import held
from tests.courses import planned, taught
from tests.helpers import sign_in
from tests.matching import matched
from tests.progress import frozen_reports
from tests.questions import posed
from tests.tables import everything
from tests.web.test_versions import Filled

FREE = {
    "a form whose fields say what they were opened with (versions.py)": {
        "account.show_own_account", "agendas.edit_agenda", "agendas.edit_agenda_theme", "koppels.edit_office", "audiences.edit_audience", "figures.edit_indicator", "commitments.close_commitment", "commitments.edit_commitment", "contact_moments.edit_talk",
        "progress.edit_report", "progress.write_words", "progress.write_words_of_theme",
        "impression.edit_impression", "learned.edit_insight", "letters.edit_letter", "letters.edit_letter_of_wave",
        "network.edit_network_settings", "organisations.edit_organisation", "organisations.edit_role", "themes.edit_theme",
        "planning.edit_round", "planning.edit_slot", "matching.edit_round", "polls.edit_poll", "courses.edit_course", "courses.edit_edition", "privacy.change_terms", "privacy.hold_event", "waves.edit_wave",
        "own_letters.edit_letter", "people.edit_person", "places.edit_place", "materials.edit_material", "offer.edit_item", "speakers.ask_speaker", "suggestions.settle_suggestion", "planning.edit_event", "planning.edit_question",
    },
    "makes or adds what somebody filled in or chose, whatever else there is": {
        "progress.plan_moments", "progress.plan_report", "figures.add_reading", "figures.enter_amounts", "figures.set_signs", "figures.set_target",
        "account.make_key", "agendas.create_agenda", "agendas.put_on_agenda", "koppels.take_office", "busy_days.list_busy_days", "places.add_place", "materials.add_file", "materials.add_link", "offer.add_item", "catching.take_notes", "cockpit.invite_person",
        "commitments.create_commitment", "contact_moments.enter_talk",
        "contact_moments.enter_talk_with", "day.add_walk_in", "figures.create_indicator", "editions.correct_report", "digest.show_digest_page",
        "elsewhere.list_outside_calendars", "evaluation.add_evaluation_question", "faces.choose_event_picture",
        "faces.choose_network_picture", "imports.choose_mapping", "imports.mend_rows", "imports.upload_list", "impression.attach_file",
        "learned.add_insight", "letters.add_picture", "network.create_network", "organisations.add_contact_person",
        "organisations.add_organisation", "organisations.list_roles", "themes.list_managed_themes", "organisations.take_proposed_domain",
        "own_letters.add_file", "own_letters.begin_letter", "path.choose_who", "people.add_address_of_person",
        "people.add_person", "planning.add_preset_question", "planning.copy_event", "planning.create_event",
        "matching.create_round", "matching.keep_apart", "matching.propose_dates", "matching.plan_meetings", "polls.create_poll", "network_questions.make_insight", "courses.create_course", "courses.plan_edition", "courses.copy_edition", "courses.add_meeting", "seats.list_allotments", "team.list_accounts", "team.list_colleagues",
    },
    "makes a draft or an audience, which is shown and released on a page of its own": {
        "cockpit.invite_chosen", "cockpit.make_audience", "own_letters.write_to", "own_letters.write_to_of_event",
        "people.invite_chosen", "waves.accept_proposed_waves", "waves.restore_wave",
        "overall_year.make_overall_gap_audience", "courses.make_audience", "year.make_gap_audience",
        "impression.start_impression", "evaluation.start_evaluation",
    },
    "holds back or closes off, which has to work whatever changed": {
        "account.end_sessions", "account.revoke_key", "matching.close_round", "matching.end_round", "koppels.withdraw_link", "speakers.take_back", "board.drop_chosen", "board.pause_chosen",
        "cockpit.revoke_personal_link", "planning.steer_notice",
        "subscribe.renew_organiser_calendar", "team.remove_colleague", "team.switch_account", "waves.hold_wave",
        "waves.pause_wave",
    },
    "about one person or thing that the button names; said so that it can be done again otherwise": {
        "figures.count_indicator", "matching.move_person", "matching.note_absent",
        "certificates.give_letter", "completion.keep_name", "completion.restore_certificate", "completion.withdraw_certificate", "certificates.keep_name", "certificates.restore_letter", "certificates.withdraw_letter",
        "agendas.move_agenda_theme_up", "koppels.mail_link", "speakers.mail_link", "board.mail_again", "cockpit.cancel_registration", "cockpit.register_person", "cockpit.resend_invitation",
        "evaluation.switch_evaluation", "faces.take_event_picture_away", "faces.take_network_picture_away",
        "impression.note_people_shown", "learned.change_board", "learned.move_insight_up", "materials.move_material_up", "offer.set_published", "learned.open_board",
        "learned.sort_card", "network.archive_network", "network.reopen_network",
        "people.change_address_of_person", "people.end_position_of_person", "people.readd_member", "planning.cancel_slot",
        "themes.join_theme", "themes.keep_theme", "themes.move_theme_up", "courses.set_obligatory", "courses.take_back_meeting", "network_questions.put_back_cut",
    },
    "takes one row away that stands beside the button; the page offers it back, or keeps what it was": {
        "agendas.remove_agenda_theme", "koppels.remove_office", "matching.remove_apart", "busy_days.remove_busy_days", "places.remove_place", "materials.remove_material", "offer.remove_item", "contact_moments.remove_talk", "digest.withdraw_organiser_word", "elsewhere.remove_outside_calendar",
        "progress.remove_report", "evaluation.remove_evaluation_question", "impression.detach_file", "learned.remove_insight",
        "letters.delete_picture", "organisations.change_role", "themes.remove_theme", "organisations.remove_contact_person",
        "own_letters.remove_file", "people.remove_position_of_person", "planning.remove_question",
        "network_questions.remove_answer", "planning.remove_round", "planning.remove_slot", "courses.drop_meeting", "courses.remove_course",
    },
    "brings back what was, and its own rule refuses what changed since": {
        "doubles.undo_merge", "themes.undo_join", "letters.restore_letter", "letters.restore_letter_of_wave", "organise.undo_removal",
        "team.undo_shared_change",
    },
    "about what came in and changes no more; two who answer it are told apart by its own rule": {
        "door.drop_proposal", "doubles.dismiss_double", "inbox.forward_to_organisers", "inbox.settle_mail",
        "inbox.stop_mailing_sender", "inbox.take_answer_over", "joining.answer_request", "reported.lift_stop", "reported.settle_report", "upkeep.settle_setback",
    },
    "the day itself, where each tap names what it answers (attendance/taps.py)": {
        "day.check_in_by_code", "day.check_in_invited", "day.check_in_lookalike", "day.undo_check_in",
        "door.receive_taps",
    },
    "changes nothing that is stored for others: looks, tries, shows, or hands out a copy": {
        "beginning.mail_example", "board.export_messages", "cockpit.export_people", "courses.export_enrolled", "contact_moments.export_talks", "doubles.find_doubles",
        "elsewhere.refresh_outside_calendar", "imports.export_refused_rows", "letters.preview_letter",
        "letters.preview_letter_of_wave", "need_lists.show_names", "people.export_members", "sessions.export_sessions", "upkeep.check_system",
        "upkeep.start_mail_test", "upkeep.try_sending_now", "waves.mail_wave_example",
    },
    "carries a seal of the list that was seen, besides which the letter has nothing": {"need_lists.mail_need_list"},
    "carries a seal of the rows that were looked at": {"contact_moments.paste_rows"},
}  # fmt: skip
"""Endpoints of organisers that act without comparing what their page showed, by why that is right."""
QUIET = {"account_sessions", "audit_log", "audit_networks", "job_runs"}
"""Tables that looking writes to."""


@dataclass
class Press:
    """A button on a page, and what somebody else does while that is open."""

    page: str
    address: str
    change: Callable[[], object]
    says: Part
    values: dict[str, str] = field(default_factory=dict)


PRESSES: dict[str, Callable[[Network], Press]] = {}


def pressing(endpoint: str, *also: str):
    """Hangs what prepares a press under its endpoint, and under others that differ in nothing."""

    def hang(prepare):
        PRESSES.update(dict.fromkeys((endpoint, *also), prepare))
        return prepare

    return hang


def _set(row: object, **values: object) -> Callable[[], None]:
    def change() -> None:
        for name, value in values.items():
            setattr(row, name, value)

    return change


def _wave(network: Network, act: str, state: WaveState = WaveState.DRAFT, **values) -> Press:
    """A wave to two people; another organiser writes other words in the network's letter."""
    factories.crowd(2, of=network)
    event = factories.event(network)
    planned = {"days_before": 5, "hour": factories.start().time()} | values
    wave = factories.wave(event, to=factories.audience(network), state=state, **planned)
    page = f"/organise/events/{event.slug}/waves/{wave.id}"
    text = letter_texts.current_text(network, wave.kind.mail.letter, "nl") + "\n\nNeem brood mee."

    def change() -> None:
        letter_texts.save_text(network, wave.kind.mail.letter, "nl", text, None)

    return Press(page, f"{page}/{act}", change, Part.TEXT)


@pressing("waves.release_wave")
def _release(network):
    return _wave(network, "release")


@pressing("waves.send_wave_now")
def _send_now(network):
    press = _wave(network, "send")
    return Press(press.page, press.address, lambda: factories.person(of=network), Part.NUMBER)


@pressing("waves.approve_wave")
def _approve(network):
    return _wave(network, "approve", WaveState.AWAITING, asked_by_id=factories.account(network).id)


@pressing("waves.resume_wave")
def _resume(network):
    press = _wave(network, "resume", WaveState.PAUSED)
    event = event_queries.find_event(press.page.split("/")[3])
    return Press(press.page, press.address, _set(event, venue="Het Klooster"), Part.SESSION)


@pressing("waves.withdraw_wave")
def _withdraw_wave(network):
    press = _wave(network, "drop")
    audience = factories.audience(network)
    return Press(press.page, press.address, _set(audience, name="Bijna iedereen"), Part.AUDIENCE)


@pressing("path.release_all")
def _release_all(network):
    factories.person(of=network)
    event = factories.event(network)
    wave = factories.wave(event, to=factories.audience(network), state=WaveState.DRAFT, at=factories.start(10))
    page = f"/organise/events/{event.slug}/path/send"
    change = _set(wave, at=factories.start(13), due_at=factories.start(13))
    return Press(page, page, change, Part.WHEN, {"rounds": str(wave.id), "leaving": "on_day"})


@pressing("path.approve_all")
def _approve_all(network):
    event, other = factories.event(network), factories.account(network)
    waiting = {"state": WaveState.AWAITING, "asked_by_id": other.id, "to": factories.audience(network)}
    first, _ = (factories.wave(event, at=factories.start(days), **waiting) for days in (9, 10))
    page = f"/organise/events/{event.slug}"
    return Press(f"{page}/waves", f"{page}/path/approve", _set(first, due_at=factories.start(8)), Part.WHEN)


@pressing("planning.publish_event")
def _publish(network):
    event = factories.event(network, published=False)
    page = f"/organise/events/{event.slug}"
    return Press(page, f"{page}/publish", _set(event, title="Een andere sessie"), Part.SESSION)


@pressing("planning.withdraw_event")
def _withdraw_event(network):
    event = factories.event(network)
    page = f"/organise/events/{event.slug}"
    return Press(f"{page}/edit", f"{page}/withdraw", _set(event, town="Breda"), Part.SESSION)


@pressing("planning.cancel_event")
def _cancel(network):
    event = factories.event(network)
    factories.registration(event, factories.person(of=network))
    page = f"/organise/events/{event.slug}/cancel"
    who = factories.person(of=network)
    return Press(page, page, lambda: factories.registration(event, who), Part.ANSWERS, {"reason": "Ziek"})


@pressing("breakouts.divide_places")
def _divide_places(network):
    event = made_day.day(1, by_wish=True, of=network)
    slots = [made_day.slot(event, title, 1) for title in ("Water", "Wonen")]
    first, second = made_day.people(event, "AB")
    made_day.wish(first, *slots)
    made_day.round_of(event, 1).closes_at = clock.now() - timedelta(hours=1)
    page = f"/organise/events/{event.slug}/choices"
    return Press(page, f"{page}/divide", lambda: db.session.add_all(made_day.wishes_of(second, *slots)), Part.NUMBER)


@pressing("planning.delete_draft")
def _delete(network):
    event = factories.event(network, published=False)
    page = f"/organise/events/{event.slug}/delete"

    def change() -> None:
        event.questions.append(event_questions.make_preset_question(Preset.DIETARY))

    return Press(page, page, change, Part.BELONGINGS)


def _choosing(network: Network, act: str) -> Press:
    first, _ = (factories.event(network, title=title, published=False) for title in ("Archief", "Bodem"))
    sought = f"/organise/networks/{network.slug}/sessions/chosen"
    query = f"do={act}&all=1"
    return Press(f"{sought}?{query}", f"{sought}/{act}?{query}", _set(first, title="Iets anders"), Part.SESSIONS)


@pressing("sessions.publish_chosen")
def _publish_chosen(network):
    return _choosing(network, "publish")


@pressing("sessions.delete_chosen")
def _delete_chosen(network):
    return _choosing(network, "delete")


def _mails(network: Network, act: str, state: MessageState) -> tuple[Press, Message]:
    """Mails to two people in this state, and one of them."""
    factories.crowd(2, of=network)
    event = factories.event(network)
    factories.wave(event, to=factories.audience(network))
    db.session.commit()
    wave_runs.run_due_waves()
    mails = list(db.session.scalars(sa.select(Message).where(Message.event_id == event.id).order_by(Message.id)))
    for mail in mails:
        mail.state = state
    sought = f"/organise/events/{event.slug}/mails/chosen"
    query = f"do={act}&all=1"
    change = _set(mails[0], state=MessageState.CANCELLED)
    return Press(f"{sought}?{query}", f"{sought}/{act}?{query}", change, Part.MAILS), mails[0]


@pressing("board.resume_chosen")
def _resume_chosen(network):
    press, _ = _mails(network, "resume", MessageState.PAUSED)
    return press


@pressing("board.repeat_chosen")
def _repeat_chosen(network):
    press, mail = _mails(network, "again", MessageState.FAILED)
    change = lambda: mail_addresses.set_address(mail.person, "nieuw@oss.example")  # noqa: E731
    return Press(press.page, press.address, change, Part.MAILS)


@pressing("certificates.close_attendance")
def _close_attendance(network):
    event = held.session(of=network)
    held.visitor(event)
    jan = held.expected(event)
    page = f"/organise/events/{event.slug}/attendance"
    change = lambda: presence.check_in_invitation(jan, Entry.LIST)  # noqa: E731
    return Press(page, f"{page}/close", change, Part.PEOPLE)


@pressing("certificates.mail_everybody")
def _mail_letters(network):
    event = held.session(of=network)
    sanne, _ = held.visitor(event), held.visitor(event, "Jan Jansen")
    held.closed(event)
    page = f"/organise/events/{event.slug}/attendance"
    return Press(page, f"{page}/mail", lambda: attendance_letters.issue_letter(sanne), Part.NUMBER)


@pressing("certificates.issue_again")
def _issue_again(network):
    event = held.session(of=network)
    sanne = held.visitor(event)
    letter = attendance_letters.issue_letter(sanne) if held.closed(event) else None
    page = f"/organise/events/{event.slug}/attendance/letters/{letter.id}"
    change = lambda: issuing.ask_name(letter, "Sanne de Vries-Bos")  # noqa: E731
    return Press(page, page, change, Part.REQUEST, {"name": "Sanne Bos"})


@pressing("certificates.open_attendance")
def _open_attendance(network):
    enrolment = taught.completed(of=taught.edition(taught.course(network)))
    page = f"/organise/events/{taught.days(enrolment.edition)[0].slug}/attendance"
    change = lambda: course_certificates.issue_certificate(enrolment.edition, enrolment.person)  # noqa: E731
    return Press(page, f"{page}/open", change, Part.PEOPLE)


def _completion_page(edition):
    return f"/organise/networks/{edition.course.network.slug}/courses/editions/{edition.id}/completion"


@pressing("completion.want_certificates")
def _want_certificates(network):
    enrolment = taught.completed(of=taught.edition(taught.course(network)))
    page = _completion_page(enrolment.edition)
    change = lambda: course_certificates.issue_certificate(enrolment.edition, enrolment.person)  # noqa: E731
    return Press(page, page, change, Part.NUMBER)


@pressing("completion.issue_again")
def _issue_certificate_again(network):
    enrolment = taught.completed(of=taught.edition(taught.course(network)))
    certificate = course_certificates.issue_certificate(enrolment.edition, enrolment.person)
    page = f"{_completion_page(enrolment.edition)}/certificates/{certificate.id}"
    change = lambda: issuing.ask_name(certificate, "Sanne de Vries-Bos")  # noqa: E731
    return Press(page, page, change, Part.REQUEST, {"name": "Sanne Bos"})


@pressing("people.remove_chosen")
def _remove_chosen(network):
    gone, _ = factories.crowd(2, of=network)
    sought = f"/organise/networks/{network.slug}/people/chosen"
    return Press(
        f"{sought}?do=remove&all=1",
        f"{sought}/remove?do=remove&all=1",
        lambda: memberships.leave_network(gone.memberships[0]),
        Part.PEOPLE,
    )


@pressing("people.remove_member")
def _remove_member(network):
    person = factories.person(of=network)
    page = f"/organise/networks/{network.slug}/people/{person.id}"
    return Press(page, f"{page}/leave", lambda: people.rename_person(person, "Els Smit"), Part.PERSON)


@pressing("people.erase_person")
def _erase(network):
    person = factories.person(of=network)
    page = f"/organise/networks/{network.slug}/people/{person.id}/erase"
    return Press(page, page, lambda: people.rename_person(person, "Els Smit"), Part.PERSON)


@pressing("doubles.merge_people")
def _merge(network):
    kept, gone = factories.person("Kees", of=network), factories.person("Kees Dubbel", of=network)
    page = "/organise/doubles/merge"
    change = lambda: people.rename_person(gone, "Iemand Anders")  # noqa: E731
    return Press(
        f"{page}?keep={kept.id}&go={gone.id}", page, change, Part.PERSON, {"keep": str(kept.id), "go": str(gone.id)}
    )


@pressing("doubles.answer_merge_request")
def _answer_merge(network):
    kept, gone = factories.person("Kees", of=network), factories.person("Kees Dubbel", of=network)
    asked = MergeRequest(kept=kept, gone=gone)
    db.session.add(asked)
    db.session.flush()
    address = f"/organise/doubles/requests/{asked.id}/yes"
    change = lambda: people.rename_person(gone, "Iemand Anders")  # noqa: E731
    return Press("/organise/organisations/requests", address, change, Part.PERSON)


def _organisation(name: str) -> Organisation:
    made = Organisation(name=f"Test {name}", kind=OrganisationKind.PARTNERSHIP)
    db.session.add(made)
    db.session.flush()
    return made


@pressing("organisations.answer_organisation_request")
def _answer_organisation(network):
    asked = OrganisationRequest(organisation=_organisation("Oud"), kind=RequestKind.RENAME, new_name="Test Nieuw")
    db.session.add(asked)
    db.session.flush()
    address = f"/organise/organisations/requests/{asked.id}/yes"
    return Press("/organise/organisations/requests", address, _set(asked, new_name="Test Nieuwer"), Part.REQUEST)


@pressing("organisations.succeed_organisation")
def _succeed(network):
    row, next_one = _organisation("Oud"), _organisation("Nieuw")
    page = f"/organise/organisations/{row.id}"
    values = {"successor": str(next_one.id), "day": clock.today().isoformat()}
    return Press(page, f"{page}/succession", _set(row, name="Test Ouder"), Part.NAME, values)


def _list(network, **values):
    kept = import_runs.keep_list(network, "lijst.csv", b"Naam;E-mail\nEls;els@oss.example\n")
    _set(kept, **values)()
    db.session.flush()
    return kept, f"/organise/networks/{network.slug}/import/{kept.id}"


@pressing("imports.carry_out_import")
def _carry_out(network):
    _, page = _list(network)
    change = lambda: factories.person("Els", of=network, address="els@oss.example")  # noqa: E731
    return Press(page, page, change, Part.ROWS, {"rows": "good"})


@pressing("imports.undo_import")
def _undo_import(network):
    kept, page = _list(network, state=ImportState.DONE, applied_at=clock.now(), added=1)
    return Press(page, f"{page}/undo", _set(kept, added=2), Part.ROWS)


def _report(network, act: str, **values) -> Press:
    event = factories.event(network)
    report = factories.impression(event, published=act == "withdraw")
    _set(report, **values)()
    page = f"/organise/events/{event.slug}/impression"
    change = lambda: insights.add_insight(event, "Nog een inzicht", factories.account(network))  # noqa: E731
    return Press(f"{page}/withdraw" if act == "withdraw" else page, f"{page}/{act}", change, Part.TEXT)


@pressing("impression.check_impression")
def _check(network):
    return _report(network, "check")


@pressing("impression.publish_impression")
def _publish_report(network):
    press = _report(network, "publish")
    report = impressions.impression_of_event(event_queries.find_event(press.page.split("/")[3]))
    impressions.check_impression(report, factories.account(network))
    return Press(press.page, press.address, _set(report, intro="Het was druk."), Part.TEXT)


@pressing("impression.withdraw_impression")
def _withdraw_report(network):
    press = _report(network, "withdraw")
    report = impressions.impression_of_event(event_queries.find_event(press.page.split("/")[3]))
    return Press(press.page, press.address, _set(report, intro="Beter."), Part.TEXT, {"reason": "Een naam stond fout"})


@pressing("impression.restore_impression")
def _restore_report(network):
    event = factories.event(network)
    report = factories.impression(event)
    impressions.withdraw_impression(report, "Een naam stond fout")
    page = f"/organise/events/{event.slug}/impression"
    return Press(page, f"{page}/restore", _set(report, intro="Het was druk."), Part.TEXT)


def _poll(network):
    begin = factories.start(30)
    spans = [(begin + timedelta(days=day), begin + timedelta(days=day, hours=2)) for day in (0, 1)]
    poll = polls.create_poll(network, "Overleg", "", spans, holds=False)
    polls.ask_voters(poll, factories.crowd(2, of=network))
    poll.created_at -= timedelta(days=3)
    for voter in poll.voters:
        voter.reminded_at = None
    db.session.flush()
    return poll, f"/organise/networks/{network.slug}/polls/{poll.id}"


def _agenda(network, act: str) -> Press:
    agenda = made.agenda(network)
    made.theme_on(agenda)
    if act == "withdraw":
        agendas.publish_agenda(agenda)
    page = f"/organise/networks/{network.slug}/agendas/{agenda.id}"
    return Press(page, f"{page}/{act}", _set(agenda, text="Anders"), Part.TEXT)


@pressing("agendas.publish_agenda")
def _publish_agenda(network):
    return _agenda(network, "publish")


@pressing("agendas.withdraw_agenda")
def _withdraw_agenda(network):
    return _agenda(network, "withdraw")


@pressing("editions.freeze_report")
def _freeze_report(network):
    report = frozen_reports.report(made.agenda(network))
    page = f"/organise/networks/{network.slug}/agendas/{report.agenda_id}/reports/{report.id}"
    return Press(page, f"{page}/freeze", _set(report, readers=Readers.INTERNAL), Part.DAYS)


def _edition(network, act: str) -> Press:
    report = frozen_reports.report(made.agenda(network))

    def freeze():
        edition = frozen_reports.freeze(report)
        if act == "publish":
            editions.check_edition(edition, factories.account(network, name="Bram van Gestel"))

    freeze()
    page = f"/organise/networks/{network.slug}/agendas/{report.agenda_id}/reports/{report.id}/editions/1"
    return Press(page, f"{page}/{act}", freeze, Part.STATE)


@pressing("editions.check_edition")
def _check_edition(network):
    return _edition(network, "check")


@pressing("editions.publish_edition")
def _publish_edition(network):
    return _edition(network, "publish")


def _course_edition(network, act: str, *, published: bool) -> Press:
    edition = planned.published(network) if published else planned.edition(network)
    page = f"/organise/networks/{network.slug}/courses/editions/{edition.id}"
    shown = f"{page}/{act}" if act in {"cancel", "delete"} else page
    return Press(shown, f"{page}/{act}", _set(edition.meetings[0].event, starts_at=factories.start(60), ends_at=factories.start(60, hour=16)), Part.DAYS)  # fmt: skip


@pressing("courses.publish_edition")
def _publish_course(network):
    return _course_edition(network, "publish", published=False)


@pressing("courses.withdraw_edition")
def _withdraw_course(network):
    return _course_edition(network, "withdraw", published=True)


@pressing("courses.cancel_edition")
def _cancel_course(network):
    return _course_edition(network, "cancel", published=True)


@pressing("courses.revive_edition")
def _revive_course(network):
    edition = planned.published(network)
    editions_of_courses.cancel_edition(edition, "")
    page = f"/organise/networks/{network.slug}/courses/editions/{edition.id}/revive"
    return Press(page, page, _set(edition.meetings[0].event, starts_at=factories.start(60), ends_at=factories.start(60, hour=16)), Part.DAYS)  # fmt: skip


@pressing("courses.delete_edition")
def _delete_course(network):
    return _course_edition(network, "delete", published=False)


def _match(network, *, sent: bool = False):
    row = matched.round_of(network)
    for name in ("Anna Bos", "Bram Maas", "Cleo Smit", "Daan Prins"):
        matched.takes_part(row, name)
    if sent:
        matched.send(row)
    return row, f"/organise/networks/{network.slug}/matching/{row.id}"


@pressing("matching.open_round")
def _open_match(network):
    row, page = _match(network)
    row.opened_at = None
    return Press(page, f"{page}/open", lambda: factories.person(of=network), Part.NUMBER)


@pressing("matching.want_proposal", "matching.send_proposal")
def _propose_match(network):
    row, page = _match(network)
    matched.divide(row)
    enrolment = rounds.seats_of(row)[0].enrolment
    return Press(page, f"{page}/send", lambda: proposals.take_out(row, enrolment), Part.PEOPLE)


@pressing("matching.ask_afterwards")
def _ask_after_match(network):
    row, page = _match(network, sent=True)
    seat = rounds.seats_of(row)[0]
    return Press(page, f"{page}/after", lambda: seats.answer_seat(seat.enrolment, Reply.YES), Part.PEOPLE)


@pressing("polls.choose_date")
def _choose(network):
    poll, page = _poll(network)
    voter, date = poll.voters[0], poll.dates[0]
    change = lambda: polls.answer_poll(voter, {date.id: polls.Vote.NO})  # noqa: E731
    return Press(page, f"{page}/choose/{date.id}", change, Part.ANSWERS)


@pressing("polls.stop_poll")
def _stop(network):
    poll, page = _poll(network)
    return Press(page, f"{page}/stop", _set(poll, title="Ander overleg"), Part.DAYS)


@pressing("polls.remind_voters")
def _remind(network):
    poll, page = _poll(network)
    voter = poll.voters[0]
    return Press(page, f"{page}/remind", lambda: polls.answer_poll(voter, {}), Part.PEOPLE)


def _question(network, act: str, *, is_open: bool = False, **values: str) -> Press:
    question = posed.question(network, factories.person(of=network), is_open=is_open)
    page = f"/organise/networks/{network.slug}/questions/{question.id}"
    return Press(page, f"{page}/{act}", _set(question, text="Anders"), Part.TEXT, values)


@pressing("network_questions.let_through")
def _let_question_through(network):
    return _question(network, "let-through")


@pressing("network_questions.send_back")
def _send_question_back(network):
    return _question(network, "send-back", why="Te lang")


@pressing("network_questions.close_question")
def _close_question(network):
    return _question(network, "close", is_open=True)


@pressing("seats.change_allotment")
def _take_seats_back(network):
    event = factories.event(network)
    seats = allotments.offer_seats(
        event, factories.organisation("Oss"), 2, event.closes_at, factories.person(of=network)
    )
    page = f"/organise/events/{event.slug}/seats"
    return Press(page, f"{page}/{seats.id}/withdraw", _set(seats, seats=3), Part.SEATS)


@pressing("audiences.remove_audience")
def _remove_audience(network):
    audience = factories.audience(network, "Gemeenten", {"block": "kind", "values": ["gemeente"]})
    page = f"/organise/networks/{network.slug}/audiences/{audience.id}"
    rule = [[{"block": "kind", "values": ["provincie"], "not": False}]]
    return Press(f"{page}/people", f"{page}/remove", _set(audience, rule=rule), Part.RULE)


def _form(text: str, press: Press) -> dict[str, str]:
    """The form of a press as a browser would send it."""
    read = Filled(text)
    own = press.page.partition("?")[0] == press.address
    for action, sent in zip(read.actions, read.forms, strict=True):
        if "seen" in sent and (action == press.address or (own and not action)):
            return sent | press.values
    raise AssertionError(f"no form on {press.page} goes to {press.address} and says what was seen")


def _show(client, answer) -> str:
    return client.get(answer.location).text if answer.status_code == 303 else answer.text


@pytest.fixture
def network(client) -> Network:
    network = factories.network()
    sign_in(client, factories.account(network, admin=True))
    return network


@pytest.mark.parametrize("endpoint", PRESSES)
def test_what_changed_meanwhile_is_said_and_nothing_is_done(client, network, endpoint):
    press = PRESSES[endpoint](network)
    sent = _form(client.get(press.page).text, press)
    press.change()
    db.session.commit()
    before = everything(but=QUIET)
    told = _show(client, client.post(press.address, data=sent))
    assert everything(but=QUIET) == before
    assert "Deze keer is er niets gedaan." in told
    assert f"is dit anders: {press.says.words}" in told

    answer = client.post(press.address, data=_form(told, press))
    assert "er niets gedaan." not in _show(client, answer)
    assert everything(but=QUIET) != before


def test_every_press_of_organisers_compares_what_was_shown_or_says_why_not(app):
    of_organisers = {
        rule.endpoint: page
        for rule in app.url_map.iter_rules()
        if (page := getattr(app.view_functions[rule.endpoint], "page", None))
        and isinstance(page.door, doors.OrganiserPages)
        and "POST" in rule.methods
    }
    compared = {endpoint for endpoint, page in of_organisers.items() if page.seen}
    assert compared == PRESSES.keys()
    free = [endpoint for endpoints in FREE.values() for endpoint in endpoints]
    assert sorted(free) == sorted(of_organisers.keys() - compared)


def test_every_form_that_is_compared_says_what_was_seen(app, client, world):  # noqa: F811
    """Wherever the button stands: without the digests it would act on what nobody saw."""
    sign_in(client, world["accounts"]["admin"])
    routes, silent = app.url_map.bind("leerkring.test"), []
    for page in PAGES:
        answer = client.get(page.format(**world))
        read = Filled(answer.text if answer.mimetype == "text/html" else "")
        for action, sent in zip(read.actions, read.forms, strict=True):
            path = (action or page.format(**world)).partition("?")[0]
            endpoint = routes.match(path, method="POST")[0]
            if endpoint in PRESSES and "seen" not in sent:
                silent.append((page, path))
    assert silent == []


def test_a_press_that_says_no_page_is_refused_with_words(client, network):
    press = PRESSES["planning.publish_event"](network)
    sent = _form(client.get(press.page).text, press) | {"seen_on": "//elsewhere.example"}
    press.change()
    answer = client.post(press.address, data=sent)
    assert answer.status_code == 409
    assert str(press.says.words) in answer.text


@pytest.mark.parametrize("endpoint", ["planning.publish_event", "waves.release_wave", "sessions.publish_chosen"])
def test_who_pressed_twice_hears_that_the_first_press_did_it(client, network, endpoint):
    press = PRESSES[endpoint](network)
    sent = _form(client.get(press.page).text, press)
    client.post(press.address, data=sent)
    done = everything(but=QUIET)
    told = _show(client, client.post(press.address, data=sent))
    assert "Drukte je twee keer, dan deed de eerste keer dat." in told
    assert everything(but=QUIET) == done


def test_what_was_typed_beside_the_button_stays(client, network):
    press = PRESSES["planning.cancel_event"](network)
    sent = _form(client.get(press.page).text, press)
    press.change()
    answer = client.post(press.address, data=sent | {"reason": "De zaal is bezet"})
    assert answer.status_code == 409
    assert "De zaal is bezet" in answer.text
