"""Runs that reprocess held requests: who is given what, and whose result counts."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Caller, Site, at, made, problem, written
from tests.api.command import a_key
from tests.api.ledger_steps import (
    RUNS,
    SEEN,
    WITHDRAWALS,
    Held,
    a_cause,
    carried_out,
    ended,
    held_up,
    leased,
    rehearsed,
    reported,
    reprocessing,
    sent,
    to_check,
)
from tests.api.panel_steps import NOBODY, refused


class TestRun:
    @pytest.mark.parametrize("action", ["batches", "results"])
    def test_that_there_is_not_is_not_found(self, shared_site: Site, action: str) -> None:
        body = None if action == "batches" else [{"id": NOBODY, "outcome": "done"}]
        emitter = shared_site.emitter

        refused(shared_site, lambda: emitter.post(f"{RUNS}/{NOBODY}/{action}", body), 404, "not_found")
        problem(emitter.get(f"{RUNS}/{NOBODY}"), 404, "not_found")
        if action == "results":
            refused(shared_site, lambda: sent(shared_site, b"{}\n", f"{RUNS}/{NOBODY}/results"), 404, "not_found")

    @pytest.mark.parametrize("limit", ["0", "1001", "many", "-1"])
    def test_hands_out_one_to_a_thousand(self, shared_site: Site, limit: str) -> None:
        run, emitter = reprocessing(shared_site), shared_site.emitter

        refused(shared_site, lambda: emitter.post(f"{run}/batches?limit={limit}"), 422, "invalid")

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"cause": NOBODY},
            {"cause": {"type": "incident", "id": NOBODY}},
            {"cause": None},
            {"cause": "unassigned"},
            {"kind": "order"},
        ],
        ids=str,
    )
    def test_is_of_one_cause_that_there_is(self, shared_site: Site, body: dict[str, Any]) -> None:
        emitter = shared_site.emitter

        refused(shared_site, lambda: emitter.post(RUNS, body), 422, "invalid")

    def test_is_of_no_cause_that_was_taken_back(self, shared_site: Site) -> None:
        cause = a_cause(shared_site, order="reprocess")
        made(shared_site.operator.post(f"/v1/incidents/{cause['id']}/dismissal", {"reason": "A wrong probe."}))

        refusal = refused(
            shared_site, lambda: shared_site.emitter.post(RUNS, {"cause": cause, "kind": "order"}), 409, "cause_void"
        )

        assert refusal["detail"].endswith("was dismissed; what it held up is checked by hand")

    def test_takes_no_result_of_what_it_never_handed_out_and_keeps_it_as_evidence(self, shared_site: Site) -> None:
        run, other = reprocessing(shared_site), reprocessing(shared_site, 2)
        (mine, spare) = leased(shared_site, other)
        reported(shared_site, other, {spare["id"]: "done"})
        waiting = to_check(shared_site)
        wrong = [mine["id"], waiting.id, NOBODY, run.rpartition("/")[2]]

        report = made(shared_site.emitter.post(f"{run}/results", [{"id": id, "outcome": "done"} for id in wrong]))

        assert [each["code"] for each in report["refused"]] == ["not_leased"] * 4
        # What there is not, and what was not handed out, are told alike.
        told = {each["detail"].replace(id, "") for each, id in zip(report["refused"], wrong, strict=True)}
        assert len({detail.replace(run.rpartition("/")[2], "") for detail in told}) == 1
        # What there is, is kept as evidence.
        for id in wrong[:2]:
            shown = Held(shared_site, id).inside
            assert ([each["kind"] for each in shown["evidence"]], shown["settlement"]) == (["done"], None)

    def test_takes_the_first_result_of_a_lease_and_keeps_another_as_evidence(self, shared_site: Site) -> None:
        run = reprocessing(shared_site)
        (one,) = leased(shared_site, run)

        told = [reported(shared_site, run, {one["id"]: outcome}) for outcome in ("done", "done", "failed", "failed")]

        assert [next(name for name, count in each.items() if count) for each in told] == [
            "recorded",
            "repeat",
            "late",
            "repeat",
        ]
        shown = Held(shared_site, one["id"]).inside
        assert (shown["state"], [each["kind"] for each in shown["evidence"]]) == ("settled", ["failed"])

    def test_hands_out_again_what_was_not_reported_in_time(self, site: Site) -> None:
        run = reprocessing(site, 3)
        first = leased(site, run, 2)
        other = site.issue(Role.EMITTER, "another-worker")
        assert len(leased(site, run, by=other)) == 1
        assert leased(site, run, by=other) == []

        site.set_clock("08:05:00")
        site.set_clock("08:05:01")

        again = leased(site, run, by=other)
        assert {each["id"] for each in again} >= {each["id"] for each in first}
        # Who was late has them no longer; what it says is kept.
        late = made(site.emitter.post(f"{run}/results", [{"id": first[0]["id"], "outcome": "failed"}]))
        assert [each["code"] for each in late["refused"]] == ["not_leased"]
        assert reported(site, run, {first[0]["id"]: "done"}, by=other)["recorded"] == 1
        shown = Held(site, first[0]["id"]).inside
        assert (shown["settlement"]["outcome"], [each["kind"] for each in shown["evidence"]]) == (
            "done_now",
            ["failed"],
        )

    def test_hands_out_for_no_longer_than_the_token_holds(self, site: Site) -> None:
        run = reprocessing(site)
        body = {"name": "for-today", "role": "emitter", "expires_at": written(at("08:01"))}
        caller = Caller(site, made(site.a(Role.ADMIN).post("/v1/tokens", body))["secret"])

        batch = made(caller.post(f"{run}/batches"))

        assert (len(batch["data"]), batch["until"]) == (1, body["expires_at"])
        site.set_clock("08:01")
        assert [each["id"] for each in leased(site, run)] == [batch["data"][0]["id"]]

    def test_takes_no_result_of_another_worker_or_an_operator(self, shared_site: Site) -> None:
        run = reprocessing(shared_site)
        (one,) = leased(shared_site, run)

        for other in (shared_site.issue(Role.EMITTER, a_key()), shared_site.a(Role.OPERATOR)):
            assert reported(shared_site, run, {one["id"]: "failed"}, by=other)["refused"] == 1

        assert reported(shared_site, run, {one["id"]: "done"})["recorded"] == 1
        assert Held(shared_site, one["id"]).inside["settlement"]["outcome"] == "done_now"

    def test_that_is_stopped_hands_out_nothing_and_takes_what_it_handed_out(self, shared_site: Site) -> None:
        run, operator = reprocessing(shared_site, 2), shared_site.a(Role.OPERATOR)
        (one,) = leased(shared_site, run, 1)

        stopped = made(operator.post(f"{run}/stop", BROKEN))

        assert (stopped["stopped_at"] is not None, stopped["stop_reason"]) == (True, BROKEN["reason"])
        refused(shared_site, lambda: shared_site.emitter.post(f"{run}/batches"), 409, "run_stopped")
        refused(shared_site, lambda: operator.post(f"{run}/stop", BROKEN), 409, "run_stopped")
        assert reported(shared_site, run, {one["id"]: "done"})["recorded"] == 1
        told = at_tick(shared_site, run)
        assert (told["state"], told["remaining"], told["results"]["done"]) == ("stopped", 1, 1)
        assert "stop_reason" not in told
        other = made(operator.post(RUNS, {"cause": made(operator.get(run))["cause"]}))
        assert len(leased(shared_site, f"{RUNS}/{other['id']}")) == 1

    def test_pauses_while_its_cause_goes_on_again(self, shared_site: Site) -> None:
        run, operator = reprocessing(shared_site, 2), shared_site.a(Role.OPERATOR)
        (one,) = leased(shared_site, run, 1)
        cause = made(operator.get(run))["cause"]

        made(
            operator.post(f"/v1/incidents/{cause['id']}/reopening", {"reason": "It fails again.", "message": "Again."})
        )

        assert at_tick(shared_site, run)["state"] == "paused"
        batch = made(shared_site.emitter.post(f"{run}/batches"))
        assert (batch["data"], batch["paused"], batch["until"]) == ([], True, None)
        assert reported(shared_site, run, {one["id"]: "done"})["recorded"] == 1
        ended(shared_site, cause)
        assert at_tick(shared_site, run)["state"] == "running"
        assert len(leased(shared_site, run)) == 1

    def test_loses_what_a_reviewer_takes_out_of_it(self, shared_site: Site) -> None:
        run = reprocessing(shared_site, 2)
        (one,) = leased(shared_site, run, 1)
        request = Held(shared_site, one["id"])
        request.refuses("claim", None, "not_to_be_checked")

        taken = request.done("withdrawal-from-run", {"reason": "The courier has it."})

        assert (taken["state"], taken["lease"]) == ("to_check", None)
        assert reported(shared_site, run, {one["id"]: "done"})["refused"] == 1
        request.done("claim")
        assert request.done("decision", SEEN)["state"] == "settled"
        assert request.inside["suggested"] == ["done_now"]
        request.refuses("withdrawal-from-run", {"reason": "Again."}, "not_in_run")
        assert at_tick(shared_site, run)["remaining"] == 1


BROKEN = {"reason": "It books twice."}


def at_tick(site: Site, run: str) -> dict[str, Any]:
    """Read a run as a worker does, when the views have followed."""
    site.tick()
    told: dict[str, Any] = made(site.emitter.get(run))
    return told


class TestWithdrawalOfMany:
    def test_takes_them_out_of_their_run_leased_or_not(self, shared_site: Site) -> None:
        kind = a_key()
        cause = a_cause(shared_site, **{kind: "reprocess"})
        requests = [held_up(shared_site, cause, kind=kind) for _ in range(3)]
        ended(shared_site, cause)
        (run,) = made(shared_site.emitter.get(RUNS, params={"cause": cause["id"]}))["data"]
        (leased_one,) = leased(shared_site, f"{RUNS}/{run['id']}", 1)
        body = {"filter": {"kind": kind}, "reason": "It books twice."}

        told = rehearsed(shared_site, body, WITHDRAWALS)
        assert (told["count"], told["left_out"]) == (3, 0)
        done = [made(carried_out(shared_site, body, told["token"], WITHDRAWALS))["done"] for _ in range(2)]

        assert done == [3, 3]
        assert [each.inside["state"] for each in requests] == ["to_check"] * 3
        assert all(each.events.count("withdrawn_from_run") == 1 for each in requests)
        assert leased(shared_site, f"{RUNS}/{run['id']}") == []
        assert reported(shared_site, f"{RUNS}/{run['id']}", {leased_one["id"]: "done"})["refused"] == 1
        trail = made(shared_site.auditor.get(f"{requests[0].path}/trail"))["entries"]
        assert any("by the-reviewer (bulk " in each["what"] for each in trail)

    def test_is_for_requests_in_a_run_alone(self, shared_site: Site) -> None:
        body = {"filter": {"state": "held"}, "reason": "It books twice."}

        refusal = problem(shared_site.a(Role.REVIEWER).post(WITHDRAWALS, body), 422, "invalid")

        assert refusal["errors"][0]["pointer"] == "/filter/state"
