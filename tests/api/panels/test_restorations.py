"""Restorations as they go: lost, said to be so and so, overdue, completed, and lost again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.api.client import Site, at, made, written
from tests.api.panel_steps import CAPABILITIES, RESTORATIONS, Restoration, a_panel, available, completed, lost, regained

SECRET = "secret reason"
BOTH = {"en": "The servers answer.", "es": "Los servidores responden."}
HOUR_AGO = written(at("07:00"))
POLICIES = {"order": {"policy": "check_by_hand", "deadline": "PT259200S", "four_eyes": True}}


def said_of(restoration: Restoration, capability: str) -> dict[str, Any]:
    """Give what operators see of a capability."""
    told: dict[str, Any] = restoration.inside["capabilities"][capability]
    return told


class TestLoss:
    def test_is_answered_with_the_restoration_as_it_is_read(self, site: Site) -> None:
        panel = a_panel(site)
        body = {"panel": panel, "lost_at": HOUR_AGO, "provider": "Provider", "reason": SECRET}

        answer = site.operator.post(RESTORATIONS, {**body, "request_policies": POLICIES})

        document = answer.json()
        assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
        assert answer.headers["Location"] == f"{RESTORATIONS}/{document['id']}"
        assert answer.headers["Bitacora-Position"] == str(site.last_position())
        assert (document["panel"], document["state"], document["lost_at"]) == (panel, "access_lost", HOUR_AGO)
        assert document["losses"] == [
            {
                "from": HOUR_AGO,
                "until": None,
                "provider": {"en": "Provider"},
                "reason": {"en": SECRET},
                "restored_note": {},
            }
        ]
        assert document["request_policies"] == POLICIES
        assert list(document["capabilities"]) == CAPABILITIES
        for each in document["capabilities"].values():
            assert (each["state"], each["since"], each["components"]) == ("unavailable", HOUR_AGO, {})
        assert made(site.operator.get(answer.headers["Location"])) == document

    def test_needs_a_panel_only(self, site: Site) -> None:
        document = lost(site).inside

        assert (document["lost_at"], document["provider"]) == (written(at("08:00")), {})
        assert (document["promise"], document["recovery_point"], document["next_due"]) == (None, None, None)
        assert (document["inventory"], document["progress"], document["request_policies"]) == (None, None, {})

    def test_shows_readers_neither_reasons_nor_policies_nor_versions(self, site: Site) -> None:
        restoration = lost(site, reason=SECRET, request_policies=POLICIES)
        restoration.done("promises", {"promised_by": "Provider", "promised_for": "2025-03-06"})

        inside, outside = restoration.inside, restoration.outside

        of_requests = {"request_policies", "reconciled", "reconciled_at", "reconciliation_shown"}
        assert inside.keys() - outside.keys() == {"version", "next_due"} | of_requests
        assert outside["losses"][0].keys() == {"from", "until", "provider", "restored_note"}
        assert inside["promise"].keys() - outside["promise"].keys() == {"recorded_at"}
        cells = (side["capabilities"]["login"].keys() for side in (inside, outside))
        assert next(cells) - next(cells) == {"components"}
        assert SECRET not in site.reader.get(restoration.path).text

    def test_after_a_completed_one_is_another_one(self, site: Site) -> None:
        panel = a_panel(site)
        first = completed(site, panel)
        first.says("stock_sync", "suspended")
        site.set_clock("09:00")

        second = lost(site, panel)

        assert second.inside["state"] == "access_lost"
        # What was switched off is not forgotten.
        assert {name: each["state"] for name, each in second.inside["capabilities"].items()} == {
            **dict.fromkeys(CAPABILITIES, "unavailable"),
            "stock_sync": "suspended",
        }
        assert first.inside["state"] == "completed"


class TestCapability:
    def test_is_said_to_be_as_it_is(self, site: Site) -> None:
        restoration = lost(site)

        answer = restoration.act(
            "PUT capabilities/orders",
            {"state": "degraded", "note": BOTH, "workaround": "By hand.", "expected": "2025-03-05T12:00:00+02:00"},
        )

        assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
        assert "Location" not in answer.headers
        assert said_of(restoration, "orders") == {
            "state": "degraded",
            "note": BOTH,
            "workaround": {"en": "By hand."},
            "expected": "2025-03-05T10:00:00Z",
            "expected_by": "2025-03-05T10:00:00Z",
            "overdue": False,
            "overdue_since": None,
            "since": written(at("08:00")),
            "given_up": False,
            "components": {},
        }
        assert restoration.events == ["begun", "capability_set"]

    def test_may_be_one_that_the_panel_got_after_the_loss(self, site: Site) -> None:
        restoration = lost(site)
        restoration.gets("comparison_feed")

        restoration.says("comparison_feed", "unavailable")

        assert list(restoration.inside["capabilities"]) == [*CAPABILITIES, "comparison_feed"]

    def test_that_the_panel_does_not_have_is_refused_with_the_nearest(self, site: Site) -> None:
        restoration = lost(site)

        refusal = restoration.refuses("PUT capabilities/stock_synk", {"state": "available"}, 422, "unknown_capability")

        assert refusal["nearest"] == "stock_sync"
        assert refusal["detail"].endswith("has no capability stock_synk; did you mean stock_sync?")

    def test_that_the_panel_has_no_more_may_be_told_of_where_it_was_lost(self, site: Site) -> None:
        restoration = lost(site)
        panel = restoration.inside["panel"]
        made(site.operator.send("PATCH", f"/v1/panels/{panel}", json={"capabilities": ["login"]}))

        restoration.says("stock_sync", "available")

        assert restoration.outside["capabilities"]["stock_sync"]["state"] == "available"

    def test_that_is_late_is_overdue_from_its_instant_on(self, site: Site) -> None:
        restoration = lost(site)
        restoration.says("orders", "unavailable", expected=written(at("10:00")))
        assert restoration.inside["next_due"] == written(at("10:00"))

        seen = []
        for moment in ("09:59:59.999999", "10:00"):
            site.set_clock(moment)
            seen.append(restoration.outside["capabilities"]["orders"]["overdue"])
        restoration.says("orders", "available")

        assert seen == [False, True]
        assert restoration.outside["capabilities"]["orders"]["overdue"] is False
        assert restoration.events[-2:] == ["expectation_lapsed", "capability_set"]

    def test_keeps_its_note_from_no_reader(self, site: Site) -> None:
        restoration = lost(site)
        restoration.says("orders", "suspended", note={"en": "Off.", "es": "Apagado."})

        site.tick()
        spanish, polish = (made(site.reader.get(restoration.path, params={"lang": lang})) for lang in ("es", "pl"))

        assert (spanish["capabilities"]["orders"]["note"], polish["capabilities"]["orders"]["note"]) == (
            "Apagado.",
            "Off.",
        )
        assert spanish["capabilities"]["login"]["note"] is None


class TestCompletion:
    def test_leaves_out_what_is_given_up(self, site: Site) -> None:
        restoration = regained(site)
        for name in ("login", "orders"):
            restoration.says(name, "available")

        answer = restoration.act("completion", {"given_up": ["stock_sync", "login"], "note": BOTH})

        document = answer.json()
        assert answer.status_code == 200
        assert (document["state"], document["completed_at"]) == ("completed", written(at("08:00")))
        # What works is not given up, whatever is said.
        assert document["given_up"] == ["stock_sync"]
        assert document["capabilities"]["stock_sync"]["given_up"] is True
        assert document["next_due"] is None
        restoration.says("stock_sync", "available")
        assert restoration.events[-2:] == ["completed", "capability_set"]

    def test_lets_no_promise_lapse_any_more(self, site: Site) -> None:
        restoration = lost(site)
        restoration.done("promises", {"promised_by": "Provider", "promised_for": written(at("10:00"))})
        restoration.done("access-restored")
        restoration.done("completion", {"given_up": CAPABILITIES})

        site.set_clock("12:00")

        assert restoration.events[-1] == "completed"
        assert restoration.outside["promises"][0]["overdue"] is False


class TestLateNews:
    def test_of_a_promise_or_a_recovery_point_does_not_displace_the_newest(self, site: Site) -> None:
        restoration = lost(site, lost_at=HOUR_AGO)
        promised, later = {"promised_by": "Provider"}, written(at("07:30"))
        restoration.done("promises", {**promised, "promised_for": "2030-01-01"})
        restoration.done("promises", {**promised, "promised_for": "2029-01-01", "occurred_at": later})
        restoration.done("recovery-point", {"as_of": "2025-03-02T00:00:00Z"})
        restoration.done("recovery-point", {"as_of": "2025-03-01T00:00:00Z", "occurred_at": later})

        told, panel = restoration.outside, restoration.inside["panel"]
        now, then = (available(site, **more)[panel] for more in ({}, {"at": later}))

        assert [each["promised_for"] for each in told["promises"]] == ["2030-01-01", "2029-01-01"]
        assert told["promise"]["promised_for"] == now["promise"]["promised_for"] == "2030-01-01"
        assert told["recovery_point"]["as_of"] == now["recovery_point"]["as_of"] == "2025-03-02T00:00:00Z"
        assert then["promise"]["promised_for"] == "2029-01-01"
        assert then["recovery_point"]["as_of"] == "2025-03-01T00:00:00Z"


class TestClockThatWasAway:
    def test_lets_each_promise_lapse_once_as_of_its_time(self, site: Site) -> None:
        restoration = lost(site, lost_at=HOUR_AGO)
        promised = {"promised_by": "Provider", "promised_for": written(at("07:30")), "occurred_at": HOUR_AGO}

        document = restoration.done("promises", promised)
        restoration.says("orders", "unavailable", expected=written(at("09:00")))
        restoration.says("login", "unavailable", expected=written(at("09:00")))
        site.set_clock(at("12:00") + timedelta(days=2))

        assert document["promise"]["overdue"] is True
        events = site.auditor.get(f"/v1/aggregates/{restoration.id}/events").json()["data"]
        lapsed = [(each["type"].partition(".")[2], each["occurred_at"]) for each in events if each["actor"] == "clock"]
        assert lapsed == [
            ("promise_lapsed", written(at("07:30"))),
            ("expectation_lapsed", written(at("09:00"))),
            ("expectation_lapsed", written(at("09:00"))),
        ]
