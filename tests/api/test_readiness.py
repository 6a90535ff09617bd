"""Whether the service can do its work: codes for everybody, sentences and positions for those who run it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest
from structlog.testing import capture_logs

from application.health import ReasonCode
from application.registry import VIEWS
from domain.access.keyring import Role
from infrastructure.projections.preparation import begin_anew
from tests.api.client import Site, problem
from tests.contracts.faults import eventually
from tests.contracts.older_logs import back_up, position_of, put_back, spoil

pytestmark = pytest.mark.both_stores

STOPPED = {"board", "changes", "incidents"}
"""The views that follow incidents."""
DETAILED = {Role.OPERATOR, Role.AUDITOR, Role.ADMIN}


class TestReadiness:
    def test_tells_codes_to_everybody_and_details_to_those_who_run_it(self, site: Site) -> None:
        position = stopped(site)

        for role in (None, *Role):
            if role is Role.READER:
                continue
            caller = site.reader if role is None else site.a(role)
            answer = caller.get("/readyz")
            document = answer.json()
            assert (answer.status_code, document["status"]) == (503, "unready")
            assert {"view_stopped"} <= set(document["reasons"]) <= set(get_args(ReasonCode))
            assert len(set(document["reasons"])) == len(document["reasons"])
            assert ("details" in document) == (role in DETAILED)
            if role in DETAILED:
                stops = [found for found in document["details"] if found["code"] == "view_stopped"]
                assert {found["view"] for found in stops} == STOPPED
                assert {(found["position"], found["event"]) for found in stops} == {(position, "incident.declared")}
                assert all(found["message"].endswith(".") for found in document["details"])

    def test_is_described_with_its_codes(self, site: Site) -> None:
        schemas = site.reader.get("/openapi.json").json()["components"]["schemas"]
        reasons = schemas["Readiness"]["properties"]["reasons"]["items"]
        codes = reasons.get("enum") or schemas[reasons["$ref"].rpartition("/")[2]]["enum"]

        assert set(codes) == set(get_args(ReasonCode))


class TestClockThatWasSetBack:
    def test_is_told_by_readiness_and_a_metric_until_it_has_caught_up(self, site: Site) -> None:
        site.component("imports")
        before = site.clock.moment
        site.set_clock(before + timedelta(hours=1))
        site.component("exports")

        site.clock.moment = before
        answer = site.operator.get("/readyz")
        [found] = answer.json()["details"]
        assert (answer.status_code, answer.json()["reasons"]) == (503, ["clock_behind_log"])
        assert "3600 seconds behind" in found["message"]
        assert site.reader.get("/readyz").json()["reasons"] == ["clock_behind_log"]
        assert behind(site) == pytest.approx(3600)

        site.set_clock(before + timedelta(hours=1))
        assert site.operator.get("/readyz").json() == {
            "status": "ready",
            "stale": False,
            "reasons": [],
            "details": [],
        }
        assert behind(site) == 0

    def test_is_told_in_the_log(self, site: Site) -> None:
        before = site.clock.moment
        site.set_clock(before + timedelta(hours=1))
        site.component("imports")

        with capture_logs() as lines:
            site.set_clock(before)
            site.set_clock(before + timedelta(minutes=1))
            site.set_clock(before + timedelta(hours=2))

        said = [line["event"] for line in lines]
        assert said.count("clock_behind_log") == 1
        assert said.count("clock_caught_up_with_log") == 1

    def test_is_not_told_of_the_difference_between_two_machines(self, site: Site) -> None:
        site.component("imports")
        site.clock.moment -= timedelta(seconds=5)

        assert site.reader.get("/readyz").json()["reasons"] == []


class TestOlderLog:
    def test_is_shown_without_what_it_has_not(self, site: Site) -> None:
        site.component("imports")
        site.tick()
        store, generation = site.bitacora.store, generation_of(site)
        backup = back_up(store)
        incident = site.incident({"imports": "major_outage"})
        site.tick()
        assert "major_outage" in board(site).text
        assert site.reader.get(f"/v1/incidents/{incident['id']}").status_code == 200

        put_back(store, backup)
        eventually(lambda: generation_of(site) != generation)

        for _ in range(20):
            answer = board(site)
            assert "major_outage" not in answer.text
            assert answer.status_code in {200, 503}
            assert site.reader.get(f"/v1/incidents/{incident['id']}").status_code in {404, 503}
        eventually(lambda: board(site).status_code == 200)
        assert board(site).json()["components"][0]["status"] == "operational"
        assert site.reader.get("/v1/incidents").json()["data"] == []


class TestWhatIsNotKnown:
    def test_is_503_wherever_it_is_asked_for(self, site: Site) -> None:
        position = stopped(site)
        begin_anew(site.bitacora.store, VIEWS)
        eventually(lambda: "view_rebuilding" in site.reader.get("/readyz").json()["reasons"])
        eventually(lambda: set(site.bitacora.follower.failed) == STOPPED)

        for path in ("/v1/status", "/v1/components", "/v1/incidents", "/metrics", f"/v1/status?as_of={position}"):
            problem(site.reader.get(path), 503, "not_yet_visible")
        problem(site.operator.get("/metrics"), 503, "not_yet_visible")
        assert site.reader.get("/v1/panels").json()["data"] == []
        assert site.operator.get("/v1/signals").status_code == 200


def stopped(site: Site) -> int:
    """Let the views of incidents stop at an event that cannot be read, and give its position."""
    site.component("imports")
    for role in (Role.ADMIN, Role.REVIEWER):
        site.a(role)
    site.incident({"imports": "major_outage"})
    site.tick()
    position = position_of(site.bitacora.store, "incident.declared")
    spoil(site.bitacora.store, position)
    begin_anew(site.bitacora.store, VIEWS)
    eventually(lambda: set(site.bitacora.follower.failed) == STOPPED)
    return position


def board(site: Site) -> Any:  # noqa: ANN401 - an answer
    """Read the public board."""
    return site.reader.get("/v1/status")


def generation_of(site: Site) -> str:
    """Tell one building of the board from the next."""
    return site.bitacora.facade.visibility.generation("board")


def behind(site: Site) -> float:
    """Read the metric of the clock."""
    lines = site.operator.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith("bitacora_clock_behind_log_seconds ")).split()[1])
