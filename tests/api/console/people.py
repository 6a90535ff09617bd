"""People at work for days: each has a token and a window of their own, and signs in again when their session has ended."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from domain.access.keyring import Role
from tests.api.console.visitor import Visitor

if TYPE_CHECKING:
    from tests.api.client import Site

SIGN_IN = "/console/sign-in"


class Person(Visitor):
    """Somebody with a token of their own."""

    def __init__(self, site: Site, role: Role, name: str) -> None:
        super().__init__(site)
        self.name = name
        self._token = site.issue(role, name.lower(), name).token or ""

    def opens(self, path: str, *, status: int = HTTPStatus.OK) -> Visitor:
        """Open an address; who is asked to sign in does, and is led to it."""
        super().opens(path, status=status)
        return self.sends(SIGN_IN, {"token": self._token}) if self.path.startswith(SIGN_IN) else self


def an_operator(site: Site) -> Person:
    """Somebody who runs incidents, maintenance and restorations."""
    return Person(site, Role.OPERATOR, "Olga")


def two_reviewers(site: Site) -> tuple[Person, Person]:
    """Two who check held requests."""
    return Person(site, Role.REVIEWER, "Rita"), Person(site, Role.REVIEWER, "Bea")
