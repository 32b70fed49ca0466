"""The mails around a question: to the team that it waits, to its asker what became of it and that there are answers.

Members get no mail of their own about it. Who answers a digest is told once a day where each of its questions is answered.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import force_locale, gettext, ngettext

from app import clock, urls, wording
from app.database import Condition, db, take_row, too_often
from app.network import correspondence, memberships
from app.network.correspondence import Envelope
from app.network.models import Standing
from app.network.people.models import Person
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.outbox.models import Message
from app.questions import answers, deliveries
from app.questions.models import NetworkAnswer, NetworkQuestion, QuestionDelivery, QuestionState
from app.setbacks import one_by_one

WAITING, DECIDED = MessageKind.QUESTION_WAITING, MessageKind.QUESTION_DECIDED
ANSWERED, WHERE = MessageKind.QUESTION_ANSWERED, MessageKind.QUESTION_WHERE
BETWEEN = timedelta(days=1)
"""Its asker hears at most this often that there are answers."""


def link_to_page(question: NetworkQuestion) -> str:
    """Where members read it, after signing in."""
    return f"{urls.questions_url(question.network.slug)}/{question.id}"


def tell_team(question: NetworkQuestion) -> None:
    """Tell whoever answers the questions about the network that one waits to be let through."""
    network = question.network
    page = urls.absolute_url(f"/organise/networks/{network.slug}/questions/{question.id}")
    with force_locale("nl"):
        fields = {
            "netwerk": network.name,
            "vraag": question.title,
            "knop": LetterBlock.render("button", link=page, label=gettext("Lees de vraag")),
        }
        layout = {"because": WAITING.because, "network": network}
        letter = letters.write_letter(letters.letter_source(WAITING.letter, "nl"), fields, "nl", layout)
    mail = Mail(letter, network.contact_address, network.contact_name, letters.site_name())
    plan_finished_mail(mail, WAITING, network_id=network.id)


def tell_decision(question: NetworkQuestion) -> None:
    """Tell its asker that members read it now, or why it came back."""
    through = question.state == QuestionState.OPEN

    def fields() -> dict[str, object]:
        label = gettext("Bekijk je vraag") if through else gettext("Pas je vraag aan")
        return {
            "vraag": question.title,
            "door": through,
            "korter": bool(question.short),
            "dag": wording.format_day(question.closes_on),
            "waarom": LetterBlock.render("quoted", text=question.why) if question.why else LetterBlock("", ""),
            "knop": LetterBlock.render("button", link=link_to_page(question), label=label),
        }

    _mail_asker(question, DECIDED, fields)


def tell_askers(now: datetime | None = None) -> int:
    """Tell each asker that answers came since they were last told, at most once a day; return how many mails."""
    now = now or clock.now()
    newer = sa.select(NetworkAnswer.id).where(*_is_news())
    due = sa.select(NetworkQuestion.id).where(
        NetworkQuestion.state == QuestionState.OPEN, NetworkQuestion.person_id.is_not(None), newer.exists()
    )
    due = due.where(sa.or_(NetworkQuestion.told_at.is_(None), NetworkQuestion.told_at <= now - BETWEEN))
    found = db.session.scalars(due.order_by(NetworkQuestion.id)).all()
    return one_by_one.do_each("tell_askers", found, lambda question_id: _tell_asker(question_id, now))


def tell_where(person: Person) -> bool:
    """Tell somebody who answered a digest where its questions are answered; whether there is anything to tell, and not told today."""
    told, address = deliveries.list_told(person), correspondence.preferred_address(person)
    if not told or address is None or address.bounced_at:
        return False
    today = clock.start_of_day(clock.today())
    if too_often(Message.created_at, today, 1, Message.kind == WHERE, Message.person_id == person.id):
        return False

    def fields() -> dict[str, object]:
        lines = [
            (each.question.title, deliveries.link_to_question(each), deliveries.answer_address(each)) for each in told
        ]
        return {"voornaam": person.call_name, "vragen": LetterBlock.render("questions", questions=lines)}

    alone = deliveries.answer_address(told[0]) if len(told) == 1 else None
    mail = correspondence.write_mail(person, WHERE.letter, fields, Envelope(WHERE.because, address, reply_to=alone))
    plan_finished_mail(mail, WHERE, person_id=person.id, details={"delivery": told[0].id} if alone else {})
    return True


def delivery_told_alone(message: Message) -> QuestionDelivery | None:
    """The one question that a mail of ours told where to answer, for who answers that mail without its address."""
    delivery_id = message.details.get("delivery") if message.kind == WHERE else None
    return db.session.get(QuestionDelivery, delivery_id) if delivery_id else None


def _tell_asker(question_id: int, now: datetime) -> int | None:
    question = take_row(NetworkQuestion, question_id, NetworkQuestion.state == QuestionState.OPEN)
    if question is None:
        return None
    counted = sa.select(sa.func.count(NetworkAnswer.id)).select_from(NetworkAnswer).join(NetworkAnswer.question)
    new = db.session.scalars(counted.where(NetworkQuestion.id == question_id, *_is_news())).one()
    question.told_at = now

    def fields() -> dict[str, object]:
        return {
            "vraag": question.title,
            "aantal": ngettext("%(num)s nieuw antwoord", "%(num)s nieuwe antwoorden", new),
            "knop": LetterBlock.render("button", link=link_to_page(question), label=gettext("Lees de antwoorden")),
        }

    return _mail_asker(question, ANSWERED, fields)


def _is_news() -> tuple[Condition, ...]:
    """The conditions on an answer and its question that the asker was not told of it."""
    unknown = sa.or_(NetworkQuestion.told_at.is_(None), NetworkAnswer.created_at > NetworkQuestion.told_at)
    return (NetworkAnswer.question_id == NetworkQuestion.id, unknown, *answers.is_shown())


def _mail_asker(question: NetworkQuestion, kind: MessageKind, fields: Callable[[], dict[str, object]]) -> int:
    person = question.person
    address = correspondence.preferred_address(person) if person else None
    if person is None or address is None or address.bounced_at or not _may_be_mailed(person, question):
        return 0

    def all_fields() -> dict[str, object]:
        return {"voornaam": person.call_name, "netwerk": question.network.name, **fields()}

    envelope = Envelope(kind.because, address, question.network, reply_to=question.network.contact_address)
    mail = correspondence.write_mail(person, kind.letter, all_fields, envelope)
    plan_finished_mail(mail, kind, priority=kind.priority, network_id=question.network_id, person_id=person.id)
    return 1


def _may_be_mailed(person: Person, question: NetworkQuestion) -> bool:
    """Whether they are still a member, of whose data use is made."""
    membership = memberships.find_membership(person.id, question.network_id)
    return membership is not None and membership.standing == Standing.MEMBER and membership.restricted_at is None
