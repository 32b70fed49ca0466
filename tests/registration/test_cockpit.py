"""The cockpit: funnel, map, list and export say the same as the database."""

import io
import re

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from app.database import db
from app.events.models import Mode, Question
from app.invitations import invitation_links
from app.invitations.models import Answer, Invitation
from app.network.people.models import Person
from app.network.seeing import CLOCKWORK
from app.registration import answers, cockpit, invited_map, question_answers
from app.registration.cockpit import InvitationStanding, InvitedFilter
from app.registration.models import RegistrationState
from tests import factories
from tests.helpers import mail_to, mails, post, sign_in, text_of


@pytest.fixture
def event(app, client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network, name="Loes Verhoeven"))
    event = factories.hybrid(network, seats_on_site=2)
    for name, place in (("Anna Aarts", "Oosterhout"), ("Bram Bos", "Oss")):
        factories.registration(event, factories.person(name, at=place, role="bestuurder", of=network))
    factories.registration(event, factories.person("Cor Coppens", at="Oss", role="ambtenaar", of=network), Mode.ONLINE)
    factories.registration(event, factories.person("Dirk Dekkers", at="Dongen", of=network))
    answers.decline_invitation(
        factories.invitation(event, factories.person("Els van Eck", at="Waterschap De Dommel", of=network))
    )
    factories.invitation(event, factories.person("Fien Feenstra", at="Boxtel", of=network))
    return event


def _names(client, event, query: str = "") -> list[str]:
    page = client.get(f"/organise/events/{event.slug}{query}").text
    return re.findall(r'/people/\d+">([^<]+)</a>', page)


def test_funnel_counts_everybody_once(event):
    funnel = cockpit.count_funnel(event)
    assert (funnel.invited, funnel.answered, funnel.coming, funnel.waiting, funnel.declined, funnel.silent) == (
        6,
        5,
        {Mode.ON_SITE: 2, Mode.ONLINE: 1},
        1,
        1,
        1,
    )


def test_map_counts_by_municipality(event):
    tiles = {
        tile.organisation.name: (tile.status, tile.invited, tile.coming, tile.waiting)
        for tile in invited_map.list_invited_tiles(event, CLOCKWORK)
    }
    assert len(tiles) == 56
    assert {name: tile for name, tile in tiles.items() if tile[0] != "none"} == {
        "Oosterhout": ("coming", 1, 1, 0),
        "Oss": ("coming", 2, 2, 0),
        "Dongen": ("waiting", 1, 0, 1),
        "Boxtel": ("invited", 1, 0, 0),
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Anna Aarts", "Bram Bos", "Cor Coppens", "Dirk Dekkers", "Els van Eck", "Fien Feenstra"]),
        ("?standing=coming", ["Anna Aarts", "Bram Bos", "Cor Coppens"]),
        ("?standing=waiting", ["Dirk Dekkers"]),
        ("?standing=declined", ["Els van Eck"]),
        ("?standing=silent", ["Fien Feenstra"]),
        ("?organisation=GM0828", ["Bram Bos", "Cor Coppens"]),
        ("?organisation=GM0828&mode=online", ["Cor Coppens"]),
        ("?kind=waterschap", ["Els van Eck"]),
        ("?q=eck", ["Els van Eck"]),
        ("?q=niemand", []),
        (
            "?standing=onzin&kind=onzin",
            ["Anna Aarts", "Bram Bos", "Cor Coppens", "Dirk Dekkers", "Els van Eck", "Fien Feenstra"],
        ),
    ],
)
def test_list_narrows_down(client, event, query, expected):
    assert _names(client, event, query) == expected


def test_map_and_its_table_lead_to_the_same_list(client, event):
    page = client.get(f"/organise/events/{event.slug}").text
    link = f'href="/organise/events/{event.slug}?organisation=GM0828#wie"'
    assert page.count(link) == 2
    assert "Oss: 2 komen, 2 uitgenodigd" in page


def test_cockpit_takes_a_fixed_number_of_queries(client, event, queries):
    counts = []
    for size in (0, 25):
        for number in range(size):
            factories.registration(
                event, factories.person(f"Extra {number}", at="Best", role="griffier", of=event.network), Mode.ONLINE
            )
        db.session.commit()
        with queries() as seen:
            client.get(f"/organise/events/{event.slug}")
        counts.append(len(seen))
    assert counts == [13, 13], "one of them tells the log that people were read"


