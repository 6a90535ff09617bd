"""A server that is at work while something goes wrong with its store, and everybody who notices."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import httpx

from tests.e2e.clients import Crowd
from tests.e2e.mirror import Mirror, mirrored
from tests.e2e.proof import assert_sound
from tests.e2e.server import Server, eventually, serving

TIMES = {
    "BITACORA_PUBLISH_AFTER": "1s",
    "BITACORA_CLEAR_GRACE": "PT0.3S",
    "BITACORA_STABLE_FOR": "PT0.7S",
    "BITACORA_REOPEN_WITHIN": "4s",
}
"""Short enough that timers are due at every moment of a trial, also while the store is away."""
RECOVERY_SECONDS = 5.0
LOOK_SECONDS = 0.05
WRITTEN = 20
"""How many commands are acknowledged before anything goes wrong."""
OK, UNAVAILABLE = 200, 503


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a reader saw of the board, and when."""

    at: float
    status: int
    age: int | None


class Reader:
    """Looks at the board all the time."""

    def __init__(self, address: str) -> None:
        self.sights: list[Sight] = []
        self._enough = threading.Event()
        self._client = httpx.Client(base_url=address, timeout=RECOVERY_SECONDS)
        self._thread = threading.Thread(target=self._look, daemon=True)

    @contextmanager
    def read_context_of(self) -> Iterator[None]:
        """Look meanwhile."""
        self._thread.start()
        try:
            yield
        finally:
            self._enough.set()
            self._thread.join()
            self._client.close()

    def since(self, moment: float) -> list[Sight]:
        """Give what was seen since then."""
        return [sight for sight in tuple(self.sights) if sight.at >= moment]

    def _look(self) -> None:
        while not self._enough.wait(LOOK_SECONDS):
            at = monotonic()
            try:
                answer = self._client.get("/v1/status")
            except httpx.TransportError:
                self.sights.append(Sight(at=at, status=0, age=None))
            else:
                age = answer.headers.get("age")
                self.sights.append(Sight(at=at, status=answer.status_code, age=None if age is None else int(age)))


class Trial:
    """A server under load; ``fault`` is what goes wrong with its store meanwhile."""

    def __init__(self, server: Server, mirror: Mirror, crowd: Crowd, reader: Reader) -> None:
        self.server = server
        self.mirror = mirror
        self.crowd = crowd
        self.reader = reader
        self.began = 0.0
        self.ended = 0.0

    @contextmanager
    def fault(self) -> Iterator[None]:
        """Let something be wrong meanwhile, and see to it that all is well soon after.

        It begins when all is well: a server that has just started on a busy machine may still be behind.
        """
        eventually(self._is_fresh)
        self.began = monotonic()
        yield
        self.ended = monotonic()
        eventually(lambda: monotonic() > self.ended + RECOVERY_SECONDS or self._is_well())
        took = monotonic() - self.ended
        assert took < RECOVERY_SECONDS, (self.readiness(), self.reader.sights[-3:], len(self._acknowledged_since()))

    def readiness(self) -> Mapping[str, Any]:
        """Ask the server how it is."""
        answer = self.server.client.get("/readyz")
        told: dict[str, Any] = answer.json()
        assert answer.status_code == (OK if told.get("status") == "ready" else UNAVAILABLE), told
        return told

    def _is_well(self) -> bool:
        seen = self.reader.since(self.ended)
        is_fresh = bool(seen) and (seen[-1].status, seen[-1].age) == (OK, None)
        return is_fresh and bool(self._acknowledged_since()) and self.readiness()["status"] == "ready"

    def _is_fresh(self) -> bool:
        seen = self.reader.sights
        return bool(seen) and (seen[-1].status, seen[-1].age) == (OK, None)

    def _acknowledged_since(self) -> list[object]:
        return [done for done in self.crowd.acknowledged if done.asked_at > self.ended]


@contextmanager
def trial(database: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Trial]:
    """Serve under load, and look at the end at all that was recorded."""
    place = folder / "mirror"
    place.mkdir()
    with (
        serving(database, folder, environment={**environment, **TIMES}) as server,
        mirrored(database, place) as mirror,
    ):
        admin = server.admin()
        for component in Crowd.components():
            assert server.client.post("/v1/components", json=component, headers=admin).is_success
        crowd, reader = Crowd(lambda: [server.address], admin, Random(7)), Reader(server.address)
        with reader.read_context_of():
            with crowd.working():
                eventually(lambda: len(crowd.acknowledged) > WRITTEN)
                yield Trial(server, mirror, crowd, reader)
            eventually(lambda: mirror.timers() == 0 and mirror.is_followed())
        assert {sight.status for sight in reader.sights} == {OK}
        assert_sound(mirror.look(), crowd.acknowledged, at_rest=True)
        assert mirror.assert_views_rebuilt() == len(mirror.events)
        assert "Traceback" not in server.complained
