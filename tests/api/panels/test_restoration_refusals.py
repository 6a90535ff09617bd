"""What no restoration can be, and what cannot be said of one; nothing of it is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Site, at, made, problem, written
from tests.api.panel_steps import (
    CAPABILITIES,
    NOBODY,
    RESTORATIONS,
    Restoration,
    a_panel,
    completed,
    lost,
    refused,
    regained,
)

COMPONENT, GONE = "restored-thing", "thing-that-is-gone"
LATER = "2030-01-01T00:00:00Z"
EARLIER = "2025-03-03T00:00:00Z"
HOUR_AGO, BEFORE_THAT = written(at("07:00")), written(at("06:59:59"))
PROMISE = {"promised_by": "Provider", "promised_for": LATER}
GIVEN_UP = {"given_up": CAPABILITIES}


@pytest.fixture(scope="module", autouse=True)
def components(shared_site: Site) -> None:
    """A component to affect, and one that is retired."""
    for key in (COMPONENT, GONE):
        shared_site.component(key)
    shared_site.operator.post(f"/v1/components/{GONE}/retirement")


@pytest.fixture(scope="module")
def without_access(shared_site: Site) -> Restoration:
    """A restoration of a panel that was lost an hour ago."""
    return lost(shared_site, lost_at=HOUR_AGO)


@pytest.fixture(scope="module")
def with_access(shared_site: Site) -> Restoration:
    """A restoration of a panel that can be reached again."""
    return regained(shared_site, lost_at=HOUR_AGO)


@pytest.fixture(scope="module")
def over(shared_site: Site) -> Restoration:
    """A restoration that is completed; stock sync was given up."""
    return completed(shared_site)


class TestLoss:
    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"panel": "no-such-panel"}, "/panel"),
            ({"panel": None}, "/panel"),
            ({"lost_at": "2025-03-04T07:00:00"}, "/lost_at"),
            ({"lost_at": "2025-03-04"}, "/lost_at"),
            ({"provider": {"en": " "}}, "/provider/en"),
            ({"request_policies": {"order": {"policy": "forget"}}}, "/request_policies/order/policy"),
            ({"capabilities": ["login"]}, "/capabilities"),
        ],
    )
    def test_with_a_part_that_cannot_be_is_refused(
        self, shared_site: Site, more: dict[str, object], pointer: str
    ) -> None:
        body = {"panel": a_panel(shared_site), **more}

        refusal = refused(shared_site, lambda: shared_site.operator.post(RESTORATIONS, body), 422, "invalid")

        assert [fault["pointer"] for fault in refusal["errors"]] == [pointer]

    def test_that_is_to_come_is_refused(self, shared_site: Site) -> None:
        body = {"panel": a_panel(shared_site), "lost_at": written(at("08:00:05.000001"))}

        refused(shared_site, lambda: shared_site.operator.post(RESTORATIONS, body), 422, "in_the_future")

    @pytest.mark.parametrize("fixture", ["without_access", "with_access"])
    def test_of_a_panel_with_an_open_restoration_is_refused(
        self, shared_site: Site, fixture: str, request: pytest.FixtureRequest
    ) -> None:
        restoration: Restoration = request.getfixturevalue(fixture)
        body = {"panel": restoration.inside["panel"]}

        refusal = refused(shared_site, lambda: shared_site.operator.post(RESTORATIONS, body), 409, "restoration_open")
        assert refusal["restoration"] == restoration.id
        assert restoration.id in refusal["detail"]

    @pytest.mark.parametrize("moment", ["06:00", "07:00", "07:59:59.999999"])
    def test_before_the_one_of_before_was_over_is_refused(
        self, shared_site: Site, over: Restoration, moment: str
    ) -> None:
        body = {"panel": over.inside["panel"], "lost_at": written(at(moment))}

        refused(shared_site, lambda: shared_site.operator.post(RESTORATIONS, body), 422, "unknown_moment")


class TestWithoutAccess:
    @pytest.mark.parametrize(
        ("action", "body", "status", "code"),
        [
            ("access-lost", None, 409, "access_already_lost"),
            ("completion", GIVEN_UP, 409, "access_not_restored"),
            ("access-restored", {"occurred_at": BEFORE_THAT}, 422, "unknown_moment"),
            ("access-restored", {"occurred_at": LATER}, 422, "in_the_future"),
            ("promises", {**PROMISE, "promised_for": written(at("08:00"))}, 422, "unknown_moment"),
            ("promises", {**PROMISE, "promised_for": "2025-03-03"}, 422, "unknown_moment"),
            ("promises", {**PROMISE, "occurred_at": BEFORE_THAT}, 422, "unknown_moment"),
            ("recovery-point", {"as_of": written(at("07:00:00.000001"))}, 422, "recovery_point_after_loss"),
            ("recovery-point", {"as_of": EARLIER, "occurred_at": BEFORE_THAT}, 422, "unknown_moment"),
            ("recovery-point", {"as_of": "0001-01-01T00:00:00Z"}, 422, "recovery_point_too_early"),
            ("progress", {"stages": {"restored": 1}}, 409, "no_inventory"),
            ("suppressions/order_paid/ending", None, 404, "no_such_suppression"),
            ("DELETE instructions/1", None, 404, "no_such_instruction"),
            (
                "abandoned-backlogs",
                {"actions": ["mail"], "due_from": EARLIER, "due_until": EARLIER},
                422,
                "ends_before_it_begins",
            ),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, without_access: Restoration, action: str, body: object, status: int, code: str
    ) -> None:
        without_access.refuses(action, body, status, code)

    def test_is_told_in_words_how_wide_a_tolerance_may_be(self, without_access: Restoration) -> None:
        refusal = without_access.refuses("recovery-point", {"as_of": EARLIER, "tolerance": "367d"}, 422, "invalid")

        assert refusal["errors"] == [{"pointer": "/tolerance", "detail": "the duration is longer than 366 days"}]

    def test_names_the_loss_that_a_recovery_point_comes_after(self, without_access: Restoration) -> None:
        point = {"as_of": written(at("07:30"))}

        refusal = without_access.refuses("recovery-point", point, 422, "recovery_point_after_loss")
        assert refusal["lost_at"] == "2025-03-04T07:00:00Z"


class TestCapability:
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"state": "degraded", "occurred_at": BEFORE_THAT}, "unknown_moment"),
            ({"state": "degraded", "expected": "2025-03-03"}, "unknown_moment"),
            ({"state": "degraded", "expected": written(at("08:00"))}, "unknown_moment"),
            ({"state": "degraded", "components": {COMPONENT: "operational"}}, "no_impact"),
            ({"state": "degraded", "components": {COMPONENT: "unknown"}}, "no_impact"),
            ({"state": "available", "components": {COMPONENT: "major_outage"}}, "no_impact"),
        ],
    )
    def test_that_cannot_be_so_is_refused(
        self, without_access: Restoration, body: dict[str, object], code: str
    ) -> None:
        without_access.refuses("PUT capabilities/login", body, 422, code)

    @pytest.mark.parametrize("key", ["never-there", GONE])
    def test_affects_no_component_that_there_is_not(self, without_access: Restoration, key: str) -> None:
        body = {"state": "degraded", "components": {key: "major_outage"}}

        refusal = without_access.refuses("PUT capabilities/login", body, 422, "invalid")
        assert [fault["pointer"] for fault in refusal["errors"]] == [f"/components/{key}"]

    def test_is_one_of_at_most_two_hundred(self, shared_site: Site) -> None:
        names = [f"c{number}" for number in range(200)]
        panel = a_panel(shared_site, capabilities=names)
        restoration = lost(shared_site, panel)
        made(shared_site.operator.send("PATCH", f"/v1/panels/{panel}", json={"capabilities": ["another"]}))

        restoration.refuses("PUT capabilities/another", {"state": "degraded"}, 409, "too_many_entries")
        restoration.says("c199", "degraded")


class TestInput:
    @pytest.mark.parametrize(
        ("action", "body", "pointer"),
        [
            ("promises", {**PROMISE, "promised_for": "soon"}, "/promised_for"),
            ("promises", {**PROMISE, "promised_for": "2025-03-06T12:00:00"}, "/promised_for"),
            ("promises", {**PROMISE, "promised_for": "9999-12-31"}, "/promised_for"),
            ("promises", {**PROMISE, "promised_for": 20250306}, "/promised_for"),
            ("promises", {"promised_for": LATER}, "/promised_by"),
            ("recovery-point", {"as_of": "2025-03-03T00:00:00"}, "/as_of"),
            ("recovery-point", {"as_of": EARLIER, "tolerance": "367d"}, "/tolerance"),
            ("recovery-point", {"as_of": EARLIER, "missing": [""]}, "/missing/0"),
            ("PUT capabilities/login", {"state": "broken"}, "/state"),
            ("PUT capabilities/Log%20in", {"state": "degraded"}, "/name"),
            ("PUT capabilities/login", {"state": "degraded", "expected": "soon"}, "/expected"),
            ("suppressions", {"automation": "order_paid", "created_before": "2025-03-03"}, "/created_before"),
            ("suppressions", {"automation": "Order paid", "created_before": EARLIER}, "/automation"),
            ("abandoned-backlogs", {"actions": [], "due_from": EARLIER, "due_until": LATER}, "/actions"),
            ("instructions", {"text": "x", "place": 0}, "/place"),
            ("instructions", {"text": ""}, "/text"),
            ("DELETE instructions/0", None, "/number"),
            ("inventory", {"accounts": -1}, "/accounts"),
            ("inventory", {"accounts": "647"}, "/accounts"),
            ("inventory", {"accounts": True}, "/accounts"),
            ("progress", {"stages": {}}, "/stages"),
            ("progress", {"stages": {"lost": 1}, "inventory_revision": 0}, "/inventory_revision"),
            ("access-restored", {"occurred_at": "2025-03-04T07:30:00"}, "/occurred_at"),
            ("completion", {"given_up": ["Log in"]}, "/given_up/0"),
            ("PATCH ", {}, "/request_policies"),
            ("PATCH ", {"request_policies": {}, "panel": "panel-b"}, "/panel"),
        ],
    )
    def test_that_cannot_be_is_refused_with_a_pointer(
        self, without_access: Restoration, action: str, body: object, pointer: str
    ) -> None:
        refusal = without_access.refuses(action, body, 422, "invalid")
        assert refusal["errors"][0]["pointer"] == pointer


class TestWithAccess:
    @pytest.mark.parametrize(
        ("action", "body", "status", "code"),
        [
            ("access-restored", None, 409, "access_not_lost"),
            ("promises", PROMISE, 409, "access_not_lost"),
            ("access-lost", {"lost_at": HOUR_AGO}, 422, "unknown_moment"),
            ("access-lost", {"lost_at": LATER}, 422, "in_the_future"),
            ("completion", {**GIVEN_UP, "occurred_at": HOUR_AGO}, 422, "unknown_moment"),
            ("completion", {"given_up": ["archive"]}, 422, "no_such_capability"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, with_access: Restoration, action: str, body: object, status: int, code: str
    ) -> None:
        with_access.refuses(action, body, status, code)

    @pytest.mark.parametrize("state", ["degraded", "suspended", "unavailable", "unknown"])
    def test_is_not_completed_while_a_function_is_neither_there_nor_given_up(
        self, shared_site: Site, state: str
    ) -> None:
        restoration = regained(shared_site)
        restoration.says("login", "available")
        restoration.says("orders", state)

        refusal = restoration.refuses("completion", {"given_up": ["stock_sync"]}, 409, "capability_not_available")
        assert refusal["capabilities"] == "orders"
        assert "orders" in refusal["detail"]
        restoration.done("completion", {"given_up": ["stock_sync", "orders"]})


class TestProgress:
    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"stages": {"restored": 8, "lost": 3}}, 422, "more_than_inventory"),
            ({"stages": {"restored": {"accounts": 3, "grades": {"whole": 2}}}}, 422, "grades_do_not_add_up"),
            ({"stages": {"restored": {"accounts": 3, "grades": {"whole": 4}}}}, 422, "grades_do_not_add_up"),
            ({"stages": {"restored": 1}, "inventory_revision": 2}, 409, "no_inventory"),
        ],
    )
    def test_that_is_no_part_of_the_inventory_is_refused(
        self, shared_site: Site, body: dict[str, Any], status: int, code: str
    ) -> None:
        restoration = lost(shared_site)
        restoration.done("inventory", {"accounts": 10})

        restoration.refuses("progress", body, status, code)
        assert restoration.inside["progress"] is None


ANYTHING: list[tuple[str, object]] = [
    ("access-lost", None),
    ("access-restored", None),
    ("promises", PROMISE),
    ("recovery-point", {"as_of": EARLIER}),
    ("PUT capabilities/login", {"state": "degraded"}),
    ("inventory", {"accounts": 1}),
    ("progress", {"stages": {"restored": 1}}),
    ("PATCH ", {"request_policies": {}}),
    ("completion", GIVEN_UP),
]


class TestCompleted:
    @pytest.mark.parametrize(("action", "body"), ANYTHING)
    def test_stays_as_it_is(self, over: Restoration, action: str, body: object) -> None:
        over.refuses(action, body, 409, "already_completed")

    def test_shows_nothing_on_components_any_more(self, over: Restoration) -> None:
        body = {"state": "degraded", "components": {COMPONENT: "major_outage"}}

        over.refuses("PUT capabilities/stock_sync", body, 422, "no_impact")


class TestNobody:
    @pytest.mark.parametrize(("action", "body"), ANYTHING)
    def test_is_not_found(self, shared_site: Site, action: str, body: object) -> None:
        Restoration(shared_site, f"{RESTORATIONS}/{NOBODY}").refuses(action, body, 404, "not_found")

    def test_has_no_id_of_another_kind(self, shared_site: Site, without_access: Restoration) -> None:
        incident = shared_site.incident({COMPONENT: "major_outage"})["id"]
        shared_site.tick()

        problem(shared_site.reader.get(f"{RESTORATIONS}/{incident}"), 404, "not_found")
        problem(shared_site.reader.get(f"/v1/incidents/{without_access.id}"), 404, "not_found")
        Restoration(shared_site, f"{RESTORATIONS}/{incident}").refuses("access-restored", None, 404, "not_found")
