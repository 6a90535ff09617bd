"""Two thousand orders of a day that a backup does not have: found again, looked up, decided, signed, reconciled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.access.keyring import Role
from tests.api.client import made, written
from tests.api.data_centre import DAY_OF_LOSS, LOSS, local, march
from tests.api.ledger_steps import (
    FOUR_EYES,
    SIGNATURES,
    Held,
    a_request,
    bulk,
    carried_out,
    handed_in,
    in_bulk,
    listed,
    rehearsed,
    settle_down,
    streamed,
    summary,
)
from tests.api.panel_steps import CAPABILITIES, Restoration, lost, registered

if TYPE_CHECKING:
    from tests.api.client import Caller, Site

MANY, EARLY, WITH_EVIDENCE = 2_000, 500, 1_200
ONE_BY_ONE, CANNOT_TELL, RETURNED, SIGNED = 40, 5, 30, 50
FIRST = "08T22:00"
"""When the gap begins at the earliest."""
RESTORED = "14T08:00"


@dataclass
class Orders:
    """What was counted at each stage, and where the log stood then."""

    site: Site
    panel: Restoration
    counted: dict[str, dict[str, Any]] = field(default_factory=dict)
    moments: dict[str, datetime] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def cause(self) -> dict[str, str]:
        """What held them up."""
        return {"type": "restoration", "id": self.panel.id}

    @property
    def second(self) -> Caller:
        """Whoever signs."""
        return self.site.a(Role.ADMIN)

    def in_state(self, state: str, **asked: str) -> list[Held]:
        """Give those of a state, the longest held first."""
        found = listed(self.site, cause=self.panel.id, state=state, **asked)
        return [Held(self.site, each["id"]) for each in found]

    def note(self, stage: str) -> None:
        """Count, and remember where the log stands."""
        self.positions[stage] = self.site.tick()
        self.moments[stage] = self.site.clock.moment
        self.counted[stage] = summary(self.site, self.panel.id)


def live_through(site: Site) -> Orders:
    """Let the weeks go by until nothing is open."""
    registered(site, "panel-a", accounts_until="2019-11-17")
    site.set_clock(march("10T01:30"))
    panel = lost(site, "panel-a", lost_at=local(LOSS), request_policies={"order": FOUR_EYES})
    orders = Orders(site, panel)
    orders.note("lost")
    for stage, clock, act in STAGES:
        site.set_clock(march(clock))
        act(orders)
        orders.note(stage)
    return orders


def every_order(cause: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Give the orders, from the first moment of the gap to the last before the loss."""
    pause = (march(LOSS) - march(FIRST)) / MANY
    for number in range(MANY):
        moment = written(march(FIRST) + number * pause)
        yield a_request(cause, f"order-{number:04}", received_at=moment, source="marketplace")


def _hand_in_early(orders: Orders) -> None:
    orders.reports["early"] = streamed(orders.site, list(every_order(orders.cause))[:EARLY])


def _restore(orders: Orders) -> None:
    point = {"as_of": local("09T00:00"), "tolerance": "2h", "missing": ["shipments", "invoices"]}
    orders.panel.done("recovery-point", point)
    orders.panel.done("access-restored", {"note": {"en": "The servers answer."}})
    settle_down(orders.site)


def _hand_in_late(orders: Orders) -> None:
    every = list(every_order(orders.cause))
    before = a_request(orders.cause, received_at=written(march(FIRST) - timedelta(minutes=5, microseconds=1)))
    after = a_request(orders.cause, received_at=written(march(RESTORED) + timedelta(minutes=5, microseconds=1)))
    orders.reports["late"] = streamed(orders.site, [*every, before, after])
    # Other policies come too late for what was disposed of by those of then.
    orders.panel.done("PATCH ", {"request_policies": {"order": None}, "because": "We need no second person."})
    orders.panel.done("PATCH ", {"request_policies": {"order": FOUR_EYES}, "because": "We do."})


def _find_evidence(orders: Orders) -> None:
    reviewer = orders.site.a(Role.REVIEWER)
    for number, order in enumerate(orders.in_state("to_check")[:WITH_EVIDENCE]):
        found = {"kind": "shipment_number", "source": "marketplace", "value": f"PL{number:08}"}
        order.done("evidence", {**found, "suggests": "already_done"}, by=reviewer)


def _decide_by_evidence(orders: Orders) -> None:
    body = bulk("already_done", "The marketplace knows the shipment.", cause=orders.cause, evidence="already_done")
    orders.reports["rehearsed"] = rehearsed(orders.site, body)
    orders.reports["decided"] = made(carried_out(orders.site, body, orders.reports["rehearsed"]["token"]))


def _decide_the_rest(orders: Orders) -> None:
    chosen = orders.in_state("to_check")[:ONE_BY_ONE]
    for number, order in enumerate(chosen):
        outcome = "cannot_tell" if number < CANNOT_TELL else "done_now"
        order.done("claim")
        order.done("decision", {"outcome": outcome, "note": "Asked the buyer."})
    body = bulk("done_now", "Sent today.", cause=orders.cause, evidence="none", received_until=local(DAY_OF_LOSS))
    orders.reports["of the day"] = in_bulk(orders.site, body)


def _sign_and_return(orders: Orders) -> None:
    waiting = orders.in_state("awaiting_signature")
    body = {"filter": {"cause": orders.cause}, "note": "Twenty of them looked right."}
    orders.reports["own"] = rehearsed(orders.site, body, SIGNATURES)
    for order in waiting[:RETURNED]:
        order.done("return", {"reason": "The number is of another parcel."}, by=orders.second)
    for order in waiting[RETURNED : RETURNED + SIGNED]:
        order.done("signature", {"note": "Seen."}, by=orders.second)
    orders.reports["signed"] = in_bulk(orders.site, body, SIGNATURES, by=orders.second)


def _complete(orders: Orders) -> None:
    orders.panel.done("completion", {"given_up": CAPABILITIES})


def _finish(orders: Orders) -> None:
    """Decide what is left, the other way round: who signed decides, and who decided signs."""
    body = bulk("done_now", "Sent after all.", cause=orders.cause)
    orders.reports["left"] = in_bulk(orders.site, body, by=orders.second)
    *waiting, last = orders.in_state("awaiting_signature")
    for order in waiting:
        order.done("signature")
    orders.note("last one")
    orders.site.set_clock(orders.site.clock.moment + timedelta(minutes=1))
    last.done("signature")


def _hand_in_again(orders: Orders) -> None:
    orders.reports["again"] = handed_in(orders.site, list(every_order(orders.cause)))


STAGES: tuple[tuple[str, str, Callable[[Orders], None]], ...] = (
    ("early", "12T09:00", _hand_in_early),
    ("restored", RESTORED, _restore),
    ("late", "14T09:00", _hand_in_late),
    ("with evidence", "14T12:00", _find_evidence),
    ("by evidence", "15T09:00", _decide_by_evidence),
    ("decided", "15T12:00", _decide_the_rest),
    ("signed", "16T09:00", _sign_and_return),
    ("completed", "26T12:00", _complete),
    ("reconciled", "27T12:00", _finish),
    ("handed in again", "28T12:00", _hand_in_again),
)
