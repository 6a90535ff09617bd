"""What the board shows of panels: the status that the latest restoration of each leaves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from application.document import instant
from application.status.documents import BoardPanel
from application.status.panel_projection import BoardPanelRow, BoardRestorationRow, PanelCauseRow
from domain.impact import Status, StatusSpan, worst
from domain.panels.restoration.state import PANEL_STATUSES
from domain.panels.restoration.values import CapabilityState

UNSAID = PANEL_STATUSES[CapabilityState.UNKNOWN]
"""What a capability says of its panel of which a restoration that goes on has said nothing."""


@dataclass(frozen=True, kw_only=True)
class PanelRecord:
    """A panel, its restoration that began last, if there is one, and everything that this one says of it."""

    panel: BoardPanelRow
    restoration: BoardRestorationRow | None = None
    causes: Sequence[PanelCauseRow] = ()


def board_panels(records: Iterable[PanelRecord], *, at: datetime | None, now: datetime) -> list[BoardPanel]:
    """Fold what restorations say into the status of each panel: of now, or, with ``at``, of then.

    With ``at``, the restorations are those that began last by then.
    """
    ordered = sorted(records, key=lambda record: (record.panel.accounts_from, record.panel.panel))
    return [_panel(record, at, now) for record in ordered]


def hidden_capabilities(records: Iterable[PanelRecord]) -> frozenset[tuple[str, str]]:
    """Name panel and capability of each that readers are not shown."""
    return frozenset((each.panel.panel, name) for each in records for name in each.panel.document["hidden"])


def _panel(record: PanelRecord, at: datetime | None, now: datetime) -> BoardPanel:
    panel, restoration = record.panel, record.restoration
    if restoration is None:
        is_known = at is None or panel.registered_at <= at
        status = Status.OPERATIONAL if is_known else Status.UNKNOWN
        since = panel.registered_at if is_known else None
    else:
        # What ends a moment from now, by a clock that is ahead of ours, has ended.
        spans = list(_spans(record, restoration))
        moment = at or max([now, *(edge for span in spans for edge in (span.start, span.end) if edge is not None)])
        status, since = _folded(spans, restoration.began_at, moment)
    goes_on = restoration is not None and not _is_over(restoration, at)
    return {
        "key": panel.panel,
        "name": panel.document["name"],
        "status": str(status),
        "status_since": instant(since),
        "restoration": restoration.restoration if restoration is not None and goes_on else None,
    }


def _spans(record: PanelRecord, restoration: BoardRestorationRow) -> Iterator[StatusSpan]:
    """Give the spans during which access or a capability says something; hidden capabilities say nothing."""
    hidden, mentioned = set(record.panel.document["hidden"]), dict[str, datetime]()
    for row in record.causes:
        if row.capability in hidden:
            continue
        yield StatusSpan(status=Status(row.status), start=row.started_at, end=row.ended_at)
        mentioned[row.capability] = min(row.started_at, mentioned.get(row.capability, row.started_at))
    for capability in record.panel.document["capabilities"]:
        end = mentioned.get(capability, restoration.completed_at)
        if capability not in hidden and end != restoration.began_at:
            yield StatusSpan(status=UNSAID, start=restoration.began_at, end=end)


def _folded(spans: Iterable[StatusSpan], began_at: datetime, moment: datetime) -> tuple[Status, datetime]:
    """Give the worst status of a moment, and since when it is the worst."""
    changes: dict[datetime, list[tuple[Status, int]]] = {}
    for span in spans:
        if span.start <= moment and span.start != span.end:
            changes.setdefault(span.start, []).append((span.status, 1))
            if span.end is not None and span.end <= moment:
                changes.setdefault(span.end, []).append((span.status, -1))
    open_now, status, since = Counter[Status](), Status.OPERATIONAL, began_at
    for edge, said in sorted(changes.items()):
        for each, number in said:
            open_now[each] += number
        current = worst(each for each, number in open_now.items() if number)
        if current is not status:
            status, since = current, edge
    return status, since


def _is_over(restoration: BoardRestorationRow, at: datetime | None) -> bool:
    return restoration.completed_at is not None and (at is None or restoration.completed_at <= at)
