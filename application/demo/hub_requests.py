"""What the integration hub held up in its four hours: five thousand requests, and what became of each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from application.caller import Caller
from application.facade import Service
from application.ledger.intake import RequestEntry, ResendEntry
from application.ledger.reprocessing import ResultEntry
from application.log import Log
from domain.ledger.cause import Cause, CauseType
from domain.ledger.held_request import Content, Outcome, Reference, Result
from domain.ledger.reprocessing import ReprocessingRun

EMITTER = Caller(actor="token:demo-emitter", source="demo", request_id="demo-hub")
REVIEWER = Caller(actor="token:demo-reviewer", source="demo", request_id="demo-hub")
WORKER, PERSON = "demo-emitter", "Demo reviewer"
SEED = 20240728
START = datetime(2024, 7, 28, 4, tzinfo=UTC)
END = START + timedelta(hours=4)
DEADLINE = END + timedelta(hours=72)
NUMBER, HANDED_IN_AGAIN, FAILING = 5_000, 300, 12
TOGETHER = 500
KINDS = {
    "order": ("marketplace-norte", "marketplace-sul", "shop-platform"),
    "stock_change": ("erp-andes", "erp-pampa"),
    "price_change": ("erp-andes", "erp-pampa"),
    "sale_notification": ("marketplace-norte", "marketplace-sul"),
}
CHECKED = "Compared with the stock of now: the change of that night no longer matters."
BULK = hashlib.sha256(b"demo: the hub").hexdigest()

Step = tuple[datetime, Callable[[Log], Any]]


class HubRequests:
    """The requests of that night, made from a fixed seed."""

    def __init__(self, service: Service, windows: Sequence[UUID]) -> None:
        """Hand them in to ``service``; the one of ``windows`` is known once it is planned."""
        self._service = service
        self._windows = windows
        self._random = Random(SEED)  # noqa: S311 - the same each time
        self._made = [self._make(number) for number in range(NUMBER)]

    def steps(self) -> Iterator[Step]:
        """Give the commands, each with its time (UTC)."""
        again = [
            entry
            for entry in self._random.sample(self._made, HANDED_IN_AGAIN)
            for _ in range(self._random.randint(1, 2))
        ]
        for place, some in enumerate(_pieces(self._made + again)):
            yield END - timedelta(minutes=5) + timedelta(seconds=place), partial(self._hand_in, some)
        orders = self._of("order")
        for place, some in enumerate(_pieces(orders)):
            yield (
                END + timedelta(minutes=5 + 2 * place),
                partial(self._reprocess, some, failing=FAILING if place == 0 else 0),
            )
        for hour, kind in enumerate(("stock_change", "price_change", "sale_notification"), 1):
            half = self._of(kind)[::2]
            for place, some in enumerate(_pieces(half)):
                yield END + timedelta(hours=hour, minutes=place), partial(self._resend, some)
        left = [each for kind in KINDS for each in self._of(kind)]
        for place, some in enumerate(_pieces(left)):
            yield DEADLINE + timedelta(hours=2, seconds=place), partial(self._check, some)

    def _make(self, number: int) -> tuple[Reference, datetime]:
        kind = self._random.choices(tuple(KINDS), weights=(4, 3, 2, 1))[0]
        source = self._random.choice(KINDS[kind])
        at = START + timedelta(seconds=self._random.randrange(int((END - START).total_seconds()) - 600))
        return Reference(source=source, kind=kind, reference=f"{kind[:2]}-{number:05}"), at

    def _of(self, kind: str) -> list[tuple[Reference, datetime]]:
        return [each for each in self._made if each[0].kind == kind]

    def _cause(self) -> Cause:
        return Cause(type=CauseType.MAINTENANCE_WINDOW, id=self._windows[0])

    def _entry(self, made: tuple[Reference, datetime]) -> RequestEntry:
        digest = hashlib.sha256(made[0].reference.encode()).hexdigest()
        return RequestEntry(cause=self._cause(), reference=made[0], received_at=made[1], content=Content(digest=digest))

    def _ids(self, some: Sequence[tuple[Reference, datetime]]) -> list[UUID]:
        return [self._entry(each).identity for each in some]

    def _hand_in(self, some: Sequence[tuple[Reference, datetime]], log: Log) -> None:
        entries = [self._entry(each) for each in some]
        self._service.held_requests.take(log, entries=entries, caller=EMITTER)

    def _reprocess(self, some: Sequence[tuple[Reference, datetime]], log: Log, *, failing: int) -> None:
        run, ids = ReprocessingRun.id_by_policy(self._cause()), self._ids(some)
        self._service.reprocessing.lease(log, run=run, candidates=ids, limit=len(ids), worker=WORKER, caller=EMITTER)
        entries = [
            ResultEntry(
                request=id,
                result=Result.FAILED if place < failing else Result.ALREADY_THERE if place % 9 == 0 else Result.DONE,
                note="The marketplace answers that it knows no such order." if place < failing else None,
            )
            for place, id in enumerate(ids)
        ]
        self._service.reprocessing.report(log, run=run, entries=entries, worker=WORKER, caller=EMITTER)

    def _resend(self, some: Sequence[tuple[Reference, datetime]], log: Log) -> None:
        entries = [ResendEntry(reference=each[0], received_at=log.now, digest=None) for each in some]
        self._service.held_requests.take_resends(log, entries=entries, caller=EMITTER)

    def _check(self, some: Sequence[tuple[Reference, datetime]], log: Log) -> None:
        self._service.checks.decide_many(
            log,
            ids=self._ids(some),
            outcome=Outcome.ALREADY_DONE,
            note=CHECKED,
            bulk=BULK,
            person=PERSON,
            caller=REVIEWER,
        )


def _pieces(some: Sequence[tuple[Reference, datetime]]) -> Iterator[list[tuple[Reference, datetime]]]:
    rest = iter(some)
    while piece := list(islice(rest, TOGETHER)):
        yield piece
