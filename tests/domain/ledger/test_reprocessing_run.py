"""A run that reprocesses requests counts what was handed out, and what came of it."""

from datetime import timedelta

import pytest

from domain.ledger.errors import RunStopped
from domain.ledger.held_request import Result
from domain.ledger.reprocessing import ReprocessingRun, Selection
from tests.domain.assertions import recorded, refused, state
from tests.domain.builders import the_alerts
from tests.domain.ledger_builders import a_run
from tests.domain.request_builders import ENDED, LEASE, LOSS, WINDOW, WORKER

MINUTE = timedelta(minutes=1)
NOTHING = dict.fromkeys(Result, 0)


class TestReprocessingRun:
    @pytest.mark.parametrize("by_policy", [True, False])
    def test_begins_with_nothing_handed_out(self, by_policy: bool) -> None:
        selection = Selection(cause=WINDOW, kind="order")

        run = a_run(selection, by_policy=by_policy)

        assert (run.selection, run.by_policy, run.started_at) == (selection, by_policy, ENDED)
        assert (run.batches, run.handed_out, run.results) == (0, 0, NOTHING)
        assert (run.reported_at, run.per_minute, run.next_due) == (None, None, None)

    def test_by_policy_is_one_for_each_cause(self) -> None:
        again = Selection(cause=WINDOW).cause

        assert ReprocessingRun.id_by_policy(WINDOW) == ReprocessingRun.id_by_policy(again)
        assert ReprocessingRun.id_by_policy(WINDOW) != ReprocessingRun.id_by_policy(LOSS)

    def test_counts_what_was_handed_out(self) -> None:
        run = a_run()

        lease(run, 3)
        lease(run, 2)

        assert (run.batches, run.handed_out) == (2, 5)

    def test_counts_what_came_of_it(self) -> None:
        run = a_run()

        report(run, MINUTE, {Result.DONE: 2, Result.FAILED: 1})
        report(run, 2 * MINUTE, {Result.ALREADY_THERE: 4, Result.DONE: 1})

        assert run.results == {Result.DONE: 3, Result.ALREADY_THERE: 4, Result.FAILED: 1}
        assert run.reported_at == ENDED + 2 * MINUTE

    @pytest.mark.parametrize("results", [{}, NOTHING])
    def test_does_not_record_that_nothing_happened(self, results: dict[Result, int]) -> None:
        run = a_run()
        before = state(run)

        lease(run, 0)
        report(run, MINUTE, results)

        assert state(run) == before
        assert recorded(run) == ["reprocessing_run.started"]

    @pytest.mark.parametrize(("after", "rate"), [(30, 40.0), (60, 20.0), (7 * 60, 2.86)])
    def test_tells_how_many_it_does_a_minute_until_it_last_did(self, after: int, rate: float) -> None:
        run = a_run()

        report(run, timedelta(seconds=after), {Result.DONE: 20})

        assert run.per_minute == rate

    def test_tells_no_rate_of_no_time(self) -> None:
        run = a_run()

        report(run, timedelta(0), {Result.DONE: 20})

        assert run.per_minute is None

    def test_that_is_stopped_takes_results_and_is_stopped_once(self) -> None:
        run = a_run()
        lease(run, 2)

        stop(run)

        assert (run.stopped_at, run.stopped_because) == (ENDED + MINUTE, "it books twice")
        report(run, 2 * MINUTE, {Result.DONE: 2})
        assert run.results[Result.DONE] == 2
        with refused(run, RunStopped):
            run.require_running()
        with refused(run, RunStopped):
            stop(run)


def stop(run: ReprocessingRun) -> None:
    """Stop it a minute after it began."""
    run.stop(reason="it books twice", provenance=the_alerts(ENDED + MINUTE))


def lease(run: ReprocessingRun, size: int) -> None:
    """Hand out a batch."""
    run.note_leased(worker=WORKER, size=size, until=ENDED + LEASE, provenance=the_alerts(ENDED))


def report(run: ReprocessingRun, after: timedelta, results: dict[Result, int]) -> None:
    """Report results some time after the run began."""
    run.note_reported(worker=WORKER, results=results, provenance=the_alerts(ENDED + after))
