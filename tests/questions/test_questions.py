"""The rules of questions to a network: who asks how often, whose they are when somebody goes, how long they stay."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.network import memberships
from app.network.imports import merges
from app.network.people import own_data, people
from app.questions import answers, deliveries, questions
from app.questions.models import NetworkAnswer, NetworkQuestion, QuestionDelivery, QuestionState
from tests import factories
from tests.helpers import sign_in_person
from tests.questions import posed

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def network():
    return factories.network()


@pytest.fixture
def asker(network):
    return factories.person("Vera Vraagt", of=network)


@pytest.fixture
def reader(network):
    return factories.person("Piet Antwoordt", of=network)


def _refused(rule, *given) -> str:
    with pytest.raises((questions.CannotAsk, questions.WrongDay, answers.CannotAnswer)) as raised:
        rule(*given)
    return raised.value.problem


def test_who_may_ask_and_answer_what(network, asker, reader):
    day = clock.today() + timedelta(days=10)
    guest = factories.person()
    assert _refused(questions.ask, network, guest, "Een", "Twee", day) == "no_member"
    assert _refused(questions.ask, network, asker, "Een", "Twee", clock.today()) == "past"
    assert _refused(questions.ask, network, asker, "Een", "Twee", day + timedelta(days=200)) == "long"
    asked = [posed.question(network, asker) for _ in range(questions.MOST_A_MONTH)]
    assert _refused(questions.ask, network, asker, "Een", "Twee", day) == "many"
    first = asked[0]
    assert _refused(answers.take, first, reader, "Te vroeg") == "closed"
    questions.let_through(first)
    assert _refused(questions.send_back, first, "Toch niet") == "decided"
    assert _refused(questions.change, first, "Een", "Twee", day) == "decided"
    assert _refused(answers.take, first, guest, "Buiten") == "no_member"
    assert _refused(answers.take, first, asker, "Zelf") == "own"
    for _ in range(answers.MOST_A_DAY):
        answer = posed.answer(first, reader)
    assert _refused(answers.take, first, reader, "Te veel") == "many"
    answers.remove(answer, by_team=True)
    assert _refused(answers.bring_back, answer) == "by_team"
    first.closes_on = clock.today() - timedelta(days=1)
    assert (first.is_open, first.state) == (False, QuestionState.OPEN)
    questions.close(first, "Dat", [answer.id])
    db.session.expire_all()
    assert (first.helped, answer.helps) == ("Dat", True)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Wat doet wethouder Van Dijk hieraan, of mevrouw J. Bos?", ["wethouder Van Dijk", "mevrouw J. Bos"]),
        ("Ik sprak Jan de Vries. Wethouder De Boer niet.", ["Jan de Vries", "Wethouder De Boer"]),
        ("Hoe doet de gemeente Oss dit? En Bergen op Zoom?", []),
    ],
)
def test_names_of_others_are_seen(network, asker, text, names):
    assert questions.find_names(posed.question(network, asker, text=text)) == names


def test_who_leaves_takes_back_what_waits_and_is_named_no_more(network, asker, reader):
    waits, asked = posed.question(network, asker), posed.question(network, asker, is_open=True)
    other = posed.question(network, reader, is_open=True)
    answer = posed.answer(other, asker)
    answers.say_whether_named(answer, yes=True)
    memberships.leave_network(asker.memberships[0])
    assert (waits.state, asked.state, other.state) == (
        QuestionState.WITHDRAWN,
        QuestionState.CLOSED,
        QuestionState.OPEN,
    )
    assert [line.who for line in answers.list_for(other, factories.person(of=network))] == ["Een lid"]


def test_who_wants_no_use_of_their_data_is_named_no_more(network, asker, reader):
    other = posed.question(network, reader, is_open=True)
    answers.say_whether_named(posed.answer(other, asker), yes=True)
    member = factories.person(of=network)
    assert [line.who for line in answers.list_for(other, member)] == [asker.name]
    assert [line.who for line in answers.list_for(other, reader)] == [asker.name]
    memberships.restrict_use(asker)
    assert [line.who for line in answers.list_for(other, member)] == ["Een lid"]
    assert [line.who for line in answers.list_for(other, reader)] == ["Een lid"], "nor to who asked"


def test_of_a_long_mail_nothing_is_lost_also_not_by_putting_back_what_was_cut(network, asker, reader):
    asked = posed.question(network, asker, is_open=True)
    answer = posed.answer(asked, reader, "a" * answers.LONGEST + "bc", "Groet, Piet")
    assert (answer.shown, answer.cut) == ("a" * answers.LONGEST, "bc\n\nGroet, Piet")
    answer.shown = "Kort."
    answer.cut = "d" * answers.LONGEST
    answers.put_back(answer)
    assert answer.shown + answer.cut == "Kort.\n\n" + "d" * answers.LONGEST


@pytest.mark.parametrize("goes", ["leaves", "wants no use of their data"])
def test_who_asked_is_named_to_members_as_long_as_they_are_one_who_may_be(client, network, asker, reader, goes):
    posed.question(network, asker, is_open=True)
    db.session.commit()
    sign_in_person(client, reader)
    page = f"/networks/{network.slug}/questions"
    shown = [page, f"{page}/{questions.list_all(network)[0].id}"]
    assert ["Vera Vraagt" in client.get(each).text for each in shown] == [True, True]
    if goes == "leaves":
        memberships.leave_network(asker.memberships[0])
    else:
        memberships.restrict_use(asker)
    db.session.commit()
    assert ["Vera Vraagt" in client.get(each).text for each in shown] == [False, False]


@pytest.mark.parametrize("meanwhile", ["says no", "wants no use of their data"])
def test_who_comes_back_is_named_no_more_where_they_said_otherwise_meanwhile(network, asker, reader, meanwhile):
    other = posed.question(network, reader, is_open=True)
    answer = posed.answer(other, asker)
    answers.say_whether_named(answer, yes=True)
    kept = memberships.leave_all_networks(asker)
    if meanwhile == "says no":
        answers.say_whether_named(answer, yes=False)
    else:
        memberships.restrict_use(asker)
    memberships.rejoin_networks(asker, kept)
    assert [line.who for line in answers.list_for(other, factories.person(of=network))] == ["Een lid"]


def test_who_is_erased_leaves_questions_of_nobody_and_no_answers(network, asker, reader):
    posed.question(network, asker)
    asked = posed.question(network, asker, text="Mail Vera Vraagt.", is_open=True)
    other = posed.question(network, reader, "Ken je Vera Vraagt?", is_open=True)
    posed.told(other, asker)
    posed.answer(other, asker)
    posed.answer(asked, reader, "Vraag het Vera Vraagt zelf.")
    db.session.commit()
    assert {"network_questions", "network_answers", "question_deliveries"} <= own_data.copy_own_data(asker).keys()
    people.erase_person(asker)
    db.session.commit()
    left = db.session.scalars(sa.select(NetworkQuestion).order_by(NetworkQuestion.id)).all()
    assert [(each.person_id, each.state) for each in left] == [
        (None, QuestionState.CLOSED),
        (reader.id, QuestionState.OPEN),
    ]
    (answer,) = db.session.scalars(sa.select(NetworkAnswer)).all()
    assert "Vera Vraagt" not in " ".join([left[0].text, left[1].title, answer.shown])
    assert db.session.scalars(sa.select(QuestionDelivery)).all() == []


def test_of_two_who_become_one_links_and_answers_go_on(network, asker, reader):
    asked = posed.question(network, asker, is_open=True)
    double = factories.person("Piet Dubbel", of=network)
    first, second = posed.told(asked, reader), posed.told(asked, double)
    posed.answer(asked, double)
    merges.merge_people(reader, double)
    db.session.commit()
    for delivery in (first, second):
        token = deliveries.link_to_question(delivery).rpartition("/")[2]
        found = deliveries.delivery_of_link(token)
        assert deliveries.reader_of(found).id == reader.id
    assert [line.who for line in answers.list_for(asked, reader)] == ["Jij"]


def test_what_is_old_is_forgotten(network, asker, reader):
    unread, asked, old = (posed.question(network, asker, is_open=is_open) for is_open in (False, True, True))
    answer, removed = posed.answer(asked, reader, cut="Groet, Piet"), posed.answer(asked, reader)
    posed.told(asked, reader)
    db.session.commit()
    assert questions.forget_old_questions() == 0
    unread.created_at -= timedelta(days=91)
    asked.closes_on -= timedelta(days=110)
    old.closes_on -= timedelta(days=800)
    answers.remove(removed)
    removed.removed_at -= timedelta(days=31)
    db.session.commit()
    assert questions.forget_old_questions() > 0
    db.session.commit()
    db.session.expire_all()
    assert db.session.scalars(sa.select(NetworkQuestion.id)).all() == [asked.id]
    assert [(each.id, each.cut) for each in db.session.scalars(sa.select(NetworkAnswer))] == [(answer.id, "")]
    assert db.session.scalars(sa.select(QuestionDelivery)).all() == []
