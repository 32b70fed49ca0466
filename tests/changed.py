"""Which tests say most about what was changed, for `make check`: quick, on one database and without a browser.

Changed is what differs from where this branch left the main one, and what is not committed. `make test` remains the
judge: only that knows what a change does to other domains, to PostgreSQL and in a browser.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAIN = ("@{upstream}", "origin/HEAD", "main", "master")
"""Where a branch may have come from; the first that exists counts."""
LONG = {"browser", "promises"}
"""Folders whose tests take minutes."""


def changed_files(root: Path = ROOT) -> list[str]:
    """Paths from the root of the repository: changed since the main branch, in the working tree, and new."""
    base = next((base for name in MAIN if (base := _git(root, "merge-base", name, "HEAD"))), ["HEAD"])[0]
    return sorted({*_git(root, "diff", "--name-only", base), *_git(root, "ls-files", "--others", "--exclude-standard")})


def tests_of(path: str, root: Path) -> set[str]:
    """The test files and folders to run for one changed file; none for a text that no test reads."""
    place, *inner = Path(path).parts
    folder = inner[0] if len(inner) > 1 else ""
    if folder in LONG:
        return set()
    if place == "tests" and inner[-1].startswith("test_"):
        return {path} if (root / path).exists() else set()
    if place == "migrations":
        return {"tests/upkeep"}
    if place in {"app", "templates", "mail_templates", "tests"} and _has_tests(root / "tests" / folder):
        return {f"tests/{folder}"}
    return _of_the_house(root) if place in {"app", "docs", "migrations", "tests"} else set()


def _has_tests(folder: Path) -> bool:
    return folder.name != "tests" and any(folder.glob("test_*.py"))


def _of_the_house(root: Path) -> set[str]:
    """What everything rests on has no folder: the tests that look at the whole."""
    return {str(path.relative_to(root)) for path in (root / "tests").glob("test_*.py")}


def _git(root: Path, *arguments: str) -> list[str]:
    """The lines that git prints; none where it refuses, as it does for a name that it does not know."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


def _without_doubles(tests: set[str]) -> list[str]:
    """A file whose folder runs as a whole is not named again."""
    return sorted(test for test in tests if str(Path(test).parent) not in tests)


def select(root: Path = ROOT) -> list[str]:
    """What to give to pytest for all that changed."""
    return _without_doubles({test for path in changed_files(root) for test in tests_of(path, root)})


if __name__ == "__main__":
    sys.stdout.write(" ".join(select()) + "\n")
