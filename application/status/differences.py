"""How two boards differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from application.status.documents import Board, BoardCause, BoardComponent, BoardPanel

TOLD_APART = frozenset({"key", "status", "status_since", "causes", "restoration", "version"})
"""The members of an entry that are told in words of their own, or that tell readers nothing."""
CAUSE_IDENTITY = ("type", "id", "panel", "capability", "since")


@dataclass(frozen=True, kw_only=True)
class EntryDifference:
    """How a component or a panel on the board differs from what it was; it is None where it was not there, or is not.

    ``begun`` are the causes that came, or that say something else now, ``ended`` those that went. ``changed`` names
    other members that have other values, as the document does.
    """

    before: BoardComponent | BoardPanel | None
    after: BoardComponent | BoardPanel | None
    begun: Sequence[BoardCause] = ()
    ended: Sequence[BoardCause] = ()
    changed: Sequence[str] = ()


def entry_differences(before: Board, after: Board) -> Iterator[EntryDifference]:
    """Tell what differs of components and of panels, in the order of the board; what left it comes last."""
    yield from _differences(before["components"], after["components"])
    yield from _differences(before["panels"], after["panels"])


def _differences(
    before: Sequence[BoardComponent] | Sequence[BoardPanel], after: Sequence[BoardComponent] | Sequence[BoardPanel]
) -> Iterator[EntryDifference]:
    old, new = ({entry["key"]: entry for entry in entries} for entries in (before, after))
    for key, entry in new.items():
        known = old.get(key)
        if known != entry:
            yield _difference(known, entry)
    for key, entry in old.items():
        if key not in new:
            yield EntryDifference(before=entry, after=None)


def _difference(before: BoardComponent | BoardPanel | None, after: BoardComponent | BoardPanel) -> EntryDifference:
    old, new = (_causes(entry) for entry in (before, after))
    members = cast("Mapping[str, object]", before or {})
    changed = [name for name, value in after.items() if name not in TOLD_APART and members.get(name) != value]
    return EntryDifference(
        before=before,
        after=after,
        begun=[cause for key, cause in new.items() if old.get(key) != cause],
        ended=[cause for key, cause in old.items() if key not in new],
        changed=changed if before else (),
    )


def _causes(entry: BoardComponent | BoardPanel | None) -> dict[tuple[object, ...], BoardCause]:
    causes: Sequence[BoardCause] = cast("BoardComponent", entry or {}).get("causes", ())
    return {tuple(cause.get(name) for name in CAUSE_IDENTITY): cause for cause in causes}
