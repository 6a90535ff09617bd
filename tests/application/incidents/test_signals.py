"""What becomes of a signal: in whatever order its reports come in, and however often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.incidents.signal_intake import ReportedSignal, SignalOutcome
from domain.components.errors import Retired
from domain.errors import NotFound
from domain.impact import Status
from domain.incidents import Progress, Standing
from domain.incidents.errors import AlreadyClear, AlreadyRouted
from domain.incidents.signal import Signal, SignalCause
from tests.application.program import IMPORTS, LABELS, MINUTE, SOURCE, TICK, Program, at
from tests.contracts.snapshots import wipe

DAY = timedelta(hours=24)


@pytest.fixture
def program(program: Program) -> Program:
    """A program with two components, at ten o'clock."""
    program.register(LABELS)
    program.register(IMPORTS)
    return program


class TestFiring:
    def test_begins_a_private_incident(self, program: Program) -> None:
        taken = program.fire(occurred_at=at("09:50"))

        incident = program.incident(taken.incident)
        assert taken.outcome is SignalOutcome.DETECTED
        assert (incident.is_public, incident.started_at) == (False, at("09:50"))
        assert incident.next_due == at("10:20") + TICK

    def test_again_is_a_repeat_whatever_start_it_names(self, program: Program) -> None:
        program.fire(occurred_at=at("09:50"))
        before = program.recorded()

        for moment in (None, at("09:00"), at("09:50"), at("09:59")):
            assert program.fire(occurred_at=moment).outcome is SignalOutcome.IGNORED

        assert program.recorded() == before

    def test_on_a_component_of_an_open_incident_joins_it(self, program: Program) -> None:
        first = program.fire("f1", status=Status.DEGRADED_PERFORMANCE)
        second = program.fire("f2", status=Status.MAJOR_OUTAGE)

        assert (second.outcome, second.incident) == (SignalOutcome.JOINED, first.incident)
        assert program.incident(first.incident).statuses == {LABELS: Status.MAJOR_OUTAGE}

    def test_on_another_component_begins_another_incident(self, program: Program) -> None:
        assert program.fire("f1").incident != program.fire("f2", component=IMPORTS).incident

    def test_joins_the_incident_that_a_person_declared(self, program: Program) -> None:
        incident = program.declare({LABELS: Status.DEGRADED_PERFORMANCE}, publish=False)

        taken = program.fire()
        program.let_time_pass(at("12:00"))

        assert (taken.outcome, taken.incident) == (SignalOutcome.JOINED, incident)
        joined = program.incident(incident)
        assert (joined.is_public, joined.standing) == (False, Standing.OPEN)
        assert joined.statuses == {LABELS: Status.MAJOR_OUTAGE}

    def test_joins_the_newest_of_several_open_incidents(self, program: Program) -> None:
        program.declare(occurred_at=at("09:00"))
        newest = program.declare(occurred_at=at("09:30"))
        program.declare(occurred_at=at("09:10"))

        assert program.fire().incident == newest

    def test_of_a_code_change_is_published_at_once(self, program: Program) -> None:
        taken = program.fire(cause=SignalCause.CODE_CHANGE)

        assert program.incident(taken.incident).is_public

    def test_of_a_code_change_that_joins_publishes_at_once(self, program: Program) -> None:
        first = program.fire("f1")

        program.fire("f2", cause=SignalCause.CODE_CHANGE)

        assert program.incident(first.incident).is_public

    def test_from_long_ago_is_published_at_once_as_of_when_it_was_due(self, program: Program) -> None:
        taken = program.fire(occurred_at=at("08:00"))

        assert program.incident(taken.incident).published_at == at("08:30") + TICK

    def test_of_no_impact_is_recorded_and_begins_nothing(self, program: Program) -> None:
        taken = program.fire(status=Status.OPERATIONAL)

        assert (taken.outcome, taken.incident) == (SignalOutcome.RECORDED, None)
        assert program.clear(occurred_at=at("10:00")).outcome is SignalOutcome.CLEARED
        assert {topic.partition(".")[0] for topic in program.recorded()} == {"component", "signal"}

    def test_names_the_signal_that_led_to_the_incident(self, program: Program) -> None:
        program.fire()

        signal, incident = program.events()[2:]
        assert (signal.TOPIC, incident.TOPIC) == ("signal.fired_first", "incident.detected")
        assert incident.provenance.causation == 3
        assert incident.provenance.source == SOURCE

    @pytest.mark.parametrize("ahead", [timedelta(seconds=6), timedelta(days=400)])
    def test_from_the_future_is_taken_as_now(self, program: Program, ahead: timedelta) -> None:
        text = f"{at('10:00') + ahead:%Y-%m-%dT%H:%M:%S}.123456789Z"
        taken = program.fire(occurred_at=at("10:00") + ahead, reported_at=text)

        assert program.incident(taken.incident).started_at == at("10:00")
        assert program.signal().report.reported_at == text

    def test_from_the_next_five_seconds_is_believed(self, program: Program) -> None:
        taken = program.fire(occurred_at=at("10:00:05"))

        assert program.incident(taken.incident).started_at == at("10:00:05")


