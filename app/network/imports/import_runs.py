"""Imports of lists: kept for a dry run, carried out by the clockwork in steps, undone as a whole for a month.

Rows are read and compared with the people we know while others may write. A step is one transaction of so many rows as
keep nobody waiting, and notes how far it came, so that a long list shows its progress and goes on after a restart. Each
step locks the import first: of several workers one takes it, and who finds it further than expected leaves it to the other.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import clock, step_sizes
from app.database import db, insert_new, only_reading, rows_changed
from app.invitations.models import Invitation
from app.network import adding, memberships
from app.network.audiences import rule_rows
from app.network.imports import doubles, import_plans, import_rows
from app.network.imports.import_plans import ListReader
from app.network.imports.import_rows import ImportRow, RowOutcome
from app.network.imports.models import Import, ImportedPerson, ImportState, Merge
from app.network.models import Network, Standing
from app.network.people import address_changes, address_reading, job_positions, mail_addresses, names, people
from app.network.people.address_notices import changing_addresses
from app.network.people.models import EmailAddress, Language, Person
from app.network.people.people import Newcomer
from app.network.seeing import Viewer
from app.rows import bring_back, kept_columns
from app.setbacks import one_by_one

UNDOABLE = timedelta(days=30)
STEP, UNDO_STEP = 20, 5
"""People in one transaction to begin with, and at least: what twenty take is what a transaction takes whatever its rows.

