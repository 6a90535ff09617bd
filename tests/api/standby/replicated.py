"""A server with a hot standby, and the clock by which a process knows how old is what it has read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import pytest

from infrastructure.projections import standby_watch, view_states
from tests.api.client import Site
from tests.databases import PostgresDatabases
from tests.postgres_server import EmbeddedServer
from tests.standby_server import Standby
from tests.waiting import until


@dataclass(frozen=True)
class Replicated:
    """A primary, its standby, and the databases on both."""

    primary: EmbeddedServer
    standby: Standby
    databases: PostgresDatabases


class Watch:
    """A clock of seconds that goes on by itself, and further when a test says so."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        """Let ages be read off it."""
        self._further = 0.0
        for module in (standby_watch, view_states):
            patch.setattr(module, "monotonic", self.read)

    def read(self) -> float:
        """Read it."""
        return monotonic() + self._further

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._further += seconds


def reasons(site: Site) -> set[str]:
    """Give what the service says is the matter with it."""
    return set(site.reader.get("/readyz").json()["reasons"])


def settle(site: Site) -> None:
    """Wait until what is read has every event, and the service is ready."""
    site.tick()
    until(lambda: site.reader.get("/readyz").status_code == 200)


@contextmanager
def paused(replicated: Replicated) -> Iterator[None]:
    """Let the standby replay nothing meanwhile."""
    replicated.standby.pause()
    try:
        yield
    finally:
        replicated.standby.resume()


@contextmanager
def without_primary(replicated: Replicated) -> Iterator[None]:
    """Let the primary be away meanwhile."""
    replicated.primary.crash()
    try:
        yield
    finally:
        replicated.primary.start()
