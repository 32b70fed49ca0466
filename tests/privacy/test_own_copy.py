"""The copy of one's own data has a part for every kind on the list that has a row of theirs."""

import sqlalchemy as sa

from app.database import db
from app.network.people import own_data
from app.network.people.models import Person
from app.privacy.personal_data import PERSONAL_DATA
from tests.accounts.test_rights import make_world

_NOT_IN_THE_COPY = {
    "finished_messages": "the bytes of a mail, which they were sent",
    "sent_notes": "for a moment, until the mail itself says so",
}
"""Tables with rows of somebody that their copy leaves out, and why."""


def _tables_with_rows_of(person: Person) -> set[str]:
    """Listed tables of which a row points to somebody, or to an invitation, registration or mail of theirs."""
    tables, own = db.metadata.tables, {"people": {person.id}}
    for name, column, through in (
        ("invitations", "person_id", "people"),
        ("messages", "person_id", "people"),
        ("registrations", "invitation_id", "invitations"),
    ):
        rows = sa.select(tables[name].c.id).where(tables[name].c[column].in_(own[through]))
        own[name] = set(db.session.scalars(rows))
    found = set()
    for name in {table for kind in PERSONAL_DATA for table in kind.columns}:
        for column in tables[name].columns:
            for key in column.foreign_keys:
                ids = own.get(key.column.table.name, set())
                if ids and db.session.scalar(sa.select(sa.func.count()).where(column.in_(ids))):
                    found.add(name)
    return found


def test_every_listed_kind_with_a_row_of_theirs_is_in_the_copy(app):
    world = make_world()
    for number in (world["p"], world["b"]):
        person = db.session.get(Person, number)
        missing = _tables_with_rows_of(person) - set(own_data.copy_own_data(person)) - set(_NOT_IN_THE_COPY)
        assert missing == set()
