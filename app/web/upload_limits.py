"""How much a request may send: less in fields than in files."""

import flask

FORM = 2 * 1024 * 1024
FILE = 10 * 1024 * 1024


class BoundedRequest(flask.Request):
    """A form with files may be larger than one with words alone."""

    @property  # type: ignore[misc]  # nobody sets it for one request
    def max_content_length(self) -> int:  # type: ignore[override]  # as above
        return FILE if self.mimetype == "multipart/form-data" else FORM
