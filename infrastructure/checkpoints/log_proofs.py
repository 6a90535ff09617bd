"""Reads the tree for those who verify the log."""

from __future__ import annotations

import re
from base64 import b64encode
from itertools import islice
from typing import TYPE_CHECKING

from application.audit.proofs import LogFigures, SignedCheckpoint, Tile
from application.errors import LogKeyMissing
from domain.errors import Invalid, NotFound
from infrastructure.checkpoints.log_entries import read_entries, read_range
from infrastructure.checkpoints.log_origin import current_origin
from infrastructure.checkpoints.verifier_keys import verifier_keys
from infrastructure.store.base import LogDamaged
from infrastructure.transparency.checkpoint import Checkpoint
from infrastructure.transparency.checkpoint_tables import newest, signing_time
from infrastructure.transparency.merkle import leaf_hash
from infrastructure.transparency.notes import SignedNote
from infrastructure.transparency.tiles import HIGHEST, TileAddress, places_of, to_bundle
from infrastructure.transparency.tree_reader import TreeReader
from infrastructure.transparency.tree_tables import WIDTH, read_hashes, tree_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from application.audit.documents import ConsistencyDocument, EventDocument, ProofDocument
    from application.audit.queries import EventQueries
    from application.ports import Clock
    from infrastructure.checkpoints.signer import Signer
    from infrastructure.store.base import Connection, Store

LEVEL = re.compile("0|[1-9][0-9]?")
AT_ONCE = 250
"""How many entries are read at once."""


