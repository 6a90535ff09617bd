"""What the tests of the whole program are given: its command line and its server, as processes of their own."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, TypeVar

import httpx
import pytest

from api.cli.program import main
from application.caller import BY_CONSOLE
from domain.access.keyring import Role
from infrastructure.bootstrap import Bitacora
from infrastructure.settings import Settings
from tests.e2e.forked import ForkedProgram

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "api.cli")
DEADLINE_SECONDS = 180

_numbers = count(1)


def bitacora(
    *arguments: str, environment: Mapping[str, str] | None = None, seconds: float = DEADLINE_SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end, which has to come within some seconds."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        program = ForkedProgram(arguments, out, err, environment)
        try:
            code = program.wait(seconds)
        except TimeoutError:
            program.kill()
            raise
        return subprocess.CompletedProcess(
            arguments, code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
        )


def all_at_once(commands: Iterable[Sequence[str]]) -> list[subprocess.CompletedProcess[str]]:
    """Run commands that do not concern one another side by side."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda command: bitacora(*command), commands))


def bitacora_here(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line in this process, which has loaded the program already: that takes 1.5 s of a process.

    It is for commands that fail, and print nothing else. That the process ends as ``main`` does is seen where a command
    runs in a process of its own.
    """
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", [PROGRAM[-1], *arguments])
        for name, value in (environment or {}).items():
            patch.setenv(name, value)
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def succeeded(outcome: subprocess.CompletedProcess[str]) -> str:
    """Give what a command wrote that went well; on stderr it says at most which store it used."""
    assert outcome.returncode == 0, outcome
    assert not [line for line in outcome.stderr.splitlines() if not line.startswith("store: ")], outcome
    return outcome.stdout


def complained(outcome: subprocess.CompletedProcess[str], code: int) -> str:
    """Give the one line in which a command said what is wrong."""
    assert outcome.returncode == code, outcome
    assert "Traceback" not in outcome.stderr
    lines = outcome.stderr.splitlines()
    assert len(lines) == 1, outcome.stderr
    assert lines[0].startswith("bitacora: ")
    return lines[0]


def eventually(look: Callable[[], T]) -> T:
    """Look again and again until there is something to see, and give it."""
    ends, pause = monotonic() + DEADLINE_SECONDS, threading.Event()
    while not (seen := look()):
        assert monotonic() < ends, "nothing came in time"
        pause.wait(0.02)
    return seen


class Server:
    """A server in a process of its own, on a free port."""

    def __init__(
        self, database: str, folder: Path, *options: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self.database = database
        self._said, self._complained = folder / "stdout.txt", folder / "stderr.txt"
        # Of a server that wrote there before, nothing is read.
        self._said.write_text("")
        arguments = ["serve", "--port", "0", "--database", database, *options]
        self.process = ForkedProgram(arguments, self._said, self._complained, environment)
        try:
            self.address = str(eventually(self._address))
            self.client = httpx.Client(base_url=self.address, timeout=DEADLINE_SECONDS)
            eventually(self._answers)
        except BaseException:
            # One that never answers is not left behind, either.
            self.process.kill()
            self.process.wait(DEADLINE_SECONDS)
            raise

    @property
    def said(self) -> str:
        """What it has written so far."""
        return self._said.read_text(encoding="utf-8")

    @property
    def complained(self) -> str:
        """What it has complained of so far."""
        return self._complained.read_text(encoding="utf-8")

    def admin(self) -> dict[str, str]:
        """Issue a token that may do everything, and give the header that shows it."""
        return {"Authorization": f"Bearer {self.token('admin')}"}

    def token(self, role: str) -> str:
        """Issue a token of a role beside the server, as the command line does, and give its secret."""
        return issue_token(self.database, Role(role))

    def events(self, auditor: Mapping[str, str], **wanted: str | int) -> list[dict[str, Any]]:
        """Read events."""
        answer = self.client.get("/v1/events", params={"limit": 200, **wanted}, headers=dict(auditor))
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    def end(self, by: signal.Signals = signal.SIGTERM) -> float:
        """Send a signal, wait until it is gone, and tell how many seconds that took."""
        began = monotonic()
        self.client.close()
        self.process.send_signal(by)
        self.process.wait(DEADLINE_SECONDS)
        return monotonic() - began

    def _address(self) -> str | None:
        assert self.process.poll() is None, self.complained
        found = re.search(r"http://\S+", self.said[self.said.find("serves on") :]) if "serves on" in self.said else None
        return found[0] if found else None

    def _answers(self) -> bool:
        try:
            return self.client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False


def issue_token(database: str, role: Role) -> str:
    """Issue a token in a store that others may have open, and give its secret."""
    name = f"{role}-{next(_numbers)}"
    program = Bitacora(Settings(database=database))
    program.writer.start()
    try:
        return program.writer.call(
            lambda log: program.facade.commands.tokens.issue(log, name=name, role=role, person=name, caller=BY_CONSOLE)
        )
    finally:
        program.stop()


@contextmanager
def serving(
    database: str, folder: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Serve, and see to it that nothing is left behind."""
    server = Server(database, folder, *options, environment=environment)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait(DEADLINE_SECONDS)
        server.client.close()
