"""A log from before there was a tree gets one, is interrupted on the way, and verifies."""

from __future__ import annotations

from pathlib import Path

import pytest

from infrastructure.event_log import tree_keeper
from infrastructure.event_log.compatibility import VERSION
from infrastructure.event_log.tree_keeper import fill_tree
from infrastructure.verification.mismatch import LogMismatch
from tests.application.program import running
from tests.contracts import tampering
from tests.contracts.verification.standing_log import StandingLog, verified


class Interrupted(Exception):
    """Somebody has pressed a key."""


class TestOlderLog:
    def test_verifies_once_all_of_it_is_in_the_tree(
        self, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(tree_keeper, "BATCH", 100)
        with running(database) as program:
            StandingLog(program)
            store = program.bitacora.store
            tampering.tamper(
                store,
                "DELETE FROM event_leaves",
                "DELETE FROM tree_nodes",
                "DELETE FROM checkpoints",
                "UPDATE meta SET value = '2' WHERE name = 'schema'",
            )
            done: list[int] = []

            def interrupt(count: int) -> None:
                done.append(count)
                if len(done) == 2:
                    raise Interrupted

            with pytest.raises(Interrupted):
                fill_tree(store, advanced=interrupt)
            tampering.tamper(store, f"UPDATE meta SET value = '{VERSION}' WHERE name = 'schema'")  # noqa: S608 - ours
            with pytest.raises(LogMismatch, match=r"position 201 of .* the row is not in the tree"):
                verified(program.bitacora)
            tampering.tamper(store, "UPDATE meta SET value = '2' WHERE name = 'schema'")
            program.bitacora.migrate()

            assert verified(program.bitacora).size == program.bitacora.facade.queries.events.last()[0]
