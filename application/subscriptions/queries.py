"""Subscriptions and endpoints, as they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from application.subscriptions.documents import PreferencesDocument

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.subscriptions.documents import EndpointDocument
    from domain.subscriptions.values import Channel


@dataclass(frozen=True, kw_only=True)
class KnownSubscription:
    """A confirmed subscription, without its address; ``ended_because`` is None while it is active."""

    id: UUID
    ended_because: str | None
    version: int
    preferences: PreferencesDocument


class SubscriptionQueries(Protocol):
    """The subscriptions by e-mail that were confirmed, and those that have ended since."""

    def page(self, at: int, *, active: bool | None, after: str | None, limit: int) -> Sequence[KnownSubscription]:
        """List them in the order of their ids, behind one of them; None is those that have ended, too.

        Raises:
            NotYetVisible: if the view does not reflect the position, or is being built anew.
        """
        ...

    def count(self, at: int, channel: Channel, *, active: bool) -> Mapping[str, int]:
        """Count by language those of a channel, endpoints too, that are notified; or those that are not any more.

        Raises:
            NotYetVisible: as above.
        """
        ...

    def find(self, at: int, id: UUID) -> KnownSubscription | None:
        """Give one of them; None if there is none.

        Raises:
            NotYetVisible: as above.
        """
        ...


class EndpointQueries(Protocol):
    """The endpoints that operators registered, but for those that they removed."""

    def page(self, at: int, after: str | None, limit: int) -> Sequence[EndpointDocument]:
        """List them as of a position, the first registered first, behind one of them.

        Raises:
            NotYetVisible: if the view does not reflect the position, or is being built anew.
        """
        ...

    def find(self, at: int, id: UUID) -> EndpointDocument | None:
        """Give one of them; None if there is none.

        Raises:
            NotYetVisible: as above.
        """
        ...
