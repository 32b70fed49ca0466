"""Organisers plan over HTTP, everybody reads the agenda."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.database import db
from app.events import event_questions, planning
from app.events.models import Event, EventState, Question, Slot
from app.events.planning import EventDetails
from tests import factories
from tests.helpers import post, sign_in, work

pytestmark = pytest.mark.one_database

VALUES = {
    "title": "Datagedreven werken", "format": "session", "summary": "Kort", "description": "Lang **verhaal**", "zone": "Europe/Amsterdam",
    "day": "2027-06-10", "start": "13.30", "end": "16:30", "on_site": "y", "venue": "Stadhuis", "street": "Slotjesveld 1", "town": "Oosterhout",
    "seats_on_site": "40", "open_to_all": "y",
}  # fmt: skip


@pytest.fixture
def network(app, client):
    network = factories.network(slug="netwerk", name="Digitale Transformatie")
    sign_in(client, factories.account(network))
    return network


def _created() -> Event:
    return db.session.scalars(sa.select(Event)).one()


def test_event_is_made_as_draft_with_ready_made_questions(client, network):
    response = post(client, "/organise/networks/netwerk/events/new", **VALUES)
    assert (response.status_code, response.location) == (303, "/organise/events/datagedreven-werken")
    event = _created()
    assert (event.state, event.seats_on_site, len(event.questions)) == (EventState.DRAFT, 40, 2)
    assert (event.starts_at, event.ends_at, event.closes_at) == (
        clock.utc_moment(date(2027, 6, 10), clock.time(13, 30)),
        clock.utc_moment(date(2027, 6, 10), clock.time(16, 30)),
        event.starts_at,
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": ""}, "Titel: Vul dit in."),
        ({"day": "2020-01-01"}, "Dit moment is al geweest."),
        ({"day": "2027-02-30"}, "Deze datum bestaat niet."),
        ({"day": "morgen"}, "Deze datum bestaat niet."),
        ({"start": "25.00"}, "Deze tijd bestaat niet."),
        ({"end": "12.00"}, "Het einde ligt voor het begin."),
        ({"day": "2027-03-28", "start": "02.30", "end": "05.00"}, "de klok gaat om"),
        ({"day": "2027-10-31", "start": "01.00", "end": "02.30"}, "de klok gaat om"),
        ({"on_site": ""}, "Kies op een plek, online of allebei."),
        ({"town": ""}, "Vul de plaats in."),
        ({"online": "y", "join_url": "javascript:alert(1)"}, "Dit is geen webadres."),
        ({"seats_on_site": "veel"}, "Vul een heel getal in."),
        ({"seats_on_site": "0"}, "Kies een getal van 1 tot 100.000"),
        ({"closes_on": "2027-06-11"}, "niet langer dan tot het einde"),
        ({"last_day": "2028-06-10"}, "langer dan een maand"),
        ({"title": "x" * 151}, "Gebruik hooguit 150 tekens."),
        ({"zone": "Mars/Olympus"}, "Tijdzone"),
    ],
)
def test_wrong_details_are_named_at_their_field_and_nothing_is_saved(client, network, changes, problem):
    response = post(client, "/organise/networks/netwerk/events/new", **VALUES | changes)
    assert response.status_code == 422
    assert problem in response.text
    assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 0


@pytest.mark.parametrize("between", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_what_is_pasted_keeps_its_lines_apart_whatever_stands_between_them(client, network, between):
    pasted = f"Regel een{between}regel twee"
    post(client, "/organise/networks/netwerk/events/new", **VALUES | {"title": pasted, "description": pasted})
    event = db.session.scalars(sa.select(Event)).one()
    assert (event.title, event.description) == ("Regel een regel twee", "Regel een\nregel twee")


def test_seats_cannot_go_below_who_comes_nor_a_mode_disappear(client, network):
    event = factories.hybrid(
        network, starts_at=clock.utc_moment(date(2027, 6, 10), clock.time(13, 30)), seats_on_site=5
    )
    factories.registration(event), factories.registration(event)
    page = f"/organise/events/{event.slug}/edit"
    refused = post(client, page, **VALUES | {"seats_on_site": "1"})
    assert (refused.status_code, "Er komen al 2 mensen. Kies minstens zoveel plekken." in refused.text) == (422, True)
    refused = post(client, page, **VALUES | {"on_site": "", "online": "y"})
    assert "Er hebben zich al 2 mensen zo aangemeld. Meld die eerst af." in refused.text
    assert event.seats_on_site == 5


def test_saving_says_how_many_people_are_told(client, network):
    event = factories.event(network, starts_at=clock.utc_moment(date(2027, 6, 10), clock.time(13, 30)))
    factories.registration(event)
    work()
    response = post(client, f"/organise/events/{event.slug}/edit", **VALUES | {"town": "Oss", "notice": "send"})
    assert "1 persoon krijgt een mail met de nieuwe gegevens." in client.get(response.location).text


def test_publish_withdraw_cancel_and_revive(client, network):
    event = factories.event(network, published=False)
    page = f"/organise/events/{event.slug}"
    post(client, f"{page}/publish", page=page)
    assert event.state == EventState.PUBLISHED
    post(client, f"{page}/withdraw", page=page)
    assert event.state == EventState.DRAFT
    post(client, f"{page}/publish", page=page)
    factories.registration(event)
    post(client, f"{page}/withdraw", page=page)
    assert event.state == EventState.PUBLISHED
    post(client, f"{page}/cancel", reason="De zaal is weg.")
    assert (event.state, event.cancel_reason) == (EventState.CANCELLED, "De zaal is weg.")
    post(client, f"{page}/publish", page=page)
    assert event.state == EventState.PUBLISHED


def test_an_event_that_started_cannot_be_published(client, network):
    event = factories.event(network, published=False, starts_at=clock.now() - timedelta(hours=1))
    page = f"/organise/events/{event.slug}"
    post(client, f"{page}/publish", page=page)
    assert event.state == EventState.DRAFT


def test_copy_needs_a_day_to_come(client, network):
    event = factories.event(network)
    page = f"/organise/events/{event.slug}/copy"
    assert post(client, page, day="2020-01-01").status_code == 422
    assert post(client, page, day="2027-06-10").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 2


def test_slot_is_added_changed_removed_and_restored(client, network):
    event = factories.event(network, starts_at=clock.utc_moment(date(2027, 6, 10), clock.time(13, 30)))
    page = f"/organise/events/{event.slug}/programme"
    post(
        client,
        f"{page}/new",
        title="Opening",
        start="13:30",
        end="14:00",
        speakers="Anna Maas, Oss\nBram",
        description="",
    )
    slot = db.session.scalars(sa.select(Slot)).unique().one()
    assert [(each.name, each.affiliation) for each in slot.speakers] == [("Anna Maas", "Oss"), ("Bram", "")]
    post(client, f"{page}/{slot.id}", title="Welkom", start="13:30", end="14:00", speakers="", description="")
    assert (slot.title, slot.speakers) == ("Welkom", [])
    post(client, f"{page}/{slot.id}/remove", page=page)
    assert db.session.scalar(sa.select(sa.func.count(Slot.id))) == 0
    assert "‘Welkom’ is verwijderd." in client.get(page).text
    post(client, "/organise/undo", page=page)
    restored = db.session.scalars(sa.select(Slot)).unique().one()
    assert (restored.title, restored.starts_at) == ("Welkom", event.starts_at)


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [
        ("10:00", "", "Dit valt buiten de sessie."),
        ("14:00", "13:45", "Het einde ligt voor het begin."),
        ("14:00", "20:00", "Dit valt buiten de sessie."),
    ],
)
def test_slot_must_lie_within_its_event(client, network, start, end, problem):
    event = factories.event(network, starts_at=clock.utc_moment(date(2027, 6, 10), clock.time(13, 30)))
    response = post(
        client,
        f"/organise/events/{event.slug}/programme/new",
        title="Buiten",
        start=start,
        end=end,
        speakers="",
        description="",
    )
    assert (response.status_code, problem in response.text) == (422, True)


def test_questions_are_added_and_choices_need_two_answers(client, network):
    event = factories.event(network)
    page = f"/organise/events/{event.slug}/questions"
    refused = post(client, f"{page}/new", kind="choice", label="Welke tafel?", choices="Zorg")
    assert "Schrijf minstens twee antwoorden" in refused.text
    post(client, f"{page}/new", kind="choice", label="Welke tafel?", choices="Zorg\nVerkeer\nZorg")
    post(client, f"{page}/preset", page=page, preset="dietary")
    post(client, f"{page}/preset", page=page, preset="dietary")
    rows = list(db.session.scalars(sa.select(Question).order_by(Question.id)))
    assert [(row.label, row.choices, row.preset) for row in rows] == [
        ("Welke tafel?", ["Zorg", "Verkeer"], None),
        ("Heb je dieetwensen?", [], "dietary"),
    ]
    post(client, f"{page}/{rows[0].id}/remove", page=page)
    post(client, "/organise/undo", page=page)
    assert [row.label for row in db.session.scalars(sa.select(Question).order_by(Question.place))] == [
        "Welke tafel?",
        "Heb je dieetwensen?",
    ]


def test_question_with_answers_stays(client, network):
    from app.registration import question_answers

    event = factories.event(network)
    row = Question(event_id=event.id, kind="text", label="Waarom?", choices=[])
    db.session.add(row)
    db.session.flush()
    question_answers.keep_answers(factories.registration(event), {row: "daarom"}, set())
    page = f"/organise/events/{event.slug}/questions"
    post(client, f"{page}/{row.id}/remove", page=page)
    assert "1 persoon heeft deze vraag al beantwoord." in client.get(page).text
    assert db.session.get(Question, row.id) is not None


class TestPublicPages:
    def test_agenda_shows_what_is_public_and_coming(self, client, app):
        network = factories.network(slug="netwerk")
        factories.event(network, title="Komt eraan")
        factories.event(network, title="Concept", published=False)
        factories.event(network, title="Vertrouwelijk", confidential=True)
        factories.event(network, title="Geweest", starts_at=clock.now() - timedelta(days=3))
        planning.cancel_event(factories.event(title="Afgelast"), "")
        page = client.get("/agenda").text
        assert [
            title
            for title in ("Komt eraan", "Concept", "Vertrouwelijk", "Geweest", "Afgelast")
            if f">{title}</a>" in page
        ] == ["Komt eraan", "Afgelast"]
        assert "Afgelast" not in client.get("/?network=netwerk").text

    def test_event_page_cleans_markdown(self, client, app):
        event = factories.event(
            description="<script>alert(1)</script> **vet** [x](javascript:alert(1)) ![p](http://elders.example/p.png)\n\n# Kop"
        )
        page = client.get(f"/events/{event.slug}").text
        assert "<strong>vet</strong>" in page
        assert [word for word in ("<script>alert", 'href="javascript', '<img src="http') if word in page] == []

    def test_event_page_never_shows_the_join_link_or_people(self, client, app):
        event = factories.hybrid(join_url="https://vergaderen.example/geheim")
        factories.registration(event, factories.person("Deelnemer Geheim"))
        page = client.get(f"/events/{event.slug}").text
        assert ("vergaderen.example" in page, "Deelnemer Geheim" in page) == (False, False)

    @pytest.mark.parametrize("values", [{"published": False}, {"confidential": True}])
    def test_what_is_not_public_is_not_there(self, client, app, values):
        event = factories.event(**values)
        assert [client.get(f"/events/{event.slug}{ending}").status_code for ending in ("", ".ics", "/register")] == [
            404,
            404,
            404,
        ]

    def test_download_answers_304_to_both_validators(self, client, app):
        event = factories.event()
        address = f"/events/{event.slug}.ics"
        first = client.get(address)
        assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert client.get(address, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
        values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__} | {"title": "Anders"}
        with time_machine.travel(clock.now() + timedelta(seconds=5)):
            planning.change_event(event, EventDetails(**values))
            assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200

    def test_public_pages_set_no_cookie(self, client, app):
        event = factories.event()
        for address in (
            "/",
            f"/events/{event.slug}",
            f"/networks/{event.network.slug}",
            f"/events/{event.slug}.ics",
            f"/networks/{event.network.slug}/calendar.ics",
        ):
            assert "Set-Cookie" not in client.get(address).headers

    def test_agenda_takes_a_fixed_number_of_queries(self, client, queries):
        network = factories.network()
        counts = []
        for size in (2, 30):
            for _ in range(size):
                factories.event(network)
            db.session.commit()
            with queries() as seen:
                client.get("/")
            counts.append(len(seen))
        assert counts == [7, 7]


@pytest.mark.parametrize(
    ("label", "choices"),
    [
        ("Heb je een allergie?", ""),
        ("Any DIETARY wishes?", ""),
        ("Wat eet je?", "alles\nhalal"),
        ("Ben je zwanger?", ""),
        ("Gebruik je medicijnen?", ""),
        ("Heb je een beperking?", ""),
        ("Wat is je geloof?", ""),
    ],
)
def test_a_question_on_health_or_religion_is_kept_and_gets_a_word_of_warning(client, network, label, choices):
    event = factories.event(network)
    page = f"/organise/events/{event.slug}/questions/new"
    kept = post(client, page, page=page, kind="choice" if choices else "text", label=label, choices=choices)
    (question,) = db.session.scalars(sa.select(Question))
    assert question.label == label
    assert kept.headers["Location"] == f"/organise/events/{event.slug}/questions/{question.id}"
    shown = client.get(kept.headers["Location"]).text
    assert "Dit lijkt een vraag over gezondheid of geloof." in shown
    assert 'aria-describedby=" label-warning"' in shown, "a screen reader says it with the field"


@pytest.mark.parametrize("label", ["Met welke trein kom je?", "Hoe groot is je gemeente?", "Welke deelsessie kies je?"])
def test_another_question_and_a_ready_made_one_get_no_warning(client, network, label):
    event = factories.event(network)
    event.questions = event_questions.make_preset_questions()
    db.session.flush()
    page = f"/organise/events/{event.slug}/questions"
    answer = post(client, f"{page}/new", page=f"{page}/new", kind="text", label=label)
    assert answer.headers["Location"] == page
    for question in db.session.scalars(sa.select(Question)):
        assert "-warning" not in client.get(f"{page}/{question.id}").text
