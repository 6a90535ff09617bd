"""Tells what changed in public with each event, from the snapshots before and after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from application.changes.differences import Visible, incident_changes, window_changes
from application.changes.kinds import ChangeKind, PublicChange, Thing
from application.changes.restoration_differences import restoration_changes
from application.changes.statuses import COMPONENT, Place, PublicStatuses
from domain.impact import EVERYWHERE

if TYPE_CHECKING:
    from application.changes.snapshots import IncidentSnapshot, RestorationSnapshot, Snapshot, WindowSnapshot
    from domain.impact import Status
    from domain.text import Text


@dataclass(frozen=True, kw_only=True)
class SnapshotChange:
    """The snapshots of a thing before and after an event at ``position``; none before if readers saw nothing of it."""

    position: int
    thing: str
    before: Snapshot | None
    after: Snapshot


def tell(statuses: PublicStatuses, change: SnapshotChange, now: datetime) -> list[PublicChange]:
    """Tell what readers saw change with an event that was recorded at ``now``; ``statuses`` then stand behind it.

    First what became of the thing itself, then which statuses it gave to components and panels.
    """
    return tell_with(statuses, change, now, lambda: _of_thing(statuses, change))


def tell_with(
    statuses: PublicStatuses, change: SnapshotChange, now: datetime, own: Callable[[], Iterable[PublicChange]]
) -> list[PublicChange]:
    """Do the same with what became of the thing itself told by ``own``, which is asked behind the event."""
    before, after = change.before, change.after
    places = list(dict.fromkeys(statuses.touched(change.thing, before, after)))
    known = [(place, statuses.status(place, now), _name(statuses, place)) for place in places]
    statuses.apply(change.thing, before, after)
    found = list(own())
    cause, title = _cause_of(change.thing), found[0].names.get("title") if found else None
    for place, was, name in known:
        yet = statuses.status(place, now)
        if yet is not was:
            names = {"name": _name(statuses, place) or name} | ({"title": title} if title else {})
            found.append(_status_change(place, was, yet, names, cause))
    return found


def _of_thing(statuses: PublicStatuses, change: SnapshotChange) -> Iterator[PublicChange]:
    shown = Visible(components=lambda key: key == EVERYWHERE or key in statuses.components, panel=statuses.panels.get)
    before, after = change.before, change.after
    match after["type"]:
        case "incident":
            return incident_changes(cast("IncidentSnapshot | None", before), after, shown)
        case "maintenance_window":
            return window_changes(cast("WindowSnapshot | None", before), after, shown)
        case "restoration":
            return restoration_changes(cast("RestorationSnapshot | None", before), after, shown)
        case _:
            return iter(())


def _cause_of(thing: str) -> Thing | None:
    kind, _, key = thing.partition("/")
    if kind in {"component", "panel"}:
        return None
    cause: Thing = {"type": kind, "id": key}
    return cause


def _name(statuses: PublicStatuses, place: Place) -> Text:
    kind, key = place
    found = statuses.components.get(key) if kind == COMPONENT else statuses.panels.get(key)
    return found["name"] if found else {}


def _status_change(
    place: Place, was: Status | None, now: Status | None, names: Mapping[str, Text], cause: Thing | None
) -> PublicChange:
    kind, key = place
    is_component = kind == COMPONENT
    if was is None:
        what = ChangeKind.COMPONENT_ADDED if is_component else ChangeKind.PANEL_ADDED
    elif now is None:
        what = ChangeKind.COMPONENT_REMOVED
    else:
        what = ChangeKind.COMPONENT_STATUS if is_component else ChangeKind.PANEL_STATUS
    return PublicChange(
        kind=what,
        thing={"type": kind.rstrip("/"), "key": key},
        before=None if was is None else {"status": str(was)},
        after=None if now is None else {"status": str(now)},
        cause=cause,
        names=names,
        details={"before": was, "after": now},
    )
