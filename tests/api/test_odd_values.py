"""Values at the edge of what there is are taken or refused; none of them makes the service fail."""

import base64

import pytest

from domain.access.keyring import Role
from tests.api.client import Site, made, problem

pytestmark = pytest.mark.both_stores


@pytest.fixture(scope="module", autouse=True)
def odd(shared_site: Site) -> None:
    """A component to say odd things of."""
    shared_site.component("odd")


class TestDuration:
    @pytest.mark.parametrize("text", ["P" + "9" * 400 + "D", "999999999999d", "1" + "0" * 40 + "s", "3661d"])
    def test_is_refused_when_it_is_too_long_to_be_one(self, shared_site: Site, text: str) -> None:
        answer = shared_site.operator.patch("/v1/components/odd", {"heartbeat": text})

        assert "longer than ten years" in problem(answer, 422, "invalid")["detail"]


class TestDay:
    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", 0, "2025-01-01T00:00:00", "2025-02-30"])
    def test_is_refused_when_it_is_none_that_begins_in_every_zone(self, shared_site: Site, day: object) -> None:
        problem(shared_site.operator.patch("/v1/components/odd", {"since": day}), 422, "invalid")


class TestFlag:
    @pytest.mark.parametrize("flag", [1, "true", "yes"])
    def test_is_refused_when_it_is_neither_true_nor_false(self, shared_site: Site, flag: object) -> None:
        problem(shared_site.operator.patch("/v1/components/odd", {"public": flag}), 422, "invalid")


class TestNumber:
    @pytest.mark.parametrize("number", [True, "1", 1.5, 1_000_001])
    def test_is_refused_when_it_is_none(self, shared_site: Site, number: object) -> None:
        problem(shared_site.operator.patch("/v1/components/odd", {"position": number}), 422, "invalid")

    def test_may_be_written_with_a_point(self, shared_site: Site) -> None:
        assert made(shared_site.operator.patch("/v1/components/odd", {"position": 3.0}))["position"] == 3


class TestHistory:
    def test_ends_at_the_beginning_of_time(self, shared_site: Site) -> None:
        shared_site.reader.get("/v1/components/odd", params={"min_position": shared_site.last_position()})
        answer = shared_site.reader.get("/v1/components/odd/history", params={"until": "0001-01-02T00:00:00Z"})

        assert [span["status"] for span in made(answer)["data"]] == ["unknown"]


class TestTextThatNoStoreCanKeep:
    def test_is_refused_in_the_component_of_a_signal(self, shared_site: Site) -> None:
        said = {"source": "odd", "fingerprint": "1", "state": "firing", "component": "o\0d", "status": "major_outage"}

        refused = problem(shared_site.emitter.post("/v1/signals", said), 422, "invalid")

        assert refused["errors"][0]["pointer"] == "/component"

    def test_is_repaired_in_the_label_of_an_alert(self, shared_site: Site) -> None:
        alert = {
            "status": "firing",
            "fingerprint": "odd",
            "labels": {"component": "o\0d"},
            "startsAt": "2025-03-04T07:00:00Z",
        }

        taken = made(shared_site.emitter.post("/v1/ingest/alertmanager", {"alerts": [alert]}))

        assert (taken["alerts"][0]["outcome"], taken["alerts"][0]["component"]) == ("unrouted", "o\ufffdd")
        assert made(shared_site.reader.get("/readyz"))["status"] == "ready"

    @pytest.mark.parametrize(
        "path",
        [
            "/v1/signals",
            "/v1/unrouted-signals",
            "/v1/incidents",
            "/v1/maintenance-windows",
            "/v1/maintenance-series",
            "/v1/held-requests",
            "/v1/reprocessing-runs",
        ],
    )
    def test_is_refused_in_a_cursor(self, shared_site: Site, path: str) -> None:
        cursor = base64.urlsafe_b64encode(b"\0").decode().rstrip("=")

        problem(shared_site.a(Role.ADMIN).get(path, params={"cursor": cursor}), 422, "invalid")

    def test_is_refused_as_a_type_of_events(self, shared_site: Site) -> None:
        problem(shared_site.auditor.get("/v1/events", params={"type": "\0"}), 422, "invalid")


class TestTypeOfEvents:
    @pytest.mark.parametrize("path", ["/v1/events", "/v1/events/stream"])
    def test_that_no_event_has_is_refused_with_the_nearest_one(self, shared_site: Site, path: str) -> None:
        refused = problem(shared_site.auditor.get(path, params={"type": "incident.publised"}), 422, "invalid")

        (error,) = refused["errors"]
        assert error["pointer"] == "/type"
        assert "no event is of the type incident.publised; did you mean incident.published?" in error["detail"]


class TestPoliciesOfRequests:
    def test_stay_what_they_are_in_one_language(self, shared_site: Site) -> None:
        policies = {"message": {"policy": "reprocess"}}
        declared = shared_site.incident({"odd": "major_outage"}, request_policies=policies)
        query = {"lang": "es", "min_position": shared_site.last_position()}

        told = made(shared_site.operator.get(f"/v1/incidents/{declared['id']}", params=query))

        assert told["request_policies"] == declared["request_policies"]
        assert told["title"] == "Trouble"
