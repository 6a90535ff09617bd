"""Signals that come together, and late: what happened while nobody listened is taken as if it had come in time."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest

from application.incidents.signal_intake import ReportedSignal, SignalOutcome
from domain.impact import Status
from domain.incidents import Progress, Standing
from domain.incidents.signal import SignalCause
from tests.application.program import ALERTS, IMPORTS, LABELS, SOURCE, TICK, Program, at
from tests.contracts.snapshots import wipe


@pytest.fixture
def program(program: Program) -> Program:
    """A program with two components, at ten o'clock."""
    program.register(LABELS)
    program.register(IMPORTS)
    return program


def fires(
    fingerprint: str, occurred_at: datetime, *, component: str = LABELS, cause: SignalCause | None = None
) -> ReportedSignal:
    """Give a signal that fires."""
    return ReportedSignal(
        source=SOURCE,
        fingerprint=fingerprint,
        firing=True,
        component=component,
        status=Status.MAJOR_OUTAGE,
        cause=cause,
        occurred_at=occurred_at,
    )


def clears(fingerprint: str, occurred_at: datetime) -> ReportedSignal:
    """Give a signal that is clear."""
    return ReportedSignal(
        source=SOURCE,
        fingerprint=fingerprint,
        firing=False,
        component=None,
        status=Status.OPERATIONAL,
        occurred_at=occurred_at,
    )


def together(program: Program, *reported: ReportedSignal) -> list[SignalOutcome]:
    """Hand signals in by one command, and give what became of each."""
    taken = program.do(lambda log: program.facade.commands.signals.take_together(log, reported=reported, caller=ALERTS))
    return [each.outcome for each in taken]


class TestLateChange:
    def test_from_one_signal_to_another_interrupts_nothing(self, program: Program) -> None:
        incident = program.fire("f1").incident
        program.clock.show(at("10:25"))

        outcomes = together(program, clears("f1", at("10:10")), fires("f2", at("10:11")))

        assert outcomes == [SignalOutcome.CLEARED, SignalOutcome.JOINED]
        assert program.incident(incident).next_due == at("10:30") + TICK

    def test_leaves_a_public_incident_as_it_was(self, program: Program) -> None:
        incident = program.fire("f1").incident
        program.let_time_pass(at("11:00"))
        entries = len(program.incident(incident).timeline)
        program.clock.show(at("12:00"))

        together(program, clears("f1", at("11:10")), fires("f2", at("11:11:59.999999")))

        public = program.incident(incident)
        assert (public.progress, len(public.timeline)) == (Progress.INVESTIGATING, entries)

    def test_after_the_grace_is_a_problem_of_its_own(self, program: Program) -> None:
        first = program.fire("f1").incident
        program.clock.show(at("10:25"))

        outcomes = together(program, clears("f1", at("10:10")), fires("f2", at("10:12")))

        assert outcomes == [SignalOutcome.CLEARED, SignalOutcome.DETECTED]
        assert program.incident(first).standing is Standing.DISMISSED
        assert program.incident(first).ended_at == at("10:12")
        assert program.incident(program.signal("f2").incident).next_due == at("10:42") + TICK

    def test_after_the_resolution_is_a_relapse(self, program: Program) -> None:
        incident = program.fire("f1").incident
        program.let_time_pass(at("11:00"))
        program.clock.show(at("12:00"))

        outcomes = together(program, clears("f1", at("11:10")), fires("f2", at("11:50")))

        assert outcomes == [SignalOutcome.CLEARED, SignalOutcome.RELAPSED]
        assert program.incident(incident).ended_at == at("11:22") + TICK
        assert program.incident(incident).next_due == at("12:20") + TICK

    def test_is_the_same_in_whatever_order_it_is_told(self, program: Program) -> None:
        told = [
            fires("f1", at("09:00")),
            clears("f1", at("09:10")),
            fires("f2", at("09:11")),
            fires("f3", at("09:20"), component=IMPORTS),
            clears("f3", at("09:25")),
        ]
        seen = set()
        for order in permutations(told):
            wipe(program.bitacora.store)
            program.register(LABELS)
            program.register(IMPORTS)
            together(program, *order)
            seen.add(tuple(program.recorded()[2:]))

        assert seen == {
            (
                "signal.fired_first",
                "incident.detected",
                "signal.cleared",
                "incident.signal_cleared",
                "signal.fired_first",
                "incident.signal_fired",
                "signal.fired_first",
                "incident.detected",
                "signal.cleared",
                "incident.signal_cleared",
                "incident.dismissed",
                "incident.published",
            )
        }


class TestWhatIsDueMeanwhile:
    def test_is_done_before_the_command_ends(self, program: Program) -> None:
        incidents = [program.fire("f1").incident, program.fire("f2", component=IMPORTS).incident]
        program.clock.show(at("10:20"))

        together(program, clears("f1", at("10:05")), clears("f2", at("10:10")))

        ended = [program.incident(incident) for incident in incidents]
        assert [incident.standing for incident in ended] == [Standing.DISMISSED] * 2
        assert [incident.ended_at for incident in ended] == [at("10:07"), at("10:12")]

    def test_is_not_done_before_its_time(self, program: Program) -> None:
        soon = at("10:00") + timedelta(seconds=4)

        together(program, fires("f1", soon, cause=SignalCause.CODE_CHANGE))

        assert not program.incident(program.signal("f1").incident).is_public
        program.let_time_pass(soon)
        assert program.incident(program.signal("f1").incident).is_public

    def test_may_be_nothing(self, program: Program) -> None:
        assert together(program) == []
        assert together(program, clears("f1", at("09:00"))) == [SignalOutcome.RECORDED]
