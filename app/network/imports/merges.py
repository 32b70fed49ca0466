"""Two people who are one: everything moves to the one that is kept, and can be moved back for a month.

Every reference in the database to the person who goes is found by its foreign key, so a
new table cannot be forgotten. What cannot move, because the kept person has the same
already, is settled by the domain that knows it (signals `merging` and `unmerged`) or stays
behind with the empty person. Each change is written in a journal, which undoing reads backwards.
"""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app import clock, row_journal
from app.accounts.models import Account
from app.database import db, rows_changed
from app.network import memberships
from app.network.imports.models import Double, Merge
from app.network.models import Membership, NetworkNote, Standing
from app.network.people import address_notices, network_notes, people
from app.network.people.models import EmailAddress, Person
from app.row_journal import RowJournal, references_to, select_rows
from app.signals import Signal
from app.words import Refusal

UNDOABLE = timedelta(days=30)
merging = Signal("Two people become one; sent with kept, gone and the journal, before the references move.")
unmerged = Signal("Two people are two again; sent with the merge and the entries of its journal, after all moved back.")
_SETTLED = {"people", "doubles", "merges", "memberships", "network_notes"}
"""Tables whose references this module settles itself."""
_STAYS = {
    "imported_people",
    "person_sign_ins",
    "person_sessions",
    "departures",
    "address_claims",
    "address_changes",
    "address_proposals",
    "merge_requests",
    "visibilities",
    "listings",
}
"""Tables whose rows stay behind: a mail to who goes opens nothing of who is kept, a list that named them not either, and a
yes that they gave to being seen is none of who is kept."""


class CannotMerge(Refusal):
    """These two cannot become one, or two again."""

    says = {
        "itself": _l("Iemand kan niet met zichzelf worden samengevoegd."),
        "gone": _l("Een van de twee is gewist of al samengevoegd. Er is niets veranderd."),
        "undone": _l("Dit is al ongedaan gemaakt."),
        "overtaken": _l("Er is sindsdien te veel veranderd. Ongedaan maken kan niet meer; er is niets veranderd."),
        "too_late": _l("Ongedaan maken kan tot een maand na het samenvoegen."),
    }
    tone = "error"


def merge_people(kept: Person, gone: Person, by: Account | None = None) -> Merge:
    """Make two people one; the name, language, telephone and wishes are those of `kept`. Raises CannotMerge."""
    if kept.id != gone.id:
        address_notices.lock_people(kept, gone)
    check_merge(kept, gone)
    had, works = address_notices.written_addresses(gone), address_notices.is_working(gone)
    journal = RowJournal()
    merging.send(kept, gone=gone, journal=journal)
    _merge_memberships(kept, gone, journal)
    _merge_addresses(kept, gone, journal)
    _merge_notes(kept, gone, journal)
    for column in references_to("people"):
        if column.table.name not in _SETTLED | _STAYS:
            journal.move(column, gone.id, kept.id)
    _merge_details(kept, gone, journal)
    db.session.execute(sa.delete(Double).where(sa.or_(Double.first_id == gone.id, Double.second_id == gone.id)))
    row = Merge(kept_id=kept.id, gone_id=gone.id, account_id=by.id if by else None, journal=journal.entries)
    db.session.add(row)
    db.session.flush()
    db.session.expire_all()
    refresh_search(kept, gone)
    if any(each.restricted_at for each in kept.memberships):
        memberships.restricted.send(kept)
    address_notices.note_merge(gone, kept, row.id, had, works)
    address_notices.moved.send(kept, closed=())
    return row


def check_merge(kept: Person, gone: Person) -> None:
    """Raises CannotMerge."""
    if kept.id == gone.id:
        raise CannotMerge("itself")
    if any(each.erased_at or each.merged_into_id for each in (kept, gone)):
        raise CannotMerge("gone")


def undo_merge(row: Merge) -> None:
    """Make two people of one again; what was added to the kept one since stays there. Raises CannotMerge."""
    address_notices.lock_people(row.kept, row.gone)
    db.session.refresh(row)
    if row.undone_at is not None:
        raise CannotMerge("undone")
    if row.at < clock.now() - UNDOABLE:
        raise CannotMerge("too_late")
    if row.kept.erased_at or row.kept.merged_into_id or not row.journal:
        raise CannotMerge("gone")
    try:
        row_journal.take_back(row.journal)
    except IntegrityError as error:
        raise CannotMerge("overtaken") from error
    entries, row.undone_at, row.journal = row.journal, clock.now(), []
    db.session.flush()
    db.session.expire_all()
    refresh_search(row.kept, row.gone)
    unmerged.send(row, entries=entries)


