"""Causes on a component, made up, and what a plain model says that the board has to show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import strategies as st

from application.components.documents import ComponentDocument
from application.status.projection import CauseRow, ComponentRow
from domain.components import Component
from domain.impact import EVERYWHERE, Status
from tests.application.program import LABELS, at

HOUR = 60
"""The model looks at every minute of one hour; nothing changes in between."""
KINDS = ("incident", "maintenance_window", "relapse", "pin", "silence")
TITLED = {"incident", "maintenance_window"}


def minute(number: int) -> datetime:
    """Give a minute of the hour."""
    return at("10:00") + timedelta(minutes=number)


def a_component(
    key: str = LABELS, *, vouched: int = -600, public: bool = True, retired: bool = False, place: int = 0
) -> ComponentRow:
    """Give a component that we vouch for from a minute on."""
    document: ComponentDocument = {
        "id": str(Component.id_of(key)),
        "version": 1,
        "key": key,
        "name": {"en": key},
        "group": "carriers",
        "description": {},
        "markets": [],
        "since": "2025-03-04",
        "position": place,
        "public": public,
        "heartbeat": None,
        "silent": False,
        "retired_at": None,
        "pins": [],
    }
    return ComponentRow(
        component=key,
        place=place,
        public=public,
        retired=retired,
        vouched_from=minute(vouched),
        registered_at=None,
        document=document,
    )


def a_cause(
    name: str,
    status: Status,
    start: int,
    end: int | None = None,
    *,
    kind: str = "incident",
    public: bool = True,
    component: str = LABELS,
) -> CauseRow:
    """Give a cause that says a status of a component from one minute to another."""
    return CauseRow(
        cause=name,
        kind=kind,
        component=component,
        started_at=minute(start),
        ended_at=None if end is None else minute(end),
        status=str(status),
        public=public,
        title={"en": name} if kind in TITLED else None,
    )


@st.composite
def causes(draw: st.DrawFn, components: Sequence[str] = (LABELS,), *, least: int = 0) -> list[CauseRow]:
    """Give causes that begin and end within the hour, or are open at its end."""
    result = []
    for number in range(draw(st.integers(least, 8))):
        kind = draw(st.sampled_from(KINDS))
        start = draw(st.integers(0, HOUR - 1))
        result.append(
            a_cause(
                f"cause {number}",
                Status.UNKNOWN if kind == "silence" else draw(st.sampled_from([s for s in Status if s.is_impact])),
                start,
                draw(st.none() | st.integers(start, HOUR - 1)),
                kind=kind,
                public=kind != "relapse" and draw(st.booleans()),
                component=draw(st.sampled_from(components)),
            )
        )
    return result


def about(rows: Sequence[CauseRow], component: str) -> list[CauseRow]:
    """Give the causes that say something of a component, be it by its name or of all."""
    return [row for row in rows if row.component in {component, EVERYWHERE}]


def shown(rows: Sequence[CauseRow], number: int, *, vouched: int, public: bool) -> Status:
    """Give the status at a minute: the worst of what is open then."""
    moment = minute(number)
    said = [
        Status(row.status)
        for row in rows
        if (row.public or not public) and row.started_at <= moment and (row.ended_at is None or moment < row.ended_at)
    ]
    if not said:
        return Status.UNKNOWN if number < vouched else Status.OPERATIONAL
    return max(said, key=list(Status).index)


def shown_since(rows: Sequence[CauseRow], number: int, *, vouched: int, public: bool) -> datetime | None:
    """Give the first of the minutes, back from one, at which the status was the same; None if it always was."""
    status = shown(rows, number, vouched=vouched, public=public)
    for earlier in range(number, -HOUR, -1):
        if shown(rows, earlier - 1, vouched=vouched, public=public) is not status:
            return minute(earlier)
    return None
