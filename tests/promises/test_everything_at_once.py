"""Half an hour of everything at once: nothing is lost, nothing twice but what was in flight, and the books balance."""

import os
import sys
from collections import Counter
from datetime import timedelta
from time import monotonic

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts import sign_in
from app.database import db
from app.elsewhere.models import OutsideCalendar
from app.events.models import Event
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.imports.models import Import, ImportState
from app.network.people.models import Person
from app.outbox.models import Message, MessageState
from app.registration.models import Registration, RegistrationState
from app.upkeep import balance
from tests import factories
from tests.helpers import parsed
from tests.inbox import dovecot
from tests.outbox.sink import Sink, listening
from tests.promises import everything
from tests.promises.everything import Play
from tests.server import prepared, serving

pytestmark = pytest.mark.faults
MEMBERS, UNWANTED, BY_LINK, BY_CALENDAR, SCANNED = 3_000, 100, 400, 200, 300
SOME = 125
"""Members that are saved together."""
PAGE_SECONDS = 2
CALM_DOWN = 600
"""Seconds in which all that waits must have been done when nothing breaks any more."""
FORM = {"postgresql": (1_800, 4, 3), "sqlite": (600, 4, 1)}
"""Seconds that it lasts unless FAULT_SECONDS says otherwise, web processes, workers."""


@pytest.mark.parametrize("kind", FORM)
def test_everything_at_once(databases, tmp_path, kind):
    seconds, web, workers = FORM[kind]
    seconds = int(os.environ.get("FAULT_SECONDS", seconds))
    url, sink = databases.with_tables(kind), Sink()
    with (
        listening(sink) as port,
        dovecot.running() as mailbox,
        everything.slow_partners() as partner,
        prepared(
            tmp_path / "instance", url, MAIL_SERVER="127.0.0.1", MAIL_PORT=str(port), INBOX_URL=mailbox.url,
            CALENDARS_ON_THIS_MACHINE="1", MAIL_PACE=str(MEMBERS * 10),
        ) as server,
    ):  # fmt: skip
        play = Play(server, sink, mailbox)
        with server.app.app_context():
            parts = _set_the_stage(play, partner)
            db.session.commit()
            db.engine.dispose()
        with serving(server, "--workers", str(web)), everything.clockwork(play, workers) as kill_one:
            trouble = everything.trouble_database(play, url, workers, min(120, seconds / 3))
            with play.going_on(*parts, kill_one, trouble):
                play.over.wait(seconds)
            _let_it_calm_down(play)
        with server.app.app_context():
            _look_at_what_became_of_it(play)


def _set_the_stage(play: Play, partner: str) -> list:
    network = factories.network(slug="druk")
    crowd = [person for _ in range(MEMBERS // SOME) for person in _save(factories.crowd(SOME, of=network))]
    db.session.add_all(
        OutsideCalendar(network=network, name=f"Trage partner {number}", address=partner, next_at=clock.now())
        for number in range(4)
    )
    everybody = factories.audience(network)
    mailed = factories.event(network, title="Van allen")
    by_link, by_calendar, busy = (
        factories.event(network, title=title, seats_on_site=60) for title in ("Per link", "Per agenda", "In de war")
    )
    rest = iter(crowd[UNWANTED:])
    links = [_link(factories.invitation(by_link, next(rest))) for _ in range(BY_LINK)]
    busy_ones = [factories.invitation(busy, person) for person in crowd[: UNWANTED * 3]]
    by_calendar.seats_on_site = None
    answering = [next(rest).id for _ in range(BY_CALENDAR)]
    factories.wave(
        by_calendar,
        to=factories.audience(network, "Agenda", audiences.make_condition(AudienceBlock.PERSON, *answering)),
    )
    factories.wave(mailed, to=everybody)
    scanned = [_link(factories.invitation(mailed, person)) for person in crowd[-SCANNED:]]
    admin = factories.account(network, admin=True)
    db.session.flush()
    signing_in = [sign_in.make_sign_in_link(admin) for _ in range(2)]
    numbers, unwanted = [each.id for each in busy_ones], [each.id for each in crowd[:UNWANTED]]
    return [
        *(everything.answer_links(play, links[part::4]) for part in range(4)),
        everything.answer_links(play, [_link(each) for each in busy_ones], remembered=False),
        *(everything.scan_links(play, scanned) for _ in range(2)),
        *(everything.organise(play, link, "druk", busy.slug, numbers, unwanted) for link in signing_in),
        everything.answer_by_calendar(play, "Per agenda"),
    ]


def _save(crowd: list[Person]) -> list[Person]:
    db.session.commit()
    return crowd


def _link(invitation: Invitation) -> str:
    return invitation_links.link_to_invitation(invitation)


def _let_it_calm_down(play: Play) -> None:
    """The workers go on until all that is due has been done."""
    play.over.clear()
    end = monotonic() + CALM_DOWN
    with play.server.app.app_context():
        while monotonic() < end and (_open_mails() or play.mailbox.unseen() > play.poison or _queued_lists()):
            db.session.rollback()
            play.over.wait(2)
    play.over.set()


def _open_mails() -> int:
    soon = clock.now() + timedelta(minutes=20)
    still = Message.state.in_([MessageState.DUE, MessageState.SENDING, MessageState.RETRYING, MessageState.PLANNED])
    return db.session.scalars(sa.select(sa.func.count()).where(still, Message.due_at < soon)).one()


def _queued_lists() -> int:
    return db.session.scalars(sa.select(sa.func.count()).where(Import.state == ImportState.QUEUED)).one()


def _look_at_what_became_of_it(play: Play) -> None:
    arrived = Counter(parsed(each.content)["Message-ID"] for each in play.sink.envelopes)
    sent = set(db.session.scalars(sa.select(Message.message_id).where(Message.state == MessageState.SENT)))
    slow = sum(each > PAGE_SECONDS for each in play.seconds)
    sys.stdout.write(
        f"{len(play.seconds)} pages, {slow} slower than {PAGE_SECONDS} s, {dict(play.statuses)}; {len(arrived)} mails,"
        f" {arrived.total() - len(arrived)} twice in {play.breaks} breaks; {len(play.accepted)} accepted from a calendar,"
        f" {play.lists} lists\n"
    )
    assert [str(each) for each in balance.find_breaches()] == []
    assert (_open_mails(), sent ^ set(arrived)) == (0, set())
    assert arrived.total() - len(arrived) <= play.breaks
    told = {link: answer == "on_site" for link, answer in play.told.items() if answer}
    comes = _who_comes()
    assert {link: link in comes for link in told} == told
    assert play.accepted
    assert (_accepted(), _lists_taken_in()) == (len(play.accepted), play.lists)
    assert slow <= len(play.seconds) / 100
    assert set(play.statuses) <= {200, 404, 409, 422, 503}


_TAKES_PART = Registration.state.in_([RegistrationState.CONFIRMED, RegistrationState.WAITING])


def _who_comes() -> set[str]:
    """The links of invitations with which somebody has a place, or waits for one."""
    wanted = (
        sa.select(Invitation).join(Registration).join(Invitation.event).where(_TAKES_PART, Event.title == "Per link")
    )
    return {_link(each) for each in db.session.scalars(wanted)}


def _accepted() -> int:
    wanted = sa.select(sa.func.count(Registration.id)).join(Invitation).join(Invitation.event)
    return db.session.scalars(wanted.where(_TAKES_PART, Event.title == "Per agenda")).one()


def _lists_taken_in() -> int:
    return db.session.scalars(sa.select(sa.func.count()).where(Import.state == ImportState.DONE)).one()
