"""Goes once through the log, from the first event to the last, and computes everything again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrastructure.verification.log_sections import SECTION, read_ends
from infrastructure.verification.mismatch import LogMismatch
from infrastructure.verification.recount import TreeNode, TreeRecount
from infrastructure.verification.section_check import SectionCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from infrastructure.event_log.event_codec import TypedMapper
    from infrastructure.store.base import Connection, Value
    from infrastructure.verification.heads import Head
    from infrastructure.verification.log_history import LogHistory
    from infrastructure.verification.log_sections import LogEnds

NODES = """
    SELECT level, place, hash FROM tree_nodes WHERE level = :level AND place >= :first AND place <= :last ORDER BY place
"""
ROW_COUNTS = "SELECT (SELECT count(*) FROM stored_events), (SELECT count(*) FROM event_leaves)"
NODE_COUNTS = "SELECT level, count(*) FROM tree_nodes GROUP BY level ORDER BY level"


class LogPass:
    """One pass; what it finds of checkpoints is kept for whoever knows which trees the log has had."""

    def __init__(
        self, connection: Connection, mapper: TypedMapper, topics: frozenset[str], history: LogHistory
    ) -> None:
        """Read through ``connection``, which sees one moment; ``topics`` are the event types that are known."""
        self._connection = connection
        self._mapper = mapper
        self._history = history
        self._tree = TreeRecount()
        self._time = ""
        self.ends: LogEnds = read_ends(connection)
        self._sections = SectionCheck(connection, self.ends, topics)
        self.fitting = 0
        """How many heads had the root that the log had at their size."""
        self.newest_fitting: Head | None = None
        self.unfit: list[Head] = []
        """Of each tree the first head that had another root."""
        self.beyond: Head | None = None
        """The largest head of the present tree that is of more events than there are."""

    @property
    def size(self) -> int:
        """How many events were found to fit."""
        return self._tree.size

    @property
    def root(self) -> bytes:
        """The root of these."""
        return self._tree.root

    def run(self, heads: Iterator[Head], *, advanced: Callable[[int, int], None]) -> None:
        """Check every row, leaf and node; ``heads``, by size, are compared on the way.

        Raises:
            LogMismatch: naming the first position that does not fit.
        """
        self._require_begin()
        head = next(heads, None)
        end = self.ends.size
        for after in range(0, end, SECTION):
            until = min(after + SECTION, end)
            leaves = self._checked(after, until)
            while head is not None and head.size <= until:
                self._grow(leaves[self._tree.size - after : head.size - after])
                self._compare(head)
                head = next(heads, None)
            self._grow(leaves[self._tree.size - after :])
            advanced(until - after, end)
        while head is not None:
            self._note_beyond(head)
            head = next(heads, None)
        self._require_no_more()

    def _require_begin(self) -> None:
        for what, first in (("a row", self.ends.first_event), ("a leaf of the tree", self.ends.first_leaf)):
            if first < 1:
                raise LogMismatch(
                    f"position {first}: {what} was inserted; the log begins at position 1", position=first
                )

    def _checked(self, after: int, until: int) -> list[bytes]:
        """Check a section, and give the hashes of its rows."""
        checked = self._sections.check(after, until, self._time)
        self._history.add(checked.pairs, self._mapper)
        self._time = checked.pairs[-1][5]
        return checked.hashes

    def _grow(self, leaves: Sequence[bytes]) -> None:
        """Let leaves enter the tree that is computed again, and compare the nodes above them."""
        by_level: dict[int, list[TreeNode]] = {}
        for node in self._tree.add(leaves):
            by_level.setdefault(node.level, []).append(node)
        for level, nodes in by_level.items():
            span: dict[str, Value] = {"level": level, "first": nodes[0].place, "last": nodes[-1].place}
            stored = {(row[0], row[1]): row[2] for row in self._connection.execute(NODES, span)}
            for node in nodes:
                found = stored.get((node.level, node.place))
                if found != node.hash:
                    raise self._other_node(node, is_there=found is not None)

    def _other_node(self, node: TreeNode, *, is_there: bool) -> LogMismatch:
        width = 256**node.level
        first, last = node.place * width + 1, (node.place + 1) * width
        wrong = "is not the one that they give" if is_there else "was deleted"
        return LogMismatch(
            f"positions {first} to {last} of {self.ends.size}: the rows fit their leaves, and the node of the tree "
            f"above them (level {node.level}, place {node.place}) {wrong}",
            position=first,
        )

    def _compare(self, head: Head) -> None:
        if head.checkpoint.root == self._tree.root:
            self.fitting += 1
            self.newest_fitting = head
        elif all(other.checkpoint.origin != head.checkpoint.origin or not head.is_stored for other in self.unfit):
            self.unfit.append(head)

    def _note_beyond(self, head: Head) -> None:
        if head.size == 0:
            self._compare(head)
        elif head.checkpoint.origin == self._history.origin:
            self.beyond = head

    def _require_no_more(self) -> None:
        rows, leaves = self._connection.execute(ROW_COUNTS)[0]
        if (rows, leaves) != (self.size, self.size):
            raise LogMismatch(
                f"there are {rows!r} rows and {leaves!r} leaves for {self.size} positions: some stand at none"
            )
        counts = {str(level): count for level, count in self._tree.counts().items()}
        for level, count in self._connection.execute(NODE_COUNTS):
            if counts.get(str(level), 0) != count:
                raise LogMismatch(
                    f"the tree has {count!r} nodes on level {level!r}, and {counts.get(str(level), 0)} belong there"
                )
