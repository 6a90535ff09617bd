"""People at work for days: each has a token and a window, and signs in again when the session has ended."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from domain.access.keyring import Role
from tests.api.client import made
from tests.api.console.visitor import Visitor
from tests.api.ledger_steps import a_request

if TYPE_CHECKING:
    from tests.api.client import Site

SIGN_IN = "/console/sign-in"
COMPONENTS = "/console/settings/components"
QUEUE = "/console/queue"


class Person(Visitor):
    """Somebody with a token of their own."""

    def __init__(self, site: Site, role: Role, name: str) -> None:
        super().__init__(site)
        self._token = site.issue(role, name.lower(), name).token or ""

    def opens(self, path: str, *, status: int = HTTPStatus.OK) -> Self:
        """Open an address; who is asked to sign in does, and is led to it."""
        super().opens(path, status=status)
        if self.path.startswith(SIGN_IN):
            self.sends(SIGN_IN, {"token": self._token})
        return self

    def follows(self, words: str) -> Self:
        """Follow a link of the screen."""
        return self.opens(self.link(words))

    @property
    def place(self) -> str:
        """The address of the screen, without its query."""
        return self.path.partition("?")[0]

    @property
    def id(self) -> str:
        """The id of what the screen is about."""
        return self.place.rpartition("/")[2]


def an_operator(site: Site) -> Person:
    """Somebody who runs incidents, maintenance and restorations."""
    return Person(site, Role.OPERATOR, "Olga")


def two_reviewers(site: Site) -> tuple[Person, Person]:
    """Two who check held requests."""
    return Person(site, Role.REVIEWER, "Rita"), Person(site, Role.REVIEWER, "Bea")


def registers(operator: Person, key: str, name: str, group: str, **more: str) -> None:
    """Let an operator register a component on the form."""
    values = {"key": key, "name.en": name, "group": group, "since": "2020-01-01", **more}
    operator.opens(COMPONENTS).sends("register", values).reads("The component is registered. Readers see it now.")


def holds_up(site: Site, cause: dict[str, str], *references: str, received_at: str, **more: object) -> None:
    """Let a machine hand in requests that a cause holds up."""
    requests = [a_request(cause, each, received_at=received_at, **more) for each in references]
    made(site.emitter.post("/v1/held-requests", requests))
    site.tick()
