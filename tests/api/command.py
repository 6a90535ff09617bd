"""A request that changes something."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from domain.access.keyring import Role

if TYPE_CHECKING:
    import httpx

    from tests.api.client import Site

_numbers = count(1)

WHY = {"reason": "We know better."}


@dataclass(frozen=True)
class Command:
    """A request; ``aggregate`` is where its target is read, if the command is one on a target."""

    method: str
    path: str
    body: dict[str, Any] | None
    role: Role = Role.OPERATOR
    aggregate: str | None = None

    def send(self, site: Site, **more: Any) -> httpx.Response:  # noqa: ANN401 - what a caller takes
        """Send it."""
        return site.a(self.role).send(self.method, self.path, json=self.body, **more)


def a_key() -> str:
    """Give a key that no other test uses."""
    return f"thing-{next(_numbers)}"


def on(path: str, action: str, body: dict[str, Any] | None, method: str = "POST") -> Command:
    """Give a command on a target."""
    return Command(method, f"{path}{action}", body, aggregate=path)
