"""What was found damaged in a store: of the log, which nobody can make again, and of the views, which can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.store.base import LogDamaged, ViewsDamaged

if TYPE_CHECKING:
    from infrastructure.store.base import StoreDown


class Damage:
    """Keeps what readers and writers of one process have come upon; None where nothing was found.

    What was found of the views counts until they have begun anew, what was found of the log as long as the process
    lives: a log is put back while nobody has it open.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self.log: str | None = None
        self.views: str | None = None

    def found_in_log(self, sentence: str) -> StoreDown:
        """Note that the log cannot be read, and give the error that says so."""
        self.log = sentence
        return LogDamaged(sentence)

    def found_in_views(self, sentence: str) -> StoreDown:
        """Note that the views cannot be read, and give the error that says so."""
        self.views = sentence
        return ViewsDamaged(sentence)
