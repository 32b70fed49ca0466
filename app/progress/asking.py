"""When words are asked for: three weeks before they are due, and a week before of who has not written.

Each is asked once and reminded once, nobody while the agenda is a draft. Where a digest comes before the reminder would,
the request goes in that.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time

import sqlalchemy as sa

from app import clock
from app.agendas.models import Agenda, AgendaState, Office
from app.database import Condition, db, take_row
from app.network import correspondence
from app.network.digest_rhythm import next_digest_moment
from app.network.models import Network
from app.network.people.models import EmailAddress, Person
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.models import IN_HAND, Message, MessageState, Reason
from app.progress import reports, team_letters, words
from app.progress.models import Report
from app.setbacks import one_by_one

ASKED, REMINDER = MessageKind.PROGRESS_ASKED, MessageKind.PROGRESS_REMINDER
_HOUR = time(9)


def ask_for_words(now: datetime | None = None) -> int:
    """Ask for the words of reports of which the day to ask has come; returns how many mails or lines in a digest."""
    due = (Report.asked_at.is_(None), Report.words_due_on <= _today(now) + reports.WRITING)
    return _do_each("ask_for_words", now, due, _ask)


def remind_of_words(now: datetime | None = None) -> int:
    """Remind who has not written a week before words are due; returns how many mails."""
    today = _today(now)
    due = (
        Report.asked_at.is_not(None),
        Report.reminded_at.is_(None),
        Report.words_due_on.between(today, today + reports.REMINDING),
    )
    return _do_each("remind_of_words", now, due, _remind)


def drop_stale_requests() -> int:
    """Drop requests that were held for a digest and that none may tell any more. Returns how many."""
    held = list(db.session.scalars(sa.select(Message).where(IN_HAND, Message.kind == ASKED)))
    found = {number: reports.find_report(number) for number in {each.details["report"] for each in held}}
    return _drop_held(each.id for each in held if not may_be_told(found[each.details["report"]]))


def may_be_told(report: Report | None) -> bool:
    """Whether a digest may still ask for words: they may be written, and nobody was reminded yet."""
    return report is not None and words.is_asked(report) and report.reminded_at is None and not _is_late(report)


def may_be_mailed(person: Person, network: Network) -> EmailAddress | None:
    """Where somebody in a koppel gets mail; None for who is gone, left the network, stopped its mail or asked that their
    data is not used."""
    address = correspondence.preferred_address(person)
    stopped = any(
        each.restricted_at or (each.network_id == network.id and not each.gets_mail) for each in person.memberships
    )
    return None if person.erased_at or stopped or (address and address.bounced_at) else address


def _today(now: datetime | None) -> date:
    return clock.to_local(now or clock.now()).date()


def _do_each(job: str, now: datetime | None, due: tuple[Condition, ...], work: Callable[[Report], int]) -> int:
    """Do `work` on each of these reports that is not frozen, by day; of agendas that are published, and networks that are open."""
    if clock.to_local(now or clock.now()).time() < _HOUR:
        return 0
    alive = (Agenda.state == AgendaState.PUBLISHED, Network.archived_at.is_(None), ~Report.editions.any())
    wanted = sa.select(Report.id).join(Agenda, Agenda.id == Report.agenda_id).join(Agenda.network)

    def take(report_id: int) -> int | None:
        if take_row(Report, report_id, *due) is None:
            return None
        report = reports.find_report(report_id)
        return work(report) if report else 0

    return one_by_one.do_each(job, db.session.scalars(wanted.where(*alive, *due)).all(), take)


def _is_late(report: Report) -> bool:
    """Whether the day of the reminder has come."""
    return clock.today() >= report.words_due_on - reports.REMINDING


def _ask(report: Report) -> int:
    """Words that should have been there by now are asked for on the page alone. Where a reminder would come at once, or
    nobody was mailed, `reminded_at` is the moment of asking."""
    report.asked_at = clock.now()
    if _is_late(report):
        report.reminded_at = report.asked_at
    return _mail(report, ASKED) if clock.today() <= report.words_due_on else 0


def _remind(report: Report) -> int:
    report.reminded_at = clock.now()
    held = sa.select(Message).where(IN_HAND, Message.kind == ASKED)
    _drop_held(each.id for each in db.session.scalars(held) if each.details["report"] == report.id)
    return _mail(report, REMINDER)


def _mail(report: Report, kind: MessageKind) -> int:
    """Plan a mail to each person whose words are missing, one about all their themes, and one to the organisers."""
    planned = 0
    for person, offices in _offices_by_person(report).items():
        if address := may_be_mailed(person, report.agenda.network):
            _plan(report, kind, address)
            planned += 1
            for office in offices:
                office.link_sent_at = clock.now()
    return planned + team_letters.plan_team_letter(report, reminder=kind == REMINDER)


def _offices_by_person(report: Report) -> dict[Person, list[Office]]:
    found: dict[Person, list[Office]] = {}
    for office in words.offices_to_ask(report):
        if office.person:
            found.setdefault(office.person, []).append(office)
    return found


def _plan(report: Report, kind: MessageKind, address: EmailAddress) -> None:
    network, now = report.agenda.network, clock.now()
    message = message_queue.plan_message(
        kind,
        address,
        details={"report": report.id},
        key=f"{kind}:{report.id}:{address.person_id}",
        due_at=message_queue.mailing_leaves_at(now, network.quiet_hours),
        network_id=network.id,
        person_id=address.person_id,
    )
    if kind == ASKED and _comes_in_digest(report, address.person):
        message_queue.hold_for_digest(message)


def _comes_in_digest(report: Report, person: Person) -> bool:
    """Whether somebody gets a digest before the day of the reminder."""
    moment = next_digest_moment(person.digest, clock.now())
    return moment is not None and clock.to_local(moment).date() < report.words_due_on - reports.REMINDING


def _drop_held(message_ids: Iterable[int]) -> int:
    held = (Message.id.in_(list(message_ids)), Message.state == MessageState.HELD)
    return message_queue.take_messages_back(MessageState.SUPPRESSED, Reason.NO_LONGER_HOLDS, *held)
