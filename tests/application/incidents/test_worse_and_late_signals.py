"""Signals that get worse, that are overtaken by their own clear, and that are reported though they were cleared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from application.incidents.reported_signals import ReportedSignal, SignalOutcome
from domain.errors import NotFound
from domain.impact import Status, StatusSpan
from domain.incidents import Progress, Standing
from domain.incidents.errors import AlreadyClear, NotStillReported
from domain.incidents.signal import Signal, SignalCause
from tests.application.program import ALERTS, IMPORTS, LABELS, MINUTE, SOURCE, TICK, Program, at

DEGRADED, PARTIAL, MAJOR = Status.DEGRADED_PERFORMANCE, Status.PARTIAL_OUTAGE, Status.MAJOR_OUTAGE
GRACE = timedelta(minutes=2)


@pytest.fixture
def program(program: Program) -> Program:
    """A program with two components, at ten o'clock."""
    program.register(LABELS, markets=("ES", "PL", "MX"))
    program.register(IMPORTS)
    return program


class TestWorseReport:
    def test_escalates_as_of_when_it_was_received_whatever_start_it_names(self, program: Program) -> None:
        first = program.fire(status=DEGRADED, occurred_at=at("09:50"))
        program.clock.show(at("10:05"))

        worse = program.fire(status=MAJOR, occurred_at=at("09:40"))

        incident = program.incident(first.incident)
        assert (worse.outcome, worse.incident) == (SignalOutcome.JOINED, first.incident)
        assert incident.impact == {
            LABELS: (
                StatusSpan(status=DEGRADED, start=at("09:50"), end=at("10:05")),
                StatusSpan(status=MAJOR, start=at("10:05")),
            )
        }
        assert incident.next_due == at("10:20") + TICK
        assert program.recorded()[-2:] == ["signal.escalated", "incident.signal_fired"]

    def test_is_joined_by_none_that_is_milder_or_the_same(self, program: Program) -> None:
        program.fire(status=PARTIAL)
        before = program.recorded()

        for status in (PARTIAL, DEGRADED, Status.OPERATIONAL):
            assert program.fire(status=status).outcome is SignalOutcome.IGNORED

        assert program.recorded() == before
        assert program.signal().report.status is PARTIAL

    def test_begins_an_incident_if_nothing_was_implied_before(self, program: Program) -> None:
        program.fire(status=Status.OPERATIONAL, occurred_at=at("09:00"))
        program.clock.show(at("10:10"))

        worse = program.fire(status=DEGRADED, occurred_at=at("09:00"))
        program.clock.show(at("10:20"))
        program.fire(status=MAJOR)

        incident = program.incident(worse.incident)
        assert worse.outcome is SignalOutcome.DETECTED
        assert (incident.started_at, incident.next_due) == (at("10:10"), at("10:40") + TICK)

    def test_joins_what_is_open_if_nothing_was_implied_before(self, program: Program) -> None:
        open_one = program.declare()
        program.fire(status=Status.OPERATIONAL)

        worse = program.fire(status=MAJOR)

        assert (worse.outcome, worse.incident) == (SignalOutcome.JOINED, open_one)

    def test_of_a_code_change_publishes_at_once(self, program: Program) -> None:
        incident = program.fire(status=DEGRADED).incident

        program.fire(status=MAJOR, cause=SignalCause.CODE_CHANGE)

        assert program.incident(incident).is_public

    def test_sends_monitoring_back(self, program: Program) -> None:
        incident = program.fire(status=DEGRADED).incident
        assert incident is not None
        program.let_time_pass(at("11:00"))
        program.update(incident, Progress.MONITORING)

        program.fire(status=MAJOR)

        assert program.incident(incident).progress is Progress.IDENTIFIED

    def test_clears_with_what_it_began(self, program: Program) -> None:
        incident = program.fire(status=DEGRADED, occurred_at=at("09:55")).incident
        program.clock.show(at("10:05"))
        program.fire(status=MAJOR)
        program.clock.show(at("10:06"))

        assert program.clear(occurred_at=at("10:04")).outcome is SignalOutcome.CLEARED

        # It was heard of at five past: it cannot have ended before.
        assert program.signal().cleared_at == at("10:04")
        assert program.incident(incident).next_due == at("10:05") + GRACE
        assert program.fire(status=MAJOR, occurred_at=at("10:04")).outcome is SignalOutcome.IGNORED

    @pytest.mark.parametrize("ends", [Program.dismiss, Program.resolve])
    def test_begins_nothing_once_its_incident_has_ended_without_it(
        self, program: Program, ends: Callable[[Program, UUID], None]
    ) -> None:
        incident = program.fire(status=DEGRADED).incident
        assert incident is not None
        ends(program, incident)
        program.clock.advance(MINUTE)
        before = [topic for topic in program.recorded() if topic.startswith("incident.")]

        worse = program.fire(status=MAJOR, cause=SignalCause.CODE_CHANGE)

        assert (worse.outcome, worse.incident) == (SignalOutcome.RECORDED, None)
        assert [topic for topic in program.recorded() if topic.startswith("incident.")] == before
        program.clear()
        program.clock.advance(MINUTE)
        assert program.fire(status=MAJOR).outcome in {SignalOutcome.DETECTED, SignalOutcome.RELAPSED}

    def test_begins_nothing_after_a_withdrawal(self, program: Program) -> None:
        incident = program.fire(status=DEGRADED).incident
        assert incident is not None
        program.let_time_pass(at("11:00"))
        program.withdraw(incident)

        assert program.fire(status=MAJOR).outcome is SignalOutcome.RECORDED
        assert program.incident(incident).standing is Standing.WITHDRAWN

    def test_counts_again_once_a_person_has_reopened_the_incident(self, program: Program) -> None:
        incident = program.fire(status=DEGRADED).incident
        assert incident is not None
        program.let_time_pass(at("11:00"))
        program.resolve(incident)
        program.reopen(incident)

        assert program.fire(status=MAJOR).outcome is SignalOutcome.JOINED
        assert program.incident(incident).statuses == {LABELS: MAJOR}

    def test_of_an_unrouted_signal_is_kept_until_it_is_routed(self, program: Program) -> None:
        signal = program.fire(component="nowhere", status=DEGRADED, occurred_at=at("09:50")).signal
        program.clock.show(at("10:05"))

        assert program.fire(component="nowhere", status=MAJOR).outcome is SignalOutcome.UNROUTED

        assert program.incident(program.route(signal)).impact == {
            LABELS: (
                StatusSpan(status=DEGRADED, start=at("09:50"), end=at("10:05")),
                StatusSpan(status=MAJOR, start=at("10:05")),
            )
        }

    def test_in_a_batch_counts_after_what_happened_before_it_came(self, program: Program) -> None:
        program.fire(status=DEGRADED, occurred_at=at("09:00"))
        program.clock.show(at("10:10"))
        worse, clear = (
            ReportedSignal(
                source=SOURCE, fingerprint="f1", firing=firing, component=LABELS, status=MAJOR, occurred_at=moment
            )
            for firing, moment in ((True, at("09:00")), (False, at("10:09")))
        )

        taken = program.do(
            lambda log: program.facade.commands.signals.take_together(log, reported=[worse, clear], caller=ALERTS)
        )

        assert [result.outcome for result in taken] == [SignalOutcome.IGNORED, SignalOutcome.CLEARED]


