"""What the papers on security name is there."""

import re

import pytest

from app.settings import ROOT
from tests.audit import find_vulnerable


@pytest.mark.parametrize("paper", ["docs/security.md", "docs/threat-model.md"])
def test_every_place_that_a_paper_names_exists(paper):
    named = set(re.findall(r"`([\w./-]+)`", (ROOT / paper).read_text()))
    places = {each for each in named if "/" in each or "." in each}
    assert places
    assert [each for each in sorted(places) if not (ROOT / each).exists()] == []


def test_each_requirement_stands_on_one_line():
    numbers = re.findall(r"^- (\d+\.\d+\.\d+) ", (ROOT / "docs" / "security.md").read_text(), re.MULTILINE)
    assert len(numbers) == len(set(numbers))
    assert {number.split(".")[0] for number in numbers} == {str(chapter) for chapter in range(1, 18)}


def test_an_audit_names_what_is_vulnerable_and_does_not_pass_what_it_did_not_look_at():
    assert find_vulnerable({"dependencies": [{"name": "a", "vulns": [{"id": "X"}]}, {"name": "b", "vulns": []}]}) == [
        "a"
    ]
    assert find_vulnerable({"vulnerabilities": {"c": {}}}) == ["c"]
    for none in ({"dependencies": [{"name": "a", "skip_reason": "not found"}]}, {"message": "405"}):
        with pytest.raises(KeyError):
            find_vulnerable(none)
