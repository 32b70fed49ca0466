"""What a request may send: less in fields than in files, most where slides are uploaded, and words that can be stored."""

import re
from typing import Any

import flask
from werkzeug.formparser import FormDataParser

from app.plain_text import storable_text

FORM = 2 * 1024 * 1024
FILE = 10 * 1024 * 1024
MEGABYTE = 1024 * 1024
_MATERIALS = re.compile(r"/organise/events/[^/]+/materials/(file|[0-9]+)|/speak/[^/]+/slides")
"""Addresses at which the material of a session is uploaded, by organisers and by who speaks."""
_PORTRAITS = re.compile(r"/members/[^/]+/listing/picture")
"""Where somebody who is no organiser sends a photo straight from a camera: one that is too large is refused at its field."""
_SPOKEN_OF = 50
"""Megabytes that are let in there to be refused in words; beyond that it is the page that says so."""
_AROUND = 64 * 1024
"""Bytes of a form beside its file: its other fields, and what parts them."""


def most_bytes(path: str, material_megabytes: int) -> int:
    """How much a form with files may be at an address; the second is a setting, MATERIAL_MB."""
    if _PORTRAITS.fullmatch(path):
        return _SPOKEN_OF * MEGABYTE + _AROUND
    return material_megabytes * MEGABYTE + _AROUND if _MATERIALS.fullmatch(path) else FILE


def most_megabytes(path: str) -> int:
    """The same in words, for the site that is running."""
    return most_bytes(path, flask.current_app.config["MATERIAL_MB"]) // MEGABYTE


class StorableForms(FormDataParser):
    """Leaves out of every field what no text may hold."""

    def parse(self, *given: Any, **more: Any) -> Any:
        rest, form, files = super().parse(*given, **more)
        return rest, type(form)([(name, storable_text(value)) for name, value in form.items(multi=True)]), files


class BoundedRequest(flask.Request):
    """A form with files may be larger than one with words alone."""

    form_data_parser_class = StorableForms

    @property  # type: ignore[misc]  # nobody sets it for one request
    def max_content_length(self) -> int:  # type: ignore[override]  # as above
        if self.mimetype != "multipart/form-data":
            return FORM
        return most_bytes(self.path, flask.current_app.config["MATERIAL_MB"])
