"""A real Alertmanager, as a process of its own, that sends to a webhook."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.server import DEADLINE_SECONDS, eventually

GROUP_WAIT, GROUP_INTERVAL, REPEAT_INTERVAL = "1s", "2s", "1s"
"""Every flush of a group sends it anew: the least that repeats can be."""
COUNTER = re.compile(r'^alertmanager_(\w+)\{integration="webhook"\} ([0-9.e+]+)$', re.MULTILINE)


class Alertmanager:
    """An Alertmanager on free ports of the loopback; with ``peers`` it is one of a cluster."""

    def __init__(
        self, program: str, folder: Path, *, webhook: str, token: str, peers: Sequence[str] | None = None
    ) -> None:
        folder.mkdir()
        configuration = folder / "alertmanager.json"
        # What is JSON is YAML.
        configuration.write_text(json.dumps(_configuration(webhook, token)), encoding="utf-8")
        self._log = folder / "log.txt"
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [
                    program,
                    f"--config.file={configuration}",
                    f"--storage.path={folder / 'data'}",
                    "--web.listen-address=127.0.0.1:0",
                    *_clustering(peers),
                ],
                stdout=log,
                stderr=log,
            )
        self._client = httpx.Client(base_url=f"http://{eventually(self._address)}", timeout=DEADLINE_SECONDS)

    def post(self, *alerts: Mapping[str, Any]) -> None:
        """Hand alerts in, as Prometheus does."""
        answer = self._client.post("/api/v2/alerts", json=list(alerts))
        assert answer.status_code == 200, answer.text

    @property
    def sent(self) -> int:
        """How many notifications were taken from it."""
        counted = self._counted()
        return counted["notifications_total"] - counted["notifications_failed_total"]

    @property
    def said(self) -> str:
        """What it has written so far."""
        return self._log.read_text(encoding="utf-8")

    @property
    def refused(self) -> int:
        """How many requests came to nothing."""
        return self._counted()["notification_requests_failed_total"]

    def peers(self) -> list[str]:
        """Name the members of its cluster, by their addresses."""
        cluster = self._client.get("/api/v2/status").json()["cluster"]
        return [peer["address"] for peer in cluster["peers"]] if cluster["status"] == "ready" else []

    def kill(self) -> None:
        """Let it be gone from one moment to the next."""
        self._client.close()
        self.process.kill()
        self.process.wait(DEADLINE_SECONDS)

    def _counted(self) -> dict[str, int]:
        return {name: int(float(number)) for name, number in COUNTER.findall(self._client.get("/metrics").text)}

    def _address(self) -> str | None:
        assert self.process.poll() is None, self.said
        found = re.search(r'"Listening on" address=(\S+)', self.said)
        return found[1] if found else None


@contextmanager
def alerting(
    program: str, folder: Path, *, webhook: str, token: str, peers: Sequence[str] | None = None
) -> Iterator[Alertmanager]:
    """Run an Alertmanager, and see to it that nothing is left behind."""
    alertmanager = Alertmanager(program, folder, webhook=webhook, token=token, peers=peers)
    try:
        yield alertmanager
    finally:
        alertmanager.kill()


def alert(
    component: str, name: str, *, starts: datetime, ends: datetime | None = None, severity: str = "critical"
) -> dict[str, Any]:
    """Give the alert ``name`` on a component; one that ``ends`` is resolved."""
    return {
        "labels": {"alertname": "Trouble", "component": component, "instance": name, "severity": severity},
        "annotations": {"summary": name},
        "startsAt": nanoseconds(starts),
        **({"endsAt": nanoseconds(ends)} if ends else {}),
    }


def nanoseconds(moment: datetime) -> str:
    """Write an instant as Prometheus does, finer than Python knows it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}789Z"


def _configuration(webhook: str, token: str) -> dict[str, Any]:
    receiver = {
        "url": webhook,
        "send_resolved": True,
        "http_config": {"authorization": {"type": "Bearer", "credentials": token}},
    }
    return {
        "route": {
            "receiver": "bitacora",
            "group_by": ["alertname", "component"],
            "group_wait": GROUP_WAIT,
            "group_interval": GROUP_INTERVAL,
            "repeat_interval": REPEAT_INTERVAL,
        },
        "receivers": [{"name": "bitacora", "webhook_configs": [receiver]}],
    }


def _clustering(peers: Sequence[str] | None) -> list[str]:
    if peers is None:
        return ["--cluster.listen-address="]
    return [
        "--cluster.listen-address=127.0.0.1:0",
        "--cluster.advertise-address=127.0.0.1:0",
        "--cluster.settle-timeout=1s",
        "--cluster.peer-timeout=1s",
        *(f"--cluster.peer={peer}" for peer in peers),
    ]
