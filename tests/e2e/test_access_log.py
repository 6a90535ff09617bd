"""The log of requests as the program writes it, and whose word for the address of a client counts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.server import DEADLINE_SECONDS, Server, eventually, serving

PROXY, ANOTHER = "127.0.0.2", "127.0.0.1"
NAMED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https", "Forwarded": "for=203.0.113.9"}


class TestForwardedHeaders:
    def test_count_only_if_a_trusted_proxy_sends_them(
        self, sqlite_url: str, tmp_path: Path, process_environment: Mapping[str, str]
    ) -> None:
        environment = {**process_environment, "BITACORA_ACCESS_LOG": "true", "FORWARDED_ALLOW_IPS": PROXY}
        with serving(sqlite_url, tmp_path, environment=environment) as server:
            for sender in (PROXY, ANOTHER):
                ask(server, sender, headers={**NAMED, "X-Request-Id": f"named-by-{sender}"})
                ask(server, sender, headers={"X-Request-Id": f"sent-by-{sender}"})

            eventually(lambda: len(requests(server)) == 4)
            logged = requests(server)

        # Of those that the proxy names, the last: whatever stands before it, the client may have written itself.
        assert {line["request_id"]: line["client"] for line in logged} == {
            f"named-by-{PROXY}": "198.51.100.7",
            f"sent-by-{PROXY}": PROXY,
            f"named-by-{ANOTHER}": ANOTHER,
            f"sent-by-{ANOTHER}": ANOTHER,
        }


def ask(server: Server, sender: str, *, headers: Mapping[str, str]) -> None:
    """Send a request from an address of this machine."""
    transport = httpx.HTTPTransport(local_address=sender)
    with httpx.Client(base_url=server.address, transport=transport, timeout=DEADLINE_SECONDS) as client:
        assert client.get("/v1/status", headers=dict(headers)).status_code == 200


def requests(server: Server) -> list[dict[str, Any]]:
    """Read the lines about reads of the board, each once it is written to its end."""
    written = [json.loads(line) for line in server.complained.splitlines(keepends=True) if line.endswith("\n")]
    return [line for line in written if line["event"] == "request" and line["path"] == "/v1/status"]
