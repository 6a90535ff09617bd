"""What a view is made of: tables of rows, each row a pure function of one aggregate.

A row is never overwritten. When it changes, the row that held until then is closed at the position of the event
(``to_position``) and the next one begins there (``from_position``); what held at any position stays readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from application.ids import written
from domain.aggregate import Aggregate

Cell = str | int | bool | datetime | Mapping[str, Any] | None
"""A value of a row; a mapping is a JSON object."""


@dataclass(frozen=True)
class Index:
    """Columns by which rows are found, with ``DESC`` where they fall; ``where`` says which rows, if not all.

    Each index costs at every write.
    """

    columns: tuple[str, ...]
    where: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """A table: its columns by name and type (key, text, instant, number, flag, document), and which are its key.

    Where there are very many rows, some types take fewer bytes: ``packed`` for a document, ``micros`` for an instant,
    and ``digested`` for a text that begins with a digest.
    ``indexes`` are for the rows that hold now and for those that held once alike; ``open_rows`` is a condition on
    columns, if the few rows that fulfill it now are what is read most.
    """

    name: str
    key: tuple[str, ...]
    columns: dict[str, str]
    indexes: tuple[Index, ...] = ()
    open_rows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a view."""

    TABLE: ClassVar[Table]

    @property
    def key(self) -> tuple[Cell, ...]:
        """What tells it from the other rows of its table that hold at the same time."""
        return tuple([getattr(self, name) for name in self.TABLE.key])

    def cells(self) -> dict[str, Cell]:
        """Give its values by column."""
        return vars(self)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many rows of a table hold at the same time, by the values of some columns, which are texts.

    It is written once for many events. The row in which every value is empty counts all rows; it is written each time
    that rows have changed, and says by that up to which position the others are right.
    """

    name: str
    of: Table
    by: tuple[str, ...]

    @property
    def table(self) -> Table:
        """The table of the counts; one that is zero has no row."""
        return Table(name=self.name, key=self.by, columns={**dict.fromkeys(self.by, "key"), "count": "number"})

    def group_of(self, row: Row) -> tuple[str, ...]:
        """Give the values by which a row is counted."""
        return tuple([getattr(row, name) for name in self.by])


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The rows of a list that grows at its end: of each entry some, by the id of its aggregate.

    Only entries that are new, or are not the same object as before, are looked at, so that an event costs no more on
    a long list than on a short one.
    """

    entries_of: Callable[[Aggregate], tuple[Any, ...]]
    rows_of: Callable[[str, Any], Iterable[Row]]


@dataclass(frozen=True, kw_only=True)
class View:
    """Tables that follow the log together; ``version`` rises when the rows of old events would differ.

    There are rows of the aggregates ``of`` these kinds alone: those of the aggregate itself, and those of its
    ``timeline``, if it has one.
    """

    name: str
    version: int
    tables: tuple[Table, ...]
    tallies: tuple[Tally, ...] = ()
    of: tuple[type[Aggregate], ...]
    rows_of: Callable[[Aggregate], Iterable[Row]]
    timeline: Timeline | None = None

    def all_rows(self, aggregate: Aggregate) -> Iterator[Row]:
        """Give every row of an aggregate as it is."""
        yield from self.rows_of(aggregate)
        if self.timeline is not None:
            for entry in self.timeline.entries_of(aggregate):
                yield from self.timeline.rows_of(written(aggregate.id), entry)
