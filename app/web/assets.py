"""Static files from the build, under names that change with their content, so that browsers keep them for good."""

import json
import re
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

FOLDER = Path(__file__).parent / "static"
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
    return f"/static/{_manifest()[name]}"


def read_asset(name: str) -> bytes:
    """What stands in a built file, for a page that serves it under an address of its own."""
    return (FOLDER / _manifest()[name]).read_bytes()


def bind(app: Flask, standard: dict[str, str]) -> None:
    """Serve them with these headers."""

    def add_headers(headers: Headers, path: str, url: str) -> None:
        """These files are answered before Flask, whose headers do not reach them."""
        for name, value in standard.items():
            headers[name] = value

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # as Flask says to put something around itself
        app.wsgi_app,
        root=str(FOLDER),
        prefix="static/",
        immutable_file_test=lambda path, url: bool(_IMMUTABLE.search(url)),
        add_headers_function=add_headers,
    )
    app.jinja_env.globals["asset"] = asset_url