class TestClear:
    def test_of_an_unknown_signal_is_remembered_and_begins_nothing(self, program: Program) -> None:
        taken = program.clear()

        assert (taken.outcome, taken.signal) == (SignalOutcome.RECORDED, Signal.id_of(SOURCE, "f1"))
        assert taken.incident is None
        assert program.recorded()[-1] == "signal.cleared_first"
        assert program.clear().outcome is SignalOutcome.IGNORED

    def test_after_a_clear_is_ignored(self, program: Program) -> None:
        program.fire()
        program.clear()
        before = program.recorded()

        assert program.clear().outcome is SignalOutcome.IGNORED
        assert program.recorded() == before

    def test_of_before_it_fired_is_ignored(self, program: Program) -> None:
        program.fire(occurred_at=at("09:50"))

        assert program.clear(occurred_at=at("09:50") - TICK).outcome is SignalOutcome.IGNORED
        assert program.signal().is_firing
        assert program.clear(occurred_at=at("09:50")).outcome is SignalOutcome.CLEARED

    def test_is_told_to_the_incident(self, program: Program) -> None:
        taken = program.fire()

        program.clear()

        assert program.incident(taken.incident).signals.all_clear
        assert program.recorded()[-2:] == ["signal.cleared", "incident.signal_cleared"]

    def test_of_the_future_is_taken_as_now(self, program: Program) -> None:
        program.fire()

        assert program.clear(occurred_at=at("11:00")).outcome is SignalOutcome.CLEARED
        assert program.signal().cleared_at == at("10:00")

    def test_by_hand_needs_a_signal_that_fires(self, program: Program) -> None:
        with pytest.raises(NotFound):
            program.clear_by_hand(UUID(int=1))
        signal = program.fire().signal
        program.clear_by_hand(signal)
        with pytest.raises(AlreadyClear):
            program.clear_by_hand(signal)

        assert program.signal().clear_reason == "clear was lost"
        assert program.events()[-1].provenance.actor == "token:ana"


