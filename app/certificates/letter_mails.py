"""Letters of attendance by mail: to everybody who was there when that was chosen, when one is corrected, when one is withdrawn."""

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from sqlalchemy.orm import selectinload

from app import clock, tokens, urls
from app.attendance.closing import AttendanceOpen
from app.attendance.models import AttendanceClosing
from app.certificates import attendance_letters, issuing, letter_papers
from app.certificates.models import Certificate
from app.database import db
from app.events.models import Event
from app.invitations import invitation_queries
from app.invitations.letters import invitation_mail
from app.invitations.models import Invitation
from app.network.people.models import Person
from app.outbox import letters, message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import Mail, SentFile
from app.outbox.models import Message, MessageState, Reason
from app.setbacks import one_by_one
from app.tokens import Purpose

LETTER, WITHDRAWN, NAME_ASKED = (
    MessageKind.CERTIFICATE,
    MessageKind.CERTIFICATE_WITHDRAWN,
    MessageKind.CERTIFICATE_NAME,
)


def link_to_letter(invitation: Invitation, *, of_course: bool = False) -> str:
    """Where somebody finds their letter of attendance, or their certificate of a course, by personal link."""
    token = tokens.make_token(Purpose.INVITATION, invitation.id, invitation.token_version)
    return urls.own_course_url(token) if of_course else urls.own_certificate_url(token)


def mail_letter(letter: Certificate, invitation: Invitation) -> bool:
    """Promise somebody the letter as it is now; False when they have no address."""
    return _plan(LETTER, letter, invitation) is not None


def plan_mailing(letter: Certificate, invitation: Invitation) -> None:
    """Promise one of many their letter: it keeps to quiet hours and the pace of the network."""
    message, network = _plan(LETTER, letter, invitation), invitation.event.network
    if message:
        message.priority, message.paced = LETTER.priority, network.paced
        message.due_at = message_queue.mailing_leaves_at(clock.now(), network.quiet_hours)


def mail_withdrawal(letter: Certificate, invitation: Invitation) -> bool:
    """Tell somebody that their letter holds no longer; False when they have no address."""
    return _plan(WITHDRAWN, letter, invitation) is not None


def take_withdrawal_back(letter: Certificate) -> int:
    """A withdrawal that has not left is mailed to nobody. Returns how many."""
    of_it = Message.details["certificate"].as_integer() == letter.id
    theirs = (Message.kind == WITHDRAWN, Message.person_id == letter.person_id, of_it)
    return message_queue.take_messages_back(MessageState.SUPPRESSED, Reason.NO_LONGER_HOLDS, *theirs)


def tell_of_asked_name(letter: Certificate, event: Event, path: str | None = None) -> None:
    """Tell the organisers that a name is asked to be put right; whose stands on their page alone, at `path` if not of the session."""
    network = event.network
    label = gettext("Bekijk de vraag")
    with force_locale("nl"):
        page = urls.absolute_url(path or f"/organise/events/{event.slug}/attendance/letters/{letter.id}")
        fields = {"titel": letter.newest.title, "knop": LetterBlock.render("button", link=page, label=str(label))}
        layout = {"because": NAME_ASKED.because, "network": network}
        letter_ = letters.write_letter(letters.letter_source(NAME_ASKED.letter, "nl"), fields, "nl", layout)
    mail = Mail(letter_, network.contact_address, network.contact_name, letters.site_name())
    message_queue.plan_finished_mail(mail, NAME_ASKED, network_id=network.id, event_id=event.id)


def send_wanted_letters() -> int:
    """Give whoever was there their letter, at the sessions where that was chosen, each by itself; returns how many."""
    wanted = sa.select(AttendanceClosing.event_id).where(
        AttendanceClosing.mails_letters, AttendanceClosing.mailed_at.is_(None)
    )
    event_ids = db.session.scalars(wanted.order_by(AttendanceClosing.event_id)).all()
    waiting = {event_id: _invitations_without_letter(event_id) for event_id in event_ids}
    db.session.commit()
    done = one_by_one.do_each("send_wanted_letters", [each for some in waiting.values() for each in some], _send_letter)
    for event_id in event_ids:
        _note_when_all_went(event_id)
    return done


