"""The quick loop runs the tests of what was changed, in a repository of our own making."""

import subprocess

import pytest

from tests.changed import select

FILES = (
    "app/clock.py",
    "app/registration/seats.py",
    "app/demo/load.py",
    "templates/registration/page.html",
    "docs/running.md",
    "README.md",
    "migrations/versions/0001_first.py",
    "tests/factories.py",
    "tests/test_house.py",
    "tests/browser/test_journeys.py",
    "tests/registration/test_seats.py",
    "tests/registration/test_answers.py",
    "tests/registration/conftest.py",
    "tests/upkeep/test_migrations.py",
)


@pytest.fixture
def repository(tmp_path):
    """A main branch with our kind of folders, and a branch that begins there."""
    for name in FILES:
        _write(tmp_path, name, "before")
    _git(tmp_path, "init", "--quiet", "--initial-branch=main")
    _commit(tmp_path)
    _git(tmp_path, "switch", "--quiet", "--create", "mine")
    return tmp_path


def _write(folder, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def _git(folder, *arguments: str) -> None:
    who = ["-c", "user.name=Loes", "-c", "user.email=loes@n.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def _commit(folder) -> None:
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message=x")


def test_nothing_changed_is_nothing_to_run(repository):
    assert select(repository) == []


@pytest.mark.parametrize(
    ("name", "tests"),
    [
        ("app/registration/seats.py", ["tests/registration"]),
        ("app/registration/new_rule.py", ["tests/registration"]),
        ("templates/registration/page.html", ["tests/registration"]),
        ("tests/registration/conftest.py", ["tests/registration"]),
        ("tests/registration/test_seats.py", ["tests/registration/test_seats.py"]),
        ("migrations/versions/0001_first.py", ["tests/upkeep"]),
        ("app/clock.py", ["tests/test_house.py"]),
        ("app/demo/load.py", ["tests/test_house.py"]),
        ("tests/factories.py", ["tests/test_house.py"]),
        ("docs/running.md", ["tests/test_house.py"]),
        ("README.md", []),
        ("tests/browser/test_journeys.py", []),
    ],
)
def test_a_changed_file_runs_the_tests_of_its_domain(repository, name, tests):
    _write(repository, name, "after")

    assert select(repository) == tests


def test_what_the_branch_committed_counts_as_much_as_what_is_not_committed(repository):
    _write(repository, "app/registration/seats.py", "after")
    _commit(repository)
    _write(repository, "migrations/versions/0001_first.py", "after")

    assert select(repository) == ["tests/registration", "tests/upkeep"]


def test_what_others_did_on_the_main_branch_does_not_count(repository):
    _git(repository, "switch", "--quiet", "main")
    _write(repository, "app/registration/seats.py", "theirs")
    _commit(repository)
    _git(repository, "switch", "--quiet", "mine")

    assert select(repository) == []


def test_a_test_is_not_named_beside_its_folder(repository):
    _write(repository, "app/registration/seats.py", "after")
    _write(repository, "tests/registration/test_seats.py", "after")

    assert select(repository) == ["tests/registration"]


def test_a_test_that_is_gone_is_not_run(repository):
    (repository / "tests" / "registration" / "test_answers.py").unlink()

    assert select(repository) == []
