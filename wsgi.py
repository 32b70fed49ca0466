"""The application as WSGI servers and the flask command know it, and `server` as ours does."""

import gc
import sys

import click
from flask.cli import FlaskGroup

from app import create_app, garbage
from app.settings import SettingError

# What loads now stays. Searching it for garbage while it grows would take a sixth of the start, and time at every search later.
gc.disable()
asked_by = click.get_current_context(silent=True)
# Who looks for one of our commands needs no pages; Flask's own, such as run and routes, ask for the application themselves.
served = asked_by is None or not isinstance(asked_by.command, FlaskGroup)
try:
    app = create_app(pages=served)
except SettingError as wrong:
    click.echo(f"leerkring: {wrong}", err=True)
    sys.exit(1)
if served:
    from app.web.waiting_room import WaitingRoom

    server = WaitingRoom(app, app.config["MATERIAL_MB"])
garbage.settle()
gc.enable()
