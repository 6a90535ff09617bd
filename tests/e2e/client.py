"""A served Bitácora that alerts are sent to, and what its operators and readers see there."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from infrastructure.clock import SystemClock
from tests.e2e.server import Server, serving

PUBLISH_AFTER, CLEAR_GRACE, STABLE_FOR = timedelta(seconds=2), timedelta(seconds=1), timedelta(seconds=1)
TICK = timedelta(microseconds=1)
SETTINGS = {
    f"BITACORA_{name}": f"{span.seconds}s"
    for name, span in (("PUBLISH_AFTER", PUBLISH_AFTER), ("CLEAR_GRACE", CLEAR_GRACE), ("STABLE_FOR", STABLE_FOR))
}
PATH = "/v1/ingest/alertmanager"


def now() -> datetime:
    """Tell the time, as the service does."""
    return SystemClock().now()


def read(instant: str) -> datetime:
    """Read an instant of an answer."""
    return datetime.fromisoformat(instant)


class Desk:
    """A server whose half hours are seconds; it can be ended and started again at the same address."""

    def __init__(self, database: str, folder: Path, environment: Mapping[str, str], stack: ExitStack) -> None:
        self.database = database
        self._folder, self._environment, self._stack = folder, {**environment, **SETTINGS}, stack
        self.server = self._serve("0")
        self.admin, self.emitter = self.server.admin(), self.server.token("emitter")

    def start_again(self) -> None:
        """Serve anew where it was served before."""
        self.server = self._serve(self.server.address.rpartition(":")[2])

    def webhook(self, source: str) -> str:
        """Give the address that an Alertmanager of this name sends to."""
        return f"{self.server.address}{PATH}?source={source}"

    def register(self, *keys: str) -> None:
        """Register components."""
        for key in keys:
            body = {"key": key, "name": key, "group": "platform"}
            answer = self.server.client.post("/v1/components", json=body, headers=self.admin)
            assert answer.status_code == 201, answer.text

    def incidents(self, component: str, **wanted: str) -> list[dict[str, Any]]:
        """Give the incidents of a component, as operators see them."""
        return self.listed("/v1/incidents", component=component, **wanted)

    def public_state(self, incident: str) -> str | None:
        """Give the state that readers see an incident in, if they see it."""
        answer = self.server.client.get(f"/v1/incidents/{incident}")
        return str(answer.json()["state"]) if answer.status_code == 200 else None

    def signals(self, source: str) -> dict[str, dict[str, Any]]:
        """Give the signals of an Alertmanager by their summaries."""
        found = [signal for signal in self.listed("/v1/signals") if signal["source"] == source]
        assert len({signal["summary"] for signal in found}) == len(found), found
        return {signal["summary"]: signal for signal in found}

    def states(self, source: str) -> dict[str, str]:
        """Say of each signal whether it fires."""
        return {name: signal["state"] for name, signal in self.signals(source).items()}

    def history(self, aggregate: str) -> list[str]:
        """Give the types of the events of an aggregate."""
        return [event["type"] for event in self.server.events(self.admin, aggregate=aggregate)]

    def listed(self, path: str, **wanted: str) -> list[dict[str, Any]]:
        """List everything that there is at a path, as operators see it."""
        found: list[dict[str, Any]] = []
        asked: dict[str, str] = {"limit": "200", **wanted}
        while True:
            answer = self.server.client.get(path, params=asked, headers=self.admin)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page["data"]
            if page["next_cursor"] is None:
                return found
            asked["cursor"] = page["next_cursor"]

    def _serve(self, port: str) -> Server:
        return self._stack.enter_context(
            serving(self.database, self._folder, "--port", port, environment=self._environment)
        )


@contextmanager
def a_desk(database: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Desk]:
    """Serve, and see to it that nothing is left behind."""
    with ExitStack() as stack:
        yield Desk(database, folder, environment, stack)
