"""Static files from the build, under names that change with their content, so that browsers keep them for good."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response
from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile

FOLDER = Path(__file__).parent / "static"
_PREFIX = "static/"
_IMMUTABLE = re.compile(r"\.[0-9a-f]{10}\.")


@cache
def _manifest() -> dict[str, str]:
    path = FOLDER / "manifest.json"
    if not path.exists():
        raise RuntimeError("the styles are not built: run 'make install'")
    files: dict[str, str] = json.loads(path.read_text())
    return files


def asset_url(name: str) -> str:
    """Where a browser gets a built file: 'leerkring.css' → '/static/leerkring.0a1b2c3d4e.css'."""
    return f"/{_PREFIX}{_manifest()[name]}"


def read_asset(name: str) -> bytes:
    """What stands in a built file, for a page that serves it under an address of its own."""
    return (FOLDER / _manifest()[name]).read_bytes()


def _is_as_it_was(file: StaticFile | None, environ: WSGIEnvironment) -> bool:
    """Whether what would be sent still has the length that is promised with it."""
    if file is None:
        return False
    path, headers = file.get_path_and_headers(environ)
    try:
        return os.stat(path).st_size == int(dict(headers)["Content-Length"])
    except FileNotFoundError:
        return False


def bind(app: Flask, standard: dict[str, str]) -> None:
    """Serve them with these headers: a file as it was when this process began, whole, or nothing.

    A new version takes files away under pages that are open, and from a server that still runs; what is asked for by its
    old name is not there, and no cache remembers that.
    """

    def add_headers(headers: Headers, path: str, url: str) -> None:
        """These files are answered before Flask, whose headers do not reach them."""
        for name, value in standard.items():
            headers[name] = value

    files = WhiteNoise(
        app.wsgi_app,
        root=str(FOLDER),
        prefix=_PREFIX,
        immutable_file_test=lambda path, url: bool(_IMMUTABLE.search(url)),
        add_headers_function=add_headers,
    )
    gone = Response(status=404, headers=standard | {"Cache-Control": "no-store"}, mimetype="text/plain")

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        path = environ.get("PATH_INFO", "")
        if path.startswith(f"/{_PREFIX}") and not _is_as_it_was(files.files.get(path), environ):
            return gone(environ, start_response)
        return files(environ, start_response)

    app.wsgi_app = answer  # type: ignore[method-assign]  # as Flask says to put something around itself
    app.jinja_env.globals["asset"] = asset_url
