"""Settings: what cannot be used is said by name, and what an installation needs on disk is made."""

import pytest

from app import create_app
from app.settings import SettingError, load_settings


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