class TestRepeat:
    def test_of_the_same_start_is_none_after_a_clear_by_hand_either(self, program: Program) -> None:
        text = "2025-03-04T09:50:00.123456789Z"
        signal = program.fire(occurred_at=at("09:50:00.123456"), reported_at=text).signal
        program.clear_by_hand(signal)

        assert program.fire(occurred_at=at("09:50:00.123456"), reported_at=text).outcome is SignalOutcome.IGNORED
        assert not program.signal().is_firing

    def test_of_an_older_start_than_the_last_clear_is_ignored(self, program: Program) -> None:
        program.fire(occurred_at=at("09:50"))
        program.clear(occurred_at=at("09:55"))

        for clock in ("09:40", "09:54", "09:55"):
            assert program.fire(occurred_at=at(clock)).outcome is SignalOutcome.IGNORED
        assert program.fire(occurred_at=at("09:55") + TICK).outcome is SignalOutcome.DETECTED

    def test_is_told_apart_by_nanoseconds(self, program: Program) -> None:
        moment, text = at("09:50:00.123456"), "2025-03-04T09:50:00.123456"
        program.fire(occurred_at=moment, reported_at=f"{text}100Z")

        assert program.clear(occurred_at=moment, reported_at=f"{text}099Z").outcome is SignalOutcome.IGNORED
        assert program.clear(occurred_at=moment, reported_at=f"{text}5Z").outcome is SignalOutcome.CLEARED
        assert program.fire(occurred_at=moment, reported_at=f"{text}5Z").outcome is SignalOutcome.IGNORED
        assert program.fire(occurred_at=moment, reported_at=f"{text}499Z").outcome is SignalOutcome.IGNORED
        assert program.fire(occurred_at=moment, reported_at=f"{text}501Z").outcome is SignalOutcome.DETECTED

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_changes_nothing_wherever_it_comes(self, data: st.DataObject, program: Program) -> None:
        reports = data.draw(st.lists(st.sampled_from(REPORTS), min_size=1, max_size=6), "reports")
        twice = data.draw(st.lists(st.booleans(), min_size=6, max_size=6), "which of them come twice")
        again = [copy for report, more in zip(reports, twice, strict=False) for copy in [report] * (1 + more)]

        assert history(program, again) == history(program, reports)

    def test_ends_in_the_last_word_of_the_source_in_whatever_order_it_comes(self, program: Program) -> None:
        fired, cleared = REPORTS[0], REPORTS[1]
        later, over = REPORTS[2], REPORTS[3]

        for order in permutations([fired, cleared, later, over]):
            history(program, [*order, later, over])

            # Deliveries that were overtaken are sent again: the last word is that it is clear.
            assert not program.signal().is_firing


class TestRelapse:
    @pytest.mark.parametrize(
        ("since", "outcome"),
        [(DAY - TICK, SignalOutcome.RELAPSED), (DAY, SignalOutcome.DETECTED), (DAY + TICK, SignalOutcome.DETECTED)],
    )
    def test_is_a_matter_of_less_than_twenty_four_hours(
        self, program: Program, since: timedelta, outcome: SignalOutcome
    ) -> None:
        incident = program.declare()
        program.resolve(incident)
        program.clock.show(at("10:00") + since)

        taken = program.fire()

        assert taken.outcome is outcome
        assert (taken.incident == incident) == (outcome is SignalOutcome.RELAPSED)

    def test_is_of_the_incident_that_was_resolved_last(self, program: Program) -> None:
        first, second = program.declare(), program.declare()
        program.resolve(second)
        program.clock.advance(MINUTE)
        program.resolve(first)
        program.clock.advance(MINUTE)

        assert program.fire().incident == first

    def test_is_private_until_it_has_persisted(self, program: Program) -> None:
        incident = program.declare()
        program.resolve(incident)
        program.clock.show(at("10:05"))
        program.fire()

        program.let_time_pass(at("10:35"))
        assert program.incident(incident).standing is Standing.RESOLVED
        program.let_time_pass(at("10:35") + TICK)

        reopened = program.incident(incident)
        assert (reopened.standing, reopened.progress) == (Standing.OPEN, Progress.INVESTIGATING)

    def test_gives_way_to_an_open_incident(self, program: Program) -> None:
        over = program.declare()
        program.resolve(over)
        still_open = program.declare()

        assert program.fire().incident == still_open

    def test_is_none_of_an_incident_that_was_dismissed_or_withdrawn(self, program: Program) -> None:
        dismissed = program.declare(publish=False)
        program.dismiss(dismissed)
        withdrawn = program.declare()
        program.withdraw(withdrawn)

        assert program.fire().outcome is SignalOutcome.DETECTED


