"""Notes which lines and branches of the program the tests go through, when `NOTED` says where to keep that.

The notes are taken by marks in the compiled code that go once they were passed, so that they cost a test some hundredths;
what traces every step doubles what it costs on Python 3.11. The processes of a run note from their first line, and so
does work with a budget that they begin: Python itself begins `at_start/sitecustomize.py`, which is on their path.
"""

import atexit
import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
WHERE = "NOTED"
"""The folder to keep notes in, in the environment of who takes them."""
AT_START = Path(__file__).parent / "at_start"
_begun: list[Any] = []


def note_in_children() -> None:
    """Let the processes that this one begins take notes, itself not."""
    path = [str(AT_START), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, path))


def begin() -> None:
    """Take notes from now on, and keep them when the process ends."""
    from slipcover import Slipcover
    from slipcover.importer import FileMatcher, ImportManager

    _begun.append(Slipcover(branch=True, exclude_lines=[]))
    ImportManager(_begun[0], FileMatcher([str(ROOT / "app")])).__enter__()
    atexit.register(keep)


def keep() -> None:
    """Write down what this process passed until now, if it takes notes."""
    for notes in _begun:
        files = notes.get_coverage()["files"]
        passed = {name: [file["executed_lines"], file["executed_branches"]] for name, file in files.items()}
        Path(ROOT, os.environ[WHERE], f"{os.getpid()}.json").write_text(json.dumps(passed))


def without_notes() -> dict[str, str]:
    """The environment for a process that is about something else."""
    return {name: value for name, value in os.environ.items() if name != WHERE}
