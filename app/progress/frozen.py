"""What a report says, as it is kept with its edition and read back: JSON, by the types that contents.py states."""

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from app.progress.contents import ReportContents

if TYPE_CHECKING:
    from cattrs.preconf.json import JsonConverter


def freeze_contents(contents: ReportContents) -> dict[str, Any]:
    """As the database keeps it."""
    frozen: dict[str, Any] = _converter().unstructure(contents)
    return frozen


def read_contents(frozen: dict[str, Any]) -> ReportContents:
    """What freeze_contents was given. Raises cattrs.BaseValidationError for anything else."""
    return _converter().structure(frozen, ReportContents)


@cache
def _converter() -> "JsonConverter":
    from cattrs.preconf.json import make_converter

    converter = make_converter()
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda value, _: Decimal(value))
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    return converter
