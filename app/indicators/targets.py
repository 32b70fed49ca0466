"""Targets of an indicator: only ever added, each with where it was decided; the last one holds, the others still show."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app.accounts.models import Account
from app.database import db
from app.indicators import figures, numbers
from app.indicators.models import Aim, Indicator, Target
from app.words import Refusal


class TargetRefused(Refusal):
    """This target cannot be added."""

    says = {
        "value": _l("Vul een getal in, of kies wat er aan de hand is."),
        "no_value": _l("Haal het getal weg, of kies ‘Een getal’."),
        "reason": _l("Schrijf op waarom dit niet van toepassing is."),
        "change": _l("Er staat al een streefwaarde. Schrijf op waarom die verandert."),
        "reason_in_row": _l(
            "Schrijf tussen haakjes waarom iets niet van toepassing is, zoals: n.v.t. (begint pas in 2026)."
        ),
        "many": _l("Er staan meer streefwaarden dan deze agenda jaren heeft."),
    }
    field = "value"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.field = "reason" if problem in {"reason", "change"} else "value"  # type: ignore[misc]  # of this one refusal


@dataclass(frozen=True)
class Decision:
    """Where and when targets were decided, and by whom they were entered."""

    decision: str
    decided_on: date
    by: Account | None = None
    reason: str = ""


def set_target(indicator: Indicator, year: int | None, aim: Aim, value: Decimal | None, decision: Decision) -> Target:
    """Add what is aimed for in a year, or over the whole agenda. Raises TargetRefused."""
    if (aim == Aim.NUMBER) != (value is not None):
        raise TargetRefused("value" if value is None else "no_value")
    if aim == Aim.NOT_APPLICABLE and not decision.reason:
        raise TargetRefused("reason")
    before = figures.targets_of(indicator, year)
    if before and not decision.reason:
        raise TargetRefused("change")
    target = Target(
        year=year,
        aim=aim,
        value=value,
        decided_on=decision.decided_on,
        decision=decision.decision,
        reason=decision.reason,
        entered_by=decision.by,
    )
    indicator.targets.append(target)
    db.session.flush()
    return target


_WORDS = {
    "-": Aim.NONE,
    "–": Aim.NONE,
    "geen": Aim.NONE,
    "?": Aim.UNKNOWN,
    "nnb": Aim.UNKNOWN,
    "nvt": Aim.NOT_APPLICABLE,
    "na": Aim.NOT_APPLICABLE,
}
"""Without the points that some write in them."""
_CELL = re.compile(r"(n\.?v\.?t\.?|n\.?a\.?)\s*\(([^()]*)\)|(\S+)", re.IGNORECASE)
"""What is not applicable with why, in brackets behind it; or what stands between blanks."""


@dataclass(frozen=True)
class AimInRow:
    """What a cell of a row of targets says; `reason` is why it is not applicable."""

    aim: Aim
    value: Decimal | None = None
    reason: str = ""


def read_row_of_targets(text: str, years: list[int]) -> dict[int, AimInRow]:
    """Targets of an agenda's years, in their order, as a row of a table has them: '100 n.v.t. (geen geld) – ?'.

    Of a year whose cell is empty it says nothing; only a row of a spreadsheet, with tabs, tells that one is.
    Raises TargetRefused and NotANumber.
    """
    parts = text.rstrip().split("\t") if "\t" in text else [each[0] for each in _CELL.finditer(text)]
    if len(parts) > len(years):
        raise TargetRefused("many")
    return {year: _read_cell(part.strip()) for year, part in zip(years, parts, strict=False) if part.strip()}


def _read_cell(text: str) -> AimInRow:
    """Raises TargetRefused and NotANumber."""
    found = _CELL.fullmatch(text)
    not_applicable, reason, cell = found.groups() if found else (None, None, text)
    aim = _WORDS.get((not_applicable or cell or "").lower().replace(".", ""), Aim.NUMBER)
    if aim == Aim.NUMBER:
        return AimInRow(aim, numbers.read_number(cell or ""))
    if aim == Aim.NOT_APPLICABLE and not (reason or "").strip():
        raise TargetRefused("reason_in_row")
    return AimInRow(aim, reason=(reason or "").strip())
