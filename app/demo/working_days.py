"""Days on which the sessions of the demo are held."""

from datetime import date, timedelta

import holidays

from app import clock


def working_day(days: int) -> date:
    """About this many days from today, never at a weekend, on a public holiday or just before New Year."""
    day, closed = clock.today() + timedelta(days=days), holidays.country_holidays("NL")
    while day.weekday() >= 5 or day in closed or (day.month, day.day) >= (12, 24):
        day += timedelta(days=1)
    return day
