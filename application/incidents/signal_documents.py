"""A signal as a document; there is no public side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.document import Document, instant
from application.ids import written

if TYPE_CHECKING:
    from domain.incidents.signal import Signal


def signal_document(signal: Signal) -> Document:
    """Write what operators see."""
    return {
        "id": written(signal.id),
        "version": signal.version,
        "source": signal.system,
        "fingerprint": signal.fingerprint,
        "state": "firing" if signal.is_firing else "clear",
        "component": signal.report.component,
        "routed": signal.is_routed,
        "status": str(signal.report.status),
        "cause": signal.report.cause,
        "summary": signal.report.summary,
        "incident": written(signal.incident) if signal.incident else None,
        "fired_at": instant(signal.fired_at),
        "reported_at": signal.report.reported_at,
        "cleared_at": instant(signal.cleared_at),
        "clear_reason": signal.clear_reason,
    }
