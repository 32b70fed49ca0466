"""Money of a theme in a year, in thousands of euros, as it is printed elsewhere: entered by hand or as a pasted row."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.accounts.models import Account
from app.agendas.models import Agenda
from app.database import db
from app.indicators import numbers
from app.indicators.models import Budget
from app.words import Refusal


class MoneyRefused(Refusal):
    """This row cannot be read as lasten."""

    says = {
        "income": _l("Dit is een regel met baten of saldo. Plak de regel met lasten."),
        "many": _l("Er staan meer dan vier bedragen in deze regel."),
    }
    field = "row"


@dataclass(frozen=True)
class Amounts:
    """What a theme costs in a year, each as it was printed."""

    budget: Decimal
    change: Decimal | None = None
    changed: Decimal | None = None
    realised: Decimal | None = None


def read_amounts(row: str) -> Amounts:
    """A row of a budget: begroting, wijziging, na wijziging, gerealiseerd; of two amounts the second is what was realised.

    Raises MoneyRefused and numbers.NotANumber.
    """
    words, budget, others = numbers.read_row(row)
    if words.lower().startswith(("baten", "saldo")):
        raise MoneyRefused("income")
    if len(others) > 3:
        raise MoneyRefused("many")
    if len(others) == 1:
        return Amounts(budget, realised=others[0])
    return Amounts(budget, *others)


def enter_amounts(
    agenda: Agenda, theme_id: int | None, year: int, amounts: Amounts, source: str, by: Account | None
) -> Budget:
    """Enter what a theme costs in a year; what stood there before stays."""
    row = Budget(agenda_id=agenda.id, theme_id=theme_id, year=year, source=source, entered_by=by)
    row.budget, row.change, row.changed, row.realised = (
        amounts.budget,
        amounts.change,
        amounts.changed,
        amounts.realised,
    )
    db.session.add(row)
    db.session.flush()
    return row


def list_amounts(agenda: Agenda) -> list[Budget]:
    """All that was entered, the last one first."""
    wanted = sa.select(Budget).where(Budget.agenda_id == agenda.id).order_by(Budget.id.desc())
    return list(db.session.scalars(wanted))


def amounts_now(amounts: list[Budget]) -> dict[int | None, dict[int, Budget]]:
    """By theme and year what was entered last, of what list_amounts gave."""
    now: dict[int | None, dict[int, Budget]] = {}
    for each in amounts:
        now.setdefault(each.theme_id, {}).setdefault(each.year, each)
    return now


class Printed(Protocol):
    """Amounts as they were printed: kept, or frozen in a report."""

    @property
    def budget(self) -> Any: ...
    @property
    def change(self) -> Any: ...
    @property
    def changed(self) -> Any: ...


def does_not_add_up(row: Printed) -> bool:
    """Whether the printed sum differs from its parts, which rounding does: it is said, not repaired."""
    return row.change is not None and row.changed is not None and bool(row.budget + row.change != row.changed)
