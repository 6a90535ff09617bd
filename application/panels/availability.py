"""Per-panel availability: what works on which panel, since when, and what is promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from application.document import instant
from application.panels.documents import Access, AccessDocument, PanelAvailability, panel_parts, public_panel
from domain.panels.restoration import CapabilityState

if TYPE_CHECKING:
    from application.panels.projection import CapabilityRow, PanelRow
    from application.panels.queries import LatestRestoration, PanelQueries
    from application.panels.recovery_documents import (
        OutlinedPromise,
        PublicCapabilityDocument,
        PublicPromiseDocument,
        RestorationOutline,
    )


def read_availability(
    panels: PanelQueries, position: int, at: datetime | None, panel: str | None = None, *, public: bool = True
) -> list[PanelAvailability]:
    """Read the availability of each panel, or of the one of this key, as of a position.

    With ``at``, it is that of then, by what is known; without, that of now. The ``public`` one has no capabilities that
    are hidden.
    """
    rows, restorations, cells = panels.read(position, at, panel)
    latest = {each.panel: each for each in restorations}
    by_restoration: dict[str, list[CapabilityRow]] = {}
    for cell in cells:
        by_restoration.setdefault(cell.restoration, []).append(cell)
    return [_panel(row, latest.get(row.panel), by_restoration, at, public=public) for row in rows]


def _panel(
    row: PanelRow,
    latest: LatestRestoration | None,
    by_restoration: Mapping[str, Sequence[CapabilityRow]],
    at: datetime | None,
    *,
    public: bool,
) -> PanelAvailability:
    side = public_panel(row.document) if public else row.document
    parts, names, called = panel_parts(row.document), side["capabilities"], side["capability_names"]
    if latest is None:
        registered = instant(row.registered_at) if at is None or row.registered_at <= at else None
        capabilities = {name: _unmentioned(CapabilityState.AVAILABLE, registered) for name in names}
        return {**parts, **_never_lost(), "capabilities": capabilities, "capability_names": called}
    hidden = row.document["hidden_capabilities"] if public else []
    is_over = _is_past(latest.outline["completed_at"], at)
    given_up = frozenset(latest.outline["given_up"]) if is_over else frozenset()
    cells = {
        cell.capability: _capability(cell, given_up, at)
        for cell in by_restoration.get(latest.restoration, ())
        if cell.capability not in hidden
    }
    # No restoration mentions a capability that the panel got after the loss.
    unmentioned = _unmentioned(CapabilityState.AVAILABLE if is_over else CapabilityState.UNKNOWN, None)
    capabilities = {name: cells.get(name) or unmentioned for name in dict.fromkeys((*names, *cells))}
    access = _access(latest.restoration, latest.outline, at)
    return {**parts, **access, "capabilities": capabilities, "capability_names": called}


def _unmentioned(state: CapabilityState, since: str | None) -> PublicCapabilityDocument:
    return {
        "state": str(state),
        "since": since,
        "note": {},
        "workaround": {},
        "expected": None,
        "expected_by": None,
        "overdue": False,
        "overdue_since": None,
        "given_up": False,
    }


def _capability(row: CapabilityRow, given_up: frozenset[str], at: datetime | None) -> PublicCapabilityDocument:
    document = row.document
    is_back = document["state"] == CapabilityState.AVAILABLE
    overdue = document["overdue"] and _is_past(document["expected_by"], at)
    return {
        **document,
        "overdue": overdue,
        "overdue_since": document["overdue_since"] if overdue else None,
        "given_up": row.capability in given_up and not is_back,
    }


def _never_lost() -> AccessDocument:
    return {
        "access": str(Access.AVAILABLE),
        "restoration": None,
        "lost_at": None,
        "access_restored_at": None,
        "completed_at": None,
        "promise": None,
        "recovery_point": None,
    }


def _access(restoration: str, outline: RestorationOutline, at: datetime | None) -> AccessDocument:
    losses = [loss for loss in outline["losses"] if _is_past(loss["from"], at)]
    last = losses[-1] if losses else None
    restored = last["until"] if last is not None and _is_past(last["until"], at) else None
    is_lost = last is not None and restored is None
    points = [point for point in outline["recovery_points"] if _is_past(point["said_at"], at)]
    return {
        "access": str(Access.LOST if is_lost else Access.AVAILABLE),
        "restoration": restoration,
        "lost_at": last["from"] if last is not None else None,
        "access_restored_at": restored,
        "completed_at": outline["completed_at"] if _is_past(outline["completed_at"], at) else None,
        "promise": _promise(outline["promises"], len(losses), at) if is_lost else None,
        "recovery_point": points[-1] if points else None,
    }


def _promise(promises: Iterable[OutlinedPromise], loss: int, at: datetime | None) -> PublicPromiseDocument | None:
    made = [each for each in promises if each["loss"] == loss and _is_past(each["made_at"], at)]
    if not made:
        return None
    newest = made[-1]
    overdue = newest["overdue"] and _is_past(newest["due_at"], at)
    return {
        "number": newest["number"],
        "promised_by": newest["promised_by"],
        "promised_for": newest["promised_for"],
        "due_at": newest["due_at"],
        "overdue": overdue,
        "overdue_since": newest["overdue_since"] if overdue else None,
        "note": newest["note"],
        "made_at": newest["made_at"],
    }


def _is_past(text: str | None, at: datetime | None) -> bool:
    """Tell whether an instant had passed at a moment; without a moment, every instant that is known has."""
    return text is not None and (at is None or datetime.fromisoformat(text) <= at)