def undoable_merges(person: Person) -> list[Merge]:
    """Merges into this person that can still be undone, latest first."""
    wanted = sa.select(Merge).where(
        Merge.kept_id == person.id, Merge.undone_at.is_(None), Merge.at > clock.now() - UNDOABLE
    )
    return list(db.session.scalars(wanted.order_by(Merge.id.desc())))


def forget_old_journals() -> int:
    """Drop the journals that are too old to undo; they hold personal data. Returns how many."""
    old = sa.update(Merge).where(
        Merge.at < clock.now() - UNDOABLE, Merge.undone_at.is_(None), sa.cast(Merge.journal, sa.Text) != "[]"
    )
    return rows_changed(old.values(journal=[]).execution_options(synchronize_session=False))


def erase_merged(person: Person) -> None:
    """Erasing somebody erases the people merged into them too, and the journals that name them."""
    before = sa.select(Person).where(Person.merged_into_id == person.id)
    for other in db.session.scalars(before).all():
        erase_merged(other)
        people.forget_addresses(other)
        people.rename_person(other, people.UNKNOWN)
        other.search_text, other.phone, other.erased_at = "", "", clock.now()
        network_notes.forget_notes(other)
    named = sa.update(Merge).where(sa.or_(Merge.kept_id == person.id, Merge.gone_id == person.id))
    db.session.execute(named.values(journal=[]).execution_options(synchronize_session=False))


def refresh_search(*persons: Person) -> None:
    """Let the search know who is findable by which name."""
    for person in persons:
        people.put_name_back(person, people.kept_name(person))
        sa.orm.attributes.flag_modified(person, "name")
    db.session.flush()


def _merge_memberships(kept: Person, gone: Person, journal: RowJournal) -> None:
    """A member takes precedence over a guest; what either asked of their mail or data stays so.

    That they want no use of their data holds in each network of the one that is kept.
    """
    table = Membership.__table__
    own = {row["network_id"]: row for row in select_rows(table, table.c.person_id == kept.id)}
    for row in select_rows(table, table.c.person_id == gone.id):
        mine = own.get(row["network_id"])
        if mine is None:
            journal.update(table, {"id": row["id"]}, person_id=kept.id)
            continue
        better = {}
        if row["standing"] == Standing.MEMBER and mine["standing"] != Standing.MEMBER:
            better["standing"] = Standing.MEMBER
        elif row["standing"] == Standing.GUEST and mine["standing"] == Standing.LEFT:
            better["standing"] = Standing.GUEST
        for wish in ("unsubscribed_at", "restricted_at"):
            if row[wish] and not mine[wish]:
                better[wish] = row[wish]
        if better:
            journal.update(table, {"id": mine["id"]}, **better)
    theirs = select_rows(table, table.c.person_id == kept.id)
    alone = min((row["restricted_at"] for row in theirs if row["restricted_at"]), default=None)
    for row in theirs:
        if alone and not row["restricted_at"]:
            journal.update(table, {"id": row["id"]}, restricted_at=alone)


def _merge_addresses(kept: Person, gone: Person, journal: RowJournal) -> None:
    """All addresses move along; the kept person's preferred one stays preferred.

    A mailbox that both are reached at becomes one, and is their own when it was of either.
    """
    table = EmailAddress.__table__
    own = {row["key"]: row for row in select_rows(table, table.c.person_id == kept.id)}
    has_preferred = any(row["preferred"] for row in own.values())
    for row in select_rows(table, table.c.person_id == gone.id):
        if mine := own.get(row["key"]):
            for column in references_to("email_addresses"):
                journal.move(column, row["id"], mine["id"])
            journal.delete(table, {"id": row["id"]})
            journal.update(table, {"id": mine["id"]}, through=mine["through"] and row["through"])
            continue
        preferred = row["preferred"] and not has_preferred
        journal.update(table, {"id": row["id"]}, preferred=preferred, person_id=kept.id)


def _merge_notes(kept: Person, gone: Person, journal: RowJournal) -> None:
    """What a network noted about both becomes one note; the other half stays behind with the empty person."""
    table = NetworkNote.__table__
    own = {row["network_id"]: row for row in select_rows(table, table.c.person_id == kept.id)}
    for row in select_rows(table, table.c.person_id == gone.id):
        if mine := own.get(row["network_id"]):
            journal.update(table, {"id": mine["id"]}, text=f"{mine['text']}\n{row['text']}")
        else:
            journal.update(table, {"id": row["id"]}, person_id=kept.id)


def _merge_details(kept: Person, gone: Person, journal: RowJournal) -> None:
    table = Person.__table__
    limits = [limit for limit in (kept.mails_a_week, gone.mails_a_week) if limit is not None]
    journal.update(table, {"id": kept.id}, mails_a_week=min(limits, default=None))
    if gone.phone and not kept.phone:
        journal.update(table, {"id": kept.id}, phone=gone.phone)
    journal.update(table, {"id": gone.id}, merged_into_id=kept.id)
