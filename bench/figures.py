"""The figures that are measured: per part its name, its unit and its goal. L is the page of 100 rows of bench/limits.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """What a figure may be at most, or must be at least, on either database; a share is in percent of L."""

    sign: str
    sqlite: float
    postgresql: float
    share: bool = False

    def __str__(self) -> str:
        numbers = [self.sqlite] if self.sqlite == self.postgresql else [self.sqlite, self.postgresql]
        return f"{self.sign} {' / '.join(f'{number:g}' for number in numbers)}{' % of L' if self.share else ''}"

    def is_met(self, database: str, value: float, share: float | None) -> bool | None:
        """None where L was not measured beside a goal that is a share of it."""
        found = share if self.share else value
        wanted = self.sqlite if database == "sqlite" else self.postgresql
        return None if found is None else found <= wanted if self.sign == "≤" else found >= wanted


@dataclass(frozen=True)
class Figure:
    name: str
    unit: str
    """'/s', 'ms' and 's' follow the machine, and are compared by their ratio to L; others, such as 'MB', stand alone."""
    goal: Goal | None = None

    def ratio(self, value: float, limit: float | None) -> float | None:
        """To L, of so many requests a second: a rate in percent of it, a time in pages of L that it would give."""
        if not limit or self.unit not in _RATIOS:
            return None
        return 100 * value / limit if self.unit == "/s" else value * limit * _RATIOS[self.unit]


_RATIOS = {"/s": 1.0, "ms": 0.001, "s": 1.0}


def at_most(sqlite: float, postgresql: float | None = None) -> Goal:
    return Goal("≤", sqlite, sqlite if postgresql is None else postgresql)


def at_least(sqlite: float, postgresql: float | None = None, *, share: bool = False) -> Goal:
    return Goal("≥", sqlite, sqlite if postgresql is None else postgresql, share)


_OF_L = at_least(100, share=True)
_WRITE = at_most(200)

PARTS: dict[str, list[Figure]] = {
    "visitors": [
        Figure("home", "/s", _OF_L),
        Figure("event page", "/s", _OF_L),
        Figure("network page", "/s", _OF_L),
        Figure("impression", "/s", _OF_L),
        Figure("library", "/s", _OF_L),
        Figure("one event's .ics", "/s", _OF_L),
    ],
    "pages": [
        Figure("answer page, processor time", "ms"),
        Figure("own preferences, processor time", "ms"),
        Figure("one registration, processor time of its three requests", "ms", at_most(12, 16)),
        Figure("its POST alone, processor time", "ms", at_most(6, 8)),
        Figure("organisers' start, processor time", "ms", at_most(8)),
        Figure("waves, processor time", "ms", at_most(8)),
        Figure("cockpit of 120, processor time", "ms", at_most(12)),
        Figure("people, processor time", "ms", at_most(12)),
    ],
    "sessions": [
        Figure("answer page", "/s", at_least(20, share=True)),
        Figure("Mijn pages", "/s", at_least(20, share=True)),
        Figure("one registration, link to confirmed", "ms"),
        Figure("registrations, 8 clients", "/s", at_least(4, 3, share=True)),
        Figure("feed of 1 event, warm", "ms"),
        Figure("feed of 100 events, warm", "ms"),
        Figure("feed of 1,000 events, warm", "ms", at_most(3)),
        Figure("feed of 1,000 events, 304", "ms", at_most(1.5)),
        Figure("list of 10,000 registrations, first page", "ms", at_most(60)),
        Figure("memory per server process", "MB", at_most(110)),
        Figure("memory per server process after the largest upload", "MB", at_most(110)),
    ],
    "courses": [
        Figure("registrations for one meeting, 16 clients", "/s", at_least(4, 3, share=True)),
        Figure("registrations in a course of 6 meetings, 16 clients", "/s", at_least(2.7, 2, share=True)),
        Figure("people with half a place, or one too many", "", at_most(0)),
        Figure("dividing 600 people over 3 rounds of 8 slots", "s", at_most(2)),
        Figure("answer page with 24 slots", "ms", at_most(30)),
    ],
    "offer": [
        Figure("home with 2,000 things on offer", "ms", at_most(40)),
        Figure("catalogue of 2,000", "ms", at_most(40)),
        Figure("catalogue of 2,000, narrowed down by four", "ms", at_most(40)),
    ],
    "directory": [
        Figure("who is who of 20,000, first page", "ms", at_most(50)),
        Figure("who is who of 20,000, search by name", "ms", at_most(50)),
        Figure("who is who of 20,000, search by a word of every other member", "ms", at_most(50)),
    ],
    "matching": [
        Figure("400 people in groups of six", "s", at_most(5)),
        Figure("rules that they break", "", at_most(0)),
        Figure("pairs of the same region or size, above the least there can be", "%", at_most(5)),
        Figure("people without a wish where one is possible", "", at_most(0)),
        Figure("different outcomes of three runs in another order", "", at_most(1)),
        Figure("400 people in pairs", "s", at_most(5)),
        Figure("of whom nobody is found for", "", at_most(1)),
    ],
    "door": [
        Figure("check-in with 2,000 registered, one phone", "ms", at_most(20)),
        Figure("check-in with 2,000 registered, 5 phones at once", "ms"),
    ],
    "lessons": [
        Figure("library of 50,000, rare word", "ms", at_most(60)),
        Figure("library of 50,000, two common words", "ms", at_most(60)),
        Figure("library of 50,000, word and year", "ms", at_most(60)),
        Figure("digests for 20,000, planning", "s"),
        Figure("digests for 20,000, planned and written", "s", at_most(25)),
        Figure("digests for 20,000, memory grown by", "MB"),
        Figure("PDF of an impression, pages", ""),
        Figure("PDF of an impression", "s", at_most(3)),
    ],
    "mailing": [
        Figure("planning a wave for 10,000", "s", at_most(2)),
        Figure("planning a wave for 10,000, memory grown by", "MB"),
        Figure("writing mails", "/s"),
        Figure("delivering what was written", "/s"),
        Figure("smtplib over one connection", "/s"),
        Figure("one worker", "/s"),
        Figure("one worker, of smtplib in the same run", "%", at_least(45)),
        Figure("two workers ÷ one", "×", at_least(1.7)),
    ],
    "history": [
        Figure("beside 1,000,000 mails: planning 10,000", "s", at_most(2)),
        Figure("beside 1,000,000 mails: claiming 100", "ms", at_most(20)),
        Figure("beside 1,000,000 mails: board of 10,000", "ms", at_most(100)),
        Figure("beside 1,000,000 mails: board, searching a name", "ms", at_most(100)),
    ],
    "calendars": [
        Figure("month of a year with 1,000 events", "ms", at_most(60)),
        Figure("feed of 1,000 events after one changed", "ms", at_most(50)),
        Figure("1,000 answers read and applied", "s", at_most(12, 15)),
        Figure("1,000 answers read and applied, memory grown by", "MB"),
    ],
    "network": [
        Figure("audience of five blocks, count and page", "ms", at_most(150)),
        Figure("search, median", "ms", at_most(50)),
        Figure("search, slowest", "ms", at_most(50)),
        Figure("page of a person", "ms", at_most(60)),
        Figure("opening the largest workbook, processor time", "s", at_most(2)),
        Figure("opening the largest workbook, memory", "MB", at_most(150)),
        Figure("importing 10,000 rows: dry run", "s"),
        Figure("importing 10,000 rows: carried out", "s", at_most(20)),
        Figure("importing 10,000 rows: memory grown by", "MB"),
        Figure("300 contact moments pasted as rows", "s", at_most(2)),
        Figure("figures of an agenda with 12 themes and 40 indicators", "ms", at_most(150)),
        Figure("freezing a report on it", "s", at_most(5)),
        Figure("reading 10,000 names", "s", at_most(1)),
        Figure("doubles over everybody", "s", at_most(60)),
    ],
    "writes": [
        Figure("longest write: planning a wave for 10,000", "ms", _WRITE),
        Figure("longest write: writing letters", "ms", _WRITE),
        Figure("longest write: moving a session of 10,000", "ms", _WRITE),
        Figure("longest write: holding back the mail about that", "ms", _WRITE),
        Figure("longest write: sending it after all", "ms", _WRITE),
        Figure("longest write: cancelling it", "ms", _WRITE),
        Figure("longest write: reviving it", "ms", _WRITE),
        Figure("longest write: pausing a wave of 10,000 and letting it go on", "ms", _WRITE),
        Figure("longest write: asking 10,000 afterwards", "ms", _WRITE),
        Figure("longest write: importing 10,000 rows", "ms", _WRITE),
        Figure("longest write: undoing that", "ms", _WRITE),
        Figure("longest write: 300 people leaving a network", "ms", _WRITE),
        Figure("longest write: a partner's calendar of 5,000", "ms", _WRITE),
        Figure("erasing one of 300 sessions whom 2,000 mails name", "s", at_most(3)),
        Figure("longest write: erasing one", "ms", _WRITE),
        Figure("what goes by itself among 100,000 people and 1,000,000 mails", "s", at_most(600)),
        Figure("people who went by themselves", ""),
        Figure("longest write: what goes by itself", "ms", _WRITE),
    ],
    "starting": [
        Figure("flask accounts --help, processor time", "s", at_most(1)),
        Figure("flask privacy sweep --dry-run, processor time", "s", at_most(1)),
        Figure("flask worker --once with nothing to do, processor time", "s", at_most(1)),
        Figure("server process after start", "MB"),
    ],
    "storm": [
        Figure("people who answered", ""),
        Figure("requests of scanners", ""),
        Figure("minutes that it lasted", ""),
        Figure("answers, median", "ms"),
        Figure("answers, p95", "ms", at_most(250)),
        Figure("page that is answered on, p95", "ms"),
        Figure("answers lost", "", at_most(0)),
        Figure("confirmations that had not left after two minutes", "", at_most(0)),
        Figure("confirmation in the mail server's hands, p95", "s"),
        Figure("longest that a job of every two seconds went without a run", "s", at_most(30)),
    ],
}
"""What `make bench` measures, in this order. Growth has sizes and a chart in place of figures (bench/growth.py)."""


def find_figure(part: str, name: str) -> Figure:
    """Raises KeyError for a figure that the table does not know."""
    return {figure.name: figure for figure in PARTS[part]}[name]


COST_GOALS = {
    "answer page": "≤ 6; ≤ 4,500",
    "own preferences": "≤ 6; ≤ 4,500",
    "organisers' start": "≤ 9,000",
    "cockpit of 120": "≤ 16,000",
    "people": "≤ 16,000",
    "waves": "≤ 9,000",
    "registration: page after it": "≤ 6; ≤ 4,500",
}
"""Statements, and calls, of what tests/costs pins."""
