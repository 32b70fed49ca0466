"""The material of a session as its organisers keep it: what is taken, what is refused, in which order, and what comes back."""

import io
import re
import zipfile
import zlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app import clock, wording
from app.database import db
from app.events import planning, programme
from app.materials import material_files, materials
from app.materials.models import ForWhom, Material, MaterialContent
from app.uploads.people_shown import PeopleShown
from tests import factories
from tests.helpers import hidden, post, sign_in
from tests.registration import made_courses
from tests.uploads import files

SAID = {"for_whom": "participants", "people_shown": "nobody"}
LINK = SAID | {"kind": "link", "title": "Handreiking", "address": "https://handreiking.example/pdf"}


@pytest.fixture
def event(app):
    return factories.event(title="Datagedreven werken")


@pytest.fixture
def organiser(client, event):
    sign_in(client, factories.account(event.network))
    return client


@pytest.fixture
def page(event):
    return f"/organise/events/{event.slug}/materials"


def send(client, page, content, name="stuk.pdf", **values):
    """Upload a file as a browser does."""
    values = {**hidden(client, f"{page}/file"), **SAID, **values, "file": FileStorage(io.BytesIO(content), name)}
    boundary, body = encode_multipart(values)
    return client.post(f"{page}/file", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def only() -> Material:
    return db.session.scalars(sa.select(Material)).one()


class TestCourse:
    def test_material_of_a_day_can_be_of_the_whole_course(self, client):
        edition = made_courses.edition()
        sign_in(client, factories.account(edition.course.network))
        first, second = (f"/organise/events/{event.slug}/materials" for event in made_courses.events(edition)[:2])
        assert "De hele leergang, op elke dag" in client.get(f"{first}/link").text
        post(client, f"{first}/link", **LINK, part="course")
        assert (only().of_course, only().slot_id) == (True, None)
        assert "van de hele leergang" in client.get(first).text
        assert "Handreiking" in client.get(second).text
        page = f"{first}/{only().id}"
        assert re.search(r'<option [^>]*value="course"[^>]*selected', client.get(page).text)
        post(client, page, **(LINK | {"part": ""}))
        assert not only().of_course
        assert "Handreiking" not in client.get(second).text

    def test_of_an_ordinary_session_nothing_is_of_a_course(self, organiser, page):
        assert "De hele leergang" not in organiser.get(f"{page}/link").text
        post(organiser, f"{page}/link", **LINK, part="course")
        assert [each.of_course for each in db.session.scalars(sa.select(Material))] in ([], [False])


class TestFiles:
    def test_an_empty_page_says_what_to_do_next(self, organiser, page):
        text = organiser.get(page).text
        assert "Nog geen materiaal. Zet er stukken bij" in text
        assert f'href="{page}/file"' in text

    def test_a_file_is_kept_clean_under_its_own_name_and_title(self, organiser, page):
        assert send(organiser, page, files.slides(), "Mijn presentatie.pptx").status_code == 303
        row = only()
        assert (row.title, row.file_name, row.for_whom) == (
            "Mijn presentatie",
            "Mijn presentatie.pptx",
            ForWhom.PARTICIPANTS,
        )
        kept = materials.read_content(row)
        assert row.size == len(kept)
        assert (files.telling(kept), files.WORDS.encode() in files.unpacked(kept)) == (set(), True)
        assert "Mijn presentatie" in organiser.get(page).text

    def test_it_comes_as_a_download_that_no_browser_runs(self, organiser, page):
        send(organiser, page, files.pdf(), "Café.pdf")
        answer = organiser.get(f"{page}/{only().id}/file")
        assert answer.data.startswith(b"%PDF-")
        assert (
            answer.headers["Content-Disposition"] == "attachment; filename=\"cafe.pdf\"; filename*=UTF-8''Caf%C3%A9.pdf"
        )
        assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")

    @pytest.mark.parametrize("ending", ["jpg", "webp"])
    def test_a_picture_loses_where_it_was_taken(self, organiser, page, ending):
        photo = files.photo()
        if ending == "webp":
            out, picture = io.BytesIO(), Image.open(io.BytesIO(photo))
            picture.save(out, "WEBP", exif=picture.getexif())
            photo = out.getvalue()
            assert b"Camera van Jan" in photo
        assert send(organiser, page, photo, f"groep.{ending}").status_code == 303
        kept = materials.read_content(only())
        assert files.telling(kept) == set()
        assert Image.open(io.BytesIO(kept)).size == (40, 60)

    @pytest.mark.parametrize(
        ("name", "content", "says"),
        [
            ("stuk.exe", b"MZ" + bytes(100), "Dit soort bestand kan niet."),
            ("stuk.pdf", b"MZ" + bytes(100), "De inhoud past niet bij de naam van het bestand."),
            ("stuk.pdf", b"", "Het bestand is leeg."),
            ("stuk", files.pdf(), "Dit soort bestand kan niet."),
            ("stuk.docx", files.slides(), "De inhoud past niet bij de naam van het bestand."),
            ("stuk.odp", files.open_text(), "De inhoud past niet bij de naam van het bestand."),
            ("stuk.webp", b"RIFF\x24\0\0\0WAVEfmt ", "De inhoud past niet bij de naam van het bestand."),
            ("stuk.pdf", files.pdf(locked=True), "beveiligd met een wachtwoord"),
        ],
    )
    def test_what_is_not_what_it_says_is_refused_in_words(self, organiser, page, name, content, says):
        answer = send(organiser, page, content, name)
        assert (answer.status_code, says in answer.text) == (422, True)
        assert db.session.scalar(sa.select(Material)) is None

    def test_a_bomb_of_zeros_is_refused(self, organiser, page):
        """A file of 2 MB of which a part would take 2 GB: a packed megabyte, so many times in a row."""
        packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        megabyte = packing.compress(bytes(2**20)) + packing.flush(zlib.Z_FULL_FLUSH)
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(files.slides())) as good,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb,
        ):
            for name in good.namelist():
                if name != "ppt/media/image1.jpeg":
                    bomb.writestr(name, good.read(name))
            bomb.writestr("ppt/media/image1.jpeg", megabyte * 2048 + packing.flush(), zipfile.ZIP_STORED)
            part = bomb.getinfo("ppt/media/image1.jpeg")
            part.compress_type, part.file_size = zipfile.ZIP_DEFLATED, 2048 * 2**20
        answer = send(organiser, page, out.getvalue(), "bom.pptx")
        assert (answer.status_code, "te groot om op te schonen" in answer.text) == (422, True)

    def test_a_name_has_no_path_and_nothing_that_is_not_seen(self, organiser, page):
        send(organiser, page, files.pdf(), "..\\..\\etc/pass\x07wd\u202efdp.\u200b.pdf")
        assert only().file_name == "pass wdfdp..pdf"

    def test_a_long_name_keeps_its_ending(self, app):
        clean = material_files.clean_material("x" * 300 + ".pdf", files.pdf())
        assert (len(clean.name), clean.name[-5:]) == (150, "x.pdf")

    def test_the_same_title_twice_is_refused(self, organiser, page):
        send(organiser, page, files.pdf(), "Verslag.pdf")
        answer = send(organiser, page, files.pdf(), "verslag.pdf")
        assert (answer.status_code, "‘verslag’ staat er al." in answer.text) == (422, True)

    def test_there_is_an_end_to_how_much_stands_with_a_session(self, event):
        for number in range(materials.MOST):
            factories.material(event, f"Stuk {number}")
        with pytest.raises(materials.MaterialRefused, match="many"):
            factories.material(event, "Nog een")


