"""What mentions somebody in rows of others, and goes when they are erased: text, JSON, mails and lists that wait.

The columns come from the list of personal data, so what is put on it is searched too. A full name is replaced by
NOBODY; a name of one word may be any word, and one that somebody else has too is also theirs: then only addresses are
sought.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, cast

import sqlalchemy as sa

from app import clock, folding
from app.agendas.models import Agenda
from app.database import Condition, db, has_generated_id, only_reading, rows_changed
from app.events.models import Event, Slot, Speaker
from app.inbox.models import IncomingMail
from app.invitations.models import Invitation
from app.lessons.impressions.models import Document, Impression
from app.network.finding import search
from app.network.imports import list_files
from app.network.imports.models import Import
from app.network.models import Membership
from app.network.people import mailboxes
from app.network.people.models import Person
from app.outbox import message_queue, message_writing
from app.outbox.kinds import MessageKind
from app.outbox.message_states import OVER
from app.outbox.models import CLAIMABLE, LEAVING, RARE, FinishedMessage, Message, Reason
from app.privacy.personal_data import PERSONAL_DATA, Leaving, listed_columns
from app.privacy.scrubbing import NOBODY, Scrub, is_mentioned_in_mail, make_scrubber, rows_to_scrub, scrub_table
from app.progress import editions

_OTHERWISE = {
    "account_sessions", "accounts", "api_tokens", "email_addresses", "finished_messages", "message_history",
    "messages", "people", "person_sessions", "person_sign_ins", "positions", "rate_counts", "search_variants", "search_words", "sent_notes",
    "sign_ins",
}  # fmt: skip
"""Tables in which only somebody's own rows name them, or that are searched in a way of their own below."""
_WITH_THE_PERSON = {"email_addresses", "memberships", "people", "positions"}
"""Whose rows erase_person itself removes, after everybody has read them."""
ABOUT_OTHERS = (
    MessageKind.SUBSTITUTE_INVITATION, MessageKind.SUBSTITUTE_ASKED, MessageKind.SUBSTITUTE_COMES,
    MessageKind.SUBSTITUTE_DECLINED, MessageKind.SUBSTITUTE_WANTED, MessageKind.SEAT_NAMED, MessageKind.SEATS_OFFERED,
    MessageKind.INSTEAD, MessageKind.CALENDAR_NOTE, MessageKind.FORWARDED, MessageKind.ACCESS_GIVEN, MessageKind.LOOK_ALONG,
    MessageKind.COMMITMENT, MessageKind.COMMITMENT_REMINDER, MessageKind.MEMBER_MESSAGE, MessageKind.TEST, MessageKind.NEED_LIST,
)  # fmt: skip
"""Mails that may name somebody else than their reader, few enough to be read one by one."""
_CHANGES = (MessageKind.EVENT_CHANGED, MessageKind.EVENT_CANCELLED)
_NAMES_NOBODY_LATER = "bytes_go"
"""Stands in the details of a mail that a worker had in hand with a text that named who was erased."""
_OF_TEXTS = (
    MessageKind.DIGEST, MessageKind.THANKS, MessageKind.MISSED,
    MessageKind.QUESTION_WAITING, MessageKind.QUESTION_DECIDED, MessageKind.QUESTION_ANSWERED, MessageKind.QUESTION_WHERE,
)  # fmt: skip
"""Mails to many with texts that organisers or members wrote: when one of those named somebody, their bytes go unread."""

LATE = timedelta(days=2)
"""How long after somebody was erased it is looked whether a mail to them was being planned meanwhile."""
READ_AT_ONCE = 20
"""Mails that are in memory together."""
_FORGET_AT_ONCE = 200
"""Mails whose bytes go in one transaction."""
_LOOKED = "looked_at"


