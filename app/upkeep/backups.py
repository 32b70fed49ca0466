"""Backup and restore, the same file for SQLite and PostgreSQL.

A ZIP with a manifest, the secret key if the instance keeps one, and a file of JSON lines
a table, all read in one snapshot while the site goes on. Restoring builds the tables at the
revision of the backup, fills them and then brings them up to date; so an old backup fits
a newer version, and a backup of SQLite moves into PostgreSQL.
"""

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app import clock
from app.database import db, read_only_transactions
from app.rows import plain_row, typed_row
from app.upkeep import health

FORMAT = 1
BATCH = 500
Progress = Callable[[str], None]


class UnusableBackup(ValueError):
    """The file is no backup, or the database is not empty; nothing was changed."""


def write_backup(path: Path, progress: Progress = lambda text: None) -> int:
    """Write everything to a new file that only its owner can read; returns the number of rows."""
    partial = path.with_name(path.name + ".part")
    rows = 0
    with _private(partial) as archive, read_only_transactions(), _snapshot() as connection:
        manifest = {"format": FORMAT, "revision": health.newest_revision(), "made_at": clock.now().isoformat()}
        archive.writestr("manifest.json", json.dumps(manifest))
        if (secret := _secret_path()).exists():
            archive.writestr("secret_key", secret.read_text())
        for table in db.metadata.sorted_tables:
            progress(f"{table.name} …")
            with archive.open(f"{table.name}.jsonl", "w") as out:
                for row in _rows(connection, table):
                    out.write(json.dumps(row).encode() + b"\n")
                    rows += 1
    partial.replace(path)
    return rows


def restore_backup(path: Path, progress: Progress = lambda text: None) -> int:
    """Fill an empty database; returns the number of rows. Raises UnusableBackup."""
    from app.upkeep import tables

    try:
        archive = zipfile.ZipFile(path)
        manifest = json.loads(archive.read("manifest.json"))
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise UnusableBackup("this is no backup of Leerkring") from None
    if manifest.get("format") != FORMAT:
        raise UnusableBackup("this backup was made by a newer version; update Leerkring first")
    if sa.inspect(db.engine).get_table_names():
        raise UnusableBackup("the database is not empty; restore into a new one")
    with archive:
        tables.upgrade(manifest["revision"])
        rows = _fill(archive, progress)
        tables.upgrade()
        _restore_secret(archive)
    return rows


@contextmanager
def _private(path: Path) -> Iterator[zipfile.ZipFile]:
    """A new ZIP that nobody but its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        yield archive


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
    """Bring back the key that personal links were signed with, unless the environment sets one."""
    if "secret_key" in archive.namelist() and not os.environ.get("SECRET_KEY"):
        path = _secret_path()
        path.write_bytes(archive.read("secret_key"))
        path.chmod(0o600)
