"""A maintenance window as a document, and a series of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.document import IMPACT_SPANS, Document, duration, instant, request_policies
from application.ledger.reconciliation_documents import public_reconciliation, reconciliation
from application.memo import Memo
from domain.impact import EVERYWHERE
from domain.maintenance import WindowState

if TYPE_CHECKING:
    from datetime import datetime

    from domain.maintenance import Audience, Contact, Entry, Freeze, MaintenanceWindow, MarketZone, Plan, Timetable
    from domain.maintenance.series import MaintenanceSeries


def window_document(window: MaintenanceWindow) -> Document:
    """Write the private side."""
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
            {"due": instant(given.due), "recorded_at": instant(given.recorded_at), "before": duration(given.before)}
            for given in window.reminded
        ],
        "hold": {"reason": window.held_because} if window.is_held else None,
        "next_due": instant(window.next_due),
        "series": str(window.origin.series) if window.origin else None,
        "tzdata": window.timetable.tzdata,
        "updates": [PRIVATE_ENTRIES(entry) for entry in window.timeline],
        "expected_at": instant(_expected_at(window, window.timeline)),
    }


def public_window(window: MaintenanceWindow) -> Document | None:
    """Write what readers see, or nothing; it moves only when they can see something move."""
    if not window.is_public:
        return None
    entries = tuple(entry for entry in window.timeline if entry.is_public)
    return {
        "id": str(window.id),
        "announced": True,
        **_both_sides(window),
        # How often it was moved before readers saw it is none of theirs.
        "revision": window.revision - window.revisions_unseen,
        "updates": [ENTRIES(entry) for entry in entries],
        **public_reconciliation(window),
        "expected_at": instant(_expected_at(window, entries)),
    }


def series_document(series: MaintenanceSeries) -> Document:
    """Write a series; there is no public side."""
    pattern = series.pattern
    return {
        "id": str(series.id),
        "version": series.version,
        "announced": series.is_announced,
        "rule": pattern.rule,
        "zone": pattern.zone,
        "start": pattern.start,
        "end": pattern.end,
        "duration": duration(pattern.duration),
        "ambiguous": pattern.ambiguous,
        **_planned(series.plan),
        "markets": [_market(each) for each in pattern.markets],
        "covers": list(series.plan.covers),
        "request_policies": request_policies(series.plan.request_policies),
        "remind_before": [duration(before) for before in series.plan.remind_before],
        "windows_made": series.made,
        "last_occurrence": series.last,
        "looks_at": instant(series.looks_at),
        "left_out": [{"occurrence": each.occurrence, "because": each.because} for each in series.left_out],
        "ended_at": instant(series.ended_at),
        "ended_because": series.ended_because,
    }


def _carried(document: Document) -> Document:
    """Tell the statuses of components from that of the whole product, as a plan does."""
    components = dict(document)
    everywhere = components.pop(EVERYWHERE, None)
    return {"components": components, "all": everywhere}


def _both_sides(window: MaintenanceWindow) -> Document:
    return {
        "state": str(window.state),
        "outcome": window.outcome,
        "overrun": window.state is WindowState.VERIFYING,
        "revision": window.revision,
        **_timetable(window.timetable),
        **_planned(window.plan),
        "impact_spans": IMPACT_SPANS(window.impact),
        "announced_at": instant(window.announced_at),
        "started_at": instant(window.started_at),
        "ended_at": instant(window.ended_at),
        "transitions": [{"state": str(each.state), "since": instant(each.since)} for each in window.transitions],
    }


def _timetable(timetable: Timetable) -> Document:
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


def _planned(plan: Plan) -> Document:
    return {
        "title": dict(plan.title),
        "reason": dict(plan.reason),
        "description": dict(plan.description),
        **_carried({key: str(status) for key, status in plan.components.items()}),
        "audiences": {name: _audience(audience) for name, audience in plan.audiences.items()},
        "freezes": [_freeze(freeze) for freeze in plan.freezes],
        "contacts": [_contact(contact) for contact in plan.contacts],
    }


def _audience(audience: Audience) -> Document:
    return {
        "restrictions": [dict(text) for text in audience.restrictions],
        "guidance": {
            "before": [dict(text) for text in audience.guidance.before],
            "during": [dict(text) for text in audience.guidance.during],
            "after": [dict(text) for text in audience.guidance.after],
        },
    }


def _freeze(freeze: Freeze) -> Document:
    return {"data": freeze.data, "note": dict(freeze.note)}


def _contact(contact: Contact) -> Document:
    return {
        "audience": contact.audience,
        "channel": contact.channel,
        "address": contact.address,
        "note": dict(contact.note),
    }


def _market(each: MarketZone) -> Document:
    return {"market": each.market, "zone": each.zone}


def _expected_at(window: MaintenanceWindow, entries: tuple[Entry, ...]) -> datetime | None:
    said = [entry.expected_at for entry in entries if entry.expected_at is not None and not entry.internal]
    return said[-1] if said and window.is_under_way else None


def _entry(entry: Entry) -> Document:
    return {
        "what": str(entry.what),
        "state": str(entry.state),
        "message": dict(entry.message),
        "occurred_at": instant(entry.occurred_at),
        "starts_at": instant(entry.starts_at),
        "ends_at": instant(entry.ends_at),
        **_carried({key: str(status) for key, status in entry.components.items()}),
        "expected_at": instant(entry.expected_at),
    }


def _private_entry(entry: Entry) -> Document:
    return {
        "number": entry.number,
        **ENTRIES(entry),
        "recorded_at": instant(entry.recorded_at),
        "internal": entry.internal,
        "public": entry.is_public,
        "by_clock": entry.by_clock,
        "because": entry.reason,
    }


ENTRIES = Memo(_entry)
PRIVATE_ENTRIES = Memo(_private_entry)
