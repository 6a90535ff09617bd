"""The processes of a run: servers, each on a port of its own, and the client that asks them."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

from tests.bench.client import Job, Tally
from tests.memory import resident

ROOT = Path(__file__).parents[2]
# Nothing of the shell, so that no setting of it changes what is measured.
ENVIRONMENT = {"PATH": os.defpath}
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.002


class NeverAnswered(Exception):
    """A server did not come up."""


class Server:
    """A server in a process of its own, which prints the address that it serves on."""

    def __init__(self, *arguments: str, errors: Path, settings: Mapping[str, str] | None = None) -> None:
        """Start ``python -m`` with these arguments and wait for the first answer to ``GET /v1/status``."""
        began = perf_counter()
        with errors.open("w") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env={**ENVIRONMENT, **(settings or {})},
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
            )
        self._errors = errors
        try:
            self.port = self._read_port()
            self.board = self._first_answer(began + PATIENCE_SECONDS)
        except BaseException:
            self._process.kill()
            raise
        self.seconds_to_answer = perf_counter() - began

    @property
    def memory(self) -> float | None:
        """The resident memory in MiB, with what it has started; None where the system does not tell in ``/proc``."""
        try:
            return resident(self._process.pid)
        except FileNotFoundError:
            return None

    def stop(self) -> None:
        """Let it stop, and wait until it has."""
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE_SECONDS)

    def _read_port(self) -> int:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "serves on http://" in line:
                return int(line.partition("http://")[2].split()[0].rpartition(":")[2])
        raise NeverAnswered(self._errors.read_text(encoding="utf-8"))

    def _first_answer(self, until: float) -> bytes:
        while self._process.poll() is None and perf_counter() < until:
            try:
                return read(self.port, "/v1/status")
            except ConnectionRefusedError:
                threading.Event().wait(LOOK_SECONDS)
        raise NeverAnswered(self._errors.read_text(encoding="utf-8"))


class Client:
    """The process that asks, one job after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.client"],
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=PATIENCE_SECONDS)

    def do(self, job: Job) -> Tally:
        """Do a job and tell how it went."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise NeverAnswered("the client has stopped; what it said stands above")
        return Tally(**json.loads(line))


def read(port: int, path: str) -> bytes:
    """Ask once, without a token."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()
