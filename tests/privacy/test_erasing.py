"""Who is erased is found nowhere: in no column, whoever's row it is, decoded; what is of others stays."""

import io
import json
import re
import uuid
import zipfile
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import clock, jobs
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.attendance import arrivals, door_join
from app.database import db
from app.events import event_questions
from app.events.models import Mode, Question, QuestionKind
from app.inbox.models import IncomingMail, Outcome, Shape
from app.lessons.board import boards, cards
from app.lessons.evaluations import evaluations
from app.lessons.evaluations.models import EvaluationKind
from app.lessons.insights.models import Commitment
from app.network import memberships
from app.network.imports import import_plans, import_runs, merges
from app.network.people import people
from app.network.people.models import Person
from app.outbox.kinds import MessageKind
from app.outbox.models import FinishedMessage, Message, MessageState
from app.polls import polls
from app.privacy.mentions import _OTHERWISE
from app.privacy.personal_data import listed_columns
from app.privacy.scrubbing import NOBODY
from app.registration import answers
from app.registration.models import QuestionAnswer, Registration, RegistrationState, SubstituteWish
from app.upkeep import backups, tables
from tests import factories
from tests.accounts.test_rights import make_world
from tests.helpers import mails, parsed, post, sign_in, text_of, work

pytestmark = pytest.mark.usefixtures("app")
NAME, ADDRESS, OTHER_ADDRESS = "Geheimke van der Übertest", "geheimke@zoek.example", "ge.test@elders.example"
TRACES = [text.casefold() for text in (NAME, ADDRESS, OTHER_ADDRESS, "Übertest", "ubertest", "geheimke")]


def _person(*networks):
    made = factories.person(NAME, at="Oss", role="griffier", of=networks[0], address=ADDRESS)
    for other in networks[1:]:
        memberships.join_network(made.id, other.id)
    db.session.commit()
    return made


def _readable(value) -> str:
    if isinstance(value, bytes):
        if value[:2] == b"PK":
            packed = zipfile.ZipFile(io.BytesIO(value))
            return "\n".join(_readable(packed.read(name)) for name in packed.namelist())
        mail = message_from_bytes(value, policy=policy.default)
        parts = [part.get_payload(decode=True) or b"" for part in mail.walk() if not part.is_multipart()]
        heads = [str(head) for part in mail.walk() for head in part.values()]
        return "\n".join([*heads, *(part.decode("utf-8", "replace") for part in [value, *parts])])
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _places() -> set[str]:
    """Every column in which something of them can be read."""
    db.session.commit()
    found = set()
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)).mappings():
            for name, value in row.items():
                if value is not None and any(trace in _readable(value).casefold() for trace in TRACES):
                    found.add(f"{table.name}.{name}")
    db.session.commit()
    return found


def _erase(person) -> None:
    people.erase_person(person)
    db.session.commit()


