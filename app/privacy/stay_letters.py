"""The letter that asks somebody without contact whether they want to stay, and their answer by its link."""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext

from app import clock, tokens, urls, wording
from app.database import db, take_row
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.people.models import Person
from app.outbox import letters
from app.outbox.kinds import MessageKind, Priority
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.privacy import contact, retention
from app.privacy.models import StayRequest, Term
from app.setbacks import one_by_one
from app.tokens import Purpose

MOST_A_RUN = 100
"""Letters at once, so that a network that grew old is not asked on one day."""


def ask_silent_people() -> int:
    """Ask some of those without contact whether they want to stay; returns how many."""
    before = clock.now() - timedelta(days=retention.load_terms()[Term.SILENT])
    asked = sa.select(StayRequest.person_id).where(StayRequest.person_id == Person.id, StayRequest.asked_at >= before)
    silent = sa.select(Person.id).where(contact.silent_since(before), ~asked.exists()).order_by(Person.id)
    due = db.session.scalars(silent.limit(MOST_A_RUN)).all()
    return one_by_one.do_each("ask_silent_people", due, _ask, complete=False)


def person_of_stay_link(token: str) -> Person | None:
    """Who was asked by this link; None when it is wrong or they are gone."""
    person_id, _ = tokens.read_token(Purpose.STAY, token) or (0, 0)
    person = db.session.get(Person, person_id)
    return None if person is None or person.erased_at or person.merged_into_id else person


def _ask(person_id: int) -> int | None:
    person = take_row(Person, person_id)
    if person is None:
        return None
    request = db.session.get(StayRequest, person_id)
    if request is None:
        request = StayRequest(person_id=person_id)
        db.session.add(request)
    request.asked_at = clock.now()
    address = correspondence.preferred_address(person)
    if address is None or address.bounced_at:
        return 1
    link = urls.stay_url(tokens.make_token(Purpose.STAY, person.id))

    def fields() -> dict[str, object]:
        return {
            "voornaam": person.call_name,
            "site": letters.site_name(),
            "dag": wording.format_day(clock.now() + contact.ANSWER_WITHIN),
            "knop": LetterBlock.render("button", link=link, label=gettext("Ja, ik wil erbij blijven")),
        }

    kind = MessageKind.STAY
    envelope = Envelope(kind.because, address, preferences_url=correspondence.link_to_preferences(person))
    mail = correspondence.write_mail(person, kind.letter, fields, envelope)
    plan_finished_mail(mail, kind, priority=Priority.MAILING, person_id=person.id)
    return 1
