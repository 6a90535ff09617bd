"""What the board shows: the worst open cause of each component, and since when."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from application.components.documents import public_parts
from application.document import instant
from application.status.documents import Board, BoardCause, BoardComponent, PrivateParts
from application.status.panel_board import PanelRecord, board_panels, hidden_capabilities
from application.status.projection import CauseRow, ComponentRow
from domain.impact import EVERYWHERE, Spans, Status, StatusSpan, worst

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
RESTORATION = "restoration"
STALE_SECONDS = 3.0
"""After how long without a look at the whole log the board in memory says how old it is."""

INDICATORS = {
    Status.MAJOR_OUTAGE: "critical",
    Status.PARTIAL_OUTAGE: "major",
    Status.DEGRADED_PERFORMANCE: "minor",
    Status.UNDER_MAINTENANCE: "maintenance",
}


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Whose board it is: readers see public causes on public components only."""

    public: bool

    def shows(self, component: ComponentRow) -> bool:
        """Tell whether this side sees a component."""
        return not component.retired and (component.public or not self.public)

    def counts(self, cause: CauseRow) -> bool:
        """Tell whether this side sees a cause."""
        return cause.public or not self.public


PUBLIC = Viewer(public=True)
PRIVATE = Viewer(public=False)


def board(
    components: Iterable[ComponentRow],
    causes: Iterable[CauseRow],
    panels: Iterable[PanelRecord] = (),
    *,
    side: Viewer,
    at: datetime | None,
    now: datetime,
) -> Board:
    """Fold the causes into the board: of what is open, or, with ``at``, of what was true then.

    ``causes`` hold, for each component, at least those, and what is needed to tell since when its status is what it
    is; ``panels`` are known with the restoration of each that began last by then. ``now`` is the moment at which what
    is open is looked at.
    """
    by_component: dict[str, list[CauseRow]] = {}
    for cause in causes:
        if side.counts(cause):
            by_component.setdefault(cause.component, []).append(cause)
    everywhere = by_component.pop(EVERYWHERE, [])
    records = list(panels)
    unnamed = hidden_capabilities(records) if side.public else frozenset()
    shown = [
        _board_component(
            component,
            by_component.get(component.component, []) + since_registration(component, everywhere),
            side,
            at=at,
            now=now,
            unnamed=unnamed,
        )
        for component in sorted(components, key=lambda row: (row.place, row.component))
        if side.shows(component)
    ]
    shown_panels = board_panels(records, at=at, now=now)
    statuses = [Status(entry["status"]) for entry in (*shown, *shown_panels)]
    return {"indicator": indicator(statuses), "components": shown, "panels": shown_panels}


def indicator(statuses: Iterable[Status]) -> str:
    """Name the worst status that is known; ``unknown`` if none is."""
    known = [status for status in statuses if status is not Status.UNKNOWN]
    return INDICATORS.get(worst(known), "none") if known else "unknown"


def since_registration(component: ComponentRow, everywhere: Iterable[CauseRow]) -> list[CauseRow]:
    """Give what is said of every component as it is true of one: from its registration on."""
    begins = component.registered_at or BEGINNING
    return [
        row if row.started_at >= begins else replace(row, started_at=begins)
        for row in everywhere
        if row.ended_at is None or row.ended_at > begins
    ]


def folded(
    causes: Iterable[CauseRow], *, vouched_from: datetime | None, start: datetime, until: datetime | None
) -> Spans:
    """Fold causes into the spans, from ``start`` to ``until``, during which one status showed."""
    spans = [StatusSpan(status=Status(row.status), start=row.started_at, end=row.ended_at) for row in causes]
    if vouched_from is not None and vouched_from > start:
        spans.append(StatusSpan(status=Status.UNKNOWN, start=BEGINNING, end=vouched_from))
    edges = {start} | {edge for span in spans for edge in (span.start, span.end) if edge is not None}
    inside = sorted(edge for edge in edges if edge >= start and (until is None or edge < until))
    result: list[StatusSpan] = []
    for edge in inside:
        status = worst(span.status for span in spans if span.covers(edge))
        if result and result[-1].status is status:
            continue
        if result:
            result[-1] = StatusSpan(status=result[-1].status, start=result[-1].start, end=edge)
        result.append(StatusSpan(status=status, start=edge))
    if result and until is not None:
        result[-1] = StatusSpan(status=result[-1].status, start=result[-1].start, end=until)
    return tuple(result)


def _board_component(
    component: ComponentRow,
    causes: Sequence[CauseRow],
    side: Viewer,
    *,
    at: datetime | None,
    now: datetime,
    unnamed: Container[tuple[str, str]],
) -> BoardComponent:
    document = component.document
    current = [row for row in causes if _is_current(row, at)] if causes else []
    vouched = component.vouched_from or BEGINNING
    moment = max([at or now, *(row.started_at for row in current)]) if current else at or now
    status = worst(Status(row.status) for row in current) if current else Status.OPERATIONAL
    if not current and moment < vouched:
        status = Status.UNKNOWN
    private: PrivateParts = {} if side.public else {"public": document["public"], "version": document["version"]}
    return {
        **public_parts(document),
        **private,
        "status": str(status),
        "status_since": _since(causes, vouched, moment),
        "causes": [_cause(row, side, unnamed) for row in _by_rank(current) if row.kind != "silence"],
    }


def _is_current(row: CauseRow, at: datetime | None) -> bool:
    if at is None:
        return row.ended_at is None
    return row.started_at <= at and (row.ended_at is None or at < row.ended_at)


def _since(causes: Sequence[CauseRow], vouched: datetime, moment: datetime) -> str | None:
    """Give the start of the folded span that covers ``moment``; None if it has none that we know of."""
    if moment >= vouched and (end := _last_end(causes, moment)) is not None:
        return instant(max(vouched, end))
    if not causes:
        return None
    start = min([vouched, moment, *(row.started_at for row in causes)])
    spans = folded(causes, vouched_from=vouched, start=start, until=None)
    last = next(span for span in reversed(spans) if span.start <= moment)
    return None if last.status is Status.UNKNOWN and last.start == start else instant(last.start)


def _last_end(causes: Iterable[CauseRow], moment: datetime) -> datetime | None:
    """Give when the last of them ended, or the beginning of time; None if one of them is not over at ``moment``."""
    last = BEGINNING
    for row in causes:
        end = row.ended_at
        if end is None or end > moment:
            return None
        # What has no length never held.
        if end > last and row.started_at < end:
            last = end
    return last


def _by_rank(causes: Iterable[CauseRow]) -> list[CauseRow]:
    return sorted(causes, key=lambda row: (-Status(row.status).rank, row.started_at, row.cause))


def _cause(row: CauseRow, side: Viewer, unnamed: Container[tuple[str, str]]) -> BoardCause:
    cause: BoardCause = {"type": row.kind, "status": row.status, "since": instant(row.started_at)}
    if row.kind in {"incident", "relapse", "maintenance_window"}:
        cause |= {"id": row.cause, "title": row.title}
    elif row.kind == RESTORATION:
        restoration, panel, capability = row.cause.split("/")
        cause |= {"id": restoration, "panel": panel}
        if (panel, capability) not in unnamed:
            cause |= {"capability": capability}
    elif not side.public:
        cause |= {"id": row.cause}
    if not side.public:
        cause |= {"visibility": "public" if row.public else "private"}
    return cause
