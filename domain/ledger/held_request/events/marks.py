"""The events by which people mark a request: they decide nothing."""

from __future__ import annotations

from domain.ledger.held_request.events.base import RequestEvent
from domain.ledger.held_request.state import HeldRequestState
from domain.ledger.held_request.values import Note


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
