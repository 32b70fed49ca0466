"""The impression: facts that happened, four eyes, publishing, corrections, withdrawal, and no names when confidential."""

import io
import zipfile

import pypdfium2
import pytest
import sqlalchemy as sa
from docx import Document as WordDocument

from app.database import db, only_reading
from app.events.models import Mode
from app.lessons.impressions import attachments, documents, facts, impressions
from app.lessons.impressions.impressions import NeedsNote, StepNotAllowed
from app.lessons.impressions.models import Attachment, Document, ImpressionState
from app.lessons.insights import commitments, insights
from app.lessons.insights.models import LibraryEntry
from app.papers import paper_sheets
from app.papers.kinds import DocumentKind
from app.setbacks import one_by_one
from app.uploads.people_shown import PeopleShown
from tests import factories
from tests.helpers import post, sign_in
from tests.uploads import files


@pytest.fixture
def event(app):
    """A hybrid session with people of two municipalities, a water board and somebody of nowhere."""
    event = factories.held(
        online=True, join_url="https://vergaderen.example/kamer", title="Samen slimmer", summary="Over inkopen."
    )
    factories.attendance(event, factories.person("An Ros", at="Oss"))
    factories.attendance(event, factories.person("Ben Bos", at="Oss"), Mode.ONLINE)
    factories.attendance(event, factories.person("Cor Coppens", at="Tilburg"))
    factories.attendance(event, factories.person("Dirk Dam", at="Waterschap De Dommel"))
    factories.attendance(event, factories.person("Els Eik"))
    return event


@pytest.fixture
def writer(client, event):
    account = factories.account(event.network, name="Loes Verhoeven")
    sign_in(client, account)
    return client


@pytest.fixture
def reader(app, event):
    client = app.test_client()
    sign_in(client, factories.account(event.network, name="Bram van Gestel"))
    return client


def test_facts_are_what_happened(event):
    assert facts.count_figures([event]) == {"municipalities": 2, "water_boards": 1, "on_site": 4, "online": 1}
    assert facts.kinds_of_organisation([event]) == ["gemeente", "waterschap"]


def test_an_organisation_counts_once_over_a_series(event):
    other = factories.held(event.network, days_ago=5)
    factories.attendance(other, factories.person("Fien", at="Oss"))

    assert facts.count_figures([event, other]) == {"municipalities": 2, "water_boards": 1, "on_site": 5, "online": 1}


def test_three_people_who_came_to_two_meetings_of_a_series_are_three_people(app):
    network = factories.network()
    meetings = [factories.held(network, days_ago=days) for days in (9, 5)]
    people = [factories.person(at=town) for town in ("Oss", "Best", "Breda")]
    for meeting in meetings:
        for person in people:
            factories.attendance(meeting, person)
    meetings[1].online = True
    factories.attendance(meetings[1], factories.person(at="Oss"), mode=Mode.ONLINE)

    assert facts.count_figures(meetings) == {"municipalities": 3, "on_site": 3, "online": 1}


def test_own_figures_come_over_the_counted_ones(event):
    impression = factories.impression(event, published=False)
    impression.by_hand = {"webcast": 210, "on_site": 65}

    assert facts.figures_of_impression(impression) == {
        "municipalities": 2,
        "water_boards": 1,
        "on_site": 65,
        "online": 1,
        "webcast": 210,
    }


def test_published_figures_stay_when_people_are_undone_later(event):
    impression = factories.impression(event)
    factories.attendance(event, factories.person("Laat", at="Breda"))

    assert facts.figures_of_impression(impression)["municipalities"] == 2


