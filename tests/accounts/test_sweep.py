"""Nothing of a confidential session shows to who may not see it: every page, export, feed, mail and API answer, by every role.

Canaries are planted where they would show if a page forgot to ask: a guest who is no member (any
trace is a leak), and a member who must not stand beside the session's name. What names nobody may
tell too, by a count or a map: so all that readers see must stay the same when other people came.

Addresses come from the tables of rights, `PAGES` and `ACTS` for organisers and `FOR` here for
everybody else, which name every route, so that a new page takes part by itself and a route without
an entry fails. The sweep was seen to fail on each of these: `invitations_of_person` without
`seeing.events` (a reader's page of a person names the session), `_of_person`, `_select_present`,
`_reached` or `_represented` without `seeing` (an audience counts who came, declined, is silent, was
there), `list_invited_tiles` or the map of a year without it (the map names where who came is from), the
API's participants without asking who organises, the board, a search by address, and
`seeing.events` itself without confidentiality.
"""

import io
import itertools
import re
import zipfile
from collections.abc import Iterable

import pytest
import sqlalchemy as sa

from app import tokens
from app.accounts import accounts, sessions
from app.attendance import arrivals, presence
from app.attendance.models import Attendance, Entry
from app.database import db, only_reading
from app.digests import digest_letters, digest_selection
from app.events import event_questions
from app.events.models import Event, Mode, Preset
from app.invitations import invitation_queries
from app.invitations.deliveries import delivery_board
from app.invitations.deliveries.delivery_board import MessageFilter
from app.invitations.models import Answer, Invitation
from app.invitations.waves.models import WaveState
from app.lessons.insights.models import Commitment, Insight
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import OF_EVENTS, AudienceBlock
from app.network.models import Membership, Network, NetworkNote
from app.network.organisations import portrait
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people import job_positions, mail_addresses, network_notes
from app.network.people.models import Person
from app.network.seeing import Viewer
from app.outbox import mail_parts, message_writing
from app.outbox.models import Message
from app.registration import cockpit, invited_map
from app.registration.cockpit import InvitedFilter
from app.registration.models import QuestionAnswer
from app.reports import network_year
from app.sheets import TableKind
from app.tokens import Purpose
from app.web import doors
from tests import factories
from tests.accounts.test_rights import ACTS, PAGES, REFUSED, ROLES, make_world
from tests.helpers import mails, sign_in, sign_in_person

