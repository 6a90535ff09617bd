"""The requests of the night in which a hub was upgraded, from the first that was held to the last that was checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from domain.access.keyring import Role
from tests.api.client import made, written
from tests.api.ledger_steps import (
    RESENDS,
    RUNS,
    Held,
    a_request,
    bulk,
    carried_out,
    counts,
    leased,
    listed,
    rehearsed,
    reported,
    settle_down,
    streamed,
    summary,
)
from tests.api.upgrade import PLAN, july

if TYPE_CHECKING:
    from tests.api.client import Site

KINDS = ("order", "stock_change", "price_change", "sale_notification")
MANY = 5_000
OF_A_KIND = MANY // len(KINDS)
TWICE = THRICE = 150
FAILED, ALREADY_THERE, BATCH = 10, 40, 250
ONE_BY_ONE = 5
END, DEADLINE = "28T08:00:00", "31T08:00:00"
POLICIES = {"stock_change": "source_resends", "price_change": "source_resends", "sale_notification": "source_retries"}
Stage = dict[str, Any]


@dataclass
class Requests:
    """What was counted at each stage, and where the log stood then."""

    site: Site
    path: str
    cause: dict[str, str]
    counted: dict[str, Stage] = field(default_factory=dict)
    moments: dict[str, datetime] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    reports: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def window(self) -> dict[str, Any]:
        """The window, as operators see it."""
        self.site.tick()
        return made(self.site.operator.get(self.path))

    def note(self, stage: str) -> None:
        """Count, and remember where the log stands."""
        self.positions[stage] = self.site.tick()
        self.moments[stage] = self.site.clock.moment
        self.counted[stage] = summary(self.site, self.cause["id"])

    def report(self, stage: str, report: dict[str, Any]) -> None:
        """Remember what was answered."""
        self.reports.setdefault(stage, []).append(report)


def live_through(site: Site) -> Requests:
    """Let the night go by, and the days after it, until nothing is open."""
    policies = {kind: {"policy": policy} for kind, policy in POLICIES.items()}
    plan = {**PLAN, "request_policies": {"order": {"policy": "reprocess"}, **policies}}
    site.component("order-import", since="2024-01-01")
    planned = made(site.operator.post("/v1/maintenance-windows", plan))
    cause = {"type": "maintenance_window", "id": planned["id"]}
    night = Requests(site, f"/v1/maintenance-windows/{planned['id']}", cause)
    night.note("announced")
    for stage, moment, act in STAGES:
        site.set_clock(july(moment))
        act(night)
        night.note(stage)
    return night


def every_request(cause: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Give the requests, in the order in which they were received, from the first moment of the window to its last."""
    pause = timedelta(hours=4) / MANY
    for number in range(MANY):
        moment = written(july("28T04:00:00") + number * pause)
        kind = KINDS[number % len(KINDS)]
        yield a_request(cause, f"{kind}-{number}", kind=kind, received_at=moment, source=f"{kind}-source")


def _hand_in(night: Requests, first: int, last: int) -> None:
    """Hand a part of them in, some of which come twice or three times."""
    part = list(islice(every_request(night.cause), first, last))
    again = [each for number, each in enumerate(part, first) if number < TWICE + THRICE]
    thrice = [each for number, each in enumerate(part, first) if number < THRICE]
    night.report("held", streamed(night.site, [*part, *again, *thrice]))


def _end(night: Requests) -> None:
    night.counted["at the end"] = summary(night.site, night.cause["id"])
    settle_down(night.site)


def _reprocess(night: Requests) -> None:
    site = night.site
    (run,) = made(site.emitter.get(RUNS, params={"cause": night.cause["id"]}))["data"]
    path = f"{RUNS}/{run['id']}"
    number = 0
    while batch := leased(site, path, BATCH):
        results = {}
        for each in batch:
            results[each["id"]] = _result(number)
            number += 1
        night.report("reprocessed", reported(site, path, results))
        site.set_clock(site.clock.moment + timedelta(seconds=30))
    night.report("run", made(site.emitter.get(path)))


def _result(number: int) -> str:
    if number < FAILED:
        return "failed"
    return "already_there" if number < FAILED + ALREADY_THERE else "done"


def _resend(night: Requests) -> None:
    stock = [each for each in every_request(night.cause) if each["kind"] == "stock_change"]
    half = stock[: OF_A_KIND // 2]
    moment = written(night.site.clock.moment)
    named = [{name: each[name] for name in ("source", "kind", "reference", "digest")} for each in half]
    resends = [{**each, "received_at": moment} for each in named]
    night.report("resent", streamed(night.site, resends, RESENDS))
    night.report("resent", streamed(night.site, resends, RESENDS))
    # The same file again, from the intake, settles nothing.
    night.report("resent", streamed(night.site, (each for each in stock if each not in half)))


def _decide_in_bulk(night: Requests, *kinds: str) -> None:
    for kind in kinds:
        for each in listed(night.site, cause=night.cause["id"], kind=kind, state="to_check")[:ONE_BY_ONE]:
            Held(night.site, each["id"]).done("claim", by=night.site.a(Role.ADMIN))
        body = bulk("resent", f"Seen in the {kind} system.", cause=night.cause, kind=kind)
        rehearsal = rehearsed(night.site, body)
        night.report("rehearsed", rehearsal)
        night.report("decided", made(carried_out(night.site, body, rehearsal["token"])))


def _decide_one_by_one(night: Requests) -> None:
    site = night.site
    left = listed(site, cause=night.cause["id"], state="to_check")
    for number, each in enumerate(left, 1):
        request = Held(site, each["id"])
        if each["claim"] is None:
            request.done("claim", by=site.a(Role.ADMIN))
        if number == len(left):
            night.note("last one")
            site.set_clock(site.clock.moment + timedelta(minutes=1))
        request.done("decision", {"outcome": "done_now", "note": "Entered by hand."}, by=site.a(Role.ADMIN))


def _nothing(_: Requests) -> None:
    pass


def _past_the_deadline(night: Requests) -> None:
    """Let the clock come back until nothing waits any more for its source: it does some at a time."""
    while counts(night.site, night.cause["id"])["awaiting_source"]:
        night.site.set_clock(night.site.clock.moment + timedelta(milliseconds=1))


def _just_before_the_end(night: Requests) -> None:
    _hand_in(night, 3_000, MANY)
    assert counts(night.site, night.cause["id"])["held"] == MANY


STAGES: tuple[tuple[str, str, Callable[[Requests], None]], ...] = (
    ("begun", "28T04:00:00", _nothing),
    ("at five", "28T05:00:00", lambda night: _hand_in(night, 0, 1_000)),
    ("at seven", "28T07:00:00", lambda night: _hand_in(night, 1_000, 3_000)),
    ("held", "28T07:59:59.999999", _just_before_the_end),
    ("ended", END, _end),
    ("reprocessed", "28T09:00:00", _reprocess),
    ("resent", "29T08:00:00", _resend),
    ("before the deadline", "31T07:59:59.999999", _nothing),
    ("past the deadline", DEADLINE, _past_the_deadline),
    ("in bulk", "31T08:10:00", lambda night: _decide_in_bulk(night, *KINDS[1:])),
    ("reconciled", "31T08:20:00", _decide_one_by_one),
)
