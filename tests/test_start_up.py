"""What the program loads before it does anything, counted in modules: each costs time at every command, and memory in every process."""

import json
import os
import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory

from app.settings import ROOT
from app.upkeep import health
from tests import noting

HEAVY = {
    "alembic", "apscheduler", "authres", "checkdmarc", "cryptography", "css_inline", "dkim", "dns", "docx",
    "email_validator", "flask_migrate", "flufl", "holidays", "icalendar", "imap_tools", "lxml", "numpy", "odfdo", "openpyxl", "PIL",
    "prometheus_client", "python_calamine", "quotequail", "rapidfuzz", "recurring_ical_events", "requests", "rustworkx", "segno", "snowballstemmer", "tnefparse",
    "urllib3", "vobject", "weasyprint",
}  # fmt: skip
"""Libraries that come along with the first who needs them."""
OF_THE_API = {"apispec", "flask_smorest", "marshmallow", "webargs"}
COMMAND = "from flask.cli import main\nsys.argv[1:] = {}\ntry: main()\nexcept SystemExit: pass"
SERVER = "import wsgi"


@pytest.fixture
def start(tmp_path):
    """Runs a program in a process of its own; gives the modules that it loaded and the tables that it knows."""

    def run(program: str) -> tuple[set[str], set[str]]:
        told = "json.dump([sorted(sys.modules), sorted(sys.modules['app.database'].db.metadata.tables)], sys.stderr)"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-c", f"import json, sys\n{program}\n{told}"],
            cwd=ROOT,
            env=kept | {"INSTANCE_PATH": str(tmp_path / "instance")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        modules, tables = json.loads(done.stderr.splitlines()[-1])
        return set(modules), set(tables)

    return run


def _libraries(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def _views(modules: set[str]) -> set[str]:
    return {name for name in modules if name.startswith("app.") and name.endswith(("views", "forms"))}


@pytest.mark.parametrize(
    "module",
    [
        "app.elsewhere.calendar_fetching",
        "app.elsewhere.calendar_reading",
        "app.network.imports.list_cells",
        "app.uploads.faces",
        "app.uploads.office_files",
        "app.uploads.pdf_files",
    ],
)
def test_work_with_a_budget_loads_nothing_that_a_site_is_built_with(module):
    program = f"import sys, app.budget, {module}\nprint(*sys.modules)"
    alone = {"cwd": ROOT, "env": noting.without_notes()}
    done = subprocess.run([sys.executable, "-c", program], **alone, capture_output=True, text=True, check=True)
    assert _libraries(set(done.stdout.split())) & {"flask", "sqlalchemy", "jinja2", "werkzeug"} == set()


def test_a_server_loads_no_library_before_somebody_needs_it(start):
    modules, _ = start(SERVER)
    assert _libraries(modules) & HEAVY == set()
    assert "app.jobs" not in modules
    assert len([module for module in modules if module.partition(".")[0] != "app"]) < 800


def test_a_command_loads_no_pages_and_knows_all_tables(start):
    modules, tables = start(COMMAND.format(["--app", "wsgi", "accounts", "--help"]))
    assert _libraries(modules) & (HEAVY | OF_THE_API) == set()
    assert _views(modules) == set()
    own = {module for module in modules if module.partition(".")[0] == "app"}
    assert len(modules - own) < 795
    assert len(own) < 338
    assert tables == start(SERVER)[1]


def test_the_clockwork_loads_no_pages(start):
    start(COMMAND.format(["--app", "wsgi", "db", "upgrade"]))
    modules, _ = start(COMMAND.format(["--app", "wsgi", "worker", "--once"]))
    assert "apscheduler.schedulers.background" in modules
    assert _views(modules) == set()


def test_commands_of_flask_itself_have_the_pages(start):
    modules, _ = start(COMMAND.format(["--app", "wsgi", "routes"]))
    assert "app.events.public_views" in modules


def test_the_measurements_know_the_names_of_the_program(start):
    """They run seldom, and would be found broken on the day that a figure is wanted."""
    start("import bench.__main__")


def test_alembic_loads_to_change_the_tables(start):
    assert "alembic" in start(COMMAND.format(["--app", "wsgi", "db", "heads"]))[0]


def test_the_newest_revision_is_the_one_that_alembic_knows():
    assert health.newest_revision() == ScriptDirectory(str(ROOT / "migrations")).get_current_head()
