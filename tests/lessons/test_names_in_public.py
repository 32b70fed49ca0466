"""Nobody stands in public by name who did not agree to it, on no page and in no file; taking it back works at once."""

import io

import pypdfium2
import pytest
import sqlalchemy as sa

from app.agendas import agendas
from app.attendance import closing
from app.catalogue import items
from app.certificates import attendance_letters
from app.certificates.models import Certificate
from app.courses.models import Course
from app.database import db
from app.events import programme
from app.events.models import Event, Slot
from app.invitations import invitation_links
from app.lessons.impressions import documents, impressions
from app.lessons.impressions.models import Document, Impression
from app.lessons.insights import commitment_letters, commitments, insights
from app.lessons.insights.models import Commitment
from app.materials import materials
from app.network import correspondence
from app.network.people import people
from app.network.people.models import Person
from app.papers.kinds import DocumentKind
from app.registration import enrolments
from app.sheets import TableKind
from app.uploads.people_shown import PeopleShown
from tests import factories
from tests.accounts.test_sweep import EVERYBODY, FOR, shown
from tests.agendas import made
from tests.catalogue import made as offered
from tests.courses import planned
from tests.helpers import mail_to, post, sign_in, sign_in_person, text_of
from tests.progress import frozen_reports
from tests.uploads import files

OWNER, SPEAKER = "Wendelmoet Zwijger", "Kanarie Stilstaander"


@pytest.fixture
def coming(app) -> Event:
    event = factories.event(title="Wat nog komt")
    _slot(event)
    return event


@pytest.fixture
def report(coming) -> Impression:
    """The published report of a session with a speaker and an owner who said nothing about their names."""
    event = factories.held(coming.network, title="Wat al was")
    event.themes = coming.themes = [factories.theme("Zwijgen")]
    event.series = coming.series = factories.series(event.network)
    _slot(event)
    writer, reader = factories.account(event.network), factories.account(event.network)
    insight = insights.add_insight(event, "Samen zwijgen loont", writer)
    suggestion = insights.add_suggestion(insight, "Maak een lijst", writer)
    person = factories.person(OWNER, at="Oss", of=event.network)
    there = factories.attendance(event, person)
    closing.close_attendance(event, None)
    attendance_letters.issue_letter(there.invitation)
    factories.commitment(
        event, person, "De lijst maken", suggestion=suggestion, organisation=factories.organisation("Oss")
    )
    impression = impressions.ensure_impression(event)
    impressions.note_impression_change(impression, writer)
    impressions.check_impression(impression, reader)
    impressions.publish_impression(impression)
    db.session.commit()
    documents.make_wanted_documents()
    return impression


def _slot(event: Event) -> Slot:
    values = {"starts_at": event.starts_at, "ends_at": None, "title": "Opening", "description": ""}
    return programme.save_slot(event, None, speakers=programme.read_speakers(f"{SPEAKER}, Provincie"), **values)


def _promise() -> Commitment:
    return db.session.scalars(sa.select(Commitment)).one()


def _read(answer) -> str:
    """What an answer says, also inside a PDF."""
    if answer.data.startswith(b"%PDF"):
        return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.data))
    return shown(answer)


def _published_agenda(coming: Event) -> dict[str, list[str]]:
    """An agenda and a report over it, of which the promise at a session about its theme is part."""
    agenda = made.agenda(coming.network)
    row = made.theme_on(agenda)
    _promise().theme_id = row.theme_id
    agendas.publish_agenda(agenda)
    edition = frozen_reports.publish(frozen_reports.freeze(frozen_reports.report(agenda)))
    page = f"/agendas/{agenda.slug}/reports/{edition.report_id}"
    of_report = "/agendas/<slug>/reports/<int:report_id>"
    return {
        "/agendas/<slug>": [f"/agendas/{agenda.slug}"],
        of_report: [page],
        f"{of_report}/<int:number>.<any(pdf, docx, odt):ending>": [f"{page}/1.{kind}" for kind in DocumentKind],
        f"{of_report}/<int:number>.<any(xlsx, ods, csv):ending>": [f"{page}/1.{kind}" for kind in TableKind],
    }


def _handed_out(coming) -> int:
    """Slides that everybody may open."""
    there = materials.list_materials(coming) or [factories.material(coming, content=files.pdf())]
    return there[0].id


