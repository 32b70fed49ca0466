"""The life of a question to a network: asked, let through or sent back by an organiser, open until its day, closed.

An organiser may let it through in fewer words; what the asker wrote stays beside them.
"""

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.database import Condition, db, lock_row, rows_changed, too_often
from app.network import memberships
from app.network.models import Membership, Network, Standing
from app.network.people.models import Person
from app.questions.models import NetworkAnswer, NetworkQuestion, QuestionDelivery, QuestionState
from app.words import Refusal

TITLE, TEXT, SENTENCE = 150, 3000, 500
"""Characters of a question's title, of its text, and of why it came back or what helped."""
MOST_A_MONTH = 5
MONTH = timedelta(days=30)
LONGEST_OPEN = timedelta(days=90)
"""How long a question can be answered at most."""
CUT_KEPT = timedelta(days=90)
"""How long what was cut of a mail stays after the last day for answers, and a question that nobody read after it was asked."""
KEPT = timedelta(days=2 * 365)
"""How long a question stays after the last day for answers."""
REMOVED_KEPT = timedelta(days=30)
_NAMES = re.compile(
    r"\b(?i:de heer|mevrouw|meneer|wethouder|burgemeester|dhr\.|mevr\.|mw\.|collega) "
    r"(?:[A-Z]\w{0,20}\.? )?(?i:van |de |der |den ){0,2}[A-Z]\w{1,40}"
    r"|\b[A-Z][a-zé]{1,20} (?:van |de |der |den ){1,2}[A-Z][a-zé]{1,40}"
)
"""What mostly is the name of somebody: behind how people are addressed, or with 'van' or 'de' between two words."""


class CannotAsk(Refusal):
    """This question cannot be asked, changed or decided now."""

    says = {
        "no_member": _l("Alleen leden van het netwerk kunnen iets vragen."),
        "ended": _l("Dit netwerk is afgerond. Je kunt er niets meer vragen."),
        "many": _l("Je stelde deze maand al vijf vragen. Wacht even met de volgende."),
        "over": _l("De dag tot wanneer mensen kunnen antwoorden, is voorbij. Stuur de vraag terug."),
        "decided": _l("Deze vraag is intussen verder. Er is niets veranderd."),
    }
    field = "title"


class WrongDay(Refusal):
    """Nobody could answer until that day."""

    says = {
        "past": _l("Kies een dag die nog komt."),
        "long": _l("Kies een dag binnen drie maanden."),
    }
    field = "closes_on"


def ask(network: Network, person: Person, title: str, text: str, closes_on: date) -> NetworkQuestion:
    """Ask something; an organiser reads it first. Raises CannotAsk."""
    if not is_member(person, network):
        raise CannotAsk("no_member")
    if network.archived_at is not None:
        raise CannotAsk("ended")
    lock_row(person)
    if too_often(NetworkQuestion.created_at, clock.now() - MONTH, MOST_A_MONTH, NetworkQuestion.person_id == person.id):
        raise CannotAsk("many")
    _demand_day(closes_on)
    question = NetworkQuestion(network=network, person=person, title=title, text=text, closes_on=closes_on)
    db.session.add(question)
    db.session.flush()
    return question


def change(question: NetworkQuestion, title: str, text: str, closes_on: date) -> None:
    """Its asker changes it, and it waits for an organiser again. Raises CannotAsk."""
    _take(question, QuestionState.ASKED, QuestionState.SENT_BACK)
    _demand_day(closes_on)
    question.title, question.text, question.closes_on = title, text, closes_on
    question.state, question.why = QuestionState.ASKED, ""


def let_through(question: NetworkQuestion, short: str = "") -> None:
    """Members read it from here on, in the words of an organiser if there are any. Raises CannotAsk."""
    _take(question, QuestionState.ASKED)
    if question.closes_on < clock.today():
        raise CannotAsk("over")
    question.state, question.short = QuestionState.OPEN, "" if short == question.text else short


def send_back(question: NetworkQuestion, why: str) -> None:
    """Its asker can change it. Raises CannotAsk."""
    _take(question, QuestionState.ASKED)
    question.state, question.why = QuestionState.SENT_BACK, why


def withdraw(question: NetworkQuestion) -> None:
    """Nobody else reads it or its answers any more. Raises CannotAsk."""
    _take(question, QuestionState.ASKED, QuestionState.SENT_BACK, QuestionState.OPEN)
    question.state, question.closed_at = QuestionState.WITHDRAWN, clock.now()


