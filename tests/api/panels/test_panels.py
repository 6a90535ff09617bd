"""Panels: which accounts are on them, and which panel an account is on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.client import Site, made, problem, written
from tests.api.panel_steps import CAPABILITIES, PANELS, WARSAW, Thing, a_panel_name, refused, registered

pytestmark = pytest.mark.both_stores

BEFORE, AFTER = datetime(2021, 3, 1, 9, tzinfo=UTC), datetime(2021, 3, 11, 9, tzinfo=UTC)
BOUNDARIES = [
    ("2019-11-17", "panel-a"),
    ("2019-11-18", "panel-b"),
    ("2020-08-26", "panel-b"),
    ("2020-08-27", "panel-c"),
    ("2021-03-10", "panel-c"),
    ("2021-03-11", "panel-d"),
    ("1999-01-01", "panel-a"),
    ("2999-12-31", "panel-d"),
]
INSTANTS = [
    ("2019-11-17T22:59:59.999999Z", "panel-a", "2019-11-17"),
    ("2019-11-17T23:00:00Z", "panel-b", "2019-11-18"),
    ("2020-08-26T21:59:59.999999Z", "panel-b", "2020-08-26"),
    ("2020-08-26T22:00:00Z", "panel-c", "2020-08-27"),
    ("2021-03-10T23:59:59+01:00", "panel-c", "2021-03-10"),
    ("2021-03-11T00:00:00+01:00", "panel-d", "2021-03-11"),
    ("2021-03-11T08:00:00+14:00", "panel-c", "2021-03-10"),
]
EARLIER = {"as_of": written(BEFORE)}
FIRST = "1899-01-01"


@pytest.fixture(scope="module")
def manager(shared_database: str) -> Iterator[Site]:
    """The service of an order manager with four panels, the newest of which came last."""
    with Site(shared_database, now=BEFORE) as site:
        for key, first in (("panel-a", None), ("panel-b", "2019-11-18"), ("panel-c", "2020-08-27")):
            registered(site, key, accounts_from=first)
        site.set_clock(AFTER)
        registered(site, "panel-d", accounts_from="2021-03-11")
        site.tick()
        yield site


def found(site: Site, **asked: str) -> dict[str, Any]:
    """Look a panel up, without a token."""
    return made(site.reader.get(f"{PANELS}/lookup", params=asked))


def days(site: Site, **asked: str) -> dict[str, tuple[str | None, str | None]]:
    """Give first and last day of each panel, in the order of the list."""
    listed = made(site.reader.get(PANELS, params=asked))["data"]
    return {each["key"]: (each["accounts_from"], each["accounts_until"]) for each in listed}


class TestRegistration:
    def test_is_answered_with_the_panel_as_it_is_read(self, site: Site) -> None:
        body = {
            "key": "panel-c",
            "name": {"en": "Panel c", "pl": "Panel c (sklepy)"},
            "zone": WARSAW,
            "accounts_from": "2020-08-27",
            "accounts_until": "2021-03-10",
            "capabilities": ["login", "orders", "login"],
        }

        answer = site.operator.post(PANELS, body)

        document = answer.json()
        assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
        assert answer.headers["Location"] == f"{PANELS}/panel-c"
        assert answer.headers["Bitacora-Position"] == str(site.last_position())
        named = {"capabilities": ["login", "orders"], "capability_names": {}, "hidden_capabilities": []}
        assert document == {"id": document["id"], "version": 1, **body, **named}
        assert made(site.operator.get(f"{PANELS}/panel-c")) == document
        assert Thing(site, f"{PANELS}/panel-c").outside == {
            name: value for name, value in document.items() if name not in {"id", "version", "hidden_capabilities"}
        }

    def test_needs_a_key_only(self, site: Site) -> None:
        document = made(site.operator.post(PANELS, {"key": "panel-a"}))

        assert (document["name"], document["zone"], document["capabilities"]) == ({"en": "panel-a"}, "UTC", [])
        assert (document["accounts_from"], document["accounts_until"]) == (None, None)

    def test_closes_the_open_one_on_the_day_before(self, manager: Site) -> None:
        assert days(manager) == {
            "panel-a": (None, "2019-11-17"),
            "panel-b": ("2019-11-18", "2020-08-26"),
            "panel-c": ("2020-08-27", "2021-03-10"),
            "panel-d": ("2021-03-11", None),
        }
        closed = made(manager.operator.get(f"{PANELS}/panel-c"))
        assert closed["version"] == 2
        assert manager.events(closed["id"]) == ["panel.registered", "panel.closed"]

    def test_shows_in_the_list_of_then_only_what_was_there(self, manager: Site) -> None:
        assert days(manager, **EARLIER) == {
            "panel-a": (None, "2019-11-17"),
            "panel-b": ("2019-11-18", "2020-08-26"),
            "panel-c": ("2020-08-27", None),
        }
        assert made(manager.reader.get(f"{PANELS}/panel-c", params=EARLIER))["accounts_until"] is None
        problem(manager.reader.get(f"{PANELS}/panel-d", params=EARLIER), 404, "not_found")
        assert days(manager, as_of="0") == {}

    @pytest.mark.parametrize(
        ("first", "last", "other"),
        [
            ("2019-11-17", "2019-11-18", "panel-b"),
            ("2019-11-18", "2019-11-18", "panel-b"),
            (None, "1970-01-01", "panel-a"),
            (None, None, "panel-d"),
            ("2021-03-10", None, "panel-d"),
            ("2021-03-11", None, "panel-d"),
        ],
    )
    def test_that_overlaps_is_refused_naming_the_newest_and_closes_nothing(
        self, manager: Site, first: str | None, last: str | None, other: str
    ) -> None:
        body = {"key": a_panel_name(), "zone": WARSAW, "accounts_from": first, "accounts_until": last}
        before = days(manager)

        refusal = refused(manager, lambda: manager.operator.post(PANELS, body), 409, "panels_overlap")

        assert refusal["panel"] == other
        assert other in refusal["detail"]
        assert days(manager) == before

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"key": "Panel A"}, "/key"),
            ({"key": "lookup"}, "/key"),
            ({"key": "availability"}, "/key"),
            ({"zone": "Mars/Base"}, "/zone"),
            ({"zone": "Europe/../Paris"}, "/zone"),
            ({"accounts_from": "2021-02-29"}, "/accounts_from"),
            ({"accounts_from": "2021-03-11T00:00:00Z"}, "/accounts_from"),
            ({"accounts_until": 20210311}, "/accounts_until"),
            ({"accounts_until": "9999-12-31"}, "/accounts_until"),
            ({"capabilities": ["Log in"]}, "/capabilities/0"),
            ({"capabilities": [f"c{number}" for number in range(201)]}, "/capabilities"),
            ({"name": " "}, "/name"),
        ],
    )
    def test_with_a_part_that_cannot_be_is_refused(self, manager: Site, more: dict[str, object], pointer: str) -> None:
        body = {"key": a_panel_name(), "accounts_from": FIRST, "accounts_until": FIRST, **more}

        refusal = refused(manager, lambda: manager.operator.post(PANELS, body), 422, "invalid")

        assert refusal["errors"][0]["pointer"] == pointer

    def test_that_ends_before_it_begins_is_refused(self, manager: Site) -> None:
        body = {"key": a_panel_name(), "accounts_from": "1899-01-02", "accounts_until": FIRST}

        refused(manager, lambda: manager.operator.post(PANELS, body), 422, "ends_before_it_begins")

    def test_of_a_key_that_was_used_is_refused(self, manager: Site) -> None:
        refused(manager, lambda: manager.operator.post(PANELS, {"key": "panel-a"}), 409, "already_exists")

    def test_may_leave_days_to_nobody(self, site: Site) -> None:
        registered(site, "old", accounts_from="2019-01-01", accounts_until="2019-01-31")
        registered(site, "new", accounts_from="2019-03-01")
        site.tick()

        asked = ("2018-12-31", "2019-01-01", "2019-01-31", "2019-02-01", "2019-02-28", "2019-03-01")
        seen = [found(site, account_created_on=day)["panel"] for day in asked]

        assert seen == [None, "old", "old", None, None, "new"]


class TestLookUp:
    @pytest.mark.parametrize(("day", "panel"), BOUNDARIES)
    def test_by_day_finds_exactly_one(self, manager: Site, day: str, panel: str) -> None:
        for caller in (manager.reader, manager.operator, manager.emitter):
            answer = made(caller.get(f"{PANELS}/lookup", params={"account_created_on": day}))
            assert answer == {"panel": panel, "account_created_on": day}

    @pytest.mark.parametrize(("moment", "panel", "day"), INSTANTS)
    def test_by_instant_goes_by_the_clocks_of_the_panel(self, manager: Site, moment: str, panel: str, day: str) -> None:
        assert found(manager, account_created_at=moment) == {"panel": panel, "account_created_on": day}

    def test_knows_then_what_was_known_then(self, manager: Site) -> None:
        for day in ("2021-03-10", "2021-03-11"):
            assert found(manager, account_created_on=day, **EARLIER)["panel"] == "panel-c"
        assert found(manager, account_created_at="2021-03-11T00:00:00+01:00", **EARLIER)["panel"] == "panel-c"

    def test_before_the_first_panel_finds_none(self, manager: Site, site: Site) -> None:
        for asked in ({"account_created_on": "2020-08-27"}, {"account_created_at": "2020-08-27T12:00:00Z"}):
            nobody = {"panel": None, "account_created_on": "2020-08-27"}
            assert found(manager, **asked, as_of="0") == nobody
            assert found(site, **asked) == nobody

    @pytest.mark.parametrize(
        ("asked", "pointer"),
        [
            ({}, "/account_created_on"),
            ({"account_created_on": "2020-08-27", "account_created_at": "2020-08-27T12:00:00Z"}, "/account_created_on"),
            ({"account_created_on": "2020-02-30"}, "/account_created_on"),
            ({"account_created_on": "yesterday"}, "/account_created_on"),
            ({"account_created_on": ""}, "/account_created_on"),
            ({"account_created_on": "2020-08-27T12:00:00Z"}, "/account_created_on"),
            ({"account_created_on": "9999-12-31"}, "/account_created_on"),
            ({"account_created_at": "2020-08-27T12:00:00"}, "/account_created_at"),
            ({"account_created_at": "2020-08-27"}, "/account_created_at"),
            ({"account_created_on": "2020-08-27", "as_of": "2999-01-01T00:00:00Z"}, "/as_of"),
        ],
    )
    def test_of_what_is_no_day_is_refused(self, manager: Site, asked: dict[str, str], pointer: str) -> None:
        refusal = problem(manager.reader.get(f"{PANELS}/lookup", params=asked), 422, "invalid")

        assert [fault["pointer"] for fault in refusal["errors"]] == [pointer]


class TestRevision:
    def test_changes_name_and_capabilities_but_no_days(self, site: Site) -> None:
        panel = Thing(site, f"{PANELS}/{registered(site, 'panel-a')['key']}")

        answer = panel.act("PATCH ", {"name": "Oldest", "capabilities": ["login", "invoices"]}, if_match='"1"')

        document = answer.json()
        assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
        assert answer.headers["Bitacora-Position"] == str(site.last_position())
        assert (document["name"], document["capabilities"]) == ({"en": "Oldest"}, ["login", "invoices"])
        assert panel.inside == document
        panel.refuses("PATCH ", {"accounts_until": "2021-03-10"}, 422, "invalid")
        panel.refuses("PATCH ", {"key": "panel-b"}, 422, "invalid")

    def test_that_changes_nothing_records_nothing(self, site: Site) -> None:
        panel = Thing(site, f"{PANELS}/{registered(site, 'panel-a')['key']}")
        for body in ({}, {"capabilities": CAPABILITIES}, {"name": "panel-a"}):
            assert panel.done("PATCH ", body)["version"] == 1
        assert panel.events == ["registered"]

    def test_of_a_stale_version_is_refused(self, site: Site) -> None:
        panel = Thing(site, f"{PANELS}/{registered(site, 'panel-a')['key']}")
        panel.done("PATCH ", {"name": "Oldest"})

        refusal = problem(panel.act("PATCH ", {"name": "Old"}, if_match='"1"'), 412, "version_conflict")

        assert [event["type"] for event in refusal["events"]] == ["panel.revised"]
        assert panel.inside["name"] == {"en": "Oldest"}

    def test_moves_the_tag_of_readers_with_what_they_see(self, site: Site) -> None:
        panel = Thing(site, f"{PANELS}/{registered(site, 'panel-a')['key']}")
        site.tick()
        tag = site.reader.get(panel.path).headers["ETag"]
        assert site.reader.get(panel.path, headers={"If-None-Match": tag}).status_code == 304

        panel.done("PATCH ", {"name": {"en": "Oldest", "es": "El más antiguo"}})
        site.tick()

        assert site.reader.get(panel.path, headers={"If-None-Match": tag}).status_code == 200
        assert made(site.reader.get(panel.path, params={"lang": "es"}))["name"] == "El más antiguo"
        assert made(site.reader.get(PANELS, params={"lang": "en"}))["data"][0]["name"] == "Oldest"


class TestNobody:
    def test_is_not_found(self, manager: Site) -> None:
        for caller in (manager.reader, manager.operator):
            for path in (f"{PANELS}/panel-z", f"{PANELS}/panel-z/availability"):
                problem(caller.get(path), 404, "not_found")
        refused(manager, lambda: manager.operator.patch(f"{PANELS}/panel-z", {"name": "Z"}), 404, "not_found")