def _mail(subject: str, text: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ander@x.example", "antwoord@leerkring.example", subject
    mail.set_content(text, cte="base64")
    return bytes(mail)


def test_in_every_column_of_others_a_name_and_an_address_are_replaced():
    world = make_world()
    person = _person(factories.network())
    planted, refused = set(), set()
    for table_name, column_name in sorted(listed_columns()):
        table = db.metadata.tables[table_name]
        column = table.c[column_name]
        if table_name in _OTHERWISE or isinstance(column.type, sa.LargeBinary):
            continue
        value = {"x": [NAME]} if isinstance(column.type, sa.JSON) else f"Met {NAME}, {ADDRESS}."
        length = getattr(column.type, "length", None)
        if length is not None and length < len(value):
            value = ADDRESS
        row = db.session.execute(sa.select(*table.primary_key).limit(1)).first()
        if row is None:
            continue
        where = [key == part for key, part in zip(table.primary_key, row, strict=True)]
        try:
            with db.session.begin_nested():
                db.session.execute(sa.update(table).where(*where).values({column: value}))
        except sa.exc.IntegrityError:
            refused.add(f"{table_name}.{column_name}")
            continue
        planted.add(f"{table_name}.{column_name}")
    db.session.commit()
    assert planted <= _places()
    assert (len(planted) > 25, refused) == (
        True,
        {"attendances.role_code", "evaluation_questions.label", "suggestions.why"},
    )
    _erase(person)
    assert _places() == set()
    assert world["accounts"]


class TestALongHistory:
    @pytest.fixture
    def erased(self):
        """Somebody who went through all doors, and everything that names them."""
        here, there = factories.network(), factories.network()
        person = _person(here, there)
        event, colleague = factories.event(here), factories.person("Collega Trouw", of=here)
        registration = factories.registration(event, person)
        work()
        wish = SubstituteWish(invitation_id=factories.invitation(event, colleague).id, name=NAME, address=ADDRESS)
        db.session.add(wish)
        board = boards.open_board(event)
        cards.catch_card(board, f"{NAME} zei iets goeds").author = NAME
        begin = factories.start(30)
        poll = polls.create_poll(here, f"Kan {NAME}?", "", [(begin, begin + timedelta(hours=2))], holds=False)
        merges.merge_people(person, factories.person(NAME, of=here, address=OTHER_ADDRESS))
        db.session.add(
            IncomingMail(
                folder="INBOX", uid_validity=1, uid=9, received_at=clock.now(), network_id=here.id, shape=Shape.HUMAN,
                outcome=Outcome.REVIEW, sender="ander@x.example", subject=f"Over {NAME}",
                content=_mail(f"Over {NAME}", f"{NAME} komt niet"),
            )
        )  # fmt: skip
        assert poll
        assert answers
        db.session.commit()
        return person, registration

    def test_is_found_in_no_column(self, erased):
        assert len(_places()) > 15
        _erase(erased[0])
        assert _places() == set()

    def test_what_was_counted_stays_counted(self, erased):
        before = db.session.scalars(sa.select(sa.func.count()).select_from(Message)).one()
        _erase(erased[0])
        assert db.session.scalars(sa.select(sa.func.count()).select_from(Message)).one() == before


def test_a_mail_to_a_colleague_that_names_them_keeps_its_fact_and_not_its_words():
    network = factories.network()
    event, person = factories.event(network), _person(network)
    invitation = factories.invitation(event, factories.person("Collega Trouw", of=network))
    answers.ask_substitute(invitation, NAME, ADDRESS)
    work()
    about = db.session.scalars(sa.select(Message).where(Message.kind == "substitute_asked")).one()
    assert (about.state, NAME.casefold() in _readable(about.body).casefold()) == (MessageState.SENT, True)
    _erase(person)
    assert (about.state, db.session.get(FinishedMessage, about.id), bool(about.recipient)) == (
        MessageState.SENT,
        None,
        True,
    )


def test_a_list_that_waits_brings_nobody_back():
    network = factories.network(slug="netwerk")
    person = _person(network)
    content = f"Naam;E-mail\n{NAME};{ADDRESS}\nAnder Mens;ander@x.example\n".encode()
    kept = import_runs.keep_list(network, "lijst.csv", content)
    db.session.commit()
    import_runs.queue_import(kept, import_plans.plan_import(network, "lijst.csv", content, kept.mapping))
    db.session.commit()
    _erase(person)
    import_runs.carry_on_imports()
    db.session.expire_all()
    assert (kept.added, kept.refused, _places()) == (1, 1, set())


def test_erasing_somebody_moves_no_row_of_a_list_that_is_being_carried_out():
    network = factories.network()
    person = _person(network)
    content = f"Naam;Mail;Rol\n{NAME};{ADDRESS};\nTotaal {NAME};;2\nPiet Smit;piet@oss.example;\n".encode()
    kept = import_runs.keep_list(network, "lijst.csv", content)
    db.session.commit()
    import_runs.queue_import(kept, import_plans.plan_import(network, "lijst.csv", content, kept.mapping))
    db.session.commit()
    _erase(person)
    table = import_plans.settled_table(kept.file_name, kept.content)
    assert [cells for _, cells in table.lines] == [["-", "-", "-"], ["Piet Smit", "piet@oss.example", ""]]


def test_somebody_of_the_same_name_is_untouched():
    network = factories.network()
    person, other = _person(network), factories.person(NAME, of=network, address="ander@x.example")
    board = boards.open_board(factories.event(network))
    cards.catch_card(board, f"{NAME} en {ADDRESS}")
    db.session.commit()
    _erase(person)
    text = db.session.scalar(sa.text("SELECT text FROM cards"))
    assert (other.name, text) == (NAME, f"{NAME} en {NOBODY}")


def test_what_is_written_after_it_was_looked_for_goes_too():
    """`first` is done when all was read and others wait: what stands there by then was read by nobody yet."""
    network = factories.network()
    person = _person(network)
    board = boards.open_board(factories.event(network))
    db.session.commit()
    people.erase_person(person, lambda _: cards.catch_card(board, f"{NAME} komt ook"))
    db.session.commit()
    assert db.session.scalar(sa.text("SELECT text FROM cards")) == f"{NOBODY} komt ook"
    assert _places() == set()


def test_a_name_that_is_a_word_changes_no_texts():
    network = factories.network()
    person = factories.person("Roos", of=network)
    cards.catch_card(boards.open_board(factories.event(network)), "De roos in de tuin")
    db.session.commit()
    _erase(person)
    assert db.session.scalar(sa.text("SELECT text FROM cards")) == "De roos in de tuin"


def test_they_get_one_last_mail_and_then_that_goes_too(client):
    network = factories.network(slug="netwerk")
    person = _person(network)
    sign_in(client, factories.account(admin=True))
    page = f"/organise/networks/netwerk/people/{person.id}/erase"
    assert NAME in client.get(page).text
    post(client, page)
    (letter,) = mails(Message.kind == MessageKind.ERASED)
    assert (letter.recipient, "zijn gewist" in text_of(parsed(letter.body))) == (ADDRESS, True)
    work()
    jobs.tidy_up()
    assert (_places(), db.session.scalar(sa.select(Message.state).where(Message.kind == MessageKind.ERASED))) == (
        set(),
        MessageState.SENT,
    )


def test_the_page_before_says_what_goes_and_that_the_account_of_an_only_organiser_stays(client):
    network = factories.network(slug="netwerk", name="Kring")
    person = _person(network)
    sign_in(client, factories.account(admin=True))
    page = f"/organise/networks/netwerk/people/{person.id}/erase"
    before = re.findall(r"<li>(.+?)</li>", client.get(page).text.partition("<h1")[2].partition("<form")[0])
    assert [each.split()[0] for each in before] == [
        "Naam,",
        "Antwoorden",
        "De",
        "De",
        "Een",
        "Dat",
        "Inzichten",
        "De",
        "Wat",
    ]
    account = accounts.ensure_account(ADDRESS, NAME)
    accounts.grant_role(account, network, NetworkRole.ORGANISER)
    db.session.commit()
    assert "Er is geen andere organisator van Kring." in client.get(page).text
    factories.account(network)
    db.session.commit()
    said = client.get(page).text
    assert (f"Het account waarmee {NAME} inlogt." in said, "geen andere organisator" in said) == (True, False)


class TestABackupFromBefore:
    def test_is_erased_again_when_it_is_restored(self, app, tmp_path, databases):
        kept = factories.person("Blijft Gewoon", of=factories.network())
        person = _person(factories.network())
        backups.write_backup(tmp_path / "backup.zip")
        _erase(person)
        numbers = (Path(app.instance_path) / "erased-people.txt").read_text()
        assert (NAME in numbers, str(person.id) in numbers) == (False, True)
        number, other = person.id, kept.id
        tables.drop_all()
        told = []
        backups.restore_backup(tmp_path / "backup.zip", told.append)
        assert (_places(), "1 people who were erased" in " ".join(told)) == (set(), True)
        assert [db.session.get(Person, each).erased_at is None for each in (number, other)] == [False, True]

    def test_what_was_taken_back_is_not_written_down(self, app):
        person = _person(factories.network())
        path = Path(app.instance_path) / "erased-people.txt"
        before = path.read_text() if path.exists() else ""
        people.erase_person(person)
        db.session.rollback()
        factories.person()
        db.session.commit()
        assert (path.read_text() if path.exists() else "") == before


def test_mails_to_many_with_a_text_that_named_them_keep_their_facts_alone():
    network = factories.network()
    event, person = factories.event(network, summary=f"Met {NAME} als gast"), _person(factories.network())
    other = factories.event(network)
    for each in (event, other):
        factories.registration(each, factories.person(of=network))
    work()
    work()
    held = {message.event_id: message for message in mails(Message.state == MessageState.SENT)}
    assert set(held) == {event.id, other.id}
    _erase(person)
    left = set(db.session.scalars(sa.select(FinishedMessage.message_id)))
    assert (event.summary, left) == (f"Met {NOBODY} als gast", {held[other.id].id})


def test_what_takes_their_place_fits_and_stays_unique():
    network = factories.network()
    for name in ("Jo Li", f"{NOBODY}"):
        factories.audience(network, name)
    board = boards.open_board(factories.event(network))
    card = cards.catch_card(board, "Jo Li")
    card.author = "Jo Li".rjust(db.metadata.tables["cards"].c.author.type.length)
    person = factories.person("Jo Li", of=network)
    db.session.commit()
    _erase(person)
    names = set(db.session.scalars(sa.text("SELECT name FROM audiences")))
    assert ("Jo Li" in names, NOBODY in names, len(names)) == (False, True, 2)
    assert "Jo Li" not in db.session.scalar(sa.text("SELECT author FROM cards"))


def test_questions_that_name_them_and_what_others_answered_to_those_name_them_no_more():
    event = factories.event()
    question = event_questions.add_question(
        event,
        kind=QuestionKind.CHOICE,
        label=f"Zit je bij {NAME} aan tafel?",
        reason=f"{NAME} verdeelt de tafels.",
        choices=[f"Ja, bij {NAME}", "Nee"],
    )
    other = factories.registration(event, factories.person("Ander Mens"))
    db.session.add(QuestionAnswer(registration=other, question=question, value=f"Ja, bij {NAME}"))
    evaluation = evaluations.ensure_evaluation(event)
    evaluations.add_evaluation_question(evaluation, EvaluationKind.OPEN, f"Wat vond je van {NAME}?")
    person = _person(event.network)
    assert len(_places()) > 5
    _erase(person)
    assert _places() == set()
    answer = db.session.scalars(sa.select(QuestionAnswer)).one()
    assert answer.value in db.session.get(Question, question.id).choices


def test_a_place_that_comes_free_goes_to_who_waits_and_they_are_told():
    event = factories.event(seats_on_site=1)
    person = _person(event.network)
    factories.registration(event, person)
    waits = factories.registration(event, factories.person("Wie Wacht"))
    assert waits.state == RegistrationState.WAITING
    db.session.commit()
    _erase(person)
    work()
    assert db.session.get(Registration, waits.id).state == RegistrationState.CONFIRMED
    assert [each.person.name for each in mails(Message.kind == MessageKind.PROMOTED)] == ["Wie Wacht"]


def test_who_was_checked_in_today_and_agreed_something_stays_counted_and_is_not_named():
    event = factories.move(factories.event(), hours=-0.1)
    person = _person(event.network)
    factories.commitment(event, person, "Belt de gemeente")
    factories.attendance(event, person)
    db.session.commit()
    _erase(person)
    assert _places() == set()
    assert arrivals.count_present(event).present[Mode.ON_SITE] == 1
    assert db.session.scalars(sa.select(Commitment)).one().what == "Belt de gemeente"


class TestAtTheDoor:
    """A colleague typed who was not on the list; an organiser has not said yet who it was."""

    def _walk_in(self, event, name: str) -> door_join.SentWalkIn:
        sent = door_join.SentWalkIn(uuid.uuid4().hex, name, "Oss", Mode.ON_SITE, clock.now())
        door_join.join_walk_ins(event, clock.today(), [sent], factories.account(event.network))
        db.session.commit()
        return sent

    def _waiting(self, event) -> list[str]:
        db.session.expire_all()
        return [each.name for each in door_join.list_proposals(event, clock.today())]

    @pytest.mark.parametrize(
        "typed", [NAME, NAME.upper(), "Geheimke", "G. Übertest", "geheimke vd ubertest", "Übertest, Geheimke"]
    )
    def test_the_name_goes_however_it_was_typed_and_no_phone_brings_it_back(self, typed):
        event = factories.event(factories.network())
        person = _person(event.network)
        sent = self._walk_in(event, typed)
        _erase(person)
        assert (self._waiting(event), _places()) == ([], set())
        door_join.join_walk_ins(event, clock.today(), [sent], factories.account(event.network))
        assert self._waiting(event) == []

    def test_it_goes_too_where_they_were_invited_without_being_a_member(self):
        event, person = factories.event(), _person(factories.network())
        factories.invitation(event, person)
        self._walk_in(event, "Geheimke")
        _erase(person)
        assert self._waiting(event) == []

    def test_others_go_on_waiting(self):
        event, elsewhere = factories.event(factories.network()), factories.event()
        person = _person(event.network)
        self._walk_in(event, "Piet Smit")
        self._walk_in(elsewhere, "Geheimke")
        _erase(person)
        assert (self._waiting(event), self._waiting(elsewhere)) == (["Piet Smit"], ["Geheimke"])
