"""The addresses of subscribers, which are kept apart from the log so that they can be erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from domain.errors import NotFound
from domain.subscriptions.values import Channel, Preferences


class NoSuchLink(NotFound):
    """No link has this secret, or it is void."""


class LinkPurpose(StrEnum):
    """What the holder of a link may do."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"


class RecipientState(StrEnum):
    """Whether somebody has confirmed, or has left."""

    ASKED = "asked"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody who has an address; ``wanted`` is what a reader asked for and has not confirmed."""

    subscription: UUID
    channel: Channel
    address: str | None
    state: RecipientState
    asked_at: datetime
    wanted: Preferences | None
    is_suppressed: bool = False


@dataclass(frozen=True, kw_only=True)
class OpenedLink:
    """What a link opens."""

    purpose: LinkPurpose
    recipient: Recipient


@dataclass(frozen=True, kw_only=True)
class SuppressedAddress:
    """An address to which nothing is sent; ``address`` is None where nobody has it any more."""

    digest: str
    address: str | None
    reason: str
    since: datetime


class Recipients(Protocol):
    """The addresses. Every method blocks, and commits before it returns."""

    def ask(self, address: str, wanted: Preferences) -> None:
        """Let the mailbox of an address be asked whether it wants to subscribe.

        Asking again asks for what is wanted now. Nothing that a caller could see depends on whether the address is
        known. A mailbox is asked once in some minutes, and not at all if it is suppressed; one that has subscribed
        gets its link to manage the subscription instead.
        """
        ...

    def open(self, secret: str) -> OpenedLink:
        """Give what a link opens.

        A link to confirm that was used opens while it is valid and the subscription is active, and one to unsubscribe
        that was used opens after the subscription has ended: so can both be used twice.

        Raises:
            NoSuchLink: if it is unknown, void or expired.
        """
        ...

    def link(self, subscription: UUID, purpose: LinkPurpose) -> str:
        """Give the secret of a link that is valid now.

        Raises:
            NotFound: if there is no such recipient.
        """
        ...

    def confirm(self, subscription: UUID) -> None:
        """Send to the address from now on; all links that were given before are void."""
        ...

    def end(self, subscription: UUID, *, erases: bool) -> None:
        """Send nothing to the address any more, and void its links; with ``erases`` nothing is left of it."""
        ...

    def check_url(self, url: str) -> str:
        """Give the host of the address of an endpoint.

        Raises:
            Invalid: if it is none, or is in a private network and those are not allowed.
        """
        ...

    def new_secret(self) -> str:
        """Make a secret that signs the messages to a webhook; it is kept by one of the next two."""
        ...

    def add_endpoint(self, subscription: UUID, channel: Channel, url: str, secret: str | None) -> None:
        """Keep the address of an endpoint, and the secret of a webhook."""
        ...

    def begin_move(self, subscription: UUID, url: str, request: str) -> None:
        """Keep the address that an endpoint is to have, beside that of now, until the ``request`` is in the log."""
        ...

    def end_move(self, subscription: UUID, request: str) -> None:
        """Let an endpoint have the address that was kept, if the ``request`` is in the log, and else forget that."""
        ...

    def rotate_secret(self, subscription: UUID, secret: str, old_until: datetime) -> None:
        """Keep a new secret; the one before signs, too, until a moment."""
        ...

    def find(self, subscriptions: Sequence[UUID]) -> Mapping[UUID, Recipient]:
        """Give recipients by the ids of their subscriptions."""
        ...

    def find_address(self, address: str) -> Sequence[Recipient]:
        """Give the recipients with an address."""
        ...


class Suppressions(Protocol):
    """The addresses to which nothing is sent. Every method blocks, and commits before it returns."""

    def suppress(self, address: str, reason: str) -> None:
        """Send nothing to an address any more."""
        ...

    def digest_of(self, address: str) -> str:
        """Give what finds an address without having it."""
        ...

    def allow(self, digest: str) -> bool:
        """Take back a suppression; false if there is none."""
        ...

    def page(self, after: str, limit: int) -> Sequence[SuppressedAddress]:
        """List the suppressed addresses by their digests, behind one of them."""
        ...
