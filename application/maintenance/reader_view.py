"""A maintenance window as one reader asks for it: for an audience, by the clocks of a zone, as it was at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from application.document import has_passed
from application.maintenance.documents import LocalTimeDocument, PublicWindowDocument, WindowDocument
from application.maintenance.timetables import local_text
from domain.maintenance import UNDER_WAY, WindowState

if TYPE_CHECKING:
    from datetime import tzinfo

W = TypeVar("W", WindowDocument, PublicWindowDocument)


@dataclass(frozen=True, kw_only=True)
class ReaderView:
    """What a reader asks for beside the window itself; None where nothing is asked for.

    ``zone`` is the IANA zone by whose ``clocks`` start and end are given; ``now`` is when it is asked.
    """

    now: datetime

    audience: str | None = None
    zone: str | None = None
    clocks: tzinfo | None = None
    moment: datetime | None = None

    def private_window(self, window: WindowDocument) -> WindowDocument:
        """Give the private side as it is asked for."""
        if self.moment is not None and _until(window["reconciled_at"], self.moment) is None:
            window = window | {"reconciled": False, "reconciled_at": None}
        return self._apply(window)

    def public_window(self, window: PublicWindowDocument, reconciled_at: str | None) -> PublicWindowDocument:
        """Give the public side as it is asked for; ``reconciled_at`` is not in it, and says what was true then."""
        if self.moment is not None and "reconciled" in window and _until(reconciled_at, self.moment) is None:
            window = window | {"reconciled": False}
        return self._apply(window)

    def _apply(self, window: W) -> W:
        window = window | {"overdue": has_passed(window["expected_at"], self.moment or self.now)}
        if self.moment is not None:
            window = as_of_moment(window, self.moment)
        if self.audience is not None:
            window = for_audience(window, self.audience)
        if self.zone is not None and self.clocks is not None:
            window = in_zone(window, self.zone, self.clocks)
        return window


def for_audience(window: W, audience: str) -> W:
    """Keep what concerns one audience; without anything for it, only what concerns everybody is left."""
    return window | {
        "audiences": {name: content for name, content in window["audiences"].items() if name == audience},
        "contacts": [contact for contact in window["contacts"] if contact["audience"] in {None, audience}],
    }


def in_zone(window: W, name: str, zone: tzinfo) -> W:
    """Give start and end by the clocks of one zone instead of those of every market."""
    start, end = (local_text(zone, datetime.fromisoformat(text)) for text in (window["starts_at"], window["ends_at"]))
    markets = [each["market"] for each in window["local_times"] if each["zone"] == name] or [None]
    local_times: list[LocalTimeDocument] = [
        {"market": market, "zone": name, "start": start, "end": end} for market in markets
    ]
    return window | {"local_times": local_times}


def as_of_moment(window: W, moment: datetime) -> W:
    """Give state, outcome, start and end of a moment, by what is known of the window; all else stays."""
    state = next(
        (each["state"] for each in reversed(window["transitions"]) if datetime.fromisoformat(each["since"]) <= moment),
        str(WindowState.SCHEDULED),
    )
    ended_at = _until(window["ended_at"], moment)
    is_late = state in UNDER_WAY and datetime.fromisoformat(window["ends_at"]) <= moment
    return window | {
        "state": state,
        "overrun": state == WindowState.VERIFYING or is_late,
        "started_at": _until(window["started_at"], moment),
        "ended_at": ended_at,
        "outcome": window["outcome"] if ended_at else None,
    }


def _until(text: str | None, moment: datetime) -> str | None:
    return text if text is not None and datetime.fromisoformat(text) <= moment else None
