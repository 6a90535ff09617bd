"""Reads held requests, and the runs that reprocess them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from application.errors import NotYetVisible
from application.ledger.projection import COUNTS, DEFAULTS, HELD_REQUESTS, LEDGER_VIEW, RUNS, TOTALS
from application.ledger.queries import FoundRequest, RequestCount, RequestFilter
from application.pieces import Piece
from domain.ledger.held_request import OPEN, RequestState
from infrastructure.projections.packing import unpack, unpack_digested
from infrastructure.projections.tallies import TallyReader
from infrastructure.projections.temporal_tables import built, consistent_read, latest, read_consistently
from infrastructure.queries.document_table import DocumentTable, equal
from infrastructure.queries.ledger_filters import DOCUMENT, MANY, beginning, by_id, conditions, ordered, runs_for
from infrastructure.store.base import Value, instant, moment
from infrastructure.store.instants import moment_of, number_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infrastructure.store.base import Store

SECTION = 500
"""How many rows are read at once of all."""
BY = ("kind", "source", "state", "outcome", "holder")
OF_CAUSE = TallyReader(COUNTS, BY, "cause = :cause")
OF_ALL = TallyReader(TOTALS, ("state", "outcome"))
OPEN_STATES = ", ".join(f"'{state}'" for state in OPEN)
OPEN_ONES = TallyReader(COUNTS, ("cause",), f"state IN ({OPEN_STATES})")


class SqlHeldRequestQueries:
    """Reads what the view of the ledger holds."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store
        self._requests = DocumentTable(store, LEDGER_VIEW, HELD_REQUESTS)
        self._runs = DocumentTable(store, LEDGER_VIEW, RUNS)
        self._defaults = DocumentTable(store, LEDGER_VIEW, DEFAULTS)

    def find(self, at: int, id: UUID) -> str | None:
        """Give one request; None if there was none at position ``at``."""
        found = self._requests.find(at, request=str(id))
        return None if found is None else unpack(found[0])

    def page(
        self, at: int, wanted: RequestFilter, after: str | None, limit: int, *, newest_first: bool = False
    ) -> Sequence[tuple[str, str]]:
        """Give place and document, the longest held first or last, of those beyond the place ``after``."""
        if not wanted.states:
            return []
        where, values = conditions(wanted)
        beyond, way = ("<", " DESC") if newest_first else (">", "")
        if after is not None:
            where += f" AND (received_at, request) {beyond} (:after_at, :after_request)"
            received_at, _, values["after_request"] = after.partition("|")
            values["after_at"] = number_of(moment(received_at))
        named = self._is_named(at, wanted)
        found = ordered(wanted, "request, received_at", where, named=named, newest_first=newest_first)
        rows = self._read(
            f"SELECT found.received_at, found.request, {DOCUMENT} FROM ({found}) AS found"
            f" ORDER BY found.received_at{way}, found.request{way}",
            {**values, "at": at, "limit": limit},
        )
        return [(f"{instant(_moment(row[0]))}|{row[1]!s}", unpack(row[2])) for row in rows]

    def ids(self, at: int, wanted: RequestFilter, limit: int) -> Sequence[FoundRequest]:
        """Give those that are wanted, the longest held first, ``limit`` at most."""
        if not wanted.states:
            return []
        where, values = conditions(wanted)
        statement = ordered(wanted, "request, holder, basis, received_at", where, named=self._is_named(at, wanted))
        return [
            FoundRequest(id=UUID(str(row[0])), holder=str(row[1]), basis=unpack_digested(row[2]))
            for row in self._read(statement, {**values, "at": at, "limit": limit})
        ]

    def all(self, at: int, wanted: RequestFilter) -> Iterator[str]:
        """Give every document, by id, piece by piece.

        Raises:
            NotYetVisible: if the view is built anew meanwhile: what came until then is not all.
        """
        if not wanted.states:
            return
        where, values = conditions(wanted)
        statement = by_id(wanted, where, SECTION, named=self._is_named(at, wanted))
        after, before = "", self._built(at)
        while rows := self._read(statement, {**values, "at": at, "after": after}):
            if self._built(at) != before:
                raise NotYetVisible(f"the view {LEDGER_VIEW.name} was built anew")
            for row in rows:
                yield unpack(row[1])
            after = str(rows[-1][0])
        if self._built(at) != before:
            raise NotYetVisible(f"the view {LEDGER_VIEW.name} was built anew")

    def totals(self, at: int) -> Mapping[tuple[str, str], int]:
        """Count all requests by state and outcome."""
        with consistent_read(self._store, LEDGER_VIEW, at), self._store.reading_views() as connection:
            return {(group[0], group[1]): count for group, count in OF_ALL.read(connection, at, {})}

    def counts(self, at: int, cause: UUID | None) -> Sequence[RequestCount]:
        """Count the requests of one cause, or those that have none."""
        with consistent_read(self._store, LEDGER_VIEW, at), self._store.reading_views() as connection:
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
        where, values = conditions(wanted)
        statement = ordered(wanted, "request, received_at", where, named=False)
        rows = self._read(statement, {**values, "at": at, "limit": 1})
        return _moment(rows[0][1]) if rows else None

    def open_counts(self, at: int, limit: int) -> Mapping[UUID, int]:
        """Count the open requests of each cause that has any, the latest causes first."""
        with consistent_read(self._store, LEDGER_VIEW, at), self._store.reading_views() as connection:
            found = OPEN_ONES.read(connection, at, {})
        counts = {UUID(cause): count for (cause,), count in found if cause}
        return {cause: counts[cause] for cause in sorted(counts, reverse=True)[:limit]}

    def default_policies(self, at: int) -> str | None:
        """Give the default policies as a document; None if nobody had said any at position ``at``."""
        found = self._defaults.find(at, place=DEFAULTS.name)
        return None if found is None else str(found[0])

    def find_run(self, at: int, id: UUID, sources: Sequence[str] = ()) -> str | None:
        """Give one reprocessing run; None if there was none at position ``at``, or none for these ``sources``."""
        condition, values = runs_for(sources)
        statement = latest(RUNS, "document", f"run = :id AND {condition}")
        rows = self._read(statement, {**values, "id": str(id), "at": at})
        return str(rows[0][0]) if rows else None

    def page_of_runs(
        self, at: int, cause: UUID | None, before: str | None, limit: int, sources: Sequence[str] = ()
    ) -> Piece[tuple[str, str]]:
        """Give id and document of runs, the highest id first; of those for ``sources`` alone, if any are named."""
        of_cause, values = equal({"cause": None if cause is None else str(cause)})
        of_sources, named = runs_for(sources)
        rows = self._runs.page(
            at,
            "run",
            after=before,
            limit=limit,
            falling=True,
            either=(f"{of_cause} AND {of_sources}",),
            values=values | named,
            place=None if cause is None else "place",
        )
        return Piece([(str(row[0]), str(row[1])) for row in rows], rows.goes_on)

    def _is_named(self, at: int, wanted: RequestFilter) -> bool:
        """Tell whether few are named, so that they are found first; with a prefix, very many may begin."""
        if wanted.ids or wanted.references or not wanted.prefix:
            return bool(wanted.ids or wanted.references)
        statement, values = beginning(wanted)
        ((count,),) = self._read(statement, {**values, "at": at})
        return int(count or 0) < MANY

    def _built(self, at: int) -> str:
        with self._store.reading_views() as connection:
            return built(connection, LEDGER_VIEW, at)

    def _read(self, statement: str, values: Mapping[str, Value]) -> list[tuple[Value, ...]]:
        return read_consistently(self._store, LEDGER_VIEW, statement, values)


def _moment(value: Value) -> datetime:
    return moment_of(int(value or 0))