TITLE = "Intervisie in vertrouwen"
MOTION = "Motie kanarie"
CANARIES = ("Wendelmoet", "kanarie.example", "vogelwachter", "zingt alleen", MOTION, "geen zaad")
"""Name, address, job, note, insight and diet of the guest; nobody without the right meets them anywhere."""
EVERYBODY = "everybody"
FOR = {
    EVERYBODY: (
        "/", "/agendas/<slug>", "/agendas/<slug>/reports/<int:report_id>", "/agendas/<slug>/reports/<int:report_id>/<int:number>.<any(pdf, docx, odt):ending>",
        "/agendas/<slug>/reports/<int:report_id>/<int:number>.<any(xlsx, ods, csv):ending>", "/.well-known/security.txt", "/accessibility", "/api/v1/openapi.json", "/calendars/<kind>/<key>.ics",
        "/check", "/check/<number>", "/courses/<slug>", "/courses/<slug>/next",
        "/agenda", "/catalogue", "/catalogue.rss", "/catalogue/<slug>", "/catalogue/<slug>/file", "/sitemap.xml", "/evaluation/thanks", "/events/<slug>", "/events/<slug>.ics", "/events/<slug>/materials/<int:material_id>", "/events/<slug>/programme", "/events/<slug>/register", "/favicon.ico", "/healthz", "/help", "/help/<slug>",
        "/impressions/<slug>", "/impressions/<slug>.<any(pdf, docx, odt):kind>", "/impressions/<slug>/attachments/<int:attachment_id>",
        "/library", "/library/<int:insight_id>", "/me/sign-in", "/me/sign-in/code", "/networks/<slug>", "/networks/<slug>/calendar.ics", "/networks/<slug>/join", "/networks/<slug>/members",
        "/pictures/<key>/<name>", "/privacy", "/robots.txt", "/series/<slug>", "/sign-in", "/sign-in/code", "/sign-out", "/subscribe", "/subscribe/<kind>/<key>",
        "/themes", "/themes/<slug>",
    ),
    "the code on the wall": ("/k/<code>", "/k/<code>/live", "/k/<code>/screen"),
    "the token of monitoring": ("/metrics",),
    "a site that sends no mail": (
        "/mailbox", "/mailbox/<int:message_id>", "/mailbox/<int:message_id>/html", "/mailbox/<int:message_id>/source",
    ),
    "the key of an account": (
        "/api/v1/audiences", "/api/v1/audiences/<int:audience_id>/people", "/api/v1/events", "/api/v1/events/<slug>",
        "/api/v1/events/<slug>/figures", "/api/v1/events/<slug>/participants", "/api/v1/networks",
    ),
    Purpose.ADDRESS: ("/address/<token>",),
    Purpose.ADDRESS_CHANGE: ("/address-change/<token>",),
    Purpose.ADDRESS_PROPOSAL: ("/address-proposal/<token>",),
    Purpose.CHECK_IN: ("/c/<token>",),
    Purpose.COMMITMENT: (
        "/commitments/<token>", "/commitments/<token>/name", "/commitments/answered", "/commitments/answered/name",
    ),
    Purpose.DIGEST_STOP: ("/preferences/<token>/stop",),
    Purpose.DEPARTURE: ("/come-back/<token>",),
    Purpose.EVALUATION: ("/evaluation/<token>",),
    Purpose.FEED: ("/calendar/<token>", "/calendar/<token>.ics"),
    Purpose.INSTEAD: ("/instead/<token>",),
    Purpose.INVITATION: (
        *(f"{page}{rest}" for page in ("/i/<token>", "/my/<slug>") for rest in ("", "/certificate", "/certificate.pdf", "/certificate/name", "/course-certificate", "/course-certificate.pdf", "/course-certificate/name", "/next-edition", "/join", "/materials/<int:material_id>")),
    ),
    Purpose.JOIN: ("/join/<token>",),
    Purpose.NEXT_EDITION: ("/next-edition/<token>",),
    Purpose.USED: ("/used/<token>", "/used/<token>/<int:suggestion_id>"),
    Purpose.CONTACT: ("/message/<token>",),
    Purpose.KOPPEL: ("/koppels/<token>", "/koppels/<token>/reports/<int:report_id>"),
    Purpose.MATCH: ("/match/<token>", "/match/<token>/after", "/match/<token>/seat"),
    Purpose.POLL: ("/poll/<token>",),
    Purpose.QUESTION: ("/question/<token>",),
    Purpose.SPEAKER: tuple(f"/speak/<token>{rest}" for rest in ("", "/introduction", "/picture", "/picture/delete", "/slides", "/slides/<int:material_id>/delete", "/slides/<int:material_id>/restore", "/undo")),
    Purpose.PREFERENCES: ("/preferences/<token>", "/preferences/<token>/<any(data, leave, prove):part>"),
    Purpose.OWN_SIGN_IN: ("/me/sign-in/<token>",),
    "who signed in on their own pages": (
        "/me", "/me/calendar", "/me/certificates/<int:certificate_id>", "/me/come-back", "/me/data", "/me/data.json", "/me/data/address",
        "/me/data/addresses/<int:email_address_id>/prefer", "/me/data/addresses/<int:email_address_id>/remove",
        "/me/data/commitments/<int:commitment_id>/name", "/me/data/name", "/me/data/position", "/me/data/positions/<int:position_id>/end",
        "/me/data/use", "/me/data/uses/hide", "/me/devices", "/me/devices/<int:person_session_id>/end", "/me/devices/end", "/me/done", "/me/done/<int:year>.pdf",
        "/networks/<slug>/questions", "/networks/<slug>/questions/ask", "/networks/<slug>/questions/<int:network_question_id>",
        *(f"/networks/<slug>/questions/<int:network_question_id>/{act}" for act in ("answer", "close", "edit", "withdraw")),
        *(f"/networks/<slug>/questions/answers/<int:network_answer_id>{act}" for act in ("", "/name", "/put-back", "/remove", "/thank")),
        "/me/leave", "/me/mail", "/me/messages", "/me/messages/<int:contact_id>", "/me/messages/blocks/<int:block_id>/end",
        "/me/sessions/<slug>/materials/<int:material_id>", "/me/sessions/<slug>/participants", "/me/sign-out",
        *(f"/members/<slug>{rest}" for rest in ("", "/contacts", "/listing", "/listing/picture", "/listing/picture/delete", "/listing/withdraw", "/people", "/people/<int:listing_id>/picture", "/people/<int:listing_id>/write")),
        "/preferences/mine", "/preferences/mine/<any(data, leave, prove):part>",
    ),
    Purpose.STAY: ("/stay/<token>",),
    Purpose.SEATS: (
        "/seats/<token>", "/seats/<token>/<int:invitation_id>/take-back", "/seats/mine", "/seats/mine/<int:invitation_id>/take-back",
    ),
    Purpose.SIGN_IN: ("/sign-in/<token>",),
    Purpose.UNSUBSCRIBE: ("/unsubscribe/<token>",),
    Purpose.VISIT: ("/visit/<token>/<any(events, impressions, courses):kind>/<slug>",),
}  # fmt: skip
"""Which link or key opens each address that is not an organiser's."""


