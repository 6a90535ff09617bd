"""What the tests of ledgers, runs and reconciliation are given: one of each, causes, and full histories."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.incidents import Incident
from domain.ledger.cause import Void
from domain.ledger.cause_ledger import Ledger
from domain.ledger.default_policies import RequestPolicyDefaults
from domain.ledger.held_request import HeldRequest, Outcome, Resend, Result
from domain.ledger.reconciliation import CauseOfRequests
from domain.ledger.reprocessing import ReprocessingRun, Selection
from domain.ledger.source_resend import SourceResend
from domain.maintenance import MaintenanceWindow
from domain.panels.restoration import PanelRestoration
from tests.domain import builders as given
from tests.domain import panel_builders as given_panels
from tests.domain import window_builders as given_windows
from tests.domain.builders import HALF_AN_HOUR, ana, at, provenance, the_alerts
from tests.domain.request_builders import (
    CLAIM,
    ENDED,
    LEASE,
    ORDER,
    OTHER_CONTENT,
    RECEIVED,
    REPROCESS,
    RESENDS,
    RUN,
    WINDOW,
    WORKER,
    a_merged_request,
    a_request,
    an_unassigned_request,
    assign,
    attach,
    claim,
    decide,
    dispose,
    hand_out,
    let_time_pass,
    one_found_twice,
    release,
    reopen,
    report,
    resend,
    sign,
    take_again,
    void,
)
from tests.domain.request_steps import (
    decide_in_bulk,
    keep,
    label,
    note,
    release_claim,
    release_lease,
    send_back,
    undo,
    withdraw_from_run,
)

FOLLOWING = "policy:ledger"


def a_ledger(*, ended: datetime | None = None) -> Ledger:
    """Give the ledger of the window, which goes on unless ``ended`` says otherwise."""
    return Ledger.open(cause=WINDOW, ended_at=ended, provenance=provenance(FOLLOWING, RECEIVED))


def a_run(selection: Selection | None = None, *, by_policy: bool = True) -> ReprocessingRun:
    """Give a run that began at the end of the window."""
    told = provenance("policy:disposition", ENDED)
    return ReprocessingRun.start(
        id=RUN, selection=selection or Selection(cause=WINDOW), by_policy=by_policy, provenance=told
    )


def note_requests(cause: CauseOfRequests, moment: datetime) -> None:
    """Let a cause take notice that a request of it is open."""
    cause.note_requests(provenance=provenance("policy:reconciliation", moment))


def reconcile(cause: CauseOfRequests, moment: datetime) -> None:
    """Let a cause take notice that none is."""
    cause.reconcile(provenance=provenance("policy:reconciliation", moment))


def show(cause: CauseOfRequests, moment: datetime, *, public: bool = True) -> None:
    """Let Ana say whether readers are told."""
    cause.show_reconciliation(public=public, reason="partners ask", provenance=ana(moment))


def an_incident() -> Incident:
    """Give an incident that goes on."""
    return given.a_declared_incident(since=at("02:00"))


def end_incident(incident: CauseOfRequests, moment: datetime) -> None:
    """Resolve it."""
    assert isinstance(incident, Incident)
    given.resolve(incident, moment, override_reason="seen")


def resume_incident(incident: CauseOfRequests, moment: datetime) -> None:
    """Reopen it."""
    assert isinstance(incident, Incident)
    given.reopen(incident, moment)


def end_window(window: CauseOfRequests, moment: datetime) -> None:
    """Complete it."""
    assert isinstance(window, MaintenanceWindow)
    given_windows.complete(window, moment)


def end_loss(restoration: CauseOfRequests, moment: datetime) -> None:
    """Restore access."""
    assert isinstance(restoration, PanelRestoration)
    given_panels.restore_access(restoration, moment)


def resume_loss(restoration: CauseOfRequests, moment: datetime) -> None:
    """Lose access again."""
    assert isinstance(restoration, PanelRestoration)
    given_panels.lose_access(restoration, moment)


def a_loss() -> PanelRestoration:
    """Give the loss of a panel."""
    return given_panels.a_loss(since=at("02:00"))


Act = Callable[[CauseOfRequests, datetime], None]
CAUSES: tuple[tuple[Callable[[], CauseOfRequests], Act], ...] = (
    (an_incident, end_incident),
    (given_windows.a_window_in_progress, end_window),
    (a_loss, end_loss),
)
"""A cause of each kind that goes on, and how it ends."""


def a_detection() -> CauseOfRequests:
    """Give an incident that readers do not see."""
    return given.a_declared_incident(since=at("01:00"), public=False)


def dismiss(incident: CauseOfRequests, moment: datetime) -> None:
    """Dismiss it."""
    assert isinstance(incident, Incident)
    given.dismiss(incident, moment)


def a_public_incident() -> CauseOfRequests:
    """Give an incident that readers see."""
    return given.a_declared_incident(since=at("01:00"))


def withdraw(incident: CauseOfRequests, moment: datetime) -> None:
    """Take it back."""
    assert isinstance(incident, Incident)
    given.withdraw(incident, moment)


def cancel(window: CauseOfRequests, moment: datetime) -> None:
    """Give it up."""
    assert isinstance(window, MaintenanceWindow)
    given_windows.cancel(window, moment)


NEVER_WERE: tuple[tuple[Callable[[], CauseOfRequests], Act], ...] = (
    (a_detection, dismiss),
    (a_public_incident, withdraw),
    (given_windows.a_window, cancel),
)
"""The causes that end because they never were, or never will be, and how."""


def a_checked_request() -> HeldRequest:
    """Give a request to which everything has happened that people and its source can do."""
    request = an_unassigned_request()
    take_again(request, at("11:01"))
    take_again(request, at("11:02"), OTHER_CONTENT)
    assign(request, at("11:03"))
    dispose(request, replace(RESENDS, four_eyes=True))
    attach(request, at("12:10"))
    label(request, at("12:10"), "after-0100", "vip")
    label(request, at("12:10"), remove=["vip"], bulk="l-2")
    note(request, at("12:10"))
    let_time_pass(request, until=at("15:00"))
    claim(request, at("15:01"))
    let_time_pass(request, until=at("15:31"))
    claim(request, at("15:40"))
    release(request, at("15:41"))
    decide_in_bulk(request, at("15:42"), Outcome.CANNOT_TELL)
    send_back(request, at("15:43"))
    claim(request, at("15:44"))
    decide(request, at("15:45"), Outcome.COMPENSATED)
    sign(request, at("15:46"))
    reopen(request, at("15:47"))
    resend(request, at("15:48"))
    return request


def a_carried_out_request() -> HeldRequest:
    """Give a request to which everything has happened that workers can do."""
    request = a_request()
    dispose(request, REPROCESS)
    hand_out(request, at("12:01"))
    let_time_pass(request, until=at("12:06"))
    hand_out(request, at("12:07"), run=UUID(int=10), worker="importer-2")
    report(request, at("12:08"), Result.FAILED, run=UUID(int=10), worker="importer-2", note="no stock")
    report(request, at("12:09"), Result.ALREADY_THERE, run=UUID(int=10), worker="importer-2")
    return request


def one_taken_from_a_worker() -> HeldRequest:
    """Give a request that was taken from a worker, and from who checked it."""
    request = a_request()
    dispose(request, REPROCESS)
    hand_out(request, at("12:01"))
    release_lease(request, at("12:01:30"))
    hand_out(request, at("12:01:40"))
    withdraw_from_run(request, at("12:02"))
    claim(request, at("12:03"))
    release_claim(request, at("12:04"))
    claim(request, at("12:05"))
    return request


def a_request_that_was_held_back() -> HeldRequest:
    """Give a request that was sent again while it waited for a worker."""
    request = a_request()
    dispose(request, REPROCESS)
    keep(request, at("12:10"))
    return request


def a_twin() -> HeldRequest:
    """Give a request that was found twice, as in old logs, and decided after all."""
    request = one_found_twice()
    reopen(request, at("11:40"))
    claim(request, at("11:41"))
    decide(request, at("11:41") + CLAIM / 2)
    return request


def a_voided_request() -> HeldRequest:
    """Give a request that a worker had when its cause was taken back."""
    request = a_request()
    dispose(request, REPROCESS)
    hand_out(request, at("12:01"))
    void(request, at("12:02"))
    return request


def a_voided_ledger() -> Ledger:
    """Give a ledger whose cause was taken back after it had ended."""
    ledger = a_ledger(ended=ENDED)
    ledger.follow(ended_at=ENDED, void=Void.WITHDRAWN, provenance=provenance(FOLLOWING, ENDED + HALF_AN_HOUR))
    return ledger


def long_defaults() -> RequestPolicyDefaults:
    """Give the default policies after they were set and changed."""
    defaults = RequestPolicyDefaults.begin(
        request_policies={"order": REPROCESS}, reason=None, provenance=ana(at("10:00"))
    )
    defaults.change(request_policies={"order": RESENDS}, reason="asked", provenance=ana(at("10:01")))
    return defaults


def a_request_that_came_again() -> HeldRequest:
    """Give a request that was resent early, failed again, and stood for another one for a while."""
    twin, other = a_request(), an_unassigned_request()
    keep(twin, at("11:10"))
    dispose(twin)
    assign(other, at("12:10"), twin=twin)
    take_again(twin, at("12:20"), received=at("12:20"))
    undo(other, at("12:30"), twin=twin)
    return twin


def a_request_of_another_cause() -> HeldRequest:
    """Give a request that was merged into the one of the wrong cause."""
    request = a_merged_request(twin := a_request())
    undo(request, at("12:30"), twin=twin)
    return request


def a_long_resend() -> SourceResend:
    """Give what was sent again twice before its request was handed in."""
    first, second = (Resend(received_at=at(moment), digest=None) for moment in ("11:00", "11:10"))
    kept = SourceResend.keep(reference=ORDER, resend=first, provenance=the_alerts(at("11:00")))
    kept.keep_again(second, provenance=the_alerts(at("11:10")))
    return kept


def a_long_ledger() -> Ledger:
    """Give a ledger to which everything has happened."""
    ledger = a_ledger()
    ledger.follow(ended_at=ENDED, provenance=provenance(FOLLOWING, ENDED))
    ledger.note_disposed(provenance=provenance(FOLLOWING, ENDED))
    ledger.follow(ended_at=None, provenance=provenance(FOLLOWING, ENDED + HALF_AN_HOUR))
    ledger.note_assigned(identity=UUID(int=3), request=UUID(int=4), provenance=ana(ENDED + HALF_AN_HOUR))
    ledger.note_undone(request=UUID(int=4), provenance=ana(ENDED + HALF_AN_HOUR))
    return ledger


def a_long_run() -> ReprocessingRun:
    """Give a run to which everything has happened."""
    run = a_run(Selection(cause=WINDOW, kind="order", source="marketplace"), by_policy=False)
    run.note_leased(worker=WORKER, size=3, until=ENDED + LEASE, provenance=ana(at("12:01")))
    run.note_reported(worker=WORKER, results={Result.DONE: 2, Result.FAILED: 1}, provenance=ana(at("12:03")))
    run.stop(reason="it books twice", provenance=ana(at("12:04")))
    return run


def reconciled(begun: Callable[[], CauseOfRequests], end: Act) -> Callable[[], CauseOfRequests]:
    """Give the history of a cause that was reconciled, and shown so."""

    def history() -> CauseOfRequests:
        cause = begun()
        note_requests(cause, ENDED)
        end(cause, ENDED)
        reconcile(cause, ENDED + HALF_AN_HOUR)
        show(cause, ENDED + HALF_AN_HOUR)
        return cause

    return history


LEDGERS = [
    a_checked_request,
    a_carried_out_request,
    one_taken_from_a_worker,
    a_twin,
    a_voided_request,
    a_voided_ledger,
    long_defaults,
    a_request_that_came_again,
    a_request_that_was_held_back,
    a_request_of_another_cause,
    a_long_resend,
    a_long_ledger,
    a_long_run,
    *(reconciled(begun, end) for begun, end in CAUSES),
]
