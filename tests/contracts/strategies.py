"""Random walks through the use cases: what people, machines and time may do, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from application.errors import ApplicationError
from domain.errors import DomainError
from domain.impact import EVERYWHERE, Status, StatusSpan
from domain.incidents import Progress
from domain.incidents.signal import Signal, SignalCause
from domain.incidents.values import Correction
from tests.application.program import MINUTE, SOURCE, Program, at, in_english
from tests.application.window_steps import Maintenance
from tests.contracts.recovery_strategies import PANEL_VERBS, RECOVERY_VERBS, RecoverySteps
from tests.contracts.template_strategies import TEMPLATE_VERBS, TemplateSteps

KEYS = ("labels", "imports", "pages")
BEGIN = at("08:00")
VERBS = (
    *("fire", "fire", "fire", "clear", "clear", "wait", "wait", "wait"),
    *("declare", "declare", "update", "update", "resolve", "publish", "hold", "release", "dismiss", "withdraw"),
    *(
        "reopen",
        "correct",
        "pin",
        "unpin",
        "rename",
        "show",
        "retire",
        "hear",
        "clear_by_hand",
        "insist",
        "route",
        "follow",
    ),
)
WINDOW_VERBS = (
    *("plan", "plan", "plan", "announce", "rewrite", "move", "begin", "report", "report", "extend", "keep", "let_go"),
    *("begin", "complete", "cancel", "recur", "end_series"),
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that is done; which of its members matter depends on the verb."""

    verb: str
    which: int
    component: str | None
    status: Status
    ago: int
    span: int
    progress: Progress | None
    flag: bool


SPANS = (1, 2, 5, 12, 31, 90, 24 * 60)


def steps(verbs: Sequence[str], spans: Sequence[int] = SPANS) -> st.SearchStrategy[Step]:
    """Give steps with some of these verbs."""
    return st.builds(
        Step,
        verb=st.sampled_from(verbs),
        which=st.integers(0, 3),
        component=st.sampled_from([*KEYS, *KEYS, *KEYS, "unheard-of", None]),
        status=st.sampled_from([status for status in Status if status is not Status.UNKNOWN]),
        ago=st.sampled_from([0, 0, 1, 3, 20, 45]),
        span=st.sampled_from(spans),
        progress=st.sampled_from([None, Progress.INVESTIGATING, Progress.IDENTIFIED, Progress.MONITORING]),
        flag=st.booleans(),
    )


WALKS = st.lists(steps((*VERBS, *WINDOW_VERBS)), min_size=5, max_size=25)
PLANS = st.lists(steps(("plan",)), min_size=2, max_size=3)
WALKS_OF_WINDOWS = st.builds(
    list.__add__, PLANS, st.lists(steps((*WINDOW_VERBS, "wait", "wait", "fire"), SPANS[:5]), min_size=10, max_size=25)
)
"""Walks that begin with a few plans, so that there are windows with which something can be done."""
LOSSES = st.tuples(steps(("register_panel",)), steps(("register_panel",)), steps(("lose",))).map(
    lambda begun: [*begun, replace(begun[-1], which=0, ago=45), replace(begun[-1], verb="take_in", ago=0, which=2)]
)
WALKS_OF_RECOVERIES = st.builds(
    list.__add__, LOSSES, st.lists(steps((*RECOVERY_VERBS, "wait", "wait", "wait", "retire")), min_size=10, max_size=30)
)
"""Walks that begin with panels, of which one is lost."""
WALKS_OF_PANELS = st.builds(list.__add__, LOSSES, st.lists(steps((*PANEL_VERBS, "wait", "wait", "wait")), max_size=25))

WALKS_OF_TEMPLATES = st.lists(steps((*TEMPLATE_VERBS, "fire", "wait", "declare")), min_size=5, max_size=15)


