"""Timelines: an answer carries the newest entries, a list has them all.

Each side of an entry is a row of its own, so that neither an event nor an answer grows with the entries before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from application.projections.tables import Row, Table

NEWEST = 20
"""How many entries an answer carries."""
UPDATES = "updates"
"""The member that lists them, the newest last."""
COUNT = "updates_count"
"""The member that says how many there are."""


class TimelineEntry(Protocol):
    """An entry of a timeline."""

    @property
    def number(self) -> int:
        """Its number, from 1."""
        ...

    @property
    def public_number(self) -> int | None:
        """Its number among those that readers see, from 1; None if they do not."""
        ...


E = TypeVar("E", bound=TimelineEntry)


def updates_table(name: str) -> Table:
    """Declare the table of the entries of all timelines of one kind."""
    return Table(name=name, key=("entry",), columns={"entry": "key", "document": "document"})


@dataclass(frozen=True, kw_only=True)
class UpdateRow(Row):
    """One side of an entry, which stays as it is when the timeline goes on; ``entry_key`` gives its key."""

    TABLE: ClassVar[Table]

    entry: str
    document: Mapping[str, Any]


def entry_key(owner: str, number: int, *, public: bool) -> str:
    """Name a side of an entry by the owner of the timeline and the number that the entry has on that side."""
    return f"{owner}/{'public' if public else 'private'}/{number}"


def update_rows(
    row: type[UpdateRow],
    private: Callable[[E], Mapping[str, Any]],
    public: Callable[[E], Mapping[str, Any]],
) -> Callable[[str, E], Iterator[UpdateRow]]:
    """Make the function that gives the rows of an entry, by its owner; ``private`` and ``public`` write its sides."""

    def rows(owner: str, entry: E) -> Iterator[UpdateRow]:
        yield row(entry=entry_key(owner, entry.number, public=False), document=private(entry))
        if entry.public_number is not None:
            yield row(entry=entry_key(owner, entry.public_number, public=True), document=public(entry))

    return rows


def newest(timeline: Sequence[E]) -> Sequence[E]:
    """Give the entries that an answer carries."""
    return timeline[-NEWEST:]
