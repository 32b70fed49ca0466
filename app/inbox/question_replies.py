"""Answers by mail to a question to the network: whose they are, and what of them others may read.

An answer is known by its address, which only one reader was given, or by the mail of ours that it answers when that told of
one question alone. It counts for whom the question went to, from an address of theirs; anybody else's waits to be looked at.
"""

from app.database import db
from app.inbox import bounces, mail_parsing
from app.inbox.mail_reading import ReadMail
from app.inbox.models import Doubt, IncomingMail, Outcome
from app.network.people import mailboxes
from app.network.people.models import Person
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.questions import answers, deliveries, question_letters
from app.questions.models import QuestionDelivery
from app.tokens import Purpose

_DOUBTS = {
    "closed": Doubt.QUESTION_CLOSED,
    "many": Doubt.QUESTION_MANY,
    "no_member": Doubt.QUESTION_MEMBER,
    "own": Doubt.QUESTION_SENDER,
}
_MACHINES = {"list", "junk", "bulk", "auto_reply"}
_NO_REPLY = (
    "no-reply@",
    "noreply@",
    "no.reply@",
    "do-not-reply@",
    "donotreply@",
    "niet-beantwoorden@",
    "mailer-daemon@",
)


def find_delivery(mail: ReadMail) -> QuestionDelivery | None:
    """Which question for whom a mail answers, if it does."""
    if mail.token is not None:
        return (
            db.session.get(QuestionDelivery, mail.token.row_id)
            if mail.token.purpose == Purpose.QUESTION_REPLY
            else None
        )
    about = _answered(mail)
    return question_letters.delivery_told_alone(about) if about else None


def take_answer(row: IncomingMail, mail: ReadMail, delivery: QuestionDelivery) -> tuple[Outcome, str]:
    """Put an answer with its question, as far as others may read it."""
    row.network_id, reader = delivery.question.network_id, deliveries.reader_of(delivery)
    if _is_of_machine(row, mail):
        return Outcome.HANDLED, "automatic"
    if reader is None or not _is_theirs(row.sender, reader):
        return Outcome.REVIEW, Doubt.QUESTION_SENDER
    row.person_id = reader.id
    words = mail.own_words
    if words is None:
        return Outcome.REVIEW, Doubt.UNREADABLE
    try:
        answers.take(delivery.question, reader, words.shown, words.cut, by_mail=True)
    except answers.CannotAnswer as refused:
        return Outcome.REVIEW, _DOUBTS[refused.problem]
    return Outcome.HANDLED, "question_answered"


def tell_where_to_answer(row: IncomingMail, mail: ReadMail) -> None:
    """Who answers a digest by itself may have meant a question in it; organisers get their mail all the same."""
    about = _answered(mail) if mail.token is None else None
    person = db.session.get(Person, about.person_id) if about and about.person_id else None
    if about is None or person is None or about.kind != MessageKind.DIGEST or _is_of_machine(row, mail):
        return
    if _is_theirs(row.sender, person):
        question_letters.tell_where(person)


def _answered(mail: ReadMail) -> Message | None:
    return bounces.message_by_ids(mail_parsing.message_ids_in(mail.message, "In-Reply-To"))


def _is_theirs(sender: str, person: Person) -> bool:
    return any(each.id == person.id for each in mailboxes.who_is_behind(sender).everybody)


def _is_of_machine(row: IncomingMail, mail: ReadMail) -> bool:
    """Whether no person sent it, beyond what its shape said: a list, a bulk mail, an address that nobody reads."""
    precedence = mail_parsing.header_text(mail.message, "Precedence").lower()
    return precedence in _MACHINES or row.sender.startswith(_NO_REPLY)
