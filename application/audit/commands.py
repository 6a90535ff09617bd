"""Commands about the log as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.ids import new_id
from domain.audit.log_notice import LogNotice

if TYPE_CHECKING:
    from application.caller import Caller
    from application.ports import Transaction

LOG_KEY, FIRST_LOG_KEY = "log_key", "first_log_key"
"""The facts of the store that say which public key (base64) signs now, and which one signed first."""


@dataclass(frozen=True, kw_only=True)
class RestoredLog:
    """What became of a log when a backup took its place; see the event ``Restored``."""

    origin: str
    kept: int
    previous_origin: str
    previous_size: int | None
    checkpoint: str | None


class LogNotices:
    """Records what happens to the log as a whole."""

    def note_key(self, log: Transaction, key: str, *, caller: Caller) -> str:
        """Let a public key sign from now on, unless another one took its place before.

        Returns:
            The key that signs now.
        """
        current = log.find_fact(LOG_KEY)
        if current == key:
            return key
        if current is None:
            log.note_fact(FIRST_LOG_KEY, key)
        elif log.find(LogNotice, LogNotice.id_of_key(key)) is not None or log.find_fact(FIRST_LOG_KEY) == key:
            return current
        else:
            log.save(LogNotice.rotate_key(key=key, previous=current, provenance=caller.says(log)))
        log.note_fact(LOG_KEY, key)
        return key

    def note_restored(self, log: Transaction, restored: RestoredLog, *, caller: Caller) -> None:
        """Record that a backup took the place of the log."""
        log.save(
            LogNotice.restore(
                id=new_id(log.now),
                origin=restored.origin,
                kept=restored.kept,
                previous_origin=restored.previous_origin,
                previous_size=restored.previous_size,
                checkpoint=restored.checkpoint,
                provenance=caller.says(log),
            )
        )
