"""Per-panel availability: what works on which panel, since when, and what is promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from application.document import Document, instant
from domain.panels.restoration import CapabilityState

if TYPE_CHECKING:
    from application.panels.projection import CapabilityRow, PanelRow
    from application.panels.queries import Outlined, PanelQueries

PRIVATE = ("id", "version", "capabilities")
"""The members of a panel that its availability does not repeat."""


def read_availability(
    panel_map: PanelQueries, position: int, at: datetime | None, panel: str | None = None
) -> list[Document]:
    """Give the availability of each panel, or of one: of now, or, with ``at``, of then by what is known."""
    panels, restorations, rows = panel_map.read(position, at, panel)
    latest = {each.panel: each for each in restorations}
    by_restoration: dict[str, list[CapabilityRow]] = {}
    for row in rows:
        by_restoration.setdefault(row.restoration, []).append(row)
    return [_panel(row, latest.get(row.panel), by_restoration, at) for row in panels]


def _panel(
    row: PanelRow, latest: Outlined | None, by_restoration: Mapping[str, Sequence[CapabilityRow]], at: datetime | None
) -> Document:
    document = {name: value for name, value in row.document.items() if name not in PRIVATE}
    names: list[str] = row.document["capabilities"]
    if latest is None:
        registered = instant(row.registered_at) if at is None or row.registered_at <= at else None
        capabilities = {name: _untold(CapabilityState.AVAILABLE, registered) for name in names}
        return document | _access(None, {}, at) | {"capabilities": capabilities}
    said = by_restoration.get(latest.restoration, ())
    is_over = _is_completed(latest.outline, at)
    given_up = frozenset(latest.outline["given_up"]) if is_over else frozenset()
    cells = {cell.capability: _cell(cell, given_up, at) for cell in said}
    # Nobody said anything of a capability that the panel got after the loss.
    untold = _untold(CapabilityState.AVAILABLE if is_over else CapabilityState.UNKNOWN, None)
    capabilities = {name: cells.get(name) or untold for name in dict.fromkeys((*names, *cells))}
    return document | _access(latest.restoration, latest.outline, at) | {"capabilities": capabilities}


def _untold(state: CapabilityState, since: str | None) -> Document:
    return {
        "state": str(state),
        "since": since,
        "note": {},
        "workaround": {},
        "expected": None,
        "expected_by": None,
        "overdue": False,
        "given_up": False,
    }


def _cell(row: CapabilityRow, given_up: frozenset[str], at: datetime | None) -> Document:
    said = row.document
    is_back = said["state"] == CapabilityState.AVAILABLE
    return {
        **said,
        "overdue": said["overdue"] and _by(said["expected_by"], at),
        "given_up": row.capability in given_up and not is_back,
    }


def _access(restoration: str | None, outline: Mapping[str, Any], at: datetime | None) -> Document:
    losses = [loss for loss in outline.get("losses", ()) if _by(loss["from"], at)]
    last = losses[-1] if losses else None
    restored = last["until"] if last is not None and _by(last["until"], at) else None
    is_lost = last is not None and restored is None
    promise = _promise(outline.get("promises", ()), len(losses), at, is_lost=is_lost)
    points = [point for point in outline.get("recovery_points", ()) if _by(point["said_at"], at)]
    completed = outline.get("completed_at")
    return {
        "access": "lost" if is_lost else "available",
        "restoration": restoration,
        "lost_at": last["from"] if last is not None else None,
        "access_restored_at": restored,
        "completed_at": completed if _by(completed, at) else None,
        "promise": promise,
        "recovery_point": points[-1] if points else None,
    }


def _promise(
    promises: Iterable[Mapping[str, Any]], loss: int, at: datetime | None, *, is_lost: bool
) -> Document | None:
    made = [each for each in promises if each["loss"] == loss and _by(each["made_at"], at)]
    if not made:
        return None
    newest = {name: value for name, value in made[-1].items() if name not in {"loss", "recorded_at"}}
    lapsed = made[-1]["overdue"] and _by(made[-1]["due_at"], at)
    return newest | {"overdue": bool(is_lost and lapsed)}


def _is_completed(outline: Mapping[str, Any], at: datetime | None) -> bool:
    return outline["completed_at"] is not None and _by(outline["completed_at"], at)


def _by(text: str | None, at: datetime | None) -> bool:
    """Tell whether it was so by then; without a moment, whatever is known has been."""
    return text is not None and (at is None or datetime.fromisoformat(text) <= at)
