"""Tokens of emitters that are bound to sources: what they send and see, on every route that they have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from api.main import roles_of
from domain.access.keyring import Role
from tests.api.client import Site, a_signal, made, problem
from tests.api.commands import a_key
from tests.api.ledger_steps import (
    EVIDENCE,
    EXPECTED,
    NO_COUNT,
    REQUESTS,
    RESENDS,
    RUNS,
    Held,
    a_cause,
    a_request,
    ended,
    handed_in,
    leased,
    listed,
)
from tests.api.panel_steps import NDJSON, refused, written_lines

if TYPE_CHECKING:
    from tests.api.client import Caller

pytestmark = pytest.mark.both_stores

OWN, OTHER = "shop", "other-shop"
Place = tuple[str, str]


def bound(site: Site, *sources: str) -> Caller:
    """Give an emitter whose token is bound to sources."""
    return site.issue(Role.EMITTER, a_key(), sources=sources or (OWN,))


def run_of(site: Site, *sources: str, source: str | None = None) -> str:
    """Let a request of each source wait to be reprocessed, and give the path of a run that takes them."""
    cause = a_cause(site, order="reprocess")
    ended(site, cause)
    handed_in(site, [a_request(cause, source=each) for each in sources])
    site.tick()
    if source is not None:
        return str(site.emitter.post(RUNS, {"cause": cause, "source": source}).headers["Location"])
    (run,) = made(site.emitter.get(RUNS, params={"cause": cause["id"]}))["data"]
    return f"{RUNS}/{run['id']}"


def _alert(site: Site) -> dict[str, Any]:
    labels = {"component": site.component(a_key())["key"]}
    alert = {"status": "firing", "labels": labels, "startsAt": "2025-03-04T07:00:00Z", "fingerprint": a_key()}
    return {"alerts": [alert]}


def _refuses_signals(site: Site) -> None:
    caller, key = bound(site), site.component(a_key())["key"]
    made(caller.post("/v1/signals", a_signal(a_key(), key, source=OWN)))
    said = a_signal(a_key(), key, source=OTHER)
    refused(site, lambda: caller.post("/v1/signals", said), 403, "source_not_allowed")
    refused(site, lambda: caller.post("/v1/signals", said, key=a_key()), 403, "source_not_allowed")


def _refuses_alerts(site: Site) -> None:
    caller, path = bound(site), "/v1/ingest/alertmanager"
    made(caller.post(f"{path}?source={OWN}", _alert(site)))
    body = _alert(site)
    refused(site, lambda: caller.post(f"{path}?source={OTHER}", body), 403, "source_not_allowed")
    refused(site, lambda: caller.post(path, body), 403, "source_not_allowed")
    made(bound(site, "alertmanager").post(path, body))


def _lets_heartbeats_through(site: Site) -> None:
    key = site.component(a_key(), heartbeat="1d")["key"]
    made(bound(site).post(f"/v1/components/{key}/heartbeat"))


def _refuses_bounces(site: Site) -> None:
    caller, body = bound(site), {"address": f"{a_key()}@example.com"}
    refused(site, lambda: caller.post("/v1/bounces", body), 403, "source_not_allowed")
    made(bound(site, "bounces").post("/v1/bounces", body))


def _refuses_items(site: Site, path: str, items: list[dict[str, Any]], taken: str) -> None:
    """Send an item of the own source and one of another, as a list and as lines."""
    caller, lines = bound(site), {"Content-Type": NDJSON}
    sent = caller.post(path, items), caller.post(path, content=written_lines(items), headers=lines)
    for report in map(made, sent):
        assert report["counts"]["refused"] == 1, report
        assert [(each["line"], each["code"]) for each in report["refused"]] == [(2, "source_not_allowed")]
        assert OTHER in report["refused"][0]["detail"]
        assert sum(report["counts"].values()) == 2
        assert taken in report["counts"]


def _refuses_held_requests(site: Site) -> None:
    own, other = a_request(None, source=OWN), a_request(None, source=OTHER)
    _refuses_items(site, REQUESTS, [own, other], "repeat")
    site.tick()
    assert [each["reference"] for each in listed(site, source=OWN)][-1:] == [own["reference"]]
    assert other["reference"] not in {each["reference"] for each in listed(site, source=OTHER)}


def _refuses_resends(site: Site) -> None:
    cause = a_cause(site, order="source_resends")
    ended(site, cause)
    waiting = [a_request(cause, source=source) for source in (OWN, OTHER)]
    handed_in(site, waiting)
    told = [{name: each[name] for name in ("source", "kind", "reference")} for each in waiting]
    _refuses_items(site, RESENDS, told, "settled")
    states = {each["source"]: each["state"] for each in listed(site, cause=cause["id"])}
    assert states == {OWN: "settled", OTHER: "awaiting_source"}


def _attaches_evidence_to_its_own(site: Site) -> None:
    name, found = a_key(), {"kind": "tracking_number", "source": "courier", "value": a_key()}
    handed_in(site, [a_request(None, name, source=source) for source in (OWN, OTHER)])
    told = [{"source": source, "kind": "order", "reference": name, "evidence": found} for source in (OWN, OTHER)]
    _refuses_items(site, EVIDENCE, told, "attached")
    assert {each["source"]: len(each["evidence"]) for each in listed(site, reference=name)} == {OWN: 1, OTHER: 0}


def _sees_what_is_expected_of_its_own(site: Site) -> None:
    cause = a_cause(site, order="source_resends")
    ended(site, cause)
    waiting = [a_request(cause, source=source) for source in (OWN, OTHER, OTHER)]
    handed_in(site, waiting)
    site.tick()

    seen = made(bound(site).get(EXPECTED, params={"limit": 200}))["data"]

    assert {each["source"] for each in seen} == {OWN}
    assert waiting[0]["reference"] in {each["reference"] for each in seen}
    assert seen[-1].keys() == {"source", "kind", "reference", "received_at", "due"}


def _begins_runs_of_its_own(site: Site) -> None:
    caller, cause = bound(site), a_cause(site)
    made(caller.post(RUNS, {"cause": cause, "source": OWN}))
    refused(site, lambda: caller.post(RUNS, {"cause": cause, "source": OTHER}), 403, "source_not_allowed")
    refused(site, lambda: caller.post(RUNS, {"cause": cause}), 403, "source_not_allowed")


def _lists_runs_of_its_own(site: Site) -> None:
    both, other = run_of(site, OWN, OTHER, OTHER), run_of(site, OTHER)
    narrow, others = run_of(site, OWN, source=OWN), run_of(site, OWN, OTHER, source=OTHER)
    leased(site, both)
    site.tick()

    seen = {f"{RUNS}/{run['id']}": run for run in made(bound(site).get(RUNS, params={"limit": 200}))["data"]}

    assert {both, narrow} <= seen.keys()
    assert not {other, others} & seen.keys()
    assert (seen[both]["remaining"], seen[both]["leased"]) == (1, 1)
    # What it counts without telling sources apart is not told.
    assert not {"cause", "batches", "handed_out", "results", "reported_at", "per_minute"} & seen[both].keys()
    assert seen[narrow]["handed_out"] == 0
    everything = {f"{RUNS}/{run['id']}" for run in made(site.emitter.get(RUNS, params={"limit": 200}))["data"]}
    assert {both, other, narrow, others} <= everything


def _reads_runs_of_its_own(site: Site) -> None:
    caller, both, other = bound(site), run_of(site, OWN, OTHER), run_of(site, OTHER)
    others = run_of(site, OWN, OTHER, source=OTHER)
    site.tick()

    assert made(caller.get(both))["remaining"] == 1
    problem(caller.get(other), 404, "not_found")
    problem(caller.get(others), 404, "not_found")


def _leases_requests_of_its_own(site: Site) -> None:
    caller, both, other = bound(site), run_of(site, OWN, OTHER, OTHER), run_of(site, OTHER)

    assert [each["source"] for each in leased(site, both, by=caller)] == [OWN]
    assert leased(site, both, by=caller) == []
    refused(site, lambda: caller.post(f"{other}/batches"), 404, "not_found")
    assert [each["source"] for each in leased(site, both)] == [OTHER, OTHER]


def _reports_results_of_its_own(site: Site) -> None:
    caller, both = bound(site), run_of(site, OWN, OTHER)
    taken = {each["source"]: each["id"] for each in leased(site, both)}

    report = made(caller.post(f"{both}/results", [{"id": taken[OTHER], "outcome": "done"}]))

    assert [each["code"] for each in report["refused"]] == ["not_leased"]
    assert Held(site, taken[OTHER]).inside["state"] == "reprocessing"


BOUND: dict[Place, Callable[[Site], None]] = {
    ("POST", "/v1/signals"): _refuses_signals,
    ("POST", "/v1/ingest/alertmanager"): _refuses_alerts,
    ("POST", "/v1/components/{key}/heartbeat"): _lets_heartbeats_through,
    ("POST", "/v1/bounces"): _refuses_bounces,
    ("POST", REQUESTS): _refuses_held_requests,
    ("POST", EVIDENCE): _attaches_evidence_to_its_own,
    ("POST", RESENDS): _refuses_resends,
    ("GET", EXPECTED): _sees_what_is_expected_of_its_own,
    ("GET", RUNS): _lists_runs_of_its_own,
    ("POST", RUNS): _begins_runs_of_its_own,
    ("GET", f"{RUNS}/{{run}}"): _reads_runs_of_its_own,
    ("POST", f"{RUNS}/{{run}}/batches"): _leases_requests_of_its_own,
    ("POST", f"{RUNS}/{{run}}/results"): _reports_results_of_its_own,
}
"""For every route of emitters, what one that is bound to a source does there and cannot."""


class TestBoundToken:
    def test_is_tried_on_every_route_that_emitters_have(self, shared_site: Site) -> None:
        def is_theirs(_: str, route: Any) -> bool:  # noqa: ANN401 - a route
            roles = roles_of(route)
            return Role.EMITTER in roles and Role.READER not in roles

        assert set(shared_site.routes_for(is_theirs)) == BOUND.keys()

    @pytest.mark.parametrize("place", BOUND, ids=" ".join)
    def test_sends_and_sees_its_sources_only(self, shared_site: Site, place: Place) -> None:
        BOUND[place](shared_site)

    def test_can_be_bound_to_several(self, shared_site: Site) -> None:
        caller = bound(shared_site, OWN, "third")

        told = [a_request(None, source=source) for source in (OWN, "third", OTHER)]

        assert made(caller.post(REQUESTS, told))["counts"] == {**NO_COUNT, "unassigned": 2, "refused": 1}

    def test_sees_no_more_than_readers_on_the_routes_of_readers(self, shared_site: Site) -> None:
        shared_site.tick()

        for path in ("/v1/status", "/v1/incidents", "/v1/maintenance-windows"):
            assert bound(shared_site).get(path).json() == shared_site.reader.get(path).json()
