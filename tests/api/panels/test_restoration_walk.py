"""The weeks after the loss of a data centre, notice by notice, panel by panel, function by function."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.api.client import Site, made, problem, written
from tests.api.data_centre import (
    ALL,
    FIRST_NOTICE,
    LATER_NOTICE,
    LOSS,
    PROVIDER,
    START,
    March,
    live_through,
    local,
    march,
)
from tests.api.panel_steps import PANELS, available, states

pytestmark = pytest.mark.both_stores

LAST_OF_THE_DAY = local("10T23:59:59")
Naming = Callable[[str], str]
UP, DOWN, SLOW, OFF, OPEN = "available", "unavailable", "degraded", "suspended", "unknown"
FROM_BACKUP = dict.fromkeys(ALL, OPEN) | {
    **dict.fromkeys(("login", "api", "orders", "stock_sync", "offers", "archive"), UP),
    **dict.fromkeys(("external_warehouse_api", "price_sync"), DOWN),
    **dict.fromkeys(("shop_orders", "invoices"), SLOW),
    "refund_action": OFF,
}
AFTER_ANOTHER_LOSS = dict.fromkeys(ALL, OPEN) | {
    "login": UP,
    "orders": UP,
    # These were switched off, or down for another reason, before access was lost again.
    **dict.fromkeys(("external_warehouse_api", "price_sync"), DOWN),
    "refund_action": OFF,
}
LATER = {
    "panel-a": FROM_BACKUP | {"automatic_actions": UP, "comparison_feed": DOWN},
    "panel-b": AFTER_ANOTHER_LOSS,
    "panel-c": dict.fromkeys(ALL, UP) | {"warehouse": SLOW},
    "panel-d": dict.fromkeys(ALL, UP),
}
FIRST = {f"panel-{letter}": dict.fromkeys(ALL, DOWN) for letter in "abc"} | {"panel-d": dict.fromkeys(ALL, UP)}


@pytest.fixture(scope="module")
def manager(shared_database: str) -> Iterator[Site]:
    """The service in March 2021, once on each store."""
    with Site(shared_database, now=START) as site:
        yield site


@pytest.fixture(scope="module")
def month(manager: Site) -> March:
    """The month as it went, and the service after it."""
    return live_through(manager)


@pytest.fixture(params=["instant", "position"])
def as_of(request: pytest.FixtureRequest, month: March) -> Naming:
    """How a moment is named: by its instant, or by the position that the log had then."""
    by_position = request.param == "position"
    return lambda clock: str(month.positions[clock]) if by_position else written(march(clock))


def promise(site: Site, **asked: str) -> tuple[int, bool, str | None] | None:
    """Give number and lapse of the promise for panel c that readers are shown."""
    told = available(site, **asked)["panel-c"]["promise"]
    return None if told is None else (told["number"], told["overdue"], told["overdue_since"])


class TestFirstNotice:
    def test_shows_each_function_of_each_panel(self, manager: Site, as_of: Naming) -> None:
        seen = available(manager, as_of=as_of(FIRST_NOTICE))

        assert {key: states(panel) for key, panel in seen.items()} == FIRST
        for key in ("panel-a", "panel-b", "panel-c"):
            panel = seen[key]
            assert {each["since"] for each in panel["capabilities"].values()} == {written(march(LOSS))}
            assert not any(each["overdue"] or each["given_up"] for each in panel["capabilities"].values())

    def test_shows_access_promise_and_recovery_point(self, manager: Site, month: March, as_of: Naming) -> None:
        seen = available(manager, as_of=as_of(FIRST_NOTICE))

        for letter in "abc":
            panel = seen[f"panel-{letter}"]
            assert (panel["access"], panel["lost_at"]) == ("lost", written(march(LOSS)))
            assert panel["restoration"] == month.of[letter].id
            assert (panel["access_restored_at"], panel["completed_at"]) == (None, None)
            assert panel["recovery_point"] is None
        assert (seen["panel-a"]["promise"], seen["panel-b"]["promise"]) == (None, None)
        assert seen["panel-c"]["promise"] == {
            "number": 3,
            "promised_by": PROVIDER,
            "promised_for": "2021-03-22",
            "due_at": written(march("23T00:00")),
            "overdue": False,
            "overdue_since": None,
            "note": {},
            "made_at": written(march(FIRST_NOTICE)),
        }

    def test_makes_the_board_critical(self, manager: Site, month: March, as_of: Naming) -> None:
        board = made(manager.reader.get("/v1/status", params={"as_of": as_of(FIRST_NOTICE), "lang": "en"}))

        assert board["indicator"] == "critical"
        assert [
            (each["key"], each["status"], each["status_since"], each["restoration"]) for each in board["panels"]
        ] == [
            *((f"panel-{one}", "major_outage", written(march(LOSS)), month.of[one].id) for one in "abc"),
            ("panel-d", "operational", written(march("11T09:00")), None),
        ]

    def test_says_what_to_do_meanwhile_and_when_it_is_expected(self, manager: Site, as_of: Naming) -> None:
        cells = available(manager, as_of=as_of(FIRST_NOTICE), lang="en")["panel-c"]["capabilities"]

        assert (cells["archive"]["expected"], cells["archive"]["expected_by"]) == (
            "2021-03-22",
            written(march("23T00:00")),
        )
        assert cells["archive"]["note"] == "Archived orders come back with the servers."
        assert cells["orders"]["workaround"] == "Take a free temporary account on panel d."
        assert {name for name, cell in cells.items() if cell["expected"]} == {"archive"}
        assert {name for name, cell in cells.items() if cell["workaround"]} == {"orders"}

    def test_leaves_the_panel_that_was_not_lost_alone(self, manager: Site, as_of: Naming) -> None:
        panel = available(manager, as_of=as_of(FIRST_NOTICE))["panel-d"]

        for name in ("restoration", "lost_at", "access_restored_at", "completed_at", "promise", "recovery_point"):
            assert panel[name] is None, name
        assert (panel["access"], panel["accounts_from"]) == ("available", "2021-03-11")
        assert {each["since"] for each in panel["capabilities"].values()} == {written(march("11T09:00"))}


class TestLaterNotice:
    def test_shows_each_function_of_each_panel(self, manager: Site, as_of: Naming) -> None:
        seen = available(manager, as_of=as_of(LATER_NOTICE))

        assert {key: states(panel) for key, panel in seen.items()} == LATER

    def test_leaves_the_board_with_what_does_not_work_yet(self, manager: Site, month: March, as_of: Naming) -> None:
        board = made(manager.reader.get("/v1/status", params={"as_of": as_of(LATER_NOTICE)}))

        assert board["indicator"] == "major"
        assert {each["key"]: (each["status"], each["status_since"]) for each in board["panels"]} == {
            "panel-a": ("partial_outage", written(march("14T08:00"))),
            "panel-b": ("partial_outage", written(march("14T20:00"))),
            # Refunds of payments are switched off on each.
            "panel-c": ("degraded_performance", written(march("20T18:00"))),
            "panel-d": ("operational", written(march("11T09:00"))),
        }
        assert [each["restoration"] for each in board["panels"]] == [*(month.of[one].id for one in "abc"), None]

    def test_shows_since_when_each_is_so(self, manager: Site, as_of: Naming) -> None:
        seen = available(manager, as_of=as_of(LATER_NOTICE))

        def since(panel: str) -> dict[str, str]:
            return {name: each["since"] for name, each in seen[panel]["capabilities"].items()}

        back, again = written(march("14T08:00")), written(march("14T20:00"))
        assert since("panel-a") == dict.fromkeys(ALL, back) | {
            # These were down all the time, with and without access.
            **dict.fromkeys(("external_warehouse_api", "price_sync"), written(march(LOSS))),
            "automatic_actions": written(march("15T09:00")),
            "comparison_feed": written(march("15T09:00")),
        }
        assert since("panel-b") == dict.fromkeys(ALL, again) | {
            **dict.fromkeys(("login", "orders"), written(march("14T20:30"))),
            **dict.fromkeys(("external_warehouse_api", "price_sync"), written(march(LOSS))),
            "refund_action": written(march("13T20:00")),
        }
        assert since("panel-c") == dict.fromkeys(ALL, written(march("20T18:00")))

    def test_shows_what_is_expected(self, manager: Site, as_of: Naming) -> None:
        seen = available(manager, as_of=as_of(LATER_NOTICE), lang="en")

        expected = {
            (key, name): (cell["expected"], cell["expected_by"], cell["overdue"])
            for key, panel in seen.items()
            for name, cell in panel["capabilities"].items()
            if cell["expected"] is not None
        }
        assert expected == {("panel-a", "comparison_feed"): ("2021-03-23", written(march("24T00:00")), False)}
        assert seen["panel-a"]["capabilities"]["comparison_feed"]["workaround"] == "Use the feed of the shop."

    def test_shows_access_promise_and_recovery_point(self, manager: Site, as_of: Naming) -> None:
        seen = available(manager, as_of=as_of(LATER_NOTICE))

        for key, restored in (("panel-a", "14T08:00"), ("panel-b", "14T20:00"), ("panel-c", "20T18:00")):
            assert (seen[key]["access"], seen[key]["access_restored_at"]) == ("available", written(march(restored)))
            assert seen[key]["completed_at"] is None
        for key, said in (("panel-a", "14T08:00"), ("panel-b", "13T20:00")):
            assert seen[key]["recovery_point"] == {
                "as_of": "2021-03-08T23:00:00Z",
                "tolerance": "PT7200S",
                "earliest": "2021-03-08T21:00:00Z",
                "latest": "2021-03-09T01:00:00Z",
                "missing": ["shipments", "invoices"],
                "gap": {"from": "2021-03-08T23:00:00Z", "until": written(march(LOSS))},
                "note": {},
                "said_at": written(march(said)),
            }
        assert seen["panel-c"]["recovery_point"] is None
        assert [seen[f"panel-{letter}"]["promise"] for letter in "abc"] == [None, None, None]
        assert seen["panel-b"]["lost_at"] == written(march("14T02:00"))

    @pytest.mark.parametrize("key", LATER)
    def test_is_the_same_panel_by_panel(self, manager: Site, as_of: Naming, key: str) -> None:
        for clock in (FIRST_NOTICE, LATER_NOTICE):
            one = made(manager.reader.get(f"{PANELS}/{key}/availability", params={"as_of": as_of(clock)}))
            assert one == available(manager, as_of=as_of(clock))[key]
        asked = {"as_of": written(START)}
        problem(manager.reader.get(f"{PANELS}/{key}/availability", params=asked), 404, "not_found")


@pytest.mark.usefixtures("month")
class TestMoment:
    @pytest.mark.parametrize(
        ("clock", "access", "login"),
        [
            ("10T00:46:59.999999", "available", UP),
            (LOSS, "lost", DOWN),
            ("13T19:59:59.999999", "lost", DOWN),
            ("13T20:00", "available", UP),
            ("14T01:59:59.999999", "available", UP),
            ("14T02:00", "lost", DOWN),
            ("14T19:59:59.999999", "lost", DOWN),
            ("14T20:00", "available", OPEN),
            ("14T20:30", "available", UP),
        ],
    )
    def test_shows_what_was_true_of_a_panel_that_was_lost_again(
        self, manager: Site, clock: str, access: str, login: str
    ) -> None:
        panel = available(manager, at=written(march(clock)))["panel-b"]

        assert (panel["access"], panel["capabilities"]["login"]["state"]) == (access, login)
        # What we switched off ourselves stays so, whatever is lost.
        switched_off = march(clock) >= march("13T20:00")
        before_that = UP if access == "available" else DOWN
        assert panel["capabilities"]["refund_action"]["state"] == (OFF if switched_off else before_that)

    def test_tells_facts_of_then_and_states_of_the_moment(self, manager: Site) -> None:
        during, before = written(march("10T01:00")), written(march("10T01:29:59"))

        # Nobody had said yet that access was lost.
        assert available(manager, as_of=before)["panel-a"]["access"] == "available"
        assert available(manager, at=during)["panel-a"]["access"] == "lost"
        known = available(manager, as_of=written(march("10T01:30")), at=during)
        assert {key: panel["access"] for key, panel in known.items()} == dict.fromkeys(
            ("panel-a", "panel-b", "panel-c"), "lost"
        )
        assert "panel-d" in available(manager, at=during)

    def test_of_the_first_notice_is_as_it_was_told(self, manager: Site) -> None:
        then = {"as_of": written(march(FIRST_NOTICE))}

        assert available(manager, at=written(march(FIRST_NOTICE))) == available(manager, **then)


@pytest.mark.usefixtures("month")
class TestPromise:
    @pytest.mark.parametrize(
        ("clock", "expected"),
        [
            ("10T10:00", (1, False, None)),
            ("11T11:59:59.999999", (1, False, None)),
            ("11T12:00", (1, True, "2021-03-11T11:00:00Z")),
            ("11T18:00", (2, False, None)),
            ("12T07:59:59.999999", (2, False, None)),
            ("12T08:00", (2, True, "2021-03-12T07:00:00Z")),
            (FIRST_NOTICE, (3, False, None)),
            ("22T23:59:59.999999", None),
            ("24T00:00", None),
        ],
    )
    def test_that_slips_is_overdue_from_its_instant_until_the_next_and_gone_with_the_return(
        self, manager: Site, as_of: Naming, clock: str, expected: tuple[int, bool, str | None] | None
    ) -> None:
        for asked in ({"as_of": as_of(clock)}, {"at": written(march(clock))}):
            assert promise(manager, **asked) == expected, asked

    def test_that_lapsed_stays_lapsed_in_the_history(self, manager: Site, month: March) -> None:
        id = month.of["c"].id
        shown = [
            [
                (each["number"], each["overdue_since"])
                for each in made(manager.reader.get(f"/v1/restorations/{id}", params={"as_of": written(march(clock))}))[
                    "promises"
                ]
            ]
            for clock in ("11T11:59:59.999999", "11T12:00", "11T18:00", LATER_NOTICE)
        ]

        first, second = (1, "2021-03-11T11:00:00Z"), (2, "2021-03-12T07:00:00Z")
        assert shown == [[(1, None)], [first], [first, (2, None)], [first, second, (3, None)]]

    def test_keeps_each_one_in_the_history(self, month: March) -> None:
        outside, inside = month.of["c"].outside, month.of["c"].inside

        assert [each["promised_for"] for each in outside["promises"]] == [
            "2021-03-11T11:00:00Z",
            "2021-03-12T07:00:00Z",
            "2021-03-22",
        ]
        assert [each["overdue"] for each in outside["promises"]] == [True, True, False]
        assert outside["promise"] is None
        assert [each["recorded_at"] for each in inside["promises"]] == [each["made_at"] for each in outside["promises"]]

    def test_lapses_by_the_clock_at_its_instant(self, manager: Site, month: March) -> None:
        events = manager.auditor.get(f"/v1/aggregates/{month.of['c'].id}/events", params={"limit": 200}).json()["data"]

        lapsed = [(each["actor"], each["occurred_at"]) for each in events if each["type"].endswith("promise_lapsed")]
        assert lapsed == [("clock", written(march("11T12:00"))), ("clock", written(march("12T08:00")))]
