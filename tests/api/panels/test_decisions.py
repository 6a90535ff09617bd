"""Whether an automation may run for an item: who is told what, both ways, and at once after each change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.client import Site, at, made, problem, written
from tests.api.panel_steps import PANELS, Restoration, a_panel, completed, decided, lost, regained, registered

if TYPE_CHECKING:
    import httpx

    from tests.api.client import Caller

PANEL, ORDER_PAID = "panel-a", "order_paid"
PATH = f"{PANELS}/{PANEL}/automations/{ORDER_PAID}/decision"
BOUND = "2021-03-10T23:00:00Z"
BEFORE, SINCE = "2021-03-11T00:59:59+02:00", BOUND
LONG_WAY = {"min_position": "0"}
"""What makes a question take the route."""
GARBAGE = [
    {"item_created_at": "2021-03-10T23:59:59"},
    {"item_created_at": "2021-03-10"},
    {"item_created_at": "yesterday"},
    {"item_created_at": ""},
    {"item_created_at": "\x00"},
    {"item_created_at": "2021-02-30T12:00:00Z"},
    {"item_created_at": "1615417200"},
]


@pytest.fixture
def restoration(site: Site) -> Restoration:
    """The restoration of a panel that was lost, and can be reached again; the automation is known."""
    registered(site, PANEL)
    named(site)
    return regained(site, PANEL)


def named(site: Site, automation: str = ORDER_PAID) -> None:
    """Let an operator name an automation, of which nothing else is said."""
    made(site.operator.send("PUT", f"/v1/automations/{automation}", json={"name": {"en": "Order paid"}}))


def suppress(restoration: Restoration, before: str = BOUND) -> None:
    """Let the automation run for no item created before an instant."""
    restoration.done("suppressions", {"automation": ORDER_PAID, "created_before": before})


def reasons(site: Site, panel: str = PANEL, automation: str = ORDER_PAID) -> list[tuple[bool, str]]:
    """Give what is decided for an item created just before the instant, and for one created then."""
    answers = [decided(site, panel, automation, created) for created in (BEFORE, SINCE)]
    return [(answer["run"], answer["reason"]) for answer in answers]


def asked(caller: Caller, created: str = BEFORE, **more: str) -> httpx.Response:
    """Ask for one item."""
    return caller.get(PATH, params={"item_created_at": created, **more})


class TestTable:
    @pytest.mark.parametrize(
        ("state", "suppressed", "before", "since"),
        [
            ("suspended", False, (False, "capability_suspended"), (False, "capability_suspended")),
            ("unavailable", False, (False, "capability_unavailable"), (False, "capability_unavailable")),
            ("available", False, (True, "capability_available"), (True, "capability_available")),
            ("degraded", False, (True, "capability_degraded"), (True, "capability_degraded")),
            ("unknown", False, (True, "capability_unknown"), (True, "capability_unknown")),
            ("suspended", True, (False, "capability_suspended"), (False, "capability_suspended")),
            ("unavailable", True, (False, "capability_unavailable"), (False, "capability_unavailable")),
            ("available", True, (False, "created_before"), (True, "created_since")),
            ("degraded", True, (False, "created_before"), (True, "created_since")),
            ("unknown", True, (False, "created_before"), (True, "created_since")),
            (None, True, (False, "created_before"), (True, "created_since")),
            (None, False, (True, "no_rule"), (True, "no_rule")),
        ],
    )
    def test_goes_by_capability_and_suppression(
        self,
        shared_site: Site,
        state: str | None,
        before: tuple[bool, str],
        since: tuple[bool, str],
        *,
        suppressed: bool,
    ) -> None:
        panel = a_panel(shared_site)
        named(shared_site)
        restoration = regained(shared_site, panel)
        if state is not None:
            restoration.gets(ORDER_PAID)
            restoration.says(ORDER_PAID, state)
        if suppressed:
            suppress(restoration)

        assert reasons(shared_site, panel) == [before, since]
        given_up = [name for name, each in restoration.inside["capabilities"].items() if each["state"] != "available"]
        restoration.done("completion", {"given_up": given_up})
        # What holds outlives the completion.
        assert reasons(shared_site, panel) == [before, since]

    def test_knows_of_a_suppression_that_was_ended(self, shared_site: Site) -> None:
        panel = a_panel(shared_site)
        restoration = regained(shared_site, panel)
        suppress(restoration)
        restoration.done(f"suppressions/{ORDER_PAID}/ending")

        assert reasons(shared_site, panel) == [(True, "suppression_ended")] * 2
        restoration.gets(ORDER_PAID)
        restoration.says(ORDER_PAID, "degraded")
        assert reasons(shared_site, panel) == [(True, "capability_degraded")] * 2

    def test_heeds_the_suppressions_of_each_restoration(self, site: Site) -> None:
        registered(site, PANEL)
        first = completed(site, PANEL)
        suppress(first)
        site.set_clock("09:00")
        second = regained(site, PANEL)
        suppress(second, before="2021-01-01T00:00:00Z")

        answers = [decided(site, PANEL, ORDER_PAID, moment) for moment in (BEFORE, SINCE, "2020-12-31T23:59:59Z")]

        assert [(each["reason"], each["restoration"]) for each in answers] == [
            ("created_before", first.id),
            ("created_since", second.id),
            ("created_before", second.id),
        ]


class TestBothWays:
    @pytest.mark.parametrize("created", [BEFORE, SINCE, "2021-03-10T23:00:00.000000000Z"])
    @pytest.mark.parametrize("has_it", [False, True])
    def test_give_the_same_answer(self, site: Site, restoration: Restoration, created: str, *, has_it: bool) -> None:
        suppress(restoration)
        site.tick()
        headers = {"If-None-Match": asked(site.reader, created).headers["ETag"]} if has_it else {}

        short, long = (
            site.reader.get(PATH, params={"item_created_at": created, **more}, headers=headers)
            for more in ({}, LONG_WAY)
        )

        assert (short.status_code, short.content) == (long.status_code, long.content)
        assert dict(short.headers) == dict(long.headers)
        assert short.status_code == (304 if has_it else 200)
        assert "Bitacora-Position" not in short.headers

    @pytest.mark.parametrize("garbage", [{}, *GARBAGE], ids=str)
    def test_refuse_what_is_no_instant(self, site: Site, restoration: Restoration, garbage: dict[str, str]) -> None:
        assert restoration.id
        for more in ({}, LONG_WAY):
            refusal = problem(site.reader.get(PATH, params={**garbage, **more}), 422, "invalid")
            assert [fault["pointer"] for fault in refusal["errors"]] == ["/item_created_at"]

    def test_find_no_panel_that_there_is_not(self, site: Site, restoration: Restoration) -> None:
        assert restoration.id
        for more in ({}, LONG_WAY):
            for key in ("panel-z", "Panel-A", "x" * 64):
                path = PATH.replace(PANEL, key)
                problem(site.reader.get(path, params={"item_created_at": BEFORE, **more}), 404, "not_found")
        body = {"items": [{"item_created_at": BEFORE}]}
        problem(site.reader.post(PATH.replace(PANEL, "panel-z"), body), 404, "not_found")

    def test_answer_a_plus_that_nobody_escaped_alike(self, site: Site, restoration: Restoration) -> None:
        assert restoration.id
        site.tick()
        for query in ("2021-03-10T23:00:00+01:00", "2021-03-10T23:00:00%2B01:00"):
            short, long = (site.reader.get(f"{PATH}?item_created_at={query}{more}") for more in ("", "&min_position=0"))
            assert (short.status_code, short.json()) == (long.status_code, long.json())


class TestPosition:
    def test_is_to_readers_that_since_which_it_is_so(self, site: Site, restoration: Restoration) -> None:
        suppress(restoration)
        since = site.last_position()
        for number in range(3):
            restoration.done("instructions", {"text": f"Number {number}"})
        site.component("labels")
        now = site.tick()

        assert asked(site.reader).json()["position"] == asked(site.reader, **LONG_WAY).json()["position"] == since
        assert asked(site.reader, SINCE).json()["position"] == since < now

    def test_is_to_whoever_has_a_token_that_of_now(self, site: Site, restoration: Restoration) -> None:
        suppress(restoration)
        site.component("labels")
        for caller in (site.emitter, site.operator, site.auditor):
            now = site.tick()
            answer = asked(caller)
            assert (answer.json()["position"], answer.headers["Bitacora-Position"]) == (now, str(now))
            many = caller.post(PATH, {"items": [{"item_created_at": BEFORE}]})
            assert (many.json()["position"], many.headers["Bitacora-Position"]) == (now, str(now))


class TestChange:
    def test_shows_at_once(self, site: Site, restoration: Restoration) -> None:
        refused, runs = (False, "created_before"), (True, "created_since")
        assert reasons(site) == [(True, "no_rule")] * 2
        suppress(restoration)
        assert reasons(site) == [refused, runs]
        suppress(restoration, before=BEFORE)
        assert reasons(site) == [runs, runs]
        restoration.gets(ORDER_PAID)
        for state, run in (("suspended", False), ("degraded", True), ("unavailable", False)):
            restoration.says(ORDER_PAID, state)
            expected = (run, "created_since" if run else f"capability_{state}")
            assert reasons(site) == [expected, expected]
        restoration.done(f"suppressions/{ORDER_PAID}/ending")
        restoration.says(ORDER_PAID, "available")
        assert reasons(site) == [(True, "capability_available")] * 2

    def test_of_access_shows_at_once(self, site: Site) -> None:
        registered(site, PANEL)
        named(site)
        restoration = lost(site, PANEL)
        assert reasons(site) == [(False, "access_lost")] * 2
        seen = [reasons(site, automation="stock_sync")[0]]
        restoration.done("access-restored")
        seen.append(reasons(site, automation="stock_sync")[0])
        restoration.says("stock_sync", "suspended")
        seen.append(reasons(site, automation="stock_sync")[0])
        restoration.done("access-lost")
        seen.append(reasons(site, automation="stock_sync")[0])

        assert seen == [
            (False, "capability_unavailable"),
            (True, "capability_unknown"),
            (False, "capability_suspended"),
            (False, "capability_suspended"),
        ]

    def test_of_another_panel_changes_nothing(self, site: Site, restoration: Restoration) -> None:
        suppress(restoration)
        site.tick()
        before = asked(site.reader)
        registered(site, "panel-b", accounts_from="2021-03-11")
        suppress(lost(site, "panel-b"), before="2999-01-01T00:00:00Z")
        site.tick()

        after = asked(site.reader).json()

        # That one closed this one, which is no rule: it has been so since the same position.
        assert after == before.json()
        assert (after["reason"], after["restoration"]) == ("created_before", restoration.id)

    def test_of_the_names_of_its_panel_changes_nothing(self, site: Site, restoration: Restoration) -> None:
        suppress(restoration)
        site.tick()
        before = asked(site.reader)
        made(site.operator.post(f"{PANELS}/{PANEL}/capabilities", {"key": "typed-wrong", "name": "Typo"}))
        made(site.operator.patch(f"{PANELS}/{PANEL}/capabilities/typed-wrong", {"hidden": True}))
        site.tick()

        for more in ({}, LONG_WAY):
            assert asked(site.reader, **more).json() == before.json()

    def test_of_a_panel_that_was_not_there_shows_at_once(self, site: Site) -> None:
        for more in ({}, LONG_WAY):
            problem(asked(site.reader, **more), 404, "not_found")

        registered(site, PANEL)
        site.tick()
        for more in ({}, LONG_WAY):
            problem(asked(site.reader, **more), 404, "unknown_automation")
        named(site)

        assert reasons(site)[0] == (True, "no_rule")


class TestThen:
    def test_is_decided_by_the_rules_of_then(self, site: Site, restoration: Restoration) -> None:
        site.set_clock("09:00")
        suppress(restoration)
        position = site.tick()
        site.set_clock("10:00")
        restoration.done(f"suppressions/{ORDER_PAID}/ending")
        site.tick()

        seen = {
            moment: decided(site, PANEL, ORDER_PAID, BEFORE, as_of=moment)["reason"]
            for moment in (written(at("08:30")), written(at("09:00")), str(position), written(at("10:00")))
        }

        assert list(seen.values()) == ["no_rule", "created_before", "created_before", "suppression_ended"]
        assert reasons(site)[0] == (True, "suppression_ended")
        problem(asked(site.reader, as_of="0"), 404, "not_found")
        problem(asked(site.reader, as_of=written(at("10:00:01"))), 422, "invalid")