@pytest.fixture
def closed(app, written) -> dict:
    return written.make_once(_make_closed)


def _make_closed() -> dict:
    """The world with a confidential session that was held, to which a guest and a member came."""
    world = make_world()
    network = db.session.query(Network).filter_by(slug=world["n"]).one()
    member = db.session.get(Person, world["p"])
    place = Organisation(name="Test Gemeente Kanarie", kind=OrganisationKind.MUNICIPALITY, grid_row=90, grid_col=90)
    guest = factories.person("Wendelmoet Kanarie", address="wendelmoet@kanarie.example")
    db.session.add(place)
    db.session.flush()
    job_positions.take_position(guest, place, None, "vogelwachter", None)
    network_notes.write_note(guest, network, "zingt alleen in de kooi")
    event = factories.event(network, title=TITLE, confidential=True)
    event.questions = [event_questions.make_preset_question(Preset.DIETARY)]
    audience = factories.audience(network, "Wie komt er", audiences.make_condition(AudienceBlock.COMING, event.id))
    wave = factories.wave(event, to=audience, state=WaveState.DRAFT, at=factories.start(days=10))
    registrations = [factories.registration(event, person) for person in (guest, member)]
    db.session.add(QuestionAnswer(registration_id=registrations[0].id, question=event.questions[0], value="geen zaad"))
    message_writing.write_due_messages()
    factories.move(event, hours=-72)
    for registration in registrations:
        presence.check_in_invitation(registration.invitation, Entry.LIST, Mode.ON_SITE)
    factories.impression(event, "Motie kanarie vrij", published=False)
    factories.commitment(event, guest)
    db.session.flush()
    return world | {
        "open": world["e"],
        "e": event.slug,
        "closed": event.id,
        "guest": guest.id,
        "i": registrations[0].invitation_id,
        "fellow": registrations[1].invitation_id,
        "w": wave.id,
        "a": audience.id,
        "x": db.session.query(Insight).filter_by(title="Motie kanarie vrij").one().id,
        "mail": db.session.query(Message).filter_by(invitation_id=registrations[0].invitation_id).first().id,
    }


def _enter(client, closed, role: str) -> None:
    if role != "nobody":
        sign_in(client, closed["accounts"][role])


def shown(answer) -> str:
    """What an answer says to its reader: also what is packed in a spreadsheet."""
    if not answer.data.startswith(b"PK"):
        return answer.data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "\n".join(
            packed.read(name).decode(errors="replace") for name in packed.namelist() if not name.startswith("docProps/")
        )


def canaries_in(text: str, canaries: Iterable[str] = CANARIES) -> list[str]:
    return [canary for canary in canaries if canary in text]


def leaks(client, pages: Iterable[str], canaries: Iterable[str] = CANARIES) -> dict[str, list[str]]:
    """The canaries that each page shows, of pages that show any."""
    found = {page: canaries_in(shown(client.get(page)), canaries) for page in pages}
    return {page: canaries for page, canaries in found.items() if canaries}