def write_letter_mails(messages: list[Message]) -> list[Written]:
    """Write the mails with the letter in it, or that it was withdrawn; not what does not hold any more."""
    certificate_ids = {message.details["certificate"] for message in messages}
    found = db.session.scalars(issuing.select_certificates().where(Certificate.id.in_(certificate_ids)))
    by_id = {each.id: each for each in found}
    invitations = invitation_queries.load_invitations_for_letters({message.invitation_id for message in messages})
    return [
        _write(message, by_id.get(message.details["certificate"]), invitations.get(message.invitation_id))
        for message in messages
    ]


def _write(message: Message, letter: Certificate | None, invitation: Invitation | None) -> Written:
    if letter is None or invitation is None or letter.person_id != invitation.person_id:
        return Suppressed(Reason.NO_LONGER_HOLDS)
    if bool(letter.withdrawn_at) != (message.kind == WITHDRAWN):
        return Suppressed(Reason.NO_LONGER_HOLDS, [letter])
    if message.kind == LETTER and letter.newest.version != message.details["version"]:
        return Suppressed(Reason.OVERTAKEN, [letter, *letter.versions])
    person = invitation.person
    return Draft(
        _write_mail(message.kind, letter, invitation), [letter, letter.newest, invitation, person, *person.addresses]
    )


def _write_mail(kind: MessageKind, letter: Certificate, invitation: Invitation) -> Mail:
    newest = letter.newest
    with force_locale(invitation.person.language):
        button = LetterBlock.render(
            "button",
            link=link_to_letter(invitation, of_course=letter.of_course),
            label=gettext("Naar je certificaat") if letter.of_course else gettext("Naar je bewijs"),
        )
        because = str(letter.withdrawn_because.words) if letter.withdrawn_because else ""
    files = _files(letter) if kind == LETTER else ()
    fields = {
        "bewijs": button,
        "nummer": letter.number,
        "titel": newest.title,
        "leergang": letter.of_course,
        "opnieuw": newest.version > 1,
        "bijlage": bool(files),
        "reden": because,
    }
    return invitation_mail.write_invitation_mail(invitation, kind, extra=fields, files=files)


def _files(letter: Certificate) -> tuple[SentFile, ...]:
    """The letter itself; nothing on a machine that cannot draw it, where the page says so."""
    try:
        content = letter_papers.write_pdf(letter.newest)
    except OSError:
        return ()
    return (SentFile(letter_papers.name_of_file(letter.newest), "application/pdf", content),)


def _invitations_without_letter(event_id: int) -> list[int]:
    wanted = attendance_letters.select_without_letter(event_id)
    return list(db.session.scalars(wanted.with_only_columns(Invitation.id).order_by(Invitation.id)))


def _send_letter(invitation_id: int) -> int:
    """Issue and promise one letter, unless the attendance was opened again or this person is noted no more."""
    whole = selectinload(Invitation.person).selectinload(Person.addresses)
    invitation = db.session.get(Invitation, invitation_id, options=[whole])
    if invitation is None or attendance_letters.letter_of_invitation(invitation):
        return 0
    try:
        letter = attendance_letters.issue_letter(invitation)
    except (attendance_letters.NotThere, AttendanceOpen, issuing.NoCertificate):
        return 0
    plan_mailing(letter, invitation)
    return 1


def _note_when_all_went(event_id: int) -> None:
    """Once nobody is left, or those who are were set aside or wait to be tried again, which do_each() sees to."""
    if not _invitations_without_letter(event_id):
        done = sa.update(AttendanceClosing).where(AttendanceClosing.event_id == event_id)
        db.session.execute(done.where(AttendanceClosing.mails_letters).values(mailed_at=clock.now()))
    db.session.commit()


def _plan(kind: MessageKind, letter: Certificate, invitation: Invitation) -> Message | None:
    """A mail to somebody; None when they have no address."""
    try:
        address = invitation.letter_address
    except LookupError:
        return None
    details = {"certificate": letter.id, "version": letter.newest.version}
    return message_queue.plan_message(kind, address, details=details, **invitation_mail.message_references(invitation))
