"""The orders that fell between backup and loss: two thousand, each checked by hand lest it be sent twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from application.caller import Caller
from application.facade import Service
from application.ledger.intake import RequestEntry
from application.log import Log
from application.targets import Target
from domain.ledger.cause import Cause, CauseType
from domain.ledger.held_request import Content, Finding, HeldRequest, Outcome, Reference, RequestState

OPERATOR = Caller(actor="token:demo-emitter", source="demo", request_id="demo-order-manager")
FIRST = Caller(actor="token:demo-reviewer", source="demo", request_id="demo-order-manager")
SECOND = Caller(actor="token:demo-second-reviewer", source="demo", request_id="demo-order-manager")
FIRST_PERSON, SECOND_PERSON = "Demo reviewer", "Demo second reviewer"
SEED = 20210309
OF_EACH, SHIPPED, BY_HAND, UNSIGNED = 1_000, 600, 30, 40
"""Of each panel: how many orders, how many of them with a shipment number; of the first panel, how many of the others
are left to be checked by hand, and how many decisions to be signed."""
MIDNIGHT = datetime(2021, 3, 8, 23, tzinfo=UTC)
SHIPMENT = "The marketplace knows the shipment: it was sent that day."
CALLED = "The courier's panel knows no such parcel; it was packed anew and sent."

Step = tuple[datetime, Callable[[Log], Any]]


class GapOrders:
    """The orders of one panel, made from a fixed seed."""

    def __init__(self, service: Service, restorations: Mapping[str, UUID], panel: str) -> None:
        """Hand them in to ``service``; the restoration of ``panel`` is known once access is lost."""
        self._service = service
        self._restorations = restorations
        self._panel = panel
        self._random = Random(f"{SEED}-{panel}")  # noqa: S311 - the same each time
        seconds = sorted(self._random.sample(range(24 * 3600), OF_EACH))
        self._made = [
            (
                Reference(source="marketplace", kind="order", reference=f"{panel[-1].upper()}{number:06}"),
                MIDNIGHT + timedelta(seconds=second),
            )
            for number, second in enumerate(seconds, 1)
        ]
        self._shipped = sorted(self._random.sample(range(OF_EACH), SHIPPED))
        self._others = sorted(set(range(OF_EACH)) - set(self._shipped))
        # Of the first panel something is left, for whoever tries the demo.
        self._left = BY_HAND if panel == "panel-a" else 0
        self._unsigned = UNSIGNED if panel == "panel-a" else 0

    def steps(self) -> Iterator[Step]:
        """Give the commands, each with its time (UTC)."""
        yield datetime(2021, 3, 12, 9, tzinfo=UTC), self._hand_in
        yield datetime(2021, 3, 12, 15, tzinfo=UTC), self._find_shipments
        at = datetime(2021, 3, 13, 9, tzinfo=UTC)
        bulk = hashlib.sha256(self._panel.encode()).hexdigest()
        yield at, partial(self._decide, self._shipped, Outcome.ALREADY_DONE, SHIPMENT, bulk)
        others = self._others[self._left :]
        yield at + timedelta(hours=4), partial(self._decide, others, Outcome.DONE_NOW, CALLED, bulk[::-1])
        yield at + timedelta(days=1), self._sign

    def _entry(self, place: int) -> RequestEntry:
        reference, received_at = self._made[place]
        return RequestEntry(
            cause=Cause(type=CauseType.RESTORATION, id=self._restorations[self._panel]),
            reference=reference,
            received_at=received_at,
            content=Content(digest=hashlib.sha256(reference.reference.encode()).hexdigest()),
        )

    def _hand_in(self, log: Log) -> None:
        entries = [self._entry(place) for place in range(OF_EACH)]
        self._service.held_requests.take(log, entries=entries, caller=OPERATOR)

    def _find_shipments(self, log: Log) -> None:
        for place in self._shipped:
            finding = Finding(
                kind="shipment_number",
                source="marketplace",
                value=f"{self._random.randrange(10**18):018}",
                suggests=Outcome.ALREADY_DONE,
            )
            target = Target(id=self._entry(place).identity, expected_version=None, caller=FIRST)
            self._service.checks.attach(log, target=target, finding=finding, person=FIRST_PERSON)

    def _decide(self, places: list[int], outcome: Outcome, note: str, bulk: str, log: Log) -> None:
        self._service.checks.decide_many(
            log,
            ids=[self._entry(place).identity for place in places],
            outcome=outcome,
            note=note,
            bulk=bulk,
            person=FIRST_PERSON,
            caller=FIRST,
        )

    def _sign(self, log: Log) -> None:
        ids = [self._entry(place).identity for place in range(OF_EACH)]
        waiting = [id for id in ids if log.load(HeldRequest, id).state is RequestState.AWAITING_SIGNATURE]
        bulk = hashlib.sha256(f"signed {self._panel}".encode()).hexdigest()
        self._service.checks.sign_many(
            log, ids=waiting[self._unsigned :], note=None, bulk=bulk, person=SECOND_PERSON, caller=SECOND
        )