class TestPages:
    @pytest.mark.parametrize("role", ["nobody", "outsider", "reader"])
    def test_nobody_without_the_right_meets_anything_of_a_confidential_session(self, client, closed, role):
        _enter(client, closed, role)
        of_guest = closed | {"p": closed["guest"], "b": closed["guest"], "e": closed["open"]}
        assert leaks(client, [page.format(**ids) for page in PAGES for ids in (closed, of_guest)]) == {}

    def test_organisers_meet_all_of_it(self, client, closed):
        _enter(client, closed, "organiser")
        guest = f"/organise/networks/{closed['n']}/people/{closed['guest']}"
        seen = leaks(client, [*(page.format(**closed) for page in PAGES), guest])
        assert set(itertools.chain(*seen.values())) == set(CANARIES)

    @pytest.mark.parametrize("role", ["organiser", "admin"])
    def test_what_somebody_eats_stands_beside_no_name_on_any_page(self, client, closed, role):
        _enter(client, closed, role)
        guest = f"/organise/networks/{closed['n']}/people/{closed['guest']}"
        seen = leaks(client, [*(page.format(**closed) for page in PAGES), guest], ["Wendelmoet", "geen zaad"])
        assert [page for page, canaries in seen.items() if "geen zaad" in canaries] == [
            f"/organise/events/{closed['e']}/kitchen"
        ]
        assert seen[f"/organise/events/{closed['e']}/kitchen"] == ["geen zaad"]

    @pytest.mark.parametrize("role", ["nobody", "outsider", "reader"])
    def test_no_refusal_and_no_export_shows_it_either(self, app, monkeypatch, closed, role):
        """Every address for sending, as far as this role is refused there: exports are among them."""
        monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
        client = app.test_client()
        if role != "nobody":
            with client.session_transaction() as session:
                session["account"] = sessions.open_session(closed["accounts"][role])
        refused = [act for act, statuses in ACTS.items() if statuses[ROLES.index(role)] in REFUSED]
        found = {
            act: canaries_in(shown(client.post(act.format(**ids))))
            for act in refused
            for ids in (closed, closed | {"p": closed["guest"], "b": closed["guest"]})
        }
        assert {act: canaries for act, canaries in found.items() if canaries} == {}

    @pytest.mark.parametrize("role", ["organiser", "admin"])
    def test_what_is_packed_in_an_export_is_looked_into(self, app, monkeypatch, closed, role):
        monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
        client = app.test_client()
        with client.session_transaction() as session:
            session["account"] = sessions.open_session(closed["accounts"][role])
        for kind in TableKind:
            people, sent = (
                client.post(f"/organise/events/{closed['e']}/{name}.{kind}") for name in ("people", "mails/export")
            )
            assert canaries_in(shown(people)) == ["Wendelmoet", "kanarie.example", "vogelwachter"]
            assert canaries_in(shown(sent)) == ["Wendelmoet", "kanarie.example"]


