"""Whether a restored log goes on under its name: it does if nothing is lost of what a checkpoint tells.

Otherwise what follows is a tree of its own. Which one, is noted in the log before it takes its place, and the next
program that writes records it before anything else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.audit.commands import RestoredLog
from application.caller import BY_CONSOLE
from infrastructure.checkpoints.log_origin import RESTORED_FROM, UNREADABLE, current_generation, reached_generation
from infrastructure.event_log import recorder, store_facts
from infrastructure.event_log.session import Session
from infrastructure.store.base import LogDamaged, StoreNotRestored, instant
from infrastructure.transparency.checkpoint import base_of, generation_of, origin_of
from infrastructure.transparency.tree_reader import TreeReader
from infrastructure.transparency.tree_tables import tree_size

if TYPE_CHECKING:
    from application.audit.commands import LogNotices
    from application.ports import Clock
    from infrastructure.checkpoints.known_checkpoints import KnownCheckpoint, KnownCheckpoints, ReplacedLog
    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection, Store


@dataclass(frozen=True)
class Continuation:
    """How a log goes on; ``facts`` are noted in it, and ``said`` tells a person."""

    origin: str
    said: tuple[str, ...]
    facts: tuple[store_facts.Fact, ...] = field(default=())

    def note(self, connection: Connection) -> None:
        """Note it in the log, in a transaction."""
        if self.facts:
            connection.begin()
            store_facts.write(connection, self.facts)
            connection.commit()


class Comparison:
    """Compares a log with the checkpoints that are known of it."""

    def __init__(self, log: Connection, origin: str, known: KnownCheckpoints, replaced: ReplacedLog | None) -> None:
        """Read from ``log``, which is called ``origin`` if it has no name yet; it takes the place of ``replaced``."""
        self._log = log
        self._checkpoints = known.find(log)
        self._doubtful = known.doubtful
        self._replaced = replaced
        self._kept, self._last_at = recorder.last(log)
        self._has_tree = log.has_table("event_leaves") and tree_size(log) == self._kept
        noted = store_facts.find(log, store_facts.LOG_ORIGIN)
        self._base = noted or (base_of(self._checkpoints[0].checkpoint.origin) if self._checkpoints else origin)
        self._generation, self._reached = current_generation(log), reached_generation(log)

    def decide(self, *, has_all: bool, force: bool) -> Continuation:
        """Find out how the log goes on; it ``has_all`` if every event of the log that it replaces is in it.

        Raises:
            StoreNotRestored: if a checkpoint tells of another history; with ``force`` that is a new tree, too.
        """
        known = max(self._checkpoints, key=self._rank, default=None)
        if known is None or self._doubtful is not None:
            return self._without_checkpoint(has_all=has_all)
        generation, size = generation_of(known.checkpoint.origin, self._base), known.checkpoint.size
        if generation is not None and generation < self._generation:
            sentence = (
                f"the newest checkpoint that is known ({known.place}) is of an earlier tree, {known.checkpoint.origin}"
            )
            return self._anew(None, f"{sentence}, so it cannot be told how much was lost")
        if generation == self._generation and self._fits(known):
            return self._goes_on(known)
        if generation is None or (size <= self._kept and (self._has_tree or generation > self._generation)):
            other = (
                f"it is of another history than the newest checkpoint that is known ({known.place}): that has {size} "
                f"events of {known.checkpoint.origin}, and they are not the first {size} of this log"
            )
            if not force:
                raise StoreNotRestored(f"{other}; with --force it begins a new tree all the same")
            return self._anew(known, other)
        return self._anew(known, self._loss(known))

    def _rank(self, known: KnownCheckpoint) -> tuple[int, int]:
        generation = generation_of(known.checkpoint.origin, self._base)
        # One of another log is looked at first: it is a mistake.
        return (1 << 62 if generation is None else generation), known.checkpoint.size

    def _fits(self, known: KnownCheckpoint) -> bool:
        size = known.checkpoint.size
        return self._has_tree and size <= self._kept and TreeReader(self._log).root(size) == known.checkpoint.root

    def _goes_on(self, known: KnownCheckpoint) -> Continuation:
        origin, size, beyond = origin_of(self._base, self._generation), known.checkpoint.size, self._there - self._kept
        said = [f"nothing was lost that a checkpoint tells of: the newest ({known.place}) has {size} events, all here"]
        if beyond > 0:
            said.append(f"the log that was there had {_events(beyond)} more, which no checkpoint has")
        return Continuation(origin, (*said, f"the log goes on as {origin}"), ((RESTORED_FROM, None),))

    def _without_checkpoint(self, *, has_all: bool) -> Continuation:
        # The log that was there may have been a backup itself, of which nobody has recorded what it lost.
        is_later = self._replaced is not None and self._replaced.generation > self._generation
        if has_all and self._there and self._doubtful is None and not is_later:
            origin = origin_of(self._base, self._generation)
            said = "nothing was lost: it has every event of the log that was there"
            return Continuation(origin, (said, f"the log goes on as {origin}"))
        why = self._doubtful or (
            "the log that was there was of a later tree" if is_later else "no checkpoint of this log is known here"
        )
        sentence = f"it cannot be told how much was lost: {why}"
        if self._there > self._kept:
            sentence += f"; the log that was there had {self._there} events, and this one has {self._kept}"
        return self._anew(None, sentence)

    @property
    def _there(self) -> int:
        return self._replaced.end.position if self._replaced else 0

    def _loss(self, known: KnownCheckpoint) -> str:
        lost = max(known.checkpoint.size, self._there) - self._kept
        if not self._has_tree:
            return (
                f"the backup is from before the log had a tree, and cannot be compared with the newest checkpoint "
                f"({known.place}), which has {_events(known.checkpoint.size)}, {max(lost, 0)} more than the backup"
            )
        since = (
            "" if self._last_at is None else f"; the last one that is there was recorded at {instant(self._last_at)}"
        )
        checkpoint = known.checkpoint
        return (
            f"{_events(lost)} {'was' if lost == 1 else 'were'} lost: the newest checkpoint ({known.place}) has "
            f"{checkpoint.size} of {checkpoint.origin}, the backup has {self._kept}{since}"
        )

    def _anew(self, known: KnownCheckpoint | None, sentence: str) -> Continuation:
        used = generation_of(known.checkpoint.origin, self._base) if known else None
        there = self._replaced.generation if self._replaced else 1
        # Also of one that nobody has recorded yet, there may be another copy that went on.
        generation = max(self._reached, used or 1, there) + 1
        origin = origin_of(self._base, generation)
        waiting = {
            "origin": origin,
            "kept": self._kept,
            "previous_origin": known.checkpoint.origin if known else origin_of(self._base, self._generation),
            "previous_size": known.checkpoint.size if known else None,
            "checkpoint": known.note if known else None,
        }
        facts = (
            (store_facts.LOG_ORIGIN, self._base),
            (store_facts.LOG_GENERATION, str(self._generation)),
            (RESTORED_FROM, json.dumps({"generation": generation, "log": waiting})),
        )
        return Continuation(
            origin, (sentence, f"the log goes on as {origin}; its next event, log.restored, says why"), facts
        )


def record_restored(store: Store, mapper: TypedMapper, clock: Clock, notices: LogNotices) -> None:
    """Record that the log was restored, if that is to be done: before anything else, once, whoever comes first.

    Raises:
        LogDamaged: if it cannot be read what is to be recorded.
    """
    with store.reading_log() as reading:
        if store_facts.find(reading, RESTORED_FROM) is None:
            return
    session = Session(store.connect_log(), mapper, clock)
    try:
        session.begin()
        waiting = session.find_fact(RESTORED_FROM)
        if waiting is not None:
            generation, restored = _read_waiting(waiting)
            notices.note_restored(session, restored, caller=BY_CONSOLE)
            session.note_fact(store_facts.LOG_GENERATION, str(generation))
            session.note_fact(RESTORED_FROM, None)
            session.commit()
    finally:
        session.rollback()
        session.close()


def _read_waiting(text: str) -> tuple[int, RestoredLog]:
    try:
        facts = json.loads(text)
        return int(facts["generation"]), RestoredLog(**facts["log"])
    except (ValueError, LookupError, TypeError) as error:
        raise LogDamaged(UNREADABLE) from error


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"
