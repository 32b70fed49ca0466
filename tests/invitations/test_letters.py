"""The words of letters: of a network and of a wave, checked on saving, shown while typed, every version kept."""

import io

import pytest
import sqlalchemy as sa
from PIL import Image

from app.database import db
from app.invitations.letters import letter_pictures, letter_texts
from app.invitations.letters.letter_pictures import NotAPicture
from app.invitations.letters.models import LetterImage, LetterText
from app.invitations.models import Invitation
from app.invitations.waves import wave_letters, wave_recipients
from app.invitations.waves.models import WaveKind, WaveState
from app.network.models import Network
from app.outbox import letter_sources, letters
from app.outbox.kinds import IN_OWN_WORDS
from app.outbox.letter_sources import LetterError
from app.uploads.people_shown import PeopleShown
from tests import factories
from tests.helpers import html_of, mail_to, post, sign_in, text_of, work
from tests.tables import everything

pytestmark = pytest.mark.one_database

OWN = "Subject: Kom, {{ voornaam }}\n\nHier is {{ titel }}.\n\n{{ antwoorden }}"


@pytest.fixture
def network(app, client) -> Network:
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network, name="Loes Verhoeven"))
    return network


@pytest.fixture
def event(network):
    return factories.event(network, starts_at=factories.start(days=40))


@pytest.fixture
def wave(event):
    return factories.wave(
        event, to=factories.audience(event.network), state=WaveState.DRAFT, at=factories.start(days=10)
    )


@pytest.fixture
def page(event, wave) -> str:
    return f"/organise/events/{event.slug}/waves/{wave.id}/text/nl"


def _shrunk(content: bytes) -> tuple[bytes, tuple[int, int]]:
    db.session.commit()
    return letter_pictures.shrink_picture(content)


