"""Two people at the same thing: who comes second reads that it is gone, rather than that something went wrong with us."""

import io

import pytest
import sqlalchemy as sa

from app.database import db
from app.network.imports.models import Import
from tests import factories
from tests.helpers import hidden, sign_in

pytestmark = pytest.mark.parametrize("site", ["postgresql"], indirect=True)
"""SQLite lets one write at a time from beginning to end."""


def test_a_list_that_a_colleague_replaced_meanwhile(client, app):
    sign_in(client, factories.account(factories.network(slug="netwerk")))
    page = "/organise/networks/netwerk/import"
    file = (io.BytesIO(b"Naam;E-mail\nJan Jansen;jan@oss.example\n"), "lijst.csv")
    dry_run = client.post(page, data={**hidden(client, page), "file": file}).location
    values = hidden(client, dry_run)

    def replace_it(*_) -> None:
        with db.engine.begin() as other:
            other.execute(sa.delete(Import.__table__))

    sa.event.listen(db.session, "before_flush", replace_it, once=True)
    answer = client.post(dry_run, data=values)
    assert (answer.status_code, "Iemand anders heeft dit net weggehaald." in answer.text) == (409, True)
