"""Hearing at once that mail came (IDLE), and signing in with a token (XOAUTH2), at a real server."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from app.database import db
from app.inbox import imap_mailbox, mailbox_reading, oauth
from tests.inbox import dovecot, letters


class TestListening:
    def test_says_at_once_that_something_came(self, mailbox):
        arrivals = mailbox_reading.listen_for_arrivals(threading.Event())
        next(arrivals)
        mailbox.deliver(letters.human())
        next(arrivals)
        arrivals.close()

    def test_mail_that_came_just_before_is_told_too(self, mailbox):
        with imap_mailbox.open_mailbox() as box:
            mailbox.deliver(letters.human())
            assert box.wait(1)

    def test_ends_when_told_to_stop(self, mailbox):
        stopped = threading.Event()
        arrivals = mailbox_reading.listen_for_arrivals(stopped)
        next(arrivals)
        stopped.set()
        assert list(arrivals) == []

    def test_without_a_mailbox_there_is_nothing_to_hear(self, app):
        assert list(mailbox_reading.listen_for_arrivals(threading.Event())) == []

    def test_a_server_that_is_away_is_tried_again_later(self, app, monkeypatch):
        monkeypatch.setitem(app.config, "INBOX_URL", "imap://wie:wat@127.0.0.1:1/INBOX")
        assert list(mailbox_reading.listen_for_arrivals(threading.Event())) == []

    def test_two_readers_of_one_worker_do_not_read_at_the_same_time(self, mailbox):
        mailbox.deliver(letters.human())
        db.session.commit()
        with mailbox_reading._one_thread:
            assert mailbox_reading.read_mailbox() == {}
        assert sum(mailbox_reading.read_mailbox().values()) == 1


class Tokens:
    """A token server and the introspection that the mail server asks, for the tokens that it gave."""

    def __init__(self):
        self.asked: list[dict] = []
        self.given: list[str] = []
        self.seconds = 3600
        self.refuse = False
        tokens = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                tokens.asked.append({name: values[0] for name, values in form.items()})
                if tokens.refuse:
                    return self._say(401, {"error": "invalid_client"})
                tokens.given.append(f"token{len(tokens.given)}")
                return self._say(200, {"access_token": tokens.given[-1], "expires_in": tokens.seconds})

            def do_GET(self):
                token = self.path.rpartition("=")[2]
                self._say(
                    200 if token in tokens.given else 401, {"username": dovecot.USER, "active": token in tokens.given}
                )

            def _say(self, status, content):
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def _server():
    tokens = Tokens()
    with dovecot.running(token_port=tokens.port) as server:
        yield tokens, server
    tokens.server.shutdown()
    tokens.server.server_close()


@pytest.fixture
def exchange(app, monkeypatch, _server):
    """A mailbox that lets nobody in without a token."""
    tokens, server = _server
    tokens.asked.clear()
    tokens.refuse, tokens.seconds = False, 3600
    oauth.forget_access_token()
    settings = {
        "INBOX_URL": f"imap://{dovecot.USER}@127.0.0.1:{server.port}/INBOX",
        "INBOX_TOKEN_URL": f"http://127.0.0.1:{tokens.port}/token",
        "INBOX_CLIENT_ID": "leerkring",
        "INBOX_CLIENT_SECRET": "geheim",
    }
    for name, value in settings.items():
        monkeypatch.setitem(app.config, name, value)
    yield tokens
    oauth.forget_access_token()


class TestToken:
    def test_signs_in_with_a_token_that_is_kept_as_long_as_it_holds(self, exchange):
        for _ in range(2):
            with imap_mailbox.open_mailbox() as mailbox:
                assert mailbox.folder == "INBOX"
        assert exchange.asked == [
            {
                "grant_type": "client_credentials",
                "client_id": "leerkring",
                "client_secret": "geheim",
                "scope": "https://outlook.office365.com/.default",
            }
        ]

    def test_a_token_that_ends_is_asked_anew(self, exchange):
        exchange.seconds = oauth.EARLY
        for _ in range(2):
            with imap_mailbox.open_mailbox():
                pass
        assert len(exchange.asked) == 2

    def test_a_token_that_the_mail_server_refuses_is_asked_anew(self, exchange):
        with imap_mailbox.open_mailbox():
            pass
        exchange.given.clear()
        with pytest.raises(imap_mailbox.TROUBLE), imap_mailbox.open_mailbox():
            pass
        with imap_mailbox.open_mailbox():
            pass

    def test_a_token_server_that_refuses_is_trouble_with_a_reason_and_no_secret(self, exchange):
        exchange.refuse = True
        mailbox_reading.read_mailbox()
        trouble = mailbox_reading.mailbox_status().trouble
        assert ("invalid_client" in trouble, "geheim" in trouble) == (True, False)
