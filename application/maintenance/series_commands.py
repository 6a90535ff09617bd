"""The commands on series of maintenance windows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from application.caller import BY_CLOCK, Caller
from application.errors import TooLarge
from application.ids import new_id
from application.maintenance.commands import require_known
from application.maintenance.recurrence import MAX_WINDOWS, Recurrence, check_pattern, occurrences
from application.maintenance.rule_parts import POINTER
from application.maintenance.timetables import Times, civil_text
from domain.errors import DomainError, Invalid
from domain.maintenance import Origin, Timetable
from domain.maintenance.guards import require_order
from domain.maintenance.series import MaintenanceSeries
from domain.maintenance.series_state import Pattern

if TYPE_CHECKING:
    from application.log import Log, Timer
    from application.maintenance.commands import Windows
    from application.targets import Target
    from domain.maintenance import Plan


@dataclass(frozen=True, kw_only=True)
class ComingWindow:
    """A window that a series would make: when, or ``because`` of what there would be none.

    ``occurrence`` is its start, a civil time of the zone.
    """

    occurrence: str
    timetable: Timetable | None = None
    because: str | None = None


class Series:
    """The commands; each returns the series as it is afterwards."""

    def __init__(self, windows: Windows, horizon: timedelta) -> None:
        """Make ``windows`` that begin within ``horizon`` from now."""
        self._windows = windows
        self._horizon = horizon

    def check(self, pattern: Pattern) -> Pattern:
        """Check a pattern, and give it in the form that ``begin`` takes.

        Raises:
            Invalid: if its zone is unknown, a part of its rule cannot be, or nothing begins at a date left out.
        """
        return check_pattern(pattern, self._windows.timetables.zone(pattern.zone))

    def begin(self, log: Log, *, plan: Plan, pattern: Pattern, announced: bool, caller: Caller) -> MaintenanceSeries:
        """Plan windows by a checked pattern, and make those within the horizon that have not begun.

        Raises:
            Invalid: if it names an unknown component or zone, no end, or yields too many windows at once, or none that
                is still to come.
            NonexistentTime: if a window within the horizon has a time that no clock in the zone shows, and the pattern
                does not choose; so too ``AmbiguousTime``.
        """
        require_known(log, plan.components, plan.covers)
        provenance = caller.says(log)
        first = next(self._recurrence(pattern).starts_from(provenance.recorded_at), None)
        if first is None:
            raise Invalid("every window of the series would begin in the past", pointer=POINTER)
        series = MaintenanceSeries.begin(
            id=new_id(log.now),
            plan=plan,
            pattern=pattern,
            announced=announced,
            looks_at=self._looks_at(first),
            provenance=provenance,
        )
        log.save(series)
        self._make(log, series, caller, within=log.now + self._horizon, is_strict=True)
        return series

    def coming(self, pattern: Pattern, now: datetime, most: int) -> list[ComingWindow]:
        """Give the first windows, ``most`` of them, that a checked pattern would make from ``now`` on.

        Raises:
            Invalid: if there is none that is still to come.
        """
        starts = islice(self._recurrence(pattern).starts_from(now), most)
        if not (found := [self._coming(pattern, start) for start in starts]):
            raise Invalid("every window of the series would begin in the past", pointer=POINTER)
        return found

    def _coming(self, pattern: Pattern, start: datetime) -> ComingWindow:
        try:
            timetable = self._windows.timetables.to_timetable(to_times(pattern, start))
            require_order(timetable)
        except DomainError as error:
            return ComingWindow(occurrence=civil_text(start), because=str(error))
        return ComingWindow(occurrence=civil_text(start), timetable=timetable)

    def end(self, log: Log, *, target: Target, reason: str | None) -> MaintenanceSeries:
        """End a series; the windows that it made stay.

        Raises:
            NotFound: if there is no such series.
            SeriesEnded: if it was ended before.
        """
        series, provenance = target.load(log, MaintenanceSeries)
        series.end(reason=reason, provenance=provenance)
        log.save(series)
        return series

    def handle_due(self, log: Log, timer: Timer) -> datetime | None:
        """Make the windows that have come within the horizon.

        Returns:
            When the series is due again; None if never.
        """
        series = log.load(MaintenanceSeries, timer.aggregate)
        if series.next_due is None or series.next_due > log.now:
            return series.next_due
        # By the due time, not by now: after a long stop, the timers of each window come between those of the series.
        try:
            # Whoever began it without notifying anybody wants that of its later windows, too.
            clock = BY_CLOCK.notifying(notify=series.notifies, reason=None)
            last, following = series.last, self._make(log, series, clock, within=timer.due + self._horizon)
        except Invalid as error:
            # Earlier versions took rules that cannot be: such a series makes nothing more, and says why.
            series.leave_out(
                occurrence=series.last or series.pattern.start,
                because=str(error),
                looks_at=None,
                provenance=BY_CLOCK.says(log, occurred_at=timer.due, causation=timer.position),
            )
            log.save(series)
            return None
        # If the horizon has become shorter since, no window was made, and the next one is made later.
        return self._looks_at(following) if series.last == last else series.next_due

    def _recurrence(self, pattern: Pattern) -> Recurrence:
        return Recurrence(pattern, self._windows.timetables.zone(pattern.zone))

    def _make(
        self, log: Log, series: MaintenanceSeries, caller: Caller, *, within: datetime, is_strict: bool = False
    ) -> datetime | None:
        recurrence = self._recurrence(series.pattern)
        # What began before the series was planned is never made, as if it had happened.
        coming = (
            recurrence.starts(after=datetime.fromisoformat(series.last))
            if series.last
            else recurrence.starts_from(series.planned_at)
        )
        # A civil time is less than a day away from the same time in UTC.
        until = within.replace(tzinfo=None)
        starts = occurrences(coming, until=until)
        wanted = [start for start in starts if start <= until]
        if is_strict and len(wanted) > MAX_WINDOWS:
            raise Invalid(
                f"the rule yields more than {MAX_WINDOWS} windows within {self._horizon.days} days", pointer=POINTER
            )
        followed_by = [*starts[1:], None]
        for start, following in zip(wanted[:MAX_WINDOWS], followed_by, strict=False):
            self._make_one(log, series, start, following, caller, is_strict=is_strict)
        return next((start for start in starts if start > until), None)

    def _make_one(
        self,
        log: Log,
        series: MaintenanceSeries,
        start: datetime,
        following: datetime | None,
        caller: Caller,
        *,
        is_strict: bool,
    ) -> None:
        occurrence, looks_at = civil_text(start), self._looks_at(following)
        try:
            window = self._windows.plan(
                log,
                plan=series.plan,
                times=to_times(series.pattern, start),
                announced=series.is_announced,
                caller=caller,
                origin=Origin(series=series.id, occurrence=occurrence),
            )
        except (DomainError, TooLarge) as error:
            if is_strict:
                raise
            series.leave_out(occurrence=occurrence, because=str(error), looks_at=looks_at, provenance=caller.says(log))
        else:
            series.note_window(window=window.id, occurrence=occurrence, looks_at=looks_at, provenance=caller.says(log))
        log.save(series)

    def _looks_at(self, following: datetime | None) -> datetime | None:
        return None if following is None else following.replace(tzinfo=UTC) - self._horizon


def to_times(pattern: Pattern, start: datetime) -> Times:
    """Give the times of the window that begins at the civil time ``start``; its length is that of ``pattern``."""
    first = datetime.fromisoformat(pattern.start)
    end = None if pattern.end is None else start + (datetime.fromisoformat(pattern.end) - first)
    return Times(
        zone=pattern.zone,
        start=start,
        end=end,
        duration=pattern.duration,
        ambiguous=pattern.ambiguous,
        markets=pattern.markets,
    )
