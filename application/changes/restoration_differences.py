"""How the snapshots of a restoration before and after an event differ, told as changes that readers see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from application.changes.differences import Visible, reconciled
from application.changes.kinds import ChangeKind, PublicChange, Thing, Values

if TYPE_CHECKING:
    from application.changes.snapshots import CapabilitySnapshot, PanelSnapshot, RestorationSnapshot
    from domain.text import Text

LOST, RESTORED, COMPLETED = "access_lost", "access_restored", "completed"
GROWN = {
    "recovery_points": ChangeKind.RECOVERY_POINT_SET,
    "progress_reports": ChangeKind.PROGRESS_REPORTED,
    "updates": ChangeKind.RESTORATION_UPDATED,
}


def restoration_changes(
    before: RestorationSnapshot | None, after: RestorationSnapshot, shown: Visible
) -> Iterator[PublicChange]:
    """Tell how a restoration changed; of capabilities that readers are not shown nothing is told."""
    panel = shown.panel(after["panel"])
    thing: Thing = {"type": "restoration", "id": after["id"], "panel": after["panel"]}
    names = {"panel": _name_of(after["panel"], panel)}
    if before is None:
        yield PublicChange(kind=ChangeKind.RESTORATION_LOST, thing=thing, after={"state": after["state"]}, names=names)
        return
    found = [
        *_access(before, after, thing, names),
        *_promises(before, after, thing, names),
        *_capabilities(before, after, thing, panel, names),
        *_instructions(before, after, thing, names),
        *(
            PublicChange(kind=kind, thing=thing, names=names)
            for member, kind in GROWN.items()
            if after[member] > before[member]  # type: ignore[literal-required]  # each is a number
        ),
        *reconciled(before, after, thing, names),
    ]
    if not found and _differ(before, after, panel["hidden"] if panel else ()):
        found = [PublicChange(kind=ChangeKind.RESTORATION_CHANGED, thing=thing, names=names)]
    yield from found


def _access(
    before: RestorationSnapshot, after: RestorationSnapshot, thing: Thing, names: Mapping[str, Text]
) -> Iterator[PublicChange]:
    was, now = before["state"], after["state"]
    kind = None
    if after["losses"] > before["losses"]:
        kind = ChangeKind.RESTORATION_LOST
    elif was != now:
        kind = {RESTORED: ChangeKind.ACCESS_RESTORED, COMPLETED: ChangeKind.RESTORATION_COMPLETED}.get(now)
    if kind is not None:
        yield PublicChange(kind=kind, thing=thing, before={"state": was}, after={"state": now}, names=names)


def _promises(
    before: RestorationSnapshot, after: RestorationSnapshot, thing: Thing, names: Mapping[str, Text]
) -> Iterator[PublicChange]:
    known = {promise["number"]: promise for promise in before["promises"]}
    last = before["promises"][-1] if before["promises"] else None
    for promise in after["promises"]:
        said: Values = {"promised_for": promise["promised_for"]}
        named = {**names, "promised_by": promise["promised_by"]}
        details = {"promised_for": promise["promised_for"]}
        old = known.get(promise["number"])
        if last is None or promise["number"] > last["number"]:
            was: Values | None = {"promised_for": last["promised_for"]} if last else None
            yield PublicChange(
                kind=ChangeKind.PROMISE_MADE, thing=thing, before=was, after=said, names=named, details=details
            )
        if promise["missed"] and not (old and old["missed"]):
            yield PublicChange(kind=ChangeKind.PROMISE_MISSED, thing=thing, after=said, names=named, details=details)


def _capabilities(
    before: RestorationSnapshot,
    after: RestorationSnapshot,
    thing: Thing,
    panel: PanelSnapshot | None,
    names: Mapping[str, Text],
) -> Iterator[PublicChange]:
    hidden = panel["hidden"] if panel else []
    for name, said in after["capabilities"].items():
        was = before["capabilities"].get(name)
        if name in hidden or said["follows"] or said == was:
            continue
        own = panel["names"].get(name) if panel else None
        named = {**names, "capability": own} if own else names
        yield PublicChange(
            kind=ChangeKind.CAPABILITY_CHANGED,
            thing={**thing, "capability": name},
            before=None if was is None else _of_capability(was),
            after=_of_capability(said),
            names=named,
            details={"state": said["state"], "expected_at": said["expected"] if _grew_late(was, said) else None},
        )


def _instructions(
    before: RestorationSnapshot, after: RestorationSnapshot, thing: Thing, names: Mapping[str, Text]
) -> Iterator[PublicChange]:
    was, now = set(before["instructions"]), set(after["instructions"])
    if now - was:
        yield PublicChange(kind=ChangeKind.INSTRUCTION_GIVEN, thing=thing, names=names)
    if was - now:
        yield PublicChange(kind=ChangeKind.INSTRUCTION_WITHDRAWN, thing=thing, names=names)


def _differ(before: Mapping[str, Any], after: Mapping[str, Any], hidden: Collection[str]) -> bool:
    """Tell whether readers see a difference in what is not told apart: what hidden capabilities say, they do not."""

    def seen(snapshot: Mapping[str, Any]) -> list[Any]:
        found = {name: each for name, each in snapshot["capabilities"].items() if name not in hidden}
        return [snapshot["state"], snapshot["rest"], snapshot["promises"], found]

    return seen(before) != seen(after)


def _grew_late(before: CapabilitySnapshot | None, after: CapabilitySnapshot) -> bool:
    """Tell whether what is new of a capability is that its day has passed."""
    return before is not None and after == {**before, "overdue": True}


def _of_capability(snapshot: CapabilitySnapshot) -> Values:
    return {"state": snapshot["state"], "expected": snapshot["expected"]}


def _name_of(key: str, panel: PanelSnapshot | None) -> Text:
    return panel["name"] if panel else {"en": key}
