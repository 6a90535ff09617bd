"""What of the public changes is announced: in feeds, and to whoever subscribes. Each has an id that never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, cast
from uuid import UUID, uuid5

from application.changes.differences import Visible, incident_changes, window_changes
from application.changes.kinds import ChangeKind, PublicChange
from application.changes.restoration_differences import restoration_changes

if TYPE_CHECKING:
    from application.changes.snapshots import IncidentSnapshot, RestorationSnapshot, WindowSnapshot
    from application.changes.telling import SnapshotChange

K = ChangeKind
NAMESPACE = UUID("0d6a5f0e-6a3c-4c43-9a55-6c1a1f1f8f27")
"""Of the ids (RFC 9562, version 5); another one would make everything new to every reader."""
OF_INCIDENTS = {K.INCIDENT_PUBLISHED, K.INCIDENT_UPDATED, K.INCIDENT_RESOLVED, K.INCIDENT_REOPENED}
OF_CORRECTIONS = {K.INCIDENT_CORRECTED, K.INCIDENT_UPDATED}
CORRECTION = "correction/"
"""How the entry of a correction begins; the position of its event follows."""
OF_WINDOWS = {
    K.MAINTENANCE_ANNOUNCED,
    K.MAINTENANCE_MOVED,
    K.MAINTENANCE_UPDATED,
    K.MAINTENANCE_STARTED,
    K.MAINTENANCE_EXTENDED,
    K.MAINTENANCE_VERIFYING,
    K.MAINTENANCE_COMPLETED,
    K.MAINTENANCE_CANCELLED,
}
"""What comes with an entry of the timeline."""


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """Something that readers are announced, once.

    ``thing`` is the type and the id of what it is about (``incident/…``), ``entry`` what tells it from everything else
    that is told of it: ``update/3``. ``number`` is that of the entry of the timeline which comes with it, among those
    that readers see. ``position`` is that of the event.
    """

    thing: str
    entry: str
    position: int
    change: PublicChange
    number: int | None = None
    statuses: Mapping[str, str] = field(default_factory=dict)
    """What the thing said of components from then on, hidden ones included."""
    is_again: bool = False
    """Whether it was told before, and this is a new text of it."""

    @cached_property
    def id(self) -> UUID:
        """Its id: the same in every language, in every format, under every address of the site."""
        return uuid5(NAMESPACE, f"{self.thing}/{self.entry}")


class AnnouncementQueries(Protocol):
    """What readers saw of incidents, windows and restorations, event by event, the newest first."""

    def newest(self, until: int, limit: int) -> Sequence[SnapshotChange]:
        """Give the last ``limit`` changes of such things up to a position, among a bounded number of all.

        Raises:
            NotYetVisible: if the view does not reflect it, or is being built anew.
        """
        ...

    def of_thing(self, thing: str, until: int, limit: int) -> Sequence[SnapshotChange]:
        """Give the last ``limit`` changes of one thing up to a position.

        Raises:
            NotYetVisible: as above.
        """
        ...

    def entries(self, at: int, wanted: Mapping[str, Sequence[int]]) -> Mapping[tuple[str, int], tuple[int, str]]:
        """Give entries of timelines, as readers see them at a position, by things and the numbers they have there.

        Each comes with the position since which it is as it is.

        Raises:
            NotYetVisible: if a view of one of them does not reflect it, or is being built anew.
        """
        ...


def announcements_of(row: SnapshotChange, shown: Visible) -> Iterator[Announcement]:
    """Tell what readers are told with a change; ``shown`` is what they see beside it."""
    before, after = row.before, row.after
    match after["type"]:
        case "incident":
            yield from _of_incident(row, cast("IncidentSnapshot | None", before), after, shown)
        case "maintenance_window":
            yield from _of_window(row, cast("WindowSnapshot | None", before), after, shown)
        case "restoration":
            yield from _of_restoration(row, cast("RestorationSnapshot | None", before), after, shown)


def reminder_announcement(window: WindowSnapshot, *, number: int, position: int) -> Announcement:
    """Announce that an announced window is about to begin.

    ``window`` is what readers saw of it at ``position``, that of the event of the reminder. ``number`` counts the
    reminders of the window, those of earlier plans included, from 1. Feeds and lists of changes have no such entry.
    """
    change = PublicChange(
        kind=K.MAINTENANCE_REMINDER,
        thing={"type": "maintenance_window", "id": window["id"]},
        names={"title": window["title"]},
        details={"starts_at": window["starts_at"], "ends_at": window["ends_at"], "outcome": window["outcome"]},
    )
    return Announcement(
        thing=f"maintenance_window/{window['id']}",
        entry=f"reminder/{number}",
        position=position,
        change=change,
        statuses=window["statuses"],
    )


def correction_announcement(row: SnapshotChange, shown: Visible) -> Announcement | None:
    """Announce that a person corrected what was said of an incident; None if readers see nothing of it.

    ``row`` is what readers saw change with the event of the correction. Feeds have no such entry: the corrected entry
    moves there.
    """
    before, after = row.before, row.after
    if before is None or before["type"] != "incident" or after["type"] != "incident":
        return None
    # A corrected impact may change what the incident shows now.
    found = (each for each in incident_changes(before, after, shown) if each.kind in OF_CORRECTIONS)
    change = next(found, None)
    if change is None:
        return None
    return _announcement(row, f"{CORRECTION}{row.position}", replace(change, kind=K.INCIDENT_CORRECTED))


def _of_incident(
    row: SnapshotChange, before: IncidentSnapshot | None, after: IncidentSnapshot, shown: Visible
) -> Iterator[Announcement]:
    for change in incident_changes(before, after, shown):
        if change.kind in OF_INCIDENTS:
            yield from _with_entries(row, change, before["updates"] if before else 0, after["updates"])
        elif change.kind is K.INCIDENT_WITHDRAWN:
            # It may be reopened, and be withdrawn again after that was announced.
            yield _announcement(row, f"withdrawn/{after['updates']}", change)
        elif change.kind is K.POSTMORTEM_PUBLISHED:
            is_again = before is not None and before["postmortem"] is not None
            yield replace(_announcement(row, "postmortem", change), is_again=is_again)


def _of_window(
    row: SnapshotChange, before: WindowSnapshot | None, after: WindowSnapshot, shown: Visible
) -> Iterator[Announcement]:
    for change in window_changes(before, after, shown):
        if change.kind in OF_WINDOWS:
            yield from _with_entries(row, change, before["updates"] if before else 0, after["updates"])


def _of_restoration(
    row: SnapshotChange, before: RestorationSnapshot | None, after: RestorationSnapshot, shown: Visible
) -> Iterator[Announcement]:
    made, missed = iter(_made(before, after)), iter(_missed(before, after))
    for change in restoration_changes(before, after, shown):
        match change.kind:
            case K.RESTORATION_LOST:
                yield _announcement(row, f"lost/{after['losses']}", change)
            case K.ACCESS_RESTORED:
                yield _announcement(row, f"access_restored/{after['losses']}", change)
            case K.RESTORATION_COMPLETED:
                yield _announcement(row, "completed", change)
            case K.PROMISE_MADE:
                yield _announcement(row, f"promise/{next(made)}", change)
            case K.PROMISE_MISSED:
                yield _announcement(row, f"promise/{next(missed)}/missed", change)
            case K.RESTORATION_UPDATED:
                yield from _with_entries(row, change, before["updates"] if before else 0, after["updates"])


def _made(before: RestorationSnapshot | None, after: RestorationSnapshot) -> list[int]:
    last = before["promises"][-1]["number"] if before and before["promises"] else 0
    return [each["number"] for each in after["promises"] if each["number"] > last]


def _missed(before: RestorationSnapshot | None, after: RestorationSnapshot) -> list[int]:
    known = {each["number"] for each in before["promises"] if each["missed"]} if before else set()
    return [each["number"] for each in after["promises"] if each["missed"] and each["number"] not in known]


def _with_entries(row: SnapshotChange, change: PublicChange, before: int, after: int) -> Iterator[Announcement]:
    for number in range(before + 1, after + 1):
        yield _announcement(row, f"update/{number}", change, number)


def _announcement(row: SnapshotChange, entry: str, change: PublicChange, number: int | None = None) -> Announcement:
    statuses = cast("Mapping[str, str]", row.after.get("statuses", {}))
    return Announcement(
        thing=row.thing, entry=entry, position=row.position, change=change, number=number, statuses=statuses
    )
