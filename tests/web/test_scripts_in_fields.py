"""Whatever somebody typed, in whatever field, stays text: every column of words holds a script, and no page lets it run."""

import itertools
from contextlib import suppress

import pytest
import sqlalchemy as sa

from app import tokens
from app.database import db
from app.events.models import Event
from app.network.models import Network
from app.tokens import Purpose
from tests import factories
from tests.accounts.test_rights import PAGES, ROLES, world  # noqa: F401
from tests.helpers import sign_in, sign_in_person
from tests.tables import KEPT

BAIT = "\"'><script>kanarie()</script><img src=x onerror=kanarie()>[x](javascript:kanarie())"
RUNS = ("<script>kanarie", "<img src=x onerror", 'href="javascript:')
OF_THE_PROGRAM = {
    "address", "claimed_by", "code", "digest", "domain", "email", "job", "key", "kind", "language", "letters", "message_id", "page",
    "recipient", "region", "role_code", "secret", "slug", "stems", "town", "uid", "worker", "zone",
}  # fmt: skip
"""Columns by which rows are found, or that nobody types."""


def _plant() -> int:
    """Put the bait behind the words in every column where the database takes it; returns in how many."""
    planted = 0
    for table in db.metadata.sorted_tables:
        for column in table.columns if table.name not in KEPT else ():
            typed = type(column.type) in (sa.String, sa.Text) and not column.foreign_keys
            if typed and not {column.name, column.name.rpartition("_")[2]} & OF_THE_PROGRAM:
                with suppress(sa.exc.DBAPIError), db.session.begin_nested():
                    changed = db.session.execute(sa.update(table).values({column.name: column + BAIT}))
                    planted += changed.rowcount > 0
    db.session.commit()
    return planted


def _open(client, page: str):
    answer = client.get(page)
    return client.get(answer.location) if answer.location else answer


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)  # what a page makes of words is the same on both
def test_it_runs_on_no_page(client, world):  # noqa: F811
    event = db.session.scalars(sa.select(Event).where(Event.slug == world["e"])).one()
    network = db.session.scalars(sa.select(Network).where(Network.slug == world["n"])).one()
    held = factories.held(network)
    impression = factories.impression(held, "Een inzicht")
    links = {Purpose.INVITATION: world["i"], Purpose.SEATS: world["l"]}
    made = {purpose: tokens.make_token(purpose, number) for purpose, number in links.items()}
    assert _plant() > 60
    sign_in(client, world["accounts"]["admin"])
    sign_in_person(client, db.session.get(factories.Person, world["p"]))
    pages = [page.format(**world) for page, statuses in PAGES.items() if statuses[ROLES.index("admin")] == 200]
    pages += ["/", "/library", f"/networks/{network.slug}", f"/impressions/{impression.slug}", f"/events/{held.slug}"]
    pages += [f"/events/{event.slug}", f"/i/{made[Purpose.INVITATION]}", f"/seats/{made[Purpose.SEATS]}"]
    pages += ["/me", "/me/mail", "/me/data", "/me/done", f"/networks/{network.slug}/questions"]
    pages += [f"/networks/{network.slug}/questions/{world[name]}" for name in ("asked", "helped")]
    answers = {page: _open(client, page) for page in pages}
    assert {page: answer.status_code for page, answer in answers.items() if answer.status_code != 200} == {}
    shown = {page: answer.text for page, answer in answers.items() if answer.mimetype == "text/html"}
    assert [(page, each) for page, each in itertools.product(shown, RUNS) if each in shown[page]] == []
    assert len([page for page, text in shown.items() if "kanarie" in text]) > 80
