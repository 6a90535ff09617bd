"""What a source sent again before the request that failed was handed in: it is kept by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Self
from uuid import UUID

from domain.aggregate import Aggregate, Created, Event
from domain.comparison import comparable
from domain.errors import TooManyEntries
from domain.ledger.held_request import Reference, Resend
from domain.ledger.held_request.state import named_in
from domain.provenance import Provenance

NAMESPACE = UUID("1d0c6f5e-93a8-5b6f-8a53-52a1c2f0e7d4")
HANDLE_DIGITS = 40
MOST_KEPT = 100
"""How many resends of one reference are kept."""


def kept_handle(source: str) -> str:
    """Give the handle of all that is kept of a source."""
    return f"kept:{sha256(comparable(source).encode()).hexdigest()[:HANDLE_DIGITS]}"


class SourceResendEvent(Event):
    """An event of what a source sent again."""


class Kept(Created, SourceResendEvent):
    """A source sent something again, and that settled nothing."""

    TOPIC = "source_resend.kept"
    reference: Reference
    resend: Resend

    def apply(self, aggregate: SourceResend) -> None:
        """Wait for what is handed in later."""
        aggregate.reference, aggregate.resend = self.reference, self.resend


class KeptAgain(SourceResendEvent):
    """It sent it again later, and that settled nothing, either."""

    TOPIC = "source_resend.kept_again"
    resend: Resend

    def apply(self, aggregate: SourceResend) -> None:
        """Know the later one, which tells all that the earlier one did."""
        aggregate.resend = self.resend
        aggregate.count += 1


class SourceResend(Aggregate):
    """The last time that a source sent something again which settled nothing."""

    TOPIC = "source_resend"
    Event = SourceResendEvent
    Kept = Kept
    KeptAgain = KeptAgain

    def __init__(self) -> None:
        """Begin without history; the events fill it in."""
        self.reference: Reference
        self.resend: Resend
        self.count = 1

    @staticmethod
    def id_of(reference: Reference) -> UUID:
        """Give the id of what is kept under a reference."""
        return named_in(NAMESPACE, reference.compared)

    @property
    def handles(self) -> Mapping[str, datetime]:
        """The handle by which the intake finds out whether anything is kept of a source."""
        return {kept_handle(self.reference.source): self.resend.received_at}

    @classmethod
    def keep(cls, *, reference: Reference, resend: Resend, provenance: Provenance) -> Self:
        """Keep the first resend of a reference."""
        kept: Self = cls.begin_with(
            cls.Kept, id=cls.id_of(reference), reference=reference, resend=resend, provenance=provenance
        )
        return kept

    def keep_again(self, resend: Resend, *, provenance: Provenance) -> None:
        """Keep a later one; no-op if it is not later.

        Raises:
            TooManyEntries: if a hundred were kept.
        """
        if resend.received_at <= self.resend.received_at:
            return
        if self.count >= MOST_KEPT:
            raise TooManyEntries(
                f"{self.reference.reference} was sent again {MOST_KEPT} times without a request that waits for it;"
                " no more of that is kept"
            )
        self.record(self.KeptAgain, resend=resend, provenance=provenance)
