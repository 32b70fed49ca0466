"""The face of a network and of a session: their picture, the network's colour, what to bring and who to call."""

import base64
import hashlib
import io
import re
from datetime import timedelta

import pikepdf
import pytest
import sqlalchemy as sa
from PIL import Image, ImageDraw

from app.accounts.models import Account
from app.database import db, only_reading
from app.events import planning
from app.events.models import Event, Mode
from app.invitations import invitation_links
from app.lessons.impressions import documents
from app.network.faces import colours, pictures
from app.network.faces.models import Picture
from app.network.models import Network, NetworkColour
from app.papers.kinds import DocumentKind
from app.registration import answers
from app.uploads import faces
from tests import factories
from tests.helpers import html_of, mail_to, post, sign_in, text_of, vevent_of, work
from tests.uploads import files

pytestmark = pytest.mark.one_database


def _file(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _scene(mode: str = "RGB", size: tuple[int, int] = (1000, 1000)) -> Image.Image:
    """Sky with all there is to see near the bottom."""
    picture = Image.linear_gradient("L").resize(size).convert(mode)
    draw = ImageDraw.Draw(picture)
    for at in range(0, size[0], 40):
        draw.rectangle((at, int(size[1] * 0.75), at + 20, int(size[1] * 0.95)), fill=(0, 0, 200, 0)[: len(mode)])
    return picture


def _logo(ground, ink, mode: str = "RGB") -> Image.Image:
    """A disc in the middle of much air."""
    picture = Image.new(mode, (400, 400), ground)
    ImageDraw.Draw(picture).ellipse((100, 150, 300, 250), fill=ink)
    return picture


def _made(content: bytes) -> tuple[dict[str, Image.Image], dict]:
    answer = faces.make_face(content)
    opened = {name: Image.open(io.BytesIO(base64.b64decode(file))) for name, file in answer["files"].items()}
    return opened, answer


class TestPictures:
    def test_a_photo_is_light_lies_down_and_tells_nothing_of_its_maker(self):
        opened, answer = _made(files.photo((1200, 900)))
        sizes = {name: each.size for name, each in opened.items()}
        assert sizes == {"wide": (900, 450), "narrow": (450, 225), "mail": (900, 450), "shared": (900, 472)}
        assert answer["logo"] is False
        told = [
            word for word in files.TOLD for file in answer["files"].values() if word.encode() in base64.b64decode(file)
        ]
        assert told == []
        assert {name: len(dict(each.getexif())) for name, each in opened.items()} == dict.fromkeys(opened, 0)

    def test_however_wild_a_photo_is_a_first_view_stays_light(self):
        noise = Image.effect_noise((1000, 520), 120).convert("RGB")
        _, answer = _made(_file(noise, "JPEG", quality=95))
        weights = {name: len(base64.b64decode(file)) for name, file in answer["files"].items()}
        assert [name for name, most in faces._HEAVIEST.items() if weights[name] > most] == []

    def test_the_part_where_most_is_to_be_seen_stays(self):
        opened, _ = _made(_file(_scene()))
        colours_seen = opened["wide"].convert("RGB").crop((0, 100, 960, 400)).getcolors(1_000_000)
        assert any(blue > 120 and red < 90 for _, (red, _, blue) in colours_seen)

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_a_logo_on_white_stays_whole_without_its_air(self, kind):
        opened, answer = _made(_file(_logo("white", (200, 16, 46)), kind))
        assert answer["logo"] is True
        width, height = opened["wide"].size
        assert 1.7 < width / height < 2.2
        assert opened["shared"].size == faces.SHARED

    def test_a_white_logo_without_ground_gets_one_on_which_it_is_seen(self):
        opened, answer = _made(_file(_logo((0, 0, 0, 0), (255, 255, 255, 255), "RGBA")))
        assert answer["logo"] is True
        assert max(opened["mail"].convert("RGB").getpixel((1, 1))) < 80

    def test_inks_of_a_printer_become_the_colours_of_a_screen(self):
        opened, _ = _made(_file(_scene("CMYK"), "JPEG"))
        assert {each.mode for each in opened.values()} == {"RGB"}

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (_file(Image.new("P", (30, 20)), "GIF"), "Een GIF kan niet, want die kan bewegen."),
            (b'<?xml version="1.0"?><svg onload="x()"/>', "Een SVG kan niet, want daar kan een programma in zitten."),
            (b"%PDF-1.7", "Dit is geen PNG, JPEG of WebP."),
            (b"\x89PNG\r\n\x1a\n en dan niets", "of het bestand is beschadigd."),
            (b"", "Kies een bestand."),
        ],
    )
    def test_what_is_no_picture_is_refused_in_words(self, app, content, says):
        with pytest.raises(pictures.NoFace) as refused:
            pictures.make_face(content)
        assert says in str(refused.value.words)


