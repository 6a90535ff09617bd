"""The stream of what changed: what readers hear of it, and how it ends, over a real socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest

from tests.e2e.server import Server, eventually, serving

STREAMS = 7
"""How many may listen to a server of ten connections."""
LABELS = {"key": "labels", "name": {"en": "Labels", "pl": "Etykiety"}, "group": "carriers"}
INCIDENT = {
    "title": {"en": "Labels cannot be created", "pl": "Nie można tworzyć etykiet"},
    "message": {"en": "We are looking into it.", "pl": "Badamy sprawę."},
    "components": {"labels": "major_outage"},
}
LONG = "\U0001f69a" * 200


@pytest.fixture
def server(tmp_path: Path, sqlite_url: str, process_environment: Mapping[str, str]) -> Iterator[Server]:
    """A server with one component, where few may listen, and whoever reads nothing is soon given up."""
    environment = {**process_environment, "BITACORA_MAX_CONNECTIONS": "10", "BITACORA_BODY_TIMEOUT": "1s"}
    with serving(sqlite_url, tmp_path, environment=environment) as server:
        yield server


@pytest.fixture
def admin(server: Server) -> dict[str, str]:
    """The header of somebody who may do everything; there is one component."""
    headers = server.admin()
    done(server, headers, "/v1/components", LABELS)
    return headers


def done(server: Server, admin: Mapping[str, str], path: str, body: Mapping[str, Any]) -> str:
    """Do something, wait until it can be read, and give where it is found."""
    answer = server.client.post(path, json=body, headers=dict(admin))
    assert answer.status_code in {200, 201}, answer.text
    position = answer.headers["Bitacora-Position"]
    assert server.client.get("/v1/changes", params={"min_position": position}).status_code == 200
    return str(answer.headers.get("Location", ""))


def opens(server: Server) -> bool:
    """Tell whether a further stream is opened."""
    with server.client.stream("GET", "/live") as answer:
        return answer.status_code == 200


class Listener:
    """A client that listens."""

    def __init__(self, server: Server, lang: str | None = None, last: str | None = None) -> None:
        """Open a stream, and wait for its first bytes."""
        headers = {"Last-Event-ID": last} if last else {}
        query = {"lang": lang} if lang else {}
        self._client = httpx.Client(base_url=server.address, timeout=180)
        request = self._client.build_request("GET", "/live", params=query, headers=headers)
        self.answer = self._client.send(request, stream=True)
        self._lines = self.answer.iter_lines()
        assert next(self._lines) == ": open"

    def event(self) -> dict[str, str]:
        """Give the members of the next event."""
        found: dict[str, str] = {}
        for line in self._lines:
            name, _, value = line.partition(": ")
            if not line and "event" in found:
                return found
            found |= {name: value} if line and name else {}
        raise EOFError

    def said(self) -> str:
        """Give the next sentence."""
        event = self.event()
        assert event["event"] == "changed"
        return str(json.loads(event["data"])["say"])

    def ends(self) -> bool:
        """Read to the end."""
        return all(line is not None for line in self._lines)

    def close(self) -> None:
        """Leave."""
        self.answer.close()
        self._client.close()


class TestStream:
    def test_says_a_change_in_one_sentence_in_the_language_of_each(self, server: Server, admin: dict[str, str]) -> None:
        listeners = [Listener(server, lang) for lang in (None, "pl", "pl-PL", "xx")]

        done(server, admin, "/v1/incidents", INCIDENT)

        english, polish, of_poland, unknown = (listener.event() for listener in listeners)
        assert json.loads(english["data"]) == {"say": "New incident: “Labels cannot be created”."}
        assert json.loads(polish["data"]) == {"say": "Nowy incydent: „Nie można tworzyć etykiet”."}
        assert of_poland["data"] == polish["data"]
        assert unknown == english
        answer = listeners[0].answer
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers
        for listener in listeners:
            listener.close()

    def test_says_nothing_of_what_is_private(self, server: Server, admin: dict[str, str]) -> None:
        listener = Listener(server)

        private = done(server, admin, "/v1/incidents", {**INCIDENT, "publish": False})
        done(server, admin, f"{private}/updates", {"state": "identified", "message": {"en": "Nobody hears this."}})
        done(server, admin, "/v1/components", {**LABELS, "key": "vault", "public": False})
        done(server, admin, "/v1/incidents", {**INCIDENT, "title": {"en": "This is public"}})

        assert listener.said() == "New incident: “This is public”."
        listener.close()

    def test_goes_on_where_it_was_cut(self, server: Server, admin: dict[str, str]) -> None:
        kept, lost = Listener(server), Listener(server)
        incident = done(server, admin, "/v1/incidents", INCIDENT)
        last = lost.event()["id"]
        lost.close()
        kept.event()
        done(server, admin, f"{incident}/updates", {"state": "identified", "message": {"en": "A cable."}})
        kept.event()

        back, from_elsewhere = Listener(server, last=last), Listener(server, last="a-server-that-was-7")

        assert back.said() == "We know the cause and are working on it: “Labels cannot be created”."
        assert from_elsewhere.said() == "The connection was interrupted, and this page may have changed."
        for listener in (kept, back, from_elsewhere):
            listener.close()

    def test_ends_when_the_server_does(self, server: Server) -> None:
        listener = Listener(server)

        server.end()

        # An answer that was given up has no end, and reading it fails.
        assert listener.ends()
        assert server.process.returncode in {0, -15}
        assert "Traceback" not in server.complained
        assert "Cancel" not in server.complained

    def test_is_refused_when_as_many_listen_as_can(self, server: Server) -> None:
        listeners = [Listener(server) for _ in range(STREAMS)]

        refused = server.client.get("/live")

        assert refused.status_code == 503
        assert refused.headers["retry-after"]
        assert refused.json()["code"] == "busy"
        listeners[0].close()
        assert eventually(lambda: opens(server))
        for listener in listeners:
            listener.close()

    def test_is_not_opened_by_who_asks_for_its_head(self, server: Server) -> None:
        answer = server.client.head("/live")

        assert answer.status_code == 200
        assert answer.content == b""

    def test_ends_for_who_does_not_read_and_goes_on_for_others(self, server: Server, admin: dict[str, str]) -> None:
        incident = done(server, admin, "/v1/incidents", {**INCIDENT, "title": {"en": LONG}})
        host, port = server.address.removeprefix("http://").split(":")
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            # The system keeps twenty packets for a connection: 2.5 MB at the size that they have within one machine.
            slow.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
            slow.connect((host, int(port)))
            slow.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert slow.recv(12) == b"HTTP/1.1 200"
            others = [Listener(server) for _ in range(STREAMS - 1)]
            assert not opens(server)

            def is_let_go() -> bool:
                for _ in range(25):
                    update = {"state": "investigating", "message": {"en": "Still looking."}}
                    answer = server.client.post(f"{incident}/updates", json=update, headers=admin)
                    assert answer.status_code in {200, 201}, answer.text
                return opens(server)

            assert eventually(is_let_go)
            done(server, admin, "/v1/incidents", {**INCIDENT, "title": {"en": "And then"}})
            for listener in others:
                while listener.said() != "New incident: “And then”.":
                    pass
                listener.close()


def test_first_bytes_come_at_once(server: Server) -> None:
    began = monotonic()

    Listener(server).close()

    assert monotonic() - began < 5
