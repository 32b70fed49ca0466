"""Badges and name cards: on common sheets, for all, for some or one, and every name whole."""

import io
from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa

from app import clock
from app.attendance import badge_sheets
from app.attendance.badge_sheets import MM, SHEETS
from app.database import db
from app.events import programme
from app.registration.models import Registration
from tests import factories
from tests.helpers import sign_in

pytestmark = pytest.mark.one_database

LONG = "Maria-Magdalena van der Westhuijzen-Oudenampsen tot Nijkerk"


@pytest.fixture
def event(app):
    event = factories.event(title="Sessie over data")
    factories.registration(event, factories.person("Sanne de Vries", at="Oss"))
    factories.registration(event, factories.person(f"{LONG}", at="Tilburg"))
    factories.invitation(event, factories.person("Kim Jansen"))
    return event


@pytest.fixture
def desk(client, event):
    sign_in(client, factories.account(event.network))
    return client


def _pdf(desk, event, **query) -> pypdfium2.PdfDocument:
    answer = desk.get(f"/organise/events/{event.slug}/day/badges/badges.pdf", query_string=query)
    assert answer.mimetype == "application/pdf"
    return pypdfium2.PdfDocument(io.BytesIO(answer.data))


def _words(pdf) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pdf]


@pytest.mark.parametrize("name", [LONG, "W" * 60, "Ann Mi", "Wilhelmina Wandelaar", "李" * 60])
@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_every_name_fits_its_label_whole(name, sheet):
    laid = badge_sheets.set_name(name, sheet)
    width, height = (sheet.width - 2 * sheet.margin) * MM, (sheet.height - 2 * sheet.margin) * MM

    assert "".join(laid.lines).replace(" ", "") == name.replace(" ", "")
    assert all(badge_sheets.measure_line(line) * laid.size <= width for line in laid.lines)
    assert len(laid.lines) * laid.size * 1.15 <= height * 0.61


def test_a_name_of_sixty_characters_is_readable_on_the_commonest_sheet():
    laid = badge_sheets.set_name(LONG, SHEETS["herma-4412"])
    assert (len(laid.lines) <= 3, laid.size >= 12) == (True, True)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_the_labels_of_a_sheet_stay_on_the_paper_and_apart(sheet):
    last_left, last_top = sheet.place(sheet.labels - 1)
    assert (last_left + sheet.width <= 210, last_top + sheet.height <= 297) == (True, True)
    assert (sheet.across >= sheet.width, sheet.down >= sheet.height) == (True, True)


def test_badges_of_all_who_have_a_place_from_the_first_free_label(desk, event):
    pdf = _pdf(desk, event, sheet="herma-4412", first="10")
    first, second = _words(pdf)
    assert ("Sanne de Vries" in first + second, "Kim" in first + second) == (True, False)
    assert all(words.count("Sessie over data") == 1 for words in (first, second))
    assert "".join(LONG.split()) in "".join((first + second).split()).replace("\ufffe", "")


def test_a_badge_of_one_person(desk, event):
    (words,) = _words(_pdf(desk, event, q="sanne"))
    assert words == "Sanne de Vries Oss Sessie over data"


def test_badges_of_who_came_after_the_last_print(desk, event):
    db.session.execute(sa.update(Registration).values(changed_at=clock.now() - timedelta(days=3)))
    factories.registration(event, factories.person("Noor Smit"))
    db.session.commit()
    yesterday = clock.today() - timedelta(days=1)

    (words,) = _words(_pdf(desk, event, since_day=yesterday.isoformat(), since_hour="09:00"))

    assert words == "Noor Smit Sessie over data"


def test_a_test_sheet_has_outlines_and_no_names(desk, event):
    assert _words(_pdf(desk, event, test="1")) == [""]


def test_nobody_to_print_is_said(desk, event):
    answer = desk.get(f"/organise/events/{event.slug}/day/badges/badges.pdf?q=zzz")
    assert "Er is niemand met een plek die hierbij hoort." in desk.get(answer.location).text


def test_the_screen_says_what_is_on_and_what_comes(desk, event):
    factories.move(event, hours=-1)
    for title, minutes in (("Opening", 0), ("Pitches", 50), ("Borrel", 120)):
        begin = event.starts_at + timedelta(minutes=minutes)
        programme.save_slot(event, None, starts_at=begin, ends_at=None, title=title, description="", speakers=[])
    db.session.commit()

    page = desk.get(f"/organise/events/{event.slug}/day/screen").text

    assert "Sessie over data</h1>" in page
    assert "site-header" not in page
    assert ("<strong>Pitches</strong>" in page, "Borrel" in page, "Opening" in page) == (True, True, False)


def test_the_timer_proposes_the_lengths_of_the_programme(desk, event):
    programme.save_slot(
        event, None, starts_at=event.starts_at, ends_at=event.starts_at + timedelta(minutes=25), title="Pitches",
        description="", speakers=[],
    )  # fmt: skip
    db.session.commit()
    assert '<option value="25">Pitches (25)</option>' in desk.get(f"/organise/events/{event.slug}/day/timer").text
