"""What is on offer without a date, as organisers keep it, and the weekly look whether its links still lead somewhere."""

import io
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app import clock
from app.catalogue import items, link_checking
from app.catalogue.items import ItemDetails, LinkOrFile
from app.catalogue.models import CatalogueItem, ItemKind, LinkState
from app.courses import courses, interests
from app.courses.courses import CourseDetails
from app.database import db
from tests import factories
from tests.catalogue import made
from tests.helpers import hidden, post, sign_in
from tests.uploads import files

SAID = {
    "kind": "guide",
    "title": "Handreiking data",
    "summary": "Vijf vragen.",
    "address": "https://www.example.nl/data",
}


@pytest.fixture
def network(app):
    return factories.network(slug="academie", name="Brabant Academie")


@pytest.fixture
def organiser(client, network):
    sign_in(client, factories.account(network))
    return client


PAGE = "/organise/networks/academie/catalogue"


def test_an_organiser_puts_a_link_on_offer_and_takes_it_away_again(organiser, network):
    today = clock.today().isoformat()
    assert post(organiser, f"{PAGE}/new", **SAID, checked_on=today).status_code == 303
    (item,) = items.list_items(network)
    assert '<h1 class="utrecht-heading-1">Handreiking data</h1>' in organiser.get(f"{PAGE}/{item.id}").text
    public = f"/catalogue/{item.slug}"
    assert 'href="https://www.example.nl/data"' in organiser.get(public).text
    assert organiser.get(f"{public}/file").location == "https://www.example.nl/data"
    post(organiser, f"{PAGE}/{item.id}/published", page=PAGE, published="no")
    assert organiser.get(public).status_code == 404
    assert "bezoekers zien het niet" in organiser.get(PAGE).text
    post(organiser, f"{PAGE}/{item.id}/published", page=PAGE, published="yes")
    post(organiser, f"{PAGE}/{item.id}/remove", page=PAGE)
    assert (organiser.get(public).status_code, items.list_items(network)) == (404, [])
    post(organiser, "/organise/undo", page=PAGE)
    assert organiser.get(public).status_code == 200


def send(client, content: bytes, name: str, **values):
    values = {**hidden(client, f"{PAGE}/new"), **SAID, "address": "", "checked_on": clock.today().isoformat(), **values}
    values["file"] = FileStorage(io.BytesIO(content), name)
    boundary, body = encode_multipart(values)
    return client.post(f"{PAGE}/new", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def test_a_file_is_cleaned_kept_and_given_out(organiser, network):
    sent = files.pdf()
    assert send(organiser, sent, "stuk van sanne.pdf").status_code == 303
    (item,) = items.list_items(network)
    given = organiser.get(f"/catalogue/{item.slug}/file")
    assert given.data.startswith(b"%PDF")
    assert files.telling(sent)
    assert files.telling(given.data) == set()
    assert given.headers["Content-Disposition"].startswith('attachment; filename="stuk van sanne.pdf"')


@pytest.mark.parametrize(
    ("values", "content", "said"),
    [
        ({}, b"MZ\x90 geen pdf", "De inhoud past niet bij de naam van het bestand."),
        ({"address": "https://www.example.nl"}, None, "Kies één van de twee: een webadres of een bestand."),
        ({"checked_on": (clock.today() + timedelta(days=1)).isoformat()}, None, "Die dag moet nog komen."),
        ({"address": "https://[www.example.nl"}, None, "Dit is geen webadres. Begin met https://."),
        ({"address": "http://www.example.nl"}, None, "Dit is geen webadres. Begin met https://."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(organiser, network, values, content, said):
    answer = send(organiser, content or files.pdf(), "stuk.pdf", **values)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Handreiking data" in answer.text
    assert items.list_items(network) == []


def test_an_item_is_a_link_or_a_file(network):
    with pytest.raises(LinkOrFile):
        items.add_item(network, ItemDetails(ItemKind.GUIDE, "Niets", "Niets."))
    item = made.item(network, content=b"%PDF-1")
    items.change_item(item, ItemDetails(ItemKind.GUIDE, "Nu een link", "Kort.", address="https://www.example.nl"))
    assert (item.size, items.read_content(item)) == (None, None)


def test_organisers_read_how_many_wait_and_few_are_some(organiser, network):
    few = courses.create_course(network, CourseDetails("Weinig", offered=True))
    many = courses.create_course(network, CourseDetails("Veel", offered=True))
    for number in range(6):
        interests.press(many, factories.person(name=f"Mens {number}", of=network))
    interests.press(few, factories.person(of=network))
    db.session.commit()
    answer = post(organiser, f"/organise/networks/academie/courses/{many.id}/audience", page=PAGE)
    assert "Wacht op Veel" in organiser.get(answer.location).text
    page = organiser.get(PAGE).text.partition("Hier wachten mensen op")[2]
    assert page.index("6 mensen") < page.index("enkele mensen")


def test_what_nobody_checked_for_a_year_is_marked(organiser, network):
    made.item(network, checked_on=clock.today() - timedelta(days=366))
    db.session.commit()
    assert "langer dan een jaar niet nagekeken" in organiser.get(PAGE).text


@contextmanager
def web(answers: dict[str, int]):
    """A web server that answers each path with a status, to HEAD as to GET but for those that refuse HEAD."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer(answers[self.path])

        def do_HEAD(self):
            self._answer(405 if self.path == "/no-head" else answers[self.path])

        def _answer(self, status):
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://10.0.0.1/inside")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_only_what_is_gone_twice_is_dead_and_visitors_do_not_see_it(app, client, network, monkeypatch):
    monkeypatch.setitem(app.config, "CALENDARS_ON_THIS_MACHINE", True)
    answers = {"/fine": 200, "/gone": 404, "/refuses": 403, "/no-head": 200, "/leads-inside": 302}
    with web(answers) as site:
        found = {}
        for path in answers:
            found[path] = made.item(network, path.strip("/"))
            found[path].address = f"{site}{path}"
        db.session.commit()
        assert link_checking.check_links() == len(answers)
        states = {path: item.link_state for path, item in found.items()}
        assert states == {
            "/fine": LinkState.WORKS,
            "/gone": LinkState.MISSING,
            "/refuses": LinkState.UNSURE,
            "/no-head": LinkState.WORKS,
            "/leads-inside": LinkState.UNSURE,
        }
        assert link_checking.check_links() == 0
        assert client.get(f"/catalogue/{found['/gone'].slug}").status_code == 200
        db.session.commit()
        with time_machine.travel(clock.now() + timedelta(days=1, minutes=1)):
            assert link_checking.check_links() == 1
            assert found["/gone"].link_state == LinkState.DEAD
            assert client.get(f"/catalogue/{found['/gone'].slug}").status_code == 404
        answers["/gone"] = 200
        db.session.commit()
        with time_machine.travel(clock.now() + timedelta(days=9)):
            assert link_checking.check_links() == len(answers)
    assert db.session.get(CatalogueItem, found["/gone"].id).link_state == LinkState.WORKS
