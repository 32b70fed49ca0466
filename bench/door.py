"""Checking in at an event of 2,000 registered people, by one phone and by five."""

from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa

from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.database import db
from app.invitations.models import Invitation
from bench import afterwards
from bench.measuring import Measuring, load
from bench.people import gather_statistics, many_people
from bench.sessions import cookie_of
from tests import factories
from tests.server import Server, serving

PHONES = 5


def figures(server: Server, measuring: Measuring) -> None:
    with server.app.app_context():
        network = factories.network(slug="doors")
        event = factories.event(network, title="Deur")
        db.session.flush()
        many_people(event, measuring.many(2_000, 100))
        afterwards.open_doors(event)
        account = factories.account(network)
        accounts.grant_role(account, network, NetworkRole.ORGANISER)
        arriving = iter(list(db.session.scalars(sa.select(Invitation.id).where(Invitation.event_id == event.id))))
        db.session.commit()
        gather_statistics()
        asked = {
            "day": f"{server.address}/organise/events/{event.slug}/day",
            "cookie": cookie_of(server, account.email),
        }
    each = measuring.many(100)
    with serving(server, "--workers", "2"):
        measuring.take(lambda: {"check-in with 2,000 registered, one phone": _tap(arriving, each, 1, asked)})
        five = "check-in with 2,000 registered, 5 phones at once"
        measuring.take(lambda: {five: _tap(arriving, each, PHONES, asked)})


def _tap(arriving: Iterator[int], count: int, phones: int, asked: dict[str, str]) -> float:
    return load("check_ins", invitations=list(islice(arriving, count)), clients=phones, **asked)["ms_each"]
