"""What is past its term goes by itself, and nothing else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, jobs
from app.accounts.models import AuditEntry
from app.attendance.models import WalkInProposal
from app.database import db
from app.events.models import Mode, Preset, Question, QuestionKind
from app.inbox.models import IncomingMail, Outcome, Shape
from app.network import join_answers
from app.network.imports import import_runs
from app.network.imports.models import Import
from app.network.models import JoinRequest, Standing
from app.network.people import people
from app.network.people.models import Person
from app.network.seeing import CLOCKWORK
from app.outbox.models import FinishedMessage, Message, MessageState
from app.privacy import retention
from app.privacy.models import ArchiveHold, ChosenTerm, Sweep, Term
from app.registration import need_list_mails, need_lists
from app.registration.models import LinkRequest, NeedListMail, QuestionAnswer, SubstituteWish
from app.setbacks import one_by_one
from tests import factories
from tests.helpers import links_in, mails, parsed, post, sign_in, work

pytestmark = pytest.mark.usefixtures("app")


def _count(model, *conditions) -> int:
    db.session.expire_all()
    return db.session.scalars(sa.select(sa.func.count()).select_from(model).where(*conditions)).one()


def _answer(event, value: str, preset: Preset | None) -> None:
    question = db.session.scalar(sa.select(Question).where(Question.event_id == event.id, Question.preset == preset))
    if question is None:
        question = Question(event_id=event.id, label="?", kind=QuestionKind.TEXT, preset=preset)
        db.session.add(question)
        db.session.flush()
    registration = factories.registration(event, factories.person(of=event.network), Mode.ON_SITE)
    db.session.flush()
    db.session.add(QuestionAnswer(registration_id=registration.id, question_id=question.id, value=value))
    db.session.commit()


def _values() -> set[str]:
    db.session.expire_all()
    return set(db.session.scalars(sa.select(QuestionAnswer.value)))


def _later(**span):
    return time_machine.travel(clock.now() + timedelta(**span))


def _run() -> None:
    db.session.commit()
    jobs.do_jobs(["retention"])
    assert [(each.item, each.error) for each in one_by_one.list_setbacks()] == []


def test_answers_about_food_go_two_weeks_after_the_session_and_others_after_a_year():
    event = factories.event()
    _answer(event, "halal", Preset.DIETARY)
    _answer(event, "rolstoel", Preset.ACCESSIBILITY)
    _answer(event, "met de trein", None)
    over = event.ends_at
    for at, left in (
        (over + timedelta(days=13), {"halal", "rolstoel", "met de trein"}),
        (over + timedelta(days=15), {"met de trein"}),
        (over + timedelta(days=364), {"met de trein"}),
        (over + timedelta(days=366), set()),
    ):
        with time_machine.travel(at):
            _run()
            assert _values() == left


def test_a_mailed_kitchen_list_goes_with_the_answers_and_that_it_was_mailed_stays():
    event = factories.event()
    _answer(event, "halal", Preset.DIETARY)
    needs = need_lists.load_need_list(event, Preset.DIETARY, CLOCKWORK)
    need_list_mails.mail_need_list(event, Preset.DIETARY, "kok@cateraar.example", needs.seal, CLOCKWORK)
    work()
    lists = (Message.kind == "need_list", Message.finished.has())
    for days, left in ((13, 1), (15, 0)):
        with time_machine.travel(event.ends_at + timedelta(days=days)):
            _run()
        assert (_count(NeedListMail), _count(Message, *lists), _count(Message, lists[0])) == (left, left, 1)


def test_a_term_that_an_administrator_chose_holds():
    event = factories.event()
    _answer(event, "halal", Preset.DIETARY)
    db.session.add(ChosenTerm(term=Term.SPECIAL, days=3))
    with time_machine.travel(event.ends_at + timedelta(days=4)):
        _run()
    assert _values() == set()


def test_a_session_that_an_archive_keeps_loses_nothing():
    event = factories.event()
    _answer(event, "halal", Preset.DIETARY)
    db.session.add(ArchiveHold(event_id=event.id, reason="Archiefwet"))
    guest = factories.registration(event).invitation.person
    work()
    with _later(days=999):
        _run()
    assert (_values(), guest.erased_at, _count(FinishedMessage)) == ({"halal"}, None, 2)


def test_the_bytes_of_mails_go_and_their_facts_stay():
    factories.registration(factories.event())
    work()
    work()
    mails()
    assert _count(FinishedMessage) == _count(Message) == 1
    with _later(days=89):
        _run()
        assert _count(FinishedMessage) == 1
    with _later(days=91):
        _run()
    message = db.session.scalars(sa.select(Message)).one()
    assert (_count(FinishedMessage), message.state, bool(message.subject)) == (0, MessageState.SENT, True)


def test_mail_that_still_has_to_leave_stays_however_old():
    event = factories.event()
    factories.registration(event, factories.person(of=event.network))
    mails()
    with _later(days=999):
        _run()
    assert _count(FinishedMessage) == 1


@pytest.mark.parametrize(("outcome", "goes"), [(Outcome.NEW, False), (Outcome.REVIEW, True), (Outcome.HANDLED, True)])
def test_mail_that_came_in_goes_once_it_was_looked_at(outcome, goes):
    db.session.add(
        IncomingMail(
            folder="INBOX", uid_validity=1, uid=1, received_at=clock.now(), outcome=outcome, shape=Shape.HUMAN,
            content=b"x",
        )
    )  # fmt: skip
    with _later(days=91):
        _run()
    assert _count(IncomingMail) == (0 if goes else 1)


def test_requests_and_the_log_go():
    network = factories.network()
    invitation = factories.invitation(factories.event(network))
    account = factories.account(network)
    db.session.add_all(
        [
            JoinRequest(network_id=network.id, name="Jan", address="jan@x.example", language="nl"),
            SubstituteWish(invitation_id=invitation.id, name="Jan", address="jan@x.example"),
            AuditEntry(
                account_id=account.id, action="changed", subject="people", subject_id=1, label="Jan", changes={}
            ),
        ]
    )
    db.session.commit()
    with _later(days=31):
        _run()
        assert (_count(JoinRequest), _count(SubstituteWish), _count(AuditEntry)) == (0, 0, 1)
    with _later(days=731):
        _run()
    assert _count(AuditEntry) == 0


@pytest.mark.parametrize(("days", "chosen"), [(7, 7), (30, None), (60, 60)])
def test_all_that_waits_for_a_yes_goes_by_one_term(days, chosen):
    """Requests to join, colleagues who were named, links that were asked and lists: as long as the page says."""
    network = factories.network(joining="approval")
    event = factories.event(network)
    now = clock.now()
    waiting = JoinRequest(network_id=network.id, name="Jan", address="j@x.example", language="nl", confirmed_at=now)
    wish = SubstituteWish(invitation_id=factories.invitation(event).id, name="Jan", address="j@x.example")
    db.session.add_all([waiting, wish, LinkRequest(event_id=event.id, name="Jan", address="j@x.example")])
    db.session.add(
        WalkInProposal(
            uuid="0" * 32,
            event_id=event.id,
            day=now.date(),
            name="Jan",
            organisation="",
            mode=Mode.ON_SITE,
            tapped_at=now,
        )
    )
    import_runs.keep_list(network, "lijst.csv", b"Naam;E-mail\nJan;j@x.example\n")
    if chosen:
        db.session.add(ChosenTerm(term=Term.REQUESTS, days=chosen))
    db.session.commit()
    kinds = (JoinRequest, SubstituteWish, LinkRequest, Import, WalkInProposal)
    for later, left in ((days - 1, 1), (days + 1, 0)):
        with _later(days=later):
            assert len(join_answers.waiting_requests(network)) == left
            jobs.tidy_up()
            _run()
            assert [_count(kind) for kind in kinds] == [left] * len(kinds)


def test_a_dry_run_counts_what_would_go_and_takes_nothing(app):
    event = factories.event()
    _answer(event, "halal", Preset.DIETARY)
    with time_machine.travel(event.ends_at + timedelta(days=15)):
        expected = dict.fromkeys(Term, 0) | {Term.SPECIAL: 1}
        assert retention.count_past() == expected
        assert retention.count_past(retention.load_terms() | {Term.SPECIAL: 30}) == dict.fromkeys(Term, 0)
        db.session.commit()
        done = app.test_cli_runner().invoke(args=["privacy", "sweep", "--dry-run"])
        assert (done.exit_code, "special: 1\n" in done.output, _values()) == (0, True, {"halal"})
        done = app.test_cli_runner().invoke(args=["privacy", "sweep"])
    assert ("special: 1\n" in done.output, _values()) == (True, set())
    assert [(row.term, row.count) for row in db.session.scalars(sa.select(Sweep))] == [(Term.SPECIAL, 1)]


class TestPeopleWithoutContact:
    @pytest.fixture
    def silent(self) -> Person:
        network = factories.network()
        made = factories.person("Stil Geworden", of=network)
        factories.invitation(factories.event(network), made)
        db.session.commit()
        return made

    def _letters(self) -> list:
        jobs.do_jobs(["stay_letters"])
        return mails(Message.kind == "stay")

    def _is_there(self, person: Person) -> bool:
        db.session.expire_all()
        return person.erased_at is None

    def test_they_are_asked_once_and_erased_a_month_later(self, silent):
        with _later(days=1094):
            assert self._letters() == []
        with _later(days=1096):
            assert (len(self._letters()), len(self._letters())) == (1, 1)
            _run()
            assert self._is_there(silent)
        with _later(days=1127):
            _run()
            assert not self._is_there(silent)

    def test_whoever_wants_to_stay_does_so_with_one_press(self, client, silent):
        with _later(days=1096):
            (letter,) = self._letters()
            link = next(each for each in links_in(parsed(letter.body)) if "/stay/" in each)
            assert "Wil je erbij blijven" in client.get(link).text
            assert "Fijn dat je erbij blijft" in post(client, link).text
        with _later(days=1200):
            _run()
            assert (self._is_there(silent), len(self._letters())) == (True, 1)

    def test_an_answer_is_contact(self, silent):
        with _later(days=1000):
            factories.registration(factories.event(silent.memberships[0].network, starts_at=factories.start()), silent)
            db.session.commit()
        with _later(days=1096):
            assert self._letters() == []

    def test_whoever_left_goes_after_a_year_without_a_letter(self, silent):
        silent.memberships[0].standing = Standing.LEFT
        with _later(days=364):
            _run()
            assert self._is_there(silent)
        with _later(days=366):
            _run()
        assert (self._is_there(silent), mails(Message.kind == "stay")) == (False, [])

    def test_one_who_cannot_be_erased_stops_no_other(self, silent, monkeypatch):
        network = silent.memberships[0].network
        others = [factories.person(f"Weg {number}", of=network) for number in range(2)]
        for each in (silent, *others):
            each.memberships[0].standing = Standing.LEFT
        db.session.commit()
        erase = people.erase_person
        monkeypatch.setattr(people, "erase_person", lambda each: 1 / (each.id != silent.id) and erase(each))
        with _later(days=366):
            jobs.do_jobs(["retention"])
        assert [self._is_there(each) for each in (silent, *others)] == [True, False, False]
        assert [each.item for each in one_by_one.list_setbacks()] == [str(silent.id)]

    def test_whoever_was_erased_gets_no_letter(self, silent):
        people.erase_person(silent)
        with _later(days=1096):
            assert self._letters() == []


class TestThePages:
    def test_other_terms_are_saved_only_after_the_page_showed_what_goes(self, client):
        event = factories.event()
        _answer(event, "halal", Preset.DIETARY)
        sign_in(client, factories.account(admin=True))
        page, days = "/organise/system/terms", {term.value: str(term.days) for term in Term}
        with time_machine.travel(event.ends_at + timedelta(days=7)):
            sign_in(client, factories.account(admin=True))
            looked = post(client, page, **days | {"special": "5"}, then="look").text
            assert ("Gaat nu weg: 1" in looked, retention.load_terms()[Term.SPECIAL]) == (True, 14)
            post(client, page, **days | {"special": "5"}, then="save")
            db.session.expire_all()
            assert retention.load_terms() == {term: term.days for term in Term} | {Term.SPECIAL: 5}

    @pytest.mark.parametrize("days", ["0", "91", "", "veel"])
    def test_a_term_out_of_bounds_is_refused_at_its_field(self, client, days):
        sign_in(client, factories.account(admin=True))
        values = {term.value: str(term.days) for term in Term} | {"special": days}
        answer = post(client, "/organise/system/terms", **values, then="save")
        assert (answer.status_code, 'id="special-fout"' in answer.text or "special" in answer.text) == (422, True)
        assert _count(ChosenTerm) == 0

    def test_a_session_is_kept_for_an_archive_and_let_go_again(self, client):
        event = factories.event()
        sign_in(client, factories.account(event.network))
        page = f"/organise/events/{event.slug}/archive"
        assert post(client, page, reason="").status_code == 422
        post(client, page, reason="Archiefwet")
        assert "Archiefwet" in client.get(page).text
        post(client, page)
        assert _count(ArchiveHold) == 0
