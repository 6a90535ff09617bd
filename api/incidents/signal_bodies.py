"""Requests about signals."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from api.http.pattern_words import in_words
from api.http.values import DISTINCT, Body, Key, Market, Name, Reason, example, parse_instant
from application.incidents.reported_signals import ReportedSignal
from application.incidents.signal_documents import SignalState
from domain.impact import Status
from domain.incidents.signal import SignalCause

SUMMARY_LIMIT = 5_000


class SignalStatus(StrEnum):
    """What a signal can imply for its component; ``operational`` is recorded and begins nothing."""

    OPERATIONAL = "operational"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"


def _instant_text(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    if isinstance(value, str):
        parse_instant(value)
    return value


InstantText = Annotated[
    str,
    BeforeValidator(_instant_text),
    StringConstraints(max_length=64),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class SignalBody(Body):
    """A signal, firing or clear; ``occurred_at`` defaults to now; ``markets`` are those that it hits, if not all."""

    model_config = example(
        source="monitoring",
        fingerprint="5ef77f1f8a3ecfb8",
        state="firing",
        component="order-import",
        status="major_outage",
        summary="No order for ten minutes.",
    )

    source: Name
    fingerprint: Name
    state: SignalState
    component: Name
    status: SignalStatus
    summary: (
        Annotated[
            str,
            StringConstraints(
                max_length=SUMMARY_LIMIT, pattern=in_words(r"^[^\x00]*$", "it is a text without the character NUL")
            ),
        ]
        | None
    ) = None
    cause: SignalCause | None = None
    occurred_at: InstantText | None = None
    markets: Annotated[list[Market], Field(max_length=250), DISTINCT] = []

    def to_command(self) -> ReportedSignal:
        """Give it as the use case takes it."""
        return ReportedSignal(
            source=self.source,
            fingerprint=self.fingerprint,
            firing=self.state is SignalState.FIRING,
            component=self.component,
            status=Status(self.status.value),
            cause=self.cause,
            summary=self.summary,
            occurred_at=parse_instant(self.occurred_at) if self.occurred_at else None,
            reported_at=self.occurred_at,
            markets=tuple(self.markets),
        )


class ClearanceBody(Body):
    """Why a signal is cleared by hand."""

    model_config = example(reason="The probe was switched off before it could clear.")

    reason: Reason


class RefiringBody(Body):
    """Why a signal that was cleared by hand fires all the same."""

    model_config = example(reason="The queue is full again; it should not have been cleared.")

    reason: Reason


class RoutingBody(Body):
    """Which component an unrouted signal is on."""

    model_config = example(component="order-import")

    component: Key
