"""What operators do with signals, and what a signal may say of itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Site, a_signal, made, problem
from tests.api.commands import WHY, a_key, a_signal_still_reported

pytestmark = pytest.mark.both_stores


def listed(site: Site, signal: str) -> dict[str, Any]:
    """Give a signal as operators see it."""
    site.tick()
    data = site.operator.get("/v1/signals", params={"limit": 200}).json()["data"]
    found: dict[str, Any] = next(each for each in data if each["id"] == signal)
    return found


class TestSignalThatIsStillReported:
    def test_is_shown_to_operators(self, shared_site: Site) -> None:
        key = shared_site.component(a_key())["key"]
        cleared = shared_site.signal(a_key(), key)["signal"]

        signal = a_signal_still_reported(shared_site, key)

        document = listed(shared_site, signal)
        assert (document["state"], document["still_reported"], document["incident"] is None) == ("clear", True, False)
        assert document["still_reported_at"]
        assert (listed(shared_site, cleared)["still_reported"], listed(shared_site, cleared)["still_reported_at"]) == (
            False,
            None,
        )

    def test_is_let_fire_once(self, shared_site: Site) -> None:
        signal = a_signal_still_reported(shared_site, shared_site.component(a_key())["key"])
        newest, path = listed(shared_site, signal)["still_reported_at"], f"/v1/signals/{signal}/refiring"

        refired = shared_site.operator.post(path, WHY)

        document = made(refired)
        assert (document["state"], document["still_reported"], document["fired_at"]) == ("firing", False, newest)
        incident = shared_site.operator.get(
            f"/v1/incidents/{document['incident']}", params={"min_position": refired.headers["Bitacora-Position"]}
        )
        assert incident.json()["signals_firing"] == [signal]
        problem(shared_site.operator.post(path, WHY), 409, "not_still_reported")

    def test_needs_a_reason_and_a_signal(self, shared_site: Site) -> None:
        signal = a_signal_still_reported(shared_site, shared_site.component(a_key())["key"])

        problem(shared_site.operator.post(f"/v1/signals/{signal}/refiring", {"reason": " "}), 422, "invalid")
        problem(
            shared_site.operator.post(f"/v1/signals/{signal}/refiring", WHY, if_match='"99"'), 412, "version_conflict"
        )
        nobody = "00000000-0000-7000-8000-000000000000"
        problem(shared_site.operator.post(f"/v1/signals/{nobody}/refiring", WHY), 404, "not_found")


class TestSignal:
    def test_gets_worse(self, shared_site: Site) -> None:
        key, fingerprint = shared_site.component(a_key())["key"], a_key()
        first = shared_site.signal(fingerprint, key, status="degraded_performance")

        outcomes = [
            shared_site.signal(fingerprint, key, status=status)["outcome"]
            for status in ("major_outage", "partial_outage", "major_outage")
        ]

        assert (first["outcome"], outcomes) == ("detected", ["joined", "ignored", "ignored"])
        assert listed(shared_site, first["signal"])["status"] == "major_outage"

    def test_that_clears_before_it_fires_stands_in_no_list(self, shared_site: Site) -> None:
        key, fingerprint = shared_site.component(a_key())["key"], a_key()
        moment = "2025-03-04T07:00:00Z"

        cleared = shared_site.signal(fingerprint, key, state="clear", occurred_at=moment)
        fired = shared_site.signal(fingerprint, key, occurred_at=moment)

        assert (cleared["outcome"], cleared["incident"]) == ("recorded", None)
        assert (fired["outcome"], fired["incident"]) == ("ignored", None)
        assert shared_site.events(cleared["signal"]) == ["signal.cleared_first"]
        shared_site.tick()
        for path in ("/v1/signals", "/v1/unrouted-signals"):
            assert cleared["signal"] not in shared_site.operator.get(path, params={"limit": 200}).text
        problem(shared_site.operator.post(f"/v1/signals/{cleared['signal']}/clearance", WHY), 404, "not_found")

    def test_names_markets(self, shared_site: Site) -> None:
        key = shared_site.component(a_key(), markets=["ES", "PL"])["key"]

        taken = shared_site.signal(a_key(), key, markets=["ES", "ES"], cause="code_change")

        assert listed(shared_site, taken["signal"])["markets"] == ["ES"]
        incident = shared_site.reader.get(f"/v1/incidents/{taken['incident']}").json()
        assert incident["markets"] == ["ES"]
        assert all(title.endswith("(ES)") for title in incident["title"].values())
        wrong = a_signal(a_key(), key, markets=["Spain"])
        problem(shared_site.emitter.post("/v1/signals", wrong), 422, "invalid")

    def test_is_read_by_its_id(self, shared_site: Site) -> None:
        taken = shared_site.signal(a_key(), shared_site.component(a_key())["key"])
        path = f"/v1/signals/{taken['signal']}"
        shared_site.tick()

        found = shared_site.auditor.get(path)

        assert found.json() == listed(shared_site, taken["signal"])
        assert found.headers["ETag"] == '"1"'
        problem(shared_site.operator.get(path, params={"as_of": "0"}), 404, "not_found")
        problem(shared_site.operator.get(f"/v1/signals/{taken['incident']}"), 404, "not_found")