def _png(width: int = 300, height: int = 200, mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.effect_noise((width, height), 90).convert(mode).save(file, "PNG")
    return file.getvalue()


class TestWhichHolds:
    def test_the_waves_own_text_then_the_networks_then_the_standard(self, network, wave):
        kind = "invitations/invitation"
        assert letter_texts.current_text(network, kind, "nl", wave) == letters.letter_source(kind, "nl")
        letter_texts.save_text(network, kind, "nl", OWN, None)
        assert letter_texts.current_text(network, kind, "nl", wave) == OWN
        letter_texts.save_text(network, kind, "nl", OWN.replace("Hier", "Alleen hier"), None, wave)
        assert letter_texts.current_text(network, kind, "nl", wave) == OWN.replace("Hier", "Alleen hier")
        assert letter_texts.current_text(network, kind, "nl") == OWN
        assert letter_texts.current_text(network, kind, "en", wave) == letters.letter_source(kind, "en")

    def test_another_network_keeps_its_own(self, network):
        letter_texts.save_text(network, "invitations/invitation", "nl", OWN, None)
        other = factories.network()
        assert letter_texts.current_text(other, "invitations/invitation", "nl") == letters.letter_source(
            "invitations/invitation", "nl"
        )

    def test_a_text_equal_to_what_lies_beneath_takes_the_own_one_away(self, network):
        kind = "invitations/invitation"
        letter_texts.save_text(network, kind, "nl", OWN, None)
        letter_texts.save_text(network, kind, "nl", letters.letter_source(kind, "nl"), None)
        assert letter_texts.own_texts(network) == {}

    def test_saving_the_same_again_makes_no_version(self, network):
        for _ in range(2):
            letter_texts.save_text(network, "invitations/invitation", "nl", OWN, None)
        assert len(letter_texts.text_versions(network, "invitations/invitation", "nl")) == 1

    def test_confirmations_follow_the_networks_text_too(self, event):
        text = "Subject: Tot dan, {{ voornaam }}\n\nJe plek bij {{ titel }} is zeker."
        letter_texts.save_text(event.network, "registration/confirmed", "nl", text, None)
        person = factories.registration(event, factories.person("Sanne de Vries")).invitation.person
        mail = mail_to(person, "confirmed")
        assert (mail["Subject"], text_of(mail).startswith(f"Je plek bij {event.title} is zeker.")) == (
            "Tot dan, Sanne",
            True,
        )


class TestChecks:
    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("Subject: Kom\n\nDag {{ voornam }}\n\n{{ antwoorden }}", "Het veld ‘voornam’ kennen we niet. Bedoel je ‘voornaam’?"),
            ("Subject: Kom\n\nDag {{ voornaam }}", "Zet het veld ‘antwoorden’ in de tekst. Anders kan niemand antwoorden."),
            ("Subject: Kom\nnaar ons\n\n{{ antwoorden }}", "Regel 2: laat een regel leeg na het onderwerp. Het onderwerp zelf past op één regel."),
            ("Subject: " + "lang " * 200 + "\n\n{{ antwoorden }}", "Het onderwerp is te lang. Gebruik hooguit 150 tekens."),
            ("Subject: Kom\n\n{{ antwoorden }} {% for x in range(10**9) %}x{% endfor %}", "Regel 3: gebruik alleen velden zoals {{ voornaam }}."),
            ("Subject: Kom\n\n{{ antwoorden }} {{ voornaam.__class__ }}", "Regel 3: gebruik alleen velden zoals {{ voornaam }}."),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_named_on_saving(self, client, page, text, problem):
        answer = post(client, page, text=text)
        assert (answer.status_code, problem in answer.text.replace("&#39;", "'")) == (422, True)
        assert db.session.scalar(sa.select(sa.func.count(LetterText.id))) == 0

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ("{% if online %}" * 4 + "x" + "{% endif %}" * 4, "Zet hooguit 3 voorwaarden in elkaar."),
            ("{% if online %}" * 900 + "x" + "{% endif %}" * 900, "Zet hooguit 3 voorwaarden in elkaar."),
            ("{% if " + "not " * 3000 + "online %}x{% endif %}", "gebruik alleen velden zoals"),
            ("{{" + "(" * 3000 + "titel" + ")" * 3000 + "}}", "gebruik alleen velden zoals"),
            ("{{" * 9000, "de accolades kloppen niet."),
            ("> " * 6 + "diep", "Zet hooguit 5 lijsten en citaten in elkaar."),
            (">" * 9000 + "diep", "Zet hooguit 5 lijsten en citaten in elkaar."),
            ("\n".join("  " * deep + "- diep" for deep in range(6)), "Zet hooguit 5 lijsten en citaten in elkaar."),
            ("![logo](https://elders.example/logo.png)", "Een afbeelding van een ander adres"),
            ("> - ![logo][1]\n\n[1]: https://elders.example/logo.png", "Een afbeelding van een ander adres"),
            ("[x](https://elders.example/?u={{ pagina }})", "‘pagina’ staat vast aan een ander adres"),
            ("[x](https://elders.example/{{ naam }})", "‘naam’ staat vast aan een ander adres"),
            ("[x]({{ pagina }}{{ pagina }})", "‘pagina’ staat vast aan een ander adres"),
            ("[x]({{ naam }})", "‘naam’ staat vast aan een ander adres"),
            ("[x][1]\n\n[1]: https://elders.example/?u={{ pagina }}", "‘pagina’ staat vast aan een ander adres"),
            ("<https://elders.example/?u={{ pagina }}>", "‘pagina’ staat vast aan een ander adres"),
            ("https://elders.example/?u={{ pagina }}", "‘pagina’ staat vast aan een ander adres"),
            ("HTTPS://elders.example/?u=**{{ pagina }}**", "‘pagina’ staat vast aan een ander adres"),
            ("`https://elders.example/?u={{ pagina }}`", "‘pagina’ staat vast aan een ander adres"),
            ("elders.example/?u={{ pagina }}", "‘pagina’ staat vast aan een ander adres"),
            ("elders.example?wie={{ naam }}", "‘naam’ staat vast aan een ander adres"),
            ("www.elders{{ naam }}.example", "‘naam’ staat vast aan een ander adres"),
            ("https://elders.example/?u=&#8203;{{ pagina }}", "‘pagina’ staat vast aan een ander adres"),
            ("{{ pagina }}@elders.example", "‘pagina’ staat vast aan een ander adres"),
            (
                "{% if online %}https://elders.example/?u={% else %}x {% endif %}{% if not besloten %}{{ pagina }}{% endif %}",
                "‘pagina’ staat vast aan een ander adres",
            ),
            (
                "".join(
                    f"{{% if {name} %}}x{{% endif %}}"
                    for name in ["naam", "titel", "dag", "tijd", "plaats", "online", "hybride"]
                ),
                "Gebruik voorwaarden met hooguit 6 verschillende velden.",
            ),
        ],
    )
    def test_a_text_that_could_hurt_is_refused_at_its_field(self, client, page, body, problem):
        answer = post(client, page, text=f"Subject: Kom\n\n{{{{ antwoorden }}}}\n\n{body}")
        assert (answer.status_code, problem in answer.text, 'id="text-error"' in answer.text) == (422, True, True)
        assert db.session.scalar(sa.select(sa.func.count(LetterText.id))) == 0
        assert post(client, f"{page}/preview", page=page, text=f"Subject: Kom\n\n{body}").status_code == 200

    def test_a_subject_is_never_empty(self, network):
        text = "Subject: {% if online %}Kom{% endif %}\n\n{{ antwoorden }}"
        with pytest.raises(LetterError, match="Het onderwerp is leeg als een voorwaarde niet opgaat."):
            letter_texts.check_letter_text(network, "invitations/invitation", text)

    def test_a_version_that_would_be_refused_now_does_not_come_back(self, client, network, page):
        for text in (OWN + "\n\n![logo](https://elders.example/x.png)", OWN):
            letter_texts.save_text(network, "invitations/invitation", "nl", text, None)
        first = db.session.scalars(sa.select(LetterText).order_by(LetterText.id)).first()
        letters_page = "/organise/networks/netwerk/letters/invitations/invitation/nl"
        answer = post(client, f"{letters_page}/back", page=letters_page, version=str(first.id))
        assert "Een afbeelding van een ander adres" in client.get(answer.location).text
        assert letter_texts.current_text(network, "invitations/invitation", "nl") == OWN

    def test_every_standard_text_passes(self, network):
        for kind in IN_OWN_WORDS:
            for language in ("nl", "en"):
                letter_texts.check_letter_text(network, kind, letters.letter_source(kind, language))

    def test_a_page_link_is_a_way_to_answer_too(self, network):
        letter_texts.check_letter_text(
            network, "invitations/invitation", "Subject: Kom\n\n[Antwoord hier]({{ pagina }})"
        )

    def test_emoji_in_a_subject_arrive(self, event):
        letter_texts.save_text(
            event.network, "registration/confirmed", "nl", "Subject: Tot dan 🎉 {{ titel }}\n\nJe komt.", None
        )
        person = factories.registration(event).invitation.person
        assert mail_to(person, "confirmed")["Subject"] == f"Tot dan 🎉 {event.title}"

    def test_pictures_together_are_light(self, network):
        for name in ("een", "twee", "drie"):
            image = letter_pictures.keep_picture(network, name, "Een foto", _shrunk(_png(900, 700)), PeopleShown.NOBODY)
            assert image.size <= letter_pictures.HEAVIEST
        text = (
            "Subject: Kom\n\n{{ antwoorden }}\n\n{{ afbeelding_een }}\n\n{{ afbeelding_twee }}\n\n{{ afbeelding_drie }}"
        )
        with pytest.raises(LetterError, match="samen"):
            letter_texts.check_letter_text(network, "invitations/invitation", text)


