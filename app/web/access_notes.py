"""What every answer tells the log of access: who was refused, who read people, what left the site as a file.

A page says at its route what it `shows=`. One that hands out a table or data without having said so fails here, so a
new export cannot pass the log by.
"""

from http.client import TOO_MANY_REQUESTS

from flask import Flask, Response, current_app, g, request

from app import rate_counts
from app.accounts import access_log
from app.database import give_up_transaction
from app.web import doors

_DATA = ("spreadsheet", "excel", "csv", "json", "vcard", "/xml", "+xml", "tab-separated")
"""What stands in the types of files that others read as data."""


def bind(app: Flask) -> None:
    app.after_request(_note_answer)


def _note_answer(response: Response) -> Response:
    page, account = doors.page_of(request.endpoint), g.get("account")
    if page is not None and response.status_code == 200:
        if page.shows is None and is_data_file(response):
            raise TypeError(f"{request.endpoint} hands out {response.mimetype}: say what it shows=")
        if page.shows is not None:
            access_log.remember_page(page.shows, g.get("place"), account)
    asking = account or g.get("api_account")
    if response.status_code == 403 and asking is not None:
        access_log.remember_refusal(asking, request.endpoint or "")
    access_log.write_remembered()
    if response.status_code == TOO_MANY_REQUESTS:
        _note_too_often(request.endpoint or "")
    return response


def _note_too_often(page: str) -> None:
    """In the log and the metrics, by the page alone: nobody's address."""
    current_app.logger.warning("refused at %s: asked too often", page)
    give_up_transaction()
    rate_counts.note_refusal(page)


def is_data_file(response: Response) -> bool:
    """Whether an answer is a file of data to keep, rather than a page, a document or a part of one."""
    kept = response.headers.get("Content-Disposition", "").startswith("attachment")
    return kept and any(kind in str(response.mimetype) for kind in _DATA)
