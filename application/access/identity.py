"""Who calls: known by a token, or by a session that began with one or at a provider of identities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from application.errors import SourceNotAllowed
from domain.access.keyring import Role
from domain.comparison import comparable
from domain.provenance import SignInMethod

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import datetime

STAFF = frozenset(Role) - {Role.READER, Role.EMITTER}
"""The roles of people, who have something to do in the console."""
SEES_PRIVATE = frozenset({Role.OPERATOR, Role.AUDITOR, Role.ADMIN})


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who calls: the name of the token, the roles and the person.

    With ``sources``, the caller sends and reads only for these. Token or session expire at ``expires_at``, if ever.
    One with a ``session`` signed in as ``signed_in`` says; where that was by a provider, ``name`` is that of no token.
    """

    name: str
    roles: frozenset[Role]
    person: str
    sources: tuple[str, ...] = ()
    expires_at: datetime | None = None
    session: UUID | None = None
    signed_in: SignInMethod | None = None

    @property
    def actor(self) -> str:
        """What provenance names the caller."""
        return actor_of(self.name) if self.session is None else session_actor(self.person)

    @property
    def scope(self) -> str:
        """Within what an idempotency key is used once: a token, or one session. No token has a name with a blank."""
        return self.name if self.session is None else f"session {self.session}"

    @property
    def sees_private(self) -> bool:
        """Whether the roles read the private side of incidents and components."""
        return self.has_any(SEES_PRIVATE)

    def has_any(self, roles: AbstractSet[Role]) -> bool:
        """Whether the caller has at least one of these roles."""
        return not self.roles.isdisjoint(roles)

    def may_use(self, source: str | None) -> bool:
        """Whether this caller may speak for a source; None stands for all of them."""
        return not self.sources or (source is not None and comparable(source) in map(comparable, self.sources))

    def require_source(self, source: str | None) -> None:
        """Refuse what another source than those of the token is named in; None stands for all of them.

        Raises:
            SourceNotAllowed: if the token is not bound to this one.
        """
        if not self.may_use(source):
            raise SourceNotAllowed(self.name, source=source, allowed=self.sources)


def actor_of(token: str) -> str:
    """Give what provenance names who calls with a token."""
    return f"token:{token}"


def session_actor(person: str) -> str:
    """Give what provenance names a person who signed in."""
    return f"session:{person}"


def session_name(person: str) -> str:
    """Give what stands where a token is named, for a person who signed in without one; no token can be called so."""
    return f"session of {person}"
