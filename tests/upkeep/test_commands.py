"""The commands as scripts use them: output, exit codes, errors in one line."""

import json
import os
import shutil
import subprocess

import pytest

from app import create_app, settings
from app.cli import DatabaseGroup
from app.settings import ROOT

FLASK = ROOT / ".venv" / "bin" / "flask"


@pytest.fixture
def process(tmp_path):
    """Run a flask command as a process of its own, on an own database; gives exit code, stdout and stderr."""

    def run(*arguments: str, **environ: str):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        done = subprocess.run(
            [FLASK, "--app", "wsgi", *arguments],
            cwd=ROOT,
            env=kept | {"INSTANCE_PATH": str(tmp_path / "instance")} | environ,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout, done.stderr

    return run


def _commands(url: str, folder):
    """Runs flask commands in this process, on a database; they give exit code, stdout and stderr."""
    folder.mkdir(exist_ok=True)
    runner = create_app({"DATABASE_URL": url, "INSTANCE_PATH": str(folder)}).test_cli_runner()

    def run(*arguments: str):
        done = runner.invoke(args=arguments, catch_exceptions=False)
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture
def flask(databases, tmp_path):
    return _commands(databases.with_tables("sqlite"), tmp_path / "instance")


@pytest.fixture
def with_demo(databases, tmp_path):
    return _commands(databases.with_demo("sqlite"), tmp_path / "instance")


@pytest.fixture(scope="module")
def anywhere(tmp_path_factory):
    """Runs commands that need no database."""
    return _commands("sqlite://", tmp_path_factory.mktemp("instance"))


def test_a_new_installation_in_processes_of_its_own(process):
    assert process("db", "upgrade")[0] == 0
    assert "can sign in" in process("accounts", "create", "Loes@Oosterhout.example", "--admin")[1]
    code, out, _ = process("check")
    assert (code, "FAIL clockwork" in out) == (1, True)
    code, out, _ = process("worker", "--once")
    assert (code, json.loads(out)["sent"]) == (0, 0)
    assert process("check")[0] == 0
    code, out, error = process("accounts", "sign-in-link", "niemand@x.example")
    assert (code, out, error.count("\n")) == (1, "", 1)


def test_demo_and_worker_send_120_invitations(with_demo):
    assert with_demo("demo", "load")[0] == 0
    code, out, _ = with_demo("worker", "--once")
    assert (code, json.loads(out)) == (
        0,
        {"planned": 120, "composed": 120, "sent": 120, "retrying": 0, "failed": 0, "report_files": 3},
    )
    assert json.loads(with_demo("worker", "--once")[1])["sent"] == 0


@pytest.mark.parametrize("command", [("worker", "--once"), ("serve",), ("demo", "load")], ids=" ".join)
def test_commands_on_a_database_without_tables_say_what_to_do(databases, tmp_path, command):
    code, out, error = _commands(databases.empty("sqlite"), tmp_path)(*command)
    assert (code, out, error.count("\n"), "db upgrade" in error) == (1, "", 1, True)


def test_accounts_links_and_keys(flask):
    assert "can sign in" in flask("accounts", "create", "Loes@Oosterhout.example", "--admin")[1]
    assert flask("accounts", "sign-in-link", "loes@oosterhout.example")[1].startswith("http://localhost:8000/sign-in/")
    assert flask("api-token", "create", "loes@oosterhout.example")[1].startswith("lk_")
    for command in (
        ("accounts", "create", "geen adres"),
        ("accounts", "sign-in-link", "niemand@x.example"),
        ("api-token", "create", "niemand@x.example"),
    ):
        code, out, error = flask(*command)
        assert (code, out, error.count("\n")) == (1, "", 1)


def test_people_import_dry_run_refusal_and_saving(with_demo, tmp_path):
    flask = with_demo
    good, bad = tmp_path / "goed.csv", tmp_path / "fout.csv"
    good.write_text("Naam;E-mail;Organisatie\nNieuw Mens;nieuw@oss.example;Oss\n")
    bad.write_text("Naam;E-mail\nNieuw Mens;nieuw@oss.example\nFout;geen adres\n")
    network = ("--network", "digitale-transformatie")
    assert (
        "1 new, 0 changed, 0 the same, 0 wrong (dry run, nothing saved)"
        in flask("people", "import", str(good), *network, "--dry-run")[1]
    )
    code, _, error = flask("people", "import", str(bad), *network)
    assert (code, "nothing is saved" in error) == (1, True)
    assert "1 new" in flask("people", "import", str(good), *network)[1]
    assert "0 new, 0 changed, 1 the same" in flask("people", "import", str(good), *network)[1]
    assert flask("people", "import", str(good), "--network", "onbekend")[0] == 1


def test_backup_and_restore(flask, databases, tmp_path):
    flask("accounts", "create", "loes@oosterhout.example")
    assert flask("backup", str(tmp_path / "b.zip"))[0] == 0
    empty = databases.empty("sqlite")
    code, _, error = _commands(empty, tmp_path / "other")("restore", str(tmp_path / "b.zip"))
    assert (code, "secret key" in error) == (1, True)
    shutil.copy(tmp_path / "instance" / "secret_key", tmp_path / "other" / "secret_key")
    other = _commands(empty, tmp_path / "other")
    assert "rows restored" in other("restore", str(tmp_path / "b.zip"))[1]
    assert other("accounts", "sign-in-link", "loes@oosterhout.example")[0] == 0
    code, _, error = flask("restore", str(tmp_path / "b.zip"))
    assert (code, "not empty" in error) == (1, True)
    assert flask("backup", "/nergens/b.zip")[0] == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "kort"),
        ("BASE_URL", "leerkring"),
        ("PORT", "veel"),
        ("MAIL_DEFAULT_SENDER", "geen"),
        ("CALENDAR_ORGANIZER", "soms"),
        ("MAIL_USE_TLS", "misschien"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name, value):
    with pytest.raises(settings.SettingError, match=f"^{name}:"):
        settings.load_settings({"SECRET_KEY": "x" * 32, name: value})


