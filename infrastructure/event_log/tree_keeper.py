"""Keeps the tree in the transaction of the events that it grows by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.event_log import recorder
from infrastructure.store.base import LogDamaged
from infrastructure.transparency.entries import new_salts, to_entry
from infrastructure.transparency.merkle import leaf_hash, perfect_root
from infrastructure.transparency.tree_tables import INSERT_LEAVES, INSERT_NODES, WIDTH, read_hashes, to_bytes, tree_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from infrastructure.store.base import BulkWork, Connection, Store, Value
    from infrastructure.transparency.entries import LogRow

BATCH = 1_024
"""How many events of an older log enter the tree in one transaction."""


class TreeKeeper:
    """The right edge of the tree, in memory: of each level the hashes that do not fill a tile yet."""

    def __init__(self) -> None:
        """Know nothing; see ``catch_up``."""
        self._size: int | None = None
        self._edge: list[list[bytes]] = []
        self._last: bytes | None = None

    def forget(self) -> None:
        """Drop what is in memory."""
        self._size = None

    def catch_up(self, connection: Connection, position: int) -> None:
        """Know the tree of a log that ends at ``position``, inside a transaction of the one writer.

        Events that an older program has appended beside this one enter it now.

        Raises:
            LogDamaged: if events are missing that the tree has.
        """
        if self._size == position:
            return
        size = tree_size(connection)
        self._load(connection, size)
        if size > position:
            raise LogDamaged(f"the log ends at position {position}, and had {size} events: the last ones were removed")
        while self._size != position:
            self.grow(connection)

    def follow(self, size: int, leaves: Sequence[Value]) -> None:
        """Let what another writer has appended behind a tree of ``size`` enter in memory.

        The first of the ``leaves`` is the last of that tree; if it is another one, or any is missing, know nothing.
        """
        known, *appended = (None if leaf is None else to_bytes(leaf) for leaf in leaves)
        if self._size != size or known != self._last:
            self.forget()
            return
        for leaf in appended:
            if leaf is None:
                self.forget()
                return
            self._add(leaf)

    def append(self, connection: Connection, rows: Sequence[LogRow]) -> None:
        """Let the next events enter the tree."""
        connection.run_together(self.enter(rows))

    def enter(self, rows: Sequence[LogRow]) -> Sequence[BulkWork]:
        """Let the next events enter the tree in memory, and give what is to be written in the same transaction.

        Nothing is read, so that it costs no answer of the store.
        """
        salts = new_salts(len(rows))
        hashes = [leaf_hash(to_entry(row, salt)) for row, salt in zip(rows, salts, strict=True)]
        leaves = [(row.position, salt, leaf) for row, salt, leaf in zip(rows, salts, hashes, strict=True)]
        nodes = [node for leaf in hashes for node in self._add(leaf)]
        return [(INSERT_LEAVES, leaves), (INSERT_NODES, nodes)] if nodes else [(INSERT_LEAVES, leaves)]

    def grow(self, connection: Connection) -> int:
        """Let the next events that are stored enter the tree, up to a limit, and give how many there were.

        Raises:
            LogDamaged: if one is missing.
        """
        if self._size is None:
            self._load(connection, tree_size(connection))
        rows = recorder.rows(connection, after=self._size or 0, limit=BATCH)
        for place, row in enumerate(rows, (self._size or 0) + 1):
            if row.position != place:
                raise LogDamaged(f"the event at position {place} of the log is missing")
        if rows:
            self.append(connection, rows)
        return len(rows)

    def _add(self, node: bytes) -> list[tuple[Value, ...]]:
        """Add a leaf, and give the rows of the subtrees that it fills: level, place and hash."""
        size = self._size = (self._size or 0) + 1
        self._last = node
        filled: list[tuple[Value, ...]] = []
        for level in range(len(self._edge) + 1):
            if level == len(self._edge):
                self._edge.append([])
            self._edge[level].append(node)
            if len(self._edge[level]) < WIDTH:
                break
            node = perfect_root(self._edge[level])
            self._edge[level] = []
            filled.append((level + 1, size // WIDTH ** (level + 1) - 1, node))
        return filled

    def _load(self, connection: Connection, size: int) -> None:
        self._size, self._edge = size, []
        count, level = size, 0
        while count:
            self._edge.append(read_hashes(connection, level, count // WIDTH * WIDTH, count))
            count, level = count // WIDTH, level + 1
        self._last = self._edge[0][-1] if self._edge and self._edge[0] else None


def entered(store: Store) -> int:
    """Give how many events of a log have entered the tree."""
    with store.reading_log() as connection:
        return tree_size(connection)


def _recorded(store: Store) -> int:
    with store.reading_log() as connection:
        return recorder.last(connection)[0]


def fill_tree(store: Store, *, advanced: Callable[[int], None]) -> None:
    """Let every event of a log enter the tree, some at a time, each time in a transaction of its own.

    It can be interrupted, and goes on where it was. ``advanced`` is told the number of events of each transaction.
    """
    if entered(store) >= _recorded(store):
        return
    connection = store.connect_log()
    keeper = TreeKeeper()
    try:
        count = 1
        while count:
            connection.begin()
            # Another process may have come further.
            keeper.forget()
            count = keeper.grow(connection)
            connection.commit()
            if count:
                advanced(count)
    finally:
        connection.rollback()
        connection.close()