def _course(coming: Event) -> Course:
    """One in which the owner is enrolled."""
    known = db.session.scalar(sa.select(Course).where(Course.network_id == coming.network_id))
    if known is not None:
        return known
    edition = planned.published(coming.network)
    for person in db.session.scalars(sa.select(Person).where(Person.name == OWNER)).all():
        enrolments.enrol(factories.invitation(edition.meetings[0].event, person), {})
    return edition.course


def _on_offer(network) -> str:
    there = items.list_items(network) or [offered.item(network, content=files.pdf())]
    return there[0].slug


def _public_pages(coming: Event, report: Impression) -> dict[str, list[str]]:
    """Every public address by its route, filled in so that there is something to see."""
    network, held, course = coming.network.slug, report.event.slug, _course(coming).slug
    insight, item = report.insights[0].id, _on_offer(coming.network)
    attached = report.attachments[0].id if report.attachments else 1
    filled = {
        **_published_agenda(coming),
        "/calendars/<kind>/<key>.ics": ["/calendars/all/all.ics", f"/calendars/network/{network}.ics"],
        "/subscribe/<kind>/<key>": ["/subscribe/all/all", f"/subscribe/network/{network}"],
        "/check/<number>": [f"/check/{db.session.scalars(sa.select(Certificate.number)).one()}"],
        "/events/<slug>": [f"/events/{coming.slug}", f"/events/{held}"],
        "/events/<slug>.ics": [f"/events/{coming.slug}.ics", f"/events/{held}.ics"],
        "/events/<slug>/programme": [f"/events/{coming.slug}/programme", f"/events/{held}/programme"],
        "/events/<slug>/register": [f"/events/{coming.slug}/register"],
        "/impressions/<slug>": [f"/impressions/{report.slug}"],
        f"/impressions/<slug>.<any({', '.join(DocumentKind)}):kind>": [
            f"/impressions/{report.slug}.{kind}" for kind in DocumentKind
        ],
        "/impressions/<slug>/attachments/<int:attachment_id>": [f"/impressions/{report.slug}/attachments/{attached}"],
        "/events/<slug>/materials/<int:material_id>": [f"/events/{coming.slug}/materials/{_handed_out(coming)}"],
        "/pictures/<key>/<name>": [f"/pictures/{(coming.picture or factories.picture(coming)).key}/wide.avif"],
        "/help/<slug>": ["/help/publish-an-impression"],
        "/library": ["/library", "/library?q=lijst", f"/library?q={OWNER}", f"/library?q={SPEAKER}&network={network}"],
        "/library/<int:insight_id>": [f"/library/{insight}"],
        "/networks/<slug>": [f"/networks/{network}"],
        "/networks/<slug>/calendar.ics": [f"/networks/{network}/calendar.ics"],
        "/networks/<slug>/join": [f"/networks/{network}/join"],
        "/catalogue/<slug>": [f"/catalogue/{item}"],
        "/catalogue/<slug>/file": [f"/catalogue/{item}/file"],
        "/networks/<slug>/members": [f"/networks/{network}/members"],
        "/courses/<slug>": [f"/courses/{course}"],
        "/courses/<slug>/next": [f"/courses/{course}/next"],
        "/series/<slug>": [f"/series/{report.event.series.slug}"],
        "/themes/<slug>": [f"/themes/{theme.slug}" for theme in (*coming.themes, *report.themes)],
    }
    return {route: filled.get(route, [route]) for route in FOR[EVERYBODY]}


def _naming(client, coming: Event, report: Impression, name: str) -> list[str]:
    """The public addresses that tell a name, apart from a search that repeats what was typed."""
    pages = [page for each in _public_pages(coming, report).values() for page in each]
    return [
        page
        for page in pages
        if name in _read(client.get(page)).replace(page.partition("?q=")[2].partition("&")[0] or "\0", "")
    ]


def _own_pages(person) -> str:
    return correspondence.link_to_preferences(person).removeprefix("http://leerkring.test")


