"""Reads held requests, and the runs that reprocess them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from application.errors import NotYetVisible
from application.ledger.projection import COUNTS, HELD_REQUESTS, LEDGER_VIEW, RUNS, TOTALS
from application.ledger.queries import RequestCount, RequestFilter
from application.pieces import Piece
from domain.ledger.held_request import OPEN, RequestState
from infrastructure.projections.tallies import TallyReader
from infrastructure.projections.temporal_tables import HELD, branches, built
from infrastructure.queries.document_table import DocumentTable, equal
from infrastructure.store.base import Value, instant, moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infrastructure.store.base import Store

WILD = re.compile(r"[!%_]")
"""What stands for something else in a pattern of LIKE."""
PLACES = "request, from_position, received_at"
SECTION = 500
"""How many rows are read at once of all."""
BY = ("kind", "source", "state", "outcome", "holder")
OF_CAUSE = TallyReader(COUNTS, BY, "cause = :cause")
OF_ALL = TallyReader(TOTALS, ("state", "outcome"))
OPEN_ONES = TallyReader(COUNTS, ("cause",), f"state <> '{RequestState.SETTLED}'")

Conditions = tuple[str, dict[str, "Value"]]
"""A condition in SQL, and the values that it names."""


class SqlHeldRequestQueries:
    """Reads what the view of the ledger holds."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store
        self._requests = DocumentTable(store, LEDGER_VIEW, HELD_REQUESTS)
        self._runs = DocumentTable(store, LEDGER_VIEW, RUNS)

    def find(self, at: int, id: UUID) -> str | None:
        """Give one request; None if there was none at position ``at``."""
        found = self._requests.find(at, request=str(id))
        return None if found is None else str(found[0])

    def page(self, at: int, wanted: RequestFilter, after: str | None, limit: int) -> Sequence[tuple[str, str]]:
        """Give place and document, the longest held first, of those beyond the place ``after``."""
        if not wanted.states:
            return []
        where, values = _conditions(wanted)
        if after is not None:
            where += " AND (received_at, request) > (:after_at, :after_request)"
            values["after_at"], _, values["after_request"] = after.partition("|")
        rows = self._read(
            f"SELECT found.received_at, found.request, document FROM ({_ordered(wanted, PLACES, where)}) AS found"
            f" JOIN {HELD_REQUESTS.name} AS held"
            " ON held.request = found.request AND held.from_position = found.from_position"
            " ORDER BY found.received_at, found.request",
            {**values, "at": at, "limit": limit},
        )
        return [(f"{instant(moment(row[0]))}|{row[1]!s}", str(row[2])) for row in rows]

    def ids(self, at: int, wanted: RequestFilter, limit: int) -> Sequence[tuple[UUID, str]]:
        """Give id and holder, the longest held first, ``limit`` at most."""
        if not wanted.states:
            return []
        where, values = _conditions(wanted)
        statement = _ordered(wanted, "request, holder, received_at", where)
        return [(UUID(str(row[0])), str(row[1])) for row in self._read(statement, {**values, "at": at, "limit": limit})]

    def all(self, at: int, wanted: RequestFilter) -> Iterator[str]:
        """Give every document, by id, piece by piece.

        Raises:
            NotYetVisible: if the view is built anew meanwhile: what came until then is not all.
        """
        if not wanted.states:
            return
        where, values = _conditions(wanted)
        states = ", ".join(f"'{state}'" for state in wanted.states)
        statement = (
            f"SELECT request, document FROM {HELD_REQUESTS.name} WHERE request > :after AND {HELD}"
            f" AND state IN ({states}) AND {where} ORDER BY request LIMIT {SECTION}"
        )
        after, before = "", self._built(at)
        while rows := self._read(statement, {**values, "at": at, "after": after}):
            if self._built(at) != before:
                raise NotYetVisible(f"the view {LEDGER_VIEW.name} was built anew")
            for row in rows:
                yield str(row[1])
            after = str(rows[-1][0])
        if self._built(at) != before:
            raise NotYetVisible(f"the view {LEDGER_VIEW.name} was built anew")

    def totals(self, at: int) -> Mapping[tuple[str, str], int]:
        """Count all requests by state and outcome."""
        with self._store.reading_views() as connection:
            return {(group[0], group[1]): count for group, count in OF_ALL.read(connection, at, {})}

    def counts(self, at: int, cause: UUID | None) -> Sequence[RequestCount]:
        """Count the requests of one cause, or those that have none."""
        with self._store.reading_views() as connection:
            found = OF_CAUSE.read(connection, at, {"cause": "" if cause is None else str(cause)})
        return [
            RequestCount(
                kind=kind, source=source, state=RequestState(state), outcome=outcome, holder=holder, count=count
            )
            for (kind, source, state, outcome, holder), count in found
        ]

    def oldest(self, at: int, cause: UUID | None = None, *, unassigned: bool = False) -> datetime | None:
        """Give when the oldest open request was received."""
        wanted = RequestFilter(cause=cause, unassigned=unassigned, states=OPEN)
        where, values = _conditions(wanted)
        rows = self._read(_ordered(wanted, PLACES, where), {**values, "at": at, "limit": 1})
        return moment(rows[0][2]) if rows else None

    def open_counts(self, at: int, limit: int) -> Mapping[UUID, int]:
        """Count the open requests of each cause that has any, the latest causes first."""
        with self._store.reading_views() as connection:
            found = OPEN_ONES.read(connection, at, {})
        counts = {UUID(cause): count for (cause,), count in found if cause}
        return {cause: counts[cause] for cause in sorted(counts, reverse=True)[:limit]}

    def find_run(self, at: int, id: UUID) -> str | None:
        """Give one reprocessing run; None if there was none at position ``at``."""
        found = self._runs.find(at, run=str(id))
        return None if found is None else str(found[0])

    def page_of_runs(self, at: int, cause: UUID | None, before: str | None, limit: int) -> Piece[tuple[str, str]]:
        """Give id and document of runs, the highest id first."""
        where, values = equal({"cause": None if cause is None else str(cause)})
        place = None if cause is None else "place"
        rows = self._runs.page(
            at, "run", after=before, limit=limit, falling=True, either=(where,), values=values, place=place
        )
        return Piece([(str(row[0]), str(row[1])) for row in rows], rows.goes_on)

    def _built(self, at: int) -> str:
        with self._store.reading_views() as connection:
            return built(connection, LEDGER_VIEW.name, at)

    def _read(self, statement: str, values: Mapping[str, Value]) -> list[tuple[Value, ...]]:
        with self._store.reading_views() as connection:
            return connection.execute(statement, values)


