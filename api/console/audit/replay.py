"""The replay: the board as it was, one change after the other, with the difference in words."""

from __future__ import annotations

import asyncio
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.event_words import words_of_actor
from api.console.kernel.fields import FieldFault, read_instant
from api.console.kernel.guards import Auditing
from api.console.kernel.screens import Screen, ScreenRoute, answer_screen
from domain.instants import written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/audit/replay", route_class=ScreenRoute)

AT_ONCE = 200
MOST_CHANGES = 3 * AT_ONCE
"""How many changes one replay goes through; a longer span is replayed in pieces."""
USUAL = timedelta(days=7)
EARLIEST = datetime.min.replace(tzinfo=UTC) + USUAL
POSITION = re.compile("[0-9]{1,15}")


@dataclass(frozen=True, kw_only=True)
class ReplayStep:
    """All that changed with one event."""

    position: int
    at: str
    changes: Sequence[Mapping[str, Any]]

    @property
    def who(self) -> str:
        """Who made the event."""
        return words_of_actor(self.changes[0]["actor"])

    @property
    def why(self) -> str:
        """The reason that was given; empty if none was."""
        return str(self.changes[0]["reason"] or "")

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """The components and panels that changed, by kind and key."""
        return frozenset((each["thing"]["type"], each["thing"].get("key", "")) for each in self.changes)


@router.get("")
async def show_replay(visit: Auditing) -> Response:
    """Show the board of a moment in a span, and what changed last."""
    return await answer_screen(visit, read_replay)


@router.get("/step")
async def show_step(visit: Auditing) -> Response:
    """Answer with the part of the screen that moves, for the slider."""
    return await answer_screen(visit, _read_part)


async def _read_part(visit: Visit) -> Screen:
    screen = await read_replay(visit)
    return screen if screen.document["faults"] else replace(screen, template="audit_replay_step.html")


async def read_replay(visit: Visit) -> Screen:
    """Read the changes of the span that was asked for, and the board as of one of them."""
    start, end, faults = _span(visit)
    document: dict[str, object] = {
        "faults": faults,
        "start": start,
        "end": end,
        "start_at": _moment(start),
        "end_at": _moment(end),
    }
    if faults:
        return Screen(template="audit_replay.html", document=document, status=422)
    changes, goes_on = await _changes(visit, start, end)
    steps = [
        ReplayStep(position=position, at=found[0]["at"], changes=found)
        for position, found in ((at, list(group)) for at, group in groupby(changes, itemgetter("position")))
    ]
    number = _chosen(visit, steps)
    step = steps[number - 1] if number else None
    board, groups = await asyncio.gather(
        visit.api.read("/v1/status", as_of=str(step.position) if step else start), visit.api.read("/v1/groups")
    )
    things = [*board["components"], *board["panels"]]
    trouble = sum(each["status"] != "operational" for each in things)
    document |= {
        "steps": steps,
        "number": number,
        "step": step,
        "board_at": step.at if step else ("" if POSITION.fullmatch(start) else start),
        "board": _grouped(board),
        "groups": {each["key"]: each["name"] for each in groups["data"] if each["name"]},
        "trouble": trouble,
        "calm": len(things) - trouble,
        "goes_on": str(steps[-1].position) if goes_on and steps else "",
        "most": MOST_CHANGES,
    }
    return Screen(template="audit_replay.html", document=document)


def _span(visit: Visit) -> tuple[str, str, dict[str, str]]:
    """Give the moments or positions of the span, as routes take them, and what is wrong with them."""
    found, faults = {"from": "", "until": ""}, {}
    for name in found:
        text = visit.query.get(name, "").strip()
        try:
            found[name] = text if not text or POSITION.fullmatch(text) else read_instant(text, visit.zone, name)
        except FieldFault as fault:
            faults[name] = fault.text
    start, end = found["from"], found["until"]
    if _is_later(end, visit.now):
        end = ""
    if not end and "until" not in faults:
        end = written(visit.now)
    if not start and "from" not in faults:
        until = visit.now if POSITION.fullmatch(end) or not end else datetime.fromisoformat(end)
        start = written(max(until, EARLIEST) - USUAL)
    if _is_later(start, visit.now):
        faults["from"] = "Enter a moment that is not in the future."
    elif not faults and bool(POSITION.fullmatch(start)) == bool(POSITION.fullmatch(end)) and _after(start, end):
        faults["from"] = "Enter a moment before the end."
    return start, end, faults


def _moment(text: str) -> datetime | None:
    return None if not text or POSITION.fullmatch(text) else datetime.fromisoformat(text)


def _is_later(text: str, now: datetime) -> bool:
    return bool(text) and not POSITION.fullmatch(text) and datetime.fromisoformat(text) > now


def _after(start: str, end: str) -> bool:
    if POSITION.fullmatch(start):
        return int(start) > int(end)
    return datetime.fromisoformat(start) > datetime.fromisoformat(end)


async def _changes(visit: Visit, start: str, end: str) -> tuple[list[Mapping[str, Any]], bool]:
    """Give the changes of the span, and whether there are more of them."""
    found: list[Mapping[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await visit.api.read("/v1/changes", **{"from": start}, until=end, limit=AT_ONCE, cursor=cursor)
        found += page["data"]
        cursor = page["next_cursor"]
        if not page["has_more"] or len(found) >= MOST_CHANGES:
            return found, bool(page["has_more"])


def _chosen(visit: Visit, steps: Sequence[ReplayStep]) -> int:
    """Give which step is shown: by its number, by a position or by a moment; 0 is the beginning of the span."""
    wanted, at = visit.query.get("step", ""), visit.query.get("at", "").strip()
    if POSITION.fullmatch(wanted):
        return min(int(wanted), len(steps))
    if POSITION.fullmatch(at):
        return bisect_right([each.position for each in steps], int(at))
    try:
        moment = datetime.fromisoformat(read_instant(at, visit.zone, "at")) if at else None
    except FieldFault:
        moment = None
    if moment is None:
        return 0
    return bisect_right([datetime.fromisoformat(each.at) for each in steps], moment)


def _grouped(board: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Give the components by group, in the order of the page, and the panels at the end."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for each in board["components"]:
        groups.setdefault(each["group"], []).append({**each, "kind": "component"})
    found = list(groups.items())
    if board["panels"]:
        found.append(("", [{**each, "kind": "panel"} for each in board["panels"]]))
    return found