class TestFourEyes:
    def test_written_checked_by_another_and_published(self, writer, reader, event, client):
        desk = f"/organise/events/{event.slug}/impression"
        post(writer, f"{desk}/start", page=desk)
        form = writer.get(f"{desk}/edit").text
        assert 'value="Samen slimmer"' in form
        assert "Over inkopen." in form
        post(
            writer,
            f"{desk}/edit",
            title="Samen slimmer",
            intro="Wat we leerden.",
            themes=str(factories.theme("Inkoop").id),
        )
        learned = f"/organise/events/{event.slug}/learned"
        post(writer, f"{learned}/insights", page=learned, title="Samen inkopen loont")

        page = writer.get(desk).text
        assert "Vraag een andere organisator" in page
        assert "Nagekeken en goed" not in page
        post(writer, f"{desk}/check", page=desk)
        assert impressions.impression_of_event(event).state == ImpressionState.DRAFT

        post(reader, f"{desk}/check", page=desk)
        assert "Nagekeken door Bram van Gestel." in writer.get(desk).text
        post(writer, f"{desk}/publish", page=desk)

        public = client.get(f"/impressions/{impressions.impression_of_event(event).slug}").text
        for words in (
            "Samen slimmer",
            "Wat we leerden.",
            "Inkoop",
            "Samen inkopen loont",
            "<strong>2</strong> <span>gemeenten",
        ):
            assert words in public

    def test_a_change_after_the_check_asks_for_a_new_one(self, event):
        impression = factories.impression(event, published=False)
        impressions.check_impression(impression, factories.account(event.network))
        insights.add_suggestion(impression.insights[0], "Begin klein", factories.account(event.network))

        assert (impression.state, impression.checked_by_id) == (ImpressionState.DRAFT, None)
        with pytest.raises(StepNotAllowed):
            impressions.publish_impression(impression)

    def test_the_database_itself_refuses_to_check_own_work(self, event):
        impression = factories.impression(event, published=False)
        impression.checked_by_id = impression.edited_by_id

        with pytest.raises(sa.exc.IntegrityError):
            db.session.flush()
        db.session.rollback()

    def test_an_empty_report_is_not_checked(self, event):
        event.summary = ""
        impression = impressions.ensure_impression(event)

        with pytest.raises(StepNotAllowed, match="empty"):
            impressions.check_impression(impression, factories.account(event.network))

    def test_readers_may_look_but_not_write(self, app, event):
        factories.impression(event, published=False)
        client = app.test_client()
        sign_in(client, factories.account(event.network, "reader"))
        desk = f"/organise/events/{event.slug}/impression"

        assert "Schrijf verder" not in client.get(desk).text
        assert client.get(f"{desk}/edit").status_code == 403


def _account(event):
    return factories.account(event.network, name="Nog Iemand")


