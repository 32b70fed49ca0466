"""What the papers on security name is there."""

import re

import pytest

from app.settings import ROOT


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