def close(question: NetworkQuestion, helped: str = "", answer_ids: Collection[int] = ()) -> None:
    """No more answers; what helped, and which answers did. Raises CannotAsk."""
    _take(question, QuestionState.OPEN)
    question.state, question.closed_at, question.helped = QuestionState.CLOSED, clock.now(), helped
    ticked = NetworkAnswer.id.in_(answer_ids) & (NetworkAnswer.question_id == question.id)
    db.session.execute(sa.update(NetworkAnswer).where(ticked).values(helps=True))


def is_member(person: Person, network: Network) -> bool:
    membership = memberships.find_membership(person.id, network.id)
    return membership is not None and membership.standing == Standing.MEMBER


def find_question(network: Network, network_question_id: int) -> NetworkQuestion | None:
    """A question of this network, whatever its state."""
    question = db.session.get(NetworkQuestion, network_question_id)
    return question if question and question.network_id == network.id else None


def find_readable(network: Network, network_question_id: int, person: Person) -> NetworkQuestion | None:
    """A question that a member of this network may read: one that was let through, or their own."""
    question = find_question(network, network_question_id)
    return question if question and (question.is_shown or question.person_id == person.id) else None


def list_readable(network: Network, person: Person) -> list[NetworkQuestion]:
    """What a member of this network may read, the newest first."""
    mine = sa.or_(NetworkQuestion.state.in_([QuestionState.OPEN, QuestionState.CLOSED]), _is_own_wait(person))
    return _list(NetworkQuestion.network_id == network.id, mine)


def list_all(network: Network) -> list[NetworkQuestion]:
    """All questions of a network that were not withdrawn, the newest first."""
    return _list(NetworkQuestion.network_id == network.id, NetworkQuestion.state != QuestionState.WITHDRAWN)


def names_asker(question: NetworkQuestion) -> bool:
    """Whether members read who asks: not of who left the network or wants no use of their data."""
    return question.person is not None and memberships.may_be_named(question.person, question.network_id)


def count_waiting(network_id: int) -> int:
    """How many wait for an organiser."""
    counted = sa.select(sa.func.count()).select_from(NetworkQuestion).where(NetworkQuestion.network_id == network_id)
    return db.session.scalars(counted.where(NetworkQuestion.state == QuestionState.ASKED)).one()


def load_open() -> list[NetworkQuestion]:
    """The questions of all networks that can be answered now, the oldest first."""
    return list(db.session.scalars(sa.select(NetworkQuestion).where(*is_open_now()).order_by(NetworkQuestion.id)))


def latest_open(network: Network, most: int = 3) -> list[NetworkQuestion]:
    """What members of a network can answer now, the newest first."""
    wanted = sa.select(NetworkQuestion).where(NetworkQuestion.network_id == network.id, *is_open_now())
    return list(db.session.scalars(wanted.order_by(NetworkQuestion.id.desc()).limit(most)))


def is_open_now() -> tuple[Condition, ...]:
    """The conditions on NetworkQuestion that it can be answered now."""
    ended = sa.select(Network.id).where(Network.archived_at.is_not(None))
    alive = NetworkQuestion.network_id.not_in(ended)
    return NetworkQuestion.state == QuestionState.OPEN, NetworkQuestion.closes_on >= clock.today(), alive


def find_names(question: NetworkQuestion) -> list[str]:
    """What in it looks like the name of somebody: for a word of warning, since a person who is talked of did not ask for it."""
    found = _NAMES.findall(f"{question.title}\n{question.words}")
    return list(dict.fromkeys(" ".join(each.split()) for each in found))


def leave(membership: Membership) -> None:
    """Who leaves a network takes back what waits there; what members read stays, closed, and who answered is named no more."""
    asked, answered = _of_member(membership)
    running = sa.update(NetworkQuestion).where(*asked, NetworkQuestion.closed_at.is_(None))
    db.session.execute(
        running.values(before_leaving=NetworkQuestion.state).execution_options(synchronize_session="fetch")
    )
    _end(*asked)
    unnamed = sa.update(NetworkAnswer).where(*answered, NetworkAnswer.named_yes.is_(True))
    unnamed = unnamed.values(named_yes=False, named_before_leaving=True)
    db.session.execute(unnamed.execution_options(synchronize_session="fetch"))