def erase_mentions(person: Person) -> None:
    """Replace somebody's full name and addresses wherever others' rows hold them. While the name is still there."""
    needles = _needles(person)
    db.session.flush()
    _let_go_of_own_rows(person)
    if not needles:
        return
    scrub, looked = make_scrubber(needles), _take_looked(person, needles)
    named, grown = _Named(), looked.grown()
    for table, columns in _columns_by_table().items():
        if looked.rows.get(table) or table.name in grown:
            named.add(table, scrub_table(table, columns, needles, scrub, looked.rows_of(table)))
    _scrub_addresses_of_pages(person, needles)
    if named.events:
        search.index_again(list(db.session.scalars(_anew(sa.select(Event).where(Event.id.in_(named.events))))))
    _scrub_notices(person, needles, scrub, named)
    _forget_mails_with_texts(named, needles, scrub)
    _forget_mails_about(person, needles, scrub, looked)
    _forget_incoming_mails_about(person, needles, looked)
    _blank_waiting_lists(needles, looked)
    _make_files_anew(person)
    if named.any:
        editions.forget_names(named.editions)
    db.session.expire_all()


@dataclass
class _Named:
    """Which texts named somebody: of these sessions, in these editions of reports, and whether there were any at all."""

    events: set[int] = field(default_factory=set)
    editions: set[int] = field(default_factory=set)
    any: bool = False

    def add(self, table: sa.Table, keys: list[tuple[Any, ...]]) -> None:
        """Note rows of a table, by their keys, that named them."""
        if not keys:
            return
        self.any = True
        ids = [key[0] for key in keys]
        if table.name == "events":
            self.events.update(ids)
        elif table.name == "progress_editions":
            self.editions.update(ids)
        elif table.name == "speakers":
            of_slots = sa.select(Slot.event_id).join(Speaker).where(Speaker.id.in_(ids))
            self.events.update(db.session.scalars(of_slots))
        elif "event_id" in table.c:
            self.events.update(
                each for each in db.session.scalars(sa.select(table.c.event_id).where(table.c.id.in_(ids))) if each
            )

    def in_mails(self) -> Condition:
        """The mails that may hold such a text."""
        return sa.or_(Message.event_id.in_(self.events), Message.kind.in_(_OF_TEXTS)) if self.any else sa.false()


@dataclass
class _Looked:
    """What was read for these needles while others could write: in the write that follows only newer rows are read too.

    What somebody types into an older row in the second between stays, as what they type in the second after.
    """

    person: int
    needles: list[str]
    newest: dict[str, int] = field(default_factory=dict)
    """The last id of a table, before it was read."""
    rows: dict[sa.Table, list[tuple[Any, ...]]] = field(default_factory=dict)
    """Keys of the rows whose text or JSON holds one."""
    sent: dict[int, bool] = field(default_factory=dict)
    received: dict[int, bool] = field(default_factory=dict)
    """Which mails, sent and received, hold one: bytes never change."""
    lists: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    """Lists that wait and hold one, as they were and without it."""

    def rows_of(self, table: sa.Table) -> Condition:
        """The rows of a table in which one may stand."""
        keys = list(table.primary_key)
        found = sa.tuple_(*keys).in_(self.rows.get(table, []))
        return sa.or_(found, self.newer(keys[0])) if len(keys) == 1 else found

    def named(self) -> "_Named":
        named = _Named()
        for table, keys in self.rows.items():
            named.add(table, keys)
        return named

    def grown(self) -> set[str]:
        """Tables that may have rows that were not read."""
        return {name for name, last in _last_ids().items() if last > self.newest.get(name, 0)}

    def newer(self, key: Any) -> Condition:
        return cast(Condition, key > self.newest.get(key.table.name, 0))


