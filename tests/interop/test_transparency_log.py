"""Verifiers of others agree that the log is what its checkpoints say, and a witness of others signs them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.e2e.server import Server, eventually, serving
from tests.interop.environments import Runner
from tests.interop.ports import free_port
from tests.interop.tampering import tampering
from tests.plain_tree import LOG, head_of, vkey_of

ORIGIN = "log.example/bitacora"
REQUEST = {"source": "shop", "kind": "order", "received_at": "2025-03-04T07:00:00Z", "digest": "0" * 64}
LINES = {"Content-Type": "application/x-ndjson"}


@dataclass
class ServedLog:
    """A server whose readers get a checkpoint each second, and the tokens of who writes and who verifies."""

    server: Server
    emitter: str
    auditor: str
    key: str

    def append(self, count: int) -> None:
        """Let requests come in, each of them an event."""
        last = head_of(self.checkpoint(self.auditor)).size
        lines = "".join(json.dumps({**REQUEST, "reference": f"{last}-{each}"}) + "\n" for each in range(count))
        headers = {"Authorization": f"Bearer {self.emitter}", **LINES}
        answer = self.server.client.post("/v1/held-requests", content=lines, headers=headers)
        assert answer.json()["counts"]["unassigned"] == count, answer.text

    def checkpoint(self, secret: str = "") -> str:
        """Read the checkpoint of a reader, or of an auditor."""
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return self.server.client.get("/log/checkpoint", headers=headers).text

    def readers_have(self, size: int, witness: str = "") -> None:
        """Wait until readers have so many events, and a witness, if one is named, has signed that."""
        mark = f"\u2014 {witness.partition('+')[0]}"
        eventually(lambda: head_of(note := self.checkpoint()).size >= size and mark in note)


def served(server: Server) -> ServedLog:
    """Give a log that is served, with new tokens."""
    key = server.client.get("/log/key").text.splitlines()[0]
    return ServedLog(server, server.token("emitter"), server.token("auditor"), key)


def settings(environment: Mapping[str, str], **more: str) -> dict[str, str]:
    """Give the environment of the server."""
    return {**environment, "BITACORA_LOG_ORIGIN": ORIGIN, "BITACORA_CHECKPOINT_EVERY": "1s", **more}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory, process_environment: Mapping[str, str]) -> Iterator[ServedLog]:
    """A log with 700 events and some."""
    folder = tmp_path_factory.mktemp("log")
    database = f"sqlite:///{folder / 'log.sqlite3'}"
    with serving(database, folder, environment=settings(process_environment)) as server:
        log = served(server)
        log.append(700)
        log.readers_have(512)
        yield log


class GoClient:
    """The client in Go."""

    def __init__(self, program: Path, log: ServedLog) -> None:
        self._program = program
        self._log = log

    def verify(self, *, secret: str = "", address: str | None = None, **more: object) -> dict[str, Any]:
        """Let it verify the log, and give what it found."""
        question = {"address": address or self._log.server.address, "key": self._log.key, "secret": secret, **more}
        done = subprocess.run(
            [self._program], input=json.dumps(question), capture_output=True, text=True, timeout=120, check=True
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture
def in_go(tlog_program: Path, log: ServedLog) -> GoClient:
    """The client in Go, which knows the key of the log."""
    return GoClient(tlog_program, log)


class TestGo:
    def test_verifies_what_readers_get(self, log: ServedLog, in_go: GoClient) -> None:
        head = head_of(log.checkpoint())
        found = in_go.verify()

        assert (found["origin"], found["refused"]) == (ORIGIN, "")
        assert (found["size"], found["leaves"], found["entries"]) == (head.size, head.size, 0)

    def test_verifies_every_event_for_an_auditor(self, log: ServedLog, in_go: GoClient) -> None:
        old = in_go.verify(secret=log.auditor)
        log.append(321)
        found = in_go.verify(secret=log.auditor, old=old["size"], old_root=old["root"])

        assert (old["refused"], found["refused"]) == ("", "")
        assert found["size"] == old["size"] + 321 == found["leaves"] == found["entries"]

    def test_refuses_another_past(self, log: ServedLog, in_go: GoClient) -> None:
        old = in_go.verify(secret=log.auditor)
        log.append(1)

        assert in_go.verify(secret=log.auditor, old=old["size"] - 1, old_root=old["root"])["refused"]

    @pytest.mark.parametrize("path", ["/log/tile/0/000", "/log/tile/0/001", "/log/tile/1/000.p", "/log/checkpoint"])
    def test_refuses_what_was_tampered_with(self, log: ServedLog, in_go: GoClient, path: str) -> None:
        def change(asked: str, body: bytes) -> bytes:
            if not asked.startswith(path):
                return body
            place = 40 if path != "/log/checkpoint" else len(body) - 12
            return body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]

        with tampering(log.server.address, change) as address:
            assert in_go.verify(address=address)["refused"]
        with tampering(log.server.address, lambda _, body: body) as address:
            assert not in_go.verify(address=address)["refused"]

    def test_refuses_a_signature_of_another(self, in_go: GoClient) -> None:
        other = vkey_of(Ed25519PrivateKey.generate(), ORIGIN, LOG)

        assert "no verifiable signatures" in in_go.verify(key=other)["refused"]


class TestPymerkle:
    def test_gets_the_roots_that_were_signed(self, log: ServedLog, in_python: Runner) -> None:
        headers = {"Authorization": f"Bearer {log.auditor}"}
        text = log.server.client.get("/v1/events.ndjson", params={"entries": "true"}, headers=headers).text
        *events, end = map(json.loads, text.splitlines())
        sizes = [1, 255, 256, 257, 511, 512, len(events)]
        found = in_python.ask("merkle_tree", entries=[each["entry"] for each in events], sizes=sizes)

        signed = [
            log.server.client.get("/v1/events/1/proof", params={"size": size}, headers=headers).json()["checkpoint"]
            for size in sizes
        ]
        assert found["roots"] == [note.split("\n")[2] for note in signed]
        assert end["checkpoint"] == signed[-1]


class TestWitnessOfOthers:
    def test_signs_ten_thousand_events_through_a_restart_and_its_verifier_agrees(
        self, in_newer_python: Runner, tmp_path: Path, process_environment: Mapping[str, str]
    ) -> None:
        database = f"sqlite:///{tmp_path / 'log.sqlite3'}"
        with serving(database, tmp_path, environment=settings(process_environment)) as server:
            key = served(server).key
        program = Path(in_newer_python.command[0]).with_name("aics-witness")
        with witnessing(program, tmp_path / "witness", key) as address:
            vkey = address.partition(" ")[0]
            environment = settings(process_environment, BITACORA_WITNESSES=address)
            for part in range(2):
                with serving(database, tmp_path, environment=environment) as server:
                    log = served(server)
                    for _ in range(2):
                        log.append(2_500)
                        log.readers_have(head_of(log.checkpoint(log.auditor)).size // 256 * 256, vkey)
                    question = {"address": server.address, "key": key, "witnesses": [vkey], "old": 300}
                    found = in_newer_python.ask("tlog_auditor", **question)
                    assert found["origin"] == ORIGIN
                    assert found["size"] >= 4_864 * (part + 1)
                    assert found["witnesses"] == ["witness.example/w1"]


@contextmanager
def witnessing(program: Path, folder: Path, key: str) -> Iterator[str]:
    """Run the witness for one log, and give its key and address."""
    folder.mkdir()
    port = free_port()

    def command(*words: str) -> list[str]:
        return [str(program), words[0], "--config", str(folder / "witness.json"), *words[1:]]

    init = command("init", "--name", "witness.example/w1", "--listen", f"127.0.0.1:{port}")
    vkey = subprocess.run(init, capture_output=True, text=True, timeout=60, check=True).stdout.strip()
    subprocess.run(command("add-log", "--origin", ORIGIN, "--vkey", key), check=True, timeout=60, capture_output=True)
    with subprocess.Popen(command("serve"), stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: answers(port))
            yield f"{vkey} http://127.0.0.1:{port}"
        finally:
            process.terminate()


def answers(port: int) -> bool:
    """Tell whether somebody listens."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.TransportError:
        return False
