"""Speakers as people: asked by a link of their own, what they answer, say and send, and what they hear of it."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app import clock
from app.attendance import presence
from app.attendance.models import Entry
from app.breakouts import slots_to_choose
from app.database import db
from app.events import planning, programme
from app.events.models import Speaker
from app.events.planning import EventDetails
from app.lessons.evaluations import evaluations
from app.materials import materials, scanning
from app.materials.models import ForWhom, Material, Scan
from app.network.imports import merges
from app.network.people import own_data, people
from app.outbox.models import Message, MessageState
from app.reports import needs
from app.speakers import asking, in_the_room, thanking
from app.speakers.models import AskedSpeaker, SpeakerAnswer
from tests import factories
from tests.breakouts import made as network_day
from tests.helpers import hidden, html_of, links_in, mail_to, mails, parsed, post, sign_in, sign_in_person, text_of
from tests.uploads import files

ADDRESS = "anna@oss.example"


@pytest.fixture
def event(app):
    made = factories.event(title="Netwerkdag")
    _slot(made, "Lezing", "Anna Maas, Oss\nBram Bos")
    return made


@pytest.fixture
def anna(event):
    """Anna, asked, with the mail written."""
    asked = asking.ask_speaker(event, _speaker(event, "Anna Maas"), ADDRESS, "Twintig minuten, met **vragen**")
    mails()
    return asked


@pytest.fixture
def page(anna):
    return asking.link_of_speaker(anna).removeprefix("http://leerkring.test")


@pytest.fixture
def organiser(client, event):
    sign_in(client, factories.account(event.network))
    return client


def _slot(event, title, speakers, **values):
    times = {"starts_at": event.starts_at, "ends_at": event.starts_at + timedelta(minutes=30)}
    made = programme.save_slot(
        event, None, title=title, description="", speakers=programme.read_speakers(speakers), **times | values
    )
    db.session.flush()
    db.session.refresh(event, ["slots"])
    return made


def _speaker(event, name) -> Speaker:
    return next(each for slot in event.slots for each in slot.speakers if each.name == name)


def _save(slot, speakers, **values):
    same = {name: getattr(slot, name) for name in ("starts_at", "ends_at", "title", "description", "room")}
    return slots_to_choose.save_slot(slot.event, slot, speakers=programme.read_speakers(speakers), **same | values)


def _send(client, page, part, name, content, filename):
    values = {**hidden(client, page), name: FileStorage(io.BytesIO(content), filename)}
    boundary, body = encode_multipart(values)
    return client.post(f"{page}/{part}", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def _say_yes(client, page):
    assert post(client, page, answer="yes", remark="").status_code == 303


def _move(event, *, days: int):
    """Let the event, with its only slot, have been so many days ago."""
    factories.move(event, hours=-24 * days)
    for slot in event.slots:
        slot.starts_at, slot.ends_at = event.starts_at, event.starts_at + timedelta(minutes=30)
    for each in event.rounds:
        each.starts_at, each.ends_at = event.starts_at, event.starts_at + timedelta(hours=1)
    db.session.commit()


def _later(minutes: int = 11):
    return time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False)


def _heard(person, kind="speaker_changed") -> int:
    with _later():
        sent = mails(Message.person_id == person.id, Message.kind == kind)
    return sum(each.state != MessageState.SUPPRESSED for each in sent)


class TestAsking:
    def test_an_organiser_asks_a_speaker_who_becomes_a_person_with_a_mail(self, organiser, event):
        speaker = _speaker(event, "Anna Maas")
        page = f"/organise/events/{event.slug}/speakers/{speaker.id}"
        assert "Vraag met een link" in organiser.get(f"/organise/events/{event.slug}/programme").text
        assert post(organiser, page, address=ADDRESS, expected="Twintig minuten").status_code == 303
        asked = asking.asked_of_speaker(speaker)
        assert (asked.person.name, asked.person.addresses[0].address, asked.mails) == ("Anna Maas", ADDRESS, 1)
        mail = mail_to(asked.person, "speaker_asked")
        assert "Twintig minuten" in text_of(mail)
        assert asking.link_of_speaker(asked).removeprefix("http://leerkring.test") in links_in(mail)
        assert "nog geen antwoord" in organiser.get(f"/organise/events/{event.slug}/programme").text

    def test_who_is_known_by_that_address_is_that_person(self, event):
        known = factories.person("Anna M. Maas", address=ADDRESS)
        assert asking.ask_speaker(event, _speaker(event, "Anna Maas"), ADDRESS, "").person is known

    def test_a_name_stays_enough(self, event):
        assert [each.name for each in event.slots[0].speakers] == ["Anna Maas", "Bram Bos"]
        assert asking.asked_of_event(event) == {}

    def test_a_name_with_code_in_it_stays_words_in_the_mail(self, event):
        _slot(event, "<script>alert(1)</script>", "<b>Piet</b>")
        asked = asking.ask_speaker(event, _speaker(event, "<b>Piet</b>"), "piet@oss.example", "<img src=x>")
        sent = html_of(mail_to(asked.person))
        assert "<script>" not in sent
        assert "<img" not in sent
        assert "<b>Piet" not in sent

    def test_the_link_is_mailed_again_but_not_often(self, event, anna):
        with pytest.raises(asking.CannotAsk) as refused:
            asking.mail_link(anna)
        assert "kreeg de link net" in str(refused.value.words)
        for number in range(asking.MOST_MAILS - 1):
            with _later(20 * (number + 1)):
                asking.mail_link(anna)
        with _later(1000), pytest.raises(asking.CannotAsk) as refused:
            asking.mail_link(anna)
        assert "al 5 keer" in str(refused.value.words)

    def test_not_more_than_so_many_are_asked(self, event, anna, monkeypatch):
        monkeypatch.setattr(asking, "MOST", 1)
        with pytest.raises(asking.CannotAsk):
            asking.ask_speaker(event, _speaker(event, "Bram Bos"), "bram@oss.example", "")

    def test_another_address_ends_the_link_that_went_to_the_wrong_one(self, client, event, anna, page):
        asking.ask_speaker(event, anna.speaker, "anna.maas@best.example", "")
        assert client.get(page).status_code == 404
        assert text_of(mail_to(anna.person, "speaker_asked"))
        assert anna.person.addresses[0].address == "anna.maas@best.example"

    def test_who_answered_is_not_replaced_without_taking_it_back(self, event, anna):
        asking.answer_request(anna, SpeakerAnswer.YES, "")
        with pytest.raises(asking.CannotAsk):
            asking.ask_speaker(event, anna.speaker, "ander@best.example", "")

    def test_taken_back_the_link_says_so_in_a_sentence_and_who_was_asked_hears_it(self, organiser, anna, page):
        own = f"/organise/events/{anna.event.slug}/speakers/{anna.speaker_id}"
        assert post(organiser, f"{own}/take-back", page=own).status_code == 303
        answer = organiser.get(page)
        assert (answer.status_code, "Deze link werkt niet" in answer.text) == (404, True)
        assert "Dat is niet meer nodig" in " ".join(text_of(mail_to(anna.person, "speaker_withdrawn")).split())
        assert "ingetrokken" in organiser.get(own).text

    @pytest.mark.parametrize("token", ["x", "a" * 36, "zzzz/zzz"])
    def test_a_wrong_link_gets_a_sentence(self, client, event, token):
        assert client.get(f"/speak/{token}").status_code == 404

    def test_a_link_for_something_else_opens_nothing(self, client, anna):
        from app import tokens

        token = tokens.make_token(tokens.Purpose.POLL, anna.id)
        assert client.get(f"/speak/{token}").status_code == 404

    def test_it_does_not_count_for_how_much_mail_somebody_gets(self, anna):
        assert not any(each.counts for each in mails(Message.person_id == anna.person_id))


class TestAnswering:
    def test_the_page_says_when_where_what_and_who_without_names(self, client, event, anna, page):
        factories.registration(event, factories.person("Kees Kanarie", at="Oosterhout"))
        text = client.get(page).text
        for words in (
            "Lezing",
            "Stadhuis",
            "Twintig minuten",
            "<strong>vragen</strong>",
            "1 persoon tot nu toe",
            "Gemeente: 1",
        ):
            assert words in text, words
        assert "Kanarie" not in text
        assert "Je presentatie" not in text

    def test_looking_changes_nothing(self, client, anna, page):
        before = anna.told, anna.answer, anna.mails
        client.get(page)
        client.head(page)
        db.session.refresh(anna)
        assert (anna.told, anna.answer, anna.mails) == before

    def test_yes_then_no_then_yes(self, client, anna, page):
        _say_yes(client, page)
        assert anna.answer == SpeakerAnswer.YES
        post(client, page, answer="no", remark="Ik ben op reis")
        assert (anna.answer, anna.remark, anna.speaker.agreed) == (SpeakerAnswer.NO, "Ik ben op reis", False)
        assert "Je spreekt niet" in client.get(page).text
        _say_yes(client, page)
        assert anna.answer == SpeakerAnswer.YES

    def test_an_answer_is_taken_back_with_what_held_before_it(self, client, event, anna, page):
        _say_yes(client, page)
        post(client, f"{page}/introduction", page=page, about="Anna werkt bij Oss.", agreed="y")
        post(client, page, answer="no", remark="Ik ben op reis")
        assert "Maak mijn laatste antwoord ongedaan" in client.get(page).text
        post(client, f"{page}/undo", page=page)
        assert (anna.answer, anna.remark) == (SpeakerAnswer.YES, "")
        assert "Anna Maas" in client.get(f"/events/{event.slug}").text
        assert "ongedaan</button>" not in client.get(page).text
        post(client, f"{page}/undo", page=page)
        assert anna.answer == SpeakerAnswer.YES

    def test_nothing_chosen_is_refused_at_the_field(self, client, anna, page):
        answer = post(client, page, remark="")
        assert (answer.status_code, anna.answer) == (422, None)

    def test_public_by_choice_alone_and_the_words_with_it(self, client, event, anna, page):
        _say_yes(client, page)
        public = f"/events/{event.slug}"
        post(client, f"{page}/introduction", page=page, about="Anna werkt bij Oss.")
        assert "Anna" not in client.get(public).text
        post(client, f"{page}/introduction", page=page, about="Anna werkt bij Oss.", agreed="y")
        text = client.get(public).text
        assert "Anna Maas, Oss" in text
        assert "Anna werkt bij Oss." in text
        post(client, page, answer="no", remark="")
        assert "Anna" not in client.get(public).text

    def test_a_picture_loses_where_it_was_taken(self, client, event, anna, page):
        _say_yes(client, page)
        assert _send(client, page, "picture", "picture", files.photo(), "ik.jpg").status_code == 303
        kept = Image.open(io.BytesIO(anna.picture.mail))
        assert not kept.getexif()
        assert anna.picture.key not in client.get(f"/events/{event.slug}").text
        post(client, f"{page}/introduction", page=page, about="", agreed="y")
        assert anna.picture.key in client.get(f"/events/{event.slug}").text
        post(client, f"{page}/picture/delete", page=page)
        assert anna.picture is None

    def test_the_link_lives_past_the_event(self, client, event, anna, page):
        _say_yes(client, page)
        _move(event, days=2)
        assert "Je sprak hier" in client.get(page).text
        assert _send(client, page, "slides", "file", files.pdf(), "Dia's.pdf").status_code == 303
        with pytest.raises(asking.CannotAnswer):
            asking.answer_request(anna, SpeakerAnswer.NO, "")

    def test_what_does_not_take_place_cannot_be_answered(self, client, event, anna, page):
        planning.cancel_event(event, "")
        assert "Dit gaat niet door" in client.get(page).text
        with pytest.raises(asking.CannotAnswer):
            asking.answer_request(anna, SpeakerAnswer.YES, "")


class TestSlides:
    def test_they_stand_with_the_slot_for_who_takes_part(self, client, event, anna, page):
        _say_yes(client, page)
        assert _send(client, page, "slides", "file", files.slides(), "Mijn verhaal.pptx").status_code == 303
        row = db.session.scalars(sa.select(Material)).one()
        assert (row.slot, row.for_whom, row.scan) == (event.slots[0], ForWhom.PARTICIPANTS, Scan.NOT_SCANNED)
        assert files.telling(materials.read_content(row)) == set()
        assert "Mijn verhaal.pptx" in client.get(page).text

    def test_the_same_name_takes_its_place(self, client, anna, page):
        _say_yes(client, page)
        for _ in range(2):
            _send(client, page, "slides", "file", files.pdf(), "Verhaal.pdf")
        assert db.session.scalars(sa.select(Material)).one().version == 2

    def test_who_sent_a_file_takes_it_away_and_brings_it_back(self, client, event, anna, page):
        _say_yes(client, page)
        _send(client, page, "slides", "file", files.pdf(), "Verhaal.pdf")
        row = db.session.scalars(sa.select(Material)).one()
        others = factories.material(event, "Van de organisatie")
        post(client, f"{page}/slides/{others.id}/delete", page=page)
        post(client, f"{page}/slides/{row.id}/delete", page=page)
        assert [each.title for each in materials.list_materials(event)] == ["Van de organisatie"]
        assert "Zet terug: Verhaal.pdf" in client.get(page).text
        post(client, f"{page}/slides/{row.id}/restore", page=page)
        assert {each.title for each in materials.list_materials(event)} == {"Van de organisatie", "Verhaal"}
        post(client, f"{page}/slides/{row.id}/delete", page=page)
        _send(client, page, "slides", "file", files.pdf(), "Verhaal.pdf")
        answer = post(client, f"{page}/slides/{row.id}/restore", page=page)
        assert "Er staat al een bestand dat" in client.get(answer.location).text
        assert len(materials.list_materials(event)) == 2

    def test_a_virus_is_mailed_to_who_sent_it_and_to_the_organisers(self, client, event, anna, page):
        _say_yes(client, page)
        _send(client, page, "slides", "file", files.pdf(), "Verhaal.pdf")
        row = db.session.scalars(sa.select(Material)).one()
        row.scan = Scan.INFECTED
        scanning.tell_of_virus(row)
        db.session.commit()
        told = {each.kind.value: each for each in mails(Message.kind.in_(["speaker_infected", "material_infected"]))}
        assert told["speaker_infected"].recipient == ADDRESS
        assert told["material_infected"].recipient == event.network.contact_address
        assert all("Verhaal.pdf" in text_of(parsed(each.body)) for each in told.values())

    def test_before_a_yes_nothing_is_taken(self, client, anna, page):
        answer = _send(client, page, "slides", "file", files.pdf(), "Verhaal.pdf")
        assert (answer.status_code, "Zeg eerst dat je spreekt" in answer.text) == (422, True)

    @pytest.mark.parametrize(
        ("name", "said"), [("virus.exe", "Dit soort bestand kan niet"), ("nep.pdf", "past niet bij")]
    )
    def test_a_program_is_refused_in_words_at_the_field(self, client, anna, page, name, said):
        _say_yes(client, page)
        answer = _send(client, page, "slides", "file", b"MZ\x90\x00program", name)
        assert (answer.status_code, said in answer.text) == (422, True)
        assert 'id="file-error"' in answer.text

    def test_eighty_megabytes_are_refused_before_they_are_read(self, client, anna, page):
        _say_yes(client, page)
        assert f'data-most="{25 * 2**20}"' in client.get(page).text

        class NotRead(io.BytesIO):
            def read(self, *_):
                raise AssertionError("read")

        head = {"CONTENT_LENGTH": str(80 * 2**20), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
        answer = client.post(f"{page}/slides", input_stream=NotRead(), environ_overrides=head)
        assert (answer.status_code, "25 MB" in answer.text) == (413, True)


class TestChanges:
    def test_changes_in_a_row_are_one_mail(self, event, anna):
        slot = event.slots[0]
        _save(slot, "Anna Maas, Oss\nBram Bos", room="Raadzaal")
        _save(slot, "Anna Maas, Oss\nBram Bos", room="Trouwzaal")
        assert _heard(anna.person) == 1
        assert "Trouwzaal" in text_of(mail_to(anna.person, "speaker_changed"))

    def test_moved_and_moved_back_is_told_nobody(self, event, anna):
        slot = event.slots[0]
        _save(slot, "Anna Maas, Oss\nBram Bos", room="Raadzaal")
        _save(slot, "Anna Maas, Oss\nBram Bos", room="")
        assert _heard(anna.person) == 0

    def test_a_session_that_moves_takes_its_speakers_along(self, event, anna):
        later = event.starts_at + timedelta(days=7)
        values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
        moved = values | {"starts_at": later, "ends_at": later + timedelta(hours=3), "closes_at": later}
        planning.change_event(event, EventDetails(**moved))
        assert _heard(anna.person) == 1
        planning.cancel_event(event, "")
        assert _heard(anna.person) == 2
        assert "gaat niet door" in text_of(mail_to(anna.person, "speaker_changed"))

    def test_a_draft_that_moves_too(self, app):
        event = factories.event(published=False)
        _slot(event, "Lezing", "Anna Maas")
        asked = asking.ask_speaker(event, _speaker(event, "Anna Maas"), ADDRESS, "")
        mails()
        values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
        planning.change_event(event, EventDetails(**values | {"venue": "Gemaal"}))
        assert _heard(asked.person) == 1

    def test_who_said_no_hears_nothing(self, event, anna):
        asking.answer_request(anna, SpeakerAnswer.NO, "")
        _save(event.slots[0], "Anna Maas, Oss\nBram Bos", room="Raadzaal")
        assert _heard(anna.person) == 0

    def test_who_speaks_stays_while_the_words_are_free(self, event, anna):
        slot = event.slots[0]
        with pytest.raises(programme.SpeakerStays):
            _save(slot, "Bram Bos")
        _save(slot, "Anna Maas, Best", title="Een ander verhaal")
        assert [(each.name, each.affiliation) for each in slot.speakers] == [("Anna Maas", "Best")]
        assert asking.asked_of_event(event)[slot.speakers[0].id] is anna
        with pytest.raises(slots_to_choose.SpeakerAsked):
            slots_to_choose.remove_slot(event, slot)

    def test_the_form_asks_consent_of_names_alone(self, organiser, event, anna):
        text = organiser.get(f"/organise/events/{event.slug}/programme/{event.slots[0].id}").text
        assert 'value="Bram Bos"' in text
        assert 'value="Anna Maas"' not in text

    def test_a_speaker_who_said_no_is_seen_at_the_start(self, organiser, event, anna):
        account = factories.account(event.network)
        asking.answer_request(anna, SpeakerAnswer.NO, "")
        found = needs.list_needs([event.network_id], account)
        assert (needs.NeedReason.SPEAKER_DECLINED, 1) in [(each.reason, each.count) for each in found]
        assert "1 spreker van ‘Netwerkdag’ zei nee." in organiser.get("/organise").text
        assert "zei nee" in organiser.get(f"/organise/events/{event.slug}/programme").text


class TestThanks:
    def test_a_week_after_with_how_many_came_and_no_mark_of_a_few(self, event, anna):
        asking.answer_request(anna, SpeakerAnswer.YES, "")
        _move(event, days=8)
        for who in [*factories.crowd(3), anna.person]:
            factories.attendance(event, who)
        assert in_the_room.count_drawn(anna) == 3
        assert thanking.thank_speakers() == 1
        assert thanking.thank_speakers() == 0
        told = text_of(mail_to(anna.person, "speaker_thanked"))
        assert "waren 3 mensen" in told
        assert "van 5" not in told

    def test_the_mark_once_enough_answered(self, event, anna):
        evaluation = evaluations.ensure_evaluation(event)
        assert in_the_room.mark_of(event) is None
        useful = str(evaluation.questions[0].id)
        for number in range(evaluations.FEWEST):
            if number:
                assert in_the_room.mark_of(event) is None
            _sheet(evaluation, {useful: "4"})
        assert in_the_room.mark_of(event) == 4

    def test_not_before_a_week_nor_who_said_no(self, event, anna):
        asking.answer_request(anna, SpeakerAnswer.YES, "")
        _move(event, days=6)
        assert thanking.thank_speakers() == 0
        _move(event, days=8)
        anna.answer = SpeakerAnswer.NO
        db.session.commit()
        assert thanking.thank_speakers() == 0

    def test_of_a_slot_to_choose_who_chose_it(self, app):
        event = network_day.day(1)
        slot = network_day.slot(event, "Workshop", 1)
        other = network_day.slot(event, "Andere", 1)
        slot.speakers = programme.read_speakers("Anna Maas")
        db.session.flush()
        asked = asking.ask_speaker(event, slot.speakers[0], ADDRESS, "")
        registrations = []
        for name, chosen in (("A", slot), ("B", slot), ("C", other)):
            registrations.append(factories.registration(event, factories.person(f"Mens {name}")))
            network_day.take(registrations[-1], chosen)
        assert in_the_room.expected_in(slot).people == 2
        _move(event, days=8)
        for registration in registrations:
            presence.check_in_invitation(registration.invitation, Entry.LIST)
        assert in_the_room.count_drawn(asked) == 2


def _sheet(evaluation, values):
    from app.lessons.evaluations.models import EvaluationSheet

    db.session.add(
        EvaluationSheet(id=db.session.query(EvaluationSheet).count() + 1, evaluation_id=evaluation.id, values=values)
    )
    db.session.flush()


class TestPeople:
    def test_a_copy_has_the_names_without_what_they_answered(self, event, anna):
        anna.speaker.agreed = True
        twin = planning.copy_event(event, event.starts_at + timedelta(days=70))
        assert [(each.name, each.agreed) for each in twin.slots[0].speakers] == [
            ("Anna Maas", False),
            ("Bram Bos", False),
        ]
        assert asking.asked_of_event(twin) == {}

    def test_erased_nothing_of_them_is_left(self, client, event, anna, page):
        _say_yes(client, page)
        _send(client, page, "slides", "file", files.pdf(), "Anna.pdf")
        _send(client, page, "picture", "picture", files.photo(), "ik.jpg")
        post(client, f"{page}/introduction", page=page, about="Anna werkt bij Oss.", agreed="y")
        people.erase_person(anna.person)
        db.session.commit()
        assert db.session.scalars(sa.select(AskedSpeaker)).all() == []
        assert db.session.scalars(sa.select(Material)).all() == []
        assert [(each.name, each.agreed) for each in event.slots[0].speakers][0] == (people.UNKNOWN, False)
        assert client.get(page).status_code == 404
        assert "Anna" not in client.get(f"/events/{event.slug}").text

    def test_who_wants_no_use_of_their_data_is_named_in_public_no_more(self, client, event, anna, page):
        _say_yes(client, page)
        post(client, f"{page}/introduction", page=page, about="Anna werkt bij Oss.", agreed="y")
        assert "Anna Maas" in client.get(f"/events/{event.slug}").text
        sign_in_person(client, anna.person)
        post(client, "/me/data/use", page="/me/data", use="no")
        assert "Anna" not in client.get(f"/events/{event.slug}").text

    def test_two_people_become_one_who_speaks(self, event, anna):
        kept = factories.person("Anna Maas", address="a.maas@oss.example")
        gone = anna.person
        row = merges.merge_people(kept, gone)
        assert anna.person is kept
        merges.undo_merge(row)
        assert anna.person_id == gone.id

    def test_their_own_copy_has_it(self, client, anna, page):
        _say_yes(client, page)
        _send(client, page, "slides", "file", files.pdf(), "Anna.pdf")
        copy = own_data.copy_own_data(anna.person)
        assert copy["asked_speakers"][0]["answer"] == "yes"
        assert len(copy["speaker_slides"]) == 1

    def test_a_speaker_who_also_registers_has_one_calendar_entry(self, client, event, anna, page):
        _say_yes(client, page)
        assert f"/events/{event.slug}.ics" in client.get(page).text
        entry = client.get(f"/events/{event.slug}.ics").text
        assert f"UID:{event.uid}" in entry.replace("\r\n ", "")
        factories.registration(event, anna.person)
        assert "calendar" not in {part.get_content_type() for part in mail_to(anna.person, "speaker_asked").walk()}
