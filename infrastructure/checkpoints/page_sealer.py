"""Seals pages with the key that signs the log."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from application.audit.sealing import FORMAT, AnsweredPage, SealedEvent, SealedPage
from application.errors import LogKeyMissing
from application.ids import written
from domain.errors import Invalid
from infrastructure.checkpoints.log_entries import read_entries
from infrastructure.event_log import recorder
from infrastructure.store.base import BulkStatement, instant
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.notes import SignedNote
from infrastructure.transparency.sealed_page import seal_text
from infrastructure.transparency.tree_reader import TreeReader

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from infrastructure.checkpoints.signer import Signer
    from infrastructure.store.base import Connection, Store

MOST_EVENTS = 5_000
"""How many events a sealed page has at most; with their proofs that is some 10 MB."""
POSITIONS = BulkStatement(sql="SELECT position FROM stored_events WHERE originator_id {among}", columns=("id",))


class NoteSealer:
    """Seals pages by signed notes; see ``PageSealer``."""

    def __init__(self, store: Store, signer: Signer) -> None:
        """Read the events of ``store``, and let ``signer`` sign."""
        self._store = store
        self._signer = signer

    def seal(self, answered: AnsweredPage, aggregates: Collection[UUID]) -> SealedPage:
        """Seal a page with the events of these aggregates up to its position."""
        note = self._signer.for_auditor()
        if not note:
            raise LogKeyMissing("this process has no key to sign with")
        checkpoint = Checkpoint.parse(SignedNote.parse(note).text)
        with self._store.reading_log() as connection:
            positions = _positions(connection, aggregates, answered.position)
            last = recorder.times_of(connection, [answered.position]) if answered.position else {}
            page: SealedPage = {
                "format": FORMAT,
                "address": answered.address,
                "position": answered.position,
                "recorded_at": instant(last[answered.position]) if last else None,
                "media_type": answered.media_type,
                "page": answered.page,
                "events": _proved(connection, positions, checkpoint.size),
                "checkpoint": note,
                "seal": "",
            }
        return {**page, "seal": self._signer.sign_text(seal_text(checkpoint.origin, page))}


def _positions(connection: Connection, aggregates: Collection[UUID], until: int) -> Sequence[int]:
    rows = connection.run(POSITIONS, [(written(id),) for id in aggregates])
    positions = sorted(position for row in rows if (position := int(row[0] or 0)) <= until)
    if len(positions) > MOST_EVENTS:
        raise Invalid(
            f"the page follows from {len(positions)} events, and a sealed page has {MOST_EVENTS} at most; seal a part "
            "of it, or export the log with its entries"
        )
    return positions


def _proved(connection: Connection, positions: Sequence[int], size: int) -> list[SealedEvent]:
    reader = TreeReader(connection)
    entries = read_entries(connection, positions)
    return [
        {
            "entry": entries[position],
            "hashes": [b64encode(each).decode() for each in reader.inclusion_proof(position, size)],
        }
        for position in positions
    ]
