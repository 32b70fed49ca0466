"""Editions of a report: asked for, counted by the clockwork, checked by another, published for good, corrected."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts.models import Account
from app.database import db
from app.events.models import EventState
from app.indicators.models import Indicator
from app.progress import editions, freezing, words
from app.progress.editions import CannotCorrect, CannotFreeze, StepNotAllowed
from app.progress.models import Part, Readers, Report
from app.setbacks import one_by_one
from tests import factories
from tests.indicators import made as measured
from tests.progress import frozen_reports as frozen

pytestmark = pytest.mark.usefixtures("app")
TODAY = clock.today()


@pytest.fixture
def agenda():
    return measured.agenda(None, measured.theme())


def test_an_edition_is_counted_by_the_clockwork_and_published_after_a_second_pair_of_eyes(agenda):
    edition = frozen.freeze(frozen.report(agenda))
    assert edition.counted_at
    assert edition.contents["agenda"] == agenda.title
    with pytest.raises(StepNotAllowed, match="own_work"):
        editions.check_edition(edition, edition.frozen_by)
    with pytest.raises(StepNotAllowed, match="not_checked"):
        editions.publish_edition(edition)

    frozen.publish(edition)
    assert edition.published_at
    for step in (
        lambda: editions.publish_edition(edition),
        lambda: editions.check_edition(edition, factories.account()),
    ):
        with pytest.raises(StepNotAllowed, match="published"):
            step()


def test_nothing_is_checked_or_published_before_it_is_counted(agenda):
    report = frozen.report(agenda)
    edition = editions.ask_for_edition(report, factories.account(agenda.network))
    with pytest.raises(StepNotAllowed, match="uncounted"):
        editions.check_edition(edition, factories.account())
    with pytest.raises(StepNotAllowed, match="uncounted"):
        editions.publish_edition(edition)


def test_a_day_to_come_is_not_frozen(agenda):
    report = frozen.report(agenda, TODAY + timedelta(days=1))
    with pytest.raises(CannotFreeze, match="future") as refused:
        editions.ask_for_edition(report, factories.account(agenda.network))
    assert "moet nog komen" in refused.value.words
    assert not editions.list_editions(report)


def test_asking_again_counts_anew_and_what_was_checked_is_checked_again(agenda):
    indicator = measured.indicator(agenda)
    report = frozen.report(agenda)
    edition = frozen.freeze(report)
    editions.check_edition(edition, factories.account())
    held = factories.held(agenda.network, days_ago=1)
    db.session.commit()
    again = frozen.freeze(report)

    assert (again.id, again.number, again.checked_at) == (edition.id, 1, None)
    assert frozen.member_ids(again, indicator.id, 0) == {held.id}


def test_another_day_or_other_readers_count_what_is_not_published_anew(agenda):
    report = frozen.report(agenda)
    edition = frozen.freeze(report)
    report.reference_day -= timedelta(days=7)
    with pytest.raises(StepNotAllowed, match="moved"):
        editions.check_edition(edition, factories.account())
    assert editions.count_anew(report, edition.frozen_by)
    assert (edition.counted_at, edition.reference_day) == (None, report.reference_day)
    db.session.commit()

    assert freezing.freeze_wanted_editions() == 1
    db.session.refresh(edition)
    assert editions.contents_for(edition).reference_day == report.reference_day
    frozen.publish(edition)
    assert not editions.count_anew(report, edition.frozen_by)
    assert edition.counted_at


def test_a_correction_is_a_next_edition_with_its_reason_and_the_first_stays(agenda):
    report = frozen.report(agenda)
    asks = factories.account(agenda.network)
    with pytest.raises(CannotCorrect, match="nothing"):
        editions.correct(report, "Een sessie vergeten", asks)
    first = frozen.publish(frozen.freeze(report))
    before = dict(first.contents)
    with pytest.raises(CannotFreeze, match="published"):
        editions.ask_for_edition(report, asks)
    with pytest.raises(CannotCorrect, match="reason"):
        editions.correct(report, "  ", asks)

    second = editions.correct(report, "Een sessie vergeten", asks)
    assert (second.number, second.reason) == (2, "Een sessie vergeten")
    with pytest.raises(CannotCorrect, match="under_way"):
        editions.correct(report, "Nog iets", asks)
    db.session.commit()
    freezing.freeze_wanted_editions()
    frozen.publish(second)
    db.session.refresh(first)
    assert first.contents == before
    assert [each.number for each in editions.list_public_editions(agenda)] == [2, 1]
    assert [each.number for each in editions.list_public_reports(agenda)] == [2]


def test_words_written_after_counting_are_said_not_to_be_in_it(agenda):
    report = frozen.report(agenda)
    words.write_words(report, Part.HAPPENED, "Voor het tellen", by=factories.account(agenda.network))
    edition = frozen.freeze(report)
    assert editions.count_words_since(edition) == 0
    words.write_words(report, Part.NEXT, "Erna", by=factories.account(agenda.network))
    assert editions.count_words_since(edition) == 1
    contents = editions.contents_for(edition)
    assert (contents.happened.text, contents.happened.by, contents.next) == (
        "Voor het tellen",
        "",
        None,
    )


def test_who_asks_while_it_is_counted_gets_what_was_asked_last(app, agenda):
    report = frozen.report(agenda)
    edition = editions.ask_for_edition(report, factories.account(agenda.network))
    somebody, report_id = factories.account(agenda.network).id, report.id
    db.session.commit()

    def ask_anew():
        with app.app_context():
            editions.ask_for_edition(db.session.get(Report, report_id), db.session.get(Account, somebody))
            db.session.commit()

    with _first_time("FROM indicators", ask_anew):
        assert freezing.freeze_wanted_editions() == 0
    db.session.refresh(edition)
    assert (edition.counted_at, edition.frozen_by_id) == (None, somebody)
    assert freezing.freeze_wanted_editions() == 1


def test_two_workers_at_once_freeze_it_once(app, agenda):
    indicator = measured.indicator(agenda)
    held = factories.held(agenda.network, days_ago=1)
    edition = editions.ask_for_edition(frozen.report(agenda), factories.account(agenda.network))
    db.session.commit()
    counted = []

    def work():
        with app.app_context():
            counted.append(freezing.freeze_wanted_editions())

    with _first_time("FROM indicators", work):
        counted.append(freezing.freeze_wanted_editions())
    db.session.refresh(edition)
    assert sorted(counted) == [0, 1]
    assert frozen.member_ids(edition, indicator.id, 0) == {held.id}


def test_two_organisers_who_ask_at_once_get_one_edition(app, agenda):
    report = frozen.report(agenda)
    report_id, people = report.id, [factories.account(agenda.network).id for _ in range(2)]
    db.session.commit()

    def ask(account_id):
        with app.app_context():
            editions.ask_for_edition(db.session.get(Report, report_id), db.session.get(Account, account_id))
            db.session.commit()

    with ThreadPoolExecutor() as pool:
        list(pool.map(ask, people))
    assert [each.number for each in editions.list_editions(report)] == [1]


@contextmanager
def _first_time(said, work):
    """Somebody else works when a statement first says this."""
    waiting = [work]

    def listen(connection, cursor, statement, *_):
        if said in statement and waiting:
            thread = Thread(target=waiting.pop())
            thread.start()
            thread.join()

    sa.event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", listen)
    assert not waiting


def test_one_that_cannot_be_counted_holds_no_other_up(agenda):
    broken = frozen.report(measured.agenda(None, measured.theme()))
    db.session.add(Indicator(agenda=broken.agenda, name="Zonder manier van tellen"))
    for each in (broken, frozen.report(agenda)):
        editions.ask_for_edition(each, factories.account(each.agenda.network))
    db.session.commit()
    assert freezing.freeze_wanted_editions() == 1
    assert [each.job for each in one_by_one.list_setbacks()] == [freezing.JOB]


def test_what_counts_no_more_is_gone_when_it_is_counted_anew(agenda):
    indicator = measured.indicator(agenda)
    held = [factories.held(agenda.network, days_ago=days) for days in range(1, 6)]
    report = frozen.report(agenda)
    frozen.freeze(report)
    for each in held[:3]:
        each.state = EventState.CANCELLED
    edition = frozen.freeze(report)
    assert edition.counted_at
    assert frozen.member_ids(edition, indicator.id, 0) == {each.id for each in held[3:]}


def test_internal_ones_are_in_no_public_list(agenda):
    frozen.publish(frozen.freeze(frozen.report(agenda, readers=Readers.INTERNAL)))
    assert editions.list_public_editions(agenda) == []
