"""The material of a session, kept by its organisers: added, changed, replaced, put in order, removed and brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased, joinedload, selectinload

from app import clock, folding
from app.courses.models import CourseMeeting
from app.database import Condition, db, insert_or_update, lock_row, rows_changed
from app.events.models import Event, EventFormat, Slot
from app.materials.material_files import CleanFile
from app.materials.models import ForWhom, Material, MaterialContent, MaterialKind, Scan
from app.uploads.people_shown import PeopleShown
from app.words import Refusal

MOST = 50
"""Pieces of material of one session."""
KEPT_REMOVED = timedelta(days=7)
"""How long what was removed can come back."""

_NOT_FOR_ALL = _l("Deze sessie is vertrouwelijk. Kies wie meedoet, of de leden van het netwerk.")


class MaterialRefused(Refusal):
    """This cannot stand with this session."""

    says = {
        "many": _l("Er staat al zo veel bij deze sessie: hooguit %(most)d stuks. Haal eerst iets weg."),
        "double": _l("‘%(title)s’ staat er al. Vervang dat, of geef dit een andere titel."),
    }
    field = "title"


class NotForEverybody(Refusal):
    """Everybody would see it, which this session or who stands on it does not allow."""

    says = {
        "confidential": _NOT_FOR_ALL,
        "unasked": _l("Iedereen kan dit zien. Vraag het eerst aan wie erop staat, of kies wie meedoet of de leden."),
    }
    field = "for_whom"


@dataclass(frozen=True)
class Details:
    """What an organiser says of material, whatever kind it is."""

    title: str
    for_whom: ForWhom
    people_shown: PeopleShown
    slot_id: int | None = None
    of_course: bool = False
    """As in Material; of a session that is no day of a course it changes nothing."""


@dataclass(frozen=True)
class Link:
    """Where something is on the web, https, and how long a recording takes."""

    address: str
    minutes: int | None = None


def list_materials(event: Event) -> list[Material]:
    """All that stands with a session, in its order."""
    wanted = sa.select(Material).where(Material.event_id == event.id, there()).order_by(Material.place, Material.id)
    return list(db.session.scalars(wanted.options(selectinload(Material.slot))))


def list_of_other_days(event: Event) -> list[Material]:
    """What stands with another day of the course of which a session is one, and is of all its days."""
    if event.format != EventFormat.COURSE_MEETING:
        return []
    wanted = sa.select(Material).where(Material.event_id != event.id, is_of_course_of(sa.literal(event.id)), there())
    return list(
        db.session.scalars(wanted.options(joinedload(Material.event)).order_by(Material.event_id, Material.place))
    )


def is_of_course_of(event_id: sa.SQLColumnExpression[int]) -> Condition:
    """The condition that material is of all days of a course, of which the session with this id is one."""
    return sa.and_(Material.of_course, Material.event_id.in_(days_with(event_id)))


def days_with(event_id: sa.SQLColumnExpression[int]) -> sa.Select[int]:
    """Ids of the sessions of the edition of a course of which the session with this id is a day, itself too."""
    here, day = aliased(CourseMeeting), aliased(CourseMeeting)
    return sa.select(day.event_id).join(here, here.edition_id == day.edition_id).where(here.event_id == event_id)


def material_of_event(event: Event, material_id: int) -> Material | None:
    wanted = sa.select(Material).where(Material.id == material_id, Material.event_id == event.id, there())
    return db.session.scalar(wanted)


def there() -> Condition:
    """The condition that material was not removed."""
    return Material.removed_at.is_(None)


def add_file(event: Event, details: Details, file: CleanFile) -> Material:
    """Keep a clean file with a session. Raises MaterialRefused or NotForEverybody."""
    material = _add(event, details, kind=MaterialKind.FILE, file_name=file.name, size=len(file.content))
    _keep_content(material, file)
    return material


def add_link(event: Event, details: Details, kind: MaterialKind, link: Link) -> Material:
    """Let a link or recording stand with a session. Raises MaterialRefused or NotForEverybody."""
    return _add(event, details, kind=kind, address=link.address, minutes=link.minutes)


def _add(event: Event, details: Details, **own: object) -> Material:
    lock_row(event)
    others = list_materials(event)
    if len(others) >= MOST:
        raise MaterialRefused("many", most=MOST)
    material = Material(event_id=event.id, place=len(others), **own)
    _fill(material, event, details)
    db.session.add(material)
    db.session.flush()
    return material


def change_material(event: Event, material: Material, details: Details) -> None:
    """Say otherwise what it is and for whom. Raises MaterialRefused or NotForEverybody."""
    lock_row(event)
    _fill(material, event, details)


def point_elsewhere(material: Material, link: Link) -> None:
    """Let a link or recording lead to another address."""
    if material.address != link.address:
        _note_version(material)
    material.address, material.minutes = link.address, link.minutes


def replace_file(material: Material, file: CleanFile) -> None:
    """Give out another file at the same address from now on, which nobody has scanned yet."""
    material.file_name, material.size, material.scan = file.name, len(file.content), Scan.NOT_SCANNED
    _note_version(material)
    db.session.flush()
    _keep_content(material, file)


def move_up(event: Event, material: Material) -> None:
    """Let it stand one place higher."""
    lock_row(event)
    rows = list_materials(event)
    number = rows.index(material)
    if number:
        rows[number - 1], rows[number] = rows[number], rows[number - 1]
    for place, each in enumerate(rows):
        each.place = place


def remove_material(material: Material) -> None:
    """Nobody sees or gets it any more; for a week it can come back."""
    material.removed_at = clock.now()


def restore_material(event: Event, material_id: int) -> Material | None:
    """Bring back what was removed; None when that is too long ago."""
    removed = sa.select(Material).where(
        Material.id == material_id, Material.event_id == event.id, Material.removed_at.is_not(None)
    )
    material = db.session.scalar(removed)
    if material is not None:
        material.removed_at = None
    return material


def ids_under_slot(slot_id: int) -> list[int]:
    """What belongs to a part of the programme, for `put_under_slot` when that part comes back."""
    return list(db.session.scalars(sa.select(Material.id).where(Material.slot_id == slot_id).order_by(Material.id)))


def put_under_slot(event: Event, material_ids: Sequence[int], slot_id: int) -> None:
    """Material of the session belongs to a part of the programme again, unless it went to another one meanwhile."""
    mine = (Material.event_id == event.id, Material.id.in_(material_ids), Material.slot_id.is_(None))
    db.session.execute(sa.update(Material).where(*mine).values(slot_id=slot_id))


def forget_removed_materials() -> int:
    """Delete what was removed a week ago, bytes and all; returns how many."""
    gone = sa.delete(Material).where(Material.removed_at < clock.now() - KEPT_REMOVED)
    return rows_changed(gone.execution_options(synchronize_session=False))


def read_content(material: Material) -> bytes | None:
    """The bytes of a file."""
    return db.session.scalar(sa.select(MaterialContent.content).where(MaterialContent.material_id == material.id))


def _fill(material: Material, event: Event, details: Details) -> None:
    if details.for_whom == ForWhom.EVERYBODY:
        if event.confidential:
            raise NotForEverybody("confidential")
        if details.people_shown == PeopleShown.UNASKED:
            raise NotForEverybody("unasked")
    for each in list_materials(event):
        if each is not material and folding.fold_accents(each.title) == folding.fold_accents(details.title):
            raise MaterialRefused("double", title=details.title)
    material.title, material.for_whom = details.title, details.for_whom
    material.people_shown = details.people_shown
    material.of_course = details.of_course and event.format == EventFormat.COURSE_MEETING
    known = not material.of_course and details.slot_id in _slot_ids(event)
    material.slot_id = details.slot_id if known else None


def _slot_ids(event: Event) -> set[int]:
    return set(db.session.scalars(sa.select(Slot.id).where(Slot.event_id == event.id)))


def _note_version(material: Material) -> None:
    material.version += 1
    material.version_at = clock.now()


def _keep_content(material: Material, file: CleanFile) -> None:
    kept = insert_or_update(MaterialContent.__table__, "material_id", content=file.content)
    db.session.execute(kept.values(material_id=material.id, content=file.content))