class Walker(RecoverySteps, TemplateSteps):
    """Walks on a program; what is refused is refused, and the walk goes on."""

    def __init__(self, program: Program) -> None:
        """Begin with three components, of which one is expected to give signs of life and one is private."""
        RecoverySteps.__init__(self, program)
        TemplateSteps.__init__(self, program)
        self._program = program
        self._incidents: list[UUID] = []
        self._pins: list[tuple[str, UUID]] = []
        self._maintenance = Maintenance(program)
        self._windows: list[UUID] = []
        self.series: list[UUID] = []
        program.clock.show(BEGIN)
        for key in KEYS:
            program.register(key, heartbeat=20 * MINUTE if key == "imports" else None, public=key != "pages")

    def walk(self, steps: Sequence[Step]) -> None:
        """Do all the steps."""
        for step in steps:
            with suppress(DomainError, ApplicationError):
                getattr(self, step.verb)(step)

    def fire(self, step: Step) -> None:
        """Let a signal fire."""
        taken = self._program.fire(
            f"f{step.which}",
            component=step.component,
            status=step.status,
            cause=SignalCause.CODE_CHANGE if step.flag and step.which == 0 else None,
            occurred_at=self._past(step),
            markets=(("ES", "PL", "MX")[step.which % 3],) if step.ago % 2 else (),
        )
        self._note(taken.incident)

    def clear(self, step: Step) -> None:
        """Let a signal clear."""
        self._program.clear(f"f{step.which}", occurred_at=self._past(step))

    def wait(self, step: Step) -> None:
        """Let time pass."""
        self._program.let_time_pass(self._program.clock.now() + step.span * MINUTE)

    def declare(self, step: Step) -> None:
        """Declare an incident, or enter one afterwards."""
        moment = self._past(step)
        resolved_at = moment + timedelta(minutes=2) if step.ago > 1 and step.flag else None
        said = {self._key(step): step.status}
        self._note(self._program.declare(said, publish=step.flag, occurred_at=moment, resolved_at=resolved_at))

    def update(self, step: Step) -> None:
        """Write an update."""
        self._program.update(
            self._incident(step),
            step.progress,
            components={self._key(step): step.status} if step.flag else {},
            internal=step.which == 3,
            occurred_at=self._past(step),
        )

    def resolve(self, step: Step) -> None:
        """Resolve an incident, whatever its signals say."""
        self._program.resolve(self._incident(step), occurred_at=self._past(step))

    def publish(self, step: Step) -> None:
        """Publish an incident."""
        self._program.publish(self._incident(step))

    def hold(self, step: Step) -> None:
        """Hold publication."""
        self._program.hold(self._incident(step))

    def release(self, step: Step) -> None:
        """End the hold."""
        self._program.release(self._incident(step))

    def dismiss(self, step: Step) -> None:
        """Dismiss an incident."""
        self._program.dismiss(self._incident(step))

    def withdraw(self, step: Step) -> None:
        """Take an incident back."""
        self._program.withdraw(self._incident(step))

    def reopen(self, step: Step) -> None:
        """Reopen an incident."""
        self._program.reopen(self._incident(step), {self._key(step): step.status} if step.flag else {})

    def correct(self, step: Step) -> None:
        """Set the title right, or an impact."""
        start = self._past(step)
        span = StatusSpan(status=Status.PARTIAL_OUTAGE, start=start, end=start + MINUTE)
        correction = Correction(impact={self._key(step): (span,)}) if step.flag else Correction(title=in_english("So"))
        self._program.correct(self._incident(step), correction)

    def pin(self, step: Step) -> None:
        """Pin a component."""
        self._pins.append((self._key(step), self._program.pin(step.status, self._key(step))))

    def unpin(self, step: Step) -> None:
        """Remove a pin."""
        if self._pins:
            key, pin_id = self._pins[step.which % len(self._pins)]
            self._program.unpin(pin_id, key)

    def rename(self, step: Step) -> None:
        """Give a component another name."""
        self._program.revise(self._key(step), name=in_english(f"Name {step.span}"), position=step.which)

    def show(self, step: Step) -> None:
        """Show or hide a component."""
        self._program.revise(self._key(step), public=step.flag)

    def retire(self, step: Step) -> None:
        """Retire a component."""
        self._program.retire(self._key(step))

    def hear(self, step: Step) -> None:
        """Let a component give a sign of life."""
        self._program.hear(self._key(step))

    def clear_by_hand(self, step: Step) -> None:
        """Clear a signal by hand."""
        self._program.clear_by_hand(Signal.id_of(SOURCE, f"f{step.which}"))

    def insist(self, step: Step) -> None:
        """Clear a signal by hand that goes on to be reported, and let it fire all the same."""
        signal, since = Signal.id_of(SOURCE, f"f{step.which}"), self._past(step)
        self._program.clear_by_hand(signal)
        self._program.let_time_pass(self._program.clock.now() + 3 * MINUTE)
        self._program.fire(f"f{step.which}", component=step.component, status=step.status, occurred_at=since)
        if step.flag:
            self._note(self._program.let_refire(signal).incident)

    def route(self, step: Step) -> None:
        """Route a signal."""
        self._note(self._program.route(Signal.id_of(SOURCE, f"f{step.which}"), self._key(step)))

    def plan(self, step: Step) -> None:
        """Plan a window, of the whole product if no component is named, often before it begins."""
        start = self._program.clock.now() + (step.span if step.flag else -step.ago) * MINUTE
        self._windows.append(
            self._maintenance.plan(
                start,
                start + (1 + 11 * step.which) * MINUTE,
                {step.component or EVERYWHERE: step.status},
                title=f"Window {len(self._windows)}",
                covers=(self._key(step),),
                remind_before=(step.ago * MINUTE, MINUTE / 2) if step.ago else (),
                announced=step.progress is not None,
            )
        )

    def announce(self, step: Step) -> None:
        """Announce a window."""
        self._maintenance.announce(self._window(step))

    def rewrite(self, step: Step) -> None:
        """Change what is said of a window, or what it does."""
        changes = {"components": {self._key(step): step.status}} if step.flag else {"title": in_english("So")}
        self._maintenance.rewrite(self._window(step), **changes)

    def move(self, step: Step) -> None:
        """Move a window."""
        ahead = step.span if step.flag else -step.ago
        self._maintenance.reschedule(self._window(step), self._program.clock.now() + ahead * MINUTE)

    def begin(self, step: Step) -> None:
        """Begin a window early."""
        self._maintenance.start(self._window(step), occurred_at=self._past(step))

    def report(self, step: Step) -> None:
        """Write an update of a window."""
        components = {step.component or EVERYWHERE: step.status} if step.flag else {}
        self._maintenance.update(self._window(step), components, internal=step.which == 3, occurred_at=self._past(step))

    def extend(self, step: Step) -> None:
        """Move the end of a window."""
        self._maintenance.extend(self._window(step), step.span * MINUTE)

    def keep(self, step: Step) -> None:
        """Let a person complete a window."""
        self._maintenance.hold(self._window(step))

    def let_go(self, step: Step) -> None:
        """Let the clock complete a window."""
        self._maintenance.release(self._window(step))

    def complete(self, step: Step) -> None:
        """End a window."""
        self._maintenance.complete(self._window(step), occurred_at=self._past(step))

    def cancel(self, step: Step) -> None:
        """Give a window up."""
        self._maintenance.cancel(self._window(step))

    def recur(self, step: Step) -> None:
        """Plan windows that recur."""
        start = self._program.clock.now() + step.span * MINUTE
        end = start + (1 + 11 * step.which) * MINUTE
        self.series.append(self._maintenance.begin_series("FREQ=DAILY;COUNT=3", start, end))

    def end_series(self, step: Step) -> None:
        """Let a series make no more windows."""
        if self.series:
            self._maintenance.end_series(self.series[step.which % len(self.series)])

    def follow(self, _step: Step) -> None:
        """Let the views follow."""
        self._program.bitacora.follower.catch_up()

    def _note(self, incident: UUID | None) -> None:
        if incident is not None and incident not in self._incidents:
            self._incidents.append(incident)

    def _past(self, step: Step) -> datetime:
        return self._program.clock.now() - step.ago * MINUTE

    def _key(self, step: Step) -> str:
        return step.component if step.component in KEYS else KEYS[0]

    def _window(self, step: Step) -> UUID:
        return self._windows[-1 - step.which % len(self._windows)] if self._windows else UUID(int=step.which)

    def _incident(self, step: Step) -> UUID:
        return self._incidents[step.which % len(self._incidents)] if self._incidents else UUID(int=step.which)
