"""Whatever people and the clock do to a restoration, in whatever order, some things always hold."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.errors import DomainError
from domain.impact import Status, is_orderly
from domain.panels.restoration import CapabilityState, Count, ProgressReport, RestorationState, Stage
from tests.domain.assertions import happened, recorded, replayed, state, typed
from tests.domain.builders import CARRIER, IMPORT, TICK
from tests.domain.panel_builders import (
    API,
    FEED,
    LOGIN,
    LOST,
    ORDER_PAID,
    REFUNDS,
    a_condition,
    a_loss,
    abandon,
    by_instant,
    change_policies,
    complete,
    count_accounts,
    end_suppression,
    handle_due,
    instruct,
    lose_access,
    promise,
    report,
    restore_access,
    say,
    set_recovery_point,
    suppress,
    withdraw_instruction,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MOST_VISITS = 10
CAUSED = {"restoration.promise_lapsed", "restoration.expectation_lapsed"}

names = st.sampled_from([LOGIN, API, FEED])
states = st.sampled_from([*CapabilityState, CapabilityState.AVAILABLE])
components = st.dictionaries(st.sampled_from([CARRIER, IMPORT]), st.sampled_from(Status), max_size=2)
counts = st.builds(
    Count, accounts=st.integers(0, 6), grades=st.dictionaries(st.sampled_from(["full", "partly"]), st.integers(0, 4))
)
stages = st.dictionaries(st.sampled_from(Stage), counts, max_size=3)
leads = st.sampled_from([-HOUR, timedelta(0), TICK, MINUTE, HOUR, 3 * HOUR])
lateness = st.sampled_from([timedelta(0), timedelta(0), TICK, MINUTE, 2 * HOUR, 30 * HOUR, -TICK, -MINUTE])
steps = st.sampled_from([TICK, MINUTE, HOUR - TICK, HOUR, 24 * HOUR])


class AnyRestoration(RuleBasedStateMachine):
    """One loss, one operator, and a clock that does what is due before anything else happens."""

    def __init__(self) -> None:
        super().__init__()
        self.now = LOST
        self.restoration = a_loss()
        self.published: tuple[ProgressReport, ...] = ()
        self.dues: set[datetime] = set()

    @initialize(capabilities=st.lists(names))
    def begin(self, capabilities: list[str]) -> None:
        self.restoration = a_loss(since=self.now, capabilities=[*capabilities, REFUNDS])

    def let_the_clock_work(self) -> None:
        for _ in range(MOST_VISITS):
            due = self.restoration.next_due
            if due is None or due > self.now:
                return
            count = len(recorded(self.restoration))
            handle_due(self.restoration, due, recorded=self.now)
            assert len(recorded(self.restoration)) > count
            assert self.restoration.next_due is None or self.restoration.next_due > due
        raise AssertionError("the clock never comes to an end")

    def expected_of(self, capabilities: Iterable[str]) -> set[datetime]:
        """Give the instants by which capabilities are expected to be back."""
        said = (self.restoration.capabilities[name][-1].condition.expected for name in capabilities)
        return {deadline.passes_at for deadline in said if deadline is not None}

    def attempt(self, do: Callable[..., None], late: timedelta, *facts: object, **named: object) -> None:
        """Do what may be refused, or change nothing; then nothing was recorded."""
        count, known = len(recorded(self.restoration)), state(self.restoration)
        try:
            do(self.restoration, self.now - late, *facts, **named, recorded=self.now)
        except DomainError:
            assert len(recorded(self.restoration)) == count
        if len(recorded(self.restoration)) == count:
            assert state(self.restoration) == known
        else:
            assert len(recorded(self.restoration)) == count + 1
        self.let_the_clock_work()

    @rule(step=steps)
    def wait(self, step: timedelta) -> None:
        self.now += step
        self.let_the_clock_work()

    @rule(data=st.data())
    def visit_for_nothing(self, data: st.DataObject) -> None:
        moment = data.draw(st.sampled_from(sorted(self.dues | {self.now})))
        if moment != self.restoration.next_due:
            before = recorded(self.restoration)
            handle_due(self.restoration, moment, recorded=self.now)
            assert recorded(self.restoration) == before

    @rule(late=lateness, capabilities=st.lists(names))
    def lose_access(self, late: timedelta, capabilities: list[str]) -> None:
        self.attempt(lose_access, late, capabilities)

    @rule(late=lateness)
    def restore_access(self, late: timedelta) -> None:
        self.attempt(restore_access, late)

    @rule(late=lateness, lead=leads)
    def promise(self, late: timedelta, lead: timedelta) -> None:
        self.attempt(promise, late, by_instant(self.now + lead))

    @rule(late=lateness, lead=leads)
    def set_recovery_point(self, late: timedelta, lead: timedelta) -> None:
        self.attempt(set_recovery_point, late, self.restoration.losses[-1].start + lead)

    @rule(late=lateness, name=names, how=states, lead=st.none() | leads, shown=components)
    def say(
        self,
        late: timedelta,
        name: str,
        how: CapabilityState,
        lead: timedelta | None,
        shown: Mapping[str, Status],
    ) -> None:
        expected = None if lead is None else by_instant(self.now + lead)
        impact = {key: status for key, status in shown.items() if status.is_impact and how != "available"}
        self.attempt(say, late, name, a_condition(how, expected=expected, components=impact))

    @rule(late=lateness, name=names, shown=components)
    def say_what_may_be_no_impact(self, late: timedelta, name: str, shown: Mapping[str, Status]) -> None:
        self.attempt(say, late, name, a_condition(CapabilityState.DEGRADED, components=shown))

    @rule(late=lateness, number=st.integers(0, 12))
    def count_accounts(self, late: timedelta, number: int) -> None:
        self.attempt(count_accounts, late, number)

    @rule(late=lateness, at_stages=stages, revision=st.none() | st.integers(1, 3))
    def report(self, late: timedelta, at_stages: Mapping[Stage, Count], revision: int | None) -> None:
        self.attempt(report, late, at_stages, revision=revision)

    @rule(late=lateness, at_stages=st.dictionaries(st.sampled_from(Stage), st.integers(0, 4)))
    def report_without_grades(self, late: timedelta, at_stages: Mapping[Stage, int]) -> None:
        plain = {stage: Count(accounts=number, grades={}) for stage, number in at_stages.items()}
        self.attempt(report, late, plain)

    @rule(late=lateness, lead=leads)
    def suppress(self, late: timedelta, lead: timedelta) -> None:
        self.attempt(suppress, late, ORDER_PAID, before=LOST + lead)

    @rule(late=lateness, do=st.sampled_from([end_suppression, abandon, change_policies, withdraw_instruction]))
    def take_a_measure(self, late: timedelta, do: Callable[..., None]) -> None:
        self.attempt(do, late)

    @rule(late=lateness, place=st.none() | st.integers(0, 3))
    def instruct(self, late: timedelta, place: int | None) -> None:
        self.attempt(instruct, late, place=place)

    @rule(late=lateness, given_up=st.none() | st.lists(names))
    def complete(self, late: timedelta, given_up: list[str] | None) -> None:
        everything = list(self.restoration.capabilities)
        self.attempt(complete, late, given_up=everything if given_up is None else [*given_up, REFUNDS])

    @invariant()
    def replay_gives_the_same(self) -> None:
        assert typed(state(replayed(self.restoration))) == typed(state(self.restoration))

    @invariant()
    def the_clock_waits_for_what_is_to_come(self) -> None:
        due = self.restoration.next_due
        assert due is None or due > self.now
        if self.restoration.state is RestorationState.COMPLETED:
            assert due is None or due in self.expected_of(self.restoration.given_up)
        if due is not None:
            self.dues.add(due)

    @invariant()
    def the_clock_says_nothing_but_what_lapsed(self) -> None:
        for event in happened(self.restoration):
            assert (event.provenance.actor == "clock") == (event.TOPIC in CAUSED)

    @invariant()
    def spells_follow_one_another(self) -> None:
        for spells in self.restoration.capabilities.values():
            assert all(one.end == other.start for one, other in pairwise(spells))
            assert all(one.start < other.start for one, other in pairwise(spells))
            assert spells[-1].end is None
            assert spells[0].start >= self.restoration.began_at

    @invariant()
    def losses_follow_one_another(self) -> None:
        losses = self.restoration.losses
        assert all(one.end is not None and one.start <= one.end <= other.start for one, other in pairwise(losses))
        assert (losses[-1].end is None) == self.restoration.is_lost

    @invariant()
    def stages_are_parts_of_the_inventory_they_are_of(self) -> None:
        for each in self.restoration.reports:
            assert sum(count.accounts for count in each.stages.values()) <= each.inventory.accounts
            assert each.inventory in self.restoration.inventories
            graded = [count for count in each.stages.values() if count.grades]
            assert all(sum(count.grades.values()) == count.accounts for count in graded)

    @invariant()
    def published_reports_never_change(self) -> None:
        reports = self.restoration.reports
        assert reports[: len(self.published)] == self.published
        assert [each.number for each in reports] == list(range(1, len(reports) + 1))
        self.published = reports

    @invariant()
    def the_data_is_not_newer_than_the_loss(self) -> None:
        for each in self.restoration.recovery_points:
            assert each.earliest <= each.as_of <= each.latest <= each.gap_until
            assert each.gap_until in {loss.start for loss in self.restoration.losses}

    @invariant()
    def effects_are_well_formed_and_end_with_it(self) -> None:
        restoration, found = self.restoration, list(self.restoration.effects())
        for pair in {(name, component) for name, component, _ in found}:
            assert is_orderly(tuple(span for name, component, span in found if (name, component) == pair))
        if restoration.completed_at is not None:
            assert restoration.statuses == {}
            assert all(span.end and span.end <= restoration.completed_at for _, _, span in found)
        affected = {f"affected:{component}" for component in restoration.statuses}
        assert set(restoration.handles) == {"restorations:a"} | affected

    @invariant()
    def completion_gives_up_what_is_not_available(self) -> None:
        restoration = self.restoration
        if restoration.completed_at is not None:
            assert set(restoration.unavailable()) <= set(restoration.given_up)
            assert not restoration.is_lost
            assert restoration.losses[-1].end is not None
            assert restoration.losses[-1].end <= restoration.completed_at


TestAnyRestoration = AnyRestoration.TestCase
TestAnyRestoration.settings = settings(max_examples=60, stateful_step_count=30)
