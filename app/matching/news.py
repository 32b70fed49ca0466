"""What who takes part in a round is mailed: with whom they are, that the other said yes, that somebody stopped."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app import clock
from app.database import Model, db
from app.matching import enrolments
from app.matching.kinds import News
from app.matching.models import MatchEnrolment, MatchGroup, MatchRound, MatchSeat
from app.matching.rounds import is_agreed
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.models import Standing
from app.network.people.models import EmailAddress, Person
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason

NEWS = MessageKind.MATCH_NEWS
_LABELS = {
    News.PROPOSAL: lambda: gettext("Bekijk met wie, en zeg ja of nee"),
    News.WAITS: lambda: gettext("Bekijk je pagina"),
    News.AGREED: lambda: gettext("Bekijk hoe je de ander bereikt"),
    News.STOPPED: lambda: gettext("Bekijk je pagina"),
    News.AFTER: lambda: gettext("Beantwoord twee vragen"),
}


def plan_news(enrolment: MatchEnrolment, news: News) -> int:
    """Plan the mail; returns 1, or 0 for who has no address."""
    address, network = correspondence.preferred_address(enrolment.person), enrolment.round.network
    if address is None or address.bounced_at is not None:
        return 0
    message_queue.plan_message(
        NEWS,
        address,
        details={"enrolment": enrolment.id, "news": news.value},
        due_at=message_queue.mailing_leaves_at(clock.now(), network.quiet_hours),
        network_id=network.id,
        person_id=enrolment.person_id,
    )
    return 1


def write_news(messages: list[Message]) -> list[Written]:
    """Write a batch, except what no longer holds."""
    found = _read({each.details["enrolment"] for each in messages})
    return [_write_one(each, found.get(each.details["enrolment"])) for each in messages]


def look_again(messages: list[Message]) -> dict[int, Reason]:
    """Just before they leave: those that tell what is no longer so."""
    there = [each for each in messages if each.details]
    found = _read({each.details["enrolment"] for each in there})
    return {
        each.id: Reason.NO_LONGER_HOLDS
        for each in there
        if not _holds(found.get(each.details["enrolment"]), News(each.details["news"]))
    }


def _read(enrolment_ids: set[int]) -> dict[int, MatchEnrolment]:
    person = joinedload(MatchEnrolment.person)
    loading = (
        joinedload(MatchEnrolment.round).joinedload(MatchRound.network),
        person.selectinload(Person.addresses),
        person.selectinload(Person.memberships),
        joinedload(MatchEnrolment.seat).joinedload(MatchSeat.group).selectinload(MatchGroup.seats),
    )
    wanted = sa.select(MatchEnrolment).where(MatchEnrolment.id.in_(enrolment_ids)).options(*loading)
    return {each.id: each for each in db.session.scalars(wanted, execution_options={"populate_existing": True})}


def _holds(enrolment: MatchEnrolment | None, news: News) -> bool:
    """Whether it is still so, and somebody is there to read it."""
    if enrolment is None or not _may_be_told(enrolment):
        return False
    seat, row = enrolment.seat, enrolment.round
    if row.sent_at is None or row.ended_at is not None or row.network.archived_at is not None:
        return False
    if news == News.WAITS:
        return seat is None
    if seat is None or not seat.active:
        return False
    if news == News.PROPOSAL:
        return seat.answer is None
    if news == News.AGREED:
        return is_agreed(seat.group)
    if news == News.STOPPED:
        return sum(each.active for each in seat.group.seats) < 2
    return row.rated_from is not None and seat.rated_at is None


def _may_be_told(enrolment: MatchEnrolment) -> bool:
    """It is about what they take part in themselves, so also who stopped the mailings of the network reads it."""
    person = enrolment.person
    left = any(
        each.restricted_at or (each.network_id == enrolment.round.network_id and each.standing == Standing.LEFT)
        for each in person.memberships
    )
    address = correspondence.preferred_address(person)
    return not left and person.erased_at is None and address is not None and address.bounced_at is None


def _write_one(message: Message, enrolment: MatchEnrolment | None) -> Written:
    news = News(message.details["news"])
    if enrolment is None:
        return Suppressed(Reason.NO_LONGER_HOLDS)
    rests_on = _rests_on(enrolment)
    if not _holds(enrolment, news):
        return Suppressed(Reason.NO_LONGER_HOLDS, rests_on)
    return Draft(_write(enrolment, news, correspondence.address_of(enrolment.person)), rests_on)


def _rests_on(enrolment: MatchEnrolment) -> list[Model]:
    person, seat = enrolment.person, enrolment.seat
    own: list[Any] = [enrolment, enrolment.round, person, *person.addresses, *person.memberships]
    return [*own, *(seat.group.seats if seat else [])]


def _write(enrolment: MatchEnrolment, news: News, address: EmailAddress) -> Mail:
    row, person = enrolment.round, enrolment.person
    envelope = Envelope(
        because=NEWS.because,
        address=address,
        network=row.network,
        reply_to=row.network.contact_address,
        feedback=f"match:{row.network_id}:{news}",
    )

    def fields() -> dict[str, object]:
        return {
            "voornaam": person.call_name,
            "titel": row.title,
            "netwerk": row.network.name,
            "paar": row.in_pairs,
            "knop": LetterBlock.render("button", link=enrolments.link_of_enrolment(enrolment), label=_LABELS[news]()),
        }

    return correspondence.write_mail(person, f"matching/{news}", fields, envelope)