def test_a_process_with_a_setting_that_cannot_be_used_ends_with_its_name(process):
    code, _, error = process("check", PORT="veel")
    assert (code == 0, "PORT:" in error) == (False, True)


@pytest.mark.parametrize(
    "command",
    [
        "demo load",
        "people import",
        "serve",
        "worker",
        "accounts create",
        "accounts sign-in-link",
        "api-token create",
        "check",
        "backup",
        "restore",
    ],
)
def test_every_command_has_help(anywhere, command):
    code, out, _ = anywhere(*command.split(), "--help")
    assert (code, out.startswith("Usage: ")) == (0, True)


def test_db_upgrade_has_help(process):
    code, out, _ = process("db", "upgrade", "--help")
    assert (code, out.startswith("Usage: ")) == (0, True)


WITHOUT_TABLES = {
    "accounts create": ("a@gemeente.example",),
    "accounts sign-in-link": ("a@gemeente.example",),
    "api-token create": ("a@gemeente.example",),
    "backup": ("{folder}/backup.zip",),
    "demo load": (),
    "mail-test": (),
    "people import": ("{folder}/list.csv", "--network", "x"),
    "privacy dpia": (),
    "privacy register": (),
    "privacy sweep": (),
    "serve": (),
    "worker": ("--once",),
}
"""What is written behind each command that needs the database; 'check' and 'restore' are for one that is not there yet."""


def test_every_command_says_in_one_line_that_the_database_has_no_tables_yet(tmp_path):
    run = _commands(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path / "instance")
    (tmp_path / "list.csv").write_text("naam\n")
    said = {
        command: run(*command.split(), *(word.format(folder=tmp_path) for word in words))
        for command, words in WITHOUT_TABLES.items()
    }
    advice = "leerkring: The database is behind this version of Leerkring. Make a backup and run: flask --app wsgi db upgrade"
    assert said == dict.fromkeys(WITHOUT_TABLES, (1, "", advice + "\n"))


def test_every_command_that_needs_the_database_is_asked_so(tmp_path):
    ours = create_app({"DATABASE_URL": "sqlite://", "INSTANCE_PATH": str(tmp_path)}).cli.commands
    leaves = {
        f"{name} {each}".strip()
        for name, command in ours.items()
        if isinstance(command, DatabaseGroup) or getattr(command.callback, "__module__", "") == "app.cli"
        for each in getattr(command, "commands", [""])
    }
    assert leaves - set(WITHOUT_TABLES) == {"check", "restore"}
