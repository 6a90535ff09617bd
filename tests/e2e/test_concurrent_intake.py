"""Alerts over HTTP, many at a time: as many connections and processes as there are, and one truth."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest

from tests.e2e.alertmanager import alert
from tests.e2e.client import PATH, SETTINGS, Desk, now
from tests.e2e.server import DEADLINE_SECONDS, serving

CONNECTIONS, TIMES = 8, 100
ALERTS, COMPONENTS = 500, 200
BOUND_SECONDS = 10
"""For one body, on a busy machine; it takes a fraction of a second on an idle one."""
ZERO = "0001-01-01T00:00:00Z"
FINGERPRINTS = {"one": "a1", "two": "b2", "three": "c3"}


@pytest.fixture
def addresses(desk: Desk, tmp_path: Path, process_environment: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """Where it is served: by two processes where the store lets more than one write."""
    with ExitStack() as stack:
        servers = [desk.server]
        if desk.database.startswith("postgres"):
            folder = tmp_path / "second"
            folder.mkdir()
            environment = {**process_environment, **SETTINGS}
            servers.append(stack.enter_context(serving(desk.database, folder, environment=environment)))
        yield [server.address for server in servers]


def told(component: str, name: str, fingerprint: str) -> dict[str, Any]:
    """Give an alert that fires, as an Alertmanager tells of it."""
    return {**alert(component, name, starts=now()), "status": "firing", "endsAt": ZERO, "fingerprint": fingerprint}


class TestGroup:
    def test_that_comes_a_hundred_times_over_eight_connections_is_one_detection(
        self, desk: Desk, addresses: Sequence[str]
    ) -> None:
        desk.register("labels")
        body = {"status": "firing", "alerts": [told("labels", name, key) for name, key in FINGERPRINTS.items()]}

        results = _posted(addresses, desk.emitter, body)

        outcomes = Counter(result["outcome"] for result in results)
        assert outcomes == {"detected": 1, "joined": 2, "ignored": TIMES * 3 - 3}
        (incident,) = desk.incidents("labels")
        assert {result["incident"] for result in results} == {incident["id"]}
        assert len(incident["signals_firing"]) == 3
        fired = [event for event in desk.history(incident["id"]) if event != "incident.published"]
        assert fired == ["incident.detected", "incident.signal_fired", "incident.signal_fired"]
        for signal in incident["signals_firing"]:
            assert desk.history(signal) == ["signal.fired_first"]


class TestBody:
    def test_of_five_hundred_alerts_on_two_hundred_components_is_answered_for_each(self, desk: Desk) -> None:
        keys = [f"part-{number:03}" for number in range(COMPONENTS)]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(desk.register, keys))
        alerts = [told(keys[number % COMPONENTS], f"{number}", f"{number:016x}") for number in range(ALERTS)]

        began = monotonic()
        answer = desk.server.client.post(PATH, json={"alerts": alerts}, headers=_bearer(desk.emitter))
        took = monotonic() - began

        assert answer.status_code == 200, answer.text
        results = answer.json()["alerts"]
        assert [result["fingerprint"] for result in results] == [item["fingerprint"] for item in alerts]
        assert [result["component"] for result in results] == [item["labels"]["component"] for item in alerts]
        assert Counter(result["outcome"] for result in results) == {"detected": COMPONENTS, "joined": 300}
        assert took < BOUND_SECONDS
        position = answer.headers["Bitacora-Position"]
        for key, number in ((keys[0], 3), (keys[-1], 2)):
            (incident,) = desk.incidents(key, min_position=position)
            of_it = {result["incident"] for result in results if result["component"] == key}
            assert (of_it, len(incident["signals_firing"])) == ({incident["id"]}, number)
        begun = {result["incident"] for result in results}
        assert len(begun) == COMPONENTS
        listed = desk.listed("/v1/incidents", min_position=position)
        assert {incident["id"] for incident in listed if set(keys) & incident["components"].keys()} == begun


def _posted(addresses: Sequence[str], token: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Post a body a hundred times over eight connections, and give what became of each alert each time."""
    with ExitStack() as stack:
        clients = [
            stack.enter_context(
                httpx.Client(
                    base_url=addresses[number % len(addresses)], headers=_bearer(token), timeout=DEADLINE_SECONDS
                )
            )
            for number in range(CONNECTIONS)
        ]
        pool = stack.enter_context(ThreadPoolExecutor(CONNECTIONS))
        answers = list(pool.map(lambda number: clients[number % CONNECTIONS].post(PATH, json=body), range(TIMES)))
    assert [answer.status_code for answer in answers] == [200] * TIMES, Counter(answer.text for answer in answers)
    return [result for answer in answers for result in answer.json()["alerts"]]


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