class TestFiringThatIsOvertaken:
    def test_begins_nothing(self, program: Program) -> None:
        assert program.clear(occurred_at=at("09:54"), started_at=at("09:50")).outcome is SignalOutcome.RECORDED

        assert program.fire(occurred_at=at("09:50")).outcome is SignalOutcome.IGNORED
        assert program.fire(occurred_at=at("09:54")).outcome is SignalOutcome.IGNORED
        assert "incident.detected" not in program.recorded()
        assert program.fire(occurred_at=at("09:54") + TICK).outcome is SignalOutcome.DETECTED

    def test_begins_nothing_though_the_signal_was_known(self, program: Program) -> None:
        program.fire(occurred_at=at("09:40"))
        program.clear(occurred_at=at("09:45"), started_at=at("09:40"))

        assert program.clear(occurred_at=at("09:54"), started_at=at("09:50")).outcome is SignalOutcome.RECORDED
        assert program.fire(occurred_at=at("09:50")).outcome is SignalOutcome.IGNORED
        assert not program.signal().is_firing

    @pytest.mark.parametrize("started", [None, at("09:40"), at("09:45")])
    def test_is_not_made_up_of_a_clear_that_comes_again(self, program: Program, started: object) -> None:
        program.fire(occurred_at=at("09:40"))
        program.clear(occurred_at=at("09:45"))
        before = program.recorded()

        taken = program.clear(occurred_at=at("09:54"), started_at=started)  # type: ignore[arg-type]

        assert taken.outcome is SignalOutcome.IGNORED
        assert program.recorded() == before

    def test_leaves_a_signal_that_nobody_can_do_anything_with(self, program: Program) -> None:
        signal = program.clear().signal

        for act in (program.clear_by_hand, program.let_refire, program.route):
            with pytest.raises(NotFound):
                act(signal)


