"""Backup while people register, restore on an empty machine, also onto the other kind of database."""

import json
import threading
import zipfile
from contextlib import contextmanager
from datetime import time

import pytest
import sqlalchemy as sa

from app import create_app
from app.database import db
from app.events.models import Mode
from app.invitations import invitation_links
from app.outbox.models import Message
from app.registration import answers
from app.registration.models import Registration, RegistrationState
from app.upkeep import backups
from tests import factories
from tests.databases import KINDS
from tests.tables import everything


@contextmanager
def _other_site(url: str, folder):
    """An installation of its own, in its context; its connections are closed, as Python 3.13 wants."""
    site = create_app({"DATABASE_URL": url, "INSTANCE_PATH": str(folder), "BASE_URL": "http://leerkring.test"})
    with site.app_context():
        yield site
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def filled(app):
    """A little of everything: people, a full event with a waiting list, a substitute, mails."""
    event = factories.event(seats_on_site=1)
    asker = factories.registration(event).invitation
    factories.registration(event)
    answers.ask_substitute(asker, "Đỗ Thị", "do@oss.example")
    factories.account(event.network)
    factories.wave(event, to=factories.audience(event.network), days_before=3, hour=time(9))
    db.session.commit()
    return app


@pytest.mark.parametrize("target", KINDS)
def test_everything_comes_back_on_either_kind_of_database(filled, tmp_path, databases, target):
    before = everything(but=backups.NOT_KEPT)
    written = backups.write_backup(tmp_path / "backup.zip")
    assert written == sum(map(len, before.values()))
    with _other_site(databases.empty(target), tmp_path / "new"):
        assert backups.restore_backup(tmp_path / "backup.zip", new_key=True) == written
        assert everything(but=backups.NOT_KEPT) == before
        registration = factories.registration(factories.event())
        db.session.commit()
        assert registration.id > max(row[0] for row in before["registrations"])


def test_personal_links_work_after_bringing_the_key_and_then_the_backup(databases, tmp_path):
    two = f"sqlite:///{tmp_path / 'two.sqlite'}"
    with _other_site(databases.with_tables("sqlite"), tmp_path / "one"):
        link = invitation_links.link_to_invitation(factories.invitation(factories.event()))
        db.session.commit()
        backups.write_backup(tmp_path / "backup.zip")
    key = (tmp_path / "one" / "secret_key").read_text()
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        assert not [name for name in archive.namelist() if key.encode() in archive.read(name)]
    with (
        _other_site(two, tmp_path / "two"),
        pytest.raises(backups.UnusableBackup, match="secret key here is not the one of this backup"),
    ):
        backups.restore_backup(tmp_path / "backup.zip")
    (tmp_path / "two" / "secret_key").write_text(key)
    with _other_site(two, tmp_path / "two"):
        backups.restore_backup(tmp_path / "backup.zip")
    with _other_site(two, tmp_path / "two") as again:
        assert again.test_client().get(link.removeprefix("http://leerkring.test")).status_code == 200


def _rewritten(source, target, **changed) -> None:
    """A copy of a backup, some of its parts replaced."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name.partition(".")[0], old.read(name)))


@pytest.mark.parametrize("onto", ["the same kind", pytest.param("the other kind", marks=pytest.mark.faults)])
def test_a_file_that_is_damaged_or_newer_leaves_nothing(filled, tmp_path, databases, onto):
    target = next(kind for kind in KINDS if (kind == db.engine.dialect.name) == (onto == "the same kind"))
    whole = tmp_path / "backup.zip"
    backups.write_backup(whole)
    content = whole.read_bytes()
    (tmp_path / "short.zip").write_bytes(content[: len(content) // 2])
    (tmp_path / "flipped.zip").write_bytes(
        content[:2000] + bytes(byte ^ 255 for byte in content[2000:2100]) + content[2100:]
    )
    _rewritten(whole, tmp_path / "row.zip", registrations=b'{"id": 1}\n')
    _rewritten(whole, tmp_path / "words.zip", messages=b"no JSON\n")
    newer = {"format": 1, "revision": "9999"}
    _rewritten(whole, tmp_path / "newer.zip", manifest=json.dumps(newer).encode())
    said = {"short": "first part", "flipped": "damaged", "row": "damaged", "words": "damaged", "newer": "newer version"}
    with _other_site(databases.empty(target), tmp_path / "new"):
        for name, words in said.items():
            with pytest.raises(backups.UnusableBackup, match=words):
                backups.restore_backup(tmp_path / f"{name}.zip", new_key=True)
            assert sa.inspect(db.engine).get_table_names() == []
        assert backups.restore_backup(whole, new_key=True) > 0


def test_backup_while_people_register_is_one_moment(app, tmp_path):
    event = factories.event(seats_on_site=5)
    invitations = [factories.invitation(event).id for _ in range(12)]
    db.session.commit()

    def register() -> None:
        from app.invitations.models import Invitation

        with app.app_context():
            for number in invitations:
                answers.accept_invitation(db.session.get(Invitation, number), Mode.ON_SITE)
                db.session.commit()

    thread = threading.Thread(target=register)
    thread.start()
    backups.write_backup(tmp_path / "backup.zip")
    thread.join()
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        registrations = [json.loads(line) for line in archive.read("registrations.jsonl").splitlines()]
        messages = [json.loads(line) for line in archive.read("messages.jsonl").splitlines()]
    confirmed = [row for row in registrations if row["state"] == "confirmed"]
    assert len(confirmed) <= 5
    assert len(messages) == len(registrations)
    assert (
        db.session.scalar(
            sa.select(sa.func.count(Registration.id)).where(Registration.state == RegistrationState.CONFIRMED)
        )
        == 5
    )


def test_backup_is_readable_by_its_owner_alone(filled, tmp_path):
    backups.write_backup(tmp_path / "backup.zip")
    assert (tmp_path / "backup.zip").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("content", "words"), [(b"geen zip", "no backup"), (b"", "no backup")])
def test_what_is_no_backup_is_refused(app, tmp_path, content, words):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(backups.UnusableBackup) as error:
        backups.restore_backup(tmp_path / "x.zip")
    assert words in str(error.value)


def test_restoring_into_a_filled_database_is_refused(filled, tmp_path):
    backups.write_backup(tmp_path / "backup.zip")
    before = db.session.scalar(sa.select(sa.func.count(Message.id)))
    db.session.commit()
    with pytest.raises(backups.UnusableBackup):
        backups.restore_backup(tmp_path / "backup.zip")
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == before
