"""What operators say of a restoration: each command once, with what is answered and what is read then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.client import Site, at, problem, written
from tests.api.panel_steps import CAPABILITIES, NOBODY, RESTORATIONS, Restoration, completed, lost, refused

SECRET = "secret reason"
BOTH = {"en": "The servers answer.", "es": "Los servidores responden."}
HOUR_AGO = written(at("07:00"))
POLICIES = {"order": {"policy": "check_by_hand", "deadline": "PT259200S", "four_eyes": True}}
EARLIER = "2025-03-03T00:00:00Z"


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    """The service at eight o'clock; each test has a panel of its own."""
    return shared_site


@dataclass(frozen=True)
class Case:
    """A command, the status of its answer, the event that it records, and what the answer holds then."""

    action: str
    body: dict[str, Any]
    status: int
    event: str
    expected: dict[str, Any]

    def __str__(self) -> str:
        return self.action


LOST = [
    Case("access-restored", {"note": BOTH}, 200, "access_restored", {"state": "access_restored"}),
    Case(
        "promises",
        {"promised_by": "Provider", "promised_for": "2025-03-06", "note": BOTH},
        201,
        "promised",
        {
            "promise": {
                "number": 1,
                "promised_by": {"en": "Provider"},
                "promised_for": "2025-03-06",
                "due_at": "2025-03-06T23:00:00Z",
                "overdue": False,
                "overdue_since": None,
                "note": BOTH,
                "made_at": written(at("08:00")),
                "recorded_at": written(at("08:00")),
            },
            "next_due": "2025-03-06T23:00:00Z",
        },
    ),
    Case(
        "recovery-point",
        {"as_of": EARLIER, "tolerance": "90s", "missing": ["orders", "orders", "invoices"]},
        201,
        "recovery_point_set",
        {
            "recovery_point": {
                "as_of": EARLIER,
                "tolerance": "PT90S",
                "earliest": "2025-03-02T23:58:30Z",
                "latest": "2025-03-03T00:01:30Z",
                "missing": ["orders", "invoices"],
                "gap": {"from": EARLIER, "until": HOUR_AGO},
                "note": {},
                "said_at": written(at("08:00")),
            }
        },
    ),
    Case(
        "suppressions",
        {"automation": "order_paid", "created_before": EARLIER, "note": BOTH},
        201,
        "automation_suppressed",
        {
            "suppressions": [
                {
                    "automation": "order_paid",
                    "created_before": EARLIER,
                    "note": BOTH,
                    "since": written(at("08:00")),
                    "ended_at": None,
                }
            ]
        },
    ),
    Case(
        "abandoned-backlogs",
        {"actions": ["mail", "mail"], "due_from": EARLIER, "due_until": "2025-03-04T00:00:00Z"},
        201,
        "backlog_abandoned",
        {
            "abandoned_backlogs": [
                {
                    "number": 1,
                    "actions": ["mail"],
                    "due_from": EARLIER,
                    "due_until": "2025-03-04T00:00:00Z",
                    "note": {},
                    "said_at": written(at("08:00")),
                }
            ]
        },
    ),
    Case(
        "instructions",
        {"text": BOTH},
        201,
        "instruction_given",
        {"instructions": [{"number": 1, "heading": None, "text": BOTH}]},
    ),
    Case(
        "inventory",
        {"accounts": 647},
        201,
        "inventory_taken",
        {"inventory": {"revision": 1, "accounts": 647, "note": {}, "said_at": written(at("08:00"))}},
    ),
    Case(
        "PATCH ",
        {"request_policies": {"order": {"policy": "check_by_hand", "four_eyes": True}}, "because": SECRET},
        200,
        "request_policies_changed",
        {"request_policies": POLICIES},
    ),
]
EACH = pytest.mark.parametrize("case", LOST, ids=str)


class TestCommand:
    @EACH
    def test_is_answered_with_what_there_is_then(self, site: Site, case: Case) -> None:
        restoration = lost(site, lost_at=HOUR_AGO)

        answer = restoration.act(case.action, case.body, if_match='"1"')

        document = answer.json()
        assert (answer.status_code, answer.headers["ETag"]) == (case.status, '"2"')
        assert answer.headers["Bitacora-Position"] == str(site.last_position())
        assert answer.headers.get("Location") == (restoration.path if case.status == 201 else None)
        assert {name: document[name] for name in case.expected} == case.expected
        # Only the answer to the command tells which keys are new by it.
        assert restoration.inside == {name: document[name] for name in document if name != "new_keys"}
        assert restoration.events == ["begun", case.event]
        problem(restoration.act(case.action, case.body, if_match='"1"'), 412, "version_conflict")

    @pytest.mark.parametrize("action", ["access-restored", "access-lost", "completion"])
    def test_may_say_nothing_more(self, site: Site, action: str) -> None:
        restoration = lost(site)
        if action != "access-restored":
            restoration.done("access-restored")
        if action == "completion":
            for name in CAPABILITIES:
                restoration.says(name, "available")

        assert restoration.act(action).status_code == 200

    def test_may_say_that_it_was_so_before(self, site: Site) -> None:
        restoration = lost(site, lost_at=HOUR_AGO)

        restoration.done("access-restored", {"occurred_at": written(at("07:30"))})
        restoration.says("login", "available", occurred_at=written(at("07:45")))

        assert restoration.inside["access_restored_at"] == written(at("07:30"))
        assert restoration.inside["capabilities"]["login"]["since"] == written(at("07:45"))

    def test_that_changes_nothing_records_nothing(self, site: Site) -> None:
        restoration = lost(site, request_policies=POLICIES)
        suppression = {"automation": "order_paid", "created_before": EARLIER}
        restoration.done("suppressions", suppression)
        restoration.says("orders", "degraded", note="Slow.")
        position = site.last_position()

        restoration.done("suppressions", suppression)
        restoration.says("orders", "degraded", note="Slow.")
        restoration.done("PATCH ", {"request_policies": POLICIES})

        assert site.last_position() == position


