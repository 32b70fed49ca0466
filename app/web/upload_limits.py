"""What a request may send: less in fields than in files, and words that can be stored."""

from typing import Any

import flask
from werkzeug.formparser import FormDataParser

from app.plain_text import storable_text

FORM = 2 * 1024 * 1024
FILE = 10 * 1024 * 1024


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
        return FILE if self.mimetype == "multipart/form-data" else FORM
