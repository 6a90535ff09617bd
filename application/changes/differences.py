"""How the snapshots of a thing before and after an event differ, told as changes that readers see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from application.changes.kinds import ChangeKind, PublicChange, Thing, Values

if TYPE_CHECKING:
    from application.changes.snapshots import IncidentSnapshot, PanelSnapshot, WindowSnapshot

OVER = {"resolved", "withdrawn"}
UNDER_WAY = {"in_progress", "verifying"}
WINDOW_ENTERED = {
    "in_progress": ChangeKind.MAINTENANCE_STARTED,
    "verifying": ChangeKind.MAINTENANCE_VERIFYING,
    "completed": ChangeKind.MAINTENANCE_COMPLETED,
    "cancelled": ChangeKind.MAINTENANCE_CANCELLED,
}


@dataclass(frozen=True, kw_only=True)
class Visible:
    """What readers see beside a thing: which components, and its panel, if it has one."""

    components: Callable[[str], bool]
    panel: Callable[[str], PanelSnapshot | None]

    def visible(self, statuses: Mapping[str, str]) -> dict[str, str]:
        """Leave out what is said of components that readers do not see."""
        return {key: status for key, status in statuses.items() if self.components(key)}


def incident_changes(
    before: IncidentSnapshot | None, after: IncidentSnapshot, shown: Visible
) -> Iterator[PublicChange]:
    """Tell how a public incident changed: first where it stands, then what was written about it."""
    thing: Thing = {"type": "incident", "id": after["id"]}
    names = {"title": after["title"]}
    values = _of_incident(after)
    if before is None:
        yield PublicChange(
            kind=ChangeKind.INCIDENT_PUBLISHED,
            thing=thing,
            after=values,
            names=names,
            details={"state": after["state"]},
        )
        return
    kind = _incident_kind(before, after, shown)
    if kind is not None:
        details = {"state": after["state"], "expected_at": after["expected_at"]}
        yield PublicChange(
            kind=kind, thing=thing, before=_of_incident(before), after=values, names=names, details=details
        )
    if after["postmortem"] is not None and after["postmortem"] != before["postmortem"]:
        yield PublicChange(kind=ChangeKind.POSTMORTEM_PUBLISHED, thing=thing, names=names)
    yield from reconciled(before, after, thing, names)


def window_changes(before: WindowSnapshot | None, after: WindowSnapshot, shown: Visible) -> Iterator[PublicChange]:
    """Tell how an announced window changed."""
    thing: Thing = {"type": "maintenance_window", "id": after["id"]}
    names = {"title": after["title"]}
    details = {"starts_at": after["starts_at"], "ends_at": after["ends_at"], "outcome": after["outcome"]}
    if before is None:
        yield PublicChange(
            kind=ChangeKind.MAINTENANCE_ANNOUNCED, thing=thing, after=_of_window(after), names=names, details=details
        )
        return
    kind = _window_kind(before, after, shown)
    if kind is not None:
        yield PublicChange(
            kind=kind, thing=thing, before=_of_window(before), after=_of_window(after), names=names, details=details
        )
    yield from reconciled(before, after, thing, names)


def reconciled(
    before: Mapping[str, Any], after: Mapping[str, Any], thing: Thing, names: Mapping[str, Any]
) -> Iterator[PublicChange]:
    """Tell that everything that a thing held up was checked, where readers are told so."""
    if after["reconciled"] and not before["reconciled"]:
        yield PublicChange(kind=ChangeKind.REQUESTS_RECONCILED, thing=thing, names=names)


def _incident_kind(before: IncidentSnapshot, after: IncidentSnapshot, shown: Visible) -> ChangeKind | None:
    was, now = before["state"], after["state"]
    if was != now and now == "withdrawn":
        return ChangeKind.INCIDENT_WITHDRAWN
    if was != now and now == "resolved":
        return ChangeKind.INCIDENT_RESOLVED
    if was in OVER and now not in OVER:
        return ChangeKind.INCIDENT_REOPENED
    said = ("state", "updates", "expected_at")
    if _differ(before, after, said) or _differ_seen(before, after, "statuses", shown):
        return ChangeKind.INCIDENT_UPDATED
    if _differ(before, after, ("title", "rest")) or _differ_seen(before, after, "spans", shown):
        return ChangeKind.INCIDENT_CORRECTED
    return ChangeKind.INCIDENT_CONTACTS_CHANGED if _differ(before, after, ("contacts",)) else None


def _window_kind(before: WindowSnapshot, after: WindowSnapshot, shown: Visible) -> ChangeKind | None:
    was, now = before["state"], after["state"]
    if was != now:
        back = was in UNDER_WAY and now == "in_progress"
        return ChangeKind.MAINTENANCE_EXTENDED if back else WINDOW_ENTERED[now]
    if _differ(before, after, ("starts_at", "ends_at")):
        return ChangeKind.MAINTENANCE_EXTENDED if now in UNDER_WAY else ChangeKind.MAINTENANCE_MOVED
    if _differ(before, after, ("updates", "expected_at")) or _differ_seen(before, after, "statuses", shown):
        return ChangeKind.MAINTENANCE_UPDATED
    if _differ(before, after, ("title", "rest")) or _differ_seen(before, after, "planned", shown):
        return ChangeKind.MAINTENANCE_CHANGED
    return None


def _of_incident(snapshot: IncidentSnapshot) -> Values:
    return {"state": snapshot["state"], "expected_at": snapshot["expected_at"]}


def _of_window(snapshot: WindowSnapshot) -> Values:
    return {"state": snapshot["state"], "starts_at": snapshot["starts_at"], "ends_at": snapshot["ends_at"]}


def _differ(before: Mapping[str, Any], after: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return any(before[name] != after[name] for name in names)


def _differ_seen(before: Mapping[str, Any], after: Mapping[str, Any], name: str, shown: Visible) -> bool:
    return shown.visible(before[name]) != shown.visible(after[name])
