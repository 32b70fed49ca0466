"""Whatever people, organisers, calendars and the clock do, in whatever order, the books balance after each step.

A short run with every test; `make faults` plays for minutes. What is played comes from a fixed seed, so that a test
fails for who broke it and not for who came after.
"""

from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app import clock, jobs
from app.attendance import presence
from app.attendance.models import Entry
from app.database import db
from app.events import capacity, hanging, planning
from app.events.models import Event, Mode
from app.events.planning import EventDetails
from app.invitations import inviting
from app.invitations.models import Invitation
from app.invitations.waves import waves
from app.invitations.waves.models import Wave, WaveKind
from app.network import memberships
from app.network.imports import import_plans, import_runs, merges
from app.network.imports.models import Import, ImportState, Merge
from app.network.models import Membership
from app.network.people import people
from app.network.people.models import Person
from app.outbox.models import FinishedMessage, Message
from app.registration import allotments, answers, calendar_answers
from app.registration.calendar_answers import ReceivedAnswer
from app.registration.models import Allotment, CalendarAnswer
from app.setbacks import one_by_one
from app.upkeep import balance
from app.words import Refusal
from tests import factories
from tests.helpers import calendar_of, parsed

MONDAY = datetime(2027, 2, 1, 9, tzinfo=UTC)
PEOPLE, EVENTS = 6, 2
WHO, WHICH = st.integers(0, PEOPLE - 1), st.integers(0, EVENTS - 1)
MODES, SEATS = st.sampled_from(Mode), st.sampled_from([None, 1, 2, 3])
PLACES = ("Breda", "Oss")
STANDARD = ("sign_in_mails", "imports", "planned", "send_mail", "seats")


@contextmanager
def acting():
    """One act of somebody: a rule that refuses has changed nothing."""
    try:
        with suppress(Refusal):
            yield
            db.session.commit()
    finally:
        db.session.rollback()


