"""A request that could not be handled normally, and what became of it; all of it is private."""

from domain.ledger.held_request.held_request import HeldRequest
from domain.ledger.held_request.state import claims_handle, due_handle, same_handle, unsettled_handle
from domain.ledger.held_request.values import (
    OPEN,
    Attempt,
    Claim,
    Content,
    Decision,
    Evidence,
    Finding,
    Lease,
    Means,
    Note,
    Outcome,
    Reference,
    RequestState,
    Result,
    Settlement,
    Signature,
)

__all__ = [
    "OPEN",
    "Attempt",
    "Claim",
    "Content",
    "Decision",
    "Evidence",
    "Finding",
    "HeldRequest",
    "Lease",
    "Means",
    "Note",
    "Outcome",
    "Reference",
    "RequestState",
    "Result",
    "Settlement",
    "Signature",
    "claims_handle",
    "due_handle",
    "same_handle",
    "unsettled_handle",
]
