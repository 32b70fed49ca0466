"""What was learned: catching lessons, insights, commitments, evaluation, impressions and the knowledge library."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.lessons import models  # noqa: F401