class TestAfterPublishing:
    def test_a_draft_is_nobodys_business(self, client, event):
        slug = factories.impression(event, published=False).slug

        for kind in ("", ".pdf", ".docx", "/attachments/1"):
            assert client.get(f"/impressions/{slug}{kind}").status_code == 404

    def test_a_correction_shows_its_date_and_words(self, writer, event):
        impression = factories.impression(event, days_ago=1)
        edit = f"/organise/events/{event.slug}/impression/edit"

        without = post(writer, edit, title="Beter")
        assert without.status_code == 422
        assert "Vul in wat je verbeterde." in without.text
        assert impressions.impression_of_event(event).title == "Samen slimmer"
        post(writer, edit, title="Beter", note="De titel klopte niet.")

        page = writer.get(f"/impressions/{impression.slug}").text
        assert ">Beter</h1>" in page
        assert "De titel klopte niet." in page
        assert impressions.impression_of_event(event).published

    def test_an_insight_is_corrected_with_a_note_too(self, writer, event):
        impression = factories.impression(event, days_ago=1)
        insight = impression.insights[0]
        page = f"/organise/events/{event.slug}/learned/insights/{insight.id}"

        assert post(writer, page, title="Anders").status_code == 422
        post(writer, page, title="Anders", suggestions="Eén\nTwee", note="Scherper gezegd.")

        assert "Scherper gezegd." in writer.get(f"/impressions/{impression.slug}").text
        with pytest.raises(NeedsNote):
            insights.add_suggestion(insight, "Drie", factories.account(event.network))

    def test_the_moderators_buttons_leave_a_published_report_alone(self, writer, event):
        factories.impression(event)
        learned = f"/organise/events/{event.slug}/learned"
        post(writer, f"{learned}/board", page=learned)

        post(writer, f"{learned}/insights", page=learned, title="Stiekem erbij")

        assert "De impressie is gepubliceerd." in writer.get(learned).text
        assert len(impressions.impression_of_event(event).insights) == 1

    def test_withdrawing_says_why_and_takes_it_from_the_library(self, writer, client, event):
        impression = factories.impression(event)
        desk = f"/organise/events/{event.slug}/impression"

        assert post(writer, f"{desk}/withdraw", reason="").status_code == 422
        post(writer, f"{desk}/withdraw", reason="Er stond een fout in de cijfers.")

        gone = client.get(f"/impressions/{impression.slug}")
        assert gone.status_code == 410
        assert "Er stond een fout in de cijfers." in gone.text
        assert "Samen inkopen" not in gone.text
        assert client.get(f"/impressions/{impression.slug}.docx").status_code == 410
        assert db.session.scalar(sa.select(sa.func.count()).select_from(LibraryEntry)) == 0

        post(writer, f"{desk}/restore", page=desk)
        assert client.get(f"/impressions/{impression.slug}").status_code == 200
        assert db.session.scalar(sa.select(sa.func.count()).select_from(LibraryEntry)) == 1

    def test_a_suggestion_somebody_committed_to_stays(self, writer, event):
        impression = factories.impression(event, published=False)
        insight = impression.insights[0]
        kept = insights.add_suggestion(insight, "Maak een lijst", factories.account(event.network))
        factories.commitment(event, factories.person("An"), suggestion=kept)
        page = f"/organise/events/{event.slug}/learned/insights/{insight.id}"

        post(writer, page, title="Beter", suggestions="Iets nieuws")

        assert [each.text for each in insights_of(event)[0].suggestions] == ["Iets nieuws", "Maak een lijst"]

    def test_the_public_page_takes_a_fixed_number_of_queries(self, client, event, queries):
        impression = factories.impression(event, *(f"Inzicht {number}" for number in range(8)), published=False)
        for insight in impression.insights:
            suggestion = insights.add_suggestion(insight, "Doe iets", factories.account(event.network))
            factories.commitment(event, factories.person("An"), suggestion=suggestion)
        impressions.check_impression(impression, factories.account(event.network))
        impressions.publish_impression(impression)
        db.session.commit()

        with queries() as seen:
            client.get(f"/impressions/{impression.slug}")

        assert len(seen) <= 16


def insights_of(event):
    return impressions.impression_of_event(event).insights


class TestSeries:
    def test_three_places_have_one_report(self, app):
        network = factories.network()
        series = factories.series(network, "Werksessies", one_impression=True)
        events = [
            factories.held(network, days_ago=9 - number, town=town)
            for number, town in enumerate(("Oss", "Tilburg", "Roosendaal"))
        ]
        for event in events:
            event.series = series
            factories.attendance(event, factories.person(at="Oss"))
        db.session.flush()

        impression = factories.impression(events[2])

        assert [impressions.impression_of_event(event) for event in events] == [impression] * 3
        assert (impression.title, facts.figures_of_impression(impression)) == (
            "Werksessies",
            {"municipalities": 1, "on_site": 3},
        )