def read_mentions_ahead(person: Person) -> None:
    """Look for what mentions somebody while others may write: erase_mentions then looks at what came since.

    Bytes of mails that left go here too, a few at a time: of those, the write that follows finds few.
    """
    with only_reading():
        looked = _Looked(person.id, _needles(person))
        if looked.needles:
            _read_all(person, looked)
        named = looked.named()
        left = sa.select(Message.id).join(Message.finished).where(Message.state.in_(OVER), named.in_mails())
        with_texts = list(db.session.scalars(left)) if named.any else []
    unread = [*with_texts, *(mail_id for mail_id, holds in looked.sent.items() if holds)]
    for start in range(0, len(unread), _FORGET_AT_ONCE):
        _forget_bytes(Message.id.in_(unread[start : start + _FORGET_AT_ONCE]), Message.state.in_(OVER))
        db.session.commit()
    db.session().info[_LOOKED] = looked


def _last_ids() -> dict[str, int]:
    """Of each table in which somebody may stand; in one statement, since erasing asks while others wait."""
    return {name: last or 0 for name, last in db.session.execute(_select_last_ids()).one()._mapping.items()}


@cache
def _select_last_ids() -> sa.Select[Any]:
    tables = [*_columns_by_table(), IncomingMail.__table__, Import.__table__]
    last = {each.name: sa.select(sa.func.max(each.c.id)) for each in tables if has_generated_id(each)}
    return sa.select(*(each.scalar_subquery().label(name) for name, each in last.items()))


def _read_all(person: Person, looked: _Looked) -> None:
    scrub, looked.newest = make_scrubber(looked.needles), _last_ids()
    for table, columns in _columns_by_table().items():
        looked.rows[table] = [key for key, *_ in rows_to_scrub(table, columns, looked.needles, scrub)]
    _rows_that_mention(_bytes_of_mails(person), looked.needles, looked.sent)
    _rows_that_mention(_bytes_of_incoming_mails(person), looked.needles, looked.received)
    for import_id, content in db.session.execute(
        sa.select(Import.id, Import.content).where(Import.content.is_not(None))
    ):
        if content and (blanked := _blanked(content, looked.needles)):
            looked.lists[import_id] = content, blanked


def _take_looked(person: Person, needles: list[str]) -> _Looked:
    looked: _Looked | None = db.session().info.pop(_LOOKED, None)
    if looked is None or (looked.person, looked.needles) != (person.id, needles):  # renamed meanwhile
        looked = _Looked(person.id, needles)
        _read_all(person, looked)
    return looked


def _scrub_addresses_of_pages(person: Person, needles: list[str]) -> None:
    """A page that was named after somebody gets another address; mails lead there by links of their readers' own."""
    name = folding.in_address(person.name)
    for slug, key in ((Event.slug, Event.id), (Impression.slug, Impression.id), (Agenda.slug, Agenda.id)):
        for row_id, old in db.session.execute(sa.select(key, slug).where(slug.contains(name, autoescape=True))).all():
            if person.name in needles and f"-{name}-" in f"-{old}-":
                new = f"{old.replace(name, folding.in_address(NOBODY))[:70]}-{row_id}"
                db.session.execute(sa.update(slug.class_).where(key == row_id).values({slug: new}))


def _anew(wanted: sa.Select[Any]) -> sa.Select[Any]:
    return wanted.execution_options(populate_existing=True)


def _scrub_notices(person: Person, needles: list[str], scrub: Scrub, named: _Named) -> None:
    """What an organiser wrote about a change of a session that they were invited to, and stands with each mail about it."""
    events = sa.select(Invitation.event_id).where(Invitation.person_id == person.id)
    table, about = Message.__table__, (Message.event_id.in_(events), Message.kind.in_(_CHANGES))
    named.add(table, scrub_table(table, [table.c.details], needles, scrub, *about))