class TestPages:
    def test_own_text_of_a_wave_is_saved_and_shown(self, client, wave, page):
        post(client, page, text=OWN.replace("\n", "\r\n"))
        assert letter_texts.current_text(wave.event.network, "invitations/invitation", "nl", wave) == OWN
        shown = client.get(f"/organise/events/{wave.event.slug}/waves/{wave.id}").text
        assert "Nederlands: eigen tekst" in shown

    def test_a_network_lists_its_letters_and_edits_them(self, client, network):
        post(client, "/organise/networks/netwerk/letters/registration/waiting/en", text="Subject: Wait\n\nYou wait.")
        listed = client.get("/organise/networks/netwerk/letters").text
        assert listed.count("Eigen tekst<") == 1
        assert client.get("/organise/networks/netwerk/letters/registration/sign_in/nl").status_code == 404

    def test_an_older_version_comes_back_as_a_new_one(self, client, wave, page):
        for text in (OWN, OWN.replace("Hier", "Daar")):
            post(client, page, text=text)
        first = letter_texts.text_versions(wave.event.network, "invitations/invitation", "nl", wave)[-1][0]
        post(client, f"{page}/back", page=page, version=str(first.id))
        rows = letter_texts.text_versions(wave.event.network, "invitations/invitation", "nl", wave)
        assert ([row.text for row, _ in rows], {by.name for _, by in rows}) == (
            [OWN, OWN.replace("Hier", "Daar"), OWN],
            {"Loes Verhoeven"},
        )

    def test_a_version_of_another_letter_is_refused(self, client, network, page):
        letter_texts.save_text(
            factories.network(), "invitations/invitation", "nl", "Subject: Geheim\n\n{{ antwoorden }}", None
        )
        stranger = db.session.scalars(sa.select(LetterText)).one()
        assert post(client, f"{page}/back", page=page, version=str(stranger.id)).status_code == 404

    def test_own_text_is_taken_away_again(self, client, wave, page):
        post(client, page, text=OWN)
        post(client, f"{page}/back", page=page)
        assert letter_texts.own_texts(wave.event.network, wave) == {}

    def test_a_change_of_text_asks_the_second_organiser_again(self, client, event, page, wave):
        wave.state, wave.asked_by_id, wave.released_by_id = (
            WaveState.PLANNED,
            factories.account(event.network).id,
            factories.account(event.network).id,
        )
        post(client, page, text=OWN)
        assert wave.state == WaveState.DRAFT


