"""A question from asking to what helped, through a digest and the mailbox: what is shown of whose answer, and to whom."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import undefer

from app import clock
from app.database import db
from app.digests import editions
from app.directory import contacts, listings
from app.directory.models import Shown
from app.inbox import mailbox_reading
from app.inbox.models import IncomingMail, Outcome
from app.network import digest_rhythm, memberships
from app.network.models import Delivery
from app.network.people.models import DigestFrequency
from app.outbox import message_writing
from app.outbox.models import Message
from app.questions import answers, deliveries, question_letters, questions
from app.questions.models import NetworkAnswer, QuestionDelivery
from tests import factories
from tests.directory.members import listed, number_of
from tests.helpers import html_of, links_in, mail_to, mails, parsed, post, sign_in, sign_in_person, text_of, work
from tests.inbox import letters
from tests.questions import mailed, posed

US = "leerkring@leerkring.example"
WEEKLY = digest_rhythm.last_digest_day(DigestFrequency.WEEKLY, clock.today() - timedelta(days=7))


@pytest.fixture
def network(app):
    return factories.network(slug="kring", name="Kring", contact_address="team@kring.example", listed=False)


@pytest.fixture
def people(network) -> dict:
    """Who asks, two readers, one who wants no news, one who is a guest, and somebody elsewhere."""
    made = {
        name: factories.person(f"{name.title()} de Wit", at="Oss", of=network, address=f"{name}@oss.example")
        for name in ("vera", "piet", "anna", "stil", "gast")
    }
    made["stil"].memberships[0].delivery = Delivery.NO_NEWS
    memberships.leave_network(made["gast"].memberships[0])
    memberships.welcome_back(made["gast"].id, network.id)
    made["elders"] = factories.person("Els Elders", address="els@elders.example")
    db.session.commit()
    return made


def _go_out(day: date = WEEKLY) -> None:
    editions.begin_edition(DigestFrequency.WEEKLY, day)
    editions.plan_due_digests(digest_rhythm.digest_moment(day) + timedelta(days=60))
    message_writing.write_due_messages()
    db.session.commit()


def _read(box, *contents: bytes) -> list[tuple[Outcome, str]]:
    before = db.session.scalar(sa.select(sa.func.max(IncomingMail.id))) or 0
    box.deliver(*contents)
    db.session.commit()
    mailbox_reading.read_mailbox()
    db.session.expire_all()
    found = db.session.scalars(sa.select(IncomingMail).where(IncomingMail.id > before).order_by(IncomingMail.id))
    return [(each.outcome, each.reason) for each in found]


def _address(asked, reader) -> str:
    return deliveries.answer_address(deliveries.find_for([reader.id])[reader.id, asked.id])


def _shown(asked, reader) -> list[tuple[str, str]]:
    return [(each.who, each.answer.shown) for each in answers.list_for(asked, reader)]


def test_a_question_travels_in_the_digest_and_comes_back_with_what_helped(client, network, people, mailbox):
    vera, piet, anna = people["vera"], people["piet"], people["anna"]
    sign_in_person(client, vera)
    page = "/networks/kring/questions"
    until = (clock.today() + timedelta(days=20)).isoformat()
    post(client, f"{page}/ask", title="Wie heeft een handreiking?", text="Voor wethouder Bos.", closes_on=until)
    asked = questions.list_all(network)[0]
    own = f"{page}/{asked.id}"
    assert "wethouder Bos" in client.get(own).text.partition("haal hun namen")[0].partition("bij naam?")[2]
    assert [mail.recipient for mail in mails(Message.kind == "question_waiting")] == ["team@kring.example"]
    _go_out(WEEKLY - timedelta(days=7))
    assert mails(Message.kind == "digest", Message.message_id.is_not(None)) == []

    team = client.application.test_client()
    sign_in(team, factories.account(network))
    desk = f"/organise/networks/kring/questions/{asked.id}"
    post(team, f"{desk}/send-back", page=desk, why="Noem geen namen.")
    assert "Noem geen namen." in text_of(mail_to(vera, "question_decided"))
    assert "Noem geen namen." in client.get(own).text
    post(
        client,
        f"{own}/edit",
        title="Wie heeft een handreiking?",
        text="Voor ons college.\n\nVeel woorden.",
        closes_on=until,
    )
    post(team, f"{desk}/let-through", page=desk, short="Voor ons college.")
    db.session.expire_all()
    assert (asked.words, asked.text, asked.is_open) == ("Voor ons college.", "Voor ons college.\n\nVeel woorden.", True)
    assert "Veel woorden." in client.get(own).text

    _go_out()
    told = {
        each.recipient: parsed(each.body) for each in mails(Message.kind == "digest", Message.message_id.is_not(None))
    }
    assert set(told) == {"piet@oss.example", "anna@oss.example"}
    ours = told["piet@oss.example"]
    assert ours["Subject"] == "Vraag: Wie heeft een handreiking?"
    assert _address(asked, piet) in text_of(ours)
    assert f"mailto:{_address(asked, piet)}?subject=Wie%20heeft" in html_of(ours)
    assert _address(asked, anna) not in text_of(ours)
    assert deliveries.count_reach(asked) == deliveries.Reach(2, 3)
    assert "2 van 3 leden" in client.get(own).text

    to_piet, to_anna = _address(asked, piet), _address(asked, anna)
    assert _read(
        mailbox,
        mailed.outlook(to_piet, "piet@oss.example"),
        letters.away(to_anna, "anna@oss.example"),
        mailed.plain(to_anna, "anna@oss.example", mailed.PROSE),
        mailed.plain(to_piet, "collega@elders.example", "Ik kreeg dit doorgestuurd."),
        mailed.plain(to_piet, "anna@oss.example", "Ik kreeg dit doorgestuurd van Piet."),
        mailed.plain(to_anna, "anna@oss.example", "Aan allen", Precedence="bulk"),
    ) == [
        (Outcome.HANDLED, "question_answered"),
        (Outcome.HANDLED, "away"),
        (Outcome.HANDLED, "question_answered"),
        (Outcome.REVIEW, "question_sender"),
        (Outcome.REVIEW, "question_sender"),
        (Outcome.HANDLED, "automatic"),
    ]
    assert _shown(asked, vera) == [
        ("Piet de Wit", "Dag,\n\nWij gebruiken de handreiking van de provincie. Mail gerust naar […]."),
        ("Anna de Wit", "Van: de gemeente kwam eerst niets.\nAan: de raad schreven we daarom zelf.\n\nDat hielp."),
    ]
    assert [who for who, _ in _shown(asked, people["stil"])] == ["Een lid", "Een lid"]

    reader = client.application.test_client()
    sign_in_person(reader, people["stil"])
    read = reader.get(own).text
    for secret in ("piet@oss.example", "Beleidsadviseur", "0499", "Dit is er nieuw", "doorgestuurd", "Piet de Wit"):
        assert secret not in read
    assert "Kijk ook bij Tilburg." not in read
    post(reader, f"{own}/answer", page=own, text="Kijk ook bij Tilburg.")
    assert "Kijk ook bij Tilburg." in reader.get(own).text

    assert (question_letters.tell_askers(), question_letters.tell_askers()) == (1, 0)
    assert "3 nieuwe antwoorden" in text_of(mail_to(vera, "question_answered"))
    first = db.session.scalars(sa.select(NetworkAnswer).order_by(NetworkAnswer.id)).first()
    mine = client.application.test_client()
    sign_in_person(mine, piet)
    answer = f"{page}/answers/{first.id}"
    assert "Beleidsadviseur" in mine.get(answer).text
    assert {client.get(answer).status_code, reader.get(answer).status_code} == {404}
    post(mine, f"{answer}/put-back", page=answer)
    assert "piet@oss.example" in reader.get(own).text
    post(mine, answer, text="De handreiking van de provincie.")
    post(mine, f"{answer}/name", page=own, named="yes")
    assert ("Piet de Wit", "De handreiking van de provincie.") in _shown(asked, people["stil"])

    post(client, f"{page}/answers/{first.id}/thank", page=own)
    assert "Met dank" in mine.get(own).text
    assert post(client, f"{own}/close", helped="De handreiking.", answers=str(first.id)).status_code == 303
    assert "De handreiking." in reader.get(own).text
    assert _read(mailbox, mailed.plain(to_anna, "anna@oss.example", "Te laat.")) == [
        (Outcome.REVIEW, "question_closed")
    ]

    event = factories.held(network)
    impression = factories.impression(event)
    db.session.commit()
    proposed = team.get(f"{desk}/insight").text
    assert "handreiking" in proposed
    assert "Piet" not in proposed
    values = {"event": str(event.id), "title": "Een handreiking helpt", "text": "De handreiking van de provincie."}
    assert post(team, f"{desk}/insight", **values).status_code == 303
    db.session.expire_all()
    assert [each.title for each in impression.insights][-1:] == ["Een handreiking helpt"]


def test_an_answer_to_the_digest_itself_is_told_where_and_reaches_the_organisers(network, people, mailbox):
    asked, other = (posed.question(network, people["vera"], title, is_open=True) for title in ("Eerste", "Tweede"))
    _go_out()
    piet = people["piet"]
    ours = mails(Message.kind == "digest", Message.person_id == piet.id)[0]
    reply = {"In_Reply_To": ours.message_id, "Subject": "Re: Vraag"}
    assert _read(mailbox, *(mailed.plain(US, "piet@oss.example", f"Dit weet ik {n}.", **reply) for n in (1, 2))) == [
        (Outcome.REVIEW, "which_network"),
        (Outcome.REVIEW, "which_network"),
    ]
    (where,) = mails(Message.kind == "question_where")
    assert where.recipient == "piet@oss.example"
    assert {_address(asked, piet), _address(other, piet)} <= set(text_of(parsed(where.body)).split())
    assert db.session.scalars(sa.select(NetworkAnswer)).all() == []

    questions.close(other)
    db.session.execute(sa.delete(Message).where(Message.id == where.id))
    _read(mailbox, mailed.plain(US, "piet@oss.example", "Nog eens.", **reply))
    (where,) = mails(Message.kind == "question_where")
    assert _address(asked, piet) in parsed(where.body)["Reply-To"]
    answer = mailed.plain(US, "piet@oss.example", "Hier dan.", In_Reply_To=where.message_id)
    assert _read(mailbox, answer) == [(Outcome.HANDLED, "question_answered")]
    assert _shown(asked, people["vera"]) == [("Piet de Wit", "Hier dan.")]


def test_the_link_of_a_forwarded_digest_shows_what_the_mail_showed(app, client, network, people):
    asked = posed.question(network, people["vera"], is_open=True)
    posed.answer(asked, people["anna"], "Alleen voor leden.")
    _go_out()
    link = next(each for each in links_in(mail_to(people["piet"], "digest")) if each.startswith("/question/"))
    page = client.get(link).text
    assert ("Wie heeft een handreiking?" in page, "Alleen voor leden." in page) == (True, False)
    own = f"/networks/kring/questions/{asked.id}"
    assert f'href="{own}"' in page
    assert client.post(link, data={"text": "Een antwoord."}).status_code == 405, "nobody answers in its reader's name"
    assert client.get(own).location.startswith("/me/sign-in")
    reader = app.test_client()
    sign_in_person(reader, people["piet"])
    assert reader.get(link).location == own
    assert post(reader, f"{own}/answer", page=own, text="Een antwoord.").status_code == 303
    assert _shown(asked, people["vera"])[-1] == ("Piet de Wit", "Een antwoord.")
    for who in ("gast", "elders"):
        other = app.test_client()
        sign_in_person(other, people[who])
        assert {
            other.get(each).status_code for each in (own, "/networks/kring/questions", "/networks/geen/questions")
        } == {404}
    memberships.leave_network(people["piet"].memberships[0])
    db.session.commit()
    assert client.get(link).status_code == 404


def test_an_answer_by_mail_to_a_message_of_a_member_is_read_by_nobody_else(network, people, mailbox):
    vera, piet = people["vera"], people["piet"]
    contacts.write_to(network, vera, number_of(listed("Anna Elders", network), network), "Aan een ander.")
    listings.keep_listing(piet, network, {Shown.NAME}, "", "")
    contacts.write_to(network, vera, number_of(piet, network), "Onder ons gezegd.")
    db.session.commit()
    work()
    (message,) = mails(Message.kind == "member_message", Message.person_id == piet.id)
    reply = mailed.plain(
        US, "piet@oss.example", "Dan ook onder ons.\n> Onder ons gezegd.", In_Reply_To=message.message_id
    )
    assert _read(mailbox, reply) == [(Outcome.HANDLED, "member_message")]
    (kept,) = db.session.scalars(sa.select(IncomingMail).options(undefer(IncomingMail.content)))
    assert (kept.content, kept.subject, mails(Message.kind == "forwarded")) == (None, "", [])


def test_html_alone_is_read_and_what_comes_too_often_waits(network, people, mailbox):
    asked = posed.question(network, people["vera"], is_open=True)
    to_piet = deliveries.answer_address(posed.told(asked, people["piet"]))
    assert _read(mailbox, mailed.html(to_piet, "piet@oss.example")) == [(Outcome.HANDLED, "question_answered")]
    assert _shown(asked, people["vera"]) == [("Piet de Wit", "Bij ons doet de griffie dit.")]
    for number in range(answers.MOST_A_DAY - 1):
        posed.answer(asked, people["piet"], f"Antwoord {number}")
    more = mailed.plain(to_piet, "piet@oss.example", "En nog een.")
    assert _read(mailbox, more, mailed.plain(to_piet.replace("+", "+a"), "piet@oss.example", "Geraden."))[0] == (
        Outcome.REVIEW,
        "question_many",
    )
    assert len(_shown(asked, people["vera"])) == answers.MOST_A_DAY


def test_a_question_taken_back_goes_in_no_digest_more(network, people):
    asked = posed.question(network, people["vera"], is_open=True)
    deliveries.make_for([people["piet"].id])
    questions.withdraw(asked)
    _go_out()
    assert mails(Message.kind == "digest", Message.message_id.is_not(None)) == []
    assert db.session.scalar(sa.select(sa.func.count()).where(QuestionDelivery.told_at.is_not(None))) == 0
    work()