class TestOracles:
    """What names nobody, and still tells: a count, a map, a search, a saved audience."""

    def test_readers_see_the_same_whoever_came(self, client, closed):
        """All pages of two worlds, that differ in who came to the confidential session alone."""
        pages = [*self._pages(closed), *self._counts(closed)]
        _enter(client, closed, "reader")
        before = {page: self._seen(client, page) for page in pages}
        self._let_others_have_come(closed)
        after = {page: self._seen(client, page) for page in pages}
        assert [page for page in pages if before[page] != after[page]] == []

    def test_organisers_see_who_came(self, client, closed):
        """So that the pages of the other test have something to keep silent about."""
        network, event = f"/organise/networks/{closed['n']}", f"/organise/events/{closed['e']}"
        pages = [event, f"{event}/mails", f"{event}/people/{closed['i']}", f"{network}/year/2026"]
        pages += [f"{network}/people/{closed['p']}", f"{network}/audiences/{closed['a']}/people"]
        asked = f"0-block=attended&0-0-values={closed['closed']}&0-block=person&0-1-values={closed['p']}"
        pages.append(f"{network}/audiences/count?{asked}")
        _enter(client, closed, "organiser")
        before = {page: self._seen(client, page) for page in pages}
        self._let_others_have_come(closed)
        assert [page for page in pages if self._seen(client, page) == before[page]] == []

    @staticmethod
    def _pages(closed) -> list[str]:
        pages = [page.format(**ids) for page in PAGES for ids in (closed, closed | {"e": closed["open"]})]
        organisation = db.session.query(Organisation).filter_by(name="Test Gemeente Kanarie").one()
        more = [f"/organise/organisations/{organisation.id}", f"/organise/events/{closed['e']}?standing=present"]
        return [*dict.fromkeys([*pages, *more, f"/organise/networks/{closed['n']}/people/{closed['b']}"])]

    @staticmethod
    def _counts(closed) -> list[str]:
        """The live count of each question about a session, with and without a person, and of its opposite."""
        network = db.session.query(Network).filter_by(slug=closed["n"]).one()
        asked = [(block, closed["closed"]) for block in OF_EVENTS]
        asked += [(AudienceBlock.EVER, network.id), (AudienceBlock.UNREACHED, 2026)]
        count = f"/organise/networks/{closed['n']}/audiences/count?0-block"
        return [
            f"{count}={block.value}&0-0-values={value}{opposite}{person}"
            for block, value in asked
            for opposite in ("", "&0-0-not=1")
            for person in ("", f"&0-block=person&0-1-values={closed['p']}", f"&0-block=person&0-1-values={closed['b']}")
        ]

    @staticmethod
    def _seen(client, page: str) -> str:
        """A page without what differs each time."""
        return re.sub(
            r'(name="(?:csrf_token|whose)" value|nonce)="[^"]*"|"X-CSRFToken": "[^"]*"', "", shown(client.get(page))
        )

    @staticmethod
    def _let_others_have_come(closed) -> None:
        """Somebody else of the network came in the member's place, and a stranger from elsewhere in the guest's."""
        stranger = factories.person("Iemand Vreemds", at="Maashorst", address="vreemd@elders.example")
        for invitation_id, other in ((closed["i"], stranger.id), (closed["fellow"], closed["b"])):
            invitation = db.session.get(Invitation, invitation_id)
            for model in (Commitment, Message):
                mine = (model.person_id == invitation.person_id) & (model.event_id == closed["closed"])
                db.session.execute(sa.update(model).where(mine).values(person_id=other))
            invitation.person_id = other
        for invitation_id, place in ((closed["i"], "Tilburg"), (closed["fellow"], "Maashorst")):
            there = db.session.query(Attendance).filter_by(invitation_id=invitation_id).one()
            there.organisation_id = factories.organisation(place).id
        db.session.commit()

    def test_no_rule_answers_what_somebody_did(self, closed):
        """Also when the form is left out: what the viewer may not know makes nobody fit, and nobody's organisation reached."""
        network = db.session.query(Network).filter_by(slug=closed["n"]).one()
        event, others = (
            db.session.get(Event, closed["closed"]),
            [factories.person("Iemand", of=network) for _ in range(3)],
        )
        refused, silent, away = others
        factories.invitation(event, refused).answer = Answer.NO
        factories.invitation(event, silent)
        factories.move(event, hours=144)
        factories.registration(event, away)
        factories.move(event, hours=-144)
        reader, organiser = Viewer(frozenset(), frozenset([network.id])), Viewer(frozenset([network.id]))
        asked = {
            AudienceBlock.COMING: (event.id, closed["p"]),
            AudienceBlock.ATTENDED: (event.id, closed["p"]),
            AudienceBlock.EVER: (network.id, closed["p"]),
            AudienceBlock.DECLINED: (event.id, refused.id),
            AudienceBlock.SILENT: (event.id, silent.id),
            AudienceBlock.ABSENT: (event.id, away.id),
            AudienceBlock.MISSING: (event.id, closed["p"]),
            AudienceBlock.UNREACHED: (2026, closed["p"]),
        }

        def fits(viewer: Viewer) -> set[AudienceBlock]:
            found = set()
            for block, (value, person_id) in asked.items():
                rule = [[audiences.make_condition(block, value)]]
                fitting = audiences.select_fitting_people(rule, network.id, viewer).subquery()
                if db.session.scalar(sa.select(sa.select(fitting).where(list(fitting.c)[0] == person_id).exists())):
                    found.add(block)
            return found

        not_of_place = set(asked) - {AudienceBlock.MISSING, AudienceBlock.UNREACHED}
        assert set(asked) >= set(OF_EVENTS)
        assert fits(organiser) == not_of_place
        assert fits(reader) == set(asked) - not_of_place

    def test_each_read_keeps_silent_by_itself(self, closed):
        """Also when the page did not ask first whether there is anything to show."""
        network = db.session.query(Network).filter_by(slug=closed["n"]).one()
        event, member = db.session.get(Event, closed["closed"]), db.session.get(Person, closed["p"])
        organisation = factories.organisation("Test Gemeente Kanarie")

        def told(viewer: Viewer) -> list[bool]:
            tiles = invited_map.list_invited_tiles(event, viewer)
            sought, there = InvitedFilter(), arrivals.list_everybody_expected(event, viewer)
            return [
                any(tile.invited for tile in tiles),
                any(cockpit.list_invited(event, sought, viewer)),
                cockpit.find_invited(event, closed["fellow"], viewer) is not None,
                bool(there),
                invitation_queries.find_invitation(event, closed["fellow"], viewer) is not None,
                delivery_board.page_of_messages(event, MessageFilter(), viewer).total > 0,
                bool(portrait.count_presences(organisation, viewer)),
                any(
                    row[0].event_id == event.id
                    for row in invitation_queries.invitations_of_person(member, network, viewer)
                ),
                any(
                    tile.attendances
                    for tile in network_year.load_network_year(network, event.starts_at.year, viewer).tiles
                ),
            ]

        assert told(Viewer(frozenset(), frozenset([network.id]))) == [False] * 9
        assert told(Viewer(frozenset([network.id]))) == [True] * 9

    @pytest.mark.parametrize(
        ("role", "statuses"), [("reader", (403, 403)), ("organiser", (200, 200)), ("outsider", (404, 404))]
    )
    def test_an_audience_that_an_organiser_saved_about_it_opens_to_organisers_alone(
        self, client, closed, role, statuses
    ):
        _enter(client, closed, role)
        page = f"/organise/networks/{closed['n']}/audiences/{closed['a']}/people"
        assert tuple(client.get(page + left).status_code for left in ("", "?left=1")) == statuses

    @pytest.mark.parametrize(("role", "finds"), [("reader", False), ("organiser", True)])
    def test_searching_answers_nothing_that_the_page_would_not_show(self, client, closed, role, finds):
        """An address of a member whom everybody in the network sees, but whose addresses only organisers know."""
        member = db.session.get(Person, closed["p"])
        mail_addresses.add_address(member, "tweede@nergens.example")
        network_notes.write_note(member, db.session.query(Network).filter_by(slug=closed["n"]).one(), "houdt bijen")
        _enter(client, closed, role)
        boxes = [
            "/organise/search?q={}",
            f"/organise/networks/{closed['n']}/people?q={{}}",
            f"/organise/events/{closed['open']}?q={{}}",
            f"/organise/events/{closed['open']}/mails?q={{}}",
            f"/organise/networks/{closed['n']}/audiences/count?0-block=person&0-0-addresses={{}}",
        ]

        def answers(text: str) -> list[str]:
            return [self._seen(client, box.format(text)).replace(text, "") for box in boxes]

        nothing = answers("niemand@nergens.example")
        assert [box for box, a, b in zip(boxes, answers("tweede@nergens.example"), nothing, strict=True) if a != b] == (
            boxes if finds else []
        )
        assert answers("bijen") == answers("zwijn")

    @pytest.mark.parametrize("role", ["reader", "outsider"])
    def test_searching_finds_no_guest_of_it(self, client, closed, role):
        _enter(client, closed, role)
        for text in ("wendelmoet", "wendelmoet@kanarie.example", "vogelwachter", "zingt"):
            pages = ["/organise/search?q={}", f"/organise/networks/{closed['n']}/people?q={{}}"]
            assert leaks(client, [page.format(text) for page in pages], ("Wendelmoet Kanarie", "vogelwachter<")) == {}

    @pytest.mark.parametrize(("role", "finds"), [("outsider", False), ("organiser", True)])
    def test_a_name_at_the_door_or_on_a_form_finds_nobody_of_elsewhere(self, app, monkeypatch, closed, role, finds):
        """An organiser types the guest's name and address where known people are proposed."""
        monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
        client, account = app.test_client(), closed["accounts"][role]
        network = db.session.get(Network, account.grants[0].network_id)
        event, known = factories.event(network), factories.person("Piet", of=network)
        page, address = f"/organise/networks/{network.slug}/people", "wendelmoet@kanarie.example"
        person = {"name": "Wendelmoet Kanarie", "language": "nl", "organisation": "", "role": ""}
        with client.session_transaction() as session:
            session["account"] = sessions.open_session(account)
        answers = [
            client.post(f"{page}/{known.id}/edit", data=person | {"name": "Piet", "address": address}),
            client.post(f"/organise/events/{event.slug}/day/walk-in", data=person | {"mode": "on_site"}),
        ]
        client.post(f"{page}/{known.id}/addresses", data={"address": address})
        answers.append(client.get(f"{page}/{known.id}"))
        answers.append(client.post(f"{page}/new", data=person | {"address": "w@elders.example"}))
        told = [bool(re.search(r"hoort bij Wendelmoet|>Wendelmoet Kanarie[,<]", each.text)) for each in answers]
        assert told == [finds] * 4


