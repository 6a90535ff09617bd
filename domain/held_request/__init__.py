"""A request that could not be handled normally, and what became of it; all of it is private."""

from domain.held_request.aggregate import HeldRequest
from domain.held_request.facts import (
    OPEN,
    Attempt,
    Claim,
    Content,
    Decision,
    Evidence,
    Finding,
    Lease,
    Means,
    Outcome,
    Reference,
    RequestState,
    Result,
    Settlement,
    Signature,
)
from domain.held_request.state import due_handle, same_handle, unsettled_handle

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
    "Outcome",
    "Reference",
    "RequestState",
    "Result",
    "Settlement",
    "Signature",
    "due_handle",
    "same_handle",
    "unsettled_handle",
]
