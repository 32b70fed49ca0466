"""Files that travel along with a letter in an organiser's own words: few and light, since each reader gets them all."""

import mimetypes
from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import undefer

from app.database import db
from app.invitations.waves import waves
from app.invitations.waves.models import Wave, WaveFile
from app.network.people import names
from app.outbox.mime import SentFile
from app.uploads import cleaning, file_kinds
from app.words import Refusal

MOST = 3
HEAVIEST = 500_000
"""Bytes of all files of one letter together: each mail keeps its own copy until it has left."""


class FileRefused(Refusal):
    """This file cannot travel along."""

    says = {
        "kind": _l("Dit soort bestand kan niet. Kies pdf, docx, pptx, xlsx, odt, ods, odp, png, jpg of webp."),
        "content": _l("De inhoud past niet bij de naam van het bestand. Sla het opnieuw op en probeer het nog eens."),
        "many": _l("Er kunnen hooguit %(most)d bestanden mee. Zet de andere als link in je bericht."),
        "heavy": _l(
            "De bestanden zijn samen %(size)d KB. Er kan %(most)d KB mee. Zet een groot bestand als link in je bericht."
        ),
    }
    field = "file"


def clean_file(name: str, content: bytes) -> tuple[str, bytes]:
    """The file as it may be sent, without what it tells of its maker. Raises FileRefused and cleaning.CannotBeCleaned.

    Nothing may be pending in the session: it takes seconds.
    """
    name = names.clean_name(file_kinds.last_part(name))[-150:]
    ending = file_kinds.ending_of(name)
    if ending not in file_kinds.ENDINGS:
        raise FileRefused("kind")
    if not file_kinds.begins_as(content, ending):
        raise FileRefused("content")
    return name, cleaning.clean_file(content, ending)


def add_file(wave: Wave, name: str, content: bytes) -> WaveFile:
    """Let a clean file travel along; the second organiser looks again. Raises FileRefused."""
    there = files_of(wave)
    if len(there) >= MOST:
        raise FileRefused("many", most=MOST)
    size = len(content) + sum(each.size for each in there)
    if size > HEAVIEST:
        raise FileRefused("heavy", size=size // 1000, most=HEAVIEST // 1000)
    file = WaveFile(wave_id=wave.id, name=name, content=content, size=len(content))
    db.session.add(file)
    waves.withdraw_release(wave)
    return file


def remove_file(wave: Wave, file: WaveFile) -> None:
    db.session.delete(file)
    waves.withdraw_release(wave)


def files_of(wave: Wave) -> list[WaveFile]:
    return list(db.session.scalars(sa.select(WaveFile).where(WaveFile.wave_id == wave.id).order_by(WaveFile.id)))


def list_names(wave_ids: Collection[int]) -> list[tuple[int, str]]:
    """Which files travel along with these waves: the wave and the name of each."""
    wanted = sa.select(WaveFile.wave_id, WaveFile.name).where(WaveFile.wave_id.in_(wave_ids))
    return [(wave_id, name) for wave_id, name in db.session.execute(wanted.order_by(WaveFile.id))]


def files_to_send(wave: Wave) -> tuple[SentFile, ...]:
    """The files of a letter with their content."""
    if not wave.id:
        return ()
    wanted = sa.select(WaveFile).where(WaveFile.wave_id == wave.id).order_by(WaveFile.id)
    files = db.session.scalars(wanted.options(undefer(WaveFile.content)))
    return tuple(SentFile(each.name, _type_of(each.name), each.content) for each in files)


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
