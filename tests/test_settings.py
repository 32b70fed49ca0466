"""Settings: what cannot be used is said by name, and what an installation needs on disk is made."""

import pytest

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
