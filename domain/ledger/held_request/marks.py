"""What people write on held requests, also on many at once: labels of their own, and notes. It decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import TooManyEntries
from domain.ledger.held_request.events import RequestEvent
from domain.ledger.held_request.state import HeldRequestState
from domain.ledger.held_request.values import Note

if TYPE_CHECKING:
    from collections.abc import Collection

    from domain.aggregate import EventClass
    from domain.provenance import Provenance

MOST_LABELS = 20
"""How many labels one request can have."""
MOST_NOTES = 100
"""How many notes one request can have."""


class LabelsChanged(RequestEvent):
    """A person set labels, or took them off; ``bulk`` names the bulk that it was a part of."""

    TOPIC = "held_request.labels_changed"
    person: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    bulk: str

    def apply(self, aggregate: HeldRequestState) -> None:
        """Have these labels."""
        aggregate.labels = tuple(sorted({*aggregate.labels, *self.added} - {*self.removed}))
        aggregate.note_bulk(self.bulk)


class Noted(RequestEvent):
    """A person wrote a note on it; ``bulk`` names the bulk that it was a part of."""

    TOPIC = "held_request.noted"
    person: str
    note: str
    bulk: str

    def apply(self, aggregate: HeldRequestState) -> None:
        """Show it to whoever checks."""
        aggregate.notes = (*aggregate.notes, Note(person=self.person, note=self.note, at=self.at))
        aggregate.note_bulk(self.bulk)


class MarkedRequest(HeldRequestState):
    """The part of a held request that people mark."""

    if TYPE_CHECKING:

        def record(self, event_class: EventClass, *, provenance: Provenance, **facts: object) -> None:
            """Record what happened, as each aggregate does."""

    def label_in_bulk(
        self, *, person: str, add: Collection[str], remove: Collection[str], bulk: str, provenance: Provenance
    ) -> bool:
        """Set labels and take others off, as part of a bulk; no-op if that changes nothing.

        Returns:
            Whether it has them so by this bulk: it can be set otherwise since.

        Raises:
            TooManyEntries: if it would have more than twenty.
        """
        if bulk in self.bulks:
            return True
        added = tuple(sorted(set(add) - {*self.labels}))
        removed = tuple(sorted(set(remove) & {*self.labels}))
        if len(self.labels) + len(added) - len(removed) > MOST_LABELS:
            raise TooManyEntries(f"request {self.id} would have more than {MOST_LABELS} labels")
        if added or removed:
            self.record(LabelsChanged, person=person, added=added, removed=removed, bulk=bulk, provenance=provenance)
        return True

    def note_in_bulk(self, *, person: str, note: str, bulk: str, provenance: Provenance) -> bool:
        """Write a note, as part of a bulk, once.

        Returns:
            That it is written.

        Raises:
            TooManyEntries: if there are a hundred notes.
        """
        if bulk in self.bulks:
            return True
        if len(self.notes) >= MOST_NOTES:
            raise TooManyEntries(f"request {self.id} has {MOST_NOTES} notes; there can be no more")
        self.record(Noted, person=person, note=note, bulk=bulk, provenance=provenance)
        return True