class TestMeasures:
    def test_that_are_ended_are_ended_once(self, site: Site) -> None:
        restoration = lost(site)
        restoration.done("suppressions", {"automation": "order_paid", "created_before": EARLIER})

        answer = restoration.act("suppressions/order_paid/ending", {"reason": SECRET})

        assert (answer.status_code, answer.headers["ETag"]) == (200, '"3"')
        assert answer.json()["suppressions"][0]["ended_at"] == written(at("08:00"))
        assert SECRET not in str(restoration.outside)
        assert restoration.events[-1] == "suppression_ended"
        restoration.refuses("suppressions/order_paid/ending", None, 404, "no_such_suppression")

    def test_are_taken_and_ended_after_the_completion_too(self, site: Site) -> None:
        restoration = completed(site)

        restoration.done("suppressions", {"automation": "order_paid", "created_before": EARLIER})
        restoration.done("suppressions/order_paid/ending")
        span = {"actions": ["mail"], "due_from": EARLIER, "due_until": "2025-03-04T00:00:00Z"}
        restoration.done("abandoned-backlogs", span)
        restoration.done("instructions", {"text": "Look again."})

        assert restoration.inside["state"] == "completed"

    def test_put_instructions_where_they_belong(self, site: Site) -> None:
        restoration = lost(site)
        for number, place in enumerate((None, 1, 2, 100), start=1):
            more = {} if place is None else {"place": place}
            restoration.done("instructions", {"text": f"Number {number}", **more})

        told = restoration.outside["instructions"]
        gone = restoration.act("DELETE instructions/3")

        assert [each["number"] for each in told] == [2, 3, 1, 4]
        assert (gone.status_code, gone.headers["ETag"]) == (200, '"6"')
        assert [each["number"] for each in restoration.outside["instructions"]] == [2, 1, 4]
        assert restoration.done("instructions", {"text": "One more"})["instructions"][-1]["number"] == 5
        restoration.refuses("DELETE instructions/3", None, 404, "no_such_instruction")


class TestProgress:
    def test_is_of_an_inventory(self, site: Site) -> None:
        restoration = lost(site)
        restoration.done("inventory", {"accounts": 3})
        restoration.done("inventory", {"accounts": 8})
        body = {"stages": {"restored": 1, "verified": {"accounts": 5, "grades": {"complete": 2, "partly": 3}}}}

        answer = restoration.act("progress", body)
        of_before = restoration.done("progress", {"stages": {"restored": 2}, "inventory_revision": 1})["progress"]

        assert (answer.status_code, answer.headers["Location"]) == (201, restoration.path)
        document = answer.json()["progress"]
        figure = {"denominator": 8, "inventory_revision": 2}
        assert document["stages"] == {
            "restored": {"numerator": 1, "percent": 12.5, "grades": {}, **figure},
            "verified": {
                "numerator": 5,
                "percent": 62.5,
                "grades": {
                    "complete": {"numerator": 2, "percent": 25.0, **figure},
                    "partly": {"numerator": 3, "percent": 37.5, **figure},
                },
                **figure,
            },
        }
        assert (of_before["inventory_revision"], of_before["stages"]["restored"]["percent"]) == (1, 66.6)

    def test_is_a_hundred_percent_only_of_all_accounts(self, site: Site) -> None:
        restoration = lost(site)
        restoration.done("inventory", {"accounts": 10_000})

        seen = [
            restoration.done("progress", {"stages": {"restored": count}})["progress"]["stages"]["restored"]["percent"]
            for count in (9_999, 10_000, 0)
        ]

        assert seen == [99.9, 100.0, 0.0]


class TestNobody:
    @EACH
    def test_is_not_found(self, site: Site, case: Case) -> None:
        nobody = Restoration(site, f"{RESTORATIONS}/{NOBODY}")

        nobody.refuses(case.action, case.body, 404, "not_found")
        for caller in (site.reader, site.operator):
            problem(caller.get(nobody.path), 404, "not_found")
        refused(site, lambda: site.operator.post(RESTORATIONS, {"panel": "none"}), 422, "invalid")
