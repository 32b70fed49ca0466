"""What all pages share: layout helpers, languages, security headers, error pages, static files."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.web import access_notes, assets, compressing, doors, errors, mangled_links, row_numbers, security, views

    assets.bind(app, security.standard_headers(app))
    compressing.bind(app)
    security.bind(app)
    row_numbers.bind(app)
    errors.bind(app)
    mangled_links.bind(app)
    access_notes.bind(app)
    doors.hang(app, views)
