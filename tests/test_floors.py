"""What the tests went through, per part of the program."""

import pytest

from tests.floors import percentage


def _file(lines: int, of: int, branches: int, among: int) -> dict:
    return {
        "summary": {"covered_lines": lines, "num_statements": of, "covered_branches": branches, "num_branches": among}
    }


@pytest.mark.parametrize(("part", "reached"), [("app/inbox", 50), ("app", 75)])
def test_a_part_counts_its_own_files_lines_and_branches_alike(part, reached):
    files = {
        "app/inbox/itip.py": _file(6, 10, 4, 10),
        "app/inboxes.py": _file(12, 12, 8, 8),
        "app/qr.py": _file(0, 0, 0, 0),
    }
    assert percentage(part, files) == reached
