"""The events of a held request; together they are its audit trail."""

from domain.ledger.held_request.events.base import RequestEvent
from domain.ledger.held_request.events.checks import (
    ClaimLapsed,
    Decided,
    EvidenceAttached,
    Released,
    Reopened,
    Returned,
    WasClaimed,
    WasSigned,
)
from domain.ledger.held_request.events.intake import Assigned, Changed, FoundTwice, Received, Repeated
from domain.ledger.held_request.events.work import (
    CauseVoided,
    DeadlinePassed,
    LeaseLapsed,
    Reprocessed,
    Resent,
    WasDisposed,
    WasLeased,
)

__all__ = [
    "Assigned",
    "CauseVoided",
    "Changed",
    "ClaimLapsed",
    "DeadlinePassed",
    "Decided",
    "EvidenceAttached",
    "FoundTwice",
    "LeaseLapsed",
    "Received",
    "Released",
    "Reopened",
    "Repeated",
    "Reprocessed",
    "RequestEvent",
    "Resent",
    "Returned",
    "WasClaimed",
    "WasDisposed",
    "WasLeased",
    "WasSigned",
]
