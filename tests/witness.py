"""A witness (C2SP tlog-witness) that listens on a port of this machine, and can misbehave."""

from __future__ import annotations

import threading
from base64 import b64decode
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.http_peer import PeerAnswer, peer
from tests.plain_tree import WITNESS, Head, Untrue, check_consistency, cosign, head_of, open_note, vkey_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler

SECONDS = 1_741_075_200
"""When it signs: it has a clock that stands."""

REDIRECT = 307
Answer = tuple[int, str, str]
"""Status, media type and body."""


class PeerWitness:
    """What it has signed of each log, and the key that it signs with."""

    def __init__(self, name: str) -> None:
        """Know no log yet."""
        self.name = name
        self.key = Ed25519PrivateKey.generate()
        self.log_keys: list[str] = []
        """The public keys of the logs that it signs for; it is told later, since a key is made at the first start."""
        self.heads: dict[str, Head] = {}
        self.asked: list[tuple[int, int, int]] = []
        """Old size, new size and status of each question."""
        self.answers_with: Callable[[str, Answer], Answer] = lambda _note, answer: answer
        """Stands for a fault on the way back."""
        self._turn = threading.Lock()
        self._news = threading.Condition()

    @property
    def vkey(self) -> str:
        """The key that its signatures are checked with."""
        return vkey_of(self.key, self.name, WITNESS)

    def wait_for(self, count: int) -> None:
        """Wait until it was asked as often."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.asked) >= count, 20), self.asked

    def answer(self, body: str) -> Answer:
        """Answer a question."""
        first, _, rest = body.partition("\n")
        proof, _, note = rest.partition("\n\n") if not rest.startswith("\n") else ("", "", rest[1:])
        old = int(first.removeprefix("old "))
        with self._turn:
            answer = self._decide(old, [b64decode(line, validate=True) for line in proof.splitlines()], note)
        answer = self.answers_with(note, answer)
        with self._news:
            self.asked.append((old, head_of(note).size, answer[0]))
            self._news.notify_all()
        return answer

    def _decide(self, old: int, proof: list[bytes], note: str) -> Answer:
        head = head_of(note)
        keys = [key for key in self.log_keys if key.startswith(f"{head.origin}+")]
        if not keys:
            return 404, "text/plain", "unknown log\n"
        try:
            open_note(note, keys[0])
        except Untrue as error:
            return 403, "text/plain", f"{error}\n"
        known = self.heads.get(head.origin, Head(head.origin, 0, b""))
        if old > head.size:
            return 400, "text/plain", "the old size is the larger one\n"
        if old != known.size:
            return 409, "text/x.tlog.size", f"{known.size}\n"
        try:
            check_consistency(old, known.root, head.size, head.root, proof)
        except Untrue as error:
            return (409 if old == head.size else 422), "text/plain", f"{error}\n"
        self.heads[head.origin] = head
        return 200, "text/plain", cosign(note, self.key, self.name, SECONDS)


@contextmanager
def listening(witness: PeerWitness) -> Iterator[str]:
    """Let a witness listen, and give its setting: key and address."""

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> PeerAnswer:
        is_there = (request.command, request.path) == ("POST", "/w1/add-checkpoint")
        status, media, text = witness.answer(body.decode()) if is_there else (404, "text/plain", "")
        return status, {"Content-Type": media, **({"Location": text} if status == REDIRECT else {})}, text.encode()

    with peer(answer) as address:
        yield f"{witness.vkey} {address}/w1/"