def _forget_mails_with_texts(named: _Named, needles: list[str], scrub: Scrub) -> None:
    """Bytes of mails with a text that named somebody: the facts of those that left stay, the others are written anew."""
    if not named.any:
        return
    table, of_events = Message.__table__, Message.event_id.in_(named.events)
    scrub_table(table, [table.c.subject, table.c.details, table.c.response], needles, scrub, of_events)
    of_texts, with_text = Message.kind.in_(_OF_TEXTS), named.in_mails()
    written_later = [kind for kind in MessageKind if message_writing.has_writer(kind)]
    message_queue.write_anew(of_events, Message.kind.in_(written_later))
    message_queue.write_anew(CLAIMABLE, of_texts, Message.kind.in_(written_later))
    _forget_bytes(Message.state.in_(OVER), with_text)
    db.session.flush()
    for message in db.session.scalars(_anew(sa.select(Message).where(LEAVING, with_text))):
        message.details = message.details | {_NAMES_NOBODY_LATER: True}
    db.session.flush()


def _forget_bytes(*conditions: Condition) -> int:
    theirs = sa.select(Message.id).where(*conditions)
    gone = sa.delete(FinishedMessage).where(FinishedMessage.message_id.in_(theirs))
    return rows_changed(gone.execution_options(synchronize_session=False))


def _let_go_of_own_rows(person: Person) -> None:
    """Rows of kinds that are deleted with somebody; those that may do without a person let go of theirs."""
    for kind in PERSONAL_DATA:
        for table in [db.metadata.tables[name] for name in kind.columns if kind.leaving == Leaving.DELETED]:
            for column in table.columns:
                if table.name in _WITH_THE_PERSON or not column.references(Person.__table__.c.id):
                    continue
                theirs = person.owns(column)
                gone = sa.update(table).values({column: None}) if column.nullable else sa.delete(table)
                db.session.execute(gone.where(theirs))


def _needles(person: Person) -> list[str]:
    """What somebody is found by: their addresses, and their full name when it is theirs alone."""
    going = mailboxes.keys_that_go(person)
    addresses = [each.address for each in person.addresses if each.key in going]
    same = sa.select(Person.id).where(Person.name == person.name, Person.id != person.id, Person.erased_at.is_(None))
    alone = db.session.scalar(same.where(Person.merged_into_id.is_(None)).limit(1)) is None
    return [*addresses, person.name] if " " in person.name and alone else addresses


@cache
def _columns_by_table() -> dict[sa.Table, list[sa.Column[Any]]]:
    """The columns of words that are searched in the same way, by table."""
    tables: dict[sa.Table, list[sa.Column[Any]]] = {}
    for name, column_name in sorted(listed_columns()):
        column = db.metadata.tables[name].c[column_name]
        if name not in _OTHERWISE and not isinstance(column.type, sa.LargeBinary):
            tables.setdefault(column.table, []).append(column)
    return tables


def _mails_about_others(person: Person) -> tuple[Condition, ...]:
    """Mails to others that may name somebody."""
    events = sa.select(Invitation.event_id).where(Invitation.person_id == person.id)
    networks = sa.select(Membership.network_id).where(Membership.person_id == person.id)
    others = sa.or_(Message.person_id != person.id, Message.person_id.is_(None))
    near = sa.or_(Message.event_id.in_(events), Message.network_id.in_(networks), Message.event_id.is_(None))
    return (RARE, Message.kind.in_(ABOUT_OTHERS), others, near)


def _forget_mails_about(person: Person, needles: list[str], scrub: Scrub, looked: _Looked) -> None:
    """Mails to others that name them: what was sent keeps its fact, what was not never leaves."""
    about = _mails_about_others(person)
    table = Message.__table__
    scrub_table(table, [table.c.subject, table.c.details, table.c.response], needles, scrub, *about)
    named = _rows_that_mention(_bytes_of_mails(person), needles, looked.sent)
    if named:
        message_queue.stop_messages(Reason.ERASED, Message.id.in_(named))
        db.session.execute(sa.delete(FinishedMessage).where(FinishedMessage.message_id.in_(named)))


