"""A log of more than one tile, with checkpoints, that tests tamper with one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from application.caller import BY_CONSOLE
from application.incidents.signal_intake import ReportedSignal
from application.log import Log
from domain.access.keyring import Role
from domain.impact import Status
from infrastructure.bootstrap import Bitacora
from infrastructure.event_log.tree_keeper import fill_tree
from infrastructure.store.base import Store
from infrastructure.verification.heads import Head, kept_outside, to_head
from infrastructure.verification.log_verification import LogComparison, VerifiedLog, verify_log
from infrastructure.verification.mismatch import LogMismatch
from tests.application.program import ALERTS, ANA, SOURCE, Program, running
from tests.contracts.following import a_day

EVENTS = 300


class StandingLog:
    """A program whose log has so many events and is signed."""

    def __init__(self, program: Program) -> None:
        """Fill the log of ``program``."""
        self.program = program
        bitacora = program.bitacora
        bitacora.start_to_sign(BY_CONSOLE)
        # By itself it would sign when the clock has moved on, perhaps what a test has just changed.
        bitacora.signer.stop()
        tokens = program.facade.commands.tokens
        self.auditor = program.do(
            lambda log: tokens.issue(log, name="eva", role=Role.AUDITOR, person="eva", caller=ANA)
        )
        """The secret of a token of an auditor."""
        a_day(program)
        program.register("orders")
        self.fill(EVENTS)
        self.older = to_head(bitacora.signer.for_auditor(), "the checkpoint that was kept")
        bitacora.signer.sign_for_readers()
        bitacora.follower.catch_up()
        self.size = self.older.size

    @property
    def store(self) -> Store:
        """Its store."""
        return self.program.bitacora.store

    def fill(self, size: int) -> None:
        """Let signals fire until there are so many events."""
        while (missing := size - self.program.do(lambda log: log.position)) > 0:
            count = min(missing, 100)
            self.program.do(lambda log, count=count: self._fire(log, count))  # type: ignore[misc]

    def _fire(self, log: Log, count: int) -> None:
        for number in range(count):
            reported = ReportedSignal(
                source=SOURCE,
                fingerprint=f"{log.position}-{number}",
                firing=True,
                component="orders",
                status=Status.DEGRADED_PERFORMANCE,
            )
            self.program.facade.commands.signals.take(log, reported=reported, caller=ALERTS)

    def outside(self) -> Head | None:
        """Give the checkpoint that is kept outside of the store."""
        with self.store.reading_log() as connection:
            return kept_outside(connection, self.program.bitacora.settings.log_folder)

    def verified(self, **comparison: object) -> VerifiedLog:
        """Verify it."""
        return verified(self.program.bitacora, LogComparison(**comparison))  # type: ignore[arg-type]

    def mismatch(self, **comparison: object) -> LogMismatch:
        """Verify it, and give what does not fit."""
        try:
            found = self.verified(**comparison)
        except LogMismatch as mismatch:
            return mismatch
        raise AssertionError(f"all of it fits: {found}")


def verified(bitacora: Bitacora, comparison: LogComparison | None = None) -> VerifiedLog:
    """Verify the log of a program."""
    return verify_log(
        bitacora.store, bitacora.mapper, comparison or LogComparison(), advanced=lambda _count, _total: None
    )


def verify_grown(bitacora: Bitacora) -> VerifiedLog:
    """Let an older log enter its tree, and verify it."""
    fill_tree(bitacora.store, advanced=lambda _: None)
    return verified(bitacora)


@contextmanager
def standing(database: str) -> Iterator[StandingLog]:
    """Make such a log on an empty database."""
    with running(database) as program:
        yield StandingLog(program)
