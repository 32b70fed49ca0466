"""A letter in an organiser's own words: who gets it, when it may leave, what it says and what travels along."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.invitations.deliveries import delivery_board
from app.invitations.letters import letter_texts
from app.invitations.models import Answer, Invitation
from app.invitations.waves import wave_estimates, wave_files, waves
from app.invitations.waves.mail_guard import MailingWay
from app.invitations.waves.models import LetterTo, Wave, WaveState
from app.invitations.waves.waves import UselessWave
from app.network.models import Delivery
from app.network.people.models import Language
from app.outbox.models import Message, MessageState
from app.registration import answers
from tests import factories
from tests.helpers import mail_to, mails, parsed, post, sign_in, text_of, work

TEXT = "Subject: Andere zaal bij {{ titel }}\n\nDag {{ voornaam }},\n\nDe zaal is veranderd."


@pytest.fixture
def network(app, client):
    network = factories.network(slug="netwerk", contact_address="team@oss.example")
    sign_in(client, factories.account(network, name="Loes Verhoeven"))
    return network


@pytest.fixture
def event(network):
    event = factories.event(network, starts_at=factories.start(days=40), seats_on_site=1)
    event.slug = "sessie"
    db.session.commit()
    return event


@pytest.fixture
def people(event):
    """Somebody of each sort, by the name of it."""
    came = factories.registration(event, factories.person("Komt Aarts", of=event.network)).invitation
    waits = factories.registration(event, factories.person("Wacht Bos", of=event.network))
    declined = factories.invitation(event, factories.person("Niet Claes", of=event.network))
    declined.answer, declined.answered_at = Answer.NO, clock.now()
    member = factories.person("Lid Dekker", of=event.network)
    db.session.commit()
    return {"coming": came.person, "waiting": waits.invitation.person, "declined": declined.person, "member": member}


def _letter(event, readers: LetterTo, text: str = TEXT, **values) -> Wave:
    wave = factories.wave(event, readers.kind, letter_to=readers, **values)
    if text:
        letter_texts.save_text(event.network, wave.kind.mail.letter, "nl", text, None, wave)
    db.session.commit()
    return wave


def _readers(wave: Wave) -> set[str]:
    work()
    sent = mails(Message.wave_id == wave.id)
    return {message.person.name for message in sent if message.state == MessageState.SENT}


class TestWhoGetsIt:
    @pytest.mark.parametrize("to", [LetterTo.COMING, LetterTo.WAITING, LetterTo.DECLINED])
    def test_who_comes_waits_or_declined(self, event, people, to):
        assert _readers(_letter(event, to)) == {people[to.value].name}

    def test_who_was_there_after_the_session_began(self, event, people, time_machine):
        time_machine.move_to(event.ends_at + timedelta(hours=1))
        assert _readers(_letter(event, LetterTo.WAS_THERE)) == {"Komt Aarts"}

    def test_an_audience_also_who_declined_and_nobody_is_invited_by_it(self, event, people):
        before = db.session.scalar(sa.select(sa.func.count(Invitation.id)))
        wave = _letter(event, LetterTo.AUDIENCE, to=factories.audience(event.network))
        assert _readers(wave) == {person.name for person in people.values()}
        assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == before

    def test_who_cancels_before_it_leaves_gets_none_and_whoever_gets_the_place_does(self, event, people):
        wave = _letter(event, LetterTo.COMING, state=WaveState.PLANNED)
        invitation = db.session.scalars(sa.select(Invitation).filter_by(person_id=people["coming"].id)).one()
        answers.decline_invitation(invitation)
        db.session.commit()
        assert _readers(wave) == {"Wacht Bos"}

    def test_news_of_an_own_place_reaches_who_wants_no_mail_and_a_mailing_does_not(self, event, people):
        for name in ("coming", "declined"):
            people[name].memberships[0].unsubscribed_at = clock.now()
        db.session.commit()
        assert _readers(_letter(event, LetterTo.COMING)) == {"Komt Aarts"}
        declined = _letter(event, LetterTo.DECLINED)
        assert set(wave_estimates.count_by_way(declined)) == {wave_estimates.LeftOut.UNSUBSCRIBED}
        assert _readers(declined) == set()


class TestGuard:
    def test_over_the_limit_it_comes_a_week_later_and_is_in_no_digest(self, app, event, people):
        for number in range(app.config["MAILS_PER_WEEK"]):
            db.session.add(
                Message(
                    kind="invitation", state=MessageState.SENT, counts=True, person_id=people["member"].id, due_at=clock.now(),
                    sent_at=clock.now(), recipient="x@x.example", domain="x.example", message_id=f"<{number}@x.example>",
                )
            )  # fmt: skip
        db.session.commit()
        wave = _letter(event, LetterTo.AUDIENCE, to=factories.audience(event.network))
        assert wave_estimates.count_by_way(wave) == {MailingWay.AT_ONCE: 3, MailingWay.LATER: 1}

    def test_who_wants_the_digest_alone_gets_none(self, event, people):
        people["member"].memberships[0].delivery = Delivery.DIGEST
        db.session.commit()
        wave = _letter(event, LetterTo.AUDIENCE, to=factories.audience(event.network))
        assert wave_estimates.count_by_way(wave) == {MailingWay.AT_ONCE: 3, MailingWay.DIGEST_ALONE: 1}
        assert "Lid Dekker" not in _readers(wave)

    def test_many_readers_ask_a_second_organiser(self, event, people):
        event.network.four_eyes_from = 2
        wave = _letter(event, LetterTo.AUDIENCE, to=factories.audience(event.network), state=WaveState.DRAFT)
        waves.release_wave(wave, factories.account(event.network))
        assert wave.state == WaveState.AWAITING

    def test_one_that_came_back_can_be_mailed_again_without_an_invitation(self, event, people):
        _readers(_letter(event, LetterTo.AUDIENCE, to=factories.audience(event.network)))
        message = mails(Message.person_id == people["member"].id)[0]
        assert (message.invitation_id, delivery_board.can_repeat(message)) == (None, False)
        message.state = MessageState.BOUNCED
        assert delivery_board.can_repeat(message)


class TestWhatItSays:
    def test_a_reply_goes_to_the_organisers(self, event, people):
        _readers(_letter(event, LetterTo.COMING))
        mail = mail_to(people["coming"], "own_letter")
        assert "team@oss.example" in mail["Reply-To"]
        assert (mail["Subject"], mail["List-Unsubscribe"]) == (f"Andere zaal bij {event.title}", None)
        assert text_of(mail).startswith("Dag Komt,\n\nDe zaal is veranderd.")

    def test_a_mailing_can_be_stopped(self, event, people):
        _readers(_letter(event, LetterTo.AUDIENCE, to=factories.audience(event.network)))
        assert mail_to(people["member"], "own_mailing")["List-Unsubscribe"]

    def test_readers_of_a_language_that_was_not_written_get_the_other(self, event, people):
        people["coming"].language = Language.EN
        db.session.commit()
        _readers(_letter(event, LetterTo.COMING))
        assert "De zaal is veranderd." in text_of(mail_to(people["coming"], "own_letter"))

    def test_without_words_of_an_organiser_it_goes_nowhere(self, event, people):
        wave = _letter(event, LetterTo.COMING, text="", state=WaveState.DRAFT)
        with pytest.raises(UselessWave, match="no_text"):
            waves.release_wave(wave)

    def test_a_page_is_of_who_has_one(self, event, people):
        text = "Subject: Hoi\n\n{{ pagina }}"
        _readers(_letter(event, LetterTo.AUDIENCE, text, to=factories.audience(event.network)))
        assert "/i/" in text_of(mail_to(people["coming"], "own_mailing")).partition("\n")[0]
        assert f"/events/{event.slug}" in text_of(mail_to(people["member"], "own_mailing")).partition("\n")[0]


class TestPages:
    def test_from_the_choice_of_readers_over_the_text_to_the_minute_to_think_again(self, client, event, people):
        begun = post(client, "/organise/events/sessie/letters/new", to="coming", timing="now")
        assert begun.status_code == 303
        text = begun.headers["Location"]
        saved = post(client, text, subject="Andere zaal", body="Dag [voornaam], een andere zaal.")
        wave = db.session.scalars(sa.select(Wave)).one()
        assert (saved.headers["Location"], wave.state) == (f"/organise/events/sessie/waves/{wave.id}", WaveState.DRAFT)
        assert "Stuur nu 1 mail" in client.get(saved.headers["Location"]).text
        post(client, f"{saved.headers['Location']}/send", page=saved.headers["Location"])
        work()
        assert (wave.state, mails(Message.wave_id == wave.id)) == (WaveState.PLANNED, [])
        post(client, f"{saved.headers['Location']}/hold", page=saved.headers["Location"])
        assert wave.state == WaveState.DRAFT

    def test_other_readers_keep_the_text(self, client, event, people):
        wave = _letter(event, LetterTo.COMING, state=WaveState.DRAFT)
        page = f"/organise/events/sessie/letters/{wave.id}"
        assert post(client, page, to="declined", timing="now").status_code == 303
        assert (wave.letter_to, wave.kind) == (LetterTo.DECLINED, LetterTo.DECLINED.kind)
        assert letter_texts.current_text(event.network, wave.kind.mail.letter, "nl", wave) == TEXT

    @pytest.mark.parametrize(
        ("sent", "problem"),
        [
            ({"to": "audience", "timing": "now"}, "Kies een doelgroep."),
            ({"to": "coming", "timing": "at"}, "Vul dit in."),
            ({"to": "coming", "timing": "at", "day": "2020-01-01"}, "Dit moment is al geweest."),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, client, event, sent, problem):
        answer = post(client, "/organise/events/sessie/letters/new", **sent)
        assert (answer.status_code, problem in answer.text) == (422, True)

    def test_ticked_people_of_a_session_and_nobody_of_elsewhere(self, client, event, people):
        stranger = factories.person("Vreemd Edens", of=factories.network())
        db.session.commit()
        ticked = [people["member"].id, people["declined"].id, stranger.id]
        answer = post(
            client,
            "/organise/events/sessie/letters/write-to",
            page="/organise/events/sessie/letters/new",
            people=ticked,
        )
        wave = db.session.scalars(sa.select(Wave)).one()
        letter_texts.save_text(event.network, wave.kind.mail.letter, "nl", TEXT, None, wave)
        wave.state = WaveState.PLANNED
        db.session.commit()
        assert answer.headers["Location"].endswith(f"/waves/{wave.id}/text/nl")
        assert _readers(wave) == {"Lid Dekker", "Niet Claes"}

    def test_ticked_people_of_a_network_ask_for_a_session(self, client, event, people):
        event.state = event.state.PUBLISHED
        db.session.commit()
        where = "/organise/networks/netwerk/letters/write-to"
        page = "/organise/networks/netwerk/letters"
        asked = post(client, where, page=page, people=[people["member"].id])
        assert (event.title in asked.text, f'value="{people["member"].id}"' in asked.text) == (True, True)
        assert post(client, where, page=page, people=[people["member"].id], event=str(event.id)).status_code == 303
        assert db.session.scalars(sa.select(Wave)).one().event_id == event.id


class TestFiles:
    def _add(self, client, wave, name: str, content: bytes):
        page = f"/organise/events/sessie/letters/{wave.id}"
        return post(client, f"{page}/files", page=page, file=(io.BytesIO(content), name))

    def _png(self) -> bytes:
        from PIL import Image

        file = io.BytesIO()
        Image.new("RGB", (4, 4)).save(file, "PNG")
        return file.getvalue()

    def test_it_travels_along_and_can_be_taken_out(self, client, event, people):
        wave = _letter(event, LetterTo.COMING, state=WaveState.DRAFT)
        assert self._add(client, wave, "zaal één.png", self._png()).status_code == 303
        assert self._add(client, wave, "twee.png", self._png()).status_code == 303
        file = wave_files.files_of(wave)[1]
        page = f"/organise/events/sessie/letters/{wave.id}"
        post(client, f"{page}/files/remove", page=page, file=str(file.id))
        wave.state = WaveState.PLANNED
        db.session.commit()
        _readers(wave)
        mail = parsed(mails(Message.wave_id == wave.id)[0].body)
        assert [(part.get_filename(), part.get_content_type()) for part in mail.iter_attachments()] == [
            ("zaal één.png", "image/png")
        ]

    @pytest.mark.parametrize(
        ("name", "content", "problem"),
        [
            ("virus.exe", b"MZ", "Dit soort bestand kan niet."),
            ("foto.png", b"geen foto", "De inhoud past niet bij de naam"),
            ("", b"", "Kies een bestand."),
        ],
    )
    def test_what_cannot_travel_is_refused_at_its_field(self, client, event, name, content, problem):
        wave = _letter(event, LetterTo.COMING, state=WaveState.DRAFT)
        answer = self._add(client, wave, name, content)
        assert (answer.status_code, problem in answer.text) == (422, True)

    def test_few_and_light_together(self, event):
        wave = _letter(event, LetterTo.COMING, state=WaveState.DRAFT)
        with pytest.raises(wave_files.FileRefused, match="heavy"):
            wave_files.add_file(wave, "groot.pdf", b"x" * (wave_files.HEAVIEST + 1))
        for number in range(wave_files.MOST):
            wave_files.add_file(wave, f"{number}.pdf", b"x")
            db.session.flush()
        with pytest.raises(wave_files.FileRefused, match="many"):
            wave_files.add_file(wave, "nog.pdf", b"x")