class TestOutsideTheOffice:
    """The API, personal links, feeds, monitoring and mails."""

    def test_the_table_names_every_address(self, app):
        named = [rule for rules in FOR.values() for rule in rules]
        rules = {each.rule for each in app.url_map.iter_rules() if not each.rule.startswith("/organise")}
        assert (rules - set(named), set(named) - rules, len(named)) == (set(), set(), len(set(named)))

    def test_the_table_says_what_stands_at_the_door(self, app):
        by_link = {rule for opens, rules in FOR.items() if isinstance(opens, Purpose) for rule in rules}
        doors_of = {
            each.rule for each in app.url_map.iter_rules()
            if (page := doors.page_of(each.endpoint)) and isinstance(page.door, doors.PersonalPages)
        }  # fmt: skip
        assert doors_of == by_link

    @pytest.mark.parametrize("role", ["nobody", "outsider", "reader"])
    def test_public_pages_tell_nothing(self, app, monkeypatch, client, closed, role):
        monkeypatch.setitem(app.config, "METRICS_TOKEN", "geheim")
        _enter(client, closed, role)
        pages = [page for rule in self._of(EVERYBODY, "the token of monitoring") for page in self._filled(rule, closed)]
        assert leaks(client, pages) == {}
        assert canaries_in(client.get("/metrics", headers={"Authorization": "Bearer geheim"}).text) == []

    @pytest.mark.parametrize("role", ["nobody", "outsider", "reader"])
    def test_the_api_keeps_silent(self, app, client, closed, role):
        account = closed["accounts"].get(role)
        key = accounts.make_api_token(account) if account else "geen"
        db.session.commit()
        pages = [page for rule in self._of("the key of an account") for page in self._filled(rule, closed)]
        pages += [f"/api/v1/audiences/{closed['a']}/people?left_out=1"]
        answers = {page: client.get(page, headers={"Authorization": f"Bearer {key}"}) for page in pages}
        assert {page: found for page, answer in answers.items() if (found := canaries_in(answer.text))} == {}
        assert {answer.status_code for answer in answers.values()} <= {200, 401, 403, 404}
        people = f"/api/v1/events/{closed['open']}/participants"
        assert "@" not in client.get(people, headers={"Authorization": f"Bearer {key}"}).text

    @pytest.mark.parametrize("who", ["fellow", "member"])
    def test_no_link_of_somebody_else_tells_of_the_guest(self, app, client, closed, who):
        """Every address with a token, with every kind of link of who came too, and of a member who was not asked."""
        own = self._links_of(closed, who)
        sign_in_person(client, db.session.get(Person, closed["p" if who == "fellow" else "b"]))
        visited = {each.rule for each in app.url_map.iter_rules() if "GET" in each.methods}
        filled = [
            page.replace("<token>", tokens.make_token(purpose, number))
            for rule in itertools.chain.from_iterable(FOR.values()) if rule in visited and "<token>" in rule
            for page in self._filled(rule, closed)
            for purpose, number in own
        ]  # fmt: skip
        remembered = [
            page
            for rule in [*self._personal(), *self._of("who signed in on their own pages")]
            if rule in visited and "<token>" not in rule
            for page in self._filled(rule, closed)
        ]
        canaries = [each for each in CANARIES if who == "member" or each != MOTION]
        assert leaks(client, [*filled, *remembered], canaries) == {}

    def test_no_calendar_of_an_account_tells(self, client, closed):
        for role in ("reader", "outsider"):
            token = tokens.make_token(Purpose.FEED_ORGANISER, closed["accounts"][role].id)
            answer = client.get(f"/calendar/{token}.ics")
            assert (answer.status_code, canaries_in(answer.text), TITLE in answer.text) == (200, [], False)

    def test_mails_tell_of_the_guest_to_the_guest_alone(self, app, closed):
        """The bytes of every mail that was made, and the digest that everybody would get."""
        with only_reading():
            people = db.session.scalars(sa.select(Person).where(Person.id != closed["guest"])).all()
            for digest in digest_selection.gather_digests(people).values():
                if digest.sections and digest.person.email:
                    letter = digest_letters.write_digest(digest).letter
                    assert canaries_in(letter.html + letter.text) == []
        made = [(each.recipient, each.body, str(each.subject)) for each in mails() if each.body]
        db.session.commit()
        told = {
            recipient
            for recipient, body, subject in made
            if canaries_in("".join(map(str, vars(mail_parts.read_mail_parts(body)).values())) + subject)
        }
        assert len(made) > 3
        assert told == {"wendelmoet@kanarie.example"}

    def _links_of(self, closed, who: str) -> list[tuple[Purpose, int]]:
        """Each kind of link with a number of this person's own."""
        member = db.session.get(Person, closed["p" if who == "fellow" else "b"])
        network = db.session.query(Network).filter_by(slug=closed["n"]).one()
        session = db.session.get(Invitation, closed["fellow"]).event if who == "fellow" else factories.event(network)
        invitation = closed["fellow"] if who == "fellow" else factories.invitation(session, member).id
        commitment = factories.commitment(session, member)
        membership = db.session.query(Membership).filter_by(person_id=member.id, network_id=network.id).one()
        db.session.commit()
        own = {Purpose.COMMITMENT: commitment.id, Purpose.UNSUBSCRIBE: membership.id, Purpose.SEATS: closed["l"]}
        of_person = (Purpose.FEED, Purpose.FEED_ALL, Purpose.PREFERENCES, Purpose.DIGEST_STOP, Purpose.STAY)
        own |= dict.fromkeys(of_person, member.id)
        return [(purpose, own.get(purpose, invitation)) for purpose in Purpose if purpose != Purpose.FEED_ORGANISER]

    @staticmethod
    def _of(*opens: str) -> list[str]:
        return [rule for each in opens for rule in FOR[each]]

    @staticmethod
    def _personal() -> list[str]:
        return [rule for opens, rules in FOR.items() if isinstance(opens, Purpose) for rule in rules]

    @staticmethod
    def _filled(rule: str, closed) -> set[str]:
        """An address with each number and name of the confidential session in its place; the token stays open."""
        rule = (
            rule.replace("<any(pdf, docx, odt):kind>", "pdf")
            .replace("<kind>", "network")
            .replace("<any(events, impressions):kind>", "events")
            .replace("<key>", closed["n"])
        )
        rule = rule.replace("/networks/<slug>", f"/networks/{closed['n']}").replace("<slug>", closed["e"])
        numbers = (closed[each] for each in ("guest", "i", "x", "z", "mail", "a", "w"))
        return {re.sub(r"<int:\w+_id>", str(number), rule) for number in numbers}


