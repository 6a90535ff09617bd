"""A maintenance window as a document, for operators and for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from application.document import (
    IMPACT_SPANS,
    Duration,
    Id,
    ImpactSpans,
    Instant,
    Market,
    Page,
    Visibility,
    duration,
    has_passed,
    instant,
    request_policies,
)
from application.ledger.reconciliation_documents import (
    PublicReconciliation,
    ReconciliationDocument,
    public_reconciliation,
    reconciliation,
)
from application.maintenance.plan_documents import (
    CivilTimes,
    NewAudiences,
    PlanDocument,
    PrivatePlanParts,
    PublicPlanParts,
    plan_document,
)
from application.maintenance.timeline_documents import (
    PRIVATE_ENTRIES,
    PublicWindowUpdateDocument,
    WindowUpdateDocument,
)
from application.schema import Encodes, documented
from application.timelines import newest
from domain.maintenance import WindowOutcome, WindowState

if TYPE_CHECKING:
    from datetime import datetime

    from domain.maintenance import MaintenanceWindow, Timetable


@documented
class LocalTimeDocument(TypedDict):
    """Start and end as the clocks of a market show them; with `zone` those of that zone alone."""

    market: Market | None
    zone: str
    start: str
    """With the offset of the zone, as in `2024-07-27T22:00-06:00`."""
    end: str


@documented
class TransitionDocument(TypedDict):
    """A state, and since when."""

    state: Annotated[str, Encodes(WindowState)]
    since: Instant


@documented
class RemindedDocument(TypedDict):
    """A reminder that was recorded."""

    due: Instant
    recorded_at: Instant
    before: Duration


@documented
class HoldDocument(TypedDict):
    """That a person completes the window, and why."""

    reason: str | None


class TimetableDocument(CivilTimes):
    """The times of a plan, and the instants that they mean."""

    starts_at: Instant
    ends_at: Instant
    local_times: list[LocalTimeDocument]


@documented
class PlannedTimes(TimetableDocument):
    """What the times of a plan mean, by the present rules of its zones."""


class SharedWindowParts(PlanDocument, TimetableDocument):
    """What both sides of a window say in the same way."""

    state: Annotated[str, Encodes(WindowState)]
    outcome: Annotated[str, Encodes(WindowOutcome)] | None
    overrun: bool
    """Whether it is past its end and not completed."""
    revision: int
    """From 1; rises when it is rescheduled. Readers count from the announcement."""
    impact_spans: ImpactSpans
    """What components really carried; under `*` what every component did."""
    announced_at: Instant | None
    started_at: Instant | None
    ended_at: Instant | None
    """When it was completed, or cancelled."""
    transitions: list[TransitionDocument]


class WindowParts(SharedWindowParts, PublicPlanParts):
    """What everybody sees of an announced window, but for its timeline."""

    expected_at: Instant | None
    """When the end is expected, by the last update that says so."""
    overdue: bool
    """Whether that has passed, at the moment of which the answer is."""


class PublicWindowSide(WindowParts, PublicReconciliation):
    """An announced window without its timeline, as readers see it."""

    updates_count: int
    """How many there are; `GET /v1/maintenance-windows/{id}/updates` lists them all."""


@documented
class PublicWindowDocument(PublicWindowSide):
    """An announced window, as readers see it."""

    updates: list[PublicWindowUpdateDocument]
    """The newest twenty, the newest last."""


class WindowSide(WindowParts, PrivatePlanParts, ReconciliationDocument):
    """A window without its timeline, as operators, auditors and admins see it."""

    visibility: Annotated[str, Encodes(Visibility)]
    updates_count: int
    """How many there are; `GET /v1/maintenance-windows/{id}/updates` lists them all."""
    reminders: list[Instant]
    """When it will remind."""
    reminded: list[RemindedDocument]
    hold: HoldDocument | None
    next_due: Instant | None
    """When the clock acts next, if nothing happens before."""
    series: Id | None
    """The series that made it."""
    tzdata: str
    """The version of the time zones by which its instants were computed."""


@documented
class WindowDocument(WindowSide):
    """A window, as operators, auditors and admins see it."""

    updates: list[WindowUpdateDocument]
    """The newest twenty, the newest last."""


@documented
class PlannedWindow(WindowDocument, NewAudiences):
    """A window whose plan was just written."""


@documented
class WindowPage(Page):
    """Windows: upcoming and active ones from the first start on, the others from the last one back."""

    data: list[WindowDocument | PublicWindowDocument]


def window_document(window: MaintenanceWindow, now: datetime) -> WindowDocument:
    """Write the private side with its newest updates."""
    side, updates = window_side(window), [PRIVATE_ENTRIES(entry) for entry in newest(window.timeline)]
    return {**side, "overdue": has_passed(side["expected_at"], now), "updates": updates}


def window_side(window: MaintenanceWindow) -> WindowSide:
    """Write the private side without the updates; who answers with it says whether it is overdue by then."""
    return {
        "id": str(window.id),
        "version": window.version,
        "announced": window.is_public,
        "visibility": "public" if window.is_public else "private",
        **_both_sides(window),
        "covers": list(window.plan.covers),
        **reconciliation(window),
        "request_policies": request_policies(window.plan.request_policies),
        "remind_before": [duration(before) for before in window.plan.remind_before],
        "reminders": [instant(due) for due in window.reminders],
        "reminded": [
            {"due": instant(each.due), "recorded_at": instant(each.recorded_at), "before": duration(each.before)}
            for each in window.reminded
        ],
        "hold": {"reason": window.held_because} if window.is_held else None,
        "next_due": instant(window.next_due),
        "series": str(window.origin.series) if window.origin else None,
        "tzdata": window.timetable.tzdata,
        "updates_count": len(window.timeline),
        "expected_at": instant(window.expected_at) if window.is_under_way else None,
        "overdue": False,
    }


def public_window_side(window: MaintenanceWindow) -> PublicWindowSide | None:
    """Write what readers see but for the updates, or nothing; it moves only when they can see something move."""
    if not window.is_public:
        return None
    return {
        "id": str(window.id),
        "announced": True,
        **_both_sides(window),
        # Readers do not learn how often it was moved before they saw it.
        "revision": window.revision - window.revisions_unseen,
        "updates_count": window.public_entries,
        **public_reconciliation(window),
        "expected_at": instant(window.public_expected_at) if window.is_under_way else None,
        "overdue": False,
    }


def _both_sides(window: MaintenanceWindow) -> SharedWindowParts:
    return {
        "state": str(window.state),
        "outcome": window.outcome,
        "overrun": window.state is WindowState.VERIFYING,
        "revision": window.revision,
        **planned_times(window.timetable),
        **plan_document(window.plan),
        "impact_spans": IMPACT_SPANS(window.impact),
        "announced_at": instant(window.announced_at),
        "started_at": instant(window.started_at),
        "ended_at": instant(window.ended_at),
        "transitions": [{"state": str(each.state), "since": instant(each.since)} for each in window.transitions],
    }


def planned_times(timetable: Timetable) -> PlannedTimes:
    """Write what the times of a plan mean."""
    return {
        "zone": timetable.zone,
        "start": timetable.start,
        "end": timetable.end,
        "duration": duration(timetable.duration),
        "ambiguous": timetable.ambiguous,
        "starts_at": instant(timetable.starts_at),
        "ends_at": instant(timetable.ends_at),
        "local_times": [
            {"market": each.market, "zone": each.zone, "start": each.start, "end": each.end}
            for each in timetable.local_times
        ],
    }
