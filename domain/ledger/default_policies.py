"""The request policies that operators set for every incident that signals begin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Self
from uuid import UUID

from domain.aggregate import Aggregate, Created, Event
from domain.ledger.request_policy import RequestPolicy
from domain.provenance import Provenance

DEFAULTS = UUID("5f0c7c7e-0d2b-4c8e-9b0b-7a4b8f1e6d11")
"""The one id that they have."""
HANDLE = "request-policies"
"""The handle by which they are found: that there are none is known by it without a look at the log."""

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


class DefaultsEvent(Event):
    """Something that happened to the defaults."""


class DefaultsSet(Created, DefaultsEvent):
    """An operator set them for the first time."""

    TOPIC = "request_policies.set"
    request_policies: Mapping[str, RequestPolicy]
    reason: str | None

    def apply(self, aggregate: RequestPolicyDefaults) -> None:
        """Apply these."""
        aggregate.request_policies = self.request_policies


class DefaultsChanged(DefaultsEvent):
    """An operator set others in their place."""

    TOPIC = "request_policies.changed"
    request_policies: Mapping[str, RequestPolicy]
    reason: str | None

    def apply(self, aggregate: RequestPolicyDefaults) -> None:
        """Apply these from now on; incidents that have begun keep theirs."""
        aggregate.request_policies = self.request_policies


class RequestPolicyDefaults(Aggregate):
    """What becomes of requests that an incident holds up which signals began, kind by kind."""

    TOPIC = "request_policies"
    Event = DefaultsEvent
    DefaultsSet = DefaultsSet
    DefaultsChanged = DefaultsChanged

    def __init__(self) -> None:
        """Begin without history; the events fill it in."""
        self.request_policies: Mapping[str, RequestPolicy] = {}

    @property
    def handles(self) -> Mapping[str, datetime]:
        """The one handle by which they are found."""
        return {HANDLE: BEGINNING}

    @classmethod
    def begin(
        cls, *, request_policies: Mapping[str, RequestPolicy], reason: str | None, provenance: Provenance
    ) -> Self:
        """Set them for the first time."""
        provenance.require_past()
        defaults: Self = cls.begin_with(
            cls.DefaultsSet, id=DEFAULTS, request_policies=request_policies, reason=reason, provenance=provenance
        )
        return defaults

    def change(
        self, *, request_policies: Mapping[str, RequestPolicy], reason: str | None, provenance: Provenance
    ) -> None:
        """Set others in their place; no-op if they are the same."""
        provenance.require_past()
        if request_policies != self.request_policies:
            self.record(self.DefaultsChanged, request_policies=request_policies, reason=reason, provenance=provenance)