class TreeProofs:
    """Implements ``LogProofs`` on a store; see there for what each method gives."""

    def __init__(
        self,
        store: Store,
        signer: Signer,
        events: EventQueries,
        clock: Clock,
        asked_witnesses: Mapping[tuple[str, str], int],
    ) -> None:
        """Read from ``store``, and let ``signer`` sign; ``asked_witnesses`` is counted elsewhere."""
        self._store = store
        self._signer = signer
        self._events = events
        self._clock = clock
        self._asked_witnesses = asked_witnesses

    def checkpoint(self, *, is_auditor: bool) -> SignedCheckpoint:
        """Give the newest checkpoint."""
        if is_auditor:
            return self._signed(self._signer.for_auditor_of(self._store))
        return self._signed(self._signer.for_reader(self._store))

    def keys(self) -> Sequence[str]:
        """Give the public keys, the present one first."""
        with self._store.reading_log() as connection:
            found = verifier_keys(connection, self._events)
        if not found:
            raise LogKeyMissing("no key has signed the log yet")
        return [str(key) for key in found]

    def tile(self, level: str, place: str, *, is_auditor: bool) -> Tile:
        """Give a tile."""
        address = TileAddress.parse(place)
        height = int(level) if LEVEL.fullmatch(level) else HIGHEST + 1
        with self._store.reading_log() as connection:
            limit, is_public = self._limit(connection, height, address, is_auditor=is_auditor)
            if address is None or height > HIGHEST or address.end > limit:
                raise NotFound(f"there is no tile {level}/{place}{'' if is_auditor else ' that readers may have'}")
            return Tile(data=b"".join(read_hashes(connection, height, address.start, address.end)), is_public=is_public)

    def bundle(self, place: str) -> Tile:
        """Give entries."""
        address = TileAddress.parse(place)
        with self._store.reading_log() as connection:
            if address is None or address.end > tree_size(connection):
                raise NotFound(f"there are no entries {place}")
            return Tile(data=to_bundle(read_range(connection, address.start, address.end)), is_public=False)

    def inclusion(self, position: int, size: int | None) -> ProofDocument:
        """Prove that an event is there."""
        checkpoint = self.at(size)
        with self._store.reading_log() as connection:
            there = tree_size(connection)
            if position > there:
                raise NotFound(f"there is no event at position {position}; the log ends at {there}")
            if position > checkpoint.size and size is None:
                raise LogKeyMissing(f"the newest checkpoint has {checkpoint.size} events, and nobody can sign another")
            if position > checkpoint.size:
                raise Invalid(f"the first {size} events do not have the one at position {position}", pointer="/size")
            entry = read_entries(connection, [position]).get(position)
            if entry is None:
                raise LogDamaged(f"the event at position {position} of the log is missing")
            hashes = TreeReader(connection).inclusion_proof(position, checkpoint.size)
        return {
            "position": position,
            "entry": entry,
            "leaf_hash": _text(leaf_hash(entry.encode())),
            "index": position - 1,
            "size": checkpoint.size,
            "hashes": [_text(each) for each in hashes],
            "checkpoint": checkpoint.note,
        }

    def consistency(self, old: int, size: int | None) -> ConsistencyDocument:
        """Prove that what was there is still there."""
        checkpoint = self.at(size, name="to")
        if old > checkpoint.size:
            raise Invalid(f"from is {old}, and the newer log has {checkpoint.size} events", pointer="/from")
        with self._store.reading_log() as connection:
            tree = TreeReader(connection)
            hashes, root = tree.consistency_proof(old, checkpoint.size), tree.root(old)
        return {
            "from": old,
            "to": checkpoint.size,
            "from_root": _text(root),
            "hashes": [_text(each) for each in hashes],
            "checkpoint": checkpoint.note,
        }

    def at(self, size: int | None, name: str = "size") -> SignedCheckpoint:
        """Give the checkpoint of a size, which the parameter ``name`` says."""
        if size is None:
            return self.checkpoint(is_auditor=True)
        with self._store.reading_log() as connection:
            there = tree_size(connection)
            kept = newest(connection, current_origin(connection), for_readers=False)
        if size > there:
            raise Invalid(f"{name} is {size}, and the log has {there} events", pointer=f"/{name}")
        note = self._signer.at(size)
        if not note:
            hint = f"; the newest one that is kept has {kept[0]}" if kept else ""
            raise LogKeyMissing(f"no checkpoint of {size} events can be signed without the key of the log{hint}")
        return self._signed(note)

    def with_entries(self, events: Iterable[EventDocument]) -> Iterator[EventDocument]:
        """Add the texts."""
        left = iter(events)
        while some := list(islice(left, AT_ONCE)):
            with self._store.reading_log() as connection:
                entries = read_entries(connection, [event["position"] for event in some])
            for event in some:
                position = event["position"]
                yield {**event, "entry": entries[position]} if position in entries else event

    def readers_size(self) -> int:
        """Give how many events readers are told of."""
        with self._store.reading_log() as connection:
            known = newest(connection, current_origin(connection), for_readers=True)
            return known[0] if known else 0

    def figures(self) -> LogFigures:
        """Give the figures."""
        with self._store.reading_log() as connection:
            known = newest(connection, current_origin(connection), for_readers=True)
            size = tree_size(connection)
        signed_at = signing_time(known[1]) if known else None
        return LogFigures(
            tree_size=size,
            readers_size=known[0] if known else 0,
            checkpoint_age=self._clock.now() - signed_at if signed_at else None,
            asked_witnesses=dict(self._asked_witnesses),
        )

    def _limit(
        self, connection: Connection, height: int, address: TileAddress | None, *, is_auditor: bool
    ) -> tuple[int, bool]:
        """Give how many hashes of a level the caller may have, and whether readers may have those of an address."""
        known = newest(connection, current_origin(connection), for_readers=True)
        # Of leaves readers get whole tiles, since their size is one of those. The partial tiles above them are made of
        # these, and clients cannot do without.
        public = places_of(height, known[0]) if known else 0
        is_public = address is not None and address.end <= public and (height > 0 or address.width == WIDTH)
        if not is_auditor:
            return (public if is_public else 0), is_public
        return places_of(height, tree_size(connection)), is_public

    def _signed(self, note: str) -> SignedCheckpoint:
        if not note:
            raise LogKeyMissing(
                "no checkpoint can be signed: this process has not the key of the log; /readyz says why"
            )
        return SignedCheckpoint(size=Checkpoint.parse(SignedNote.parse(note).text).size, note=note)


def _text(digest: bytes) -> str:
    return b64encode(digest).decode()