@pytest.mark.parametrize("role", ["outsider", "reader", "organiser", "admin"])
def test_a_note_is_read_in_its_own_network_alone(client, closed, role):
    member, elsewhere = db.session.get(Person, closed["p"]), factories.network(slug="elders")
    db.session.add_all(
        [
            Membership(person=member, network=elsewhere),
            NetworkNote(person_id=member.id, network=elsewhere, text="belt nooit"),
        ]
    )
    _enter(client, closed, role)
    pages = [page.format(**closed) for page in PAGES if re.search(r"{p}|/log|/people", page)]
    assert leaks(client, pages, ["belt nooit"]) == {}


def test_the_log_says_that_there_is_a_note_and_not_which(app, monkeypatch, closed):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client, network = app.test_client(), f"/organise/networks/{closed['n']}"
    with client.session_transaction() as session:
        session["account"] = sessions.open_session(closed["accounts"]["organiser"])
    for text in ("houdt bijen", "houdt vogels"):
        values = {
            "name": "Jan",
            "address": "jan@oss.example",
            "language": "nl",
            "organisation": "",
            "role": "",
            "notes": text,
        }
        assert client.post(f"{network}/people/{closed['p']}/edit", data=values).status_code == 303
    log = client.get(f"{network}/log").text
    assert (log.count("aantekening over persoon"), "houdt" in log) == (2, False)
    assert "houdt vogels" in client.get(f"{network}/people/{closed['p']}").text


def test_who_a_note_is_about_reads_all_of_them(client, closed):
    member, elsewhere = db.session.get(Person, closed["p"]), factories.network(slug="elders")
    db.session.add(NetworkNote(person_id=member.id, network=elsewhere, text="belt nooit"))
    network_notes.write_note(member, db.session.query(Network).filter_by(slug=closed["n"]).one(), "houdt bijen")
    db.session.commit()
    sign_in_person(client, member)
    page = client.get("/me/data").text
    assert ("belt nooit" in page, "houdt bijen" in page) == (True, True)