class TestSize:
    @pytest.fixture(autouse=True)
    def _small(self, app, monkeypatch):
        monkeypatch.setitem(app.config, "MATERIAL_MB", 1)

    def test_the_form_says_the_limit_to_reader_and_script(self, organiser, page):
        text = organiser.get(f"{page}/file").text
        assert "hooguit 1 MB" in text
        assert 'data-most="1048576"' in text

    def test_a_file_just_over_it_is_refused_at_its_field(self, organiser, page):
        answer = send(organiser, page, b"%PDF-" + bytes(2**20))
        assert (answer.status_code, "Dit bestand is groter dan 1 MB." in answer.text) == (422, True)

    def test_one_of_80_mb_is_refused_without_reading_it(self, organiser, page):
        class NotRead(io.BytesIO):
            def read(self, *_):
                raise AssertionError("read")

        head = {"CONTENT_LENGTH": str(80 * 2**20), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
        answer = organiser.post(f"{page}/file", input_stream=NotRead(), environ_overrides=head)
        assert (answer.status_code, "Stuur een bestand van hooguit 1 MB" in answer.text) == (413, True)

    def test_elsewhere_the_limit_is_what_it_was(self, app, organiser, event):
        app.config["MATERIAL_MB"] = 100
        head = {"CONTENT_LENGTH": str(11 * 2**20), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
        answer = organiser.post(f"/organise/events/{event.slug}/edit", environ_overrides=head)
        assert (answer.status_code, "Stuur een bestand van hooguit 10 MB" in answer.text) == (413, True)


class TestLinks:
    def test_a_recording_has_a_length(self, organiser, page, event):
        values = LINK | {"kind": "recording", "minutes": "75"}
        assert post(organiser, f"{page}/link", **values).status_code == 303
        assert "Opname, 75 minuten" in organiser.get(page).text

    @pytest.mark.parametrize(
        "address",
        [
            "javascript:alert(1)",
            "http://handreiking.example",
            "https:handreiking.example",
            "https://",
            "data:text/html,x",
            "//x.example",
        ],
    )
    def test_only_https_is_a_link(self, organiser, page, address):
        answer = post(organiser, f"{page}/link", **LINK | {"address": address})
        assert (answer.status_code, "Begin met https://." in answer.text) == (422, True)

    def test_it_can_lead_elsewhere_later(self, organiser, page):
        post(organiser, f"{page}/link", **LINK)
        row = only()
        values = SAID | {"title": "Handreiking 2", "address": "https://elders.example/", "minutes": ""}
        assert post(organiser, f"{page}/{row.id}", **values).status_code == 303
        assert (row.title, row.address, row.version) == ("Handreiking 2", "https://elders.example/", 2)


class TestForWhom:
    def test_of_a_confidential_session_nothing_is_for_everybody(self, organiser, page, event):
        event.confidential = True
        db.session.commit()
        assert 'value="everybody"' not in organiser.get(f"{page}/file").text
        assert send(organiser, page, files.pdf(), for_whom="everybody").status_code == 422
        with pytest.raises(materials.NotForEverybody, match="confidential"):
            factories.material(event)

    def test_people_who_were_not_asked_stand_in_no_public_file(self, organiser, page):
        answer = send(organiser, page, files.photo(), "groep.jpg", for_whom="everybody", people_shown="unasked")
        assert (answer.status_code, "Vraag het eerst aan wie erop staat" in answer.text) == (422, True)
        assert send(organiser, page, files.photo(), "groep.jpg", people_shown="unasked").status_code == 303


class TestKeeping:
    def test_another_file_keeps_the_address_and_says_when(self, organiser, page, event):
        row = factories.material(event, "Verslag")
        row.version_at -= timedelta(days=3)
        db.session.commit()
        values = {**hidden(organiser, f"{page}/{row.id}"), **SAID, "title": "Verslag"}
        new = {"file": (io.BytesIO(files.pdf()), "verslag-2.pdf")}
        assert organiser.post(f"{page}/{row.id}", data=values | new).status_code == 303
        assert (row.version, row.file_name, row.size) == (2, "verslag-2.pdf", len(materials.read_content(row)))
        assert f"vernieuwd op {wording.format_short_day(clock.today())}" in organiser.get(page).text
        assert db.session.scalar(sa.select(sa.func.count()).select_from(MaterialContent)) == 1

    def test_without_another_file_the_old_one_stays(self, organiser, page, event):
        row = factories.material(event, "Verslag")
        db.session.commit()
        values = {**hidden(organiser, f"{page}/{row.id}"), **SAID, "title": "Notulen"}
        assert organiser.post(f"{page}/{row.id}", data=values).status_code == 303
        assert (row.title, row.version, materials.read_content(row)) == ("Notulen", 1, b"%PDF-1.7 Verslag")

    def test_one_can_stand_higher(self, organiser, page, event):
        first, second = factories.material(event, "Een"), factories.material(event, "Twee")
        db.session.commit()
        post(organiser, f"{page}/{second.id}/up", page=page)
        assert [each.title for each in materials.list_materials(event)] == ["Twee", "Een"]
        assert (first.place, second.place) == (1, 0)

    def test_a_part_of_the_programme_that_goes_leaves_its_material_with_the_session(self, organiser, page, event):
        slot = programme.save_slot(
            event, None, starts_at=event.starts_at, ends_at=None, title="Lezing", description="", speakers=[]
        )
        db.session.flush()
        row = factories.material(event, slot_id=slot.id)
        db.session.commit()
        assert "bij ‘Lezing’" in organiser.get(page).text
        programme.remove_slot(event, slot)
        db.session.commit()
        assert only().slot_id is None
        assert row.title in organiser.get(page).text

    def test_a_part_of_another_session_is_none(self, event):
        other = factories.event(event.network)
        slot = programme.save_slot(
            other, None, starts_at=other.starts_at, ends_at=None, title="Lezing", description="", speakers=[]
        )
        db.session.flush()
        assert factories.material(event, slot_id=slot.id).slot_id is None

    def test_what_was_removed_comes_back_with_undo(self, organiser, page, event):
        row = factories.material(event, "Verslag")
        db.session.commit()
        post(organiser, f"{page}/{row.id}/remove", page=page)
        assert organiser.get(f"{page}/{row.id}/file").status_code == 404
        assert post(organiser, "/organise/undo", page=page).status_code == 303
        assert organiser.get(f"{page}/{row.id}/file").data == b"%PDF-1.7 Verslag"

    def test_a_week_later_it_is_gone_with_its_bytes(self, event):
        gone, stays = factories.material(event, "Oud"), factories.material(event, "Nieuw")
        for row in (gone, stays):
            materials.remove_material(row)
        gone.removed_at -= materials.KEPT_REMOVED + timedelta(minutes=1)
        db.session.commit()
        assert materials.forget_removed_materials() == 1
        assert db.session.scalars(sa.select(MaterialContent.material_id)).all() == [stays.id]

    def test_a_copy_of_a_session_has_none(self, event):
        factories.material(event)
        assert materials.list_materials(planning.copy_event(event, factories.start(60))) == []

    def test_it_goes_with_its_session(self, app):
        draft = factories.event(published=False)
        factories.material(draft)
        planning.delete_drafts([draft])
        db.session.flush()
        counts = [sa.select(sa.func.count()).select_from(model) for model in (Material, MaterialContent)]
        assert [db.session.scalar(count) for count in counts] == [0, 0]

    def test_the_database_itself_keeps_who_was_not_asked_out_of_what_is_public(self, event):
        row = factories.material(event)
        row.people_shown = PeopleShown.UNASKED
        with pytest.raises(sa.exc.IntegrityError):
            db.session.flush()
        db.session.rollback()
