"""How workers outside carry held requests out: what they lease, and what they say came of it."""

from uuid import UUID

import pytest

from domain.ledger.errors import NotLeased, NotToReprocess
from domain.ledger.held_request import Attempt, Finding, Lease, Means, Outcome, RequestState, Result, Settlement
from tests.domain.assertions import recorded, refused, state
from tests.domain.builders import TICK, at
from tests.domain.request_builders import (
    GIVEN,
    LEASE,
    RUN,
    WORKER,
    Given,
    a_leased_request,
    attach,
    but_for,
    hand_out,
    handle_due,
    let_time_pass,
    one_to_reprocess,
    report,
)

OTHER_RUN = UUID(int=10)


class TestLease:
    def test_hands_it_to_one_worker(self) -> None:
        request = one_to_reprocess()

        hand_out(request, at("12:30"))

        assert request.lease == Lease(run=RUN, worker=WORKER, until=at("12:30") + LEASE)
        assert (request.state, request.due_at) == (RequestState.REPROCESSING, at("12:30") + LEASE)
        assert (request.attempts, request.runs, request.holder) == (1, (RUN,), WORKER)

    @pytest.mark.parametrize("given", [*but_for(RequestState.REPROCESSING), a_leased_request])
    def test_is_refused_for_what_waits_for_no_worker(self, given: Given) -> None:
        request = given()

        with refused(request, NotToReprocess):
            hand_out(request, at("12:31"), worker="importer-2")

    def test_runs_out_at_its_very_end(self) -> None:
        request = a_leased_request()
        until = at("12:30") + LEASE
        handle_due(request, until - TICK, recorded=until)
        assert recorded(request)[-1] == "held_request.leased"

        handle_due(request, until)

        assert (request.lease, request.due_at, request.state) == (None, None, RequestState.REPROCESSING)
        assert recorded(request)[-1] == "held_request.lease_lapsed"

    def test_that_ran_out_is_handed_out_again(self) -> None:
        request = a_leased_request()
        let_time_pass(request, until=at("12:40"))

        hand_out(request, at("12:41"), run=OTHER_RUN, worker="importer-2")
        let_time_pass(request, until=at("12:50"))
        hand_out(request, at("12:51"))

        assert (request.attempts, request.runs) == (3, (RUN, OTHER_RUN))


class TestResult:
    @pytest.mark.parametrize(
        ("result", "outcome"), [(Result.DONE, Outcome.DONE_NOW), (Result.ALREADY_THERE, Outcome.ALREADY_DONE)]
    )
    def test_settles_it(self, result: Result, outcome: Outcome) -> None:
        request = a_leased_request()

        assert report(request, at("12:31"), result, note="as order 9")

        assert request.settlement == Settlement(outcome=outcome, by=Means.REPROCESSING, at=at("12:31"))
        assert request.attempt == Attempt(run=RUN, result=result, note="as order 9", at=at("12:31"))
        assert (request.lease, request.due_at) == (None, None)

    def test_that_failed_turns_it_into_a_check(self) -> None:
        request = a_leased_request()

        assert report(request, at("12:31"), Result.FAILED)

        assert (request.state, request.lease, request.settlement) == (RequestState.TO_CHECK, None, None)

    @pytest.mark.parametrize("result", Result)
    def test_changes_nothing_the_second_time(self, result: Result) -> None:
        request = a_leased_request()
        report(request, at("12:31"), result)
        before = state(request)

        assert not report(request, at("12:32"), result)
        assert state(request) == before

    def test_counts_also_after_the_lease_ran_out(self) -> None:
        request = a_leased_request()
        let_time_pass(request, until=at("12:40"))

        assert report(request, at("12:41"))
        assert request.state is RequestState.SETTLED

    def test_counts_of_whoever_is_first(self) -> None:
        request = a_leased_request()
        let_time_pass(request, until=at("12:40"))
        hand_out(request, at("12:41"), run=OTHER_RUN, worker="importer-2")

        assert report(request, at("12:42"), Result.ALREADY_THERE)
        assert not report(request, at("12:43"), Result.FAILED, run=OTHER_RUN, note="it was there")

        assert request.settlement == Settlement(outcome=Outcome.ALREADY_DONE, by=Means.REPROCESSING, at=at("12:42"))
        [late] = request.evidence
        assert late.finding == Finding(kind="failed", source="reprocessing", value="it was there", suggests=None)

    @pytest.mark.parametrize(
        ("result", "suggests"), [(Result.DONE, Outcome.DONE_NOW), (Result.ALREADY_THERE, Outcome.ALREADY_DONE)]
    )
    def test_that_comes_late_suggests_what_became_of_it(self, result: Result, suggests: Outcome) -> None:
        request = a_leased_request()
        report(request, at("12:31"), Result.FAILED)

        report(request, at("12:32"), result)
        report(request, at("12:33"), result)

        assert request.state is RequestState.TO_CHECK
        assert request.suggested == (suggests,)
        assert request.attempt is not None
        assert request.attempt.result is Result.FAILED

    @pytest.mark.parametrize("given", [given for given in GIVEN if RUN not in given().runs])
    def test_is_refused_of_what_was_not_handed_out(self, given: Given) -> None:
        request = given()

        with refused(request, NotLeased):
            report(request, at("12:31"))

    def test_is_refused_of_another_run(self) -> None:
        request = a_leased_request()
        attach(request, at("12:30"))

        with refused(request, NotLeased, match=str(OTHER_RUN)):
            report(request, at("12:31"), run=OTHER_RUN)
