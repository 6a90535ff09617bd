"""What is answered about held requests, runs and reconciliation is what is described, member by member."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.conformance import conforms
from tests.api.ledger_commands import FOUND
from tests.api.ledger_steps import (
    DECISIONS,
    FOUR_EYES,
    REQUESTS,
    RESENDS,
    RUNS,
    SEEN,
    SIGNATURES,
    WITHDRAWALS,
    Held,
    a_cause,
    a_request,
    bulk,
    decided,
    ended,
    handed_in,
    held_up,
    leased,
    rehearsed,
    reprocessing,
    to_check,
)
from tests.api.panel_steps import NDJSON, lost
from tests.api.windows import LIST, planned

Told = dict[str, str]
READS = (
    REQUESTS,
    f"{REQUESTS}/summary",
    f"{REQUESTS}/summary?cause={{cause}}",
    f"{REQUESTS}/summary?cause=unassigned",
    "{signed}",
    "{signed}/trail",
    "{leased}",
    "{waiting}",
    RUNS,
    "{run}",
)


@pytest.fixture(scope="module")
def told(shared_site: Site) -> Told:
    """Paths of requests, and of a run, of which there is much to tell."""
    site = shared_site
    run = reprocessing(site, 3)
    first, second, third = leased(site, run)
    results = [{"id": first["id"], "outcome": "failed", "note": "Timeout."}, {"id": second["id"], "outcome": "done"}]
    made(site.emitter.post(f"{run}/results", results))
    signed = decided(site, FOUR_EYES)
    signed.done("evidence", FOUND)
    signed.done("signature", {"note": "Seen."})
    cause = a_cause(site, order={"policy": "source_resends"})
    ended(site, cause)
    waiting = held_up(site, cause, summary="A few words.", reference="waits")
    handed_in(site, [a_request(cause, "waits", digest="0" * 64), a_request(None)])
    to_check(site).done("claim")
    return {
        "run": run,
        "signed": signed.path,
        "leased": Held(site, third["id"]).path,
        "waiting": waiting.path,
        "cause": cause["id"],
    }


class TestAnswers:
    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize("path", READS)
    def test_to_reads_have_the_members_that_are_described(
        self, shared_site: Site, told: Told, path: str, role: Role
    ) -> None:
        shared_site.tick()
        caller = shared_site.a(role)

        answer = conforms(shared_site, caller, "GET", path.format(**told))

        if role is Role.ADMIN:
            assert answer.status_code == 200, answer.text

    def test_to_readers_are_refusals(self, shared_site: Site, told: Told) -> None:
        for path in (*READS, f"{REQUESTS}.csv", f"{REQUESTS}.ndjson", f"{REQUESTS}.xlsx"):
            answer = shared_site.reader.get(path.format(**told))
            assert answer.status_code == 401, path

    def test_to_commands_have_the_members_that_are_described(self, shared_site: Site, told: Told) -> None:
        site, reviewer, emitter = shared_site, shared_site.a(Role.REVIEWER), shared_site.emitter
        request, four_eyes = to_check(site), decided(site, FOUR_EYES)
        unassigned = held_up(site, None)
        body = bulk(kind="order", evidence="none")
        token = rehearsed(site, body)["token"]
        wrong: list[Any] = [{"id": 7}, {}]
        for caller, path, sent in (
            (emitter, REQUESTS, a_request(None)),
            (emitter, REQUESTS, [a_request(None), {}]),
            (emitter, RESENDS, [{"source": "x", "kind": "order", "reference": "x"}, {}]),
            (emitter, f"{told['run']}/results", wrong),
            (emitter, f"{told['run']}/batches", None),
            (emitter, RUNS, {"cause": a_cause(site), "kind": "order", "source": "shop"}),
            (site.operator, f"{unassigned.path}/cause", a_cause(site)),
            (site.operator, f"{unassigned.path}/cause", a_cause(site)),
            (reviewer, f"{request.path}/evidence", FOUND),
            (reviewer, f"{request.path}/claim", None),
            (site.a(Role.ADMIN), f"{request.path}/claim", None),
            (reviewer, f"{request.path}/decision", SEEN),
            (reviewer, f"{request.path}/reopening", {"reason": "No."}),
            (site.a(Role.ADMIN), f"{four_eyes.path}/signature", None),
            (reviewer, f"{four_eyes.path}/return", {"reason": "No."}),
            (reviewer, DECISIONS, body),
            (reviewer, DECISIONS, {**body, "dry_run": False, "token": token}),
            (reviewer, DECISIONS, {**body, "dry_run": False, "token": rehearsed(site, body)["token"]}),
            (reviewer, SIGNATURES, {"filter": {}}),
            (reviewer, SIGNATURES, {"filter": {}, "dry_run": False}),
            (reviewer, WITHDRAWALS, {"filter": {"kind": "order"}, "reason": "No."}),
        ):
            conforms(site, caller, "POST", path, json=sent)
        lines = {"content": b"bad\n{}\n", "headers": {"Content-Type": NDJSON}}
        for path in (REQUESTS, RESENDS, f"{told['run']}/results"):
            conforms(site, emitter, "POST", path, **lines)
        conforms(site, reviewer, "POST", f"{request.path}/claim", if_match='"1"')

    def test_about_causes_have_the_members_that_are_described(self, shared_site: Site) -> None:
        shared_site.component("labels")
        shared_site.component("told")
        paths = [
            f"/v1/incidents/{shared_site.incident({'told': 'major_outage'})['id']}",
            f"{LIST}/{planned(shared_site).id}",
            lost(shared_site).path,
        ]
        for path in paths:
            answer = conforms(
                shared_site, shared_site.operator, "POST", f"{path}/reconciliation", json={"public": True}
            )
            assert (answer.json()["reconciled"], answer.json()["reconciliation_shown"]) == (False, True)
            shared_site.tick()
            assert conforms(shared_site, shared_site.reader, "GET", path).json()["reconciled"] is False
            assert conforms(shared_site, shared_site.auditor, "GET", path).json()["reconciliation_shown"] is True
