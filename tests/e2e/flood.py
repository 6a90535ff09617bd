"""A body of very many lines, most of which are none, and what a server does with it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import Any

from tests.e2e.ledger_model import line_of
from tests.e2e.server import DEADLINE_SECONDS, Server, eventually
from tests.memory import resident, started_by, threads

PATH = "/v1/held-requests"
NAMED = 1_000
"""How many refused lines an answer names."""
SECONDS = 5 * DEADLINE_SECONDS
SHORT = (
    (b'{"kind": "order"', "malformed"),
    (b"\xff\xfe{}", "malformed"),
    (b"\x00", "malformed"),
    (b"[" * 5_000, "malformed"),
    (b'{"source": 1, "kind": [], "reference": null}', "invalid"),
    (
        b'{"source":"s","kind":"order","reference":"a\\u0000b","received_at":"2024-01-01T00:00:00Z","digest":""}',
        "invalid",
    ),
)
NONSENSE = (*SHORT * 8, (b'"' + b"x" * 70_000 + b'"', "too_large"))
BETWEEN = b"\n".join(line for line, _ in NONSENSE) + b"\n"
EVERY = len(NONSENSE) + 1
"""Of so many lines, the first is good."""


@dataclass(frozen=True, kw_only=True)
class Flood:
    """So many lines; the good ones are requests that a cause holds up."""

    cause: str
    received_at: str
    lines: int

    @property
    def good(self) -> int:
        """How many of them are good."""
        return self.lines // EVERY

    @property
    def refused(self) -> list[tuple[int, str]]:
        """The numbers of the first lines that are refused, and by what name."""
        every = (
            (block * EVERY + place, code) for block in range(self.good) for place, (_, code) in enumerate(NONSENSE, 2)
        )
        return list(islice(every, NAMED))

    def pieces(self) -> Iterator[bytes]:
        """Give it piece by piece; each begins with a good line."""
        for number in range(self.good):
            yield self._good(number) + b"\n" + BETWEEN

    def size(self) -> int:
        """Tell how many bytes it has."""
        return sum(map(len, self.pieces()))

    def _good(self, number: int) -> bytes:
        return line_of((self.cause, "flood", "order", str(number)), self.received_at).text


def cut_off(server: Server, flood: Flood, headers: Mapping[str, str]) -> None:
    """Send all of it and the beginning of a good line, and hang up though as much again was to come."""
    line = _call(server)
    try:
        line.putrequest("POST", PATH)
        size = str(2 * flood.size())
        for name, value in {**headers, "Content-Type": "application/x-ndjson", "Content-Length": size}.items():
            line.putheader(name, value)
        line.endheaders()
        for piece in flood.pieces():
            line.send(piece)
        line.send(line_of((flood.cause, "flood", "order", "stub"), flood.received_at).text)
    finally:
        line.close()


def sent_whole(server: Server, flood: Flood, headers: Mapping[str, str]) -> Mapping[str, Any]:
    """Send all of it, and give what the server says of it."""
    line = _call(server)
    try:
        named = {**headers, "Content-Type": "application/x-ndjson", "Content-Length": str(flood.size())}
        line.request("POST", PATH, flood.pieces(), named)
        answer = line.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        assert answer.status == http.client.OK, told
        return told
    finally:
        line.close()


def counted(server: Server, cause: str, headers: Mapping[str, str]) -> int:
    """Tell how many requests of a cause are shown."""
    answer = server.client.get(f"{PATH}/summary", params={"cause": cause}, headers=dict(headers))
    # The cause itself has to come into sight first.
    return int(answer.json()["total"]) if answer.status_code == http.client.OK else 0


def withstand(server: Server, flood: Flood, headers: Mapping[str, str], *, mebibytes: float) -> str:
    """Let a server take a body that is cut off, and the whole of it after that.

    It keeps every good line once, names what is none, and grows by no more than so many ``mebibytes``, however long
    the body is. How long it took, and how large it was, is told.
    """
    # What is loaded with the first read of the ledger, and by the process that keeps the views, is no growth.
    eventually(lambda: any(threads(child) > 1 for child in started_by(server.process.pid)))
    counted(server, flood.cause, headers)
    before, began = resident(server.process.pid), monotonic()
    cut_off(server, flood, headers)
    eventually(lambda: counted(server, flood.cause, headers) >= flood.good)
    assert counted(server, flood.cause, headers) == flood.good
    once, took = resident(server.process.pid), monotonic() - began

    told = sent_whole(server, flood, headers)

    again = resident(server.process.pid)
    counts = {"repeat": flood.good, "refused": flood.lines - flood.good}
    assert told["lines"] == flood.lines
    assert {name: number for name, number in told["counts"].items() if number} == counts
    assert [(line["line"], line["code"]) for line in told["refused"]] == flood.refused
    assert counted(server, flood.cause, headers) == flood.good
    assert max(once, again) < before + mebibytes, (before, once, again)
    assert "Traceback" not in server.complained
    sizes = f"{before:.0f}, {once:.0f}, {again:.0f} MiB"
    return f"{flood.lines:,} lines, {flood.size() >> 20:,} MiB, cut off: {took:.1f} s; the server had {sizes}"


def _call(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=SECONDS)
