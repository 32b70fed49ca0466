"""What the tests went through, per part of the program."""

import os
import subprocess
import sys

import pytest

from app.settings import ROOT
from tests import noting
from tests.floors import passed_in, percentage


def _file(lines: list[int], branches: list[list[int]]) -> dict:
    return {"missing_lines": lines, "missing_branches": branches}


FILES = {
    "app/inbox/itip.py": _file([1, 2], [[1, 2], [1, 0]]),
    "app/inboxes.py": _file([1, 2, 3], [[2, 3]]),
    "app/qr.py": _file([], []),
}


@pytest.mark.parametrize(("part", "reached"), [("app/inbox", 50), ("app", 75)])
def test_a_part_counts_its_own_files_lines_and_branches_alike(part, reached):
    passed = {"app/inbox/itip.py": {1, (1, 2)}, "app/inboxes.py": {1, 2, 3, (2, 3)}}
    assert percentage(part, FILES, passed) == reached


def test_what_one_process_passed_counts_beside_what_another_did_and_what_is_no_step_does_not(tmp_path):
    (tmp_path / "1.json").write_text('{"app/inbox/itip.py": [[1, 9], [[1, 2]]]}')
    (tmp_path / "2.json").write_text('{"app/inbox/itip.py": [[2], [[1, 2]]]}')
    assert percentage("app/inbox", FILES, passed_in(tmp_path)) == 75


def test_a_process_notes_what_it_went_through_from_its_first_line_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv(noting.WHERE, str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    noting.note_in_children()
    subprocess.run([sys.executable, "-c", "from app import clock; clock.stamp_after(None)"], cwd=ROOT, check=True)
    lines = (ROOT / "app" / "clock.py").read_text().splitlines()
    passed = passed_in(tmp_path)["app/clock.py"]
    assert lines.index('AMSTERDAM = "Europe/Amsterdam"') + 1 in passed
    assert lines.index("    return datetime.now(UTC)") + 1 in passed
    assert lines.index("    return to_local(now(), zone).date()") + 1 not in passed
