"""A body of lines whose connection is cut keeps the lines that had come, whole as they are."""

import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.e2e.server import Server, eventually, serving

LINES = 1_000


@pytest.fixture
def server(tmp_path: Path, sqlite_url: str, process_environment: Mapping[str, str]) -> Iterator[Server]:
    """A served program with nothing in it."""
    with serving(sqlite_url, tmp_path, environment=process_environment) as server:
        yield server


def lost(server: Server, admin: Mapping[str, str]) -> str:
    """Lose a panel, and give the path of its restoration."""
    places = []
    for path, body in (("/v1/panels", {"key": "a"}), ("/v1/restorations", {"panel": "a"})):
        answer = server.client.post(path, json=body, headers=dict(admin))
        assert answer.status_code == 201, answer.text
        places.append(answer.headers["Location"])
    return places[-1]


class TestConnection:
    def test_that_is_cut_at_once_loses_no_whole_line(self, server: Server) -> None:
        admin = server.admin()
        path = lost(server, admin)
        lines = "".join(json.dumps({"account": f"shop-{number}"}) + "\n" for number in range(LINES))
        head = f"POST {path}/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: {admin['Authorization']}\r\n"
        head += "Content-Type: application/x-ndjson\r\nContent-Length: 50000000\r\n\r\n"

        host, port = server.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as line:
            line.sendall((head + lines + '{"account": "stub').encode())

        def summary() -> int:
            answer = server.client.get(f"{path}/accounts/summary", headers=dict(admin))
            # The restoration itself has to come into sight first.
            return int(answer.json()["accounts"]) if answer.status_code == 200 else 0

        eventually(lambda: summary() >= LINES)
        assert summary() == LINES
