"""The slides of who speaks: material of their part of the programme, for who takes part until an organiser says otherwise."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import folding
from app.database import db, insert_new, lock_row
from app.materials import material_files, materials
from app.materials.material_files import CleanFile
from app.materials.materials import Details
from app.materials.models import ForWhom, Material
from app.speakers.models import AskedSpeaker, speaker_slides
from app.uploads.people_shown import PeopleShown
from app.words import Refusal

MOST = 5
"""Files of one speaker."""


class SlidesRefused(Refusal):
    """Who did not say yes sends nothing, and nobody very much."""

    says = {
        "no": _l("Zeg eerst dat je spreekt. Daarna kun je je presentatie sturen."),
        "many": _l("Je stuurde al %(most)d bestanden. Stuur er een met dezelfde naam, dan vervangt dat het oude."),
        "double": _l("Er staat al een bestand dat ‘%(title)s’ heet. Haal dat eerst weg."),
        "gone": _l("Dat bestand is er niet meer. Stuur het opnieuw."),
    }
    field = "file"


def keep_slides(asked: AskedSpeaker, file: CleanFile) -> Material:
    """Keep a clean file; one with a name that they sent before takes its place.

    Raises SlidesRefused and materials.MaterialRefused.
    """
    if not asked.speaks:
        raise SlidesRefused("no")
    lock_row(asked.event)
    title = material_files.title_of(file.name)
    own = slides_of(asked)
    same = next((each for each in own if _same_title(each.title, title)), None)
    if same:
        materials.replace_file(same, file)
        return same
    if len(own) >= MOST:
        raise SlidesRefused("many", most=MOST)
    details = Details(title, ForWhom.PARTICIPANTS, PeopleShown.UNASKED, asked.speaker.slot_id)
    made = materials.add_file(asked.event, details, file)
    sent = insert_new(speaker_slides, "asked_speaker_id", "material_id")
    db.session.execute(sent.values(asked_speaker_id=asked.id, material_id=made.id))
    return made


def slides_of(asked: AskedSpeaker) -> list[Material]:
    """What somebody sent that still stands with the session."""
    wanted = sa.select(Material).join(speaker_slides, speaker_slides.c.material_id == Material.id)
    mine = wanted.where(speaker_slides.c.asked_speaker_id == asked.id, materials.there())
    return list(db.session.scalars(mine.order_by(Material.id)))


def removed_slides_of(asked: AskedSpeaker) -> list[Material]:
    """What somebody sent and was taken away, as long as it can come back."""
    wanted = sa.select(Material).join(speaker_slides, speaker_slides.c.material_id == Material.id)
    mine = wanted.where(speaker_slides.c.asked_speaker_id == asked.id, ~materials.there())
    return list(db.session.scalars(mine.order_by(Material.removed_at.desc(), Material.id)))


def take_slides_away(asked: AskedSpeaker, material_id: int) -> Material:
    """Nobody gets a file any more that they sent; for a week it can come back. Raises SlidesRefused."""
    lock_row(asked.event)
    sent = next((each for each in slides_of(asked) if each.id == material_id), None)
    if sent is None:
        raise SlidesRefused("gone")
    materials.remove_material(sent)
    return sent


def bring_slides_back(asked: AskedSpeaker, material_id: int) -> Material:
    """A file that was taken away stands with the session again. Raises SlidesRefused."""
    lock_row(asked.event)
    removed = next((each for each in removed_slides_of(asked) if each.id == material_id), None)
    if removed is None:
        raise SlidesRefused("gone")
    if any(_same_title(each.title, removed.title) for each in materials.list_materials(asked.event)):
        raise SlidesRefused("double", title=removed.title)
    if len(slides_of(asked)) >= MOST:
        raise SlidesRefused("many", most=MOST)
    removed.removed_at = None
    return removed


def _same_title(one: str, other: str) -> bool:
    return folding.fold_accents(one) == folding.fold_accents(other)
