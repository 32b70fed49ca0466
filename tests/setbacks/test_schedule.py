"""Every job of the clockwork while one item of each breaks: its neighbours and all other jobs get through, and health names it.

A job that has no plant here, or whose work does not go through do_each, fails.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from io import BytesIO
from typing import NamedTuple

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image

from app import clock, database, jobs, tokens, urls
from app.accounts import sign_in
from app.agendas.models import AgendaState
from app.courses import course_certificates, interests
from app.courses.models import CourseInterest
from app.database import db
from app.directory import contacts
from app.elsewhere.models import OutsideCalendar
from app.inbox import imap_mailbox
from app.inbox.models import InboxStatus
from app.lessons.impressions import documents
from app.lessons.impressions.models import Attachment, Document
from app.matching import dividing, proposals
from app.matching.models import MatchMeeting
from app.me import sign_ins
from app.network import joining
from app.network.imports import import_plans, import_runs
from app.network.models import Joining, JoinRequest, Membership, Verdict
from app.network.people.models import Language, Person
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.models import Errand, ErrandKind, Message
from app.papers.kinds import DocumentKind
from app.progress import editions
from app.progress.models import ReportFile, ReportKind
from app.registration import allotments, link_requests
from app.setbacks import job_runs, one_by_one
from app.setbacks.models import JobRun
from app.tokens import Purpose
from app.upkeep import balance, health
from app.upkeep.models import BalanceReport
from app.uploads.people_shown import PeopleShown
from tests import factories, watch
from tests.catalogue import made as offered
from tests.certificates import held
from tests.courses import planned, taught
from tests.directory.members import listed, number_of
from tests.inbox import dovecot, letters
from tests.indicators import made
from tests.matching import matched
from tests.progress import frozen_reports, published
from tests.progress import made as reported
from tests.questions import posed

MONDAY = clock.utc_moment(date(2027, 2, 1), time(10))
"""The first of a month: weekly and monthly news go out."""
NASTY, PLAIN = "{{1/0}} {% endfor %} =?utf-8?B?abcde?= \u202e😀 <b>%s %(x)s", "Gewoon"
"""A text that templates, headers and formats might take for their own, and its neighbour."""
TEXTS = (NASTY, PLAIN)


class Plant(NamedTuple):
    """Two items for a job; the first is what the poison is in."""

    plant: Callable[[], object]
    works: tuple[str, ...]
    """Under which names its items go through do_each."""
    poison: Callable[[], object] = lambda: None
    """Makes of the first item what its work really breaks on, where there is such a thing."""


def _sign_ins():
    for text in TEXTS:
        sign_in.ask_sign_in(factories.account(admin=True, name=text).email)


def _own_sign_ins():
    for text in TEXTS:
        person = factories.person(text)
        sign_ins.ask_of(person, person.addresses[0])


def _link_requests():
    event = factories.event(open_to_all=True)
    for number, text in enumerate(TEXTS):
        link_requests.ask_invitation_link(event, text, f"vraagt{number}@best.example")


def _join_requests():
    for number, text in enumerate(TEXTS):
        joining.ask_to_join(factories.network(), text, f"lid{number}@best.example", Language.NL)


def _asked(verdict: Verdict | None) -> None:
    for number, text in enumerate(TEXTS):
        network = factories.network(joining=Joining.APPROVAL)
        moment = clock.now() - timedelta(hours=1)
        row = JoinRequest(network=network, name=text, address=f"w{number}@best.example", mailed=True)
        row.confirmed_at, row.verdict, row.answered_at = moment, verdict, verdict and moment
        db.session.add(row)


def _waves():
    event = factories.event()
    factories.person(NASTY, of=event.network)
    for _ in TEXTS:
        factories.wave(event, to=factories.audience(event.network))


def _errand(kind: ErrandKind) -> None:
    """Going on breaks: it is not said from when."""
    db.session.add(Errand(kind=kind, event_id=factories.event().id, details={}, row_ids=[1]))


def _errands():
    for _ in TEXTS:
        _errand(ErrandKind.PAUSE)


def _no_such_audience():
    factories.wave(
        event := factories.event(), to=factories.audience(event.network, "x", {"kind": "niets", "values": [1]})
    )


def _letters():
    """They should have left long ago, which is an alarm."""
    for text in TEXTS:
        factories.registration(factories.event(title=text[:60]), factories.person(text))
    db.session.flush()
    db.session.execute(sa.update(Message).values(due_at=clock.now() - timedelta(hours=1)))


def _letter_of_no_kind():
    address = factories.person().addresses[0]
    gone = message_queue.plan_message(MessageKind.TEST, address, details={})
    db.session.flush()
    db.session.execute(sa.update(Message).where(Message.id == gone.id).values(kind="of a version that is gone"))


def _spoken():
    """Somebody who spoke more than a week ago."""
    from app.events import programme
    from app.events.models import Speaker
    from app.speakers import asking
    from app.speakers.models import SpeakerAnswer

    event = factories.event()
    values = {"starts_at": event.starts_at, "ends_at": None, "title": "Lezing", "description": ""}
    slot = programme.save_slot(event, None, speakers=[Speaker(name="Anna Maas")], **values)
    db.session.flush()
    asked = asking.ask_speaker(event, slot.speakers[0], f"anna{slot.id}@oss.example", "")
    asking.answer_request(asked, SpeakerAnswer.YES, "")
    factories.move(event, hours=-24 * 8)
    slot.starts_at = event.starts_at
    return asked.id


def _held():
    event = factories.event(title=NASTY[:60])
    factories.attendance(factories.move(event, hours=-24 * 24 + 2), factories.person(NASTY))


def _commitments():
    for text in TEXTS:
        made = factories.commitment(factories.event(), factories.person(text), text, days=3)
        made.created_at = clock.now() - timedelta(days=30)


def _impressions():
    """As Word files alone, which are made in no time."""
    for text in TEXTS:
        documents.want_documents(factories.impression(factories.held(), text, days_ago=2))
    db.session.flush()
    db.session.execute(sa.delete(Document).where(Document.kind == DocumentKind.PDF))


def _attachments(*contents: bytes):
    """Pictures from before files were cleaned."""
    made = factories.impression(factories.held(), published=False)
    file = BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG")
    for content in contents or [file.getvalue()] * 2:
        row = Attachment(impression_id=made.id, name="foto.png", size=len(content), content=content)
        row.people_shown = PeopleShown.NOBODY
        db.session.add(row)
    db.session.flush()
    db.session.execute(sa.update(Attachment).values(cleaned_at=None))


def _attended():
    """A session of which the attendance is closed, whose two visitors are to be mailed a letter."""
    event = held.session()
    for name in ("Sanne de Vries", "Jan Jansen"):
        held.visitor(event, name)
    held.closed(event, mails_letters=True)


def _completed():
    """An edition of a course that two people completed, whose certificates may go out."""
    edition = taught.edition()
    for name in ("Sanne de Vries", "Jan Jansen"):
        taught.present(taught.enrol(edition, factories.person(name)).person, *taught.days(edition))
    taught.close(*taught.days(edition))
    course_certificates.want_certificates(edition, None)


def _match_calls():
    for text in TEXTS:
        row = matched.round_of(title=text[:150])
        factories.person(text, of=row.network)
        row.called_at = None


def _match_proposals():
    for text in TEXTS:
        row = matched.round_of(title=text[:150])
        for name in ("Anna Bos", "Bram Maas"):
            matched.takes_part(row, name)
        matched.close(row)
        proposals.want_proposal(row)


def _group_meetings():
    network = factories.network()
    for text in TEXTS:
        row = matched.round_of(network, title=text[:150])
        for name in ("Anna Bos", "Bram Maas"):
            matched.takes_part(row, name)
        matched.close(row)
        given = proposals.read_given(row)
        (group,) = proposals.save_proposal(row, given, dividing.work_out(given, "seed")).groups
        proposals.send_proposal(row)
        db.session.add(MatchMeeting(group_id=group.id, event=factories.event(network, title=text, confidential=True)))
    db.session.flush()


def _interest_links():
    course = planned.published().course
    for number, _ in enumerate(TEXTS):
        interests.ask(course, f"volgende{number}@best.example", Language.NL)


def _member_messages():
    """Two members were written to by a third."""
    network = factories.network()
    sender = factories.person(of=network)
    for text in TEXTS:
        contacts.write_to(network, sender, number_of(listed(text, network), network), text)


def _new_editions():
    """Two people wait for an edition that was published a while ago."""
    edition = planned.published()
    for name in TEXTS:
        interests.press(edition.course, factories.person(name))
    edition.published_at = clock.now() - timedelta(hours=1)
    db.session.execute(sa.update(CourseInterest).values(asked_at=clock.now() - timedelta(hours=2)))
    edition.course.network.quiet_hours = False


def _question_answers():
    """Two who asked their network something have an answer."""
    network = factories.network()
    for text in TEXTS:
        question = posed.question(network, factories.person(of=network), text, is_open=True)
        posed.answer(question, factories.person(of=network), text)


def _report_files():
    """A published edition whose PDF is there already: the others are made in no time."""
    edition = published.published_edition(made.agenda())
    edition.files.append(ReportFile(kind=DocumentKind.PDF, made_at=clock.now(), content=b"x", sha256="0" * 64))


def _indicators():
    agenda = made.agenda()
    for _ in TEXTS:
        made.indicator(agenda)


def _indicator_of_no_rule():
    made.indicator(made.agenda()).versions[0].narrowing = {"format": 5}


def _editions():
    for _ in TEXTS:
        _edition(made.agenda())


def _edition(agenda):
    editions.ask_for_edition(frozen_reports.report(agenda), factories.account(agenda.network))


def _edition_of_no_rule():
    agenda = made.agenda()
    made.indicator(agenda).versions[0].narrowing = {"format": 5}
    _edition(agenda)


def _reports():
    """Of each, one of which words are to be asked and one of which who was asked is to be reminded."""
    for text in TEXTS:
        agenda = made.agenda(title=text, state=AgendaState.PUBLISHED)
        for days in (10, 5):
            due = clock.today() + timedelta(days=days)
            kind = ReportKind.YEARLY if days == 5 else ReportKind.INTERIM
            report = reported.report(agenda, clock.today(), kind=kind, title=text, words_due_on=due, due_on=due)
            report.asked_at = clock.now() - timedelta(days=14) if days == 5 else None


def _imports():
    for text in TEXTS:
        _import(f"Naam;E-mail\n{text};lijst{len(text)}@x.example\n".encode())


def _import(content: bytes, plan: bytes = b""):
    kept = import_runs.keep_list(factories.network(), "lijst.csv", content)
    import_runs.queue_import(kept, import_plans.plan_import(kept.network, "lijst.csv", plan or content, kept.mapping))
    if plan:
        kept.content = content


def _seats():
    for place in ("Oss", "Best"):
        event, contact = factories.event(seats_on_site=1), factories.person(NASTY)
        kept = allotments.offer_seats(event, factories.organisation(place), 1, clock.now() + timedelta(days=2), contact)
        factories.registration(event)
        kept.until = clock.now() - timedelta(minutes=1)


def _links() -> None:
    for text in TEXTS:
        offered.item(factories.network(), text, address="https://127.0.0.1:1/")


def _calendars():
    network = factories.network()
    for text in ("http://[::1\u202e", "https://127.0.0.1:1/x.ics"):
        db.session.add(OutsideCalendar(network=network, name=NASTY, address=text, next_at=clock.now()))


def _silent():
    for text in TEXTS:
        person = factories.person(text, of=factories.network())
        db.session.flush()
        long_ago = clock.now() - timedelta(days=9 * 365)
        db.session.execute(sa.update(Membership).where(Membership.person_id == person.id).values(since=long_ago))
        db.session.execute(sa.update(Person).where(Person.id == person.id).values(created_at=long_ago))


def _arrivals():
    to = urls.reply_address(tokens.make_token(Purpose.REPLY, 1))
    poison = [{"Subject": "=?utf-8?B?abcde?="}, {"From": "=?utf-7?Q?+2AA-?= <jan@oss.example>"}]
    poison += [{"References": "=?utf-8?Q?a=00b?="}, {}, {}]
    _arrivals.box.deliver(*(letters.human(to, Message_ID=f"<{n}@x>", **each) for n, each in enumerate(poison)))
    db.session.commit()
    with imap_mailbox.open_mailbox() as box:  # a mailbox that is known is read whatever day its server thinks it is
        number = box.uid_validity
    db.session.add(InboxStatus(id=1, uid_validity=number))


PLANTS = {
    "note_sign_of_life": Plant(lambda: None, ()),
    "tidy_up": Plant(lambda: None, ("tidy_up",)),
    "retention": Plant(lambda: None, ("sweep_old_data",)),
    "stay_letters": Plant(_silent, ("ask_silent_people",)),
    "balance": Plant(lambda: None, ()),
    "alarms": Plant(_sign_ins, ("raise_alarms",)),
    "evaluations": Plant(lambda: [_held(), _held()], ("plan_due_evaluations",)),
    "commitments": Plant(_commitments, ("plan_due_reminders_week",)),
    "match_calls": Plant(_match_calls, ("call_people",)),
    "match_proposals": Plant(_match_proposals, ("make_wanted_proposals",)),
    "group_meetings": Plant(_group_meetings, ("bring_groups_together",)),
    "report_requests": Plant(_reports, ("ask_for_words",)),
    "report_reminders": Plant(_reports, ("remind_of_words",)),
    "attendance_letters": Plant(_attended, ("send_wanted_letters",)),
    "course_certificates": Plant(_completed, ("send_wanted_certificates",)),
    "speaker_thanks": Plant(lambda: [_spoken(), _spoken()], ("thank_speakers",)),
    "follow_ups": Plant(_impressions, ("plan_due_follow_ups",)),
    "digests": Plant(lambda: None, ("plan_due_digests",)),
    "documents": Plant(_impressions, ("make_wanted_documents",)),
    "report_files": Plant(_report_files, ("make_wanted_files",)),
    "attachments": Plant(_attachments, ("clean_stored_attachments",), lambda: _attachments(b"\x89PNG kapot")),
    "scans": Plant(lambda: None, ()),
    "item_scans": Plant(lambda: None, ()),
    "links": Plant(_links, ("check_links",)),
    "indicators": Plant(_indicators, ("count_due_indicators",), _indicator_of_no_rule),
    "frozen_reports": Plant(_editions, ("freeze_wanted_editions",), _edition_of_no_rule),
    "imports": Plant(_imports, ("carry_on_imports",), lambda: _import(b"PK\x03\x04", b"Naam;E-mail\nA;a@x.example\n")),
    "seats": Plant(_seats, ("release_due_seats",)),
    "calendars": Plant(_calendars, ("refresh_due_calendars",)),
    "receive_mail": Plant(_arrivals, ("look_at_mail", "receive_mail", "handle_mail", "file_mail")),
    "join_answers": Plant(lambda: _asked(Verdict.NO), ("mail_join_answers",)),
    "join_reminders": Plant(lambda: _asked(None), ("remind_join_teams",)),
    "sign_in_mails": Plant(_sign_ins, ("mail_sign_in_links",)),
    "own_sign_in_mails": Plant(_own_sign_ins, ("mail_own_sign_ins",)),
    "link_requests": Plant(_link_requests, ("handle_link_requests",)),
    "join_requests": Plant(_join_requests, ("mail_join_links",)),
    "member_messages": Plant(_member_messages, ("mail_contacts",)),
    "interest_links": Plant(_interest_links, ("mail_interest_links",)),
    "new_editions": Plant(_new_editions, ("tell_of_editions",)),
    "question_answers": Plant(_question_answers, ("tell_askers",)),
    "errands": Plant(_errands, ("carry_on_errands",), lambda: _errand(ErrandKind.GO_ON)),
    "planned": Plant(_waves, ("run_due_waves",), _no_such_audience),
    "send_mail": Plant(_letters, ("write_message",), _letter_of_no_kind),
}
ALONE = {"file_mail"}
"""Works of one item: the folder of the mailbox."""


def test_every_job_has_items_planted():
    assert set(PLANTS) == {job.title for job in jobs.SCHEDULE if job.watched} == set(jobs._ONCE)


def _raise() -> None:
    raise RuntimeError


PATIENCE = database.BUSY_TIMEOUT


@contextmanager
def _exception() -> Iterator[None]:
    raise RuntimeError
    yield


@contextmanager
def _dropped_connection() -> Iterator[None]:
    """On PostgreSQL the server ends it, as when it is restarted."""
    if db.engine.dialect.name == "postgresql":
        number = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(sa.select(sa.func.pg_terminate_backend(number)))
    else:
        db.session.connection().invalidate()
    try:
        yield
    finally:
        watch.found.clear()  # the transaction that was open here is the fault's own


@contextmanager
def _locked_database() -> Iterator[None]:
    """Another program has all tables for itself for longer than we wait."""
    if db.engine.dialect.name == "sqlite":
        _wait_for_locks(10)
        other = sqlite3.connect(db.engine.url.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        name = db.engine.url.database
        _run(f"ALTER DATABASE {name} SET lock_timeout = '10ms'")
        db.engine.dispose()
        other = db.engine.raw_connection()
        tables = ", ".join(table.name for table in db.metadata.sorted_tables)
        other.cursor().execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.rollback()
        other.close()
        db.session.rollback()
        if db.engine.dialect.name == "sqlite":
            _wait_for_locks(PATIENCE)
        else:
            _run(f"ALTER DATABASE {db.engine.url.database} RESET lock_timeout")
            db.engine.dispose()


def _wait_for_locks(milliseconds: int) -> None:
    """Whichever connection is used from now on."""
    database.BUSY_TIMEOUT = milliseconds
    db.session.commit()
    db.engine.dispose()


def _run(statement: str) -> None:
    db.session.execute(sa.text(statement))
    db.session.commit()


@pytest.fixture
def mailbox(app, monkeypatch):
    with dovecot.running() as box:
        monkeypatch.setitem(app.config, "INBOX_URL", box.url)
        monkeypatch.setattr(_arrivals, "box", box, raising=False)
        yield box


class Watched:
    """What went through do_each: what broke, and what was done, by the names of the works."""

    def __init__(self, monkeypatch, fault=None):
        self.broken: dict[str, str] = {}
        self.done: defaultdict[str, list[str]] = defaultdict(list)
        self.real, self.fault = one_by_one.do_each, fault
        monkeypatch.setattr(one_by_one, "do_each", self.do_each)

    def do_each(self, job, items, work, **options):
        def each(item):
            name = str(item)[:60]
            if self.fault and job not in self.broken:
                self.broken[job] = name
                with self.fault():
                    work(item)
                raise AssertionError(f"{job} did not notice")
            result = work(item)
            self.done[job].append(name)
            return result

        return self.real(job, items, each, **options)


@pytest.fixture
def planted(app, mailbox, monkeypatch):
    """Two items for each job, on a Monday."""
    monkeypatch.setattr(health, "SHOWN", 99)
    job_runs._noted.clear()
    with time_machine.travel(MONDAY, tick=False) as moment:
        for each in dict.fromkeys(plant.plant for plant in PLANTS.values()):
            each()
        _letter_of_no_kind()
        db.session.commit()
        yield moment
        job_runs._noted.clear()


def _run_all(app) -> None:
    """Everything once; no job fails as a whole."""
    jobs.run_once(app)
    went = set(db.session.scalars(sa.select(JobRun.job).where(JobRun.went_well_at.is_not(None), JobRun.error == "")))
    assert went == set(PLANTS)


@pytest.mark.parametrize("fault", [_exception, _dropped_connection, _locked_database])
def test_whatever_breaks_one_item_costs_only_that_item(app, client, planted, monkeypatch, fault):
    seen = Watched(monkeypatch, fault)
    _run_all(app)
    works = {name for plant in PLANTS.values() for name in plant.works}
    assert works <= set(seen.broken), "works without an item that breaks"
    assert {name for name in works - ALONE if not set(seen.done[name]) - {seen.broken[name]}} == set()
    noted = {(each.job, each.item) for each in one_by_one.list_setbacks(99)}
    assert seen.broken.items() <= noted
    named = client.get("/healthz").json["checks"]["setbacks"]["detail"]
    assert [job for job, item in seen.broken.items() if f"{job} {item} (" not in named] == []


def test_poison_in_what_jobs_work_on_costs_only_itself(app, client, planted, monkeypatch):
    for plant in PLANTS.values():
        plant.poison()
    db.session.commit()
    seen = Watched(monkeypatch)
    _run_all(app)
    works = {name for plant in PLANTS.values() for name in plant.works}
    assert {name for name in works if len(seen.done[name]) < 1 + (name not in ALONE)} == set()
    assert {each.job for each in one_by_one.list_setbacks()} == {
        "run_due_waves",
        "carry_on_errands",
        "carry_on_imports",
        "clean_stored_attachments",
        "write_message",
        "count_due_indicators",
        "freeze_wanted_editions",
    }


def test_an_invariant_that_breaks_hides_no_other_and_is_said(app, client, monkeypatch):
    asked = []
    monkeypatch.setattr(balance, "INVARIANTS", [_raise, lambda: asked.append(1) or iter(["zo is het"])])
    assert (jobs.do_jobs(["balance"]), asked) == ({"balance": 2}, [1])
    assert "could not be asked: RuntimeError" in db.session.get_one(BalanceReport, 1).breaches[0]
    assert client.get("/healthz").json["checks"]["balance"]["well"] is False


def test_a_look_that_breaks_hides_no_other_and_is_said(app, client, monkeypatch):
    monkeypatch.setitem(health._LOOKS, health.Check.WAVES, _raise)
    checks = client.get("/healthz").json["checks"]
    assert (checks["waves"]["well"], "RuntimeError" in checks["waves"]["detail"]) == (False, True)
    assert checks["disk"]["well"]
