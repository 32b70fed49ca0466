"""The participant's page over HTTP: who it greets, what each button does, what it never gives away."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.database import db
from app.events import event_questions
from app.events.models import Mode, Preset, Question, QuestionKind
from app.invitations import invitation_links
from app.invitations.models import Answer, Invitation
from app.network.people.models import Person
from app.outbox.models import Message
from app.registration import answers, question_answers, seats
from app.registration.models import QuestionAnswer, Registration, RegistrationState, RememberedAnswer
from tests import factories
from tests.helpers import csrf, mail_to, post, sign_in_person, text_of, work


def _path(invitation: Invitation) -> str:
    db.session.commit()
    return invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test")


@pytest.fixture
def invited(app) -> Invitation:
    return factories.invitation(
        factories.hybrid(title="Datagedreven werken", seats_on_site=1), factories.person("Sanne de Vries")
    )


def test_page_greets_the_invited_person_and_offers_three_answers(client, invited):
    page = client.get(_path(invited)).text
    assert "Dag Sanne, kom je ook?" in page
    assert [text for text in ("Ik kom naar Oosterhout", "Ik doe online mee", "Ik kom niet", "Ik stuur een collega") if text in page] == [
        "Ik kom naar Oosterhout", "Ik doe online mee", "Ik kom niet", "Ik stuur een collega",
    ]  # fmt: skip


def test_yes_registers_and_goes_on_at_an_address_without_token(client, invited):
    path = _path(invited)
    response = post(client, path, answer="on_site")
    assert (response.status_code, response.location) == (303, f"/my/{invited.event.slug}")
    page = client.get(response.location).text
    assert "Dag Sanne, je komt." in page
    assert path.removeprefix("/i/") not in page
    assert seats.registration_of(invited).state == RegistrationState.CONFIRMED


def test_registering_takes_three_requests(client, invited):
    """GET the link, POST the answer, GET what holds: performance.md allows no more."""
    path = _path(invited)
    token = csrf(client, path)
    response = client.post(path, data={"csrf_token": token, "answer": "on_site"})
    assert "je komt" in client.get(response.location).text


def test_when_full_the_page_says_the_place_in_line(client, invited):
    factories.registration(invited.event)
    post(client, _path(invited), answer="on_site")
    assert "je staat op plaats 1 van de wachtlijst" in client.get(f"/my/{invited.event.slug}").text


def test_no_is_kept_and_can_be_changed(client, invited):
    path = _path(invited)
    post(client, path, answer="no")
    assert "Dag Sanne, je komt niet." in client.get(path).text
    post(client, f"/my/{invited.event.slug}", answer="on_site")
    assert "Dag Sanne, je komt." in client.get(path).text


def _buttons(page: str) -> list[tuple[str, str]]:
    """Style and text of each answer that the page offers, in its order."""
    return re.findall(
        r'button--(\w+)-action" type="submit" (?:name="answer" value="(?:on_site|online|no)")?>([^<]+)<', page
    )


@pytest.mark.parametrize(
    ("pressed", "said", "others"),
    [
        ("nee", "Ik kom niet", ["Ik kom naar Oosterhout", "Ik doe online mee"]),
        ("op_locatie", "Ik kom naar Oosterhout", ["Ik doe online mee", "Ik kom niet"]),
        ("ja", "Ik kom naar Oosterhout", ["Ik doe online mee", "Ik kom niet"]),
        ("online", "Ik doe online mee", ["Ik kom naar Oosterhout", "Ik kom niet"]),
    ],
)
def test_the_answer_pressed_in_the_mail_comes_first_and_alone(client, invited, pressed, said, others):
    page = client.get(f"{_path(invited)}?antwoord={pressed}").text
    assert re.findall(r"je koos: ‘([^’]+)’", page) == [said]
    assert _buttons(page)[:3] == [("primary", said), *(("secondary", each) for each in others)]
    assert page.index(said) < page.index("Toch iets anders") < page.index(others[0])


def test_who_comes_and_pressed_no_sees_no_first(client, invited):
    path = _path(invited)
    post(client, path, answer="on_site")
    page = client.get(f"{path}?antwoord=nee").text
    assert _buttons(page)[0] == ("primary", "Ik kom toch niet")
    assert page.index("Klopt dat?") < page.index("Dag Sanne, je komt.")


def test_what_holds_already_is_not_asked_again(client, invited):
    path = _path(invited)
    post(client, path, answer="on_site")
    with time_machine.travel(clock.now(), tick=False):  # the second is in a field of every form
        assert client.get(f"{path}?antwoord=op_locatie").text == client.get(path).text


def test_who_sends_a_colleague_sees_the_form_at_once_and_its_errors_there(client, invited):
    path = _path(invited)
    opened = client.get(f"{path}?antwoord=collega").text
    refused = post(client, path, answer="substitute", name="Bram", address="geen adres").text
    for page in (opened, refused):
        assert (
            page.index("wie gaat er in jouw plaats?")
            < page.index('value="substitute"')
            < page.index("Toch iets anders")
        )
        assert page.count('id="collega"') == 1


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("wanted", ["op_locatie", "online", "nee", "collega"])
def test_opening_a_link_changes_nothing(client, invited, method, wanted):
    path = _path(invited)
    assert getattr(client, method)(f"{path}?antwoord={wanted}").status_code == 200
    db.session.expire_all()
    assert (
        invited.answer,
        seats.registration_of(invited),
        db.session.scalar(sa.select(sa.func.count(Message.id))),
    ) == (
        None,
        None,
        0,
    )


def test_posting_without_the_token_of_the_page_is_refused(client, invited):
    response = client.post(_path(invited), data={"answer": "on_site"})
    assert response.status_code == 400
    assert "De pagina stond te lang open" in response.text
    assert seats.registration_of(invited) is None


def test_wrong_revoked_and_expired_links_look_alike(client, invited):
    good = _path(invited)
    other = factories.invitation(factories.event())
    revoked = _path(other)
    invitation_links.revoke_link(other)
    db.session.commit()
    expired_event = factories.event(starts_at=clock.now() - timedelta(days=40))
    expired = _path(factories.invitation(expired_event))
    forged = good[:-1] + ("a" if good[-1] != "a" else "b")
    pages = {client.get(path).text.replace(path, "…") for path in (revoked, expired, forged, "/i/x", "/i/" + "a" * 36)}
    assert len(pages) == 1
    assert "Sanne" not in pages.pop()
    assert {client.get(path).status_code for path in (revoked, expired, forged)} == {404}


def test_token_of_one_purpose_opens_nothing_else(client, invited):
    from app import tokens
    from app.tokens import Purpose

    db.session.commit()
    for purpose in Purpose:
        if purpose != Purpose.INVITATION:
            assert client.get("/i/" + tokens.make_token(purpose, invited.id)).status_code == 404


def test_page_is_kept_by_no_cache_and_sends_no_referrer(client, invited):
    headers = client.get(_path(invited)).headers
    assert (headers["Cache-Control"], headers["Referrer-Policy"], headers["X-Robots-Tag"]) == (
        "no-store",
        "no-referrer",
        "noindex, nofollow",
    )


def test_substitute_form_names_what_is_wrong_at_its_field(client, invited):
    response = post(client, _path(invited), answer="substitute", name="", address="geen adres")
    assert response.status_code == 422
    assert "Vul dit in." in response.text
    assert "Dit is geen mailadres" in response.text
    assert invited.answer is None


def test_substitute_who_comes_already_is_refused_in_words(client, invited):
    comes = factories.registration(invited.event, factories.person("Karin Smulders"))
    response = post(client, _path(invited), answer="substitute", name="Karin", address=comes.invitation.person.email)
    assert response.status_code == 422
    assert "Karin komt al." in response.text
    db.session.expire_all()
    assert invited.answer is None


def test_who_asks_a_colleague_does_not_learn_whose_address_it_is(client, invited):
    known = factories.person("Wendelmoet Kanarie")
    path = _path(invited)
    post(client, path, answer="substitute", name="Karin", address=known.email)
    page = client.get(path).text
    letter = mail_to(invited.person, "substitute_asked")
    assert ("Karin" in page, "Karin" in text_of(letter)) == (True, True)
    assert "Wendelmoet" not in page + text_of(letter) + letter["Subject"]
    post(client, path, answer="on_site")
    post(client, path, answer="substitute", name="Karin", address=known.email)
    assert "Wendelmoet" not in client.get(path).text


def test_substitute_is_invited_by_mail(client, invited):
    post(client, _path(invited), answer="substitute", name="Karin Smulders", address="karin@oss.example")
    colleague = db.session.scalars(sa.select(Person).where(Person.name == "Karin Smulders")).one()
    assert "Sanne de Vries vraagt of jij" in text_of(mail_to(colleague))
    assert "we wachten op je collega" in client.get(f"/my/{invited.event.slug}").text


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien",
        "Đỗ Thị Hồng",
        '=HYPERLINK("kwaad")',
        "a\r\nBcc: kwaad",
        "<script>alert(1)</script>",
        "**vet** [link](//kwaad)",
    ],
)
def test_strange_names_stay_names_in_page_and_mail(client, invited, name):
    post(client, _path(invited), answer="substitute", name=name, address="vreemd@gemeente.example")
    colleague = db.session.scalars(
        sa.select(Person).join(Person.addresses).where(Person.addresses.any(key="vreemd@gemeente.example"))
    ).one()
    kept = " ".join(name.split())
    assert colleague.name == kept
    mail = mail_to(colleague)
    assert mail["Bcc"] is None
    assert str(mail["To"].addresses[0].display_name) == kept
    told = mail_to(invited.person)
    assert f"We hebben {kept} gevraagd" in " ".join(text_of(told).split())
    assert "<script>alert" not in told.get_body(("html",)).get_content()
    page = client.get(f"/my/{invited.event.slug}").text
    assert "<script>alert" not in page


def test_questions_come_after_the_seat_and_only_what_is_not_known(client, invited):
    event = invited.event
    event.questions = [
        *event_questions.make_preset_questions(),
        Question(kind=QuestionKind.CHOICE, label="Welke tafel?", choices=["Zorg", "Verkeer"], required=True),
    ]
    db.session.add(RememberedAnswer(person_id=invited.person_id, preset=Preset.DIETARY, value="vegetarisch"))
    post(client, _path(invited), answer="on_site")
    mine = f"/my/{event.slug}"
    assert "Nog even dit" in client.get(mine).text
    answered = {row.question.preset: row.value for row in db.session.scalars(sa.select(QuestionAnswer))}
    assert answered == {Preset.DIETARY: "vegetarisch"}
    choice = next(question for question in event.questions if question.preset is None)
    refused = post(client, mine, answer="questions")
    assert (refused.status_code, "Vul dit in." in refused.text) == (422, True)
    access = next(question for question in event.questions if question.preset == Preset.ACCESSIBILITY)
    values = {f"question_{choice.id}": "Zorg", f"question_{access.id}": "ringleiding", f"remember_{access.id}": "y"}
    assert post(client, mine, answer="questions", **values).status_code == 303
    assert "Nog even dit" in client.get(mine).text
    works_at = factories.organisation("Oss").id
    post(client, mine, answer="questions", organisation=str(works_at), **values)
    page = client.get(mine).text
    assert ("Nog even dit" in page, "Je antwoorden bekijken" in page) == (False, True)
    kept = {
        row.preset: row.value
        for row in db.session.scalars(
            sa.select(RememberedAnswer).where(RememberedAnswer.person_id == invited.person_id)
        )
    }
    assert kept == {Preset.DIETARY: "vegetarisch", Preset.ACCESSIBILITY: "ringleiding"}


def test_a_forwarded_link_shows_no_answer_about_health_or_belief(client, invited):
    """Neither one that was remembered nor one that was given here; it stays, and its owner sees it once signed in."""
    event = invited.event
    allergy = Question(kind=QuestionKind.TEXT, label="Heb je een allergie?", required=True)
    wish = Question(kind=QuestionKind.TEXT, label="Wat wil je weten?")
    diet, access = (event_questions.make_preset_question(each) for each in (Preset.DIETARY, Preset.ACCESSIBILITY))
    event.questions = [diet, access, allergy, wish]
    db.session.add(RememberedAnswer(person_id=invited.person_id, preset=Preset.DIETARY, value="halal"))
    link, mine = _path(invited), f"/my/{event.slug}"
    post(client, link, answer="on_site")
    said = {
        f"question_{access.id}": "Blindengeleidehond",
        f"question_{allergy.id}": "noten",
        f"question_{wish.id}": "Alles",
    }
    assert post(client, mine, answer="questions", **said).status_code == 303
    secret = ("halal", "Blindengeleidehond", "noten")
    for page in (link, mine):
        shown = client.get(page).text
        assert ([each in shown for each in secret], "Alles" in shown) == ([False] * 3, True)
    assert post(client, mine, answer="questions", **{f"question_{wish.id}": "Niets"}).status_code == 303
    registration = db.session.scalars(sa.select(Registration)).one()
    assert question_answers.given_answers(registration) == {
        diet.id: "halal", access.id: "Blindengeleidehond", allergy.id: "noten", wish.id: "Niets",
    }  # fmt: skip
    sign_in_person(client, factories.person("Iemand Anders"))
    assert not any(each in client.get(mine).text for each in secret)
    sign_in_person(client, invited.person)
    assert all(each in client.get(mine).text for each in secret)
    post(client, mine, answer="questions", **{f"question_{allergy.id}": "noten", f"question_{access.id}": ""})
    db.session.expire_all()
    assert question_answers.given_answers(registration)[access.id] == "", "who sees an answer can take it away"


def test_questions_for_on_site_are_not_asked_online(client, invited):
    invited.event.questions = [event_questions.make_preset_question(Preset.DIETARY)]
    post(client, _path(invited), answer="online")
    assert "dieetwensen" not in client.get(f"/my/{invited.event.slug}").text


def test_form_sent_twice_registers_once(client, invited):
    path = _path(invited)
    token = csrf(client, path)
    for _ in range(2):
        assert client.post(path, data={"csrf_token": token, "answer": "on_site"}).status_code == 303
    work()
    assert [
        row.kind for row in db.session.scalars(sa.select(Message).where(Message.person_id == invited.person_id))
    ] == ["confirmed"]


def test_after_closing_the_page_says_so_and_changes_nothing(client, invited):
    invited.event.closes_at = clock.now() + timedelta(hours=2)
    path = _path(invited)
    token = csrf(client, path)
    with time_machine.travel(invited.event.closes_at + timedelta(minutes=1)):
        response = client.post(path, data={"csrf_token": token, "answer": "on_site"})
        page = client.get(response.location).text
        assert "Aanmelden en wijzigen kan niet meer." in page
        assert 'name="answer" value="on_site"' not in page
    assert seats.registration_of(invited) is None


def test_who_changes_to_a_full_mode_keeps_the_seat(client, invited):
    factories.registration(invited.event)
    answers.accept_invitation(invited, Mode.ONLINE)
    post(client, _path(invited), answer="on_site")
    assert "Je houdt de plek die je had." in client.get(f"/my/{invited.event.slug}").text
    assert seats.registration_of(invited).mode == Mode.ONLINE


def test_the_page_takes_a_fixed_number_of_queries(client, queries, invited):
    path = _path(invited)
    client.get(path)
    with queries() as few:
        client.get(path)
    for _ in range(20):
        factories.registration(invited.event)
    db.session.commit()
    with queries() as many:
        client.get(path)
    assert (len(few), len(many)) == (5, 5)


def test_a_scanner_that_asks_for_the_head_alone_reads_the_invitation_alone(client, queries, invited):
    with queries() as seen:
        answer = client.head(_path(invited))
    assert (answer.status_code, answer.mimetype, answer.text, len(seen)) == (200, "text/html", "", 1)
    assert "Content-Length" not in answer.headers, "nobody knows how long the page would be"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.head("/i/aaaa").status_code == 404


def test_page_speaks_the_language_of_the_person(client, app):
    invitation = factories.invitation(factories.event(), factories.person("John Smith", language="en"))
    page = client.get(_path(invitation)).text
    assert ('<html lang="en">' in page, "Hello John, are you coming?" in page) == (True, True)


class TestRequestingALink:
    def test_known_and_unknown_addresses_get_the_same_answer(self, client, app):
        event = factories.event()
        known = factories.registration(event).invitation.person
        db.session.commit()
        pages = []
        for address in (known.email, "nieuw@gemeente.example"):
            response = post(client, f"/events/{event.slug}/register", name="Iemand", address=address)
            pages.append(response.text.replace(address, "…"))
        assert pages[0] == pages[1]

    def test_known_and_unknown_addresses_take_the_same_statements(self, client, app, queries):
        event = factories.event()
        known = factories.registration(event).invitation.person
        page, sent = f"/events/{event.slug}/register", []
        for address in (known.email, "nieuw@gemeente.example"):
            token = csrf(client, page)
            with queries() as seen:
                client.post(page, data={"csrf_token": token, "name": "Iemand", "address": address})
            sent.append([statement.split("VALUES")[0] for statement in seen])
        assert sent[0] == sent[1] != []

    def test_link_is_mailed_and_nothing_is_registered_before_the_answer(self, client, app):
        event = factories.event()
        db.session.commit()
        post(client, f"/events/{event.slug}/register", name="Nieuwe Naam", address="nieuw@gemeente.example")
        work()
        invitation = db.session.scalars(sa.select(Invitation).where(Invitation.event_id == event.id)).one()
        assert (invitation.person.name, invitation.answer, seats.registration_of(invitation)) == (
            "Nieuwe Naam",
            None,
            None,
        )
        assert invitation_links.link_to_invitation(invitation) in text_of(mail_to(invitation.person))

    def test_closed_and_invitation_only_events_have_no_form(self, client, app):
        closed, private = factories.event(closes_at=factories.start(days=-1)), factories.event(open_to_all=False)
        secret = factories.event(confidential=True)
        db.session.commit()
        assert [client.get(f"/events/{each.slug}/register").status_code for each in (closed, private, secret)] == [
            303,
            303,
            404,
        ]

    def test_one_address_is_mailed_three_times_a_day_at_most(self, client, app):
        event = factories.event()
        db.session.commit()
        for _ in range(5):
            post(client, f"/events/{event.slug}/register", name="Druk", address="druk@gemeente.example")
        work()
        with time_machine.travel(clock.now() + timedelta(hours=23)):
            post(client, f"/events/{event.slug}/register", name="Druk", address="druk@gemeente.example")
            work()
        assert db.session.scalar(sa.select(sa.func.count(Message.id)).where(Message.kind == "requested")) == 3


def test_answer_no_is_stored_as_answer(client, invited):
    post(client, _path(invited), answer="no")
    db.session.expire_all()
    assert invited.answer == Answer.NO
