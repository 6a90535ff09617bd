"""Runs that reprocess held requests: who is given what, and whose result counts."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made, problem
from tests.api.ledger_steps import RUNS, Held, leased, reported, reprocessing, sent, to_check
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

    def test_takes_no_result_of_what_it_never_handed_out(self, shared_site: Site) -> None:
        run, other = reprocessing(shared_site), reprocessing(shared_site, 2)
        (mine, spare) = leased(shared_site, other)
        reported(shared_site, other, {spare["id"]: "done"})
        waiting = to_check(shared_site)
        position = shared_site.tick()
        wrong = [mine["id"], waiting.id, NOBODY, run.rpartition("/")[2]]

        report = made(shared_site.emitter.post(f"{run}/results", [{"id": id, "outcome": "done"} for id in wrong]))

        assert [each["code"] for each in report["refused"]] == ["not_leased"] * 4
        # What there is not, and what was not handed out, are told alike.
        told = {each["detail"].replace(id, "") for each, id in zip(report["refused"], wrong, strict=True)}
        assert len({detail.replace(run.rpartition("/")[2], "") for detail in told}) == 1
        assert shared_site.last_position() == position

    def test_takes_the_first_result_and_keeps_another_as_evidence(self, shared_site: Site) -> None:
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
        # Who was late is still first.
        assert reported(site, run, {first[0]["id"]: "done"})["recorded"] == 1
        assert reported(site, run, {first[0]["id"]: "done"}, by=other)["repeat"] == 1
