"""Held requests as the tests of the use cases speak of them: who hands them in, works them off and checks them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from application.batches import ItemResult
from application.incidents.commands import Declaration
from application.ledger.intake import RequestEntry
from application.ledger.reprocessing import LeasedBatch, ResultEntry
from application.ledger.resends import ResendEntry
from application.maintenance.commands import Rewrite
from application.merging import Amendment
from application.panels.restoration_commands import LossNews
from application.targets import Target
from domain.impact import Status
from domain.incidents import Incident
from domain.ledger.cause import Cause, CauseType
from domain.ledger.cause_ledger import Ledger
from domain.ledger.held_request import Content, Finding, HeldRequest, Outcome, Reference, RequestState, Result
from domain.ledger.reconciliation import CauseOfRequests
from domain.ledger.reprocessing import ReprocessingRun, Selection
from domain.ledger.request_policy import Disposition, RequestPolicy
from domain.maintenance import MaintenanceWindow
from domain.panels.restoration import PanelRestoration
from tests.application.program import ALERTS, ANA, LABELS, Program, at, in_english
from tests.application.recovery import FIRE, PANEL, PROVIDER
from tests.application.window_steps import Maintenance

if TYPE_CHECKING:
    from application.ledger.reviews import Reviews
    from application.log import Log

T = TypeVar("T")

SHOP = "shop"
ORDER, STOCK, SALE, INVOICE, PRICE = "order", "stock_change", "sale_notification", "invoice", "price_change"
HOURS = timedelta(hours=1)
POLICIES: Mapping[str, RequestPolicy] = {
    ORDER: RequestPolicy(policy=Disposition.REPROCESS),
    STOCK: RequestPolicy(policy=Disposition.SOURCE_RESENDS, deadline=2 * HOURS),
    SALE: RequestPolicy(policy=Disposition.SOURCE_RETRIES, deadline=3 * HOURS, four_eyes=True),
    INVOICE: RequestPolicy(policy=Disposition.CHECK_BY_HAND, four_eyes=True),
}
"""What the causes of the tests say; prices, which are not named, are checked by hand."""
KINDS = (ORDER, STOCK, SALE, INVOICE, PRICE)
WORKER = "importer"
LEASE, CLAIM, TOLERANCE = timedelta(minutes=5), timedelta(minutes=30), timedelta(minutes=5)
CLASSES: Mapping[CauseType, type[CauseOfRequests]] = {
    CauseType.INCIDENT: Incident,
    CauseType.MAINTENANCE_WINDOW: MaintenanceWindow,
    CauseType.RESTORATION: PanelRestoration,
}


class Desk:
    """What is commanded of the held requests of a program, and what is found there afterwards."""

    def __init__(self, program: Program) -> None:
        """Speak to ``program``."""
        self._program = program
        self._facade = program.facade

    def declare(self, *, occurred_at: datetime | None = None, publish: bool = True) -> Cause:
        """Let Ana declare an incident."""
        declaration = Declaration(
            title=in_english("No labels"),
            message=in_english("Labels cannot be created."),
            components={LABELS: Status.MAJOR_OUTAGE},
            occurred_at=occurred_at,
            resolved_at=None,
            publish=publish,
            request_policies=POLICIES,
        )
        id = self._do(lambda log: self._facade.commands.incidents.declare(log, declaration=declaration, caller=ANA).id)
        return Cause(type=CauseType.INCIDENT, id=id)

    def plan(self, start: datetime, end: datetime) -> Cause:
        """Let Ana plan a window."""
        window = Maintenance(self._program).plan(start, end)
        return self.with_policies(window)

    def with_policies(self, window: UUID, policies: Mapping[str, RequestPolicy] = POLICIES) -> Cause:
        """Let Ana say what becomes of the requests that a window holds up."""
        changes = {kind: Amendment(policy, frozenset(vars(policy))) for kind, policy in policies.items()}
        rewrite = Rewrite(request_policies=changes)
        self._do(
            lambda log: self._facade.commands.windows.rewrite(log, target=_now(window), rewrite=rewrite, reason=None)
        )
        return Cause(type=CauseType.MAINTENANCE_WINDOW, id=window)

    def set_defaults(self, policies: Mapping[str, RequestPolicy] = POLICIES) -> None:
        """Let Ana say what becomes of the requests of incidents that signals begin."""
        self._do(
            lambda log: self._facade.commands.request_policies.put(
                log, request_policies=policies, reason=None, expected_version=None, caller=ANA
            )
        )

    def lose(self, panel: str = PANEL, *, occurred_at: datetime | None = None) -> Cause:
        """Let Ana say that access to a panel was lost."""
        news = LossNews(panel=panel, provider=PROVIDER, reason=FIRE, request_policies=POLICIES)
        restorations = self._facade.commands.restorations
        id = self._do(lambda log: restorations.begin(log, news=news, occurred_at=occurred_at, caller=ANA).id)
        return Cause(type=CauseType.RESTORATION, id=id)

    def hand_in(self, *entries: RequestEntry) -> list[str]:
        """Hand requests in by one command, and give what became of each."""
        return told(
            self._do(lambda log: self._facade.commands.held_requests.receive(log, entries=entries, caller=ALERTS)),
        )

    def send_again(self, *entries: ResendEntry) -> list[str]:
        """Say that requests were sent again, and give what became of each."""
        return told(
            self._do(
                lambda log: self._facade.commands.held_requests.receive_resends(log, entries=entries, caller=ALERTS)
            )
        )

    def assign(self, request: UUID, cause: Cause) -> None:
        """Let Ana say what held a request up."""
        self._do(
            lambda log: self._facade.commands.held_requests.assign(
                log, target=_now(request), cause=cause, reason="by the log"
            )
        )

    def undo(self, request: UUID) -> None:
        """Let Ana say that it was not that."""
        self._do(
            lambda log: self._facade.commands.held_requests.undo_assignment(
                log, target=_now(request), reason="the wrong one"
            )
        )

    def start_run(self, selection: Selection) -> UUID:
        """Let Ana begin a run."""
        return self._do(lambda log: self._facade.commands.reprocessing.start(log, selection=selection, caller=ANA).id)

    def lease(self, run: UUID, candidates: Iterable[UUID], *, limit: int = 100, worker: str = WORKER) -> LeasedBatch:
        """Let a worker lease requests."""
        wanted = list(candidates)
        return self._do(
            lambda log: self._facade.commands.reprocessing.lease(
                log, run=run, candidates=wanted, limit=limit, worker=worker, caller=ALERTS
            )
        )

    def report(
        self, run: UUID, results: Mapping[UUID, Result], *, note: str | None = None, worker: str = WORKER
    ) -> list[str]:
        """Let a worker say what came of requests, and give what became of each result."""
        entries = [ResultEntry(request=id, result=result, note=note) for id, result in results.items()]
        return told(
            self._do(
                lambda log: self._facade.commands.reprocessing.report(
                    log, run=run, entries=entries, worker=worker, caller=ALERTS
                )
            )
        )

    def stop(self, run: UUID) -> None:
        """Let Ana stop a run."""
        self._do(lambda log: self._facade.commands.reprocessing.stop(log, target=_now(run), reason="it books twice"))

    def withdraw_from_run(self, request: UUID, person: str = "ana") -> None:
        """Let a person take a request out of its run."""
        self._check(
            lambda checks, log: checks.withdraw_from_run(log, target=_now(request), reason="seen", person=person)
        )

    def attach(self, request: UUID, finding: Finding, person: str = "ana") -> None:
        """Add what was found outside."""
        self._check(lambda checks, log: checks.attach(log, target=_now(request), finding=finding, person=person))

    def claim(self, request: UUID, person: str = "ana") -> None:
        """Let a person check a request."""
        self._check(lambda checks, log: checks.claim(log, target=_now(request), person=person))

    def release(self, request: UUID, person: str = "ana") -> None:
        """Let a person give it up."""
        self._check(lambda checks, log: checks.release(log, target=_now(request), person=person))

    def decide(self, request: UUID, outcome: Outcome = Outcome.DONE_NOW, person: str = "ana") -> None:
        """Let a person say what became of it."""
        self._check(
            lambda checks, log: checks.decide(log, target=_now(request), outcome=outcome, note="seen", person=person)
        )

    def sign(self, request: UUID, person: str = "ben") -> None:
        """Let a second person agree."""
        self._check(lambda checks, log: checks.sign(log, target=_now(request), note=None, person=person))

    def send_back(self, request: UUID, person: str = "ben") -> None:
        """Let a second person disagree."""
        self._check(lambda checks, log: checks.send_back(log, target=_now(request), reason="no", person=person))

    def reopen(self, request: UUID, person: str = "ben") -> None:
        """Let a person doubt what became of it."""
        self._check(lambda checks, log: checks.reopen(log, target=_now(request), reason="doubt", person=person))

    def decide_many(
        self, ids: Sequence[UUID], outcome: Outcome = Outcome.DONE_NOW, *, bulk: str = "b-1", person: str = "ana"
    ) -> int:
        """Let a person decide many alike, as they are."""
        seen = {id: each.basis for id, each in self.requests().items() if id in ids}
        return self._do(
            lambda log: self._facade.commands.reviews.decide_many(
                log, seen=seen, outcome=outcome, note="all", bulk=bulk, person=person, caller=ANA
            )
        )

    def label(self, ids: Sequence[UUID], add: Sequence[str], remove: Sequence[str], bulk: str, person: str) -> int:
        """Let a person set labels of many, and take others off."""
        return self._do(
            lambda log: self._facade.commands.reviews.label_many(
                log, ids=ids, add=add, remove=remove, bulk=bulk, person=person, caller=ANA
            )
        )

    def note(self, ids: Sequence[UUID], bulk: str, person: str) -> int:
        """Let a person write a note on many."""
        return self._do(
            lambda log: self._facade.commands.reviews.note_many(
                log, ids=ids, note="told", bulk=bulk, person=person, caller=ANA
            )
        )

    def show_reconciled(self, cause: Cause) -> None:
        """Let readers see whether a cause is reconciled."""
        kind = CLASSES[cause.type]
        self._do(
            lambda log: self._facade.commands.dispositions.show_reconciliation(
                log, kind=kind, target=_now(cause.id), public=True, reason=None
            )
        )

    def request(self, id: UUID) -> HeldRequest:
        """Rebuild a request from its events."""
        return self._program.rebuilt(HeldRequest, id)

    def run(self, id: UUID) -> ReprocessingRun:
        """Rebuild a run from its events."""
        return self._program.rebuilt(ReprocessingRun, id)

    def reconciled_at(self, cause: Cause) -> datetime | None:
        """Give since when a cause is reconciled, by its events."""
        return self._program.rebuilt(CLASSES[cause.type], cause.id).reconciled_at

    def requests(self) -> dict[UUID, HeldRequest]:
        """Rebuild every request from its events."""
        found: dict[UUID, HeldRequest] = {}
        for event in self._program.events():
            if isinstance(event, HeldRequest.Event):
                known = event.mutate(found.get(event.originator_id))
                assert isinstance(known, HeldRequest)
                found[event.originator_id] = known
        return found

    def states(self) -> dict[str, RequestState]:
        """Give the state of every request by its reference."""
        return {each.reference.reference: each.state for each in self.requests().values()}

    def disposing(self, cause: Cause) -> bool:
        """Tell whether requests of a cause, which has ended, are still to be disposed of."""
        return self._program.rebuilt(Ledger, Ledger.id_of(cause)).disposing_since is not None

    def _check(self, act: Callable[[Reviews, Log], HeldRequest]) -> None:
        self._do(lambda log: act(self._facade.commands.reviews, log))

    def _do(self, command: Callable[[Log], T]) -> T:
        return self._program.do(command)


def an_order(
    reference: str,
    cause: Cause | None,
    *,
    kind: str = ORDER,
    source: str = SHOP,
    received_at: datetime | None = None,
    content: str | None = None,
) -> RequestEntry:
    """Give a request as it is handed in; an order, unless ``kind`` says otherwise."""
    return RequestEntry(
        cause=cause,
        reference=Reference(source=source, kind=kind, reference=reference),
        received_at=received_at or at("10:30"),
        content=Content(digest=sha256((content or reference).encode()).hexdigest(), summary=None),
    )


def a_resend(
    reference: str, received_at: datetime | None = None, *, kind: str = STOCK, source: str = SHOP
) -> ResendEntry:
    """Give a request as it is sent again; a change of stock, unless ``kind`` says otherwise."""
    return ResendEntry(
        reference=Reference(source=source, kind=kind, reference=reference), received_at=received_at, digest=None
    )


def told(done: Sequence[ItemResult]) -> list[str]:
    """Give what became of each."""
    return [str(each.outcome) for each in done]


def _now(id: UUID) -> Target:
    return Target(id=id, expected_version=None, caller=ANA)
