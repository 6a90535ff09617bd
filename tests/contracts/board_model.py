"""The panels on the board by a plain look at what is known: which status each has, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tests.contracts.availability_model import availability
from tests.contracts.panel_model import Document, Known, Loss, by

RANKS = ("operational", "degraded_performance", "partial_outage", "major_outage")
STATES = {
    "available": "operational",
    "degraded": "degraded_performance",
    "suspended": "degraded_performance",
    "unavailable": "partial_outage",
    "unknown": "partial_outage",
}


def panels_on_board(known: Known, moment: datetime | None, now: datetime) -> list[Document]:
    """Give every panel as the board has to show it: of now, or of a moment by what is known."""
    return [_of_panel(known, panel, moment, now) for panel in known.ordered()]


def _of_panel(known: Known, panel: Document, moment: datetime | None, now: datetime) -> Document:
    key, losses = panel["key"], known.losses_of(panel["key"], moment)
    shown = {"key": key, "name": panel["name"]}
    if not losses:
        registered = known.registered[key]
        status = "operational" if by(registered, moment) else "unknown"
        since = registered if by(registered, moment) else None
        return {**shown, "status": status, "status_since": _text(since), "restoration": None}
    loss = losses[0]
    status = _status(known, key, moment)
    since = loss.began_at
    for edge in sorted((edge for edge in _edges(loss) if loss.began_at <= edge <= (moment or now)), reverse=True):
        if _status(known, key, edge, loss) != status:
            break
        since = edge
    is_over = loss.completed_at is not None and by(loss.completed_at, moment)
    return {
        **shown,
        "status": status,
        "status_since": _text(since),
        "restoration": None if is_over else str(loss.id),
    }


def _status(known: Known, key: str, moment: datetime | None, loss: Loss | None = None) -> str:
    if loss is not None:
        # As if it were the only one: another loss may have begun at the same moment.
        known = Known(panels=known.panels, registered=known.registered, hidden=known.hidden, losses={loss.id: loss})
    [cell] = [each for each in availability(known, moment) if each["key"] == key]
    if cell["access"] == "lost":
        return "major_outage"
    if cell["completed_at"] is not None:
        return "operational"
    return max((STATES[each["state"]] for each in cell["capabilities"].values()), key=RANKS.index, default=RANKS[0])


def _edges(loss: Loss) -> Iterator[datetime]:
    yield from (edge for span in loss.spans for edge in span if edge is not None)
    yield from (at for said in loss.said.values() for at in said)
    yield from () if loss.completed_at is None else (loss.completed_at,)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
