"""One factory a model: rows that differ only where a test says so."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import count

import sqlalchemy as sa

from app import clock
from app.accounts import accounts
from app.accounts.models import Account, NetworkRole
from app.attendance import presence
from app.attendance.models import Attendance, Entry
from app.database import db
from app.events import event_days, event_series, hanging, planning
from app.events.models import Event, Mode, Series
from app.events.planning import EventDetails
from app.invitations import inviting
from app.invitations.models import Answer, Invitation, Origin
from app.invitations.waves import wave_recipients, waves
from app.invitations.waves.models import LetterTo, Wave, WaveKind, WaveState
from app.lessons.impressions import impressions
from app.lessons.impressions.models import Impression
from app.lessons.insights import commitments, insights
from app.lessons.insights.models import Commitment
from app.materials import materials
from app.materials.material_files import CleanFile
from app.materials.models import ForWhom, Material
from app.network import memberships
from app.network.audiences import audiences
from app.network.audiences.models import Audience
from app.network.faces import pictures
from app.network.faces.models import Picture
from app.network.models import Joining, Network
from app.network.organisations.models import Organisation
from app.network.people import job_positions, people
from app.network.people.models import Person
from app.network.vocabulary.models import Role
from app.registration import allotments, answers, seats
from app.registration.models import Registration
from app.themes import themes
from app.themes.models import Theme
from app.uploads.people_shown import PeopleShown

_numbers = count(1)


def network(**values) -> Network:
    number = next(_numbers)
    defaults = {
        "slug": f"netwerk-{number}",
        "name": f"Netwerk {number}",
        "letters": "N",
        "contact_name": "het team",
        "contact_address": "team@netwerk.example",
        "quiet_hours": False,
        "paced": False,
        "joining": Joining.OPEN,
    }
    return _added(Network(**defaults | values))


def theme(name: str = "Inkoop", **values: object) -> Theme:
    """A theme by name; made when there is none."""
    row = themes.find_theme_of_name(name) or themes.add_theme(name, f"{name} (en)")
    for key, value in values.items():
        setattr(row, key, value)
    db.session.flush()
    return row


def organisation(name: str = "Oosterhout") -> Organisation:
    return db.session.scalars(sa.select(Organisation).where(Organisation.name == name)).one()


def person(
    name: str = "Sanne de Vries",
    *,
    at: str | None = None,
    role: str | None = None,
    of: Network | None = None,
    language: str = "nl",
    address: str | None = None,
) -> Person:
    """Somebody, at an organisation, in a role and a member of a network when asked."""
    made = people.add_person(name, address or f"persoon{next(_numbers)}@gemeente.example", language=language)
    db.session.flush()
    if at:
        job_positions.add_or_change_position(made, organisation(at), db.session.get(Role, role) if role else None)
    if of:
        memberships.join_network(made.id, of.id)
    db.session.flush()
    return made


def crowd(size: int, **values) -> list[Person]:
    return [person(f"Persoon Nummer{number:03d}", **values) for number in range(size)]


def picture(of: Network | Event, alt: str = "Het stadhuis") -> Picture:
    """The face of a network or session, of files that no browser can read."""
    face = pictures.Face({name: name.encode() for name in ("wide", "narrow", "mail", "shared")}, False, (960, 480))
    pictures.give_picture(of, face, alt, PeopleShown.NOBODY)
    db.session.flush()
    return of.picture


def start(days: int = 21, hour: int = 13) -> datetime:
    """A whole hour so many days from now, or up to two days further away so that it is no weekend."""
    day = clock.today() + timedelta(days=days)
    while day.weekday() >= 5:
        day += timedelta(days=1 if days >= 0 else -1)
    return clock.utc_moment(day, time(hour))


def event(of: Network | None = None, *, published: bool = True, **values) -> Event:
    """A session in Oosterhout of three hours, three weeks from now."""
    starts_at = values.pop("starts_at", None) or start()
    defaults = {
        "title": f"Sessie {next(_numbers)}",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=3),
        "closes_at": starts_at,
        "venue": "Stadhuis",
        "street": "Slotjesveld 1",
        "town": "Oosterhout",
    }
    made = planning.create_event(of or network(), EventDetails(**defaults | values))
    if published:
        planning.publish_event(made)
    db.session.flush()
    return made


def in_hours(hours: float) -> datetime:
    """So many hours from now; what is less than half a day ahead is still today, also late in the evening."""
    moment = clock.now() + timedelta(hours=hours)
    if 0 < hours < 12:
        return min(moment, clock.start_of_day(clock.today() + timedelta(days=1)) - timedelta(seconds=1))
    return moment


def move(event: Event, *, hours: float) -> Event:
    """Let an event start so many hours from now, negative in the past, without telling anybody."""
    length, first = event.ends_at - event.starts_at, event_days.dates_of_event(event)[0]
    event.starts_at = event.closes_at = in_hours(hours)
    event.ends_at = event.starts_at + length
    for there in db.session.scalars(sa.select(Attendance).where(Attendance.event_id == event.id)):
        there.day += event_days.dates_of_event(event)[0] - first
    for allotment in allotments.allotments_of_event(event):
        allotment.until = min(allotment.until, hanging.last_kept(event))
    db.session.flush()
    return event


def hybrid(of: Network | None = None, **values) -> Event:
    return event(of, **{"online": True, "join_url": "https://vergaderen.example/kamer"} | values)


def invitation(of: Event, who: Person | None = None, origin: Origin = Origin.ORGANISER) -> Invitation:
    return inviting.add_invitation(of, who or person(), origin)


def registration(of: Event, who: Person | None = None, mode: Mode = Mode.ON_SITE) -> Registration:
    """A registration by the rules: confirmed, or waiting when the event is full."""
    made = answers.accept_invitation(invitation(of, who), mode)
    db.session.flush()
    return made


def audience(of: Network, name: str = "Iedereen", *conditions: dict) -> Audience:
    """A saved audience: one group of these conditions, or all members."""
    return audiences.ensure_audience(of, name, [list(conditions)] if conditions else [])


def wave(
    of: Event,
    kind: WaveKind = WaveKind.INVITATION,
    *,
    to: Audience | None = None,
    state: WaveState = WaveState.PLANNED,
    **values,
) -> Wave:
    """A wave that is due now unless `at` or `days_before` with `hour` says otherwise."""
    if kind in wave_recipients.IN_OWN_WORDS:
        values.setdefault("letter_to", LetterTo.AUDIENCE if kind == WaveKind.OWN_MAILING else LetterTo.COMING)
    if "days_before" not in values:
        values.setdefault("at", clock.now() - timedelta(seconds=1))
    due_at = waves.wave_due_at(of, values.get("at"), values.get("days_before"), values.get("hour"))
    return _added(Wave(event=of, kind=kind, audience=to, state=state, due_at=due_at, **values))


def account(
    of: Network | None = None,
    role: NetworkRole = NetworkRole.ORGANISER,
    *,
    admin: bool = False,
    name: str = "Loes Verhoeven",
) -> Account:
    made = accounts.ensure_account(f"account{next(_numbers)}@gemeente.example", name, is_admin=admin)
    if of:
        accounts.grant_role(made, of, role)
    db.session.flush()
    return made


def held(of: Network | None = None, *, days_ago: float = 3, **values) -> Event:
    """A session that took place."""
    return move(event(of, **values), hours=-24 * days_ago)


def series(of: Network, title: str = "Reeks", **values) -> Series:
    """Sessions that belong together; none is in it yet."""
    made = event_series.create_series(of, title)
    for name, value in values.items():
        setattr(made, name, value)
    db.session.flush()
    return made


def attendance(of: Event, who: Person | None = None, mode: Mode = Mode.ON_SITE) -> Attendance:
    """Somebody who had a place and was there."""
    invited = invitation(of, who)
    seats.claim_seat(invited, mode, afterwards=True)
    invited.answer = Answer.YES
    return presence.check_in_invitation(invited, Entry.LIST, mode).attendance


def impression(
    of: Event, *titles: str, suggestions: Sequence[str] = (), published: bool = True, days_ago: float = 0
) -> Impression:
    """A report with insights of these titles, the first with suggestions, checked by a second organiser and published."""
    writer, reader = account(of.network), account(of.network, name="Bram van Gestel")
    for title in titles or ("Samen inkopen scheelt werk",):
        insights.add_insight(of, title, writer)
    made = impressions.ensure_impression(of)
    for text in suggestions:
        insights.add_suggestion(made.insights[0], text, writer)
    impressions.note_impression_change(made, writer)
    if published:
        impressions.check_impression(made, reader)
        impressions.publish_impression(made)
        made.published_at -= timedelta(days=days_ago)
    db.session.flush()
    return made


def material(of: Event, title: str = "Presentatie", for_whom: ForWhom = ForWhom.EVERYBODY, **details) -> Material:
    """A file of a session, with nobody on it."""
    content = details.pop("content", b"%PDF-1.7 " + title.encode())
    said = materials.Details(title, for_whom, details.pop("people_shown", PeopleShown.NOBODY), **details)
    return materials.add_file(of, said, CleanFile(f"{title}.pdf", content))


def commitment(
    of: Event, who: Person | None = None, what: str = "Een lijst maken", days: int = 30, **values
) -> Commitment:
    return commitments.make_commitment(of, what, clock.today() + timedelta(days=days), person=who, **values)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def _added(row):
    db.session.add(row)
    db.session.flush()
    return row
