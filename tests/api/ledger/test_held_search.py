"""How a request is found: by its reference, by a civil day, in order of time, and by every filter as a body."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.client import Site, made, problem
from tests.api.commands import a_key
from tests.api.ledger_steps import (
    BY_HAND,
    NOTES,
    REQUESTS,
    RESENDS,
    SEARCH,
    Held,
    a_cause,
    a_request,
    bulk,
    ended,
    exported,
    handed_in,
    in_bulk,
    listed,
    rehearsed,
)
from tests.api.pages import pages

pytestmark = pytest.mark.both_stores


def found(site: Site, **asked: object) -> list[str]:
    """Search by a body, page after page, and give the references."""
    references: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = made(site.auditor.post(SEARCH, {"limit": 2, **asked, **cursor}))
        references += [each["reference"] for each in page["data"]]
        if not page["has_more"]:
            assert page["next_cursor"] is None
            return references
        cursor = {"cursor": page["next_cursor"]}


def _resend(request: dict[str, Any]) -> dict[str, Any]:
    """Say that a request was sent again."""
    said = {name: request[name] for name in ("source", "kind", "reference")}
    return {**said, "received_at": "2025-03-04T07:59:00Z"}


def named(requests: list[dict[str, Any]]) -> list[str]:
    """Give their references."""
    return [each["reference"] for each in requests]


class TestReference:
    def test_finds_what_a_source_calls_so_whatever_its_kind(self, shared_site: Site) -> None:
        name = f"#{a_key()}/é%_'\""
        handed_in(shared_site, [a_request(None, name, kind=kind) for kind in ("order", "invoice")])
        handed_in(shared_site, [a_request(None, f"{name}-more"), a_request(None)])

        assert named(listed(shared_site, reference=name)) == [name, name]
        assert named(listed(shared_site, reference=name, kind="invoice")) == [name]
        assert listed(shared_site, reference=name.upper()) == []

    def test_can_be_one_of_fifty_in_a_query_and_of_a_thousand_in_a_search(self, shared_site: Site) -> None:
        requests = [a_request(None) for _ in range(3)]
        handed_in(shared_site, requests)
        names = named(requests)
        shared_site.tick()

        answer = shared_site.auditor.get(REQUESTS, params={"reference": [*names[:2], *map(str, range(48))]})

        assert sorted(named(made(answer)["data"])) == sorted(names[:2])
        problem(shared_site.auditor.get(REQUESTS, params={"reference": [*map(str, range(51))]}), 422, "invalid")
        many = [*names, *(f"nothing-{number}" for number in range(997))]
        assert sorted(found(shared_site, references=many)) == sorted(names)
        problem(shared_site.auditor.post(SEARCH, {"references": [*many, "one more"]}), 422, "invalid")

    def test_can_be_named_by_how_it_begins(self, shared_site: Site) -> None:
        prefix = f"{a_key()}\ud7ff"
        handed_in(shared_site, [a_request(None, f"{prefix}{end}") for end in ("", "1", "22", "\U0010ffff")])
        handed_in(shared_site, [a_request(None, f"{prefix[:-1]}{end}") for end in ("", "\ue000", "\ud7fe\U0010ffff")])

        assert len(listed(shared_site, reference_prefix=prefix)) == 4
        assert len(found(shared_site, reference_prefix=prefix)) == 4
        problem(shared_site.auditor.get(REQUESTS, params={"reference_prefix": "ab"}), 422, "invalid")

    def test_narrows_exports_down(self, shared_site: Site) -> None:
        request = a_request(None)
        handed_in(shared_site, [request, a_request(None)])
        shared_site.tick()

        for form in ("csv", "ndjson"):
            text = shared_site.auditor.get(f"{REQUESTS}.{form}", params={"reference": request["reference"]}).text
            assert len(text.splitlines()) == (2 if form == "csv" else 1)
            assert request["reference"] in text


class TestTrait:
    def test_finds_what_came_to_a_request_and_is_easily_overlooked(self, shared_site: Site) -> None:
        site, kind = shared_site, a_key()
        cause, going_on = a_cause(site, **{kind: BY_HAND}), a_cause(site)
        ended(site, cause)
        changed, plain, differs = (a_request(cause, kind=kind) for _ in range(3))
        twin, resent = a_request(going_on, kind=kind), a_request(going_on, kind=kind)
        lonely = twin | {"cause": None}
        handed_in(site, [changed, plain, twin, lonely, resent])
        handed_in(site, [differs])
        made(site.emitter.post(RESENDS, [_resend(differs) | {"digest": "2" * 64}]))
        in_bulk(site, bulk(kind=kind, state="to_check"))
        handed_in(site, [changed | {"digest": "1" * 64}])
        (unassigned,) = listed(site, kind=kind, cause="unassigned")
        Held(site, unassigned["id"]).done("cause", going_on, by=site.operator)
        made(site.emitter.post(RESENDS, [_resend(resent)]))
        expected = {
            "changed_after_settlement": [changed],
            "opened_again": [changed],
            "merged": [lonely, twin],
            "resend_kept": [resent],
            "digest_differs": [differs],
        }
        site.tick()

        for trait, requests in expected.items():
            names = sorted(named(requests))
            assert sorted(named(listed(site, kind=kind, trait=trait))) == names, trait
            assert sorted(found(site, kind=kind, trait=trait)) == names, trait
            assert sorted(named(exported(site, kind=kind, trait=trait))) == names, trait
            assert rehearsed(site, {"filter": {"kind": kind, "trait": trait}, "note": "seen"}, NOTES)["count"] == len(
                names
            )
            assert listed(site, kind=kind, trait=trait, label="no-such-label") == []
        problem(site.auditor.get(REQUESTS, params={"trait": "odd"}), 422, "invalid")

    def test_is_no_label_of_anybody(self, shared_site: Site) -> None:
        problem(shared_site.auditor.get(REQUESTS, params={"label": ":merged"}), 422, "invalid")


class TestDay:
    @pytest.mark.parametrize(
        ("zone", "day", "first", "last"),
        [
            (None, "2021-03-09", "2021-03-09T00:00:00Z", "2021-03-09T23:59:59.999999Z"),
            ("Europe/Warsaw", "2021-03-09", "2021-03-08T23:00:00Z", "2021-03-09T22:59:59.999999Z"),
            # The day on which the clocks go forward has 23 hours, the one on which they go back has 25.
            ("Europe/Warsaw", "2021-03-28", "2021-03-27T23:00:00Z", "2021-03-28T21:59:59.999999Z"),
            ("Europe/Warsaw", "2021-10-31", "2021-10-30T22:00:00Z", "2021-10-31T22:59:59.999999Z"),
            # Midnight is skipped here, and comes twice there.
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T01:59:59.999999Z"),
            ("America/Havana", "2021-11-07", "2021-11-07T04:00:00Z", "2021-11-08T04:59:59.999999Z"),
            ("Pacific/Kiritimati", "2021-03-09", "2021-03-08T10:00:00Z", "2021-03-09T09:59:59.999999Z"),
        ],
    )
    def test_is_that_of_the_clocks_of_a_zone(
        self, shared_site: Site, zone: str | None, day: str, first: str, last: str
    ) -> None:
        kind = a_key()
        edges = [datetime.fromisoformat(edge) for edge in (first, last)]
        around = [edges[0] - timedelta(microseconds=1), *edges, edges[1] + timedelta(microseconds=1)]
        handed_in(
            shared_site,
            [a_request(None, f"{kind}-{n}", kind=kind, received_at=at.isoformat()) for n, at in enumerate(around)],
        )
        asked = {"kind": kind, "received_on": day, **({"zone": zone} if zone else {})}

        assert named(listed(shared_site, **asked)) == [f"{kind}-1", f"{kind}-2"]
        assert found(shared_site, **asked) == [f"{kind}-1", f"{kind}-2"]
        assert named(listed(shared_site, **asked, received_from=last)) == [f"{kind}-2"]
        assert named(listed(shared_site, **asked, received_until=last)) == [f"{kind}-1"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"received_on": "yesterday"},
            {"received_on": "2021-02-30"},
            {"received_on": "9999-12-31"},
            {"received_on": "2021-03-09", "zone": "Mars/Olympus"},
            {"received_on": "2021-03-09", "zone": "../../etc/passwd"},
            {"zone": "Europe/Warsaw"},
        ],
        ids=str,
    )
    def test_that_cannot_be_is_refused(self, shared_site: Site, wrong: dict[str, str]) -> None:
        problem(shared_site.auditor.get(REQUESTS, params=wrong), 422, "invalid")
        problem(shared_site.auditor.post(SEARCH, wrong), 422, "invalid")


class TestSort:
    def test_is_by_time_either_way_and_goes_on_where_it_ended(self, shared_site: Site) -> None:
        kind = a_key()
        moments = [f"2025-03-04T07:{minute:02}:00Z" for minute in (5, 1, 3, 3, 2)]
        handed_in(shared_site, [a_request(None, kind=kind, received_at=moment) for moment in moments])
        shared_site.tick()
        oldest_first = [each["id"] for each in listed(shared_site, kind=kind)]

        for sort, expected in (("received_at", oldest_first), ("-received_at", oldest_first[::-1])):
            asked = {"kind": kind, "sort": sort}
            seen = [each["id"] for page in pages(shared_site.auditor, REQUESTS, limit=2, **asked) for each in page]
            assert seen == expected
            names = [each["reference"] for each in listed(shared_site, **asked)]
            assert found(shared_site, **asked) == names

    def test_stands_still_while_more_come(self, shared_site: Site) -> None:
        kind = a_key()
        handed_in(shared_site, [a_request(None, str(number), kind=kind) for number in range(4)])
        shared_site.tick()
        asked = {"kind": kind, "sort": "-received_at", "limit": 2}
        first = made(shared_site.auditor.get(REQUESTS, params=asked))
        handed_in(shared_site, [a_request(None, "new", kind=kind, received_at="2025-03-04T07:59:00Z")])
        shared_site.tick()

        rest = made(shared_site.auditor.get(REQUESTS, params={**asked, "cursor": first["next_cursor"]}))

        assert len({*named(first["data"]), *named(rest["data"])}) == 4
        assert "new" not in named(rest["data"])

    def test_of_another_kind_is_refused(self, shared_site: Site) -> None:
        problem(shared_site.auditor.get(REQUESTS, params={"sort": "state"}), 422, "invalid")


class TestSearch:
    def test_takes_every_filter_of_the_query(self, shared_site: Site) -> None:
        described = shared_site.app.openapi()
        shared = described["components"]["parameters"]
        parameters = described["paths"][REQUESTS]["get"]["parameters"]
        named_here = [shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in parameters]
        asked = {each["name"] for each in named_here if each["in"] == "query"}
        taken = set(described["components"]["schemas"]["SearchBody"]["properties"])

        assert asked - {"as_of", "min_position", "reference"} == taken - {"references", "ids"}

    def test_finds_what_the_query_finds(self, shared_site: Site) -> None:
        kind = a_key()
        handed_in(shared_site, [a_request(None, kind=kind, source=source) for source in ("shop", "erp", "shop")])
        shared_site.tick()
        for asked in (
            {"kind": kind},
            {"kind": kind, "source": "erp"},
            {"kind": kind, "cause": "unassigned", "state": "open"},
            {"kind": kind, "evidence": "none", "older_than": "1m"},
            {"kind": kind, "claimed_by": "nobody"},
            {"kind": kind, "received_from": "2025-03-04T07:30:00Z", "received_until": "2025-03-04T07:30:01Z"},
        ):
            assert found(shared_site, **asked) == named(listed(shared_site, **asked))

    def test_is_as_of_a_position_and_shows_nothing_to_others(self, shared_site: Site) -> None:
        kind = a_key()
        handed_in(shared_site, [a_request(None, kind=kind)])
        position = shared_site.tick()
        handed_in(shared_site, [a_request(None, kind=kind)])
        shared_site.tick()

        then = shared_site.auditor.post(f"{SEARCH}?as_of={position}", {"kind": kind})

        assert len(made(then)["data"]) == 1
        assert then.headers["Bitacora-Position"] == str(position)
        assert (then.headers["Cache-Control"], then.headers.get("ETag")) == ("no-store", None)
        problem(shared_site.reader.post(SEARCH, {}), 401, "not_authenticated")
        problem(shared_site.emitter.post(SEARCH, {}), 403, "forbidden")