To take somebody back takes some milliseconds each.
"""
Progress = Callable[[int, int], None]


def keep_list(network: Network, file_name: str, content: bytes, account_id: int | None = None) -> Import:
    """Keep an uploaded list until the organiser decides, in place of an earlier one that waits."""
    waiting = sa.delete(Import).where(Import.network_id == network.id, Import.state == ImportState.WAITING)
    db.session.execute(waiting.execution_options(synchronize_session=False))
    kept = Import(
        network=network,
        network_id=network.id,
        account_id=account_id,
        file_name=names.clean_name(file_name)[:200] or "lijst",
        content=content,
        mapping=import_plans.remembered_mapping(network),
    )
    db.session.add(kept)
    return kept


def queue_import(kept: Import, plan: import_plans.ImportPlan, *, moves: bool = False) -> None:
    """Let the clockwork carry out what the organiser saw; the wrong rows are left out.

    Only the table is kept, with every column settled: rows are counted, and what was guessed may not be guessed anew.
    """
    kept.content = import_plans.write_table(plan.table)
    kept.mapping = {**kept.mapping, "columns": {**kept.mapping.get("columns", {}), **plan.columns}}
    kept.state, kept.total, kept.moves = ImportState.QUEUED, plan.total, moves


def carry_on_imports() -> int:
    """Carry out what is queued and undo what is to be undone; returns how many people were handled."""

    def carry_on(import_id: int) -> int:
        kept = db.session.get_one(Import, import_id, populate_existing=True)
        return carry_out_import(kept) if kept.state == ImportState.QUEUED else _undo_step(kept)

    waiting = sa.select(Import.id).where(Import.state.in_([ImportState.QUEUED, ImportState.UNDOING]))
    handled = one_by_one.do_each("carry_on_imports", db.session.scalars(waiting.order_by(Import.id)).all(), carry_on)
    if handled:
        doubles.find_doubles()
    return handled


def carry_out_import(kept: Import, progress: Progress = lambda done, total: None) -> int:
    """Save the good rows of a list, from where an earlier try stopped; returns how many rows were handled here."""
    if kept.content is None:
        return 0
    with only_reading():
        table = import_plans.settled_table(kept.file_name, kept.content)
        reader, start = ListReader(kept.network, table, kept.mapping), kept.handled
        batches = reader.batches(start)
    done, size = start, STEP
    while rows := _read_batch(batches):
        while rows:
            begun = monotonic()
            if _claim_step(kept, ImportState.QUEUED) != done:
                db.session.rollback()
                return done - start
            some, rows = rows[:size], rows[size:]
            done = kept.handled = done + len(some)
            _save_rows(kept, some)
            db.session.commit()
            size = step_sizes.next_step(size, monotonic() - begun, import_plans.BATCH, least=STEP)
            progress(kept.handled, kept.total)
    if _claim_step(kept, ImportState.QUEUED) == done:
        kept.state, kept.applied_at, kept.content = ImportState.DONE, clock.now(), None
        kept.mapping = import_plans.without_mailboxes(kept.mapping)
    db.session.commit()
    return done - start


def _read_batch(batches: Iterator[list[ImportRow]]) -> list[ImportRow]:
    """The next rows, read and compared with the people we know while others may write; none at the end."""
    with only_reading():
        return next(batches, [])


def _claim_step(kept: Import, state: ImportState) -> int | None:
    """Lock the import for this step and say how far it is; None when it is no longer in that state."""
    locked = sa.select(Import.handled).where(Import.id == kept.id, Import.state == state).with_for_update()
    return db.session.scalar(locked)


def is_import_undoable(kept: Import) -> bool:
    return kept.state == ImportState.DONE and kept.applied_at is not None and kept.applied_at > clock.now() - UNDOABLE


def ask_import_undo(kept: Import) -> None:
    """Let the clockwork take everything back that the list brought."""
    if is_import_undoable(kept):
        kept.state, kept.handled, kept.kept_back = ImportState.UNDOING, 0, 0


def latest_imports(network: Network, most: int = 10) -> list[Import]:
    """The lists of a network that were carried out or are on the way, latest first."""
    wanted = sa.select(Import).where(Import.network_id == network.id, Import.state != ImportState.WAITING)
    return list(db.session.scalars(wanted.order_by(Import.id.desc()).limit(most)))


def imports_people_came_from(network: Network) -> list[Import]:
    """The lists of a network that people came from."""
    wanted = sa.select(Import).where(Import.network_id == network.id, Import.state == ImportState.DONE)
    return list(db.session.scalars(wanted.order_by(Import.id.desc())))


def forget_old_imports() -> int:
    """Delete what is kept for undoing once that is too late. Returns of how many people."""
    too_late = sa.select(Import.id).where(Import.applied_at < clock.now() - UNDOABLE)
    old = sa.update(ImportedPerson).where(
        ImportedPerson.import_id.in_(too_late), sa.cast(ImportedPerson.before, sa.Text) != "{}"
    )
    return rows_changed(old.values(before={}).execution_options(synchronize_session=False))


def _save_rows(kept: Import, rows: list[ImportRow]) -> None:
    kept.refused += sum(row.outcome == RowOutcome.WRONG for row in rows)
    rows = [row for row in rows if row.outcome != RowOutcome.WRONG]
    listed = _add_newcomers(kept, [row for row in rows if row.is_newcomer])
    listed += _save_one_by_one(kept, [row for row in rows if not row.is_newcomer])
    if listed:
        db.session.execute(insert_new(ImportedPerson.__table__, "import_id", "person_id"), listed)


def _add_newcomers(kept: Import, rows: list[ImportRow]) -> list[dict[str, Any]]:
    """Add people who are new, each with one address, together; returns what undoing needs of them."""
    newcomers = [
        Newcomer(row.reading, row.address, row.language or Language.NL, row.phone, row.through) for row in rows
    ]
    ids = people.add_people(newcomers)
    placed = [(number, row) for number, row in zip(ids, rows, strict=True) if row.organisation]
    job_positions.add_positions([_position_of(number, row) for number, row in placed])
    memberships.join_new(ids, kept.network_id)
    kept.added += len(ids)
    return [{"import_id": kept.id, "person_id": number, "created": True, "before": {}} for number in ids]


def _position_of(person_id: int, row: ImportRow) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "organisation_id": row.organisation and row.organisation.id,
        "role_code": row.role and row.role.code,
        "title": row.title or None,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
    }


def _save_one_by_one(kept: Import, rows: list[ImportRow]) -> list[dict[str, Any]]:
    saved = [_save_person(kept, row) for row in rows]
    db.session.flush()
    listed = []
    for person, before in saved:
        if added := before.get("added_positions"):
            before["added_positions"] = [each.id for each in added]
        created = before.pop("created")
        listed.append({"import_id": kept.id, "person_id": person.id, "created": created, "before": before})
    joined = [person for row, (person, _) in zip(rows, saved, strict=True) if not row.member]
    memberships.join_all([person.id for person in joined], kept.network_id)
    new = {each["person_id"] for each in listed if each["created"]}
    network = db.session.get_one(Network, kept.network_id)
    for person in joined:
        if person.id not in new:
            adding.tell_added(person, network)
    return listed


def _save_person(kept: Import, row: ImportRow) -> tuple[Person, dict[str, Any]]:
    """Add or change one person; returns them with what undoing needs."""
    person, created = row.person, row.person is None
    if person is None:
        person = row.person = people.add_person(
            row.reading, row.address, language=row.language or Language.NL, through=row.through
        )
        person.phone = row.phone
        kept.added += 1
    elif row.changes:
        kept.changed += 1
    if row.elsewhere:
        return person, {"created": False, "standing": None}
    before: dict[str, Any] = {
        "created": created,
        **people.kept_name(person),
        "language": str(person.language),
        "phone": person.phone,
        "addresses": [address.key for address in person.addresses],
        "positions": [
            kept_columns(position, "id", "role_code", "title", "starts_on", "ends_on") for position in person.positions
        ],
        "standing": row.standing and row.standing.value,
        "added_positions": [],
    }
    if import_rows.renames(row, person):
        people.rename_person(person, row.reading)
    person.language, person.phone = row.language or person.language, row.phone or person.phone
    own = {address.key for address in person.addresses}
    fresh = [each for each in (row.address, *row.more_addresses) if address_reading.address_key(each) not in own]
    # A list speaks for its own network alone, whoever brings it.
    if fresh and (created or address_changes.may_change(Viewer(frozenset({kept.network_id})), person)):
        with changing_addresses(person):
            for address in fresh:
                mail_addresses.add_address(person, address)
    if row.organisation and not any(import_rows.is_same_position(row, each) for each in person.positions):
        had = set(person.positions)
        position = job_positions.take_position(
            person, row.organisation, row.role, row.title, row.starts_on, instead=kept.moves and not created
        )
        position.ends_on = row.ends_on or position.ends_on
        before["added_positions"] = [] if position in had else [position]
    return person, before


def _undo_step(kept: Import) -> int:
    """Take back the whole list, a batch per transaction; the people still noted are what is left to do."""
    handled, size, begun = 0, UNDO_STEP, monotonic()
    wanted = sa.select(ImportedPerson).where(ImportedPerson.import_id == kept.id).order_by(ImportedPerson.person_id)
    while _claim_step(kept, ImportState.UNDOING) is not None:
        rows = list(db.session.scalars(wanted.limit(size)))
        if not rows:
            kept.state = ImportState.UNDONE
        for row in rows:
            kept.kept_back += not _take_back(kept, row)
        done = sa.delete(ImportedPerson).where(
            ImportedPerson.import_id == kept.id, ImportedPerson.person_id.in_([row.person_id for row in rows])
        )
        db.session.execute(done.execution_options(synchronize_session=False))
        kept.handled += len(rows)
        db.session.commit()
        handled += len(rows)
        size, begun = step_sizes.next_step(size, monotonic() - begun, import_plans.BATCH, least=UNDO_STEP), monotonic()
    db.session.rollback()
    return handled


def _take_back(kept: Import, row: ImportedPerson) -> bool:
    """Undo what the list did to one person; False when something has happened with them since, so that they stay."""
    options = [selectinload(Person.positions), selectinload(Person.addresses), selectinload(Person.memberships)]
    person = db.session.get_one(Person, row.person_id, options=options, populate_existing=True)
    if _was_merged_since(person, kept):
        return False
    if row.created:
        if has_history(person, kept.network_id, kept.id):
            return False
        db.session.delete(person)
        return True
    before = row.before
    if not before:  # erased since
        return False
    if "name" in before:
        _restore_details(person, before)
    _restore_membership(person, kept.network_id, before["standing"])
    return True


def _restore_details(person: Person, before: dict[str, Any]) -> None:
    people.put_name_back(person, before)
    person.language, person.phone = Language(before["language"]), before.get("phone", person.phone)
    with changing_addresses(person):
        for address in [each for each in person.addresses if each.key not in before["addresses"]]:
            if not _used(address):
                mail_addresses.drop_address(address)
    for position in [each for each in person.positions if each.id in before["added_positions"]]:
        person.positions.remove(position)
    _restore_positions(person, before["positions"])


def _was_merged_since(person: Person, kept: Import) -> bool:
    """Whether somebody became one with another after the list was carried out: what it changed can no more be told apart."""
    theirs = sa.or_(Merge.kept_id == person.id, Merge.gone_id == person.id)
    since = sa.select(Merge.id).where(theirs, Merge.undone_at.is_(None), Merge.at >= kept.applied_at)
    return db.session.scalar(since.limit(1)) is not None


def _restore_membership(person: Person, network_id: int, standing: str | None) -> None:
    """As before the list; somebody who unsubscribed in the meantime stays so, and the row stays."""
    membership = next((each for each in person.memberships if each.network_id == network_id), None)
    if membership is None:
        return
    if standing is None and membership.unsubscribed_at is None:
        person.memberships.remove(membership)
    else:
        memberships.restore_standing(membership, Standing(standing or Standing.LEFT))


def _restore_positions(person: Person, befores: list[dict[str, Any]]) -> None:
    known = {position.id: position for position in person.positions}
    for before in befores:
        if position := known.get(before["id"]):
            bring_back(position, before)


def has_history(person: Person, network_id: int, import_id: int = 0) -> bool:
    """Whether somebody whom a network brought joined another one, was put on a list (but this one), or is held elsewhere.

    Held by whatever refers to people and does not go when they go: an invitation, a mail, a commitment, a merge, an
    audience of these people.
    """
    if person.erased_at or any(each.network_id != network_id for each in person.memberships):
        return True
    other_lists = sa.and_(ImportedPerson.person_id == person.id, ImportedPerson.import_id != import_id)
    checks = [sa.select(ImportedPerson.person_id).where(other_lists)]
    checks += [sa.select(column).where(column == person.id) for column in _holding_people()]
    return any(db.session.scalar(check.limit(1)) is not None for check in checks) or (
        person.merged_into_id is not None or rule_rows.is_named("people", person.id)
    )


@cache
def _holding_people() -> list[sa.Column[int]]:
    """The columns that refer to people whose row has to stay because of it."""
    columns = (column for table in db.metadata.tables.values() for column in table.columns)
    people = Person.__table__
    return [
        column
        for column in columns
        if any(key.column.table is people and key.ondelete is None for key in column.foreign_keys)
    ]


def _used(address: EmailAddress) -> bool:
    """Whether somebody was invited at this address."""
    return db.session.scalar(sa.select(Invitation.id).where(Invitation.address_id == address.id).limit(1)) is not None
