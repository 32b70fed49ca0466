"""Backup and restore, the same file for SQLite and PostgreSQL.

A ZIP with a manifest and a file of JSON lines a table, all read in one snapshot while the site goes on. The secret
key is not in it, since the file is not encrypted: with both, anybody could open every link. The manifest says by a
digest which key belongs to it. Restoring builds the tables at the
revision of the backup, fills them and then brings them up to date; so an old backup fits
a newer version, and a backup of SQLite moves into PostgreSQL.
"""

import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app import clock, mailed_codes
from app.database import db, read_only_transactions
from app.page_stamps import PageStamp
from app.privacy import erased_numbers
from app.rows import plain_row, typed_row
from app.upkeep import health

FORMAT = 1
BATCH = 500
NOT_KEPT = {PageStamp.__tablename__}
"""Tables that say something of this very database; a restored one says its own."""
Progress = Callable[[str], None]


class UnusableBackup(ValueError):
    """The file is no backup, or the database is not empty; nothing was changed."""


def write_backup(path: Path, progress: Progress = lambda text: None) -> int:
    """Write everything to a new file that only its owner can read; returns the number of rows."""
    partial = path.with_name(path.name + ".part")
    rows = 0
    with _private(partial) as archive, read_only_transactions(), _snapshot() as connection:
        manifest = {"format": FORMAT, "revision": health.newest_revision(), "made_at": clock.now().isoformat()}
        archive.writestr("manifest.json", json.dumps(manifest | {"key": _key_digest()}))
        for table in db.metadata.sorted_tables:
            if table.name in NOT_KEPT:
                continue
            progress(f"{table.name} …")
            with archive.open(f"{table.name}.jsonl", "w") as out:
                for row in _rows(connection, table):
                    out.write(json.dumps(row).encode() + b"\n")
                    rows += 1
    partial.replace(path)
    return rows


def restore_backup(path: Path, progress: Progress = lambda text: None, *, new_key: bool = False) -> int:
    """Fill an empty database; returns the number of rows. Raises UnusableBackup, and then leaves it empty.

    `new_key` says that the links mailed so far may be dead, since the key that signed them is lost.
    """
    from app.upkeep import tables

    with _opened(path) as archive:
        manifest = _read_manifest(archive)
        _demand_key(manifest, new_key)
        if sa.inspect(db.engine).get_table_names():
            raise UnusableBackup("the database is not empty; restore into a new one")
        if not tables.is_known(manifest["revision"]):
            raise UnusableBackup(_NEWER)
        try:
            tables.upgrade(manifest["revision"])
            rows = _fill(archive, progress)
            tables.upgrade()
        except BaseException as error:
            tables.drop_all()
            if isinstance(error, _DAMAGE) and not isinstance(error, sa.exc.OperationalError):
                raise UnusableBackup(_DAMAGED) from error
            raise
        _restore_secret(archive)
    if again := erased_numbers.erase_again():
        progress(f"{again} people who were erased since this backup have been erased again")
    return rows


_NEWER = "this backup was made by a newer version; update Leerkring first"
_DAMAGED = "this backup is damaged; nothing was restored. Take an older one"
_DAMAGE = (zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, EOFError, sa.exc.StatementError)
"""What reading a file or taking in its rows comes upon when it is not what was written."""


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The file as a ZIP of which every part is whole. Raises UnusableBackup."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise UnusableBackup("this is no backup of Leerkring, or only the first part of one") from None
    with archive:
        try:
            broken = archive.testzip()
        except _DAMAGE:
            raise UnusableBackup(_DAMAGED) from None
        if broken:
            raise UnusableBackup(_DAMAGED)
        yield archive


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest = dict(json.loads(archive.read("manifest.json")))
        known = manifest["format"] == FORMAT and isinstance(manifest["revision"], str)
    except (KeyError, ValueError, TypeError):
        raise UnusableBackup("this is no backup of Leerkring") from None
    if not known:
        raise UnusableBackup(_NEWER)
    return manifest


def _demand_key(manifest: dict[str, Any], new_key: bool) -> None:
    """Backups from before have the key in them and say nothing of it."""
    if not new_key and manifest.get("key", _key_digest()) != _key_digest():
        raise UnusableBackup(
            f"the secret key here is not the one of this backup, so every link mailed so far would be dead. Put the "
            f"old one in {_secret_path()} (or SECRET_KEY) and restore again. Is it lost? Then restore with --new-key"
        )


def _key_digest() -> str:
    return mailed_codes.digest_of_text("backup")


@contextmanager
def _private(path: Path) -> Iterator[zipfile.ZipFile]:
    """A new ZIP that nobody but its owner can read; nothing of it stays when it is not finished."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            yield archive
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    """All rows of a table in values that JSON has, BATCH at a time in memory."""
    wanted = sa.select(table).order_by(*table.primary_key)
    for row in connection.execute(wanted, execution_options={"yield_per": BATCH}).mappings():
        yield plain_row(row)


def _snapshot() -> sa.Connection:
    """A connection that sees one moment of the whole database."""
    if db.engine.dialect.name == "postgresql":
        return db.engine.connect().execution_options(isolation_level="REPEATABLE READ")
    return db.engine.connect()


def _fill(archive: zipfile.ZipFile, progress: Progress) -> int:
    """Insert all rows in one transaction, parents first; references of a table to itself come last."""
    metadata = sa.MetaData()
    metadata.reflect(db.engine)
    rows = 0
    with db.engine.begin() as connection:
        for table in metadata.sorted_tables:
            if f"{table.name}.jsonl" not in archive.namelist():
                continue
            progress(f"{table.name} …")
            own = [column.name for column in table.c if any(key.column.table is table for key in column.foreign_keys)]
            later = []
            for batch in _batches(archive, table):
                for row in batch:
                    later += [
                        {"of": row["id"], "name": name, "value": row[name]} for name in own if row.get(name) is not None
                    ]
                    row.update(dict.fromkeys(own))
                connection.execute(sa.insert(table), batch)
                rows += len(batch)
            for each in later:
                connection.execute(
                    sa.update(table).where(table.c.id == each["of"]).values({each["name"]: each["value"]})
                )
            continue_ids(connection, table)
    return rows


def continue_ids(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL hand out ids behind the restored ones; SQLite does so by itself."""
    if connection.dialect.name == "postgresql" and "id" in table.c:
        sequence = sa.func.pg_get_serial_sequence(table.name, "id")
        last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
        connection.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(last, 1), last.is_not(None))))


def _batches(archive: zipfile.ZipFile, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    batch = []
    with archive.open(f"{table.name}.jsonl") as lines:
        for line in lines:
            batch.append(typed_row(table, json.loads(line)))
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _secret_path() -> Path:
    folder: Path = current_app.config["INSTANCE_PATH"]
    return folder / "secret_key"


def _restore_secret(archive: zipfile.ZipFile) -> None:
    """Bring back the key that a backup from before has in it, unless the environment sets one."""
    if "secret_key" in archive.namelist() and not os.environ.get("SECRET_KEY"):
        path = _secret_path()
        path.write_bytes(archive.read("secret_key"))
        path.chmod(0o600)