class TestFiles:
    def _published(self, event):
        impression = factories.impression(event, "Samen inkopen loont", published=False)
        impression.intro, impression.pitches = "**Wat** we leerden.", "Lijsten maken (An Ros, Oss)"
        suggestion = insights.add_suggestion(impression.insights[0], "Maak een lijst", factories.account(event.network))
        an = factories.person("An Ros", at="Oss")
        factories.commitment(event, an, "De lijst maken", suggestion=suggestion, named=True)
        impressions.check_impression(impression, factories.account(event.network))
        impressions.publish_impression(impression)
        db.session.commit()
        return impression

    def test_the_clockwork_makes_both_files(self, client, event):
        impression = self._published(event)
        assert client.get(f"/impressions/{impression.slug}.pdf").status_code == 503

        assert documents.make_wanted_documents() == len(DocumentKind)
        assert documents.make_wanted_documents() == 0

        pdf = client.get(f"/impressions/{impression.slug}.pdf")
        assert pdf.mimetype == "application/pdf"
        text = pypdfium2.PdfDocument(pdf.data)[0].get_textpage().get_text_range()
        word = WordDocument(io.BytesIO(client.get(f"/impressions/{impression.slug}.docx").data))
        words = "\n".join(paragraph.text for paragraph in word.paragraphs)
        for content in (text, words):
            for part in (
                "Samen slimmer",
                "Wat we leerden.",
                "Samen inkopen loont",
                "Maak een lijst",
                "De lijst maken (An Ros",
            ):
                assert part in content
        headings = [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == "Heading 2"]
        assert headings == ["Sprekers en pitches", "Samen inkopen loont"]
        assert pypdfium2.raw.FPDFCatalog_IsTagged(pypdfium2.PdfDocument(pdf.data))

    def test_a_correction_makes_them_anew_and_the_old_ones_stay_until_then(self, client, event):
        impression = self._published(event)
        documents.make_wanted_documents()
        impressions.note_impression_change(impression, factories.account(event.network), "Een komma.")
        db.session.commit()

        assert client.get(f"/impressions/{impression.slug}.pdf").status_code == 200
        assert documents.make_wanted_documents() == len(DocumentKind)

    def test_nothing_is_fetched_from_elsewhere(self, event):
        impression = self._published(event)
        impression.intro = "![plaatje](http://127.0.0.1:1/x.png) [link](https://elders.example)"
        with only_reading():
            written = documents.write_pdf(impression)
        assert written.startswith(b"%PDF")

    def test_a_file_that_cannot_be_made_is_told_and_not_tried_for_ever(self, client, event):
        impression = self._published(event)
        documents.make_wanted_documents()
        row = db.session.scalars(sa.select(Document).filter_by(kind=DocumentKind.PDF)).one()
        row.content, row.problem = None, paper_sheets.MISSING
        db.session.commit()

        assert "Dit bestand is er nu niet" in client.get(f"/impressions/{impression.slug}.pdf").text
        assert documents.make_wanted_documents() == 0


