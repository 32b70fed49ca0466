"""Each part of the bench gets through: a part that nobody ran since the program changed says so here, not on the quiet day."""

import subprocess
import sys

import pytest

from app.settings import ROOT
from bench.figures import PARTS
from tests.databases import KINDS

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [*PARTS, "growth"])
def test_a_part_of_the_bench_gets_through(part, kind):
    command = [sys.executable, "-m", "bench", "--short", "--part", part, "--database", kind]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
