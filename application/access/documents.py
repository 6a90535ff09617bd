"""Tokens as documents, without their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from application.document import Instant, Page, instant
from application.schema import Encodes, documented
from domain.access.keyring import Role

if TYPE_CHECKING:
    from domain.access.keyring import Token


@documented
class TokenDocument(TypedDict):
    """A token: who has it, and what it may do."""

    name: str
    role: Annotated[str, Encodes(Role)]
    person: str
    """The person, or the machine, that acts with it."""
    sources: list[str]
    """The sources for which an emitter sends and reads; empty: all."""
    issued_at: Instant
    expires_at: Instant | None
    """When it is refused by itself; null: never."""
    revoked_at: Instant | None


@documented
class IssuedToken(TokenDocument):
    """A token that was issued just now."""

    secret: str
    """What `Authorization: Bearer` takes. It is shown this once, and stored nowhere."""


@documented
class TokenPage(Page):
    """Tokens, the first issued first, those that were revoked or have expired among them."""

    data: list[TokenDocument]


def token_document(token: Token) -> TokenDocument:
    """Write what admins see of a token."""
    return {
        "name": token.name,
        "role": str(token.role),
        "person": token.person,
        "sources": list(token.sources),
        "issued_at": instant(token.issued_at),
        "expires_at": instant(token.expires_at),
        "revoked_at": instant(token.revoked_at),
    }
