"""What the times of a plan mean, asked before anything is planned."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Site, at, made, problem

TIMES, DATES = "/v1/maintenance-windows/times", "/v1/maintenance-series/dates"
NIGHT: dict[str, Any] = {
    "zone": "America/Sao_Paulo",
    "start": "2025-07-28T01:00",
    "duration": "4h",
    "markets": [{"market": "MX", "zone": "America/Mexico_City"}, {"market": "CL", "zone": "America/Santiago"}],
}
SUNDAYS = {"zone": "Europe/Warsaw", "start": "2025-03-16T02:30", "duration": "1h", "rule": "FREQ=WEEKLY"}


class TestTimes:
    def test_are_given_by_the_clocks_of_each_market(self, shared_site: Site) -> None:
        operator, before = shared_site.operator, shared_site.tick()

        times = made(operator.post(TIMES, NIGHT))

        assert (times["starts_at"], times["ends_at"]) == ("2025-07-28T04:00:00Z", "2025-07-28T08:00:00Z")
        assert [(each["market"], each["start"], each["end"]) for each in times["local_times"]] == [
            ("MX", "2025-07-27T22:00-06:00", "2025-07-28T02:00-06:00"),
            ("CL", "2025-07-28T00:00-04:00", "2025-07-28T04:00-04:00"),
        ]
        assert shared_site.tick() == before

    @pytest.mark.parametrize(
        ("more", "code", "pointer"),
        [
            ({"zone": "Europe/Warsaw", "start": "2025-03-30T02:30"}, "nonexistent_time", "/start"),
            ({"zone": "Europe/Warsaw", "start": "2025-10-26T02:30"}, "ambiguous_time", "/start"),
            ({"zone": "Europe/Nowhere"}, "invalid", "/zone"),
            ({"markets": [{"market": "MX", "zone": "America/Nowhere"}]}, "invalid", "/markets/0/zone"),
            ({"end": "2025-07-28T02:00"}, "invalid", "/end"),
            ({"duration": None}, "invalid", "/end"),
        ],
    )
    def test_are_refused_as_a_plan_with_them_is(
        self, shared_site: Site, more: dict[str, Any], code: str, pointer: str
    ) -> None:
        body = {**NIGHT, **more}

        refusals = [
            problem(shared_site.operator.post(TIMES, body), 422, code),
            problem(shared_site.operator.post("/v1/maintenance-windows", {**body, "title": "Upgrade"}), 422, code),
        ]

        assert refusals[0]["detail"] == refusals[1]["detail"]
        assert [refusal["errors"][0]["pointer"] for refusal in refusals] == [pointer, pointer]

    def test_that_end_before_they_begin_are_refused(self, shared_site: Site) -> None:
        body = {**NIGHT, "duration": None, "end": "2025-07-28T00:00"}

        problem(shared_site.operator.post(TIMES, body), 422, "ends_before_it_begins")


class TestDates:
    def test_are_the_next_ten_with_those_of_which_no_window_can_be_made(self, shared_site: Site) -> None:
        operator, before = shared_site.operator, shared_site.tick()

        found = made(operator.post(DATES, {**SUNDAYS, "exdates": ["2025-04-06"]}))

        assert found["rule"] == "FREQ=WEEKLY"
        assert [each["occurrence"] for each in found["coming"]][:4] == [
            *("2025-03-16T02:30", "2025-03-23T02:30", "2025-03-30T02:30", "2025-04-13T02:30")
        ]
        assert len(found["coming"]) == 10
        first, _, third, *_ = found["coming"]
        assert (first["times"]["starts_at"], first["because"]) == ("2025-03-16T01:30:00Z", None)
        assert third["times"] is None
        assert third["because"].startswith("no clock in Europe/Warsaw shows 2025-03-30T02:30:00")
        assert shared_site.tick() == before

    def test_leave_out_what_has_begun(self, shared_site: Site) -> None:
        assert shared_site.clock.moment == at("08:00")

        found = made(shared_site.operator.post(DATES, {**SUNDAYS, "start": "2025-02-02T02:30", "ambiguous": "later"}))

        assert found["coming"][0]["occurrence"] == "2025-03-09T02:30"
        assert [each["because"] for each in found["coming"]] == [None] * 10

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"rule": "FREQ=WEEKLY;BYDAY=-6SU"}, "/rule"),
            ({"rule": "FREQ=DAILY;UNTIL=20250201"}, "/rule"),
            ({"rule": "FREQ=DAILY;COUNT=2", "start": "2025-02-02T02:30"}, "/rule"),
            ({"exdates": ["2025-03-17"]}, "/exdates/0"),
            ({"duration": None}, "/end"),
            ({"zone": "Europe/Nowhere"}, "/zone"),
        ],
    )
    def test_of_a_rule_that_cannot_be_are_refused(self, shared_site: Site, more: dict[str, Any], pointer: str) -> None:
        refusal = problem(shared_site.operator.post(DATES, {**SUNDAYS, **more}), 422, "invalid")

        assert [fault["pointer"] for fault in refusal["errors"]] == [pointer]
