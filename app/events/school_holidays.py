"""Dutch school holidays as the ministry of education publishes them for its three regions, in reference/school_holidays.csv.

Each line of the file names the page that it was taken from. A school year is added as fifteen lines; until a new version
brings them, organisers note the days themselves (busy_days.py). Schools may deviate in autumn, in spring and by a second
week in May.
"""

import csv
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import NamedTuple

from flask import current_app
from flask_babel import gettext

from app.settings import ROOT
from app.translating import language

SOURCE = ROOT / "app" / "events" / "reference" / "school_holidays.csv"


class SchoolHoliday(NamedTuple):
    """Days without school in a region; both days are part of it."""

    school_year: str
    region: str
    name_nl: str
    name_en: str
    first_day: date
    last_day: date
    source: str
    """Address of the page with the dates."""

    @property
    def name(self) -> str:
        """The name in the language of the reader, with its region."""
        name = self.name_en if language() == "en" else self.name_nl
        return gettext("%(holiday)s regio %(region)s", holiday=name, region=self.region.capitalize())


def published_between(first: date, last: date) -> list[SchoolHoliday]:
    """The school holidays of this site's region that touch these days, soonest first."""
    return [each for each in _of_this_site() if each.first_day <= last and each.last_day >= first]


def known_until() -> date:
    """The last day of which this site knows whether it is a school holiday."""
    return max(each.last_day for each in _of_this_site())


@cache
def published() -> tuple[SchoolHoliday, ...]:
    """All lines of the file, soonest first."""
    with SOURCE.open(newline="", encoding="utf-8") as file:
        return tuple(sorted(map(_read, csv.DictReader(file)), key=lambda each: each.first_day))


def _read(line: dict[str, str]) -> SchoolHoliday:
    first_day, last_day = (date.fromisoformat(line[column]) for column in ("first_day", "last_day"))
    names = line["name_nl"], line["name_en"]
    return SchoolHoliday(line["school_year"], line["region"], *names, first_day, last_day, line["source"])


def _of_this_site() -> Iterable[SchoolHoliday]:
    return (each for each in published() if each.region == current_app.config["SCHOOL_REGION"])
