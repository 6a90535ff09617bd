"""Runs commands for routes: whole, durable, and once per idempotency key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request

from api.http.answers import Answer
from api.http.auth import facade_of
from application.access.tokens import Identity
from application.errors import KeyReused, Malformed, StillRunning

if TYPE_CHECKING:
    from starlette.responses import Response

    from application.ports import Transaction

KEY = re.compile(r'"?([\x21\x23-\x7e](?:[\x20\x21\x23-\x7e]{0,253}[\x21\x23-\x7e])?)"?')
REPLAYED = "Idempotent-Replayed"


class IdempotentExecution:
    """Performs one command of one request.

    The answer is written in the transaction of the events, so that whoever repeats a request whose answer was lost
    gets that answer, and what it did is not done twice. A refusal has recorded nothing and is decided anew.
    """

    def __init__(self, request: Request) -> None:
        """Serve ``request``."""
        self._request = request

    async def __call__(
        self, identity: Identity, act: Callable[[Transaction], Answer], *, reads: Sequence[UUID] = ()
    ) -> Response:
        """Perform ``act``, which looks at ``reads``; with an ``Idempotency-Key``, at most once.

        Raises:
            KeyReused: if the key came before with another request.
            StillRunning: if the first request with it has not been answered yet.
            Malformed: if the key is none.
        """
        commands = facade_of(self._request).runner
        key = self._key()
        if key is None:
            return (await commands.run(act, reads=reads)).response()
        with self._running(identity, key):
            digest = await self._digest()
            done, is_replay = await commands.run(lambda log: _once(log, identity.name, key, digest, act), reads=reads)
        return _answered(done, is_replay=is_replay)

    async def piecewise(self, identity: Identity, work: Callable[[], Awaitable[Answer]]) -> Response:
        """Perform ``work``, which takes several commands and can be repeated; its answer is kept at its end.

        Raises:
            KeyReused: as ``__call__`` does; so too ``StillRunning`` and ``Malformed``.
        """
        commands = facade_of(self._request).runner
        key = self._key()
        if key is None:
            return (await work()).response()
        with self._running(identity, key):
            digest = await self._digest()
            kept = await commands.run(lambda log: _kept(log, identity.name, key, digest))
            done = kept or await work()
            if kept is None:
                await commands.run(lambda log: log.keep_receipt(identity.name, key, digest, done.dumped()))
        return _answered(done, is_replay=kept is not None)

    @contextmanager
    def _running(self, identity: Identity, key: str) -> Iterator[None]:
        running: set[tuple[str, str]] = self._request.app.state.running
        if (identity.name, key) in running:
            raise StillRunning(f"the first request with the key {key!r} has not been answered yet")
        running.add((identity.name, key))
        try:
            yield
        finally:
            running.discard((identity.name, key))

    def _key(self) -> str | None:
        header = self._request.headers.get("idempotency-key")
        if header is None:
            return None
        found = KEY.fullmatch(header.strip())
        if found is None:
            raise Malformed("an Idempotency-Key has 1 to 255 printable characters")
        return found[1]

    async def _digest(self) -> str:
        request = self._request
        what = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
        return hashlib.sha256(what + await request.body()).hexdigest()


def _once(
    log: Transaction, token: str, key: str, digest: str, act: Callable[[Transaction], Answer]
) -> tuple[Answer, bool]:
    kept = _kept(log, token, key, digest)
    if kept is not None:
        return kept, True
    done = act(log)
    log.keep_receipt(token, key, digest, done.dumped())
    return done, False


def _kept(log: Transaction, token: str, key: str, digest: str) -> Answer | None:
    receipt = log.receipt(token, key)
    if receipt is None:
        return None
    request, kept = receipt
    if request != digest:
        raise KeyReused(f"the key {key!r} came before with another request")
    return Answer.loaded(kept)


def _answered(done: Answer, *, is_replay: bool) -> Response:
    return done.response(**({REPLAYED: "true"} if is_replay else {}))


async def idempotent_execution(request: Request) -> IdempotentExecution:
    """Give what performs the command of this request."""
    return IdempotentExecution(request)


Idempotent = Annotated[IdempotentExecution, Depends(idempotent_execution)]