def forget_late_mails() -> int:
    """Blank mails that were planned for somebody, and forget bytes that were being sent with their name, when they were
    erased; returns how many."""
    lately = sa.select(Person.id).where(Person.erased_at > clock.now() - LATE)
    late = (Message.person_id.in_(lately), Message.recipient != "")
    found = db.session.scalars(sa.select(sa.func.count()).select_from(Message).where(*late)).one()
    if found:
        message_queue.blank_messages(*late)
    is_named = sa.cast(Message.details, sa.Text).contains(_NAMES_NOBODY_LATER)
    return found + _forget_bytes(Message.sent_at > clock.now() - LATE, Message.state.in_(OVER), is_named)


def _bytes_of_mails(person: Person) -> sa.Select[int, Any]:
    whole = sa.select(Message.id, FinishedMessage.content).join(Message.finished)
    return whole.where(*_mails_about_others(person))


def _bytes_of_incoming_mails(person: Person) -> sa.Select[int, Any]:
    theirs = sa.select(Invitation.id).where(Invitation.person_id == person.id)
    networks = sa.select(Membership.network_id).where(Membership.person_id == person.id)
    near = sa.or_(
        IncomingMail.invitation_id.in_(theirs), IncomingMail.network_id.in_(networks), IncomingMail.network_id.is_(None)
    )
    return sa.select(IncomingMail.id, IncomingMail.content).where(near, IncomingMail.content.is_not(None))


def _forget_incoming_mails_about(person: Person, needles: list[str], looked: _Looked) -> None:
    mails = _bytes_of_incoming_mails(person).where(looked.newer(IncomingMail.__table__.c.id))
    named = IncomingMail.id.in_(_rows_that_mention(mails, needles, looked.received))
    db.session.execute(sa.update(IncomingMail).where(named).values(content=None))


def _rows_that_mention(mails: sa.Select[int, Any], needles: list[str], looked: dict[int, bool]) -> list[int]:
    """Ids of mails that hold one of these: of those looked at before, and of these, a few at a time in memory."""
    key = mails.selected_columns[0]
    unread = [mail_id for mail_id in db.session.scalars(mails.with_only_columns(key)) if mail_id not in looked]
    for start in range(0, len(unread), READ_AT_ONCE):
        some = mails.where(key.in_(unread[start : start + READ_AT_ONCE]))
        looked.update(
            (mail_id, is_mentioned_in_mail(content, needles)) for mail_id, content in db.session.execute(some).all()
        )
    return [mail_id for mail_id, holds in looked.items() if holds]


def _blank_waiting_lists(needles: list[str], looked: _Looked) -> None:
    """Rows of lists that still wait to be carried out; they stay as rows that are refused, since rows are counted."""
    numbers = sa.or_(Import.id.in_(looked.lists), looked.newer(Import.__table__.c.id))
    waiting = sa.select(Import).where(Import.content.is_not(None), numbers).with_for_update()
    for kept in db.session.scalars(waiting.execution_options(populate_existing=True)):
        before, blanked = looked.lists.get(kept.id, (None, None))
        if before != kept.content:
            blanked = _blanked(kept.content or b"", needles)
        kept.content = blanked or kept.content
    db.session.flush()


def _blanked(content: bytes, needles: list[str]) -> bytes | None:
    """A list without the rows that hold one of these; None when there is none."""
    rows = _read_rows(content)
    named = [any(needle.casefold() in "\n".join(row).casefold() for needle in needles) for row in rows]
    if not any(named):
        return None
    return list_files.write_cells(
        [list_files.blank_row(row) if gone else row for row, gone in zip(rows, named, strict=True)]
    )


def _read_rows(content: bytes) -> list[list[str]]:
    try:
        return list_files.read_cells(content)
    except list_files.UnreadableFile:
        return []


def _make_files_anew(person: Person) -> None:
    """Of the sessions that they were invited to; until then there is no file."""
    events = sa.select(Invitation.event_id).where(Invitation.person_id == person.id)
    impressions = sa.select(Impression.id).where(Impression.event_id.in_(events))
    anew = sa.update(Document).where(Document.impression_id.in_(impressions))
    made = anew.values(wanted_at=clock.now(), made_at=None, content=None)
    db.session.execute(made.execution_options(synchronize_session=False))