class Everybody(RuleBasedStateMachine):
    """A network with six people and two sessions in which seats are scarce."""

    def __init__(self, written):
        super().__init__()
        self.written, self.known, self.read = written, {}, set()
        self.travel = time_machine.travel(MONDAY, tick=False)
        self.clock = self.travel.start()
        self.network = factories.network()
        self.people = [
            factories.person(f"Persoon {n}", at=(*PLACES, None)[n % 3], of=self.network) for n in range(PEOPLE)
        ]
        self.contact = factories.person("Contact", of=self.network)
        self.audience = factories.audience(self.network)
        self.account = factories.account(self.network)
        at = clock.start_of_day(clock.today() + timedelta(days=14)) + timedelta(hours=13)
        self.events = [
            factories.hybrid(self.network, starts_at=at, seats_on_site=2, seats_online=1),
            factories.hybrid(self.network, starts_at=at, seats_on_site=2, seats_per_organisation=1),
        ]
        for event in self.events:
            factories.wave(event, to=self.audience)
        db.session.commit()
        self.work()

    def teardown(self):
        db.session.rollback()
        db.session.remove()
        self.travel.stop()
        self.written.empty()

    def _event(self, number: int) -> Event:
        self.clock.shift(timedelta(minutes=3))
        return db.session.get_one(Event, self.events[number].id, populate_existing=True)

    def _person(self, number: int) -> Person:
        return db.session.get_one(Person, self.people[number].id, populate_existing=True)

    def _invitation(self, which: int, who: int) -> Invitation | None:
        return inviting.find_invitation(self._event(which), self._person(who))

    def _membership(self, who: int) -> Membership | None:
        return db.session.scalar(
            sa.select(Membership).filter_by(person_id=self.people[who].id, network_id=self.network.id)
        )

    # Participants, by their link or their calendar

    @rule(which=WHICH, who=WHO, answer=st.sampled_from([*Mode, None]), tabs=st.integers(1, 2))
    def answer(self, which, who, answer, tabs):
        for _ in range(tabs):
            with acting():
                if invitation := self._invitation(which, who):
                    if answer:
                        answers.accept_invitation(invitation, answer)
                    else:
                        answers.decline_invitation(invitation)

    @rule(which=WHICH, who=WHO, other=WHO)
    def ask_a_colleague(self, which, who, other):
        with acting():
            invitation, colleague = self._invitation(which, who), self._person(other)
            if invitation and colleague.addresses:
                answers.ask_substitute(invitation, colleague.name, colleague.addresses[0].address)

    @rule(which=WHICH, who=WHO, answer=st.sampled_from(CalendarAnswer), behind=st.integers(0, 1))
    def answer_in_the_calendar(self, which, who, answer, behind):
        with acting():
            invitation = self._invitation(which, who)
            if invitation and invitation.calendar_sequence is not None:
                sequence = max(0, invitation.calendar_sequence - behind)
                calendar_answers.apply_calendar_answer(invitation, ReceivedAnswer(answer, sequence, clock.now()))

    @rule(which=WHICH, who=WHO)
    def undo_what_the_calendar_said(self, which, who):
        with acting():
            if invitation := self._invitation(which, who):
                calendar_answers.undo_calendar_answer(invitation)

    @rule(which=WHICH, who=WHO, place=st.sampled_from(PLACES))
    def say_where_one_works(self, which, who, place):
        with acting():
            if (invitation := self._invitation(which, who)) and not invitation.person.erased_at:
                answers.note_workplace(invitation, factories.organisation(place))

    @rule(who=WHO, all_of_them=st.booleans(), back=st.booleans())
    def leave(self, who, all_of_them, back):
        with acting():
            if membership := self._membership(who):
                kept = memberships.leave_all_networks(membership.person) if all_of_them else []
                memberships.leave_network(membership)
                if back:
                    memberships.rejoin_networks(membership.person, kept)

    # Organisers

    @rule(
        which=WHICH,
        kind=st.sampled_from([WaveKind.INVITATION, WaveKind.REMINDER, WaveKind.LAST_INFORMATION]),
        hours=st.sampled_from([0, 30]),
    )
    def release_a_wave(self, which, kind, hours):
        with acting():
            event = self._event(which)
            audience = self.audience if kind == WaveKind.INVITATION else None
            at = clock.now() + timedelta(hours=hours)
            made = Wave(event=event, kind=kind, audience=audience, at=at, due_at=at)
            db.session.add(made)
            waves.release_wave(made, self.account)

    @rule(which=WHICH, act=st.sampled_from([waves.pause_wave, waves.resume_wave, waves.withdraw_wave, waves.hold_wave]))
    def steer_the_last_wave(self, which, act):
        with acting():
            mine = sa.select(Wave).where(Wave.event_id == self._event(which).id).order_by(Wave.id.desc()).limit(1)
            if wave := db.session.scalar(mine):
                act(wave)

    @rule(which=WHICH, who=WHO)
    def invite_by_hand(self, which, who):
        with acting():
            event, person = self._event(which), self._person(who)
            if event.published and not event.over and person.addresses:
                inviting.invite_by_hand(event, person.name, person.addresses[0].address)

    @rule(which=WHICH, who=WHO, mode=st.sampled_from([*Mode, None]))
    def answer_for_somebody(self, which, who, mode):
        with acting():
            if invitation := self._invitation(which, who):
                if mode:
                    answers.accept_invitation(invitation, mode, by=self.account)
                else:
                    answers.decline_invitation(invitation, by=self.account)

    @rule(which=WHICH, on_site=SEATS, online=SEATS, quota=SEATS)
    def change_the_seats(self, which, on_site, online, quota):
        """As the form lets one: no fewer than are taken."""
        with acting():
            event = self._event(which)
            now = capacity.outlook(event)
            taken = {mode: now[mode].confirmed for mode in Mode}
            self._change(
                event,
                seats_on_site=on_site and max(on_site, taken[Mode.ON_SITE]),
                seats_online=online and max(online, taken[Mode.ONLINE]),
                seats_per_organisation=quota and max(quota, capacity.most_of_one(event)),
            )

    @rule(which=WHICH, days=st.sampled_from([-10, -3, 1, 7]))
    def move_the_date(self, which, days):
        with acting():
            event, by = self._event(which), timedelta(days=days)
            if event.starts_at + by > clock.now():
                moments = {name: getattr(event, name) + by for name in ("starts_at", "ends_at", "closes_at")}
                self._change(event, **moments)

    @rule(which=WHICH, days=st.sampled_from([0, 1, 2]))
    def take_several_days(self, which, days):
        """More days than before, or fewer; a day on which somebody was stays."""
        with acting():
            event = self._event(which)
            ends_at = event.starts_at + timedelta(days=days, hours=3)
            if ends_at > clock.now():
                self._change(event, ends_at=ends_at, closes_at=min(event.closes_at, ends_at))

    @rule(which=WHICH)
    def cancel_or_revive(self, which):
        with acting():
            event = self._event(which)
            if event.cancelled and not event.over:
                planning.publish_event(event)
            elif event.published and not event.over:
                planning.cancel_event(event, "Ziek")

    @rule(which=WHICH, place=st.sampled_from(PLACES), seats=st.integers(1, 2))
    def keep_seats(self, which, place, seats):
        with acting():
            event = self._event(which)
            if event.open:
                until = min(hanging.last_kept(event), clock.start_of_day(clock.today() + timedelta(days=2)))
                allotments.offer_seats(event, factories.organisation(place), seats, until, self.contact)

    @rule(which=WHICH, back=st.booleans())
    def withdraw_kept_seats(self, which, back):
        with acting():
            event = self._event(which)
            if kept := db.session.scalar(sa.select(Allotment).filter_by(event_id=event.id).limit(1)):
                what = (kept.organisation_id, kept.seats, kept.contact_id, kept.until.isoformat())
                allotments.withdraw_seats(kept)
                if back:
                    allotments.restore_seats(event, *what)

    @rule(who=WHO)
    def erase(self, who):
        with acting():
            if not self._person(who).erased_at and not self._person(who).merged_into_id:
                people.erase_person(self._person(who))

    @rule(kept=WHO, gone=WHO)
    def merge(self, kept, gone):
        with acting():
            merges.merge_people(self._person(kept), self._person(gone))

    @rule(last=st.booleans())
    def undo_a_merge(self, last):
        with acting():
            order = Merge.id.desc() if last else Merge.id
            if merge := db.session.scalar(sa.select(Merge).where(Merge.undone_at.is_(None)).order_by(order).limit(1)):
                merges.undo_merge(merge)

    @rule(who=WHO, place=st.sampled_from(PLACES), moves=st.booleans())
    def import_a_list(self, who, place, moves):
        """With somebody who may be known, and somebody new."""
        with acting():
            person, number = self._person(who), db.session.scalar(sa.select(sa.func.count(Import.id)))
            known = f"{person.name};{person.addresses[0].address};{place}\n" if person.addresses else ""
            content = f"Naam;E-mail;Organisatie\n{known}Nieuw Mens;nieuw{number}@x.example;{place}\n".encode()
            kept = import_runs.keep_list(self.network, "lijst.csv", content)
            plan = import_plans.plan_import(self.network, "lijst.csv", content, kept.mapping)
            import_runs.queue_import(kept, plan, moves=moves)

    @rule(last=st.booleans())
    def undo_an_import(self, last):
        with acting():
            done = sa.select(Import).where(Import.state == ImportState.DONE)
            if kept := db.session.scalar(done.order_by(Import.id.desc() if last else Import.id).limit(1)):
                import_runs.ask_import_undo(kept)

    @rule(who=WHO)
    def let_in_again(self, who):
        with acting():
            person = self._person(who)
            if not person.erased_at and not person.merged_into_id:
                memberships.join_network(person.id, self.network.id)

    # At the door

    @rule(which=WHICH, who=WHO, mode=MODES)
    def check_in(self, which, who, mode):
        with acting():
            if invitation := self._invitation(which, who):
                presence.check_in_invitation(invitation, Entry.LIST, mode)

    @rule(which=WHICH, who=WHO)
    def walk_in(self, which, who):
        with acting():
            person = self._person(who)
            if not person.erased_at and not person.merged_into_id:
                presence.check_in_person(self._event(which), person)

    @rule(which=WHICH, who=WHO)
    def undo_a_check_in(self, which, who):
        with acting():
            if invitation := self._invitation(which, who):
                presence.undo_check_in(invitation)

    # The clock

    @rule()
    def work(self):
        self.clock.shift(timedelta(minutes=1))
        jobs.do_jobs(STANDARD)
        db.session.expire_all()
        self._read_calendars()

    @rule(hours=st.sampled_from([1, 26]))
    def time_passes(self, hours):
        self.clock.shift(timedelta(hours=hours))
        jobs.do_jobs(STANDARD)
        db.session.expire_all()
        self._read_calendars()

    @rule(which=WHICH)
    def the_day_comes(self, which):
        event = self._event(which)
        if event.starts_at - timedelta(hours=1) > clock.now():
            self.clock.move_to(event.starts_at - timedelta(hours=1))
            jobs.do_jobs(STANDARD)
            db.session.expire_all()

    @invariant()
    def nothing_is_set_aside(self):
        assert [(each.job, each.item, each.error) for each in one_by_one.list_setbacks()] == []

    @invariant()
    def everything_fits_together(self):
        assert [str(each) for each in balance.find_breaches()] == []
        db.session.rollback()

    def _change(self, event: Event, **changes) -> None:
        same = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
        planning.change_event(event, EventDetails(**same | changes))

    def _read_calendars(self) -> None:
        """As calendars do: a lower SEQUENCE is old, and another date with the same one is no news (RFC 5546 section 2.1.4)."""
        new = sa.select(Message.id, Message.invitation_id, FinishedMessage.content).join(Message.finished)
        sent = new.where(Message.id.not_in(self.read), Message.sent_at.is_not(None), Message.invitation_id.is_not(None))
        told = []
        for number, invitation, content in db.session.execute(sent).all():
            self.read.add(number)
            calendar = calendar_of(parsed(content))
            told += [(each["DTSTAMP"].dt, invitation, each) for each in (calendar.walk("VEVENT") if calendar else [])]
        for _, invitation, vevent in sorted(told, key=lambda each: each[:2]):
            sequence, start = int(vevent["SEQUENCE"]), vevent.start
            last, date = self.known.get(invitation, (-1, start))
            assert sequence >= last + (start != date), f"invitation {invitation}: {date} {last}, {start} {sequence}"
            self.known[invitation] = (sequence, start)


def _play(written, examples: int, steps: int, *, same: bool) -> None:
    run_state_machine_as_test(
        lambda: Everybody(written),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=same,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_books_balance_whatever_happens(app, written):
    _play(written, 6, 25, same=True)


@pytest.mark.faults
def test_the_books_balance_through_hundreds_of_steps(app, written):
    _play(written, 150, 60, same=False)
