"""A small picture of a loss: of when the data is, the gap, the time without access, and what was promised."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from typing_extensions import TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

BEGIN, LOSS, END = 3.0, 45.0, 97.0
"""Where the picture begins, where access was lost, and where it ends, in percent of its width.

What comes before the loss and what comes after have scales of their own: a gap of hours can be seen beside weeks
without access.
"""
NARROWEST = 1.5
"""How wide the tolerance is at least, in percent."""


class Stretch(TypedDict):
    """A part of the picture, in percent of its width."""

    at: str
    width: str


class PromiseMark(TypedDict):
    """A promise in the picture."""

    at: str
    number: int
    overdue: bool


class LossPicture(TypedDict):
    """The picture of the newest loss; ``end_label`` says what its end is."""

    tolerance: Stretch | None
    gap: Stretch | None
    outage: Stretch
    since: Stretch | None
    point: str | None
    lost: str
    back: str | None
    promises: list[PromiseMark]
    end_label: str


def timeline(restoration: Mapping[str, Any], now: datetime) -> LossPicture:
    """Draw the newest loss of a restoration."""
    loss, point = restoration["losses"][-1], restoration["recovery_point"]
    lost = _moment(loss["from"])
    back = _moment(loss["until"]) if loss["until"] else None
    promises = [each for each in restoration["promises"] if _moment(each["made_at"]) >= lost]
    last = max([back or now, *(_moment(each["due_at"]) for each in promises)])
    earliest = min(lost, _moment(point["earliest"])) if point else lost

    def place(moment: datetime) -> float:
        if moment <= lost:
            return LOSS - (LOSS - BEGIN) * _share(moment, lost, earliest)
        return LOSS + (END - LOSS) * _share(moment, lost, last)

    return {
        "tolerance": _stretch(place(_moment(point["earliest"])), place(_moment(point["latest"]))) if point else None,
        "gap": _stretch(place(_moment(point["as_of"])), LOSS) if point else None,
        "outage": _stretch(LOSS, place(back or now)),
        "since": _stretch(place(back), END) if back and back < last else None,
        "point": _percent(place(_moment(point["as_of"]))) if point else None,
        "lost": _percent(LOSS),
        "back": _percent(place(back)) if back else None,
        "promises": [
            {"at": _percent(place(_moment(each["due_at"]))), "number": each["number"], "overdue": each["overdue"]}
            for each in promises
        ],
        "end_label": _end_label(back, now, last),
    }


def _end_label(back: datetime | None, now: datetime, last: datetime) -> str:
    if last > (back or now):
        return "Promised"
    return "Access back" if back else "Now"


def _share(moment: datetime, start: datetime, end: datetime) -> float:
    whole = (end - start).total_seconds()
    return min(1.0, max(0.0, (moment - start).total_seconds() / whole)) if whole else 0.0


def _stretch(first: float, last: float) -> Stretch:
    return {"at": _percent(first), "width": _percent(max(last - first, NARROWEST))}


def _percent(value: float) -> str:
    return f"{value:.1f}%"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
