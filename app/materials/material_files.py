"""A file that somebody puts with a session: of a kind that readers can open, clean, and no larger than the site says."""

from dataclasses import dataclass

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.database import only_reading
from app.network.people import names
from app.uploads import cleaning, file_kinds
from app.words import Refusal

LONGEST_NAME = 150


class FileRefused(Refusal):
    """This file cannot stand with a session."""

    says = {
        "kind": _l("Dit soort bestand kan niet. Kies pdf, docx, pptx, xlsx, odt, ods, odp, png, jpg of webp."),
        "content": _l("De inhoud past niet bij de naam van het bestand. Sla het opnieuw op en probeer het nog eens."),
        "empty": _l("Het bestand is leeg."),
        "large": _l(
            "Dit bestand is groter dan %(most)d MB. Maak het kleiner, bewaar het als pdf, of zet er een link naar."
        ),
    }
    field = "file"
    tone = "error"


@dataclass(frozen=True)
class CleanFile:
    """A file as it may be kept: what it holds is what its name says, and nothing about its maker."""

    name: str
    content: bytes


def most_bytes() -> int:
    """The size of the largest file."""
    megabytes: int = current_app.config["MATERIAL_MB"]
    return megabytes * 2**20


def clean_material(name: str, content: bytes) -> CleanFile:
    """The file as it may be kept. Raises FileRefused and cleaning.CannotBeCleaned.

    Nothing may be pending in the session: it takes seconds.
    """
    name = _clean_file_name(name)
    ending = file_kinds.ending_of(name)
    if ending not in file_kinds.ENDINGS:
        raise FileRefused("kind")
    if not content:
        raise FileRefused("empty")
    if len(content) > most_bytes():
        raise FileRefused("large", most=current_app.config["MATERIAL_MB"])
    if not file_kinds.begins_as(content, ending):
        raise FileRefused("content")
    return CleanFile(name, cleaning.clean_file(content, ending))


def clean_upload(upload: tuple[str, bytes] | None) -> CleanFile | None:
    """Name and bytes that somebody sent, as `clean_material` keeps them, before anything is written; None of nothing."""
    if upload is None:
        return None
    with only_reading():
        return clean_material(*upload)


def title_of(name: str) -> str:
    """What a file is called when nobody says so: its name without ending, 'verslag_10_dec.pdf' → 'verslag 10 dec'."""
    return name.rpartition(".")[0].replace("_", " ").strip()


def _clean_file_name(name: str) -> str:
    """Its own name without path, control characters and what nobody sees; too long a one keeps its ending."""
    name = names.clean_name(file_kinds.last_part(name)).lstrip(". ")
    before, _, ending = name.rpartition(".")
    return f"{before[: LONGEST_NAME - 1 - len(ending)].strip() or 'bestand'}.{ending[:10]}"
