"""When words are asked for: whom, once, in the digest where one comes in time; and who gets no mail."""

import dataclasses
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.orm import selectinload

from app import clock
from app.agendas import koppels
from app.agendas.models import AgendaState
from app.database import db
from app.digests import editions
from app.network import digest_rhythm, memberships
from app.network.people import people
from app.network.people.models import DigestFrequency, Person
from app.outbox import message_writing
from app.outbox.models import Message, MessageState, Reason
from app.progress import asking, reports, words
from app.progress.models import Part, Report
from tests import factories
from tests.agendas import made as agreed
from tests.helpers import links_in, mail_to, mails, parsed, sign_in, text_of
from tests.progress import made

DUE = date(2026, 5, 21)
"""A Thursday."""
REFERENCE = date(2026, 4, 30)
ASKING, REMINDING = DUE - timedelta(weeks=3), DUE - timedelta(weeks=1)


def _at(day: date, hour: int = 10) -> time_machine.travel:
    return time_machine.travel(clock.utc_moment(day, datetime(2000, 1, 1, hour).time()), tick=False)


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", name="Digitaal", contact_address="team@digitaal.example")


@pytest.fixture
def row(network):
    agenda = agreed.agenda(network, starts_on=date(2024, 1, 1), ends_on=date(2026, 12, 31))
    agenda.state = AgendaState.PUBLISHED
    return agreed.theme_on(agenda)


@pytest.fixture
def person(network):
    person = factories.person("Sanne de Vries", of=network)
    person.digest = DigestFrequency.NEVER
    return person


@pytest.fixture
def office(row, person):
    return agreed.office(row, person)


@pytest.fixture
def report(office):
    return made.report(office.agenda_theme.agenda, REFERENCE, title="Tussenrapportage 1 2026")


def _ask(day: date = ASKING, hour: int = 10) -> int:
    with _at(day, hour):
        done = asking.ask_for_words() + asking.remind_of_words()
        message_writing.write_due_messages()
    db.session.expire_all()
    return done


def _kinds() -> list[str]:
    return [each.kind.value for each in db.session.query(Message).order_by(Message.id)]


