"""What the sender needs to know of deliveries, and of the place where they wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from domain.subscriptions.values import Channel
from infrastructure.delivery.wire.answers import WireAnswer

LEASE = timedelta(minutes=2)
"""How long a leased delivery belongs to the sender that leased it. Then another one may lease it."""


class Leased(Protocol):
    """A delivery that was leased. The sender hands it to a wire, which knows what else is in it."""

    @property
    def id(self) -> UUID | str:
        """The delivery, in the log of the program."""

    @property
    def channel(self) -> Channel:
        """The way that it goes."""

    @property
    def host(self) -> str:
        """Where it goes, for the rate: the host of an endpoint, or the relay."""

    @property
    def attempts(self) -> int:
        """How many attempts there were, with the one that it is leased for."""


LeasedT = TypeVar("LeasedT", bound=Leased)
Wire = Callable[[LeasedT], Awaitable[WireAnswer]]
"""Sends one delivery, and says what came of it."""


@dataclass(frozen=True, kw_only=True)
class SendAttempt(Generic[LeasedT]):
    """One delivery that was tried."""

    delivery: LeasedT
    answer: WireAnswer
    at: datetime
    """When the answer came."""


class Outbox(Protocol[LeasedT]):
    """Where deliveries wait.

    Each method commits before it returns. One sender calls them from one thread, never two at a time; other processes
    may call them at the same time.
    """

    def lease(self, limit: int, now: datetime, busy: Collection[str]) -> Sequence[LeasedT]:
        """Lease deliveries that are due at ``now`` until ``now`` plus ``LEASE``, the first due first.

        At most ``limit`` of them, and none to one of the ``busy`` hosts, whose rate is used up.
        """

    def mark(self, attempts: Sequence[SendAttempt[LeasedT]]) -> None:
        """Keep what came of them, and when those that are to be tried again are due.

        Of one whose lease has ended meanwhile, the answer counts all the same.
        """

    def give_back(self, deliveries: Sequence[LeasedT], due: datetime) -> None:
        """End the leases of deliveries that were not tried: they are ``due`` again, with as many attempts as before."""

    def next_due(self) -> datetime | None:
        """Say when the first one is due that is not leased, or whose lease has ended; None if nothing waits."""
