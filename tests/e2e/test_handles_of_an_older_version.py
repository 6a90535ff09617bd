"""The index of handles of an older store is copied once, though the program is killed in between."""

from __future__ import annotations

import signal
from contextlib import closing
from pathlib import Path
from uuid import UUID

from infrastructure.event_log.handle_upgrade import OLDER_TABLES
from infrastructure.store.factory import open_store
from tests.application.program import at
from tests.contracts.version_5 import Handle, as_entries, entries, make_version_5
from tests.databases import migrate
from tests.e2e.forked import ForkedProgram
from tests.e2e.server import bitacora, eventually

HANDLES: list[Handle] = [(f"same:{number:040}", UUID(int=number), at("10:00")) for number in range(120_000)]


class TestHandlesOfAnOlderVersion:
    def test_are_copied_once_however_often_the_program_is_killed(self, database: str, tmp_path: Path) -> None:
        migrate(database)
        with closing(open_store(database)) as store:
            make_version_5(store, HANDLES)
        copied = 0
        for _ in range(2):
            before = copied
            process = ForkedProgram(["migrate", "--database", database], tmp_path / "out", tmp_path / "err")
            eventually(lambda: count(database) > before)  # noqa: B023 - within this round
            process.send_signal(signal.SIGKILL)
            process.wait(60)
            copied = count(database)
            assert before < copied < len(HANDLES)

        last = bitacora("migrate", "--database", database)

        assert last.returncode == 0, last.stderr
        assert "handles_are_copied" in last.stderr
        with closing(open_store(database)) as store, store.reading_log() as connection:
            assert set(entries(connection)) == as_entries(HANDLES)
            assert not any(map(connection.has_table, OLDER_TABLES))


def count(database: str) -> int:
    """Count what was copied; nothing before the table is there."""
    with closing(open_store(database)) as store, store.reading_log() as connection:
        if not connection.has_table("handle_entries"):
            return 0
        return int(connection.execute("SELECT count(*) FROM handle_entries")[0][0] or 0)
