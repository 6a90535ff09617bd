"""What is answered is what is described, member by member, to readers and to operators."""

from __future__ import annotations

import pytest

from tests.api.client import Site, made
from tests.api.conformance import conforms

READS = (
    "/v1/status",
    "/v1/components",
    "/v1/components/told",
    "/v1/components/told/history",
    "/v1/components/told/uptime",
    "/v1/groups/platform/uptime",
    "/v1/uptime-policies",
    "/v1/incidents",
    "/v1/incidents/{id}",
    "/v1/incidents/{id}/updates",
    "/v1/signals",
    "/v1/unrouted-signals",
    "/v1/events",
    "/v1/aggregates/{id}/events",
    "/livez",
    "/readyz",
)


@pytest.fixture(scope="module")
def incident(shared_site: Site) -> str:
    """The id of an incident of which there is much to tell, among other things."""
    site, operator = shared_site, shared_site.operator
    site.component("told")
    site.component("told-hidden", public=False)
    old = site.incident(
        {"told": "degraded_performance"},
        occurred_at="2025-03-01T08:00:00Z",
        resolved_at="2025-03-01T09:00:00Z",
        # A kind of request with the name of a member that is a text.
        request_policies={"message": {"policy": "reprocess"}},
    )
    made(operator.post(f"/v1/incidents/{old['id']}/postmortem", {"body": "Learned.", "publish": True}))
    id: str = site.incident({"told": "major_outage", "told-hidden": "partial_outage"}, markets=["ES"])["id"]
    made(site.update(id, "identified", expected_at="2030-01-01T00:00:00Z"))
    made(operator.post(f"/v1/incidents/{id}/updates", {"message": "Between us.", "internal": True}))
    made(operator.post(f"/v1/incidents/{id}/corrections", {"reason": "A typo.", "update": 1, "message": "We look."}))
    made(operator.post("/v1/components/told/pins", {"status": "under_maintenance", "reason": "Work."}))
    site.signal("told-1", "told")
    site.signal("told-2", "told-hidden", status="partial_outage", summary="Slow.")
    site.signal("told-3", "told-nowhere")
    return id


class TestAnswers:
    @pytest.mark.parametrize("query", [{}, {"lang": "es"}, {"lang": "en", "as_of": "12"}], ids=str)
    @pytest.mark.parametrize("path", READS)
    def test_to_reads_have_the_members_that_are_described(
        self, shared_site: Site, incident: str, path: str, query: dict[str, str]
    ) -> None:
        site = shared_site
        params = {"min_position": str(site.last_position()), **query}

        for caller in (site.reader, site.emitter, site.operator, site.auditor):
            conforms(site, caller, "GET", path.replace("{id}", incident), params=params)

    @pytest.mark.usefixtures("incident")
    def test_to_the_read_of_a_signal_have_the_members_that_are_described(self, shared_site: Site) -> None:
        signals = shared_site.operator.get("/v1/signals").json()["data"]

        for signal in signals:
            conforms(shared_site, shared_site.operator, "GET", f"/v1/signals/{signal['id']}")

    def test_to_commands_have_the_members_that_are_described(self, shared_site: Site, incident: str) -> None:
        site, operator = shared_site, shared_site.operator
        alerts = [{"status": "firing", "fingerprint": "a", "labels": {}, "startsAt": "2025-03-04T07:00:00Z"}, 1]
        for caller, method, path, body in (
            (operator, "POST", "/v1/components", {"key": "told-new", "name": "New", "group": "platform"}),
            (operator, "PATCH", "/v1/components/told-new", {"heartbeat": "5m", "description": {"es": "Nuevo"}}),
            (operator, "POST", "/v1/components/told-new/pins", {"status": "major_outage", "reason": "Try."}),
            (site.emitter, "POST", "/v1/components/told-new/heartbeat", None),
            (site.emitter, "POST", "/v1/ingest/alertmanager", {"alerts": alerts}),
            (operator, "POST", f"/v1/incidents/{incident}/updates", {"message": "More."}),
            (operator, "POST", f"/v1/incidents/{incident}/withdrawal", {"reason": "It was none."}),
            (operator, "POST", f"/v1/incidents/{incident}/withdrawal", {"reason": "It was none."}),
            (operator, "PATCH", "/v1/components/told-new", {"public": 1, "position": True, "since": 0}),
        ):
            conforms(site, caller, method, path, json=body)
        conforms(site, operator, "POST", "/v1/components/told-new/retirement", if_match='"1"')
