"""Maintenance windows and series, as the tests of the use cases speak of them; their clocks show UTC."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from application.maintenance.commands import Explanation, Rewrite
from application.maintenance.timetables import Extension, Move, Times, civil_text
from application.maintenance.wording import WindowNews
from application.targets import Target
from domain.impact import Status
from domain.maintenance import MaintenanceWindow, Plan, WindowOutcome
from domain.maintenance.civil_time import Choice
from domain.maintenance.events import WindowEvent
from domain.maintenance.series import MaintenanceSeries
from domain.maintenance.series_state import Pattern
from tests.application.program import ANA, LABELS, Program, in_english

if TYPE_CHECKING:
    from application.log import Log
    from application.maintenance.commands import Windows

ZONE = "UTC"
AS_PLANNED: Mapping[str, Status] = {LABELS: Status.UNDER_MAINTENANCE}

Happened = tuple[str, str, datetime]
"""The fact, the title of its window, and when it occurred."""


class Maintenance:
    """Ana's commands on the windows and series of a program."""

    def __init__(self, program: Program) -> None:
        """Speak to ``program``."""
        self._program = program

    def plan(
        self,
        start: datetime,
        end: datetime,
        components: Mapping[str, Status] = AS_PLANNED,
        *,
        title: str = "Upgrade",
        covers: tuple[str, ...] = (),
        remind_before: tuple[timedelta, ...] = (),
        announced: bool = True,
    ) -> UUID:
        """Plan a window."""
        plan = a_plan(components, title=title, covers=covers, remind_before=remind_before)
        times = Times(zone=ZONE, start=civil(start), end=civil(end))
        facade = self._program.facade
        return self._program.do(
            lambda log: facade.commands.windows.plan(log, plan=plan, times=times, announced=announced, caller=ANA).id
        )

    def announce(self, window: UUID) -> None:
        """Let readers see a window."""
        self._command(lambda windows, log: windows.announce(log, target=_now(window), explanation=Explanation()))

    def rewrite(self, window: UUID, **changes: Any) -> None:  # noqa: ANN401 - the fields of a rewrite
        """Change what is said of a window."""
        rewrite = Rewrite(**changes)
        self._command(lambda windows, log: windows.rewrite(log, target=_now(window), rewrite=rewrite, reason=None))

    def reschedule(self, window: UUID, start: datetime, end: datetime | None = None) -> None:
        """Move a window."""
        move = Move(start=civil(start), end=None if end is None else civil(end))
        self._command(
            lambda windows, log: windows.reschedule(log, target=_now(window), move=move, explanation=Explanation())
        )

    def start(self, window: UUID, *, occurred_at: datetime | None = None) -> None:
        """Begin a window early."""
        self._command(
            lambda windows, log: windows.start(log, target=_now(window, occurred_at), explanation=Explanation())
        )

    def update(
        self,
        window: UUID,
        components: Mapping[str, Status] | None = None,
        *,
        internal: bool = False,
        occurred_at: datetime | None = None,
    ) -> None:
        """Say how the work goes."""
        news = WindowNews(message=in_english("It goes on."), components=components or {}, internal=internal)
        self._command(lambda windows, log: windows.update(log, target=_now(window, occurred_at), news=news))

    def extend(self, window: UUID, by: timedelta) -> None:
        """Move the end of a window."""
        extension = Extension(by=by)
        self._command(
            lambda windows, log: windows.extend(
                log, target=_now(window), extension=extension, explanation=Explanation()
            )
        )

    def hold(self, window: UUID) -> None:
        """Let a person complete a window."""
        self._command(lambda windows, log: windows.hold(log, target=_now(window), reason="to be looked at"))

    def release(self, window: UUID) -> None:
        """Let the clock complete a window."""
        self._command(lambda windows, log: windows.release(log, target=_now(window), reason=None))

    def complete(
        self, window: UUID, *, outcome: WindowOutcome = WindowOutcome.DONE, occurred_at: datetime | None = None
    ) -> None:
        """End a window."""
        self._command(
            lambda windows, log: windows.complete(
                log, target=_now(window, occurred_at), outcome=outcome, explanation=Explanation()
            )
        )

    def cancel(self, window: UUID) -> None:
        """Give a window up."""
        self._command(lambda windows, log: windows.cancel(log, target=_now(window), explanation=Explanation()))

    def begin_series(
        self,
        rule: str,
        start: datetime,
        end: datetime,
        components: Mapping[str, Status] = AS_PLANNED,
        *,
        title: str = "Upgrade",
        zone: str = ZONE,
        ambiguous: Choice | None = None,
    ) -> UUID:
        """Plan windows by a rule."""
        pattern = Pattern(
            rule=rule,
            zone=zone,
            start=civil_text(civil(start)),
            end=civil_text(civil(end)),
            duration=None,
            ambiguous=ambiguous,
            markets=(),
        )
        plan, facade = a_plan(components, title=title), self._program.facade
        checked = facade.commands.series.check(pattern)
        return self._program.do(
            lambda log: facade.commands.series.begin(log, plan=plan, pattern=checked, announced=True, caller=ANA).id
        )

    def end_series(self, series: UUID) -> None:
        """Make no more windows."""
        facade = self._program.facade
        self._program.do(lambda log: facade.commands.series.end(log, target=_now(series), reason=None))

    def window(self, id: UUID) -> MaintenanceWindow:
        """Rebuild a window from its events."""
        return self._program.rebuilt(MaintenanceWindow, id)

    def series(self, id: UUID) -> MaintenanceSeries:
        """Rebuild a series from its events."""
        return self._program.rebuilt(MaintenanceSeries, id)

    def starts(self) -> list[datetime]:
        """Give when each window was first planned to begin, in the order in which they were planned."""
        events = self._program.events()
        return [event.timetable.starts_at for event in events if isinstance(event, MaintenanceWindow.Planned)]

    def by_clock(self) -> list[Happened]:
        """Give what the clock did with windows, in order."""
        return [
            (event.TOPIC.partition(".")[2], self._title(event.originator_id), event.at)
            for event in self._program.events()
            if isinstance(event, WindowEvent) and event.provenance.actor == "clock"
            if not isinstance(event, MaintenanceWindow.Planned)
        ]

    def _title(self, window: UUID) -> str:
        return self.window(window).plan.title["en"]

    def _command(self, command: Callable[[Windows, Log], MaintenanceWindow]) -> None:
        self._program.do(lambda log: command(self._program.facade.commands.windows, log))


def a_plan(
    components: Mapping[str, Status] = AS_PLANNED,
    *,
    title: str = "Upgrade",
    covers: tuple[str, ...] = (),
    remind_before: tuple[timedelta, ...] = (),
) -> Plan:
    """Give what is planned."""
    return Plan(
        title=in_english(title),
        reason={},
        description={},
        components=components,
        covers=covers,
        audiences={},
        request_policies={},
        remind_before=remind_before,
    )


def civil(moment: datetime) -> datetime:
    """Give what a clock in UTC shows."""
    return moment.replace(tzinfo=None)


def _now(window: UUID, occurred_at: datetime | None = None) -> Target:
    return Target(id=window, expected_version=None, caller=ANA, occurred_at=occurred_at)
