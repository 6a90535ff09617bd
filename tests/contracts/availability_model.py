"""Availability by a plain look at what is known: which panel, which capability, since when, and what is promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from domain.panels.restoration import CapabilityState
from domain.panels.restoration.events import RecoveryPointSet
from tests.contracts.panel_model import Document, Known, Loss, Statement, by, by_time


def availability(known: Known, moment: datetime | None, *, public: bool = True) -> list[Document]:
    """Give the availability of every panel: of now, or of a moment by what is known."""
    return [_of_panel(known, panel, moment, public=public) for panel in known.ordered()]


def _of_panel(known: Known, panel: Document, moment: datetime | None, *, public: bool) -> Document:
    hidden = known.hidden[panel["key"]] if public else ()
    losses, registered = known.losses_of(panel["key"], moment), known.registered[panel["key"]]
    loss = losses[0] if losses else None
    cells = {} if loss is None else dict(_cells(loss, moment))
    is_open = loss is not None and not _is_over(loss, moment)
    untold = _cell(Statement(state=CapabilityState.UNKNOWN if is_open else CapabilityState.AVAILABLE), moment)
    untold["since"] = _text(registered) if loss is None and by(registered, moment) else None
    return {
        **panel,
        "accounts_from": _day(panel["accounts_from"]),
        "accounts_until": _day(panel["accounts_until"]),
        "capabilities": {
            name: cells.get(name, untold) for name in {*panel["capabilities"], *cells} if name not in hidden
        },
        "capability_names": {key: name for key, name in panel["capability_names"].items() if key not in hidden},
        **_access(loss, moment),
    }


def _cells(loss: Loss, moment: datetime | None) -> Iterator[tuple[str, Document]]:
    is_over = _is_over(loss, moment)
    for name, said in loss.said.items():
        held = [(at, statement) for at, statement in sorted(said.items(), key=by_time) if by(at, moment)]
        if held:
            states = [statement.state for _, statement in held]
            same = next((n for n, state in enumerate(reversed(states)) if state is not states[-1]), len(states))
            cell = _cell(held[-1][1], moment)
            is_given_up = is_over and name in loss.given_up and states[-1] is not CapabilityState.AVAILABLE
            yield name, cell | {"since": _text(held[-same][0]), "given_up": is_given_up}


def _is_over(loss: Loss, moment: datetime | None) -> bool:
    return loss.completed_at is not None and by(loss.completed_at, moment)


def _cell(statement: Statement, moment: datetime | None) -> Document:
    expected = statement.expected
    overdue = expected is not None and statement.is_overdue and by(expected.passes_at, moment)
    return {
        "state": str(statement.state),
        "since": None,
        "note": statement.note,
        "workaround": statement.workaround,
        "expected": None if expected is None else expected.said,
        "expected_by": None if expected is None else _text(expected.passes_at),
        "overdue": overdue,
        "overdue_since": _text(expected.passes_at) if expected is not None and overdue else None,
        "given_up": False,
    }


def _access(loss: Loss | None, moment: datetime | None) -> Document:
    spans = [] if loss is None else [span for span in loss.spans if by(span[0], moment)]
    start, end = spans[-1] if spans else (None, None)
    restored = end if end is not None and by(end, moment) else None
    is_lost = start is not None and restored is None
    completed = None if loss is None else loss.completed_at
    return {
        "access": "lost" if is_lost else "available",
        "restoration": None if loss is None else str(loss.id),
        "lost_at": _text(start),
        "access_restored_at": _text(restored),
        "completed_at": _text(completed) if completed is not None and by(completed, moment) else None,
        "promise": _promise(loss, len(spans), moment) if loss is not None and is_lost else None,
        "recovery_point": None if loss is None else _point(loss.points, moment),
    }


def _promise(loss: Loss, place: int, moment: datetime | None) -> Document | None:
    made = [
        (promise.provenance.occurred_at, number, promise)
        for number, (about, promise) in enumerate(loss.promises, 1)
        if about == place and by(promise.provenance.occurred_at, moment)
    ]
    if not made:
        return None
    made_at, number, promise = max(made, key=lambda each: each[:2])
    due, end = promise.promised_for.passes_at, loss.spans[place - 1][1]
    overdue = number in loss.lapsed and by(due, moment) and (end is None or end > due)
    return {
        "number": number,
        "promised_by": promise.promised_by,
        "promised_for": promise.promised_for.said,
        "due_at": _text(due),
        "overdue": overdue,
        "overdue_since": _text(due) if overdue else None,
        "note": promise.note,
        "made_at": _text(made_at),
    }


def _point(points: Sequence[RecoveryPointSet], moment: datetime | None) -> Document | None:
    told = [(point.provenance.occurred_at, place, point) for place, point in enumerate(points)]
    said_at, _, point = max(
        (each for each in told if by(each[0], moment)), default=(None, 0, None), key=lambda e: e[:2]
    )
    if point is None:
        return None
    return {
        "as_of": _text(point.as_of),
        "tolerance": f"PT{point.tolerance.total_seconds():.0f}S",
        "earliest": _text(point.as_of - point.tolerance),
        "latest": _text(min(point.as_of + point.tolerance, point.gap_until)),
        "missing": list(point.missing),
        "gap": {"from": _text(point.as_of), "until": _text(point.gap_until)},
        "note": point.note,
        "said_at": _text(said_at),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
