"""Pages lists by an index for every combination of filters."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from application.pieces import Piece
from infrastructure.projections.temporal_tables import begun, branches
from infrastructure.queries.document_table import LOOKED_AT, PAST_THE_END, directed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.projections.tables import Table
    from infrastructure.store.base import Connection, Value

SIDES = (False, True)
Sifted = tuple[str, "Mapping[str, Value]"] | None
"""A condition on documents, and the values that it names."""


class Listing:
    """Reads a list, and the documents of what stands in it."""

    def __init__(self, listing: Table, documents: Table, key: str, columns: Sequence[str]) -> None:
        """Page ``listing``; its things are the ``key`` of ``documents``, of which ``columns`` are read."""
        self._listing = listing
        self._documents = documents
        self._key = key
        self._columns = ", ".join(columns)

    def page(
        self,
        connection: Connection,
        at: int,
        *,
        facets: Sequence[str],
        states: Sequence[str],
        public: bool | None,
        after: str | None,
        limit: int,
        falling: bool,
        until: str | None = None,
        sifted: Sifted = None,
    ) -> Piece[tuple[Value, ...]]:
        """Give place, thing and columns of what has any of the facets, is in any of the states, and lies beyond.

        ``until`` is the last place that may be given. ``sifted`` narrows the documents by what has no index, of those
        of so many things as are looked at for a piece.
        """
        if not facets or not states:
            # No SQL can be said of an empty choice: PostgreSQL refuses ``IN ()``.
            return Piece(())
        values = _values(at, facets, after, until, falling=falling)
        publics = SIDES if public is None else (public,)
        places = _places(self._listing, len(facets), tuple(states), publics, falling=falling, bounded=until is not None)
        if sifted is None:
            statement = self._statement(places, falling=falling)
            return Piece(connection.execute(statement, values | {"looked_at": limit, "limit": limit}))
        where, more = sifted
        values |= {"looked_at": LOOKED_AT}
        last = "min" if falling else "max"
        ((count, end),) = connection.execute(f"SELECT count(*), {last}(place) FROM ({places}) AS places", values)
        statement = self._statement(places, falling=falling, where=where)
        rows = connection.execute(statement, {**values, **more, "limit": limit})
        goes_on = end is not None and count == LOOKED_AT and len(rows) < limit
        return Piece(rows, str(end) if goes_on else None)

    def nearest(
        self,
        connection: Connection,
        at: int,
        *,
        facets: Sequence[str],
        states: Sequence[str],
        after: str,
        falling: bool,
    ) -> str | None:
        """Give the first place beyond ``after`` of what readers see; None if nothing lies there."""
        places = _places(self._listing, len(facets), tuple(states), (True,), falling=falling)
        rows = connection.execute(places, _values(at, facets, after, None, falling=falling) | {"looked_at": 1})
        return str(rows[0][0]) if rows else None

    def _statement(self, places: str, *, falling: bool, where: str = "1 = 1") -> str:
        _, direction = directed(falling=falling)
        return f"""
            SELECT page.place, page.thing, {self._columns} FROM ({places}) AS page
            JOIN {self._documents.name} AS found ON found.{self._key} = page.thing
            AND found.from_position = {begun(self._documents, f"version.{self._key} = page.thing")}
            WHERE {where} ORDER BY page.place {direction} LIMIT :limit
        """


def earlier(place: str, other: str | None) -> str:
    """Give the lesser of two places; of one, if there is no other."""
    return place if other is None else min(place, other)


def _values(at: int, facets: Sequence[str], after: str | None, until: str | None, *, falling: bool) -> dict[str, Value]:
    values: dict[str, Value] = {f"facet_{number}": facet for number, facet in enumerate(facets)}
    return values | {"at": at, "after": after or (PAST_THE_END if falling else ""), "until": until}


@lru_cache(maxsize=512)
def _places(
    listing: Table,
    facets: int,
    states: tuple[str, ...],
    publics: tuple[bool, ...],
    *,
    falling: bool,
    bounded: bool = False,
) -> str:
    """Take what stands in the list now from its index in order, branch by branch.

    What has ended since is little unless one reads the past; then it is one row for each thing that has changed.
    """
    beyond, direction = directed(falling=falling)
    end = f"ORDER BY place {direction} LIMIT :looked_at"
    names, beyond_after = [f":facet_{number}" for number in range(facets)], f"place {beyond} :after"
    if bounded:
        beyond_after += " AND place >= :until" if falling else " AND place <= :until"
    now = [
        branches(
            listing,
            "place, thing",
            f"facet = {name} AND state = '{state}' AND public = {int(public)} AND {beyond_after}",
        )[0]
        for name, state, public in product(names, states, publics)
    ]
    any_state, any_side = ", ".join(f"'{state}'" for state in states), ", ".join(str(int(side)) for side in publics)
    wanted = f"facet IN ({', '.join(names)}) AND state IN ({any_state}) AND public IN ({any_side}) AND {beyond_after}"
    then = branches(listing, "place, thing", wanted)[1:]
    pieces = [f"SELECT * FROM ({piece} {end}) AS now_{number}" for number, piece in enumerate(now)]
    # What has two of the facets stands there twice.
    return f"SELECT * FROM ({' UNION '.join((*pieces, *then))}) AS held {end}"
