"""The files of old versions, and how a database is made of them."""

from __future__ import annotations

import lzma
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from infrastructure.event_log.walls import RIGHTS

STORES = Path(__file__).with_name("stores")
LOG_TABLES = ("meta", "stored_events", "timers", "receipts")
"""The tables that opening a store must leave as they are."""
SQLITE = "sqlite:///"
VIEWS = "-views"
KINDS = ("sqlite", "postgres")
KINDS_OF_CHANGE = ("+ ", "- ", "~ ")
"""How a line begins that says of a member that it was added, removed or changed."""

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class OldStore:
    """What one version wrote, in a folder named after it; ``kind`` is ``sqlite`` or ``postgres``."""

    folder: Path
    kind: str

    @property
    def log(self) -> Path:
        """The SQLite file of the log."""
        return self.folder / "log.sqlite3.xz"

    @property
    def views(self) -> Path:
        """The SQLite file of the views."""
        return self.folder / "views.sqlite3.xz"

    @property
    def dump(self) -> Path:
        """The SQL statements that make the PostgreSQL database."""
        return self.folder / "postgres.sql.xz"

    @property
    def original(self) -> Path:
        """What the version that wrote the store answered."""
        return self.folder / f"answers-{self.kind}.jsonl.xz"

    @property
    def changed(self) -> Path:
        """What is expected now; without this file, what was answered then."""
        return self.folder / f"answers-{self.kind}-now.jsonl.xz"

    @property
    def expected(self) -> Path:
        """What is expected of the present program."""
        return self.changed if self.changed.exists() else self.original

    def restore(self, database: str) -> None:
        """Make an empty database what this one was when the old program was stopped."""
        if self.kind == "sqlite":
            path = database.removeprefix(SQLITE)
            Path(path).write_bytes(lzma.decompress(self.log.read_bytes()))
            Path(path + VIEWS).write_bytes(lzma.decompress(self.views.read_bytes()))
            return
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(lzma.decompress(self.dump.read_bytes()))


def versions() -> list[Path]:
    """Give the folder of each version that has left its files here."""
    return sorted(folder for folder in STORES.iterdir() if folder.is_dir())


def digests(folder: Path) -> str:
    """Give the SHA-256 of each file that a version has left, as ``sha256sum`` writes it."""
    stores = [OldStore(folder, kind) for kind in KINDS]
    files = sorted({file for store in stores for file in (store.log, store.views, store.dump, store.original)})
    return "".join(f"{sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def known_digests(folder: Path) -> Path:
    """Name the file that says what they were when they were written."""
    return folder / "SHA256SUMS"


def changes_since(folder: Path) -> Path:
    """Name the list of the members in which what is expected now differs from what was answered first."""
    return folder / "CHANGES"


def changed_members(folder: Path) -> list[str]:
    """Read that list, without the versions that head its parts; empty if there is none."""
    path = changes_since(folder)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line for line in lines if line.startswith(KINDS_OF_CHANGE)]


def drop_views(database: str) -> None:
    """Leave the log alone, so that a program that starts has to build every view anew."""
    if database.startswith(SQLITE):
        Path(database.removeprefix(SQLITE) + VIEWS).unlink()
        return
    with psycopg.connect(database, autocommit=True) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in found:
            if name not in RIGHTS:
                connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))


def rows_of_log(database: str) -> Rows:
    """Read every row of the tables of the log, values as texts and bytes, whatever the store."""
    if database.startswith(SQLITE):
        with closing(sqlite3.connect(database.removeprefix(SQLITE))) as db:
            return {name: _sorted(db.execute(f"SELECT * FROM {name}").fetchall()) for name in LOG_TABLES}  # noqa: S608 - our own names
    with psycopg.connect(database) as connection:
        query = sql.SQL("SELECT * FROM {}")
        return {name: _sorted(connection.execute(query.format(sql.Identifier(name))).fetchall()) for name in LOG_TABLES}


def _sorted(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    plain = [tuple(value if isinstance(value, (int, bytes)) else str(value) for value in row) for row in rows]
    return sorted(plain)


def last_moment(rows: Rows) -> datetime:
    """Give the time at which the last event was recorded."""
    return datetime.fromisoformat(max(row[-1] for row in rows["stored_events"]))
