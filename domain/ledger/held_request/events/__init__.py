"""The events of a held request; together they are its audit trail."""

from domain.ledger.held_request.events.assignment import (
    Assigned,
    AssignmentUndone,
    FoundTwice,
    Merged,
    TwinMerged,
    TwinParted,
)
from domain.ledger.held_request.events.base import RequestEvent
from domain.ledger.held_request.events.intake import Changed, OpenedAgain, Received, Repeated
from domain.ledger.held_request.events.marks import LabelsChanged, Noted
from domain.ledger.held_request.events.reviews import (
    ClaimLapsed,
    Decided,
    EvidenceAttached,
    Released,
    Reopened,
    Returned,
    WasClaimed,
    WasSigned,
)
from domain.ledger.held_request.events.work import (
    CauseVoided,
    DeadlinePassed,
    HeldBack,
    LeaseLapsed,
    LeaseReleased,
    Reprocessed,
    ResendKept,
    Resent,
    WasDisposed,
    WasLeased,
    WithdrawnFromRun,
)

__all__ = [
    "Assigned",
    "AssignmentUndone",
    "CauseVoided",
    "Changed",
    "ClaimLapsed",
    "DeadlinePassed",
    "Decided",
    "EvidenceAttached",
    "FoundTwice",
    "HeldBack",
    "LabelsChanged",
    "LeaseLapsed",
    "LeaseReleased",
    "Merged",
    "Noted",
    "OpenedAgain",
    "Received",
    "Released",
    "Reopened",
    "Repeated",
    "Reprocessed",
    "RequestEvent",
    "ResendKept",
    "Resent",
    "Returned",
    "TwinMerged",
    "TwinParted",
    "WasClaimed",
    "WasDisposed",
    "WasLeased",
    "WasSigned",
    "WithdrawnFromRun",
]
