"""Static files while a new version takes their place: what is asked for by an old name is as it was, or is not there."""

import pytest
from flask import Flask

from app.web import assets

OLD = "leerkring.0123456789.css"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    (tmp_path / OLD).write_text("body { color: black }" * 20)
    (tmp_path / f"{OLD}.gz").write_bytes(b"packed")
    return tmp_path


@pytest.fixture
def server(folder):
    """A server that began with these files."""
    app = Flask("some", static_folder=None)
    assets.bind(app, {"X-Content-Type-Options": "nosniff"})
    return app.test_client()


def _ask(server, name: str = OLD, **headers: str) -> tuple[int, str, int]:
    with server.get(f"/static/{name}", headers=headers) as answer:
        return answer.status_code, answer.headers["Cache-Control"], len(answer.data)


def test_a_file_as_it_was_is_kept_for_good(server):
    status, kept, size = _ask(server)
    assert (status, "immutable" in kept, size) == (200, True, 420)


@pytest.mark.parametrize("asked", [{}, {"Accept-Encoding": "gzip"}, {"Range": "bytes=0-3"}])
def test_a_file_that_a_new_version_took_away_is_not_there_and_no_cache_remembers_that(server, folder, asked):
    for file in folder.iterdir():
        file.unlink()
    (folder / "leerkring.abcdef0123.css").write_text("body { color: navy }")
    assert _ask(server, **asked) == (404, "no-store", 0)


@pytest.mark.parametrize("asked", [{}, {"Accept-Encoding": "gzip"}])
def test_a_file_that_is_written_at_that_moment_is_not_given_by_half(server, folder, asked):
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes()[:3])
    assert _ask(server, **asked) == (404, "no-store", 0)


def test_a_server_of_the_new_version_knows_no_old_name(server):
    assert _ask(server, "leerkring.ffffffffff.css") == (404, "no-store", 0)


def test_the_site_itself_answers_so(client):
    answer = client.get("/static/leerkring.ffffffffff.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
