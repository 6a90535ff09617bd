"""The provider of identities (OpenID Connect), as the rest of the program sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from application.errors import ApplicationError, Unavailable

if TYPE_CHECKING:
    from datetime import datetime

    from domain.access.session import SignIn


class ProviderUnavailable(Unavailable):
    """The provider of identities does not answer, or not as it should."""


class SignInRefused(ApplicationError):
    """The provider of identities, or what it says of somebody, lets nobody sign in."""


@dataclass(frozen=True, kw_only=True)
class SignInFlow:
    """What the browser and this service know of one sign-in at the provider, and nobody else does.

    ``state`` finds the browser again, ``nonce`` the sign-in in what the provider signs, and ``verifier`` proves that
    the code is exchanged by who asked for it (RFC 7636).
    """

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, kw_only=True)
class ProviderReply:
    """What the provider has put into the address to which it sent the browser; None for what is not there."""

    code: str | None = None
    state: str | None = None
    issuer: str | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProviderLogout:
    """That somebody has signed out at the provider: the ``subject``, or one session of it; at least one is named."""

    issuer: str
    subject: str | None
    provider_session: str | None
    issued_at: datetime


class IdentityProvider(Protocol):
    """The provider at which people sign in."""

    @property
    def issuer(self) -> str:
        """Its name, an address."""
        ...

    async def address_to_sign_in(self, flow: SignInFlow, *, returns_to: str) -> str:
        """Give the address at which somebody signs in, and from which the browser ``returns_to`` another one.

        Raises:
            ProviderUnavailable: if the provider does not say where.
        """
        ...

    async def complete(self, flow: SignInFlow, reply: ProviderReply, *, returns_to: str) -> SignIn:
        """Learn who signed in.

        Raises:
            SignInRefused: if the reply is to something else, or does not prove who it is, or nobody whom we know.
            ProviderUnavailable: if the provider cannot be asked.
        """
        ...

    async def read_logout(self, token: str) -> ProviderLogout:
        """Read what the provider sends when somebody has signed out there.

        Raises:
            SignInRefused: if the provider did not write it for us, now.
            ProviderUnavailable: if its keys cannot be fetched.
        """
        ...

    async def address_to_sign_out(self, *, returns_to: str) -> str | None:
        """Give the address at which somebody signs out of the provider as well; None if it has none, or is away."""
        ...
