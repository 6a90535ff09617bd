"""Whatever people, signals and the clock do to an incident, in whatever order, some things always hold."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.errors import DomainError
from domain.impact import Status, current
from domain.incidents import Incident, Progress, Standing
from domain.incidents.signal import Report, Signal, SignalCause
from domain.incidents.values import Correction, Update
from tests.domain.assertions import happened, is_well_formed, recorded, replayed, state
from tests.domain.builders import (
    CARRIER,
    IMPORT,
    POLICY,
    TICK,
    a_declared_incident,
    a_detection,
    a_firing,
    ana,
    at,
    clear,
    dismiss,
    fire,
    handle_due,
    hold,
    in_english,
    publish,
    release,
    reopen,
    resolve,
    the_alerts,
    update,
    withdraw,
)

MOST_VISITS = 20

names = st.sampled_from(["one", "two", "three"])
keys = st.sampled_from([CARRIER, IMPORT])
statuses = st.sampled_from([status for status in Status if status is not Status.UNKNOWN])
components = st.dictionaries(keys, statuses, max_size=2)
causes = st.sampled_from([None, None, None, SignalCause.CODE_CHANGE])
lateness = st.sampled_from([timedelta(0), timedelta(0), TICK, timedelta(seconds=90), timedelta(minutes=11)])
steps = st.sampled_from(
    [
        TICK,
        timedelta(seconds=30),
        POLICY.clear_grace - TICK,
        POLICY.clear_grace,
        POLICY.stable_for,
        POLICY.stable_for + TICK,
        POLICY.publish_after,
        POLICY.publish_after + TICK,
        POLICY.reopen_within,
    ]
)


class AnyHistory(RuleBasedStateMachine):
    """One incident, three signals, one operator, and a clock that does what is due before anything else happens."""

    def __init__(self) -> None:
        super().__init__()
        self.now = at("10:00")
        self.incident = a_detection(since=self.now)
        self.signals: dict[str, Signal] = {}
        self.visible: dict[int, bool] = {}
        self.was_public = False

    @initialize(declared=st.booleans(), public=st.booleans(), cause=causes)
    def begin(self, *, declared: bool, public: bool, cause: SignalCause | None) -> None:
        if declared:
            self.incident = a_declared_incident(since=self.now, public=public)
        else:
            self.incident = a_detection(since=self.now, firing=a_firing("one", cause=cause))
            self.signals["one"] = self.a_signal("one", self.now)
        self.let_the_clock_work()

    def a_signal(self, name: str, moment: datetime) -> Signal:
        report = Report(component=CARRIER, status=Status.MAJOR_OUTAGE)
        return Signal.begin(
            system="alertmanager",
            fingerprint=name,
            report=report,
            routed=True,
            incident=None,
            provenance=the_alerts(moment, self.now),
        )

    def let_the_clock_work(self) -> None:
        for _ in range(MOST_VISITS):
            due = self.incident.next_due
            if due is None or due > self.now:
                return
            handle_due(self.incident, due, recorded=self.now)
        raise AssertionError("the clock never comes to an end")

    def attempt(self, do: Callable[[], None]) -> None:
        """Do what may be refused; then nothing was recorded."""
        version, known = len(recorded(self.incident)), state(self.incident)
        try:
            do()
        except DomainError:
            assert len(recorded(self.incident)) == version
            assert state(self.incident) == known
        else:
            assert len(recorded(self.incident)) > version
        self.let_the_clock_work()

    @rule(step=steps)
    def wait(self, step: timedelta) -> None:
        self.now += step
        self.let_the_clock_work()

    @rule(name=names, key=keys, status=statuses, cause=causes, late=lateness)
    def fire(self, name: str, key: str, status: Status, cause: SignalCause | None, late: timedelta) -> None:
        moment = self.now - late
        signal = self.signals.get(name)
        if signal is None:
            self.signals[name] = self.a_signal(name, moment)
        elif signal.repeats(occurred_at=moment, reported_at=None):
            return
        else:
            report = Report(component=key, status=status, cause=cause)
            signal.fire(report=report, routed=True, incident=None, provenance=the_alerts(moment, self.now))
        if self.incident.takes(moment, POLICY):
            firing = a_firing(name, component=key, status=status, cause=cause)
            fire(self.incident, moment, firing, recorded=self.now)
            self.let_the_clock_work()

    @rule(name=names, late=lateness)
    def clear(self, name: str, late: timedelta) -> None:
        moment = self.now - late
        signal = self.signals.get(name)
        if signal is not None and not signal.outlasts(occurred_at=moment, reported_at=None):
            signal.clear(reason=None, reported_at=None, provenance=the_alerts(moment, self.now))
            clear(self.incident, moment, name, recorded=self.now)
            self.let_the_clock_work()

    @rule(progress=st.sampled_from([None, *list(Progress)[:3]]), said=components, late=lateness)
    def update(self, progress: Progress | None, said: dict[str, Status], late: timedelta) -> None:
        self.attempt(lambda: update(self.incident, self.now - late, progress, components=said, recorded=self.now))

    @rule(progress=st.sampled_from([None, *list(Progress)[:3]]), said=components)
    def note(self, progress: Progress | None, said: dict[str, Status]) -> None:
        self.attempt(lambda: update(self.incident, self.now, progress, components=said, internal=True))

    @rule(reason=st.sampled_from([None, "we know better"]), late=lateness)
    def resolve(self, reason: str | None, late: timedelta) -> None:
        self.attempt(lambda: resolve(self.incident, self.now - late, override_reason=reason, recorded=self.now))

    @rule(said=components)
    def reopen(self, said: dict[str, Status]) -> None:
        self.attempt(lambda: reopen(self.incident, self.now, components=said))

    @rule()
    def publish(self) -> None:
        self.attempt(lambda: publish(self.incident, self.now))

    @rule()
    def hold(self) -> None:
        self.attempt(lambda: hold(self.incident, self.now))

    @rule()
    def release(self) -> None:
        self.attempt(lambda: release(self.incident, self.now))

    @precondition(lambda self: len(recorded(self.incident)) > 5)
    @rule(do=st.sampled_from([dismiss, withdraw]))
    def end(self, do: Callable[[Incident, datetime], None]) -> None:
        self.attempt(lambda: do(self.incident, self.now))

    @rule(number=st.integers(0, 4))
    def correct(self, number: int) -> None:
        correction = Correction(update=number, message=in_english("Better words"))
        self.attempt(lambda: self.incident.correct(correction=correction, reason="a slip", provenance=ana(self.now)))

    @invariant()
    def replay_gives_the_same(self) -> None:
        assert state(replayed(self.incident)) == state(self.incident)

    @invariant()
    def nothing_due_is_left_undone(self) -> None:
        due = self.incident.next_due
        assert due is None or due > self.now

    @invariant()
    def policies_act_only_where_they_may(self) -> None:
        incident = self.incident
        if incident.next_due is not None:
            assert incident.relapse is not None or (incident.is_open and incident.is_automatic)
            assert incident.held is None
        by_clock = [event for event in happened(incident) if event.provenance.actor == "clock"]
        if not incident.is_automatic:
            assert {event.TOPIC for event in by_clock} <= {"incident.reopened", "incident.relapse_ended"}

    @invariant()
    def what_is_public_stays_so(self) -> None:
        incident = self.incident
        assert incident.is_public or not self.was_public
        assert not (incident.is_public and incident.standing is Standing.DISMISSED)
        assert incident.is_public or not any(entry.is_public for entry in incident.timeline)
        self.was_public = incident.is_public

    @invariant()
    def what_was_private_is_never_shown(self) -> None:
        shown = {entry.number: entry.is_public for entry in self.incident.timeline}
        assert list(shown) == list(range(1, len(shown) + 1))
        assert {number: shown[number] for number in self.visible} == self.visible
        assert not any(entry.is_public for entry in self.incident.timeline if entry.internal)
        self.visible = shown

    @invariant()
    def what_is_counted_is_in_the_timeline(self) -> None:
        incident = self.incident
        assert incident.notes == sum(entry.internal for entry in incident.timeline)
        times = {entry.public_number: times_corrected(entry) for entry in incident.timeline if entry.is_public}
        assert incident.times_corrected == {number: count for number, count in times.items() if count}

    @invariant()
    def impact_is_well_formed(self) -> None:
        incident = self.incident
        assert all(is_well_formed(spans) for spans in incident.impact.values())
        assert set(incident.impact) <= set(incident.components)
        assert incident.is_open or current(incident.impact) == {}
        if incident.relapse is not None:
            assert incident.standing is Standing.RESOLVED
            assert all(is_well_formed(spans) for spans in incident.relapse.impact.values())
        if incident.standing in {Standing.DISMISSED, Standing.WITHDRAWN}:
            assert incident.impact == {}

    @invariant()
    def it_is_found_where_firings_look(self) -> None:
        prefixes = {handle.partition(":")[0] for handle in self.incident.handles}
        ended = {Standing.OPEN: {"open"}, Standing.RESOLVED: {"resolved"}}
        assert prefixes == ended.get(self.incident.standing, set())


def times_corrected(entry: Update) -> int:
    """Count the entries that one stands for."""
    return 0 if entry.original is None else 1 + times_corrected(entry.original)


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=30)
