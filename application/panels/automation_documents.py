"""Automations as documents: which are known, and what the rules say of gaps."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from application.document import instant
from domain.panels.restoration import RecoveryGap

if TYPE_CHECKING:
    from collections.abc import Iterable


class GapsDocument(TypedDict):
    """The gaps of a restoration, each from its start until its end."""

    gaps: list[tuple[str, str]]


def gaps_document(gaps: Iterable[RecoveryGap]) -> GapsDocument:
    """Write the gaps of a restoration."""
    return {"gaps": [(instant(gap.start), instant(gap.end)) for gap in gaps]}


def read_gaps(document: GapsDocument) -> tuple[RecoveryGap, ...]:
    """Read the gaps of a restoration."""
    return tuple(
        RecoveryGap(start=datetime.fromisoformat(start), end=datetime.fromisoformat(end))
        for start, end in document["gaps"]
    )
