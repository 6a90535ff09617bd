"""How workers outside carry held requests out: what they lease, and what they say came of it."""

from uuid import UUID

import pytest

from domain.ledger.errors import NotInRun, NotLeased, NotToReprocess
from domain.ledger.held_request import (
    Attempt,
    Finding,
    HeldRequest,
    Lease,
    Means,
    Outcome,
    RequestState,
    Result,
    Settlement,
)
from tests.domain.assertions import recorded, refused, state
from tests.domain.builders import TICK, at, the_alerts
from tests.domain.request_builders import (
    CONTENT,
    GIVEN,
    LEASE,
    OTHER_CONTENT,
    RUN,
    WORKER,
    Given,
    a_leased_request,
    attach,
    but_for,
    claim,
    decide,
    hand_out,
    handle_due,
    let_time_pass,
    one_to_reprocess,
    report,
    take_again,
)
from tests.domain.request_steps import withdraw_from_run

OTHER_RUN = UUID(int=10)
OTHER_WORKER = "importer-2"


class TestLease:
    def test_hands_it_to_one_worker(self) -> None:
        request = one_to_reprocess()

        hand_out(request, at("12:30"))

        assert request.lease == Lease(run=RUN, worker=WORKER, until=at("12:30") + LEASE, digest=CONTENT.digest)
        assert (request.state, request.due_at) == (RequestState.REPROCESSING, at("12:30") + LEASE)
        assert (request.attempts, request.runs, request.holder) == (1, (RUN,), WORKER)

    @pytest.mark.parametrize("given", [*but_for(RequestState.REPROCESSING), a_leased_request])
    def test_is_refused_for_what_waits_for_no_worker(self, given: Given) -> None:
        request = given()

        with refused(request, NotToReprocess):
            hand_out(request, at("12:31"), worker=OTHER_WORKER)

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

        hand_out(request, at("12:41"), run=OTHER_RUN, worker=OTHER_WORKER)
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
        assert request.attempt == Attempt(run=RUN, worker=WORKER, result=result, note="as order 9", at=at("12:31"))
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

    def test_is_refused_after_the_lease_ran_out(self) -> None:
        request = a_leased_request()
        let_time_pass(request, until=at("12:40"))

        with refused(request, NotLeased):
            report(request, at("12:41"))

    def test_is_refused_of_every_other_worker_in_the_run(self) -> None:
        request = a_leased_request()

        with refused(request, NotLeased):
            report(request, at("12:31"), worker=OTHER_WORKER)

    def test_of_who_had_it_before_does_not_beat_that_of_who_has_it(self) -> None:
        request = a_leased_request()
        let_time_pass(request, until=at("12:40"))
        hand_out(request, at("12:41"), worker=OTHER_WORKER)

        with refused(request, NotLeased):
            report(request, at("12:42"), Result.FAILED)
        assert report(request, at("12:43"), worker=OTHER_WORKER)

        assert request.settlement == Settlement(outcome=Outcome.DONE_NOW, by=Means.REPROCESSING, at=at("12:43"))
        with refused(request, NotLeased):
            report(request, at("12:44"), Result.FAILED)

    def test_that_does_not_count_can_be_kept_as_evidence_once_and_while_there_is_room(self) -> None:
        request = one_to_reprocess()

        for number in (1, 1, *range(2, 200)):
            keep_result(request, f"order {number}")

        assert (request.state, request.attempt, len(request.evidence)) == (RequestState.REPROCESSING, None, 100)
        first, *_ = request.evidence
        assert first.finding == Finding(kind="done", source="reprocessing", value="order 1", suggests=Outcome.DONE_NOW)

    @pytest.mark.parametrize("result", Result)
    def test_about_a_content_that_changed_meanwhile_is_checked_by_hand(self, result: Result) -> None:
        request = a_leased_request()
        take_again(request, at("12:31"), OTHER_CONTENT)

        assert report(request, at("12:32"), result)

        assert (request.state, request.settlement) == (RequestState.TO_CHECK, None)
        assert request.attempt is not None
        assert request.attempt.result is result

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


class TestWithdrawalFromRun:
    @pytest.mark.parametrize("given", [one_to_reprocess, a_leased_request])
    def test_lets_a_person_check_it(self, given: Given) -> None:
        request = given()

        withdraw_from_run(request, at("12:31"))

        assert (request.state, request.lease, request.due_at) == (RequestState.TO_CHECK, None, None)
        claim(request, at("12:32"))
        decide(request, at("12:33"))
        assert request.state is RequestState.SETTLED

    def test_lets_who_has_it_report_in_vain(self) -> None:
        request = a_leased_request()
        withdraw_from_run(request, at("12:31"))

        with refused(request, NotLeased):
            report(request, at("12:32"))

    @pytest.mark.parametrize("given", but_for(RequestState.REPROCESSING))
    def test_is_refused_of_what_is_in_none(self, given: Given) -> None:
        request = given()

        with refused(request, NotInRun):
            withdraw_from_run(request, at("12:31"))


def keep_result(request: HeldRequest, note: str) -> None:
    """Keep what a worker says who has not leased it."""
    request.keep_result(run=RUN, worker=WORKER, result=Result.DONE, note=note, provenance=the_alerts(at("12:31")))
