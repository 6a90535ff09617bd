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
from domain.ledger.held_request.events.intake import Assigned, CameAgain, Changed, FoundTwice, Received, Repeated
from domain.ledger.held_request.events.marks import LabelsChanged, Noted
from domain.ledger.held_request.events.work import (
    DeadlinePassed,
    LeaseLapsed,
    Reprocessed,
    Resent,
    WasDisposed,
    WasLeased,
    WithdrawnFromRun,
)

__all__ = [
    "Assigned",
    "CameAgain",
    "Changed",
    "ClaimLapsed",
    "DeadlinePassed",
    "Decided",
    "EvidenceAttached",
    "FoundTwice",
    "LabelsChanged",
    "LeaseLapsed",
    "Noted",
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
    "WithdrawnFromRun",
]