def test_export_has_everybody_of_the_list_with_answers_as_text(client, event):
    question = Question(event_id=event.id, kind="text", label="=Vraag", choices=[])
    db.session.add(question)
    db.session.flush()
    evil = factories.registration(
        event, factories.person('=HYPERLINK("http://kwaad.example")', at="Oss", of=event.network), Mode.ONLINE
    )
    question_answers.keep_answers(evil, {question: "+31 6\x0b"}, set())
    response = post(
        client, f"/organise/events/{event.slug}/people.xlsx?standing=coming", page=f"/organise/events/{event.slug}"
    )
    sheet = load_workbook(io.BytesIO(response.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[0] for row in rows] == [
        "Naam",
        "Anna Aarts",
        "Bram Bos",
        "Cor Coppens",
        '=HYPERLINK("http://kwaad.example")',
    ]
    assert rows[4][2:] == ["Oss", None, None, "Komt", "Online", rows[4][7], None, "+31 6"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


class TestOnePerson:
    def _page(self, event, name: str) -> tuple[str, Invitation]:
        invitation = db.session.scalars(
            sa.select(Invitation).join(Person, Person.id == Invitation.person_id).where(Person.name == name)
        ).one()
        return f"/organise/events/{event.slug}/people/{invitation.id}", invitation

    def test_page_shows_mails_and_history(self, client, event):
        page, _ = self._page(event, "Dirk Dekkers")
        text = client.get(page).text
        assert ("Bericht van de wachtlijst" in text, "Op de wachtlijst gekomen" in text) == (True, True)

    def test_organiser_reads_that_who_is_registered_waits_when_it_is_full(self, client, event):
        page, _ = self._page(event, "Fien Feenstra")
        post(client, f"{page}/register", page=page, mode="on_site")
        assert "Fien Feenstra staat op de wachtlijst en krijgt bericht." in client.get(page).text

    def test_organiser_registers_and_cancels_for_somebody(self, client, event):
        page, invitation = self._page(event, "Fien Feenstra")
        post(client, f"{page}/register", page=page, mode="online")
        assert "is aangemeld en krijgt bericht" in client.get(page).text
        assert "Aangemeld door Loes Verhoeven" in client.get(page).text
        post(client, f"{page}/cancel", page=page)
        assert (invitation.answer, cockpit.find_invited(event, invitation.id, CLOCKWORK).standing) == (
            Answer.NO,
            InvitationStanding.DECLINED,
        )

    def test_cancelling_for_somebody_lets_the_next_in(self, client, event):
        page, _ = self._page(event, "Anna Aarts")
        post(client, f"{page}/cancel", page=page)
        _, waiting = self._page(event, "Dirk Dekkers")
        assert cockpit.find_invited(event, waiting.id, CLOCKWORK).registration.state == RegistrationState.CONFIRMED

    def test_resending_and_revoking_the_link(self, client, event):
        page, invitation = self._page(event, "Fien Feenstra")
        old = invitation_links.link_to_invitation(invitation)
        post(client, f"{page}/revoke", page=page)
        post(client, f"{page}/resend", page=page)
        new = invitation_links.link_to_invitation(invitation)
        assert new in text_of(mail_to(invitation.person))
        assert [client.get(link.removeprefix("http://leerkring.test")).status_code for link in (old, new)] == [404, 200]

    def test_inviting_somebody_by_hand(self, client, event):
        address = f"/organise/events/{event.slug}/people/add"
        assert post(client, address, name="", address="x").status_code == 422
        post(client, address, name="Gijs Gerrits", address="gijs@oss.example")
        _, invitation = self._page(event, "Gijs Gerrits")
        assert invitation_links.link_to_invitation(invitation) in text_of(mail_to(invitation.person, "invitation"))

    def test_who_is_invited_by_hand_gets_the_reminder(self, client, event):
        from app.invitations.waves.models import WaveKind
        from tests.helpers import work

        post(client, f"/organise/events/{event.slug}/people/add", name="Gijs Gerrits", address="gijs@oss.example")
        factories.wave(event, WaveKind.REMINDER)
        work()
        _, invitation = self._page(event, "Gijs Gerrits")
        assert mail_to(invitation.person, "reminder")["Subject"].startswith("Kom je? ")


def test_search_options_that_are_no_numbers_or_words_harm_nothing(client, event):
    for query in (
        "?page=0",
        "?page=-1",
        "?page=x",
        "?organisation=99999999",
        "?organisation='",
        "?q=%25_%27",
        "?q=" + "x" * 5000,
    ):
        assert client.get(f"/organise/events/{event.slug}{query}").status_code == 200


def test_sought_of_everybody_is_the_whole_list(event):
    assert len(list(cockpit.list_invited(event, InvitedFilter(), CLOCKWORK))) == 6


@pytest.mark.parametrize(
    ("act", "words"),
    [("register", "Aanmelden kan niet"), ("cancel", "Afmelden kan niet"), ("resend", "De sessie is geweest")],
)
def test_when_a_session_was_held_its_buttons_say_so_and_change_nothing(client, event, act, words):
    factories.move(event, hours=-48)
    invitation = db.session.scalars(sa.select(Invitation).where(Invitation.event_id == event.id)).first()
    page = f"/organise/events/{event.slug}/people/{invitation.id}"
    before = (invitation.answer, len(mails()))
    assert post(client, f"{page}/{act}", page=page).status_code == 303
    assert words in client.get(page).text
    assert (invitation.answer, len(mails())) == before


def test_nobody_is_invited_to_a_draft(client, event):
    draft = factories.event(event.network, published=False)
    assert client.get(f"/organise/events/{draft.slug}/people/add").status_code == 303
    assert "Publiceer de sessie eerst." in client.get(f"/organise/events/{draft.slug}").text
