"""From a session to its mails in one go: who, what they see, when; and what a copy brings along."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts import accounts
from app.accounts.models import NetworkRole
from app.database import db
from app.events import planning, special_days
from app.events.models import BusyDays, BusyKind, EventState
from app.invitations import invitation_queries, invitees
from app.invitations.letters import letter_texts
from app.invitations.models import Invitation
from app.invitations.waves import waves
from app.invitations.waves.models import WaveKind, WaveState
from app.lessons.evaluations import evaluations
from app.lessons.evaluations.models import EvaluationKind
from app.network.audiences import audiences
from app.network.models import Membership, Standing
from app.network.seeing import CLOCKWORK
from app.outbox.kinds import MessageKind
from app.outbox.models import Message, MessageState
from app.polls import polls
from app.registration import allotments
from tests import factories
from tests.helpers import mails, parsed, post, sign_in, text_of, work

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def network():
    return factories.network(four_eyes_from=None)


@pytest.fixture
def event(network):
    return factories.event(network, published=False, title="Samen leren", starts_at=factories.start(days=70))


@pytest.fixture
def organiser(client, network):
    account = factories.account(network)
    sign_in(client, account)
    return account


def _path(event, step: str) -> str:
    return f"/organise/events/{event.slug}/path/{step}"


def _waves(event):
    return invitation_queries.waves_of_event(event)


def _people_of(audience):
    rows = db.session.execute(audiences.select_people_of_audience(audience))
    return {person for person, _ in rows}


class TestWho:
    def test_who_chose_the_day_of_a_session_is_ticked_and_nobody_else_is_asked(self, client, organiser, network):
        """A press too quick would else invite a whole network to what was planned for a few."""
        people = [factories.person(name, of=network) for name in ("Jan Bos", "Els Smit", "Ander Mens")]
        days = [(factories.start(each), factories.start(each) + timedelta(hours=2)) for each in (30, 40)]
        poll = polls.create_poll(network, "Intervisie", "", days, holds=False, confidential=True)
        polls.ask_voters(poll, people[:2])
        event = polls.choose_date(poll, poll.dates[0])
        db.session.commit()
        page = client.get(_path(event, "who")).text
        ticked = re.findall(
            r'name="picked"[^>]*value="(\d+)"[^>]*checked|checked[^>]*name="picked"[^>]*value="(\d+)"', page
        )
        assert {int(one or other) for one, other in ticked} == {each.id for each in people[:2]}
        assert re.search(r'checked[^>]*value="people"|value="people"[^>]*checked', page)
        post(client, _path(event, "who"), audience="people", picked=[str(each.id) for each in people[:2]])
        assert _people_of(_waves(event)[0].audience) == {each.id for each in people[:2]}

    def test_everybody_in_the_network_is_ready_with_its_count(self, client, organiser, event):
        for name in ("Jan", "Els"):
            factories.person(name, of=event.network, address=f"{name}@oss.example")
        page = client.get(_path(event, "who")).text
        assert "Iedereen in het netwerk (2 mensen)" in page
        assert post(client, _path(event, "who"), audience="everybody").location.endswith("/path/mail")
        invitation = next(wave for wave in _waves(event) if wave.kind == WaveKind.INVITATION)
        assert (invitation.audience.name, len(_people_of(invitation.audience))) == ("Iedereen in het netwerk", 2)

    def test_help_stands_beside_the_heading_once(self, client, organiser, event):
        post(client, _path(event, "who"), audience="everybody")
        for step in ("who", "mail", "send"):
            page = client.get(_path(event, step)).text
            steps, help_, heading = (page.index(part) for part in ("path-steps", "page-help", "<h1"))
            assert steps < help_ < heading
            assert page.count("page-help") == 1

    def test_nobody_is_picked_from_a_network_that_the_organiser_may_only_read(self, client, organiser, event):
        elsewhere = factories.network(slug="elders")
        accounts.grant_role(organiser, elsewhere, NetworkRole.READER)
        other = factories.person("Jan Peters", of=elsewhere, address="jan@elders.example")
        db.session.commit()
        post(client, _path(event, "who"), audience="people", picked=str(other.id))
        assert _waves(event) == []

    def test_what_was_released_keeps_its_people_when_others_are_picked(self, network):
        event = factories.event(network)
        jan, els = (factories.person(name, of=event.network, address=f"{name}@oss.example") for name in ("jan", "els"))
        first = invitees.choose_audience(event, None, [jan])
        factories.wave(event, to=first, state=WaveState.PLANNED)
        second = invitees.choose_audience(event, None, [els])
        assert (_people_of(first), _people_of(second)) == ({jan.id}, {els.id})

    def test_people_are_found_by_a_piece_of_their_name_and_stay_ticked_in_the_next_search(
        self, client, organiser, event
    ):
        jan = factories.person("Jan Peters", of=event.network)
        factories.person("Els Maas", of=event.network)
        found = post(client, _path(event, "who"), search="1", sought="pet", audience="people").text
        assert "Jan Peters" in found
        assert "Els Maas" not in found
        more = post(client, _path(event, "who"), search="1", sought="maas", audience="people", picked=jan.id).text
        assert "Els Maas" in more
        assert re.search(rf'value="{jan.id}" checked', more)
        assert _waves(event) == []

    def test_an_audience_with_picked_and_pasted_people_beside_it(self, client, organiser, event):
        griffier = factories.person("Jan", at="Oss", role="griffier", of=event.network)
        picked = factories.person("Els", of=event.network)
        factories.person("Kees", of=event.network)
        audience = factories.audience(
            event.network, "Griffiers", {"block": "role", "values": ["griffier"], "not": False}
        )
        db.session.commit()
        sent = {"audience": str(audience.id), "picked": picked.id, "people": "Nieuwe Mens <nieuw@oss.example>"}
        assert post(client, _path(event, "who"), **sent).status_code == 303
        chosen = _waves(event)[0].audience
        added = db.session.scalars(sa.select(Membership).where(Membership.standing == Standing.GUEST)).one()
        assert added.person.name == "Nieuwe Mens"
        assert _people_of(chosen) == {griffier.id, picked.id, added.person_id}
        assert _people_of(audience) == {griffier.id}

    def test_people_alone(self, client, organiser, event):
        picked = factories.person("Els", of=event.network)
        factories.person("Kees", of=event.network)
        post(client, _path(event, "who"), audience="people", picked=picked.id)
        assert _people_of(_waves(event)[0].audience) == {picked.id}

    def test_everybody_with_a_guest_beside_them(self, network, event):
        member, guest = factories.person("Els", of=network), factories.person("Jan")
        chosen = invitees.choose_audience(event, audiences.everybody_in(network), [guest])
        assert _people_of(chosen) == {member.id, guest.id}

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"audience": "people"}, "Kies een doelgroep, of mensen."),
            ({"audience": "people", "people": "alleen een naam"}, "is geen mailadres"),
        ],
    )
    def test_nobody_is_asked_again_with_what_was_typed(self, client, organiser, event, sent, said):
        answer = post(client, _path(event, "who"), **sent)
        assert answer.status_code == 422
        assert said in answer.text
        assert sent.get("people", "") in answer.text
        assert _waves(event) == []

    def test_nobody_of_another_network_is_picked_by_their_number(self, client, organiser, event):
        stranger = factories.person("Vreemd", of=factories.network(slug="ander"))
        assert post(client, _path(event, "who"), audience="people", picked=stranger.id).status_code == 422

    def test_choosing_again_changes_the_drafts_and_adds_no_second_invitation(self, client, organiser, event):
        factories.person("Els", of=event.network)
        post(client, _path(event, "who"), audience="everybody")
        kinds = [wave.kind for wave in _waves(event)]
        other = factories.audience(event.network, "Anderen", {"block": "role", "values": ["griffier"], "not": False})
        db.session.commit()
        post(client, _path(event, "who"), audience=str(other.id))
        assert [wave.kind for wave in _waves(event)] == kinds
        assert {wave.audience_id for wave in _waves(event) if wave.audience_id} == {other.id}

    @pytest.mark.parametrize("before", [{"state": WaveState.PLANNED}, {"state": WaveState.DONE, "ran_at": clock.now()}])
    def test_once_the_invitation_was_released_others_get_one_more(self, client, organiser, network, before):
        event = factories.event(network, starts_at=factories.start(days=60))
        griffiers = factories.audience(network, "Griffiers", {"block": "role", "values": ["griffier"], "not": False})
        released = factories.wave(event, to=griffiers, **before)
        db.session.commit()
        post(client, _path(event, "who"), audience="everybody")
        assert [wave.kind for wave in _waves(event) if wave.state == WaveState.DRAFT] == [WaveKind.INVITATION]
        assert (released.audience, released.state) == (griffiers, before["state"])


class TestMail:
    def test_it_is_shown_as_somebody_of_the_audience_gets_it_in_both_widths(self, client, organiser, event):
        els = factories.person("Els Maas", of=event.network)
        factories.person("Jan Peters", of=event.network)
        post(client, _path(event, "who"), audience="people", picked=els.id)
        page = client.get(_path(event, "mail")).text
        assert "Els Maas" in page
        assert "Jan Peters" not in page
        frames = re.findall(r'<iframe class="([^"]+)" src="([^"]+)"', page)
        assert [kind for kind, _ in frames] == ["mail-frame mail-frame--wide", "mail-frame mail-frame--phone"]
        assert all("Dag Els" in client.get(address.replace("&amp;", "&")).text for _, address in frames)

    def test_words_are_changed_from_here_and_one_comes_back_to_see_them(self, client, organiser, event):
        factories.person("Els Maas", of=event.network)
        post(client, _path(event, "who"), audience="everybody")
        editor = re.search(r'href="([^"]+path=1)"', client.get(_path(event, "mail")).text)[1].replace("&amp;", "&")
        wave = next(wave for wave in _waves(event) if wave.kind == WaveKind.INVITATION)
        text = letter_texts.current_text(event.network, wave.kind.mail.letter, "nl", wave) + "\nNeem je laptop mee.\n"
        answer = post(client, editor, text=text)
        assert answer.location.endswith(f"/path/mail?wave={wave.id}")
        shown = re.search(
            r'<iframe class="mail-frame mail-frame--wide" src="([^"]+)"', client.get(answer.location).text
        )[1]
        assert "Neem je laptop mee." in client.get(shown.replace("&amp;", "&")).text

    @pytest.mark.parametrize("step", ["mail", "send"])
    def test_without_a_choice_one_is_sent_back_to_make_it(self, client, organiser, event, step):
        assert client.get(_path(event, step)).location.endswith("/path/who")

    def test_a_session_that_has_begun_invites_nobody(self, client, organiser, network):
        event = factories.event(network, starts_at=clock.now() - timedelta(hours=1))
        db.session.commit()
        assert client.get(_path(event, "who")).location.endswith("/waves")


class TestSend:
    @pytest.fixture(autouse=True)
    def _chosen(self, client, organiser, event):
        factories.person("Els", of=event.network, address="els@oss.example")
        post(client, _path(event, "who"), audience="everybody")

    def _send(self, client, event, **values):
        page = client.get(_path(event, "send")).text
        ticked = re.findall(r'name="rounds" value="(\d+)" checked', page)
        day, hour = (re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1] for name in ("day", "hour"))
        sent = {"rounds": ticked, "day": day, "hour": hour, "leaving": "on_day"} | values
        return post(client, _path(event, "send"), **sent)

    def test_all_proposals_are_on_and_one_press_publishes_and_releases_them(self, client, event):
        days = [wave.due_at for wave in _waves(event)]
        assert len(days) == 6
        self._send(client, event)
        assert event.state == EventState.PUBLISHED
        assert {wave.state for wave in _waves(event)} == {WaveState.PLANNED}
        assert [wave.due_at for wave in _waves(event)] == days

    def test_now_sends_the_first_after_a_minute_and_leaves_the_others_on_their_days(self, client, event, time_machine):
        time_machine.move_to(clock.next_sending_moment(clock.now()), tick=False)
        later = [wave.due_at for wave in _waves(event)[1:]]
        self._send(client, event, leaving="now")
        first, *others = _waves(event)
        assert first.due_at == clock.now() + waves.GRACE
        assert [wave.due_at for wave in others] == later
        time_machine.shift(timedelta(minutes=2))
        work()
        assert [mail.recipient for mail in mails(Message.kind == MessageKind.SAVE_THE_DATE)] == ["els@oss.example"]

    def test_at_a_moment(self, client, event):
        day = (clock.today() + timedelta(days=9)).isoformat()
        self._send(client, event, day=day, hour="10:15")
        assert clock.to_local(_waves(event)[0].due_at).isoformat()[:16] == f"{day}T10:15"

    def test_what_is_not_ticked_stays_a_draft(self, client, event):
        invitation = next(wave for wave in _waves(event) if wave.kind == WaveKind.INVITATION)
        due_at = invitation.due_at
        self._send(client, event, rounds=[str(invitation.id)])
        assert invitation.due_at == due_at
        assert [wave.kind for wave in _waves(event) if wave.state == WaveState.PLANNED] == [WaveKind.INVITATION]

    def test_after_a_colleague_looked(self, client, event):
        colleague = factories.account(event.network)
        db.session.commit()
        self._send(client, event, leaving="looked_at")
        assert {wave.state for wave in _waves(event)} == {WaveState.AWAITING}
        first = _waves(event)[0]
        page = f"/organise/events/{event.slug}/waves/{first.id}"
        assert "Een andere organisator kijkt eerst mee" in client.get(page).text
        post(client, f"{page}/approve", page=page)
        assert first.state == WaveState.AWAITING
        sign_in(client, colleague)
        assert "Kijk mee en geef akkoord" in client.get("/organise").text
        post(client, f"{page}/approve", page=page)
        assert first.state == WaveState.PLANNED

    def test_colleagues_hear_of_it_by_one_mail_that_leads_to_all_of_them(self, client, event, organiser):
        colleague = factories.account(event.network)
        factories.account(event.network, NetworkRole.READER)
        db.session.commit()
        self._send(client, event)
        assert mails(Message.kind == MessageKind.LOOK_ALONG) == []
        for wave in _waves(event):
            waves.hold_wave(wave)
        db.session.commit()
        self._send(client, event, leaving="looked_at")
        (mail,) = mails(Message.kind == MessageKind.LOOK_ALONG)
        assert mail.recipient == colleague.email
        text = text_of(parsed(mail.body))
        assert f"{organiser.name} zette mails klaar voor Samen leren" in text
        assert f"/organise/events/{event.slug}/waves" in text

    def test_the_colleague_lets_all_go_with_one_press(self, client, event, organiser):
        colleague = factories.account(event.network)
        db.session.commit()
        self._send(client, event, leaving="looked_at")
        page = f"/organise/events/{event.slug}/waves"
        post(client, _path(event, "approve"), page=page)
        assert {wave.state for wave in _waves(event)} == {WaveState.AWAITING}
        sign_in(client, colleague)
        assert "Akkoord voor alle 6 mails" in client.get(page).text
        post(client, _path(event, "approve"), page=page)
        assert {(wave.state, wave.released_by_id) for wave in _waves(event)} == {(WaveState.PLANNED, colleague.id)}

    def test_without_a_colleague_nobody_can_look(self, client, event):
        factories.account(event.network, NetworkRole.READER)
        db.session.commit()
        assert 'value="looked_at"' not in client.get(_path(event, "send")).text
        assert self._send(client, event, leaving="looked_at").status_code == 422

    def test_many_people_still_ask_for_a_second_organiser(self, client, event):
        event.network.four_eyes_from = 1
        db.session.commit()
        answer = self._send(client, event)
        assert _waves(event)[0].state == WaveState.AWAITING
        assert "tot een collega heeft meegekeken" in client.get(answer.location).text

    def test_a_moment_after_the_session_is_refused_and_nothing_is_published(self, client, event):
        assert self._send(client, event, day=event.starts_at.date().isoformat(), hour="23:00").status_code == 422
        assert (event.state, _waves(event)[0].state) == (EventState.DRAFT, WaveState.DRAFT)


class TestCopy:
    def test_rounds_come_along_for_the_same_people_in_the_same_words(self, network):
        event = factories.event(network, starts_at=factories.start(days=50))
        audience = factories.audience(network, "Griffiers")
        invitation = factories.wave(
            event, to=audience, state=WaveState.DONE, ran_at=clock.now(), at=None, days_before=40, hour=clock.time(10)
        )
        factories.wave(event, kind=WaveKind.SAVE_THE_DATE, to=audience, state=WaveState.CANCELLED)
        letter = invitation.kind.mail.letter
        text = letter_texts.current_text(network, letter, "nl") + "\nEigen woorden.\n"
        letter_texts.save_text(network, letter, "nl", text, None, invitation)
        db.session.flush()
        twin = planning.copy_event(event, event.starts_at + timedelta(days=70))
        (again,) = _waves(twin)
        assert (again.kind, again.state, again.audience, again.hour) == (
            WaveKind.INVITATION,
            WaveState.DRAFT,
            audience,
            clock.time(10),
        )
        assert again.due_at == waves.wave_due_at(twin, None, again.days_before, clock.time(10))
        assert "Eigen woorden." in letter_texts.current_text(network, letter, "nl", again)
        assert db.session.scalars(sa.select(Invitation).where(Invitation.event_id == twin.id)).all() == []

    def test_a_round_at_a_fixed_moment_leaves_as_many_days_before(self, network):
        event = factories.event(network, starts_at=factories.start(days=30))
        factories.wave(
            event,
            to=factories.audience(network),
            state=WaveState.DONE,
            ran_at=clock.now(),
            at=event.starts_at - timedelta(days=21),
        )
        twin = planning.copy_event(event, event.starts_at + timedelta(days=63))
        (again,) = _waves(twin)
        assert (again.days_before, again.at) == (21, None)

    def test_a_round_whose_moment_has_been_is_left_out_and_the_invitation_goes_soon(self, network):
        event = factories.event(network, starts_at=factories.start(days=60))
        audience = factories.audience(network)
        for kind, days in ((WaveKind.SAVE_THE_DATE, 56), (WaveKind.INVITATION, 42), (WaveKind.REMINDER, 2)):
            to = audience if kind != WaveKind.REMINDER else None
            factories.wave(
                event, kind=kind, to=to, state=WaveState.DRAFT, at=None, days_before=days, hour=clock.time(9)
            )
        twin = planning.copy_event(event, factories.start(days=15))
        assert [wave.kind for wave in _waves(twin)] == [WaveKind.INVITATION, WaveKind.REMINDER]
        assert clock.now() < _waves(twin)[0].due_at < clock.now() + timedelta(days=6)

    def test_kept_seats_come_along_and_their_contact_is_told_once_it_is_public(self, network):
        event = factories.event(network, starts_at=factories.start(days=40))
        contact = factories.person("Els", of=network, address="els@oss.example")
        allotments.offer_seats(event, factories.organisation("Oss"), 3, event.starts_at - timedelta(days=7), contact)
        twin = planning.copy_event(event, event.starts_at + timedelta(days=28))
        db.session.flush()
        (kept,) = allotments.allotments_of_event(twin)
        ahead = clock.to_local(twin.starts_at).date() - clock.to_local(kept.until).date()
        assert (kept.seats, kept.contact, ahead) == (3, contact, timedelta(days=7))
        offered = sa.select(sa.func.count()).where(
            Message.kind == MessageKind.SEATS_OFFERED,
            Message.event_id == twin.id,
            Message.state == MessageState.PLANNED,
        )
        assert db.session.scalar(offered) == 0
        for _ in range(2):
            planning.publish_event(twin)
            assert db.session.scalar(offered) == 1
            planning.withdraw_event(twin)
            assert db.session.scalar(offered) == 0

    def test_the_questions_afterwards_come_along(self, network):
        event = factories.held(network)
        settled = evaluations.ensure_evaluation(event)
        evaluations.add_evaluation_question(settled, EvaluationKind.OPEN, "Wat vond je van de zaal?")
        settled.asked_at = clock.now()
        db.session.flush()
        again = evaluations.evaluation_of_event(planning.copy_event(event, event.starts_at + timedelta(days=60)))
        db.session.flush()
        assert again.questions[-1].label == "Wat vond je van de zaal?"
        assert (len(again.questions), again.asked_at) == (len(settled.questions), None)

    def test_the_proposed_day_is_the_same_day_of_the_week_outside_holidays(self, time_machine, network):
        time_machine.move_to(factories.utc(2026, 11, 2, 9), tick=False)
        event = factories.event(
            network, starts_at=factories.utc(2026, 11, 6, 12), ends_at=factories.utc(2026, 11, 6, 15)
        )
        assert planning.propose_day_of_copy(event) == date(2027, 1, 8)
        db.session.add(
            BusyDays(
                kind=BusyKind.SCHOOL_HOLIDAY, name="Kerst", first_day=date(2026, 12, 19), last_day=date(2027, 1, 10)
            )
        )
        db.session.flush()
        assert planning.propose_day_of_copy(event) == date(2027, 1, 15)
        assert special_days.propose_day(date(2027, 4, 27)) == date(2027, 5, 4)

    def test_the_form_proposes_it_and_leads_on_to_who(self, client, organiser, event):
        db.session.commit()
        page = f"/organise/events/{event.slug}/copy"
        proposed = planning.propose_day_of_copy(event).isoformat()
        assert f'value="{proposed}"' in client.get(page).text
        answer = post(client, page, day=proposed, title="Samen verder leren")
        assert answer.location.endswith("/samen-verder-leren/path/who")

    def test_who_starts_from_the_audience_of_last_time(self, client, organiser, network, event):
        audience = factories.audience(network, "Griffiers", {"block": "role", "values": ["griffier"], "not": False})
        factories.wave(
            event, to=audience, state=WaveState.DONE, ran_at=clock.now(), at=event.starts_at - timedelta(days=30)
        )
        twin = planning.copy_event(event, event.starts_at + timedelta(days=28))
        db.session.commit()
        assert re.search(rf'value="{audience.id}" checked', client.get(_path(twin, "who")).text)


class TestNewSession:
    def test_five_fields_are_enough_and_the_rest_is_as_last_time(self, client, organiser, network):
        factories.event(network, title="Vorige", venue="Raadzaal", seats_on_site=40)
        db.session.commit()
        address = f"/organise/networks/{network.slug}/events/new"
        page = client.get(address).text
        assert re.search(r'name="venue"[^>]*value="Raadzaal"', page)
        rest = dict(re.findall(r'<input[^>]*name="(venue|street|town|seats_on_site)"[^>]*value="([^"]*)"', page))
        first = {"title": "Nieuw", "day": "2027-06-10", "start": "13:30", "end": "16:30"}
        sent = rest | first | {"format": "session", "zone": "Europe/Amsterdam", "on_site": "y", "onward": "1"}
        assert post(client, address, **sent).location.endswith("/nieuw/path/who")


def test_everybody_is_made_once_and_found_by_its_lack_of_conditions(network):
    made = audiences.everybody_in(network)
    made.name = "Alle leden"
    assert audiences.everybody_in(network) is made
    assert audiences.count_reach(made.rule, network.id, CLOCKWORK).people == 0