def come_back(membership: Membership, since: datetime) -> None:
    """Who left by mistake finds their questions and names as they were, unless they said otherwise meanwhile."""
    asked, answered = _of_member(membership)
    again = sa.update(NetworkQuestion).where(
        *asked, NetworkQuestion.before_leaving.is_not(None), NetworkQuestion.closed_at >= since
    )
    again = again.values(
        state=sa.type_coerce(NetworkQuestion.before_leaving, NetworkQuestion.state.type),
        closed_at=None,
        before_leaving=None,
    )
    named = sa.update(NetworkAnswer).where(*answered, NetworkAnswer.named_before_leaving)
    for each in (again, named.values(named_yes=True, named_before_leaving=False)):
        db.session.execute(each.execution_options(synchronize_session="fetch"))


def _of_member(membership: Membership) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """The conditions on a question that they asked it in this network, and on an answer that they gave it there."""
    asked = (
        NetworkQuestion.person_id == membership.person_id,
        NetworkQuestion.network_id == membership.network_id,
    )
    of_network = sa.select(NetworkQuestion.id).where(NetworkQuestion.network_id == membership.network_id)
    return asked, (NetworkAnswer.person_id == membership.person_id, NetworkAnswer.question_id.in_(of_network))


def erase_asker(person: Person) -> None:
    """What nobody read goes with its asker; what members read stays, closed and of nobody."""
    unread = [QuestionState.ASKED, QuestionState.SENT_BACK, QuestionState.WITHDRAWN]
    gone = sa.delete(NetworkQuestion).where(NetworkQuestion.person_id == person.id, NetworkQuestion.state.in_(unread))
    db.session.execute(gone.execution_options(synchronize_session="fetch"))
    _end(NetworkQuestion.person_id == person.id)
    let_go = sa.update(NetworkQuestion).where(NetworkQuestion.person_id == person.id).values(person_id=None)
    db.session.execute(let_go.execution_options(synchronize_session="fetch"))


def forget_old_questions() -> int:
    """Delete what is kept no longer: of questions, of answers, and what was cut of mails. Returns how many rows changed."""
    now, last = clock.now(), sa.func.coalesce(NetworkQuestion.closed_at, NetworkQuestion.created_at)
    unread = [QuestionState.ASKED, QuestionState.SENT_BACK, QuestionState.WITHDRAWN]
    old = sa.or_(
        NetworkQuestion.state.in_(unread) & (last < now - CUT_KEPT),
        NetworkQuestion.closes_on < clock.today() - KEPT,
    )
    past = sa.select(NetworkQuestion.id).where(NetworkQuestion.closes_on < clock.today() - CUT_KEPT)
    return sum(
        rows_changed(each.execution_options(synchronize_session=False))
        for each in (
            sa.delete(NetworkQuestion).where(old),
            sa.delete(NetworkAnswer).where(NetworkAnswer.removed_at < now - REMOVED_KEPT),
            sa.delete(QuestionDelivery).where(QuestionDelivery.question_id.in_(past)),
            sa.update(NetworkAnswer).where(NetworkAnswer.question_id.in_(past), NetworkAnswer.cut != "").values(cut=""),
        )
    )


def _list(*conditions: Condition) -> list[NetworkQuestion]:
    person = joinedload(NetworkQuestion.person)
    whole = person.options(selectinload(Person.positions), selectinload(Person.memberships))
    wanted = sa.select(NetworkQuestion).where(*conditions).options(whole)
    return list(db.session.scalars(wanted.order_by(NetworkQuestion.id.desc())))


def _is_own_wait(person: Person) -> Condition:
    return (NetworkQuestion.person_id == person.id) & (NetworkQuestion.state != QuestionState.WITHDRAWN)


def _end(*theirs: Condition) -> None:
    for states, state in (
        ([QuestionState.ASKED, QuestionState.SENT_BACK], QuestionState.WITHDRAWN),
        ([QuestionState.OPEN], QuestionState.CLOSED),
    ):
        ended = sa.update(NetworkQuestion).where(*theirs, NetworkQuestion.state.in_(states))
        ended = ended.values(state=state, closed_at=clock.now())
        db.session.execute(ended.execution_options(synchronize_session="fetch"))


def _take(question: NetworkQuestion, *states: QuestionState) -> None:
    """Of two who decide at once the second finds it decided."""
    lock_row(question)
    if question.state not in states:
        raise CannotAsk("decided")


def _demand_day(closes_on: date) -> None:
    if closes_on <= clock.today():
        raise WrongDay("past")
    if closes_on > clock.today() + LONGEST_OPEN:
        raise WrongDay("long")
