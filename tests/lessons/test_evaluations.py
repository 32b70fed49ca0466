"""The evaluation: who is asked, once, anonymously, and what organisers see of it."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.lessons.evaluations import evaluations
from app.lessons.evaluations.models import EvaluationKind, EvaluationSheet, EvaluationTicket
from app.outbox.models import Message
from tests import factories
from tests.helpers import links_in, mail_to, post, sign_in, text_of, work


@pytest.fixture
def event(app):
    """A session three days ago with six people present and one who stayed away."""
    event = factories.event()
    factories.registration(event, factories.person("Nel Weg"))
    factories.move(event, hours=-72)
    for number in range(6):
        factories.attendance(event, factories.person(f"Deelnemer Nr{number}"))
    return event


def _tickets() -> list[EvaluationTicket]:
    return list(db.session.scalars(sa.select(EvaluationTicket).order_by(EvaluationTicket.invitation_id)))


def _invitation(ticket: EvaluationTicket) -> Invitation:
    return db.session.get(Invitation, ticket.invitation_id)


def _link(ticket: EvaluationTicket) -> str:
    return invitation_links.questions_page(_invitation(ticket)).removeprefix("http://leerkring.test")


def _values(event, figure: str, words: str = "") -> dict[str, str]:
    kinds = {question.id: question.kind for question in evaluations.evaluation_of_event(event).questions}
    return {f"q{number}": figure if kind == EvaluationKind.SCALE else words for number, kind in kinds.items()}


def test_the_morning_after_who_was_there_is_asked_once(event):
    assert evaluations.plan_due_evaluations(evaluations.evaluation_asked_at(event) - timedelta(minutes=1)) == 0
    assert evaluations.plan_due_evaluations(evaluations.evaluation_asked_at(event)) == 6
    assert evaluations.plan_due_evaluations(evaluations.evaluation_asked_at(event)) == 0
    work()

    names = sa.select(Message.recipient).where(Message.kind == "evaluation")
    assert len(set(db.session.scalars(names))) == 6
    assert [ticket.answered for ticket in _tickets()] == [False] * 6


def test_nobody_checked_in_then_everybody_with_a_place_is_asked(app):
    event = factories.event()
    factories.registration(event)
    factories.invitation(event)
    factories.move(event, hours=-72)

    assert evaluations.plan_due_evaluations() == 1


def test_old_switched_off_and_cancelled_sessions_ask_nothing(app):
    off = factories.held()
    factories.attendance(off)
    evaluations.ensure_evaluation(off).wanted = False
    factories.attendance(factories.held(days_ago=30))
    cancelled = factories.held()
    factories.attendance(cancelled)
    cancelled.state = "cancelled"

    assert evaluations.plan_due_evaluations() == 0


def test_the_mail_leads_to_a_form_that_answers_once(client, event):
    evaluations.plan_due_evaluations()
    ticket = _tickets()[0]
    person = _invitation(ticket).person
    mail = mail_to(person, "evaluation")
    assert "anoniem" in mail.get_body(("html",)).get_content()
    assert _link(ticket) in links_in(mail)
    assert _link(ticket) in "".join(text_of(mail).split())

    page = client.get(_link(ticket))
    assert page.text.count('type="radio"') == 15
    assert _tickets()[0].answered is False

    assert client.get(post(client, _link(ticket), **_values(event, "4", "Veel")).location).status_code == 200
    assert "Met deze link is al geantwoord" in client.get(_link(ticket)).text
    sheets = list(db.session.scalars(sa.select(EvaluationSheet)))
    assert [sorted(sheet.values.values()) for sheet in sheets] == [["4", "4", "4", "Veel", "Veel"]]


def test_a_link_that_was_sent_on_works_for_the_first_only(client, app, event):
    evaluations.plan_due_evaluations()
    link = _link(_tickets()[0])
    other = app.test_client()
    values = _values(event, "5")
    token = re.search(r'name="csrf_token" value="([^"]+)"', other.get(link).text)[1]
    post(client, link, **values)

    second = other.post(link, data={"csrf_token": token, **values})

    assert "Met deze link is al geantwoord" in second.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EvaluationSheet)) == 1


def test_an_empty_or_wrong_form_keeps_the_link(client, event):
    evaluations.plan_due_evaluations()
    link = _link(_tickets()[0])

    assert "Beantwoord minstens één vraag." in post(client, link).text
    assert post(client, link, **_values(event, "9")).status_code == 422
    assert post(client, link, **_values(event, "3", "x" * 2001)).status_code == 422
    assert _tickets()[0].answered is False


def test_a_revoked_or_wrong_link_opens_nothing(client, event):
    evaluations.plan_due_evaluations()
    ticket = _tickets()[0]
    link = _link(ticket)
    invitation_links.revoke_link(_invitation(ticket))

    assert [client.get(each).status_code for each in (link, "/evaluation/onzin")] == [404, 404]


def test_no_row_ties_an_answer_to_a_person(event):
    """Neither a column, nor the order of numbers, nor the version of a row (PostgreSQL's xmin) says whose it is."""
    evaluations.plan_due_evaluations()
    tickets, question = _tickets(), evaluations.evaluation_of_event(event).questions[0]
    for figure, ticket in enumerate(tickets[:5], 1):
        evaluations.keep_evaluation_answers(ticket, {str(question.id): str(figure)})
        db.session.commit()

    columns = set(EvaluationSheet.__table__.columns.keys())
    assert columns == {"id", "evaluation_id", "values"}
    numbers = [sheet.id for sheet in db.session.scalars(sa.select(EvaluationSheet))]
    assert max(numbers) > 1000
    if db.engine.dialect.name == "postgresql":
        versions = db.session.execute(sa.text("SELECT DISTINCT xmin FROM evaluation_tickets")).all()
        assert len(versions) == 1


class TestResults:
    def _answer(self, event, figures: str) -> None:
        evaluations.plan_due_evaluations()
        questions = evaluations.evaluation_of_event(event).questions
        for ticket, figure in zip(_tickets(), figures, strict=False):
            values = {str(question.id): figure for question in questions if question.kind == EvaluationKind.SCALE}
            open_questions = {str(each.id): f"Woord {figure}" for each in questions if each.kind == EvaluationKind.OPEN}
            evaluations.keep_evaluation_answers(ticket, values | open_questions)
        db.session.commit()

    def test_below_five_answers_nothing_is_shown(self, client, event):
        self._answer(event, "5432")
        sign_in(client, factories.account(event.network))

        page = client.get(f"/organise/events/{event.slug}/evaluation").text

        assert "4 van de 6 mensen antwoordden (67%)." in page
        assert "Vanaf 5 antwoorden" in page
        assert "Woord" not in page
        assert "<svg" not in page

    def test_from_five_on_bars_with_numbers_and_the_words(self, client, event):
        self._answer(event, "55431")
        sign_in(client, factories.account(event.network))

        page = client.get(f"/organise/events/{event.slug}/evaluation").text

        assert 'aria-label="1: 1 antwoord, 2: 0 antwoorden, 3: 1 antwoord, 4: 1 antwoord, 5: 2 antwoorden"' in page
        assert "Gemiddeld 3,6, 5 antwoorden." in page
        assert page.count("Woord 5") == 4
        assert "Deelnemer Nr" not in page

    def test_a_question_that_few_answered_shows_nothing_of_itself(self, event):
        evaluations.plan_due_evaluations()
        question, other = evaluations.evaluation_of_event(event).questions[:2]
        for number, ticket in enumerate(_tickets()):
            evaluations.keep_evaluation_answers(
                ticket, {str(question.id): "4"} | ({str(other.id): "1"} if number < 4 else {})
            )

        first, second = evaluations.evaluation_results(evaluations.evaluation_of_event(event))[:2]

        assert (first.counts, second.counts) == ([0, 0, 0, 6, 0], [0, 0, 0, 0, 0])


class TestQuestions:
    def test_an_organiser_adds_and_removes_and_undoes(self, client, app):
        event = factories.event()
        sign_in(client, factories.account(event.network))
        page = f"/organise/events/{event.slug}/evaluation"

        assert "Drie schalen en twee open vragen" in client.get(page).text
        post(client, f"{page}/questions", page=page, kind="open", label="Wat vond je van de zaal?")
        questions = evaluations.evaluation_of_event(event).questions
        assert [(each.kind.value, each.label or each.standard.value) for each in questions] == [
            ("scale", "useful"),
            ("scale", "applicable"),
            ("scale", "organised"),
            ("open", "learned"),
            ("open", "better"),
            ("open", "Wat vond je van de zaal?"),
        ]
        post(client, f"{page}/questions/{questions[2].id}/remove", page=page)
        assert len(evaluations.evaluation_of_event(event).questions) == 5
        post(client, "/organise/undo", page=page)
        assert [each.standard for each in evaluations.evaluation_of_event(event).questions][2] == "organised"

    def test_a_question_that_was_answered_stays(self, client, event):
        evaluations.plan_due_evaluations()
        question = evaluations.evaluation_of_event(event).questions[0]
        evaluations.keep_evaluation_answers(_tickets()[0], {str(question.id): "4"})
        sign_in(client, factories.account(event.network))
        page = f"/organise/events/{event.slug}/evaluation"

        post(client, f"{page}/questions/{question.id}/remove", page=page)

        assert "Deze vraag is al beantwoord." in client.get(page).text
        assert len(evaluations.evaluation_of_event(event).questions) == 5

    def test_the_mail_can_be_switched_off_and_on(self, client, app):
        event = factories.event()
        sign_in(client, factories.account(event.network))
        page = f"/organise/events/{event.slug}/evaluation"

        post(client, f"{page}/wanted", page=page, wanted="0")
        assert "Er gaan geen vragen uit na deze sessie." in client.get(page).text
        post(client, f"{page}/wanted", page=page, wanted="1")
        assert evaluations.evaluation_of_event(event).wanted

    def test_a_question_needs_words(self, client, app):
        event = factories.event()
        sign_in(client, factories.account(event.network))
        page = f"/organise/events/{event.slug}/evaluation"

        assert post(client, f"{page}/questions", page=page, kind="open", label=" ").status_code == 422


def test_the_form_takes_a_fixed_number_of_queries(client, event, queries):
    evaluations.plan_due_evaluations()
    link = _link(_tickets()[0])
    with queries() as seen:
        client.get(link)
    assert len(seen) <= 6