class TestExample:
    def test_it_shows_what_is_typed_as_a_chosen_reader_sees_it_and_changes_nothing(self, client, event, page):
        factories.person("Anna Aarts", of=event.network)
        john = factories.person("John Smith", of=event.network)
        saved = client.get(f"{page}/preview")
        assert "Dag Anna," in saved.text
        typed = post(client, f"{page}/preview", page=page, text=OWN, reader=str(john.id), look="mail")
        assert f"Hier is {event.title}." in typed.text
        assert "unsafe-inline" not in typed.headers["Content-Security-Policy"]
        assert "sandbox" in typed.headers["Content-Security-Policy"]
        assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == 0
        assert db.session.scalar(sa.select(sa.func.count(LetterText.id))) == 0

    @pytest.mark.parametrize("kind", IN_OWN_WORDS)
    def test_no_row_changes_by_it(self, client, event, kind):
        factories.registration(event, factories.person("Anna Aarts", of=event.network))
        page = f"/organise/networks/netwerk/letters/{kind}/nl"
        before = everything()
        text = letter_texts.current_text(event.network, kind, "nl")
        for look in ("mail", "calendar"):
            assert post(client, f"{page}/preview", page=page, text=text, look=look).status_code == 200
        assert everything() == before

    @pytest.mark.parametrize("kind", WaveKind)
    def test_the_mail_of_a_wave_is_written_without_changing_a_row(self, event, kind):
        event.looks_back = True
        invitation = factories.registration(event, factories.person(of=event.network)).invitation
        wave = factories.wave(event, kind, state=WaveState.DRAFT)
        work()
        before = everything()
        assert wave_letters.write_wave_mail(wave, invitation, letter_texts.load_own_texts({event.network_id})).recipient
        assert everything() == before

    @pytest.mark.parametrize(
        ("look", "part"),
        [("text", "Hier is"), ("calendar", "METHOD:REQUEST"), ("dark", "@media all"), ("phone", "@media not all")],
    )
    def test_it_can_be_looked_at_in_every_way(self, client, event, page, look, part):
        assert part in post(client, f"{page}/preview", page=page, text=OWN, look=look).text

    @pytest.mark.parametrize("kind", IN_OWN_WORDS)
    def test_all_fields_of_a_kind_can_be_written(self, client, event, kind):
        fields = letter_texts.fields_of_letter(event.network, kind)
        text = "Subject: zq99qz\n\n" + "\n\n".join(f"{name}: {{{{ {name} }}}}" for name in fields)
        page = f"/organise/networks/netwerk/letters/{kind}/nl"
        shown = post(client, f"{page}/preview", page=page, text=text, look="text")
        assert (shown.status_code, [name for name in fields if name not in shown.text]) == (200, [])

    def test_no_words_are_a_field(self, client, event, wave, page):
        """Texts with what once stood for a field inside went wrong in the example and in every mail."""
        text = OWN + "\n\nzq0qz zq99qz zq0qp zq0q zq1z"
        assert "zq0qz zq99qz zq0qp zq0q zq1z" in post(client, f"{page}/preview", page=page, text=text, look="text").text
        assert post(client, page, text=text).status_code == 303
        letter_texts.save_text(event.network, "registration/confirmed", "nl", "Subject: zq99qz\n\nzq99qz", None)
        person = factories.registration(event).invitation.person
        mail = mail_to(person, "confirmed")
        assert (mail["Subject"], "zq99qz" in text_of(mail), "zq99qz" in html_of(mail)) == ("zq99qz", True, True)

    def test_what_is_wrong_is_said_instead(self, client, page):
        assert "‘voornam’" in post(client, f"{page}/preview", page=page, text="Subject: x\n\n{{ voornam }}").text

    @pytest.mark.parametrize("kind", IN_OWN_WORDS)
    def test_every_letter_has_one_also_in_a_network_without_sessions_or_people(self, client, network, kind):
        for language in ("nl", "en"):
            answer = client.get(f"/organise/networks/netwerk/letters/{kind}/{language}/preview?look=text")
            assert (answer.status_code, len(answer.text) > 100, "{{" in answer.text) == (200, True, False)


