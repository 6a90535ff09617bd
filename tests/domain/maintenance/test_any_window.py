"""Whatever people and the clock do to a window, in whatever order, some things always hold."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.errors import DomainError
from domain.impact import Status
from domain.maintenance import MaintenanceWindow, Plan, Timetable, WindowOutcome, WindowState
from domain.maintenance.values import REMINDERS, Transition
from tests.domain.assertions import happened, is_well_formed, recorded, replayed, state, typed
from tests.domain.builders import CARRIER, IMPORT, TICK, at, in_english
from tests.domain.window_builders import (
    a_plan,
    a_timetable,
    a_window,
    announce,
    cancel,
    complete,
    extend,
    handle_due,
    hold,
    release,
    reschedule,
    revise,
    start,
    update,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MOST_VISITS = 30
DRIVEN_BY_THE_CLOCK = {WindowState.SCHEDULED, WindowState.IN_PROGRESS}
UNDER_WAY = {WindowState.IN_PROGRESS, WindowState.VERIFYING}
ENTERED = {
    "maintenance_window.started": WindowState.IN_PROGRESS,
    "maintenance_window.extended": WindowState.IN_PROGRESS,
    "maintenance_window.verification_began": WindowState.VERIFYING,
    "maintenance_window.completed": WindowState.COMPLETED,
    "maintenance_window.cancelled": WindowState.CANCELLED,
}

keys = st.sampled_from([CARRIER, IMPORT])
statuses = st.sampled_from(list(Status))
components = st.dictionaries(keys, statuses, max_size=2)
covers = st.sampled_from([(), (CARRIER,), (CARRIER, IMPORT)])
reminders = st.sampled_from([REMINDERS, (), (MINUTE,), (30 * HOUR, 3 * HOUR, HOUR, HOUR)])
leads = st.sampled_from([-30 * HOUR, -HOUR, -TICK, TICK, 10 * MINUTE, 2 * HOUR, 26 * HOUR])
lengths = st.sampled_from([-HOUR, timedelta(0), TICK, 30 * MINUTE, 2 * HOUR, 30 * HOUR])
lateness = st.sampled_from([timedelta(0), timedelta(0), TICK, 11 * MINUTE, 3 * HOUR, -TICK, -MINUTE])
steps = st.sampled_from([TICK, MINUTE, 29 * MINUTE, HOUR, 2 * HOUR, 24 * HOUR])


class AnyWindow(RuleBasedStateMachine):
    """One window, one operator, and a clock that does what is due before anything else happens."""

    def __init__(self) -> None:
        super().__init__()
        self.now = at("00:00")
        self.window = a_window()
        self.visible: dict[int, bool] = {}
        self.dues: set[datetime] = set()
        self.words = 0

    @initialize(
        lead=leads,
        length=lengths.filter(bool),
        announced=st.booleans(),
        said=components,
        covered=covers,
        before=reminders,
    )
    def begin(
        self,
        *,
        lead: timedelta,
        length: timedelta,
        announced: bool,
        said: Mapping[str, Status],
        covered: tuple[str, ...],
        before: tuple[timedelta, ...],
    ) -> None:
        carried = {key: status for key, status in said.items() if status.is_impact}
        self.window = a_window(
            plan=a_plan(components=carried, covers=covered, remind_before=before),
            timetable=self.times(lead, abs(length)),
            announced=announced,
            planned=self.now,
        )
        self.let_the_clock_work()

    def times(self, lead: timedelta, length: timedelta) -> Timetable:
        return replace(a_timetable(), starts_at=self.now + lead, ends_at=self.now + lead + length)

    def let_the_clock_work(self) -> None:
        for _ in range(MOST_VISITS):
            due = self.window.next_due
            if due is None or due > self.now:
                return
            count = len(recorded(self.window))
            handle_due(self.window, due, recorded=self.now)
            assert len(recorded(self.window)) == count + 1
            assert self.window.next_due is None or self.window.next_due > due
        raise AssertionError("the clock never comes to an end")

    def attempt(self, do: Callable[[], None]) -> None:
        """Do what may be refused; then nothing was recorded."""
        version, known = len(recorded(self.window)), state(self.window)
        try:
            do()
        except DomainError:
            assert len(recorded(self.window)) == version
            assert state(self.window) == known
        else:
            assert len(recorded(self.window)) == version + 1
        self.let_the_clock_work()

    def revised(self, **changes: object) -> Plan:
        self.words += 1
        plan = replace(self.window.plan, title=in_english(f"Upgrade {self.words}"))
        return replace(plan, **changes)  # type: ignore[arg-type]  # which of its fields, is said by name

    @rule(step=steps)
    def wait(self, step: timedelta) -> None:
        self.now += step
        self.let_the_clock_work()

    @rule(data=st.data())
    def visit_for_nothing(self, data: st.DataObject) -> None:
        moment = data.draw(st.sampled_from(sorted(self.dues | {self.now})))
        if moment != self.window.next_due:
            before = recorded(self.window)
            handle_due(self.window, moment, recorded=self.now)
            assert recorded(self.window) == before

    @rule()
    def announce(self) -> None:
        self.attempt(lambda: announce(self.window, self.now))

    @rule(said=components, covered=covers)
    def revise_what_it_affects(self, said: Mapping[str, Status], covered: tuple[str, ...]) -> None:
        self.attempt(lambda: revise(self.window, self.now, self.revised(components=said, covers=covered)))

    @rule(before=reminders)
    def revise_reminders(self, before: tuple[timedelta, ...]) -> None:
        self.attempt(lambda: revise(self.window, self.now, self.revised(remind_before=before)))

    @rule(lead=leads, length=lengths)
    def reschedule(self, lead: timedelta, length: timedelta) -> None:
        self.attempt(lambda: reschedule(self.window, self.now, self.times(lead, length)))

    @rule(late=lateness)
    def start(self, late: timedelta) -> None:
        self.attempt(lambda: start(self.window, self.now - late, recorded=self.now))

    @rule(said=components, late=lateness)
    def update(self, said: Mapping[str, Status], late: timedelta) -> None:
        self.attempt(lambda: update(self.window, self.now - late, said, recorded=self.now))

    @rule(said=components)
    def note(self, said: Mapping[str, Status]) -> None:
        self.attempt(lambda: update(self.window, self.now, said, internal=True))

    @rule(length=lengths, late=lateness)
    def extend(self, length: timedelta, late: timedelta) -> None:
        end = self.window.timetable.ends_at + length
        self.attempt(lambda: extend(self.window, self.now - late, end=end, recorded=self.now))

    @rule(do=st.sampled_from([hold, release]))
    def hold_or_release(self, do: Callable[[MaintenanceWindow, datetime], None]) -> None:
        self.attempt(lambda: do(self.window, self.now))

    @rule(outcome=st.sampled_from(WindowOutcome), late=lateness)
    def complete(self, outcome: WindowOutcome, late: timedelta) -> None:
        self.attempt(lambda: complete(self.window, self.now - late, outcome=outcome, recorded=self.now))

    @rule()
    def cancel(self) -> None:
        self.attempt(lambda: cancel(self.window, self.now))

    @invariant()
    def replay_gives_the_same(self) -> None:
        assert typed(state(replayed(self.window))) == typed(state(self.window))

    @invariant()
    def the_clock_waits_for_what_is_to_come(self) -> None:
        due = self.window.next_due
        assert (due is None) == (self.window.state not in DRIVEN_BY_THE_CLOCK)
        assert due is None or due > self.now
        if due is not None:
            self.dues.add(due)

    @invariant()
    def the_clock_does_each_thing_of_a_revision_once_and_in_order(self) -> None:
        # One that is moved to a start in the past begins then, which may be before it was reminded of.
        moments: list[list[datetime]] = [[]]
        for event in happened(self.window):
            if event.TOPIC == "maintenance_window.rescheduled":
                moments.append([])
            elif event.provenance.actor == "clock":
                moments[-1].append(event.provenance.occurred_at)
        assert all(each == sorted(set(each)) for each in moments)

    @invariant()
    def reminders_come_before_the_start(self) -> None:
        window = self.window
        if window.state is WindowState.SCHEDULED:
            assert list(window.reminders) == sorted(set(window.reminders))
            assert all(self.now < due < window.timetable.starts_at for due in window.reminders)
            assert window.is_public or not window.reminders
        assert len(window.reminded) == recorded(window).count("maintenance_window.reminded")

    @invariant()
    def transitions_are_those_that_happened(self) -> None:
        window, events = self.window, happened(self.window)
        entered = [event for event in events if event.TOPIC in ENTERED]
        assert window.transitions == tuple(
            Transition(state=ENTERED[event.TOPIC], since=event.provenance.occurred_at) for event in entered
        )
        assert window.state == (window.transitions[-1].state if window.transitions else WindowState.SCHEDULED)
        assert window.revision == 1 + recorded(window).count("maintenance_window.rescheduled")

    @invariant()
    def notes_are_counted(self) -> None:
        assert self.window.notes == sum(entry.internal for entry in self.window.timeline)

    @invariant()
    def it_ends_after_it_began(self) -> None:
        window, over = self.window, {WindowState.COMPLETED, WindowState.CANCELLED}
        assert (window.ended_at is not None) == (window.state in over)
        assert (window.outcome is not None) == (window.state is WindowState.COMPLETED)
        if window.started_at is not None and window.ended_at is not None:
            assert window.started_at <= window.ended_at
        assert (window.ends_for_signals is None) == (window.state is WindowState.VERIFYING)

    @invariant()
    def a_hold_is_kept_until_it_is_over(self) -> None:
        window = self.window
        assert not (window.is_held and window.ended_at)
        assert window.state is not WindowState.VERIFYING or window.is_held

    @invariant()
    def impact_is_well_formed(self) -> None:
        window = self.window
        assert all(is_well_formed(spans) for spans in window.impact.values())
        assert window.state in UNDER_WAY or window.statuses == {}
        starts = [span.start for spans in window.impact.values() for span in spans]
        assert not starts or (window.started_at is not None and min(starts) >= window.started_at)

    @invariant()
    def what_was_private_is_never_shown(self) -> None:
        shown = {entry.number: entry.is_public for entry in self.window.timeline}
        assert list(shown) == list(range(1, len(shown) + 1))
        assert {number: shown[number] for number in self.visible} == self.visible
        assert self.window.is_public or not any(shown.values())
        assert not any(entry.is_public for entry in self.window.timeline if entry.internal)
        self.visible = shown

    @invariant()
    def it_is_found_where_signals_and_retirements_look(self) -> None:
        window = self.window
        affected = {f"affected:{key}" for key in window.statuses}
        covered = {f"covers:{key}" for key in window.plan.covers} if window.started_at else set()
        assert set(window.handles) == affected | covered


TestAnyWindow = AnyWindow.TestCase
TestAnyWindow.settings = settings(max_examples=60, stateful_step_count=30)