class TestAsking:
    def test_three_weeks_before_each_gets_a_letter_with_their_link_and_the_team_one(self, report, person, office):
        assert _ask(ASKING - timedelta(days=1)) == 0
        assert _ask() == 2
        assert _kinds() == ["progress_asked", "progress_team"]
        with _at(ASKING):
            letter = mail_to(person)
        assert letter["Subject"] == "Tussenrapportage 1 2026: schrijf je een paar zinnen?"
        assert "tot en met do 21 mei 2026" in " ".join(text_of(letter).split())
        assert koppels.link_to_office(office).removeprefix("http://leerkring.test") in links_in(letter)
        team = db.session.query(Message).filter_by(kind="progress_team").one()
        body = parsed(team.body)
        assert (team.recipient, f"/reports/{report.id}" in text_of(body)) == ("team@digitaal.example", True)
        assert "staan er 0 van 2 teksten. Van de koppels staan er 0 van 1." in " ".join(
            text_of(body).replace("Van jullie ", "").split()
        )

    def test_nobody_is_asked_twice(self, report):
        assert [_ask(), _ask(), _ask(ASKING + timedelta(days=1))] == [2, 0, 0]

    def test_nobody_is_asked_before_nine(self, report):
        assert [_ask(hour=8), _ask(hour=9)] == [0, 2]

    def test_somebody_with_two_themes_gets_one_letter_with_two_links(self, report, row, person, office):
        second = agreed.office(agreed.theme_on(row.agenda), person)
        _ask()
        with _at(ASKING):
            links = links_in(mail_to(person))
        own = [koppels.link_to_office(each).removeprefix("http://leerkring.test") for each in (office, second)]
        assert [link for link in links if link.startswith("/koppels/")] == own
        assert _kinds().count("progress_asked") == 1

    def test_executive_and_official_are_both_asked_and_a_vacant_place_is_nobody(self, report, row):
        official = factories.person("Anna Bos")
        official.digest = DigestFrequency.NEVER
        agreed.office(row, official, kind="official")
        _ask()
        assert _kinds().count("progress_asked") == 2

    def test_in_english_for_who_reads_english(self, report, person):
        person.language = "en"
        _ask()
        with _at(ASKING):
            assert mail_to(person)["Subject"].endswith("will you write a few sentences?")

    def test_a_draft_asks_nobody_nor_does_an_archived_network(self, report, row, network):
        row.agenda.state = AgendaState.DRAFT
        assert _ask() == 0
        row.agenda.state, network.archived_at = AgendaState.PUBLISHED, clock.now()
        assert (_ask(), report.asked_at) == (0, None)

    def test_what_is_frozen_already_is_not_asked(self, report):
        made.edition(report)
        assert _ask() == 0

    def test_words_that_should_have_been_there_are_asked_on_the_page_alone(self, client, report, office):
        assert _ask(DUE + timedelta(days=1)) == 0
        assert (report.asked_at is not None, words.is_asked(report)) == (True, True)
        assert _kinds() == []

    def test_of_what_was_planned_too_late_the_page_says_so_and_it_is_asked_when_its_days_move(
        self, client, report, network
    ):
        page = f"/organise/networks/netwerk/agendas/{report.agenda_id}/reports/{report.id}"
        _ask(DUE + timedelta(days=1))
        with _at(DUE + timedelta(days=2)):
            organiser = factories.account(network)
            sign_in(client, organiser)
            shown = client.get(page).text
            assert ["te laat gepland om te mailen" in shown, "gevraagd" in shown, "herinnerd" in shown] == [
                True,
                False,
                False,
            ]
            due = DUE + timedelta(weeks=6)
            moved = made.details(REFERENCE, words_due_on=due, due_on=due)
            reports.change_report(report, dataclasses.replace(moved, words_due_on=DUE - timedelta(days=1)), organiser)
            assert report.asked_at is not None
            reports.change_report(report, moved, organiser)
            assert "we vragen erom op" in client.get(page).text
            db.session.commit()
        assert [_ask(due - timedelta(days=22)), _ask(due - timedelta(weeks=3)), _ask(due - timedelta(weeks=1))] == [
            0,
            2,
            2,
        ]

    def test_asked_in_the_last_week_nobody_was_reminded_until_its_days_move(self, client, report, network):
        page = f"/organise/networks/netwerk/agendas/{report.agenda_id}/reports/{report.id}"
        _ask(DUE - timedelta(days=2))
        with _at(DUE - timedelta(days=1)):
            sign_in(client, factories.account(network))
            shown = client.get(page).text
            assert ["gevraagd" in shown, "herinnerd" in shown] == [True, False]
            due = DUE + timedelta(weeks=2)
            reports.change_report(report, made.details(REFERENCE, words_due_on=due, due_on=due), factories.account())
            db.session.commit()
        assert [_ask(DUE), _ask(due - timedelta(weeks=1))] == [0, 2]

    def test_asked_in_the_last_week_there_is_no_reminder_at_once(self, report, person):
        assert _ask(REMINDING + timedelta(days=2)) == 2
        assert _ask(REMINDING + timedelta(days=3)) == 0

    @pytest.mark.parametrize(
        "how", ["erased", "restricted", "left", "unsubscribed", "ended", "bounced", "withdrawn", "wrote", "frozen"]
    )
    def test_who_is_gone_or_done_gets_no_letter_even_when_it_was_planned(self, report, person, office, network, how):
        with _at(ASKING):
            asking.ask_for_words()
            _let(how, report, person, office, network)
            db.session.commit()
            message_writing.write_due_messages()
        state = db.session.query(Message.state).filter_by(kind="progress_asked").scalar()
        assert state in {MessageState.SUPPRESSED, MessageState.CANCELLED}

    @pytest.mark.parametrize("how", ["erased", "restricted", "left", "unsubscribed", "ended", "bounced", "wrote"])
    def test_who_is_gone_or_done_before_is_not_asked(self, report, person, office, network, how):
        with _at(ASKING):
            report.asked_at = clock.now()
            _let(how, report, person, office, network)
            report.asked_at = None
            db.session.commit()
        _ask()
        assert "progress_asked" not in _kinds()


def _let(how: str, report: Report, person, office, network) -> None:
    membership = memberships.find_membership(person.id, network.id)
    match how:
        case "erased":
            people.erase_person(person)
        case "restricted":
            memberships.restrict_use(person)
        case "left":
            memberships.leave_network(membership)
        case "unsubscribed":
            memberships.unsubscribe_member(membership)
        case "ended":
            office.ends_on = clock.today() - timedelta(days=1)
        case "bounced":
            person.addresses[0].bounced_at = clock.now()
        case "withdrawn":
            koppels.withdraw_link(office)
        case "wrote":
            words.write_words(report, Part.KOPPEL, "Het loopt.", office=office)
        case "frozen":
            made.edition(report)


class TestReminder:
    def test_a_week_before_who_has_not_written_is_reminded_once(self, report, person):
        _ask()
        assert [_ask(REMINDING - timedelta(days=1)), _ask(REMINDING), _ask(REMINDING + timedelta(days=1))] == [0, 2, 0]
        assert _kinds() == ["progress_asked", "progress_team", "progress_reminder", "progress_team"]
        with _at(REMINDING):
            assert mail_to(person)["Subject"] == "Nog tot do 21 mei 2026: je tekst voor Tussenrapportage 1 2026"

    def test_who_wrote_is_not_and_when_all_is_there_the_team_neither(self, report, row, office):
        _ask()
        with _at(ASKING):
            words.write_words(report, Part.KOPPEL, "Het loopt.", office=office)
            for part in words.BY_ORGANISERS:
                words.write_words(report, part, "Veel.", row=row)
        assert _ask(REMINDING) == 0
        assert _kinds() == ["progress_asked", "progress_team"]

    def test_who_came_after_the_asking_is_reminded_too(self, report, row, office):
        _ask()
        after = factories.person("Anna Bos")
        with _at(ASKING + timedelta(days=3)):
            agreed.office(row, after, starts_on=clock.today())
        _ask(REMINDING)
        reminded = db.session.query(Message.person_id).filter_by(kind="progress_reminder").all()
        assert reminded == [(after.id,)]

    def test_a_report_that_was_frozen_meanwhile_reminds_nobody(self, report):
        _ask()
        made.edition(report, published=True)
        assert _ask(REMINDING) == 0


