"""Settings: what cannot be used is said by name, and what an installation needs on disk is made."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from app.settings import ROOT, SETTINGS, SettingError, load_settings
from tests import noting


def test_the_folder_of_an_installation_is_there_when_database_and_key_are_elsewhere(tmp_path):
    folder = tmp_path / "here" / "instance"
    load_settings({"INSTANCE_PATH": str(folder), "DATABASE_URL": "sqlite://", "SECRET_KEY": "x" * 32})
    assert folder.is_dir()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError) as refused:
        load_settings({"INSTANCE_PATH": str(tmp_path / "file" / "instance")})
    assert str(refused.value) == f"INSTANCE_PATH: Not a directory: {tmp_path / 'file' / 'instance'}"


@pytest.mark.parametrize(
    "where",
    [{"BASE_URL": "https://leerkring.example"}, {"BASE_URL": "http://192.168.1.20:8000"}, {"HOST": "0.0.0.0"}],
)
def test_a_site_that_others_reach_does_not_start_without_a_mail_server(tmp_path, where):
    """The built-in mailbox would show everybody's personal links to everybody."""
    with pytest.raises(SettingError) as refused:
        load_settings({"INSTANCE_PATH": str(tmp_path), **where})
    assert str(refused.value).startswith("MAIL_SERVER: set it.")
    for said in ({"MAIL_SERVER": "mail.example"}, {"DEMO": "1"}):
        load_settings({"INSTANCE_PATH": str(tmp_path), **where, **said})


@pytest.mark.parametrize(
    "address", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000", "http://leerkring.test"]
)
def test_on_this_machine_it_needs_none(tmp_path, address):
    load_settings({"INSTANCE_PATH": str(tmp_path), "BASE_URL": address})


def test_a_demonstration_says_so_on_every_page(tmp_path, databases):
    url = databases.with_tables("sqlite")
    for demo, shown in (("1", True), ("0", False)):
        app = create_app({"INSTANCE_PATH": str(tmp_path / demo), "DEMO": demo, "DATABASE_URL": url})
        page = app.test_client().get("/no-such-page").text
        assert ("Iedereen kan de mails van deze site lezen." in page) == shown


def test_only_its_owner_reads_the_files_of_an_installation(tmp_path):
    load_settings({"INSTANCE_PATH": str(tmp_path)})
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    assert modes == {"leerkring.sqlite": "0o600", "secret_key": "0o600"}


WRONG = {
    "INSTANCE_PATH": "/dev/null/x",
    "DATABASE_URL": "mysql://x@y/z",
    "SECRET_KEY": "short",
    "HOST": "no host",
    "PORT": "99999",
    "BASE_URL": "http://leerkring.test:port",
    "TRUSTED_PROXIES": "-1",
    "CONTACT_ADDRESS": "nobody",
    "SECURITY_CONTACT": "a@b@c",
    "MAIL_SERVER": "smtp server",
    "DEMO": "perhaps",
    "MAIL_PORT": "smtp",
    "MAIL_USE_TLS": "maybe",
    "MAIL_DEFAULT_SENDER": "leerkring@",
    "MAIL_TIMEOUT": "0",
    "MAIL_DKIM_KEY": "/no/such/file",
    "DNS_SERVERS": "127.0.0.1:port",
    "MAIL_PACE": "fast",
    "MAIL_PACE_TOTAL": "-3",
    "MAILS_PER_WEEK": "0",
    "REPLY_ADDRESS": "antwoord",
    "INBOX_URL": "imaps://host",
    "INBOX_TOKEN_URL": "login",
    "CALENDARS_ON_THIS_MACHINE": "2",
    "CALENDAR_ORGANIZER": "nobody",
}
"""A value of each setting that cannot be used; the others take any line of text."""


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_a_setting_that_cannot_be_used_is_said_in_one_line(tmp_path, name):
    for value in (WRONG.get(name, "two\nlines"), "a\x07bell"):
        with pytest.raises(SettingError) as refused:
            load_settings({"INSTANCE_PATH": str(tmp_path), name: value})
        assert str(refused.value).startswith(f"{name}: ")
        assert "\n" not in str(refused.value)


@given(name=st.sampled_from([setting.name for setting in SETTINGS if setting.name != "INSTANCE_PATH"]), value=st.text())
def test_nonsense_is_refused_by_name_or_taken(tmp_path_factory, name, value):
    folder = tmp_path_factory.getbasetemp() / "nonsense"
    try:
        load_settings({"INSTANCE_PATH": str(folder), name: value})
    except SettingError as refused:
        assert str(refused).split(":")[0] in {name, "MAIL_SERVER"}  # noqa: PT017  # hypothesis takes both ways


@pytest.mark.parametrize("command", [["-m", "flask", "--app", "wsgi", "check"], ["-c", "import wsgi"]])
def test_commands_and_servers_say_a_wrong_setting_without_a_traceback(tmp_path, command):
    environ = noting.without_notes() | {"INSTANCE_PATH": str(tmp_path), "MAIL_PORT": "smtp"}
    ended = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "leerkring: MAIL_PORT: use a whole number from 1 to 65535\n"
