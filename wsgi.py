"""The application as WSGI servers and the flask command know it."""

from app import create_app

app = create_app()
