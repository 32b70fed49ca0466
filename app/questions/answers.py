"""Answers to a question: taken by mail or on the page, put back where too much was cut, named only with a yes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.database import Condition, db, lock_row, too_often
from app.network import memberships
from app.network.models import Network
from app.network.people.models import Person
from app.questions import questions
from app.questions.models import NetworkAnswer, NetworkQuestion
from app.words import Refusal

LONGEST = 5_000
"""Characters of an answer."""
MOST_A_DAY = 10
DAY = timedelta(days=1)


class CannotAnswer(Refusal):
    """This answer is not taken."""

    says = {
        "closed": _l("Op deze vraag kan geen antwoord meer komen."),
        "no_member": _l("Alleen leden van het netwerk kunnen antwoorden."),
        "own": _l("Dit is je eigen vraag."),
        "many": _l("Je gaf vandaag al tien antwoorden. Wacht tot morgen met het volgende."),
        "by_team": _l("Een organisator haalde dit antwoord weg. Vraag de organisator waarom."),
        "not_asker": _l("Alleen wie de vraag stelde, kan dit."),
    }
    field = "text"


@dataclass(frozen=True)
class AnswerLine:
    """An answer as one reader sees it."""

    answer: NetworkAnswer
    who: str
    mine: bool


def take(
    question: NetworkQuestion, person: Person, shown: str, cut: str = "", *, by_mail: bool = False
) -> NetworkAnswer:
    """Put an answer with its question; what was cut of a mail stays for its writer. Raises CannotAnswer."""
    if not questions.is_member(person, question.network):
        raise CannotAnswer("no_member")
    if not question.is_open:
        raise CannotAnswer("closed")
    if question.person_id == person.id:
        raise CannotAnswer("own")
    lock_row(person)
    if too_often(NetworkAnswer.created_at, clock.now() - DAY, MOST_A_DAY, NetworkAnswer.person_id == person.id):
        raise CannotAnswer("many")
    answer = NetworkAnswer(question=question, person=person, by_mail=by_mail)
    _fill(answer, shown, cut)
    db.session.add(answer)
    db.session.flush()
    return answer


def change(answer: NetworkAnswer, text: str) -> None:
    """Its writer puts it in other words."""
    answer.shown = text[:LONGEST]


def put_back(answer: NetworkAnswer) -> None:
    """What was cut is an answer after all: who wrote it, or an organiser, saw that it is."""
    _fill(answer, f"{answer.shown}\n\n{answer.cut}".strip())


def _fill(answer: NetworkAnswer, text: str, cut: str = "") -> None:
    """Let others read a text; what it is too long by stays with what was cut."""
    answer.shown, answer.cut = text[:LONGEST], f"{text[LONGEST:]}\n\n{cut}".strip()


def say_whether_named(answer: NetworkAnswer, yes: bool) -> None:
    """Whether members and an insight may name who wrote it; what held until they left the network is over with that."""
    answer.named_yes, answer.named_before_leaving = yes, False


def take_names_back(person: Person) -> None:
    """Members read who answered no more, until they say so anew."""
    was_yes = sa.or_(NetworkAnswer.named_yes.is_(True), NetworkAnswer.named_before_leaving)
    named = sa.update(NetworkAnswer).where(NetworkAnswer.person_id == person.id, was_yes)
    none = {"named_yes": False, "named_before_leaving": False}
    db.session.execute(named.values(none).execution_options(synchronize_session="fetch"))


def thank(answer: NetworkAnswer, asker: Person) -> None:
    """The asker says thanks, which who answered reads on the page. Raises CannotAnswer."""
    if answer.question.person_id != asker.id:
        raise CannotAnswer("not_asker")
    answer.thanked_at = answer.thanked_at or clock.now()


def remove(answer: NetworkAnswer, *, by_team: bool = False) -> None:
    """Nobody else reads it any more."""
    if answer.removed_at is None:
        answer.removed_at, answer.by_team = clock.now(), by_team


def bring_back(answer: NetworkAnswer, *, by_team: bool = False) -> None:
    """It stands there again; what the team took off comes back by the team alone. Raises CannotAnswer."""
    if answer.by_team and not by_team:
        raise CannotAnswer("by_team")
    answer.removed_at, answer.by_team = None, False


def find_answer(network: Network, network_answer_id: int) -> NetworkAnswer | None:
    """An answer to a question of this network."""
    answer = db.session.get(NetworkAnswer, network_answer_id)
    return answer if answer and answer.question.network_id == network.id else None


def list_for(question: NetworkQuestion, person: Person) -> list[AnswerLine]:
    """What a member reads: what is shown, with names for its asker and of who said yes; their own whatever became of it.

    Who left or wants no use of their data is named to nobody.
    """
    lines = []
    for each in _load(NetworkAnswer.question_id == question.id):
        mine = each.person_id == person.id
        if mine or (each.shown and each.removed_at is None):
            asks = question.person_id == person.id
            named = (asks or bool(each.named_yes)) and memberships.may_be_named(each.person, question.network_id)
            lines.append(AnswerLine(each, _name(each, mine, named), mine))
    return lines


def list_for_team(question: NetworkQuestion) -> Sequence[NetworkAnswer]:
    """All answers, with who wrote them; for who organises its network."""
    return _load(NetworkAnswer.question_id == question.id)


def count_by_question(network: Network) -> dict[int, int]:
    """How many answers members read, by question."""
    counted = sa.select(NetworkAnswer.question_id, sa.func.count()).join(NetworkAnswer.question)
    shown = NetworkQuestion.network_id == network.id, *is_shown()
    return dict(db.session.execute(counted.where(*shown).group_by(NetworkAnswer.question_id)).all())


def is_shown() -> tuple[Condition, ...]:
    """The conditions on NetworkAnswer that members read it."""
    return NetworkAnswer.removed_at.is_(None), NetworkAnswer.shown != ""


def _load(*conditions: Condition) -> Sequence[NetworkAnswer]:
    person = joinedload(NetworkAnswer.person)
    whole = person.options(selectinload(Person.positions), selectinload(Person.memberships))
    return db.session.scalars(
        sa.select(NetworkAnswer).where(*conditions).options(whole).order_by(NetworkAnswer.id)
    ).all()


def _name(answer: NetworkAnswer, mine: bool, named: bool) -> str:
    if mine:
        return gettext("Jij")
    return answer.person.name if named else gettext("Een lid")
