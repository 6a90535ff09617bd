"""Tells operators and auditors what changed with each event: what readers were told, and what they were not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from application.changes.differences import Visible, incident_changes, window_changes
from application.changes.kinds import ChangeKind, PublicChange, Thing
from application.changes.private_snapshots import DISMISSED
from application.changes.restoration_differences import restoration_changes
from application.changes.telling import SnapshotChange, tell_with

if TYPE_CHECKING:
    from datetime import datetime

    from application.changes.private_snapshots import PrivateSnapshot
    from application.changes.snapshots import IncidentSnapshot, PanelSnapshot, RestorationSnapshot, WindowSnapshot
    from application.changes.statuses import PublicStatuses
    from domain.text import Text

K = ChangeKind
OF_STATUSES = {K.COMPONENT_ADDED, K.COMPONENT_STATUS, K.COMPONENT_REMOVED, K.PANEL_ADDED, K.PANEL_STATUS}


@dataclass(frozen=True, kw_only=True)
class PrivateSnapshotChange:
    """What operators and auditors saw of a thing before and behind an event at ``position``; None before the first."""

    position: int
    thing: str
    before: PrivateSnapshot | None
    after: PrivateSnapshot


def tell_privately(statuses: PublicStatuses, row: PrivateSnapshotChange, now: datetime) -> list[PublicChange]:
    """Tell what operators and auditors saw change; ``statuses``, of the board that they see, then stand behind it."""
    before = None if row.before is None else row.before["seen"]
    change = SnapshotChange(position=row.position, thing=row.thing, before=before, after=row.after["seen"])
    found = tell_with(statuses, change, now, lambda: _own(statuses, row))
    return found or [_details_changed(statuses, row)]


def is_of_status(change: PublicChange) -> bool:
    """Tell whether it is the status of a component or a panel that changed."""
    return change.kind in OF_STATUSES


def not_told(changes: Iterable[PublicChange], others: Sequence[PublicChange]) -> list[PublicChange]:
    """Leave out of what one side was told of an event what the other one was told of it, in whatever words."""
    own = [(each.kind, each.thing) for each in others if not is_of_status(each)]
    statuses = [(each.thing, each.before, each.after) for each in others if is_of_status(each)]
    found = []
    for each in changes:
        if is_of_status(each):
            is_new = (each.thing, each.before, each.after) not in statuses
        elif "capability" in each.thing:
            is_new = (each.kind, each.thing) not in own
        else:
            is_new = not (own or (others and each.kind is K.DETAILS_CHANGED))
        if is_new:
            found.append(each)
    return found


def _own(statuses: PublicStatuses, row: PrivateSnapshotChange) -> Iterator[PublicChange]:
    after, before = row.after["seen"], None if row.before is None else row.before["seen"]
    shown = Visible(components=lambda _: True, panel=lambda key: _revealed(statuses.panels.get(key)))
    match after["type"]:
        case "incident":
            changes = _of_incident(row, cast("IncidentSnapshot | None", before), after, shown)
        case "maintenance_window":
            changes = _of_window(cast("WindowSnapshot | None", before), after, shown)
        case "restoration":
            changes = restoration_changes(cast("RestorationSnapshot | None", before), after, shown)
        case _:
            return
    names = _names(statuses, row)
    yield from (replace(each, names={**each.names, **names}) for each in changes)
    if row.before is not None and row.after["notes"] > row.before["notes"]:
        yield PublicChange(kind=K.INTERNAL_NOTE, thing=_thing(row), names=names)


def _of_incident(
    row: PrivateSnapshotChange, before: IncidentSnapshot | None, after: IncidentSnapshot, shown: Visible
) -> Iterator[PublicChange]:
    if before is None or row.before is None:
        yield from (replace(each, kind=K.INCIDENT_DETECTED) for each in incident_changes(None, after, shown))
        return
    kind = _kind(row.before, row.after, before["state"], after["state"])
    if kind is not None:
        was, now = before["state"], after["state"]
        yield PublicChange(kind=kind, thing=_thing(row), before={"state": was}, after={"state": now})
    else:
        yield from incident_changes(before, after, shown)


def _kind(before: PrivateSnapshot, after: PrivateSnapshot, was: str, now: str) -> ChangeKind | None:
    """Name what only the private side knows of; None if readers of a public incident would be told as well."""
    if was != now and DISMISSED in {was, now}:
        return K.INCIDENT_DISMISSED if now == DISMISSED else K.INCIDENT_REOPENED
    if was == now and before["relapse"] != after["relapse"]:
        return K.INCIDENT_RELAPSED if after["relapse"] else K.RELAPSE_ENDED
    if was == now and before["held"] != after["held"]:
        return K.PUBLICATION_HELD if after["held"] else K.PUBLICATION_RELEASED
    return None


def _of_window(before: WindowSnapshot | None, after: WindowSnapshot, shown: Visible) -> Iterator[PublicChange]:
    changes = window_changes(before, after, shown)
    yield from changes if before is not None else (replace(each, kind=K.MAINTENANCE_PLANNED) for each in changes)


def _details_changed(statuses: PublicStatuses, row: PrivateSnapshotChange) -> PublicChange:
    return PublicChange(kind=K.DETAILS_CHANGED, thing=_thing(row), names=_names(statuses, row))


def _names(statuses: PublicStatuses, row: PrivateSnapshotChange) -> Mapping[str, Text]:
    """Give what a thing is called; an incident that has no title yet is called by a component that it affects."""
    seen = row.after["seen"]
    match seen["type"]:
        case "incident":
            keys = row.after["components"]
            return {"title": seen["title"] or next((_component_name(statuses, key) for key in keys), {})}
        case "maintenance_window":
            return {"title": seen["title"]}
        case "restoration":
            panel = statuses.panels.get(seen["panel"])
            name = panel["name"] if panel else {"en": seen["panel"]}
            return {"title": name, "panel": name}
        case _:
            return {"title": seen["name"] or {"en": row.thing.partition("/")[2]}}


def _component_name(statuses: PublicStatuses, key: str) -> Text:
    component = statuses.components.get(key)
    return component["name"] if component else {"en": key}


def _thing(row: PrivateSnapshotChange) -> Thing:
    seen = row.after["seen"]
    kind, _, key = row.thing.partition("/")
    if kind in {"component", "panel"}:
        thing: Thing = {"type": kind, "key": key}
        return thing
    return (
        {"type": kind, "id": key, "panel": seen["panel"]}
        if seen["type"] == "restoration"
        else {"type": kind, "id": key}
    )


def _revealed(panel: PanelSnapshot | None) -> PanelSnapshot | None:
    return None if panel is None else {**panel, "hidden": []}
