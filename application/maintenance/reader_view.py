"""A maintenance window as one reader wants it: for an audience, by the clocks of a zone, as it stood at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from application.document import Document
from application.maintenance.timetables import shown_by
from domain.maintenance import UNDER_WAY, WindowState

if TYPE_CHECKING:
    from datetime import tzinfo


def for_audience(window: Document, audience: str) -> Document:
    """Keep what concerns one audience; a window that says nothing to it is left with what concerns everybody."""
    return window | {
        "audiences": {name: told for name, told in window["audiences"].items() if name == audience},
        "contacts": [contact for contact in window["contacts"] if contact["audience"] in {None, audience}],
    }


def in_zone(window: Document, name: str, zone: tzinfo) -> Document:
    """Give start and end by the clocks of one zone instead of those of every market."""
    start, end = (shown_by(zone, datetime.fromisoformat(window[edge])) for edge in ("starts_at", "ends_at"))
    markets = [each["market"] for each in window["local_times"] if each["zone"] == name] or [None]
    return window | {
        "local_times": [{"market": market, "zone": name, "start": start, "end": end} for market in markets]
    }


def as_it_stood(window: Document, moment: datetime) -> Document:
    """Give the state of a moment, by what is known of the window."""
    state: str = next(
        (each["state"] for each in reversed(window["transitions"]) if datetime.fromisoformat(each["since"]) <= moment),
        WindowState.SCHEDULED,
    )
    started, ended = (_by(window[edge], moment) for edge in ("started_at", "ended_at"))
    is_late = state in UNDER_WAY and datetime.fromisoformat(window["ends_at"]) <= moment
    return window | {
        "state": str(state),
        "overrun": state == WindowState.VERIFYING or is_late,
        "started_at": started,
        "ended_at": ended,
        "outcome": window["outcome"] if ended else None,
        **_reconciled(window, moment),
    }


def _reconciled(window: Document, moment: datetime) -> Document:
    """Give what is told of its requests; readers are not told since when they are settled."""
    told: Document = {name: window[name] for name in ("reconciled", "reconciled_at") if name in window}
    is_by_then = _by(told.get("reconciled_at", window["ended_at"]), moment) is not None
    return told if is_by_then else {name: None if name == "reconciled_at" else False for name in told}


def _by(text: str | None, moment: datetime) -> str | None:
    return text if text is not None and datetime.fromisoformat(text) <= moment else None
