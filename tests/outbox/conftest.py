"""A mail server that tests command."""

import pytest

from tests.outbox.sink import Sink, listening, mail_server


@pytest.fixture
def sink(app):
    """The application with a mail server that the test commands."""
    sink = Sink()
    with listening(sink) as port, mail_server(app, port):
        yield sink
