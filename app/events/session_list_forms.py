"""What the address of a list of sessions narrows it down to."""

from enum import Enum
from typing import TypeVar

from flask import request

from app.events.models import EventFormat
from app.events.session_list import SessionFilter, SessionOrder, SessionsWanted
from app.rows import read_row_number

_Value = TypeVar("_Value", bound=Enum)


def read_session_filter() -> SessionFilter:
    year = read_row_number(request.args.get("year", ""))
    return SessionFilter(
        text=request.args.get("q", "").strip(),
        wanted=_one_of(SessionsWanted, "state"),
        format=_one_of(EventFormat, "format"),
        year=year if year and 2000 <= year <= 2100 else None,
        order=_one_of(SessionOrder, "sort") or SessionOrder.LATEST,
    )


def _one_of(values: type[_Value], name: str) -> _Value | None:
    asked = request.args.get(name, "")
    return next((each for each in values if each.value == asked), None)