def _conditions(wanted: RequestFilter) -> Conditions:
    """Write what is wanted, but for the states."""
    conditions, values = ["1 = 1"], dict[str, "Value"]()
    if wanted.unassigned or wanted.cause is not None:
        conditions.append("cause = :cause")
        values["cause"] = "" if wanted.cause is None else str(wanted.cause)
    for name in ("cause_type", "kind", "source", "holder"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(f"{name} = :{name}")
            values[name] = value
    if wanted.holder:
        # So that the index of the few that somebody has can be used.
        conditions.append("holder <> ''")
    for name, compared, when in (
        ("received_from", ">=", wanted.received_from),
        ("received_until", "<", wanted.received_until),
    ):
        if when is not None:
            conditions.append(f"received_at {compared} :{name}")
            values[name] = instant(when)
    if wanted.evidence is not None:
        conditions.append({"any": "evidence <> ''", "none": "evidence = ''"}.get(wanted.evidence, _SUGGESTED))
        if wanted.evidence not in {"any", "none"}:
            wild = WILD.sub(r"!\g<0>", wanted.evidence)
            values["evidence"] = f"%|{wild}|%"
    return " AND ".join(conditions), values


_SUGGESTED = "evidence LIKE :evidence ESCAPE '!'"


def _ordered(wanted: RequestFilter, columns: str, where: str) -> str:
    """Write the statement that gives the first rows of all wanted states, each by the index of now.

    What has ended since the wanted position is sifted and sorted as a whole: of now that is next to nothing.
    """
    order = "ORDER BY received_at, request LIMIT :limit"
    states = ", ".join(f"'{state}'" for state in wanted.states)
    of_state = [
        (state, branches(HELD_REQUESTS, columns, f"state = '{state}' AND {where}")[0]) for state in wanted.states
    ]
    now = [f"SELECT * FROM ({branch} {order}) AS now_{state}" for state, branch in of_state]
    then = branches(HELD_REQUESTS, columns, f"state IN ({states}) AND {where}")[1:]
    return f"SELECT * FROM ({' UNION ALL '.join((*now, *then))}) AS every {order}"
