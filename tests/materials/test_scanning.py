"""The virus scanner: asked in the background, by a protocol of its own; what it did not read is never called clean."""

import socket
import struct
import threading
from contextlib import suppress

import pytest
import sqlalchemy as sa

from app.catalogue import items
from app.catalogue.items import ItemDetails
from app.catalogue.models import CatalogueItem, ItemKind
from app.database import db
from app.jobs import JobsFailed, do_jobs
from app.materials import materials, scanning
from app.materials.material_files import CleanFile
from app.materials.models import ForWhom, Material, Scan
from app.outbox.models import Message
from tests import factories
from tests.catalogue import made
from tests.helpers import mails, parsed, sign_in, text_of


class Clamd:
    """A scanner that answers as clamd does: to PING, and to INSTREAM by what it gets."""

    def __init__(self, most: int = 2**30):
        self.most, self.got, self.meanwhile = most, [], lambda: None
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"clamd://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as sent:
                asked = b""
                while not asked.endswith(b"\0"):
                    asked += sent.read(1)
                connection.sendall((self._scan(sent) if asked == b"zINSTREAM\0" else b"PONG") + b"\0")

    def _scan(self, sent) -> bytes:
        content = b""
        while length := struct.unpack(">I", sent.read(4))[0]:
            content += sent.read(length)
            if len(content) > self.most:
                return b"INSTREAM size limit exceeded. ERROR"
        self.got.append(content)
        self.meanwhile()
        for word, said in ((b"EICAR", b"Eicar-Test-Signature"), (b"GROOT", b"Heuristics.Limits.Exceeded.MaxFileSize")):
            if word in content:
                return b"stream: " + said + b" FOUND"
        return b"stream: kapot ERROR" if b"KAPOT" in content else b"stream: OK"

    def close(self):
        with suppress(OSError):  # a second time
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def clamd(app, monkeypatch):
    clamd = Clamd()
    monkeypatch.setitem(app.config, "SCANNER", clamd.address)
    yield clamd
    clamd.close()


@pytest.fixture
def event(app):
    return factories.event()


def scans() -> dict[str, Scan]:
    db.session.expire_all()
    return {each.title: each.scan for each in db.session.scalars(sa.select(Material).order_by(Material.id))}


def page_for(client, event) -> str:
    sign_in(client, factories.account(event.network))
    return client.get(f"/organise/events/{event.slug}/materials").text


def test_each_file_gets_what_the_scanner_says(event, clamd):
    for title in ("Gewoon", "EICAR", "GROOT"):
        factories.material(event, title)
    db.session.commit()
    assert do_jobs(["scans"]) == {"scans": 3}
    assert scans() == {"Gewoon": Scan.CLEAN, "EICAR": Scan.INFECTED, "GROOT": Scan.TOO_LARGE}
    assert clamd.got[0] == b"%PDF-1.7 Gewoon"
    assert do_jobs(["scans"]) == {}


def test_what_it_makes_nothing_of_stays_unscanned_and_holds_nothing_up(event, clamd):
    for title in ("KAPOT", "Gewoon"):
        factories.material(event, title)
    db.session.commit()
    assert do_jobs(["scans"]) == {"scans": 1}
    assert scans() == {"KAPOT": Scan.NOT_SCANNED, "Gewoon": Scan.CLEAN}


def test_a_scanner_that_is_away_fails_the_job_and_no_file(event, clamd):
    factories.material(event, "Gewoon")
    db.session.commit()
    clamd.close()
    with pytest.raises(JobsFailed, match="scans"):
        do_jobs(["scans"])
    assert scans() == {"Gewoon": Scan.NOT_SCANNED}


def test_a_file_that_was_replaced_is_scanned_anew(event, clamd):
    row = factories.material(event, "Gewoon")
    db.session.commit()
    do_jobs(["scans"])
    materials.replace_file(row, materials.CleanFile("nieuw.pdf", b"%PDF-1.7 EICAR"))
    db.session.commit()
    assert scans() == {"Gewoon": Scan.NOT_SCANNED}
    do_jobs(["scans"])
    assert scans() == {"Gewoon": Scan.INFECTED}


def test_beyond_what_it_reads_nothing_is_called_clean(clamd):
    clamd.most = 100_000
    assert scanning.ask_scanner(clamd.address, b"x" * 500_000) == Scan.TOO_LARGE
    assert scanning.ask_scanner(clamd.address, b"x" * (scanning.LARGEST_SCANNED + 1)) == Scan.TOO_LARGE
    assert clamd.got == []


def test_an_infected_file_is_given_to_nobody_and_its_organiser_hears_of_it(client, event, clamd):
    row = factories.material(event, "EICAR", ForWhom.EVERYBODY)
    db.session.commit()
    assert client.get(f"/events/{event.slug}/materials/{row.id}").status_code == 200
    do_jobs(["scans"])
    assert client.get(f"/events/{event.slug}/materials/{row.id}").status_code == 404
    assert "virus gevonden" in page_for(client, event)
    assert client.get(f"/organise/events/{event.slug}/materials/{row.id}/file").status_code == 404
    assert f"In een bestand bij ‘{event.title}’ zit een virus." in client.get("/organise").text


def test_a_file_on_offer_is_scanned_by_the_same_rule_and_its_organisers_hear_of_a_virus(event, clamd):
    gids = made.item(event.network, "Gids", content=b"%PDF-1.7 EICAR")
    db.session.commit()
    assert do_jobs(["item_scans"]) == {"item_scans": 1}
    assert (gids.scan, gids.hidden) == (Scan.INFECTED, True)
    (message,) = mails(Message.kind == "material_infected")
    text = text_of(parsed(message.body))
    assert (message.recipient, "Gids" in text, "spreker" in text) == (event.network.contact_address, True, False)
    made.item(event.network, "Nieuwe gids", content=b"%PDF-1.7")
    db.session.commit()
    clamd.close()
    with pytest.raises(JobsFailed, match="item_scans"):
        do_jobs(["item_scans"])


def test_a_file_on_offer_that_is_replaced_while_it_is_scanned_waits_again(app, event, clamd):
    """Also by one of the same name and size."""
    gids = made.item(event.network, "Gids", content=b"%PDF-1.7 schoon")
    db.session.commit()
    number = gids.id

    def replace() -> None:
        with app.app_context():
            same = ItemDetails(kind=ItemKind.GUIDE, title="Gids", summary="Over data.", address="")
            another = CleanFile("data.pdf", b"%PDF-1.7 EICAR!")
            items.change_item(db.session.get_one(CatalogueItem, number), same, another)
            db.session.commit()

    clamd.meanwhile = replace
    assert do_jobs(["item_scans"]) == {}
    db.session.expire_all()
    assert gids.scan == Scan.NOT_SCANNED


def test_with_a_scanner_the_page_says_what_was_not_scanned(client, event, clamd):
    factories.material(event)
    assert "nog niet op virussen onderzocht" in page_for(client, event)


def test_without_a_scanner_no_page_speaks_of_viruses(client, event):
    factories.material(event)
    db.session.commit()
    assert do_jobs(["scans"]) == {}
    assert "virus" not in page_for(client, event)
