"""The signals, and those among them that no component is known for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from application.incidents.signal_documents import SignalDocument, signal_document
from application.projections.tables import Index, Row, Table, View
from domain.aggregate import Aggregate
from domain.incidents.signal import Signal

SIGNALS = Table(
    name="signals",
    key=("signal",),
    columns={"signal": "key", "routed": "flag", "firing": "flag", "component": "key", "document": "document"},
    indexes=(
        Index(("signal",), "routed = 0 AND to_position IS NULL"),
        Index(("signal",), "firing = 1 AND to_position IS NULL"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class SignalRow(Row):
    """A signal as operators see it."""

    TABLE: ClassVar[Table] = SIGNALS

    signal: str
    routed: bool
    firing: bool
    component: str | None
    document: SignalDocument


def rows_of(aggregate: Aggregate) -> Iterable[Row]:
    """Give the row that follows from a signal as it is; none before it has fired."""
    if not isinstance(aggregate, Signal) or aggregate.fired_at is None:
        return ()
    document = signal_document(aggregate)
    row = SignalRow(
        signal=document["id"],
        routed=aggregate.is_routed,
        firing=aggregate.is_firing,
        component=aggregate.report.component,
        document=document,
    )
    return (row,)


SIGNAL_VIEW = View(name="signals", version=4, tables=(SIGNALS,), of=(Signal,), rows_of=rows_of)
