"""Whom the claims of a provider name, and what they may do by the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from application.access.provider import SignInRefused
from domain.access.keyring import LONGEST_NAME, Role
from domain.comparison import invisible_in

if TYPE_CHECKING:
    from collections.abc import Mapping

EMAIL = "email"
SEPARATOR = "."


@dataclass(frozen=True, kw_only=True)
class ClaimedPeople:
    """Which claim names the person, which one the roles, and which role each value of that one gives."""

    person_claim: str
    role_claim: str
    roles: Mapping[str, Role]

    def is_complete(self, claims: Mapping[str, Any]) -> bool:
        """Whether both claims are there."""
        return _find(claims, self.person_claim) is not None and _find(claims, self.role_claim) is not None

    def person_of(self, claims: Mapping[str, Any]) -> str:
        """Give the person.

        Raises:
            SignInRefused: if no claim names one, or it is an address of e-mail that the provider has not verified.
        """
        value = _find(claims, self.person_claim)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
            raise SignInRefused(f"the provider names no person in the claim {self.person_claim}")
        if not value.isprintable() or invisible_in(value):
            raise SignInRefused(f"the claim {self.person_claim} has characters that nobody sees")
        if self.person_claim == EMAIL and claims.get("email_verified") is not True:
            # Whoever can choose an address could be anybody.
            raise SignInRefused("the provider has not verified the address of e-mail")
        return value

    def roles_of(self, claims: Mapping[str, Any]) -> tuple[Role, ...]:
        """Give the roles, each once.

        Raises:
            SignInRefused: if the person has none.
        """
        value = _find(claims, self.role_claim)
        named = value if isinstance(value, list) else [value]
        found = {self.roles[each] for each in named if isinstance(each, str) and each in self.roles}
        if not found:
            raise SignInRefused("the provider gives this person no role here")
        return tuple(role for role in Role if role in found)


def _find(claims: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - any JSON
    """Find a claim by its name, or inside others by a path (``realm_access.roles``)."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split(SEPARATOR):
        found = found.get(part) if isinstance(found, dict) else None
    return found