class TestOwners:
    def test_no_public_answer_names_who_did_not_agree(self, client, coming, report):
        pages = _public_pages(coming, report)
        assert [route for route, each in pages.items() if "<" in each[0]] == []
        assert _naming(client, coming, report, OWNER) == []
        assert "De lijst maken (een deelnemer, voor" in _read(client.get(f"/impressions/{report.slug}.docx"))

    def test_who_agrees_is_named_on_the_page_and_in_all_files_and_nowhere_after_taking_it_back(
        self, client, coming, report
    ):
        named = [f"/impressions/{report.slug}{ending}" for ending in ("", ".pdf", ".docx", ".odt")]
        own = commitment_letters.link_to_commitment(_promise()).removeprefix("http://leerkring.test")
        assert "Daarin staat nu ‘een deelnemer’" in client.get(own).text
        assert post(client, f"{own}/name", page=own, named="yes").location == "/me/data", (
            "the link may be a forwarded one"
        )
        assert _promise().named_at is None

        sign_in_person(client, _promise().person)
        assert post(client, f"{own}/name", page=own, named="yes").status_code == 303
        documents.make_wanted_documents()
        assert _naming(client, coming, report, OWNER) == named

        assert post(client, "/commitments/answered/name", page="/commitments/answered", named="no").status_code == 303
        assert _naming(client, coming, report, OWNER) == []
        assert client.get(f"/impressions/{report.slug}.pdf").status_code == 503
        documents.make_wanted_documents()
        assert client.get(f"/impressions/{report.slug}.pdf").status_code == 200
        assert _naming(client, coming, report, OWNER) == []

    def test_a_file_that_was_being_made_when_it_was_taken_back_is_not_kept(self, report, monkeypatch):
        """A worker that read the name before hands its file in after."""
        commitments.name_in_public(_promise(), agreed=True)
        db.session.commit()
        take_row = documents.take_row

        def take_back_first(*asked):
            commitments.name_in_public(_promise(), agreed=False)
            return take_row(*asked)

        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(documents, "take_row", take_back_first)
            documents.make_wanted_documents()
        first = sa.select(Document.content).where(Document.kind == DocumentKind.PDF)
        assert db.session.scalars(first).one() is None

    def test_it_is_asked_and_kept_on_ones_own_data(self, client, report):
        person = _promise().person
        sign_in_person(client, person)
        page = client.get("/me/data").text
        assert ("De lijst maken" in page, "er staat ‘een deelnemer’" in page) == (True, True)
        post(client, f"/me/data/commitments/{_promise().id}/name", page="/me/data", named="yes")
        assert _promise().named_at is not None
        assert "je naam mag erbij staan sinds" in client.get("/me/data").text

    def test_who_asks_that_data_is_not_used_stands_nowhere_by_name(self, client, report):
        commitments.name_in_public(_promise(), agreed=True)
        db.session.commit()
        assert OWNER in client.get(f"/impressions/{report.slug}").text
        sign_in_person(client, _promise().person)
        post(client, "/me/data/use", page="/me/data", use="no")
        assert OWNER not in client.get(f"/impressions/{report.slug}").text

    def test_another_persons_commitment_is_not_found(self, client, report):
        other = factories.person("Ander Mens", of=report.network)
        sign_in_person(client, other)
        answer = post(client, f"/me/data/commitments/{_promise().id}/name", page="/me/data", named="yes")
        assert (answer.status_code, _promise().named_at) == (404, None)

    def test_the_letter_asks_until_they_agreed(self, report):
        assert "Mag je naam erbij?" in text_of(mail_to(_promise().person, "commitment"))
        ben = factories.person("Ben Bos", of=report.network)
        factories.commitment(report.event, ben, named=True)
        told = " ".join(text_of(mail_to(ben, "commitment")).split())
        assert ("Mag je naam erbij?" in told, "Op dezelfde pagina haal je hem weg." in told) == (False, True)

    def test_a_new_owner_is_asked_anew(self, report):
        commitment = _promise()
        commitments.name_in_public(commitment, agreed=True)
        ben = factories.person("Ben Bos", of=report.network)
        commitments.change_commitment(commitment, "Anders", commitment.due_on, ben, None)
        assert commitment.named_at is None

    def test_the_form_that_makes_it_notes_who_agreed(self, client, report):
        sign_in(client, factories.account(report.network))
        page = f"/organise/events/{report.event.slug}/learned/commitments/new"
        values = {"person": _promise().person_id, "organisation": "", "due_on": "2099-01-01"}
        post(client, page, what="Met ja", named="y", **values)
        post(client, page, what="Zonder", **values)
        rows = db.session.scalars(sa.select(Commitment).where(Commitment.due_on > sa.func.current_date())).all()
        assert {each.what: each.named_at is not None for each in rows if each.due_on.year == 2099} == {
            "Met ja": True,
            "Zonder": False,
        }

    def test_organisers_go_on_reading_the_name_and_what_others_read(self, client, report):
        sign_in(client, factories.account(report.network))
        desk = client.get(f"/organise/events/{report.event.slug}/impression").text
        assert f"{OWNER}, Oss; openbaar staat er ‘een deelnemer’" in desk
        assert OWNER in client.get(f"/organise/events/{report.event.slug}/learned/commitments").text

    def test_who_is_erased_is_in_no_file_that_is_still_there(self, client, coming, report):
        commitments.name_in_public(_promise(), agreed=True)
        db.session.commit()
        documents.make_wanted_documents()
        people.erase_person(_promise().person)
        db.session.commit()
        assert _naming(client, coming, report, OWNER) == []