class TestSignalThatIsStillReported:
    def test_is_one_whose_repeat_comes_past_the_grace_after_a_clearance_by_hand(self, program: Program) -> None:
        signal = program.fire(occurred_at=at("09:50")).signal
        program.clear_by_hand(signal)

        program.clock.show(at("10:02"))
        program.fire(occurred_at=at("09:50"))
        assert program.signal().still_reported is None

        program.clock.advance(TICK)
        assert program.fire(occurred_at=at("09:50")).outcome is SignalOutcome.IGNORED
        newest = program.signal().still_reported
        assert newest is not None
        assert newest.received_at == at("10:02") + TICK
        assert not program.signal().is_firing

    def test_is_none_that_its_source_has_cleared(self, program: Program) -> None:
        program.fire(occurred_at=at("09:50"))
        program.clear(occurred_at=at("09:55"))
        program.clock.show(at("11:00"))

        program.fire(occurred_at=at("09:50"))

        assert program.signal().still_reported is None

    def test_is_not_any_more_once_its_source_clears_it(self, program: Program) -> None:
        signal = still_reported(program)

        assert program.clear(occurred_at=at("10:08")).outcome is SignalOutcome.CLEARED

        assert program.signal().still_reported is None
        with pytest.raises(NotStillReported):
            program.let_refire(signal)

    def test_is_recorded_once_a_minute_unless_it_says_something_else(self, program: Program) -> None:
        still_reported(program)
        before = len(program.recorded())

        program.clock.advance(MINUTE - TICK)
        program.fire(occurred_at=at("09:50"))
        assert len(program.recorded()) == before
        program.fire(occurred_at=at("09:50"), status=DEGRADED)
        assert len(program.recorded()) == before + 1
        program.clock.advance(MINUTE)
        program.fire(occurred_at=at("09:50"), status=DEGRADED)
        assert len(program.recorded()) == before + 2

    def test_can_be_let_fire_as_of_its_newest_report(self, program: Program) -> None:
        signal = still_reported(program)
        program.clock.show(at("10:20"))

        refired = program.let_refire(signal)

        incident = program.incident(refired.incident)
        assert refired.is_firing
        assert (incident.started_at, incident.next_due) == (at("10:07"), at("10:37") + TICK)
        assert program.recorded()[-2:] == ["signal.refired", "incident.detected"]
        assert program.events()[-2].provenance.actor == "token:ana"

    def test_that_was_let_fire_is_cleared_by_a_clear_of_the_firing_that_it_reports(self, program: Program) -> None:
        program.let_refire(still_reported(program))

        # The source saw the end before its last report came here.
        assert program.clear(occurred_at=at("10:06")).outcome is SignalOutcome.CLEARED
        assert program.incident(program.signal().incident).signals.all_clear

    def test_relapses_if_its_incident_was_resolved_meanwhile(self, program: Program) -> None:
        program.fire(occurred_at=at("09:00"))
        signal = program.signal()
        program.clear_by_hand(signal.id)
        program.let_time_pass(at("10:30"))
        program.fire(occurred_at=at("09:00"))

        refired = program.let_refire(signal.id)

        relapsed = program.incident(refired.incident)
        assert relapsed.relapse is not None
        assert relapsed.relapse.began_at == at("10:30")

    def test_that_fires_anew_or_never_was_cleared_is_not_let_fire(self, program: Program) -> None:
        signal = still_reported(program)
        program.clock.show(at("10:20"))
        program.fire(occurred_at=at("10:19"))

        with pytest.raises(NotStillReported):
            program.let_refire(signal)
        with pytest.raises(NotFound):
            program.let_refire(UUID(int=1))
        program.clear_by_hand(signal)
        with pytest.raises(NotStillReported):
            program.let_refire(signal)
        with pytest.raises(AlreadyClear):
            program.clear_by_hand(signal)

    def test_that_nobody_has_routed_is_unrouted_again(self, program: Program) -> None:
        signal = program.fire(component="nowhere", occurred_at=at("09:50")).signal
        program.clear_by_hand(signal)
        program.clock.show(at("10:07"))
        program.fire(component="nowhere", occurred_at=at("09:50"))

        refired = program.let_refire(signal)

        assert (refired.is_firing, refired.is_routed, refired.incident) == (True, False, None)