class TestAttachments:
    def _send(self, client, event, name: str, content: bytes, **more):
        from tests.helpers import csrf

        edit = f"/organise/events/{event.slug}/impression/edit"
        data = {"csrf_token": csrf(client, edit), "file": (io.BytesIO(content), name), "people_shown": "nobody", **more}
        return client.post(f"/organise/events/{event.slug}/impression/attachments", data=data)

    def test_a_file_comes_with_it_and_goes_again(self, writer, client, event):
        impression = factories.impression(event, published=False)
        assert self._send(writer, event, "../Verslag van de dag.pdf", files.pdf()).status_code == 303
        impressions.check_impression(impression, factories.account(event.network))
        impressions.publish_impression(impression)
        row = impressions.impression_of_event(event).attachments[0]
        assert row.name == "Verslag van de dag.pdf"

        file = client.get(f"/impressions/{impression.slug}/attachments/{row.id}")
        assert (file.data[:5], file.mimetype) == (b"%PDF-", "application/octet-stream")
        assert "attachment;" in file.headers["Content-Disposition"]

    def test_a_file_from_before_is_cleaned_before_others_see_it(self, writer, client, event):
        """One that cannot be cleaned is set aside, stays with the team and holds up no other."""
        impression = factories.impression(event)
        for name, content in (("stuk.pdf", b"%PDF-1.7 niets"), ("groep.jpg", files.photo())):
            kept = Attachment(name=name, size=1, content=content, people_shown=PeopleShown.AGREED)
            impression.attachments.append(kept)
        db.session.flush()
        db.session.execute(sa.update(Attachment).values(cleaned_at=None))
        db.session.commit()
        broken, photo = (f"/impressions/{impression.slug}/attachments/{each.id}" for each in impression.attachments)
        assert [client.get(each).status_code for each in (broken, photo)] == [404, 404]
        edit = f"/organise/events/{event.slug}/impression/edit"
        assert writer.get(edit).text.count("Gegevens over de maker worden er nog uit gehaald.") == 2

        assert attachments.clean_stored_attachments() == 1
        assert [each.item for each in one_by_one.list_setbacks()] == [broken.rpartition("/")[2]]
        shown = client.get(photo)
        assert ([told for told in files.TOLD if told.encode() in shown.data], shown.status_code) == ([], 200)
        assert client.get(broken).status_code == 404
        assert attachments.clean_stored_attachments() == 0

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("kwaad.html", b"<script>", "Dit soort bestand kan niet."),
            ("nep.pdf", b"MZ\x90", "De inhoud past niet bij de naam"),
            ("leeg.pdf", b"", "Het bestand is leeg."),
            ("stuk.pdf", b"%PDF-1.7 niets", "Dit bestand is beschadigd of leeg."),
            ("stuk.docx", b"PK\x03\x04niets", "Dit bestand is beschadigd of leeg."),
            ("stuk.odt", b"PK\x03\x04niets", "Dit bestand is beschadigd of leeg."),
            ("stuk.jpg", b"\xff\xd8\xffniets", "Dit bestand is beschadigd of leeg."),
            ("", b"", "Kies eerst een bestand."),
        ],
    )
    def test_other_files_are_refused_in_words(self, writer, event, name, content, words):
        factories.impression(event, published=False)

        answer = self._send(writer, event, name, content)
        assert (answer.status_code, "file-error" in answer.text, words in answer.text) == (422, True, True)
        assert 'value="Samen slimmer"' in answer.text
        assert impressions.impression_of_event(event).attachments == []


def test_confidential_no_names_no_organisations_in_any_form(client, app):
    event = factories.held(confidential=True, title="Intervisie")
    event.slots = []
    factories.attendance(event, factories.person("Nel Geheim", at="Oss"))
    impression = factories.impression(event, "Vertrouwen groeit langzaam", published=False)
    impression.pitches = "Praatje (Nel Geheim, Oss)"
    impression.by_hand = {"municipalities": 3}
    suggestion = insights.add_suggestion(impression.insights[0], "Bel elkaar", factories.account(event.network))
    commitment = factories.commitment(
        event, db.session.merge(factories.person("Nel Geheim", at="Oss")), "Bellen", suggestion=suggestion
    )
    commitments.settle_commitment(commitment, "done", "Nel Geheim belde Oss.")
    impressions.check_impression(impression, factories.account(event.network))
    impressions.publish_impression(impression)
    db.session.commit()
    documents.make_wanted_documents()

    pages = [
        client.get(path).text
        for path in (f"/impressions/{impression.slug}", "/library", f"/library/{impression.insights[0].id}")
    ]
    pdf = client.get(f"/impressions/{impression.slug}.pdf").data
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    word = (
        zipfile.ZipFile(io.BytesIO(client.get(f"/impressions/{impression.slug}.docx").data))
        .read("word/document.xml")
        .decode()
    )
    for content in (*pages, text, word):
        assert "Nel" not in content
        assert "Oss" not in content
    assert "<strong>3</strong>" not in pages[0]
    assert [content for content in (pages[0], text, word) if "een deelnemer" not in content] == []
    assert impression.kinds == []
