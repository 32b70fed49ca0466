"""Answers to kept days come in by a real IMAP server."""

from tests.inbox.conftest import imap_server, mailbox

__all__ = ["imap_server", "mailbox"]
