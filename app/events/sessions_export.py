"""Sessions of a network as a spreadsheet."""

from collections.abc import Collection, Iterable, Mapping

from flask_babel import gettext

from app import clock, sheets, wording
from app.events.models import Event
from app.events.session_list import Turnout
from app.sheets import Row, Sheet, TableKind


def list_columns() -> list[str]:
    """What can stand in the table, in its order."""
    return [
        gettext("Titel"),
        gettext("Stand"),
        gettext("Soort"),
        gettext("Begin"),
        gettext("Einde"),
        gettext("Plaats"),
        gettext("Uitgenodigd"),
        gettext("Komt"),
    ]


def write_sessions_sheet(
    kind: TableKind, events: Iterable[Event], turnouts: Mapping[int, Turnout], columns: Collection[int] = ()
) -> bytes:
    """A table with one row per session, and these columns of `list_columns`."""
    rows = (_session_row(event, turnouts.get(event.id, Turnout())) for event in events)
    return sheets.write(kind, Sheet(gettext("Sessies"), rows, list_columns()).with_columns(columns))


def _session_row(event: Event, turnout: Turnout) -> Row:
    start, end = (clock.to_local(moment, event.zone) for moment in (event.starts_at, event.ends_at))
    return [
        event.title,
        str(event.state.words),
        str(event.format.words),
        start.strftime("%Y-%m-%d %H:%M"),
        end.strftime("%Y-%m-%d %H:%M"),
        wording.format_place(event),
        turnout.invited,
        turnout.coming,
    ]
