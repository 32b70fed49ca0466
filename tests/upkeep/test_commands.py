"""The commands as scripts use them: output, exit codes, errors in one line."""

import json
import os
import subprocess

import pytest

from app.settings import ROOT

FLASK = ROOT / ".venv" / "bin" / "flask"


@pytest.fixture
def flask(tmp_path, request):
    """Run a flask command on an own database; gives exit code, stdout and stderr."""

    def run(*arguments: str, **environ: str):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        settings = {"INSTANCE_PATH": str(tmp_path / "instance"), **environ}
        done = subprocess.run(
            [FLASK, "--app", "wsgi", *arguments], cwd=ROOT, env=kept | settings, capture_output=True, text=True
        )
        return done.returncode, done.stdout, done.stderr

    return run


def test_demo_and_worker_send_120_invitations(flask):
    assert flask("db", "upgrade")[0] == 0
    assert flask("demo", "load")[0] == 0
    assert flask("demo", "load")[0] == 0
    code, out, _ = flask("worker", "--once")
    assert (code, json.loads(out)) == (0, {"planned": 120, "composed": 120, "sent": 120, "retrying": 0, "failed": 0})
    assert json.loads(flask("worker", "--once")[1])["sent"] == 0


def test_commands_on_a_database_without_tables_say_what_to_do(flask):
    for command in (("worker", "--once"), ("serve",), ("demo", "load")):
        code, out, error = flask(*command)
        assert (code, out, error.count("\n"), "db upgrade" in error) == (1, "", 1, True)


def test_accounts_links_and_keys(flask):
    flask("db", "upgrade")
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


def test_people_import_dry_run_refusal_and_saving(flask, tmp_path):
    flask("db", "upgrade")
    flask("demo", "load")
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


def test_check_exits_with_1_when_something_is_wrong(flask):
    flask("db", "upgrade")
    code, out, _ = flask("check")
    assert (code, "FAIL clockwork" in out) == (1, True)
    flask("worker", "--once")
    assert flask("check")[0] == 0


def test_backup_and_restore(flask, tmp_path):
    flask("db", "upgrade")
    flask("accounts", "create", "loes@oosterhout.example")
    assert flask("backup", str(tmp_path / "b.zip"))[0] == 0
    other = {"INSTANCE_PATH": str(tmp_path / "other")}
    assert "rows restored" in flask("restore", str(tmp_path / "b.zip"), **other)[1]
    assert flask("accounts", "sign-in-link", "loes@oosterhout.example", **other)[0] == 0
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
def test_a_setting_that_cannot_be_used_is_named(flask, name, value):
    code, _, error = flask("check", **{name: value})
    assert (code == 0, f"{name}:" in error) == (False, True)


@pytest.mark.parametrize(
    "command",
    [
        "db upgrade",
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
def test_every_command_has_help(flask, command):
    code, out, _ = flask(*command.split(), "--help")
    assert (code, out.startswith("Usage: ")) == (0, True)