class TestSpeakers:
    def test_no_public_answer_names_who_did_not_agree(self, client, coming, report):
        assert _naming(client, coming, report, SPEAKER) == []
        assert "Provincie" in client.get(f"/events/{coming.slug}").text

    def test_who_is_invited_reads_the_name(self, client, coming):
        link = invitation_links.link_to_invitation(factories.invitation(coming))
        assert SPEAKER in client.get(link.removeprefix("http://leerkring.test")).text

    def test_without_a_place_of_work_they_are_still_to_come(self, client, coming):
        coming.slots[0].speakers = programme.read_speakers(SPEAKER)
        assert "spreker volgt" in client.get(f"/events/{coming.slug}").text

    def test_the_organiser_notes_each_of_them(self, client, coming):
        """Who is new has not agreed, whatever the others did."""
        sign_in(client, factories.account(coming.network))
        page = f"/organise/events/{coming.slug}/programme/{coming.slots[0].id}"
        values = {"title": "Opening", "start": "15:00", "end": ""}
        lines = f"{SPEAKER}, Provincie\nNieuw Iemand, Best"
        assert post(client, page, speakers=lines, agreed=SPEAKER, **values).status_code == 303
        assert self._agreed(coming) == {SPEAKER: True, "Nieuw Iemand": False}
        assert SPEAKER in client.get(f"/events/{coming.slug}").text
        post(client, page, speakers=f"{lines}\nDerde Mens", newly_agreed="y", **values)
        assert self._agreed(coming) == {SPEAKER: False, "Nieuw Iemand": False, "Derde Mens": True}

    def test_putting_a_part_back_keeps_who_agreed(self, client, coming):
        coming.slots[0].speakers[0].agreed = True
        db.session.commit()
        sign_in(client, factories.account(coming.network))
        page = f"/organise/events/{coming.slug}/programme"
        post(client, f"{page}/{coming.slots[0].id}/remove", page=page)
        post(client, "/organise/undo", page=page)
        assert self._agreed(coming) == {SPEAKER: True}

    @staticmethod
    def _agreed(event: Event) -> dict[str, bool]:
        db.session.expire_all()
        return {each.name: each.agreed for slot in event.slots for each in slot.speakers}


class TestPictures:
    @pytest.mark.parametrize(("said", "status"), [("nobody", 200), ("agreed", 200), ("unasked", 404)])
    def test_a_picture_of_people_is_public_once_they_agreed(self, app, client, report, said, status):
        self._add(app, report, said)
        row = report.attachments[0]
        assert client.get(f"/impressions/{report.slug}/attachments/{row.id}").status_code == status
        assert ("groep.jpg" in client.get(f"/impressions/{report.slug}").text) == (status == 200)

    def test_it_can_be_said_and_taken_back_later(self, app, client, report):
        writer = self._add(app, report, "unasked")
        row = report.attachments[0]
        edit = f"/organise/events/{report.event.slug}/impression/edit"
        for said, status in (("agreed", 200), ("unasked", 404)):
            post(
                writer,
                f"/organise/events/{report.event.slug}/impression/attachments/{row.id}/people",
                page=edit,
                people_shown=said,
            )
            assert client.get(f"/impressions/{report.slug}/attachments/{row.id}").status_code == status

    def test_it_is_asked(self, app, report):
        assert self._add(app, report, "").status_code == 422

    @staticmethod
    def _add(app, report: Impression, said: str):
        writer = app.test_client()
        sign_in(writer, factories.account(report.network))
        event = f"/organise/events/{report.event.slug}/impression"
        values = {"file": (io.BytesIO(files.photo()), "groep.jpg"), "people_shown": said, "note": "Foto erbij."}
        answer = post(writer, f"{event}/attachments", page=f"{event}/edit", **values)
        db.session.expire_all()
        return answer if said not in list(PeopleShown) else writer
