"""What a request may send: less in fields than in files, and no NUL in its words."""

from typing import Any

import flask
from werkzeug.formparser import FormDataParser

FORM = 2 * 1024 * 1024
FILE = 10 * 1024 * 1024


class FormsWithoutNul(FormDataParser):
    """Leaves out what no text of a person has and PostgreSQL cannot store."""

    def parse(self, *given: Any, **more: Any) -> Any:
        rest, form, files = super().parse(*given, **more)
        if any("\0" in value for _, value in form.items(multi=True)):
            form = type(form)([(name, value.replace("\0", "")) for name, value in form.items(multi=True)])
        return rest, form, files


class BoundedRequest(flask.Request):
    """A form with files may be larger than one with words alone."""

    form_data_parser_class = FormsWithoutNul

    @property  # type: ignore[misc]  # nobody sets it for one request
    def max_content_length(self) -> int:  # type: ignore[override]  # as above
        return FILE if self.mimetype == "multipart/form-data" else FORM
