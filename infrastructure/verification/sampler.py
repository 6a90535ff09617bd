"""Looks at the log of a running service: at its end when it starts, and then at one section after the other."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from application.health import LogSample
from application.registry import event_types
from infrastructure.checkpoints.log_origin import current_origin
from infrastructure.store.base import LogDamaged, StoreDown
from infrastructure.transparency.checkpoint_tables import newest
from infrastructure.transparency.merkle import perfect_root
from infrastructure.transparency.notes import BadNote
from infrastructure.transparency.tree_reader import TreeReader
from infrastructure.transparency.tree_tables import WIDTH, read_hashes
from infrastructure.verification.heads import kept_outside, to_head
from infrastructure.verification.log_sections import read_ends
from infrastructure.verification.mismatch import LogCut, LogMismatch
from infrastructure.verification.section_check import SectionCheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from application.ports import Clock
    from infrastructure.store.base import Connection, Store
    from infrastructure.verification.heads import Head
    from infrastructure.verification.log_sections import LogEnds

TAIL = 1_000
"""How many of the last events are looked at when the service starts."""
PACE = timedelta(seconds=2)
"""How often a section is looked at: 256 events cost a few milliseconds, and a million of them take two hours."""
POLL_SECONDS = 1.0
"""How often the clock is read."""
AT_END = 0
"""Under which the mismatches of the end are noted; sections have numbers from 1."""

log = structlog.get_logger()


class LogSampler:
    """Goes round the log as long as a process serves; what it finds is told, and the service goes on."""

    def __init__(self, store: Store, folder: Path, clock: Clock) -> None:
        """Look at the log of ``store``; in ``folder`` the newest checkpoint is kept outside of it."""
        self._store = store
        self._folder = folder
        self._clock = clock
        self._topics = frozenset(event_types())
        self._next = 0
        self._looked: datetime | None = None
        self._found: dict[int, LogMismatch] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="sampler", daemon=True)

    @property
    def found(self) -> Sequence[LogMismatch]:
        """What did not fit at the last look, each once: the end of a log is part of its last sections."""
        return list({str(mismatch): mismatch for mismatch in tuple(self._found.values())}.values())

    @property
    def sample(self) -> LogSample:
        """How far it is, and how many mismatches there are."""
        return LogSample(position=self._next * WIDTH, mismatches=len(self.found))

    def start(self) -> None:
        """Look at the end of the log, and go round it from now on."""
        try:
            self._look(AT_END)
        except StoreDown as error:
            log.warning("log_not_sampled", error=str(error))
        self._looked = self._clock.now()
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def sample_if_due(self) -> None:
        """Look at the next section, if the last look was long enough ago."""
        now = self._clock.now()
        if self._looked is None or abs(now - self._looked) >= PACE:
            self._looked = now
            self.sample_next()

    def sample_next(self) -> None:
        """Look at the next section, and after the last one at the end again."""
        if self._look(self._next + 1):
            self._next += 1
        else:
            self._next = 0
            self._look(AT_END)

    def _look(self, section: int) -> bool:
        """Look at a section of a tile's width, and tell whether there is one of this number."""
        try:
            # Before the moment that is looked at: what is kept meanwhile is of events that came later.
            outside = self._kept_outside() if section == AT_END else None
            with self._store.reading_log() as connection, connection.snapshot():
                ends = read_ends(connection)
                if section == AT_END:
                    self._check_end(connection, ends, outside)
                elif (section - 1) * WIDTH >= min(ends.last_event, ends.last_leaf):
                    return False
                else:
                    self._check_section(connection, ends, section - 1)
        except LogMismatch as mismatch:
            self._note(section, mismatch)
        else:
            self._found.pop(section, None)
        return True

    def _note(self, section: int, mismatch: LogMismatch) -> None:
        if str(mismatch) not in map(str, self._found.values()):
            log.error("log_mismatch", position=mismatch.position, error=str(mismatch))
        self._found[section] = mismatch

    def _check_section(self, connection: Connection, ends: LogEnds, tile: int) -> None:
        # What an older program has appended beside this one is not in the tree yet.
        after, until = tile * WIDTH, min((tile + 1) * WIDTH, ends.last_event, ends.last_leaf)
        hashes = SectionCheck(connection, ends, self._topics, searches=False).check(after, until).hashes
        if len(hashes) == WIDTH and read_hashes(connection, 1, tile, tile + 1) != [perfect_root(hashes)]:
            raise LogMismatch(
                f"positions {after + 1} to {until} of {ends.size}: the node of the tree above them is not the one that "
                "they give",
                position=after + 1,
            )

    def _kept_outside(self) -> Head | None:
        with self._store.reading_log() as connection:
            try:
                return kept_outside(connection, self._folder)
            except LogDamaged as error:
                raise LogMismatch(str(error)) from error

    def _check_end(self, connection: Connection, ends: LogEnds, outside: Head | None) -> None:
        heads = list(self._heads(connection, outside))
        for head in heads:
            if head.size > ends.last_event:
                raise LogCut(ends.last_event, head.size, head.name)
        if ends.last_leaf > ends.last_event:
            raise LogCut(ends.last_event, ends.last_leaf, "the tree")
        if ends.last_leaf:
            after = max(0, ends.last_leaf - TAIL)
            SectionCheck(connection, ends, self._topics, searches=False).check(after, ends.last_leaf)
        tree = TreeReader(connection)
        for head in heads:
            try:
                fits = tree.root(head.size) == head.checkpoint.root
            except StoreDown as error:
                raise LogMismatch(f"the tree does not fit {head.name}: {error}") from error
            if not fits:
                raise LogMismatch(f"the first {head.size} events are not those of {head.name}")

    def _heads(self, connection: Connection, outside: Head | None) -> Iterator[Head]:
        """Give the newest checkpoints of the present tree: those in the store, and the one kept outside of it."""
        try:
            origin = current_origin(connection)
        except LogDamaged as error:
            raise LogMismatch(str(error)) from error
        for for_readers in (False, True):
            known = newest(connection, origin, for_readers=for_readers)
            if known is not None:
                name = f"the checkpoint of {known[1]}"
                try:
                    yield to_head(known[2], name)
                except BadNote as error:
                    raise LogMismatch(f"{name} was changed: {error}") from error
        if outside is not None and outside.checkpoint.origin == origin:
            yield outside

    def _loop(self) -> None:
        while not self._ending.wait(POLL_SECONDS):
            try:
                self.sample_if_due()
            except StoreDown as error:
                # Whoever reads it tells that, too.
                log.debug("log_not_sampled", error=str(error))
            except Exception:  # an edge: whatever is wrong with the log, the service goes on
                log.exception("log_not_sampled")
