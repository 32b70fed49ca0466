"""What comes back by mail: read from the mailbox, sorted by shape, acted on, filed."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.inbox import models  # noqa: F401
