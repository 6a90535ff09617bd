"""A signal from monitoring: when it says something new, and when it only repeats what is known."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.impact import Status
from domain.incidents.errors import AlreadyClear, AlreadyRouted
from domain.incidents.signal import Report, Signal, SignalCause, exactly
from domain.provenance import Provenance
from tests.domain.assertions import recorded, refused
from tests.domain.builders import CARRIER, TICK, ana, at, the_alerts

INCIDENT, ANOTHER = UUID(int=1), UUID(int=2)


def a_report(*, component: str | None = CARRIER, reported_at: str | None = None) -> Report:
    return Report(component=component, status=Status.MAJOR_OUTAGE, reported_at=reported_at)


def a_signal(*, since: datetime, reported_at: str | None = None) -> Signal:
    return Signal.begin(
        system="alertmanager",
        fingerprint="f1",
        report=a_report(reported_at=reported_at),
        routed=True,
        incident=INCIDENT,
        provenance=the_alerts(since),
    )


def an_unrouted_signal(*, since: datetime, component: str | None = None) -> Signal:
    return Signal.begin(
        system="alertmanager",
        fingerprint="f1",
        report=a_report(component=component),
        routed=False,
        incident=None,
        provenance=the_alerts(since),
    )


def cleared(signal: Signal, moment: datetime, *, reported_at: str | None = None) -> Signal:
    signal.clear(reason=None, reported_at=reported_at, provenance=the_alerts(moment))
    return signal


class TestSignal:
    def test_is_known_by_source_and_fingerprint(self) -> None:
        assert a_signal(since=at("10:00")).id == Signal.id_of("alertmanager", "f1")
        assert Signal.id_of("alertmanager", "f1") != Signal.id_of("alertmanager", "f2")
        assert Signal.id_of("alertmanager", "f1") != Signal.id_of("other", "f1")

    def test_is_not_mistaken_for_one_whose_names_run_together(self) -> None:
        assert Signal.id_of("ab", "c") != Signal.id_of("a", "bc")
        assert Signal.id_of("a", ":b") != Signal.id_of("a:", "b")
        assert Signal.id_of("1:a", "b") != Signal.id_of("1", ":ab")

    def test_fires_as_its_report_says(self) -> None:
        signal = a_signal(since=at("10:00"))

        assert signal.is_firing
        assert signal.fired_at == at("10:00")
        assert signal.report == a_report()
        assert signal.incident == INCIDENT
        assert recorded(signal) == ["signal.fired_first"]

    def test_clears(self) -> None:
        signal = cleared(a_signal(since=at("10:00")), at("10:05"))

        assert recorded(signal)[-1] == "signal.cleared"
        assert (signal.is_firing, signal.cleared_at) == (False, at("10:05"))

    def test_clears_by_hand_with_a_reason(self) -> None:
        signal = a_signal(since=at("10:00"))

        signal.clear(reason="the clear was lost", reported_at=None, provenance=ana(at("10:05")))

        assert not signal.is_firing
        assert signal.clear_reason == "the clear was lost"

    def test_fires_anew_with_another_report(self) -> None:
        signal = cleared(a_signal(since=at("10:00")), at("10:05"))
        report = Report(component=CARRIER, status=Status.PARTIAL_OUTAGE, cause=SignalCause.CODE_CHANGE)

        signal.fire(report=report, routed=True, incident=ANOTHER, provenance=the_alerts(at("10:10")))

        assert recorded(signal)[-1] == "signal.fired"
        assert (signal.is_firing, signal.fired_at) == (True, at("10:10"))
        assert (signal.report, signal.incident) == (report, ANOTHER)

    def test_cannot_be_cleared_while_clear(self) -> None:
        signal = cleared(a_signal(since=at("10:00")), at("10:05"))

        with refused(signal, AlreadyClear):
            signal.clear(reason="again", reported_at=None, provenance=ana(at("10:06")))


class TestRepeat:
    @pytest.mark.parametrize("moment", [at("09:00"), at("10:00"), at("10:00:00.000001"), at("23:00")])
    def test_is_any_firing_while_it_fires_whatever_start_it_names(self, moment: datetime) -> None:
        signal = a_signal(since=at("10:00"))

        assert signal.repeats(occurred_at=moment, reported_at=None)

    def test_is_a_firing_that_began_no_later_than_the_last_clear(self) -> None:
        signal = cleared(a_signal(since=at("10:00")), at("10:05"))

        assert signal.repeats(occurred_at=at("10:05") - TICK, reported_at=None)
        assert signal.repeats(occurred_at=at("10:05"), reported_at=None)
        assert not signal.repeats(occurred_at=at("10:05") + TICK, reported_at=None)

    def test_is_told_apart_by_nanoseconds(self) -> None:
        signal = cleared(
            a_signal(since=at("10:00")), at("10:05:00.123456"), reported_at="2025-03-04T10:05:00.123456500Z"
        )

        def is_repeat(reported_at: str) -> bool:
            return signal.repeats(occurred_at=at("10:05:00.123456"), reported_at=reported_at)

        assert is_repeat("2025-03-04T10:05:00.1234564Z")
        assert is_repeat("2025-03-04T10:05:00.1234565Z")
        assert not is_repeat("2025-03-04T10:05:00.123456501Z")

    def test_is_the_same_report_though_its_start_was_taken_as_now(self) -> None:
        signal = cleared(a_signal(since=at("10:00"), reported_at="2025-03-04T11:00:00Z"), at("10:05"))

        assert signal.repeats(occurred_at=at("10:06"), reported_at="2025-03-04T11:00:00Z")
        assert not signal.repeats(occurred_at=at("10:06"), reported_at="2025-03-04T11:00:01Z")

    def test_is_what_comes_after_the_incident_was_ended_by_hand(self) -> None:
        """A signal still fires when its incident is dismissed, withdrawn or resolved by override."""
        signal = a_signal(since=at("10:00"))

        assert signal.repeats(occurred_at=at("11:00"), reported_at=None)
        cleared(signal, at("11:30"))
        assert not signal.repeats(occurred_at=at("11:31"), reported_at=None)


class TestStaleClear:
    def test_is_any_clear_while_clear(self) -> None:
        signal = cleared(a_signal(since=at("10:00")), at("10:05"))

        assert signal.outlasts(occurred_at=at("10:06"), reported_at=None)

    def test_is_a_clear_of_an_earlier_firing(self) -> None:
        signal = a_signal(since=at("10:00"))

        assert signal.outlasts(occurred_at=at("10:00") - TICK, reported_at=None)
        assert not signal.outlasts(occurred_at=at("10:00"), reported_at=None)

    def test_is_told_apart_by_nanoseconds(self) -> None:
        signal = a_signal(since=at("10:00:00.000001"), reported_at="2025-03-04T10:00:00.0000015Z")

        def is_stale(reported_at: str) -> bool:
            return signal.outlasts(occurred_at=at("10:00:00.000001"), reported_at=reported_at)

        assert is_stale("2025-03-04T10:00:00.000001499Z")
        assert not is_stale("2025-03-04T10:00:00.0000015Z")


class TestExactInstant:
    @pytest.mark.parametrize(
        ("earlier", "later"),
        [
            ("2025-03-04T10:00:00Z", "2025-03-04T10:00:00.000000001Z"),
            ("2025-03-04T10:00:00.000000001Z", "2025-03-04T10:00:00.00000001Z"),
            ("2025-03-04T10:00:00.0000009Z", "2025-03-04T10:00:00.000000999+00:00"),
            ("2025-03-04T08:00:00.0000001-02:00", "2025-03-04T12:00:00.0000002+02:00"),
        ],
    )
    def test_is_ordered_by_the_digits_that_a_microsecond_cuts(self, earlier: str, later: str) -> None:
        assert exactly(at("10:00"), earlier) < exactly(at("10:00"), later)

    @pytest.mark.parametrize("text", [None, "2025-03-04T10:00:00Z", "2025-03-04T10:00:00.000000+00:00"])
    def test_is_the_microsecond_if_there_are_no_more_digits(self, text: str | None) -> None:
        assert exactly(at("10:00"), text) == exactly(at("10:00"), None)

    def test_is_ordered_by_the_microsecond_first(self) -> None:
        assert exactly(at("10:00"), "2025-03-04T10:00:00.000000999Z") < exactly(at("10:00") + TICK, None)


class TestUnroutedSignal:
    @pytest.mark.parametrize("component", [None, "carrier-z"])
    def test_is_kept(self, component: str | None) -> None:
        signal = an_unrouted_signal(since=at("10:00"), component=component)

        assert signal.is_firing
        assert not signal.is_routed
        assert signal.report.component == component

    def test_is_routed_by_an_operator(self) -> None:
        signal = an_unrouted_signal(since=at("10:00"), component="carrier-z")

        signal.route(component=CARRIER, incident=INCIDENT, provenance=ana(at("10:05")))

        assert recorded(signal)[-1] == "signal.routed"
        assert signal.is_routed
        assert (signal.report.component, signal.incident) == (CARRIER, INCIDENT)
        assert signal.fired_at == at("10:00")

    def test_is_routed_once(self) -> None:
        signal = an_unrouted_signal(since=at("10:00"))
        signal.route(component=CARRIER, incident=INCIDENT, provenance=ana(at("10:05")))

        with refused(signal, AlreadyRouted, match=CARRIER):
            signal.route(component=CARRIER, incident=INCIDENT, provenance=ana(at("10:06")))

    def test_needs_no_routing_if_its_component_is_known(self) -> None:
        with refused(signal := a_signal(since=at("10:00")), AlreadyRouted):
            signal.route(component=CARRIER, incident=None, provenance=ana(at("10:06")))


class TestTimeOfASignal:
    def test_is_not_refused_for_the_clock_of_its_source(self) -> None:
        """What lies in the future is taken as now before it comes here; a wrong clock must not lose an alert."""
        wrong = Provenance(
            actor="token:alerts",
            source="alertmanager",
            request_id="request-1",
            occurred_at=at("10:00") + timedelta(hours=1),
            recorded_at=at("10:00"),
        )

        signal = Signal.begin(
            system="alertmanager", fingerprint="f1", report=a_report(), routed=True, incident=None, provenance=wrong
        )

        assert signal.is_firing
