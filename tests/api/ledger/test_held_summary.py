"""When a cause ended, as the summary of its requests says: also one that was dismissed, withdrawn or cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from tests.api.client import Site, at, made, written
from tests.api.command import a_key
from tests.api.ledger_steps import BY_HAND, a_cause, a_request, counts, decided, ended, handed_in, settle_down, summary
from tests.api.windows import planned

if TYPE_CHECKING:
    from collections.abc import Callable

CAUSES = "/v1/held-requests/causes/summary"
WHY = {"reason": "It was none."}
WARSAW, CIVIL = ZoneInfo("Europe/Warsaw"), "%Y-%m-%dT%H:%M"
Json = dict[str, Any]


def dismissed(site: Site) -> tuple[Json, Callable[[], None]]:
    """Give a private incident, and let it be dismissed."""
    cause = a_cause(site, order=BY_HAND)
    return cause, lambda: _do(site, f"/v1/incidents/{cause['id']}/dismissal", WHY)


def withdrawn(site: Site) -> tuple[Json, Callable[[], None]]:
    """Give a public incident, and let it be withdrawn."""
    cause = a_cause(site, order=BY_HAND)
    _do(site, f"/v1/incidents/{cause['id']}/publication", WHY)
    return cause, lambda: _do(site, f"/v1/incidents/{cause['id']}/withdrawal", WHY)


def cancelled(site: Site) -> tuple[Json, Callable[[], None]]:
    """Give a window that begins in three minutes, and let it be cancelled."""
    component = site.component(a_key())["key"]
    start, end = ((site.clock.moment + timedelta(minutes=after)).astimezone(WARSAW) for after in (3, 60))
    times = {"start": f"{start:{CIVIL}}", "end": f"{end:{CIVIL}}", "remind_before": []}
    window = planned(site, components={component: "partial_outage"}, **times)
    return {"type": "maintenance_window", "id": window.id}, lambda: _do(site, f"{window.path}/cancellation", WHY)


def _do(site: Site, path: str, body: Json) -> None:
    made(site.operator.post(path, body))


@pytest.fixture(params=[dismissed, withdrawn, cancelled])
def cause(request: pytest.FixtureRequest, shared_site: Site) -> tuple[Json, Callable[[], None]]:
    """A cause that goes on, and how it comes to be none."""
    found: tuple[Json, Callable[[], None]] = request.param(shared_site)
    return found


class TestSummaryOfCauseThatNeverWas:
    def test_says_when_it_ended(self, shared_site: Site, cause: tuple[Json, Callable[[], None]]) -> None:
        named, end = cause
        before = summary(shared_site, named["id"])
        position = shared_site.tick()
        moment = shared_site.clock.moment

        end()

        after = summary(shared_site, named["id"])
        assert after == before | {
            "ended_at": written(moment),
            "reconciled": True,
            "reconciled_at": written(moment),
        }
        assert (before["ended_at"], before["reconciled"], before["reconciled_at"]) == (None, False, None)
        assert summary(shared_site, named["id"], as_of=str(position)) == before

    def test_says_so_also_where_something_of_it_is_open(
        self, shared_site: Site, cause: tuple[Json, Callable[[], None]]
    ) -> None:
        named, end = cause
        line = a_request(named, received_at=written(shared_site.clock.moment))
        handed_in(shared_site, [line | {"kind": "invoice"}])
        moment = shared_site.clock.moment
        end()
        settle_down(shared_site)
        assert counts(shared_site, named["id"])["to_check"] == 1
        shared_site.set_clock(moment + timedelta(minutes=5))

        told = summary(shared_site, named["id"])

        assert (told["ended_at"], told["reconciled"], told["reconciled_at"]) == (written(moment), False, None)


class TestSummaryOfResolvedIncident:
    def test_says_when_it_was_resolved(self, shared_site: Site) -> None:
        cause = a_cause(shared_site)
        moment = shared_site.clock.moment

        ended(shared_site, cause)

        told = summary(shared_site, cause["id"])
        shown = made(shared_site.operator.get(f"/v1/incidents/{cause['id']}"))
        assert told["ended_at"] == shown["resolved_at"] == written(moment)


class TestSummaryOfOpenCauses:
    def test_counts_what_is_open_by_cause_and_without_one(self, site: Site) -> None:
        over, done = (a_cause(site, order=BY_HAND) for _ in range(2))
        ended(site, over)
        ended(site, done)
        site.set_clock(at("08:01"))
        going_on = a_cause(site, order=BY_HAND)
        handed_in(site, [a_request(over), a_request(over), a_request(going_on), a_request(None)])
        site.tick()

        found = made(site.operator.get(CAUSES))

        assert (found["open"], found["unassigned"]) == (4, 1)
        assert found["causes"] == [
            {"cause": going_on, "ended_at": None, "open": 1},
            {"cause": over, "ended_at": summary(site, over["id"])["ended_at"], "open": 2},
        ]

    def test_does_not_count_what_is_settled(self, site: Site) -> None:
        decided(site)
        site.tick()

        assert made(site.operator.get(CAUSES)) == {"open": 0, "unassigned": 0, "causes": []}
