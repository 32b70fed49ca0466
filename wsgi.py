"""The application as WSGI servers and the flask command know it."""

import gc

import click
from flask.cli import FlaskGroup

from app import create_app

# What loads now stays. Searching it for garbage while it grows would take a sixth of the start, and time at every search later.
gc.disable()
asked_by = click.get_current_context(silent=True)
# Who looks for one of our commands needs no pages; Flask's own, such as run and routes, ask for the application themselves.
app = create_app(pages=asked_by is None or not isinstance(asked_by.command, FlaskGroup))
gc.freeze()
gc.enable()