@pytest.fixture
def network(app) -> Network:
    return factories.network(slug="netwerk", name="Praktijknetwerk")


@pytest.fixture
def organiser(client, network) -> Account:
    account = factories.account(network)
    sign_in(client, account)
    return account


def _sent(content: bytes, alt: str = "Het stadhuis", shown: str = "nobody") -> dict:
    return {"picture": (io.BytesIO(content), "foto.png"), "alt": alt, "people_shown": shown}


class TestChoosing:
    PATH = "/organise/networks/netwerk/face"

    def test_an_organiser_chooses_one_and_everybody_sees_it_at_the_next_request(self, client, organiser, network):
        event = factories.event(network)
        db.session.commit()
        visitor = client.application.test_client(use_cookies=False)
        assert "/pictures/" not in visitor.get(f"/events/{event.slug}").text
        answer = post(client, self.PATH, **_sent(_file(_scene())))
        assert answer.status_code == 303
        assert "De foto is er." in client.get(self.PATH).text
        for path in (f"/events/{event.slug}", "/networks/netwerk"):
            page = visitor.get(path).text
            assert 'alt="Het stadhuis"' in page
            shared = re.search(r'property="og:image" content="http://leerkring\.test(/pictures/\w+/shared\.jpg)"', page)
            assert visitor.get(shared[1]).mimetype == "image/jpeg"
        wide = visitor.get(f"/pictures/{network.picture.key}/wide.avif")
        assert (wide.mimetype, wide.headers["Cache-Control"]) == ("image/avif", "public, max-age=31536000, immutable")

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"alt": ""}, "Vul dit in"),
            ({"shown": "unasked"}, "Deze afbeelding ziet iedereen."),
            ({"content": b"<svg/>"}, "Een SVG kan niet"),
        ],
    )
    def test_what_is_wrong_stands_at_the_field_and_nothing_changes(self, client, organiser, network, sent, says):
        answer = post(
            client,
            self.PATH,
            **_sent(
                sent.get("content", _file(_scene(size=(90, 60)))), sent.get("alt", "x"), sent.get("shown", "nobody")
            ),
        )
        assert answer.status_code == 422
        assert says in answer.text
        assert 'role="alert" tabindex="-1" id="fouten" autofocus' in answer.text
        assert db.session.scalar(sa.select(sa.func.count(Picture.id))) == 0

    def test_one_of_thirty_megabytes_is_told_what_fits(self, client, organiser):
        answer = client.post(
            self.PATH, content_type="multipart/form-data; boundary=x", environ_overrides={"CONTENT_LENGTH": "30000000"}
        )
        assert answer.status_code == 413
        assert "hooguit 10 MB" in answer.text
        assert f'href="{self.PATH}">Terug naar het formulier' in answer.text

    def test_the_words_alone_can_change(self, client, organiser, network):
        before = factories.picture(network).key
        db.session.commit()
        assert post(client, self.PATH, alt="Het nieuwe stadhuis", people_shown="agreed").status_code == 303
        assert (network.picture.key, network.picture.alt) == (before, "Het nieuwe stadhuis")

    def test_a_session_has_its_own_or_that_of_its_network(self, client, organiser, network):
        event = factories.event(network)
        factories.picture(network, "Logo van het netwerk")
        own = factories.picture(event, "Een werkplaats")
        db.session.commit()
        path = f"/organise/events/{event.slug}/face"
        assert event.face is own
        assert post(client, f"{path}/delete", page=path).status_code == 303
        assert "Logo van het netwerk" in client.get(f"/events/{event.slug}").text
        assert db.session.scalars(sa.select(Picture.alt)).all() == ["Logo van het netwerk"]

    def test_a_picture_stays_as_long_as_a_copy_shows_it(self, network):
        event = factories.event(network, published=False)
        factories.picture(event)
        twin = planning.copy_event(event, factories.start(40))
        planning.delete_drafts([event])
        assert db.session.get(Picture, twin.picture_id) is twin.picture
        planning.delete_drafts([twin])
        assert db.session.scalars(sa.select(Picture.id)).all() == []

    def test_no_other_file_is_behind_its_address(self, client, network):
        key = factories.picture(network).key
        db.session.commit()
        assert [client.get(f"/pictures/{each}").status_code for each in (f"{key}/alt", f"{key}/id", "x/wide.avif")] == [
            404
        ] * 3


