"""A drill: signals come in, the store is backed up meanwhile, and restored elsewhere has all that was acknowledged."""

from __future__ import annotations

import os
import pty
import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.databases import PostgresDatabases, migrate
from tests.e2e.server import (
    PROGRAM,
    ROOT,
    Server,
    all_at_once,
    bitacora,
    bitacora_here,
    complained,
    eventually,
    serving,
    succeeded,
)
from tests.postgres_server import run_program

PAUSE_SECONDS = 0.02
BEFORE = 50
"""How many signals are acknowledged before the backup begins."""


class Sender:
    """Sends signals, one after the other, and remembers which were acknowledged."""

    def __init__(self, server: Server) -> None:
        """Register a component for them."""
        self._server = server
        self._emitter = {"Authorization": f"Bearer {server.token('emitter')}"}
        self.admin = server.admin()
        component = {"key": "labels", "name": "Labels", "group": "carriers"}
        server.client.post("/v1/components", json=component, headers=self.admin).raise_for_status()
        self.acknowledged: list[str] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._send)

    def start(self) -> None:
        """Send until stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Send no more."""
        self._stopping.set()
        self._thread.join()

    def _send(self) -> None:
        with httpx.Client(base_url=self._server.address, headers=self._emitter, timeout=60) as client:
            while not self._stopping.is_set():
                name = f"signal-{len(self.acknowledged)}"
                signal = {"source": "drill", "fingerprint": name, "state": "firing", "component": "labels"}
                answer = client.post("/v1/signals", json={**signal, "status": "degraded_performance"})
                answer.raise_for_status()
                self.acknowledged.append(name)
                self._stopping.wait(PAUSE_SECONDS)


@contextmanager
def sending(server: Server) -> Iterator[Sender]:
    """Send signals, the first of which are acknowledged."""
    sender = Sender(server)
    sender.start()
    try:
        eventually(lambda: len(sender.acknowledged) >= BEFORE)
        yield sender
    finally:
        sender.stop()


class TestSQLite:
    def test_backed_up_while_served_has_all_that_was_acknowledged(self, sqlite_url: str, tmp_path: Path) -> None:
        backup = tmp_path / "backup.sqlite3"
        with serving(sqlite_url, tmp_path) as server:
            with sending(server) as sender:
                known = len(sender.acknowledged)
                told = succeeded(bitacora("backup", str(backup), "--database", sqlite_url))
                assert len(sender.acknowledged) > known
            in_use = complained(bitacora("restore", str(backup), "--force", "--database", sqlite_url), 1)
            server.end(signal.SIGKILL)

        assert "up to position" in told
        assert "stop it first" in in_use
        elsewhere = f"sqlite:///{tmp_path / 'elsewhere' / 'bitacora.sqlite3'}"
        after_a_crash, anew = all_at_once(
            [
                ("restore", str(backup), "--force", "--database", sqlite_url),
                ("restore", str(backup), "--database", elsewhere),
            ]
        )
        assert "-replaced-" in succeeded(after_a_crash)
        assert "is restored" in succeeded(anew)
        with serving(elsewhere, tmp_path) as server:
            assert set(sender.acknowledged[:known]) <= served_signals(server, sender)

    def test_shows_a_bar_on_a_terminal_only(self, sqlite_url: str, tmp_path: Path) -> None:
        migrate(sqlite_url)
        command = [*PROGRAM, "backup", str(tmp_path / "backup"), "--database", sqlite_url]
        ours, theirs = pty.openpty()

        subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, check=True)
        os.close(theirs)
        shown = os.read(ours, 65_536).decode()
        os.close(ours)

        assert "copying" in shown
        assert "reading back" in shown


class TestPostgres:
    def test_is_backed_up_and_restored_by_its_own_programs(
        self, postgres_url: str, postgres_databases: PostgresDatabases, tmp_path: Path
    ) -> None:
        dump = tmp_path / "backup.dump"
        with serving(postgres_url, tmp_path) as server:
            with sending(server) as sender:
                known = len(sender.acknowledged)
                line = complained(bitacora("backup", str(dump), "--database", postgres_url), 2)
                run_line(line)
                assert len(sender.acknowledged) > known
            in_use = complained(bitacora("restore", "--adopt", "--database", postgres_url), 1)
        assert "stop it first" in in_use

        with postgres_databases.empty() as elsewhere:
            line = complained(bitacora("restore", str(dump), "--database", elsewhere), 2)
            assert line.endswith("and then: bitacora restore --adopt")
            run_line(line.partition(" and then:")[0])
            assert "is adopted" in succeeded(bitacora("restore", "--adopt", "--database", elsewhere))
            with serving(elsewhere, tmp_path) as server:
                assert set(sender.acknowledged[:known]) <= served_signals(server, sender)

    def test_line_has_no_password(self) -> None:
        line = complained(bitacora_here("backup", "x", "--database", "postgresql://ana:sesame@nowhere/log"), 2)

        assert "pg_dump" in line
        assert "postgresql://ana@nowhere/log" in line
        assert "sesame" not in line


class TestWrongUse:
    def test_is_one_line(self, sqlite_url: str, tmp_path: Path) -> None:
        (tmp_path / "there").touch()
        there, missing = str(tmp_path / "there"), str(tmp_path / "missing")
        wrong = [
            ("restore",),
            ("restore", there, "--adopt"),
            ("restore", missing),
            ("backup", there),
            ("backup", f"{missing}/backup"),
        ]

        for command in wrong:
            complained(bitacora_here(*command, "--database", sqlite_url), 2)


def served_signals(server: Server, sender: Sender) -> set[str]:
    """Read which signals a server knows."""
    found: set[str] = set()
    asked: dict[str, str] = {"limit": "200"}
    while True:
        answer = server.client.get("/v1/signals", params=asked, headers=sender.admin)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        found |= {each["fingerprint"] for each in page["data"]}
        if page["next_cursor"] is None:
            return found
        asked["cursor"] = page["next_cursor"]


def run_line(line: str) -> None:
    """Run the command at the end of a line, with the programs of the test server."""
    program, *arguments = shlex.split(line.partition("run: ")[2])
    run_program(program, *arguments)
