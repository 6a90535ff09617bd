"""Changes of what becomes of requests, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from application.merging import Amendment, merge
from domain.ledger.request_policy import RequestPolicy

MOST_KINDS = 100
"""For how many kinds of requests a cause can have policies."""
PolicyChanges: TypeAlias = Mapping[str, Amendment[RequestPolicy] | None]
"""What changes, by kind; None takes the policy of a kind away, so that it is checked by hand."""


def merge_policies(known: Mapping[str, RequestPolicy], changes: PolicyChanges) -> dict[str, RequestPolicy]:
    """Give ``known`` with the changes of some kinds.

    Raises:
        Invalid: if it would have policies for too many kinds.
    """
    return merge(known, changes, what="request_policies", most=MOST_KINDS)
