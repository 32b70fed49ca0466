"""What somebody finds on their own pages, and what paper for others says of it."""

import re

import pypdfium2
import pytest

from app.attendance import closing
from app.certificates import attendance_letters
from app.database import db
from app.matching import enrolments, rounds, seats
from app.matching.kinds import Reply
from app.materials.models import ForWhom
from app.me import overview
from app.registration import answers
from tests import factories
from tests.courses import taught
from tests.helpers import sign_in_person
from tests.matching import matched

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("app")]


@pytest.fixture
def network(app):
    return factories.network(name="Praktijknetwerk")


@pytest.fixture
def person(network):
    return factories.person("Sanne de Vries", at="Oss", of=network)


def test_it_brings_together_what_stood_apart(client, network, person):
    comes = factories.registration(factories.event(network, title="Wel naartoe"), person).invitation
    answers.decline_invitation(factories.invitation(factories.event(network, title="Niet naartoe"), person))
    factories.invitation(factories.event(network, title="Nog geen idee"), person)
    held = factories.held(network, title="Al geweest")
    factories.attendance(held, person)
    factories.material(held, "Dia’s van de dag", ForWhom.PARTICIPANTS)
    closing.close_attendance(held, None)
    letter = attendance_letters.issue_letter(_invitation_of(person, held))
    factories.commitment(held, person)
    course = taught.completed()
    other = factories.person("Ander Mens", of=network)
    factories.registration(factories.event(network, title="Van een ander"), other)
    db.session.commit()

    sign_in_person(client, person)
    page = client.get("/me").text

    for words in ("Wel naartoe", "Je komt", "Niet naartoe", "Je komt niet", "Nog geen idee", "Nog geen antwoord", "Dia’s van de dag", "Praktijknetwerk", letter.number):  # fmt: skip
        assert words in page
    for words in ("Van een ander", course.person.name):
        assert words not in page
    links = re.findall(
        r'href="(?:http://leerkring\.test)?(/[^"]*)"', page.partition("<main")[2].partition("</main>")[0]
    )
    assert {link: client.get(link).status_code for link in dict.fromkeys(links)} == dict.fromkeys(links, 200)
    assert comes.event.slug


def test_it_leads_to_the_rounds_in_which_somebody_is(client, network, person):
    """Whoever lost the mail finds their page of it; what is over, or was not for them, does not stand there."""
    rows = [matched.round_of(network, title=title) for title in ("Open", "Dicht", "Gestopt", "Van een ander")]
    for row in rows[:3]:
        matched.takes_part(row, person)
    silent = matched.round_of(network, title="Nooit geantwoord")
    enrolments.add_enrolment(silent, person)
    matched.takes_part(rows[3], "Ander Mens")
    for row in (rows[1], silent):
        matched.close(row)
    rounds.end_round(rows[2])
    db.session.commit()
    assert [(each.round.title, each.answered.words) for each in overview.list_rounds(person)] == [
        ("Dicht", "Je doet mee"),
        ("Open", "Je doet mee"),
    ]
    sign_in_person(client, person)
    links = re.findall(r'href="[^"]*(/match/\w+)"', client.get("/me").text)
    assert [client.get(link).status_code for link in links] == [200, 200]


def test_it_says_what_somebody_said_to_a_proposal(network, person):
    row = matched.round_of(network)
    mine, other = matched.takes_part(row, person), matched.takes_part(row, "Ander Mens")

    def said() -> list[str]:
        db.session.expire_all()
        return [each.answered.words for each in overview.list_rounds(person)]

    matched.send(row)
    assert said() == ["Zeg ja of nee"]
    for reply, words in ((Reply.NO, "Je zei nee"), (Reply.YES, "Je zei ja")):
        seats.answer_seat(mine, reply)
        assert said() == [words]
    seats.stop(mine)
    assert said() == ["Je bent gestopt"]
    assert [each.answered.words for each in overview.list_rounds(other.person)] == ["Zeg ja of nee"]