class TestUnrouted:
    @pytest.mark.parametrize("component", ["unheard-of", None])
    def test_is_kept_and_begins_nothing(self, program: Program, component: str | None) -> None:
        taken = program.fire(component=component)

        assert (taken.outcome, taken.component, taken.incident) == (SignalOutcome.UNROUTED, component, None)
        assert not program.signal().is_routed

    def test_is_one_that_names_a_retired_component(self, program: Program) -> None:
        program.retire()

        assert program.fire().outcome is SignalOutcome.UNROUTED

    def test_counts_from_when_it_fired_once_it_is_routed(self, program: Program) -> None:
        signal = program.fire(component=None, occurred_at=at("09:55")).signal
        program.let_time_pass(at("10:20"))

        incident = program.incident(program.route(signal))

        assert incident.started_at == at("09:55")
        assert incident.next_due == at("10:25") + TICK

    def test_that_has_persisted_is_published_as_it_is_routed(self, program: Program) -> None:
        signal = program.fire(component=None).signal
        program.let_time_pass(at("11:00"))

        assert program.incident(program.route(signal)).published_at == at("10:30") + TICK

    def test_that_is_clear_begins_nothing_when_it_is_routed(self, program: Program) -> None:
        signal = program.fire(component=None).signal
        program.clear()

        assert program.route(signal) is None
        assert program.signal().is_routed
        assert "incident.detected" not in program.recorded()

    def test_joins_what_is_open_when_it_is_routed(self, program: Program) -> None:
        incident = program.declare()
        signal = program.fire(component=None).signal

        assert program.route(signal) == incident

    def test_is_routed_once_and_to_a_component_in_use(self, program: Program) -> None:
        signal = program.fire(component=None).signal
        program.retire(IMPORTS)
        before = program.recorded()

        with pytest.raises(Retired):
            program.route(signal, IMPORTS)
        with pytest.raises(NotFound):
            program.route(signal, "unheard-of")
        with pytest.raises(NotFound):
            program.route(UUID(int=1))
        assert program.recorded() == before

        program.route(signal)
        with pytest.raises(AlreadyRouted):
            program.route(signal)

    def test_finds_its_way_when_it_fires_anew_on_a_component_that_is_known_by_then(self, program: Program) -> None:
        program.fire(component="pages", occurred_at=at("09:50"))
        program.clear(occurred_at=at("09:55"))
        program.register("pages")

        assert program.fire(component="pages").outcome is SignalOutcome.DETECTED


class TestSilencedSignal:
    @pytest.mark.parametrize("ends", [Program.dismiss, Program.resolve])
    def test_begins_nothing_until_it_has_cleared_and_fires_anew(
        self, program: Program, ends: Callable[[Program, UUID], None]
    ) -> None:
        incident = program.fire().incident
        assert incident is not None
        ends(program, incident)
        program.clock.advance(MINUTE)

        assert program.fire().outcome is SignalOutcome.IGNORED
        program.clear()
        program.clock.advance(MINUTE)
        assert program.fire().outcome in {SignalOutcome.DETECTED, SignalOutcome.RELAPSED}


class TestSignOfLife:
    def test_is_any_firing_on_a_component_with_a_heartbeat(self, program: Program) -> None:
        program.register("pages", heartbeat=5 * MINUTE)
        program.let_time_pass(at("10:06"))
        assert program.component("pages").is_silent

        program.fire(component="pages", status=Status.OPERATIONAL)
        assert not program.component("pages").is_silent
        program.let_time_pass(at("10:11"))

        assert not program.component("pages").is_silent

    def test_is_a_clear_or_a_repeat_as_well(self, program: Program) -> None:
        program.register("pages", heartbeat=5 * MINUTE)
        program.fire(component="pages", status=Status.OPERATIONAL)
        program.let_time_pass(at("10:04"))
        assert program.fire(component="pages", status=Status.OPERATIONAL).outcome is SignalOutcome.IGNORED
        program.let_time_pass(at("10:08"))
        assert program.clear().outcome is SignalOutcome.CLEARED
        program.let_time_pass(at("10:12"))
        assert program.clear().outcome is SignalOutcome.IGNORED
        program.let_time_pass(at("10:17"))

        assert not program.component("pages").is_silent
        program.let_time_pass(at("10:17") + TICK)
        assert program.component("pages").is_silent


REPORTS = tuple(
    ReportedSignal(
        source=SOURCE,
        fingerprint="f1",
        firing=firing,
        component=LABELS,
        status=Status.MAJOR_OUTAGE,
        occurred_at=at(clock),
        reported_at=f"2025-03-04T{clock}:00Z",
    )
    for firing, clock in [(True, "09:40"), (False, "09:45"), (True, "09:50"), (False, "09:55")]
)


def history(program: Program, reports: list[ReportedSignal]) -> list[tuple[str, object]]:
    """Hand reports in, one after the other, and tell what was recorded of signal and incidents."""
    wipe(program.bitacora.store)
    program.clock.show(at("10:00"))
    program.register()
    for report in reports:
        program.take(report)
    return [(event.TOPIC, event.provenance.occurred_at) for event in program.events()]