class TestDigest:
    @pytest.fixture
    def reader(self, person):
        person.digest = DigestFrequency.WEEKLY
        return person

    def _digest(self, day: date, frequency=DigestFrequency.WEEKLY) -> None:
        with _at(day):
            editions.plan_due_digests()
            message_writing.write_due_messages()
        db.session.expire_all()

    def test_who_gets_one_before_the_reminder_is_asked_in_it_and_gets_no_other_mail(self, report, reader, office):
        _ask()
        held = db.session.query(Message).filter_by(kind="progress_asked").one()
        assert held.state == MessageState.HELD
        monday = ASKING + timedelta(days=4)
        self._digest(monday)
        db.session.refresh(held)
        assert held.state == MessageState.BUNDLED
        with _at(monday):
            digest = parsed(mails(Message.kind == "digest")[-1].body)
        assert digest["Subject"].startswith("Tussenrapportage 1 2026: schrijf over Thema")
        assert "uiterlijk op do 21 mei 2026" in " ".join(text_of(digest).split())
        assert koppels.link_to_office(office).removeprefix("http://leerkring.test") in links_in(digest)
        self._digest(monday + timedelta(weeks=1))
        assert [each.kind.value for each in mails(Message.person_id == reader.id, Message.message_id.is_not(None))] == [
            "digest"
        ]

    def test_the_monthly_one_comes_too_late_in_some_months_and_then_a_mail_goes(self, row, office, reader, report):
        reader.digest = DigestFrequency.MONTHLY
        assert digest_rhythm.next_digest_moment(
            DigestFrequency.MONTHLY, clock.utc_moment(ASKING, datetime.min.time())
        ).date() == date(2026, 5, 4)
        _ask()
        assert db.session.query(Message.state).filter_by(kind="progress_asked").scalar() == MessageState.HELD
        db.session.query(Message).delete()
        report.asked_at, report.words_due_on, report.due_on = None, date(2026, 5, 28), date(2026, 6, 30)
        _ask(date(2026, 5, 7))
        assert db.session.query(Message.state).filter_by(kind="progress_asked").scalar() == MessageState.DUE

    def test_who_wrote_before_the_digest_came_reads_nothing_of_it_there(self, report, reader, office):
        _ask()
        with _at(ASKING + timedelta(days=1)):
            words.write_words(report, Part.KOPPEL, "Het loopt.", office=office)
            db.session.commit()
        self._digest(ASKING + timedelta(days=4))
        assert mails(Message.kind == "digest", Message.message_id.is_not(None)) == []

    def test_who_stopped_the_digest_meanwhile_is_reminded_by_mail(self, report, reader):
        _ask()
        reader.digest = DigestFrequency.NEVER
        _ask(REMINDING)
        asked, reminded = (
            db.session.query(Message).filter_by(kind=kind).one() for kind in ("progress_asked", "progress_reminder")
        )
        assert (asked.state, reminded.state) == (MessageState.SUPPRESSED, MessageState.DUE)

    def test_what_waits_in_vain_is_dropped(self, report, reader):
        _ask()
        with _at(ASKING):
            assert asking.drop_stale_requests() == 0
            made.edition(report)
            assert asking.drop_stale_requests() == 1
        message = db.session.query(Message).filter_by(kind="progress_asked").one()
        assert (message.state, message.response) == (MessageState.SUPPRESSED, Reason.NO_LONGER_HOLDS)

    def test_a_batch_of_digests_takes_as_many_statements_for_many_requests(self, report, row, queries):
        from app.digests import digest_selection  # which needs all tables

        def gather(person_ids) -> int:
            db.session.commit()
            db.session.expunge_all()
            wanted = sa.select(Person).where(Person.id.in_(person_ids)).options(selectinload(Person.memberships))
            some = list(db.session.scalars(wanted))
            with _at(ASKING), queries() as seen:
                digest_selection.gather_digests(some)
            return len(seen)

        crowd = [factories.person(of=row.agenda.network) for _ in range(6)]
        for number, each in enumerate(crowd):
            each.digest = DigestFrequency.WEEKLY
            agreed.office(agreed.theme_on(row.agenda), each, party=number % 2)
        _ask()
        everybody = [each.id for each in crowd]
        assert gather(everybody[:1]) == gather(everybody)
