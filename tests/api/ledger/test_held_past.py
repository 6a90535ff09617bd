"""As of long ago, what held requests were is no longer known where the settings let go of it, and that is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from application.registry import VIEWS
from domain.access.keyring import Role
from tests.api.client import Caller, Site, at, made, problem
from tests.api.command import a_key
from tests.api.ledger_steps import BY_HAND, REQUESTS, RUNS, SEARCH, SUMMARY, a_cause, a_request, handed_in, held_up
from tests.contracts.snapshots import stored
from tests.waiting import until

pytestmark = pytest.mark.both_stores

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class LongAgo:
    """A service that keeps a day of the past, and two positions: one that is too early, and the earliest one."""

    site: Site
    auditor: Caller
    cause: str
    request: str
    early: int
    earliest: int


@pytest.fixture
def long_ago(database: str) -> Iterator[LongAgo]:
    """What was handed in, and handed in again three days ago."""
    with Site(database) as site:
        cause = a_cause(site, order=BY_HAND)
        request = held_up(site, cause)
        early = site.tick()
        site.component(a_key())
        handed_in(site, [a_request(cause, request.inside["reference"])])
        earliest = site.tick()
    with Site(database, now=at("08:00") + 3 * DAY, keep_past=DAY) as site:
        site.tick()
        auditor = site.issue(Role.AUDITOR, "later")
        until(lambda: auditor.get(request.path, params={"as_of": early}).status_code == 410)
        yield LongAgo(
            site=site, auditor=auditor, cause=cause["id"], request=request.path, early=early, earliest=earliest
        )


def test_it_is_named_from_where_on_it_is_known(long_ago: LongAgo) -> None:
    for path in (
        REQUESTS,
        *(f"{REQUESTS}.{form}" for form in ("ndjson", "csv", "xlsx")),
        long_ago.request,
        f"{long_ago.request}/trail",
        f"{SUMMARY}?cause={long_ago.cause}",
        f"{REQUESTS}/causes/summary",
        "/v1/request-policies",
    ):
        beginning = path + ("&" if "?" in path else "?")
        refused = problem(long_ago.auditor.get(f"{beginning}as_of={long_ago.early}"), 410, "no_longer_kept")
        assert refused["earliest"] == long_ago.earliest
        assert f"position {long_ago.earliest}" in refused["detail"]
        assert long_ago.auditor.get(f"{beginning}as_of={long_ago.earliest}").is_success
        assert long_ago.auditor.get(path).is_success
    operator = long_ago.site.issue(Role.OPERATOR, "worker")
    problem(operator.get(f"{RUNS}?as_of={long_ago.early}"), 410, "no_longer_kept")
    problem(long_ago.auditor.get(f"{REQUESTS}?as_of=2025-03-04T07:59:59Z"), 410, "no_longer_kept")
    problem(long_ago.auditor.post(f"{SEARCH}?as_of={long_ago.early}", {"kind": "order"}), 410, "no_longer_kept")


def test_it_is_described_where_it_can_be(long_ago: LongAgo) -> None:
    described = {
        path
        for path, methods in made(long_ago.site.reader.get("/openapi.json"))["paths"].items()
        for method in methods.values()
        if "410" in method.get("responses", {})
    }

    assert {REQUESTS, SUMMARY, SEARCH, RUNS} <= described
    assert "/v1/status" not in described


def test_everything_else_is_known_as_of_then(long_ago: LongAgo) -> None:
    for path in ("/v1/status", "/v1/components", "/v1/incidents"):
        assert long_ago.auditor.get(path, params={"as_of": long_ago.early}).is_success
    events = made(long_ago.auditor.get("/v1/events"))["data"]
    assert {event["position"] for event in events} >= {long_ago.early, long_ago.earliest}


def test_what_ended_is_dropped(long_ago: LongAgo) -> None:
    [table] = [table for view in VIEWS for table in view.tables if table.name == "held_requests"]

    def old_ones() -> list[int]:
        ends = [end for *_, end in stored(long_ago.site.bitacora.store, table) if end is not None]
        return [end for end in ends if end <= long_ago.earliest]

    until(lambda: not old_ones())