class TestMarkets:
    def test_of_a_signal_are_named_by_the_incident_if_they_are_fewer_than_the_component_has(
        self, program: Program
    ) -> None:
        incident = program.fire(markets=("ES",)).incident
        program.let_time_pass(at("11:00"))

        assert program.incident(incident).markets == ("ES",)
        assert program.incident(incident).title["en"].endswith("(ES)")

    @pytest.mark.parametrize("markets", [(), ("MX", "ES", "PL")])
    def test_are_none_if_it_is_everywhere(self, program: Program, markets: tuple[str, ...]) -> None:
        assert program.incident(program.fire(markets=markets).incident).markets == ()

    def test_of_those_that_join_are_added(self, program: Program) -> None:
        incident = program.fire("f1", markets=("ES",)).incident

        program.fire("f2", markets=("PL",))
        assert program.incident(incident).markets == ("ES", "PL")
        program.clear("f2")
        assert program.incident(incident).markets == ("ES", "PL")
        program.fire("f3", markets=("MX",))
        assert program.incident(incident).markets == ()

    def test_are_none_any_more_if_one_joins_that_does_not_say_where_it_is(self, program: Program) -> None:
        incident = program.fire("f1", markets=("ES",)).incident

        program.fire("f2")

        assert program.incident(incident).markets == ()

    def test_are_named_of_a_component_that_names_none(self, program: Program) -> None:
        assert program.incident(program.fire(component=IMPORTS, markets=("BR",)).incident).markets == ("BR",)

    def test_of_a_component_that_readers_may_not_know_of_are_not_named(self, program: Program) -> None:
        program.register("vault", public=False, markets=("ES", "PL"))
        program.register("store", markets=("ES", "PL"))
        hidden = program.fire("f1", component="vault", markets=("ES",)).incident
        shown = program.fire("f2", component="store", markets=("ES",)).incident
        assert shown is not None
        program.update(shown, components={"vault": DEGRADED})
        program.dismiss(hidden)  # type: ignore[arg-type]

        joined = program.fire("f3", component="vault", markets=("PL",))

        assert joined.incident == shown
        assert program.incident(hidden).markets == ()
        assert program.incident(shown).markets == ("ES",)

    def test_of_an_incident_that_a_person_declared_are_his(self, program: Program) -> None:
        incident = program.declare()

        program.fire(markets=("ES",))

        assert program.incident(incident).markets == ()

    def test_of_a_relapse_are_not_seen_before_it_reopens(self, program: Program) -> None:
        incident = program.fire("f1", markets=("ES",)).incident
        program.let_time_pass(at("11:00"))
        program.clear("f1")
        program.let_time_pass(at("11:30"))
        assert program.incident(incident).standing is Standing.RESOLVED

        program.fire("f2", markets=("PL",))
        assert program.incident(incident).markets == ("ES",)
        program.let_time_pass(at("12:01"))

        reopened = program.incident(incident)
        assert (reopened.standing, reopened.markets) == (Standing.OPEN, ("ES", "PL"))
        assert "(ES, PL)" in reopened.timeline[-1].message["en"]

    def test_of_a_worse_report_are_those_of_both(self, program: Program) -> None:
        incident = program.fire(status=DEGRADED, markets=("ES",)).incident

        program.fire(status=MAJOR, markets=("PL",))

        assert program.incident(incident).markets == ("ES", "PL")
        assert program.rebuilt(Signal, program.signal().id).report.markets == ("ES", "PL")


def still_reported(program: Program) -> UUID:
    """Let a signal be cleared by hand at ten, and be reported seven minutes later."""
    signal = program.fire(occurred_at=at("09:50")).signal
    program.clear_by_hand(signal)
    program.clock.show(at("10:07"))
    program.fire(occurred_at=at("09:50"))
    return signal