def test_it_takes_as_many_queries_for_much_as_for_little(client, network, person, queries):
    def count() -> int:
        with queries() as seen:
            assert client.get("/me").status_code == 200
        return len(seen)

    sign_in_person(client, person)
    for title in ("Eerste", "Tweede"):
        factories.registration(factories.event(network, title=title), person)
        factories.attendance(factories.held(network), person)
        matched.takes_part(matched.round_of(network), person)
    db.session.commit()
    few = count()
    for _ in range(6):
        factories.registration(factories.event(network), person)
        factories.attendance(factories.held(network), person)
        factories.commitment(factories.held(network), person)
        matched.takes_part(matched.round_of(network), person)
    db.session.commit()
    assert count() <= few + 1


class TestTheYearOnPaper:
    @pytest.fixture
    def lines(self, network, person) -> dict:
        """An open session, one behind closed doors, and one of a network that is not listed."""
        closed_network = factories.network(name="Stille Kring", listed=False)
        held = [
            factories.held(network, title="Openbare les"),
            factories.held(network, title="Intervisie over pesten", confidential=True),
            factories.held(closed_network, title="Kringgesprek"),
        ]
        for event in held:
            factories.attendance(event, person)
        db.session.commit()
        return {each.title: each for each in held}

    def test_what_is_closed_is_a_neutral_line_and_only_when_it_is_ticked(self, client, person, lines):
        sign_in_person(client, person)
        page = client.get("/me/done").text
        ticked = [int(each) for each in re.findall(r'name="line" value="(\d+)" checked', page)]
        assert ticked == [lines["Openbare les"].id]
        year = lines["Openbare les"].starts_at.year
        few = _text_of_pdf(client.get(f"/me/done/{year}.pdf?line={ticked[0]}").data)
        assert ("Openbare les" in few, "Besloten bijeenkomst" in few) == (True, False)
        chosen = "&".join(f"line={each.id}" for each in lines.values())
        paper = _text_of_pdf(client.get(f"/me/done/{year}.pdf?{chosen}").data)
        assert paper.count("Besloten bijeenkomst") == 2
        for words in ("pesten", "Intervisie", "Kringgesprek", "Stille Kring"):
            assert words not in paper

    def test_it_is_a_pdf_of_ones_own_lines_alone(self, client, network, person, lines):
        other = factories.held(network, title="Van een ander")
        factories.attendance(other, factories.person())
        db.session.commit()
        year = other.starts_at.year
        sign_in_person(client, person)
        assert client.get(f"/me/done/{year}.pdf?line={other.id}").location == "/me/done"
        assert client.get("/me/done/1999.pdf?line=1").status_code == 404
        answer = client.get(f"/me/done/{year}.pdf?line={lines['Openbare les'].id}")
        assert answer.data.startswith(b"%PDF-")


def test_material_opens_for_who_was_invited_alone(app, client, network, person):
    held = factories.held(network)
    factories.attendance(held, person)
    material = factories.material(held, for_whom=ForWhom.PARTICIPANTS)
    db.session.commit()
    address = f"/me/sessions/{held.slug}/materials/{material.id}"
    stranger = app.test_client()
    sign_in_person(stranger, factories.person("Vreemd"))
    sign_in_person(client, person)
    assert client.get(address).status_code in (200, 302)
    assert stranger.get(address).status_code == 404


def test_coming_says_where_one_answers(person, network):
    event = factories.event(network)
    factories.invitation(event, person)
    (coming,) = overview.list_coming(person)
    assert coming.page.startswith("http://leerkring.test/i/")
    factories.move(event, hours=-24 * 40)
    assert overview.list_coming(person) == []


def _invitation_of(person, event):
    return overview.find_invitation(person, event.slug)


def _text_of_pdf(content: bytes) -> str:
    pages = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    return " ".join(" ".join(pages).split())
