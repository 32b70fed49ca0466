"""Planning events: what changes with what, copies, addresses."""

from datetime import timedelta

import pytest

from app.database import db
from app.events import event_questions, planning, programme
from app.events.models import EventState, Mode, Preset
from app.events.planning import EventDetails
from app.registration.models import RegistrationState
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


def _changed(event, **changes) -> bool:
    values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
    return planning.change_event(event, EventDetails(**values | changes))


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("title", "Nieuw", False),
        ("summary", "Nieuw", False),
        ("description", "Nieuw", False),
        ("seats_on_site", 5, False),
        ("venue", "Elders", True),
        ("room", "Elders", True),
        ("town", "Oss", True),
        ("zone", "Europe/London", True),
    ],
)
def test_only_time_place_and_mode_are_told_and_raise_the_sequence(field, value, told):
    event = factories.event()
    assert _changed(event, **{field: value}) == told
    assert event.sequence == int(told)


def test_a_draft_changes_silently():
    event = factories.event(published=False)
    assert _changed(event, town="Oss") is False
    assert event.sequence == 0


def test_changed_at_rises_with_every_change_that_a_calendar_shows():
    event = factories.event()
    before = event.changed_at
    _changed(event, title="Nieuw")
    _changed(event, title="Nieuwer")
    assert event.changed_at >= before + timedelta(seconds=2)
    shown = event.changed_at
    _changed(event, description="Telt niet")
    assert event.changed_at == shown


def test_programme_moves_along_with_its_event():
    event = factories.event()
    slot = programme.save_slot(
        event,
        None,
        starts_at=event.starts_at,
        ends_at=event.starts_at + timedelta(hours=1),
        title="Start",
        description="",
        speakers=[],
    )
    db.session.flush()
    db.session.expire(event, ["slots"])
    _changed(event, starts_at=event.starts_at + timedelta(days=1), ends_at=event.ends_at + timedelta(days=1))
    assert (slot.starts_at, slot.ends_at) == (event.starts_at, event.starts_at + timedelta(hours=1))


def test_more_seats_let_in_who_waits_at_once():
    event = factories.event(seats_on_site=1)
    factories.registration(event)
    waits = factories.registration(event)
    _changed(event, seats_on_site=2)
    assert waits.state == RegistrationState.CONFIRMED


def test_copy_has_programme_and_questions_but_no_people_and_an_own_uid():
    event = factories.event()
    programme.save_slot(
        event,
        None,
        starts_at=event.starts_at,
        ends_at=None,
        title="Start",
        description="",
        speakers=programme.read_speakers("Anna, Oss\nBram"),
    )
    event.questions = [event_questions.make_preset_question(Preset.DIETARY)]
    db.session.flush()
    db.session.expire(event, ["slots"])
    factories.registration(event)
    twin = planning.copy_event(event, event.starts_at + timedelta(days=7))
    db.session.flush()
    assert (twin.state, twin.uid == event.uid, twin.slug) == (EventState.DRAFT, False, f"{event.slug}-2")
    assert [
        (slot.title, slot.starts_at - twin.starts_at, [(each.name, each.affiliation) for each in slot.speakers])
        for slot in twin.slots
    ] == [("Start", timedelta(0), [("Anna", "Oss"), ("Bram", "")])]
    assert [question.preset for question in twin.questions] == [Preset.DIETARY]
    assert twin.ends_at - twin.starts_at == event.ends_at - event.starts_at


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Datagedreven werken!", "datagedreven-werken"),
        ("Đỗ & Özdemir", "do-ozdemir"),
        ("???", "sessie"),
        ("x" * 150, "x" * 70),
    ],
)
def test_slugs_are_readable(title, slug):
    assert factories.event(title=title).slug == slug


def test_slugs_are_not_given_twice():
    assert [factories.event(title="Zelfde").slug for _ in range(3)] == ["zelfde", "zelfde-2", "zelfde-3"]


def test_the_database_refuses_an_event_nowhere_or_that_ends_before_it_starts():
    import sqlalchemy as sa

    for values in ({"on_site": False}, {"ends_at": factories.start() - timedelta(hours=1)}, {"seats_on_site": 0}):
        with pytest.raises(sa.exc.IntegrityError):
            factories.event(**values)
        db.session.rollback()


def test_modes_follow_from_what_is_offered():
    assert (factories.event().modes, factories.hybrid().modes) == ([Mode.ON_SITE], [Mode.ON_SITE, Mode.ONLINE])