def test_mails_about_a_session_carry_its_picture_and_the_colour(app, network):
    network.own_colour = "#c8102e"
    event = factories.event(network, bring="Een laptop", day_contact="Loes", day_phone="06 1234 5678")
    factories.picture(event, "Een werkplaats")
    registration = factories.registration(event)
    db.session.commit()
    work()
    mail = mail_to(registration.invitation.person, "confirmed")
    html, text = html_of(mail), text_of(mail)
    shown = re.search(r"<img [^>]*cid:beeld[^>]*>", html)[0]
    assert 'alt="Een werkplaats"' in shown
    assert 'width="544"' in shown
    assert [part.get_content() for part in mail.walk() if part["Content-ID"] == "<beeld>"] == [b"mail"]
    assert "border-top: 6px solid #c8102e" in html
    assert 'href="tel:0612345678"' in html
    assert "Neem mee: Een laptop\n\nBellen: Loes, 06 1234 5678" in text
    assert "Neem mee: Een laptop\nBellen: Loes, 06 1234 5678" in str(vevent_of(mail)["description"])


def test_an_impression_on_paper_begins_with_the_picture(app, network):
    event = factories.held(network)
    report = factories.impression(event, "Samen inkopen")
    factories.picture(event, "Een werkplaats").mail = _file(_scene(size=(96, 48)), "JPEG")
    db.session.commit()
    with only_reading():
        pdf = pikepdf.open(io.BytesIO(documents.write_pdf(report)))
    assert len(pdf.pages[0].get_images()) == 1
    assert b"Een werkplaats" in b"".join(
        bytes(each.get("/Alt", b"")) for each in pdf.objects if isinstance(each, pikepdf.Dictionary)
    )


def test_another_picture_of_a_session_comes_into_the_files_of_its_report(app, network):
    event = factories.held(network)
    report = factories.impression(event, "Samen inkopen")
    made = documents.document_of(report, DocumentKind.PDF)
    made.made_at = made.wanted_at = made.wanted_at - timedelta(days=1)
    factories.picture(event)
    assert made.wanted_at > made.made_at


class TestColour:
    @pytest.mark.parametrize("colour", [*colours.READY.values(), "#c8102e", "#000000"])
    def test_one_that_can_be_read_stays_as_it_is(self, colour):
        assert colours.darken(colour) == colour

    @pytest.mark.parametrize("colour", ["#ffffff", "#ffcc00", "#00ff00", "#e30613", "#777777"])
    def test_each_can_be_read_by_day_and_in_the_dark(self, colour):
        assert colours.contrast(colours.darken(colour), "#ffffff") >= 4.5
        assert min(colours.contrast(colours.lighten(colour), ground) for ground in ("#12142a", "#1c2040")) >= 4.5

    def test_contrast_is_that_of_the_guidelines(self):
        assert round(colours.contrast("#000000", "#ffffff"), 2) == 21
        assert round(colours.contrast("#777777", "#ffffff"), 2) == 4.48

    def test_the_ready_ones_are_those_of_the_style_sheet(self):
        sheet = (documents.__file__.rsplit("/app/", 1)[0] + "/app/web/styles/tokens.css").strip()
        with open(sheet) as tokens:
            root = tokens.read().split("@media")[0]
        assert {each: re.search(rf"--{each}: (#\w+);", root)[1] for each in NetworkColour} == colours.READY

    def _save(self, client, colour: str):
        values = {"name": "Praktijknetwerk", "letters": "PN", "colour": "green", "own_colour": colour, "listed": "y"}
        values |= {"contact_name": "team", "contact_address": "team@oss.example", "joining": "open"}
        return post(client, "/organise/networks/netwerk/settings", **values)

    def test_too_light_is_said_at_the_field_with_a_darker_one_filled_in(self, client, organiser, network):
        answer = self._save(client, "ffcc00")
        assert answer.status_code == 422
        assert "Witte letters op #ffcc00 zijn slecht te lezen" in answer.text
        darker = re.search(r'name="own_colour"[^>]* value="(#\w{6})"', answer.text)[1]
        assert self._save(client, darker).status_code == 303
        assert network.own_colour == darker

    def test_what_is_no_colour_is_refused(self, client, organiser):
        assert "Dit is geen kleur." in self._save(client, "rood").text

    def test_a_page_brings_the_style_and_allows_that_alone(self, client, network):
        network.own_colour = "#c8102e"
        event = factories.event(network)
        db.session.commit()
        answer = client.get(f"/events/{event.slug}")
        style = re.search(r"<style>(.*?)</style>", answer.text)[1]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"style-src 'self' 'sha256-{digest}';" in answer.headers["Content-Security-Policy"]
        assert ".network--own-c8102e{--colour:#c8102e}" in style
        assert 'class="utrecht-document in-network network--own-c8102e"' in answer.text
        agenda = client.get("/")
        assert "network--own-c8102e" in agenda.text
        assert "<style>" in agenda.text
        assert "in-network" not in agenda.text


