"""Numbers in addresses: one that no row can have is an address that is not there, not a fault of the database."""

from typing import Any

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

from app.rows import LARGEST_ID

_DIGITS = 9


class RowNumber(IntegerConverter):
    """<int:…> in a route."""

    def __init__(self, map_: Map, **options: Any) -> None:
        super().__init__(map_, **{"max": LARGEST_ID} | options)


def bind(app: Flask) -> None:
    app.url_map.converters["int"] = RowNumber

    @app.before_request
    def refuse_numbers_that_no_row_has() -> None:
        """Pages, years and ids in the query; what people search for may be as long as they like."""
        for name, value in request.args.items(multi=True):
            digits = value.strip().lstrip("+-").replace("_", "")
            if name != "q" and digits.isdigit() and len(digits) > _DIGITS:
                abort(404)
