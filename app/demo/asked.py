"""What members of the demo asked their network: what waits for an organiser, is open, or was closed with what helped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from app import clock
from app.database import db
from app.network.models import Membership, Network, Standing
from app.network.people.models import Person
from app.questions import answer_texts, answers, deliveries, questions
from app.questions.models import NetworkQuestion

READERS = 40
"""Members who were told of it in a digest."""


@dataclass(frozen=True)
class DemoQuestion:
    title: str
    text: str
    days_ago: int
    answers: tuple[str, ...] = ()
    helped: str = ""
    waits: bool = False
    """Whether no organiser read it yet."""


_QUESTIONS = (
    DemoQuestion(
        "Wie heeft een werkwijze voor het inwerken van nieuwe raadsleden?",
        "Na de verkiezingen beginnen bij ons elf nieuwe raadsleden. We zoeken een programma voor de eerste drie maanden, met wat "
        "jullie wanneer deden en wat je achteraf anders zou doen.",
        34,
        (
            "Wij koppelen elk nieuw raadslid drie maanden aan iemand die blijft. Dat kost weinig en werd het meest gewaardeerd.",
            "Begin niet met de begroting. Wij deden eerst een week mee in de wijken, en daarna pas de stukken.",
        ),
        "Een maatje voor elk nieuw raadslid, en eerst de wijken in. We beginnen in maart.",
    ),
    DemoQuestion(
        "Hoe betrek je inwoners bij een keuze die eigenlijk al vastligt?",
        "Het college moet bezuinigen en de ruimte is klein. Hebben jullie een vorm gevonden die eerlijk is over wat nog kan?",
        6,
        (
            "Zeg in de uitnodiging al wat vastligt. Wij zetten drie punten op de kaart waar inwoners echt over gingen.\n\n"
            "Met vriendelijke groet,\n\nBeleidsadviseur participatie\nTelefoon 0499 00 00 00",
            "Kijk eens naar het inwonerpanel van onze buurgemeente: kleine groep, vier avonden, en een brief aan de raad.",
        ),
    ),
    DemoQuestion(
        "Wie heeft een goede inleiding op de gemeentebegroting?",
        "Onze nieuwe commissieleden lezen voor het eerst een begroting. We zoeken een uur uitleg zonder vaktaal, of iemand die het "
        "komt vertellen.",
        1,
        waits=True,
    ),
)


def add_questions(network: Network) -> None:
    """Once: asked, let through, told in a digest and answered."""
    if questions.list_all(network):
        return
    wanted = sa.select(Person).join(Membership, Membership.person_id == Person.id)
    of_network = Membership.network_id == network.id, Membership.standing == Standing.MEMBER
    members = db.session.scalars(wanted.where(*of_network).order_by(Person.id).limit(READERS)).all()
    if len(members) < READERS:
        return
    for number, each in enumerate(_QUESTIONS):
        _add(network, each, members[number], members[number + len(_QUESTIONS) :])
    db.session.flush()


def _add(network: Network, demo: DemoQuestion, asker: Person, readers: Sequence[Person]) -> None:
    until = clock.today() + timedelta(days=21 - min(demo.days_ago, 20))
    question = questions.ask(network, asker, demo.title, demo.text, until)
    question.created_at = clock.now() - timedelta(days=demo.days_ago)
    if demo.waits:
        return
    questions.let_through(question)
    db.session.flush()
    deliveries.make_for([each.id for each in readers])
    deliveries.note_told([each.id for each in deliveries.find_for([each.id for each in readers]).values()])
    for number, (text, reader) in enumerate(zip(demo.answers, readers, strict=False)):
        _answer(question, reader, text, demo.days_ago - 2 - number)
    question.told_at = clock.now()
    if demo.helped:
        _close(question, demo, until)


def _answer(question: NetworkQuestion, reader: Person, text: str, days_ago: int) -> None:
    words = answer_texts.split_text(text)
    answer = answers.take(question, reader, words.shown, words.cut, by_mail=bool(words.cut))
    answer.created_at = clock.now() - timedelta(days=max(days_ago, 1))
    answers.say_whether_named(answer, days_ago % 2 == 0)


def _close(question: NetworkQuestion, demo: DemoQuestion, until: date) -> None:
    ticked = [each.id for each in answers.list_for_team(question)]
    questions.close(question, demo.helped, ticked)
    question.closes_on = until - timedelta(days=14)