class TestAfterAnswering:
    @pytest.fixture
    def coming(self, network) -> Event:
        return factories.hybrid(network, bring="Een laptop", day_contact="Loes", day_phone="+31 6 12345678")

    def _page(self, client, event: Event, mode: Mode = Mode.ON_SITE) -> str:
        invitation = factories.invitation(event, factories.person())
        answers.accept_invitation(invitation, mode)
        db.session.commit()
        self.link = invitation_links.link_to_invitation(invitation)
        return client.get(self.link).text

    def test_it_says_where_what_to_bring_and_who_to_call(self, client, coming):
        page = self._page(client, coming)
        status = page[page.index('class="status') :]
        assert re.search(r"Tot \w\w \d+ \w+ \d{4} in Oosterhout\.", status)
        assert status.index("in Oosterhout") < status.index("Een laptop") < status.index('href="tel:+31612345678"')
        assert "https://www.openstreetmap.org/directions?to=Stadhuis%2C%20Slotjesveld%201%2C%20Oosterhout" in page
        assert f'href="/events/{coming.slug}.ics"' in page

    def test_what_is_shared_is_the_page_for_everybody(self, client, coming):
        page = self._page(client, coming)
        shared = re.search(r'href="(mailto:\?[^"]+)"', page)[1]
        assert f"http%3A//leerkring.test/events/{coming.slug}" in shared
        assert self.link.rsplit("/", 1)[1] not in shared

    @pytest.mark.parametrize("values", [{"confidential": True}, {"open_to_all": False}])
    def test_what_is_not_for_everybody_is_not_shared(self, client, network, values):
        assert "Deel met een collega" not in self._page(client, factories.event(network, **values))

    def test_who_takes_part_online_gets_no_route(self, client, coming):
        page = self._page(client, coming, Mode.ONLINE)
        assert "Plan je route" not in page
        assert " in Oosterhout." not in page

    def test_the_number_stands_on_no_public_page(self, client, coming):
        db.session.commit()
        for path in (f"/events/{coming.slug}", f"/events/{coming.slug}/programme", f"/events/{coming.slug}.ics"):
            page = client.get(path).text
            assert "12345678" not in page, path
        assert "Een laptop" in client.get(f"/events/{coming.slug}").text

    def test_a_name_without_a_number_is_asked_for_one(self, client, network):
        sign_in(client, factories.account(network))
        values = {"title": "Sessie", "format": "session", "day": f"{factories.start():%Y-%m-%d}", "start": "13:00"}
        values |= {"end": "16:00", "zone": "Europe/Amsterdam", "on_site": "y", "town": "Oss", "day_contact": "Loes"}
        answer = post(client, f"/organise/networks/{network.slug}/events/new", **values)
        assert "Vul ook het nummer in waarop Loes te bellen is." in answer.text
        answer = post(client, f"/organise/networks/{network.slug}/events/new", **values, day_phone="bel maar")
        assert "Schrijf het nummer in cijfers" in answer.text


def test_the_programme_is_printed_with_the_names_that_the_reader_may_know(client, network):
    from app.events import programme

    event = factories.event(network)
    slot = {"starts_at": event.starts_at, "ends_at": None, "title": "Opening", "description": ""}
    programme.save_slot(event, None, speakers=programme.read_speakers("Kanarie, Provincie"), **slot)
    db.session.commit()
    page = client.get(f"/events/{event.slug}/programme").text
    assert "Opening" in page
    assert "Kanarie" not in page
    sign_in(client, factories.account(network))
    assert "Kanarie" in client.get(f"/organise/events/{event.slug}/programme/sheet").text