class TestPictures:
    def test_a_picture_is_made_small_and_loses_all_but_its_pixels(self):
        file = io.BytesIO()
        photo = Image.effect_noise((3000, 2000), 60).convert("RGB")
        exif = Image.Exif()
        exif[0x010F] = "Camera van Jan"
        photo.save(file, "JPEG", exif=exif, comment=b"Genomen bij Jan thuis")
        small, size = letter_pictures.shrink_picture(file.getvalue())
        assert (
            len(small) <= letter_pictures.HEAVIEST,
            size[0] <= letter_pictures.WIDTH,
            b"Jan" in small,
        ) == (
            True,
            True,
            False,
        )

    def test_a_drawing_stays_png(self):
        file = io.BytesIO()
        Image.new("RGBA", (200, 100), (255, 0, 0, 128)).save(file, "PNG")
        assert letter_pictures.shrink_picture(file.getvalue())[0].startswith(b"\x89PNG")

    @pytest.mark.parametrize(
        "content", [b"", b"geen plaatje", b"\x89PNG\r\n\x1a\n" + b"x" * 50, b"GIF89a" + b"\0" * 40]
    )
    def test_what_is_no_picture_is_refused(self, content):
        with pytest.raises(NotAPicture):
            letter_pictures.shrink_picture(content)

    def test_a_bomb_is_refused(self):
        file = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(file, "PNG")
        with pytest.raises(NotAPicture):
            letter_pictures.shrink_picture(file.getvalue())

    def test_it_is_uploaded_shown_and_removed(self, client, network):
        page = "/organise/networks/netwerk/letters"
        values = {"name": "Route naar de zaal", "alt": "Kaartje", "picture": (io.BytesIO(_png()), "kaart.png")}
        values["people_shown"] = "nobody"
        assert post(client, f"{page}/pictures", page=page, **values).status_code == 303
        image = db.session.scalars(sa.select(LetterImage)).one()
        assert (image.name, "afbeelding_route_naar_de_zaal" in client.get(page).text) == ("route_naar_de_zaal", True)
        assert client.get(f"{page}/pictures/{image.id}").mimetype in {"image/png", "image/jpeg"}
        post(client, f"{page}/pictures/{image.id}/delete", page=page)
        assert db.session.scalar(sa.select(sa.func.count(LetterImage.id))) == 0

    def test_a_picture_without_words_is_refused(self, client, network):
        page = "/organise/networks/netwerk/letters"
        values = {"name": "x", "alt": "", "picture": (io.BytesIO(_png()), "x.png")}
        assert post(client, f"{page}/pictures", page=page, **values).status_code == 422

    @pytest.mark.parametrize(("said", "words"), [("unasked", "Een brief gaat naar veel mensen."), ("", "Vul dit in.")])
    def test_people_on_it_are_asked_first(self, client, network, said, words):
        page = "/organise/networks/netwerk/letters"
        values = {"name": "x", "alt": "Een groep", "picture": (io.BytesIO(_png()), "x.png"), "people_shown": said}
        answer = post(client, f"{page}/pictures", page=page, **values)
        assert (answer.status_code, words in answer.text) == (422, True)

    def test_one_that_is_used_stays(self, client, network):
        image = letter_pictures.keep_picture(network, "zaal", "De zaal", _shrunk(_png()), PeopleShown.NOBODY)
        letter_texts.save_text(network, "invitations/invitation", "nl", OWN + "\n\n{{ afbeelding_zaal }}", None)
        page = "/organise/networks/netwerk/letters"
        post(client, f"{page}/pictures/{image.id}/delete", page=page)
        assert db.session.get(LetterImage, image.id) is not None

    def test_it_travels_inside_the_mail_with_its_words(self, event):
        letter_pictures.keep_picture(
            event.network, "zaal", "De zaal van boven", _shrunk(_png(1500, 900)), PeopleShown.NOBODY
        )
        letter_texts.save_text(event.network, "invitations/invitation", "nl", OWN + "\n\n{{ afbeelding_zaal }}", None)
        person = factories.person(of=event.network)
        factories.wave(event, to=factories.audience(event.network))
        work()
        mail = mail_to(person)
        images = [part for part in mail.walk() if part.get_content_maintype() == "image"]
        assert [part["Content-ID"] for part in images] == ["<afbeelding_zaal>"]
        assert 'src="cid:afbeelding_zaal"' in html_of(mail)
        assert 'alt="De zaal van boven"' in html_of(mail)
        assert "[De zaal van boven]" in text_of(mail)
        assert len(mail.as_bytes()) < 100_000

    def test_another_networks_picture_is_not_found(self, client, network):
        image = letter_pictures.keep_picture(
            factories.network(), "zaal", "De zaal", _shrunk(_png()), PeopleShown.NOBODY
        )
        assert client.get(f"/organise/networks/netwerk/letters/pictures/{image.id}").status_code == 404


@pytest.mark.parametrize("kind", IN_OWN_WORDS.values())
def test_a_letter_uses_the_fields_of_its_kind_and_no_others(kind):
    for language in ("nl", "en"):
        used = set(letter_sources.field_names(letters.letter_source(kind.letter, language)))
        assert (used - set(kind.fields), set(kind.manner.fields) - used) == (set(), set())


def test_the_proposed_kinds_have_letters(app):
    assert {f"invitations/{kind}" for kind in wave_recipients.STANDING} <= set(IN_OWN_WORDS)
