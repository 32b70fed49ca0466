"""Questions to a network as tests make them: asked, let through, told, answered."""

from datetime import timedelta

from app import clock
from app.database import db
from app.network.models import Network
from app.network.people.models import Person
from app.questions import answers, deliveries, questions
from app.questions.models import NetworkAnswer, NetworkQuestion, QuestionDelivery

TEXT = "We zoeken een voorbeeld van een ander."


def question(
    network: Network,
    asker: Person,
    title: str = "Wie heeft een handreiking?",
    text: str = TEXT,
    *,
    is_open: bool = False,
) -> NetworkQuestion:
    asked = questions.ask(network, asker, title, text, clock.today() + timedelta(days=14))
    if is_open:
        questions.let_through(asked)
    db.session.flush()
    return asked


def told(asked: NetworkQuestion, reader: Person) -> QuestionDelivery:
    """As if a digest had told somebody."""
    db.session.flush()
    deliveries.make_for([reader.id])
    found = deliveries.find_for([reader.id])[reader.id, asked.id]
    deliveries.note_told([found.id])
    db.session.expire(found)
    return found


def answer(asked: NetworkQuestion, person: Person, shown: str = "Kijk in Best.", cut: str = "") -> NetworkAnswer:
    return answers.take(asked, person, shown, cut, by_mail=bool(cut))
