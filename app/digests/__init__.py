"""One calm mail that bundles what a person should know: what belongs in it, who gets it when."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.digests import models  # noqa: F401
