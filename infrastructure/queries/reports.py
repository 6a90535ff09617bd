"""Reads what uptime is computed from: what the board showed in a period, and what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.reports.queries import OnBoard, ShownPeriod, Statement
from application.status.projection import BOARD_VIEW, CAUSES, COMPONENTS
from domain.impact import EVERYWHERE, Status, StatusSpan
from infrastructure.event_log import recorder
from infrastructure.projections.temporal_tables import HELD, consistent_read, holding, overlapping, read_consistently
from infrastructure.store.base import Value, instant, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from infrastructure.store.base import Store, Value

# As expressions, so that no index of what a component has ever had is taken in place of that of the period.
OF_ONE = f"component || '' IN (:component, '{EVERYWHERE}')"
ANY = "1 = 1"
OPEN = "public = 1 AND ended_at IS NULL"
STATED = "cause, kind, component, status"
# What was open and public at a position was shown then, whatever it says of its start.
SHOWN = {
    one: overlapping(CAUSES, f"{STATED}, from_position, to_position", f"{OPEN} AND {where}")
    for one, where in ((True, OF_ONE), (False, ANY))
}
ON_BOARD = {
    one: overlapping(
        COMPONENTS,
        "component, vouched_from, from_position, to_position",
        f"public = 1 AND retired = 0 AND {where}",
    )
    for one, where in ((True, OF_ONE), (False, ANY))
}
KNOWN_COMPONENTS = {
    True: f":component, '{EVERYWHERE}'",
    False: f"SELECT component FROM {COMPONENTS.name} WHERE to_position IS NULL UNION ALL SELECT '{EVERYWHERE}'",
}
KNOWN_COLUMNS = f"{STATED}, started_at, ended_at"
KNOWN = {
    one: holding(CAUSES, KNOWN_COLUMNS, f"{OPEN} AND started_at < :until AND {where}")
    + f" UNION ALL SELECT {KNOWN_COLUMNS} FROM {CAUSES.name} WHERE component IN ({KNOWN_COMPONENTS[one]})"
    f" AND ended_at > :start AND started_at || '' < :until AND public = 1 AND {HELD}"
    for one, where in ((True, OF_ONE), (False, ANY))
}


class SqlUptimeQueries:
    """Implements ``UptimeQueries`` on a store; see there for what each method gives."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def shown(self, at: int, start: datetime, until: datetime, component: str | None = None) -> ShownPeriod:
        """Give what readers saw from ``start`` to ``until``, by the log up to position ``at``."""
        with self._store.reading_log() as log:
            last = min(at, recorder.position_at(log, until))
            first = min(last, recorder.position_at(log, start))
        is_one = component is not None
        wanted: dict[str, Value] = {"first": first, "last": last, **_named(component)}
        with consistent_read(self._store, BOARD_VIEW, at), self._store.reading_views() as views:
            causes, stays = (views.execute(sql[is_one], wanted) for sql in (SHOWN, ON_BOARD))
        places = {int(place) for row in (*causes, *stays) for place in row[-2:] if place is not None}
        times = self._times(place for place in places if first < place <= last)
        return ShownPeriod(
            on_board=[
                OnBoard(
                    component=str(row[0]),
                    vouched_from=None if row[1] is None else moment(row[1]),
                    start=times.get(int(row[2] or 0), start),
                    end=times.get(int(row[3] or 0)),
                )
                for row in stays
            ],
            statements=[
                _statement(row, times.get(int(row[4] or 0), start), times.get(int(row[5] or 0))) for row in causes
            ],
        )

    def known(self, at: int, start: datetime, until: datetime, component: str | None = None) -> Sequence[Statement]:
        """Give what public causes say at any time from ``start`` to ``until``, by what is known at position ``at``."""
        wanted: dict[str, Value] = {"at": at, "start": instant(start), "until": instant(until), **_named(component)}
        rows = read_consistently(self._store, BOARD_VIEW, KNOWN[component is not None], wanted)
        return [_statement(row, moment(row[4]), None if row[5] is None else moment(row[5])) for row in rows]

    def _times(self, positions: Iterable[int]) -> Mapping[int, datetime]:
        with self._store.reading_log() as log:
            return recorder.times_of(log, sorted(positions))


def _named(component: str | None) -> dict[str, Value]:
    return {} if component is None else {"component": component}


def _statement(row: tuple[Value, ...], start: datetime, end: datetime | None) -> Statement:
    span = StatusSpan(status=Status(str(row[3])), start=start, end=end)
    return Statement(cause=str(row[0]), kind=str(row[1]), component=str(row[2]), span=span)
