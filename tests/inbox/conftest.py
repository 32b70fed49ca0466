"""A real IMAP server with the mailbox that the application reads."""

import pytest

from tests.inbox import dovecot


@pytest.fixture(scope="session")
def imap_server():
    with dovecot.running() as server:
        yield server


@pytest.fixture
def mailbox(app, imap_server):
    """The mailbox, empty, of an application that reads it."""
    app.config["INBOX_URL"] = imap_server.url
    imap_server.empty()
    yield imap_server
    app.config["INBOX_URL"] = None
