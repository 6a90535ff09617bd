"""Executes the commands of routes: as a whole, durably, and at most once per idempotency key."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request

from api.http.answers import Answer, answer
from api.http.auth import facade_of
from api.http.preview import PREVIEW
from api.http.text_language import CONTENT_LANGUAGE, language_of
from application.access.identity import Identity
from application.errors import KeyReused, Malformed, SecretAlreadyShown, StillRunning

if TYPE_CHECKING:
    from starlette.responses import Response

    from application.notifications.preview import NotificationPreview
    from application.ports import Transaction
    from domain.aggregate import Aggregate

KEY = re.compile(r'"?([\x21\x23-\x7e](?:[\x20\x21\x23-\x7e]{0,253}[\x21\x23-\x7e])?)"?')
REPLAYED = "Idempotent-Replayed"


class IdempotentExecution:
    """Executes the command of one request.

    The answer is stored in the transaction of the events: a client that repeats a request because it lost the answer
    gets the stored one, and nothing is done twice. A refusal has recorded nothing, so it is decided anew.
    """

    def __init__(self, request: Request) -> None:
        """Execute the command of ``request``."""
        self._request = request

    @property
    def language(self) -> str:
        """The language of the texts that do not say theirs."""
        return language_of(self._request)

    async def __call__(
        self, identity: Identity, act: Callable[[Transaction], Answer], *, reads: Sequence[UUID] = ()
    ) -> Response:
        """Run ``act``, which loads the aggregates ``reads``; with an ``Idempotency-Key``, at most once.

        Raises:
            KeyReused: if the key was used before for another request.
            StillRunning: if the first request with it has not been answered yet.
            SecretAlreadyShown: if the answer to the first one showed a secret.
            Malformed: if the header is no key.
        """
        commands, key = facade_of(self._request).runner, self._key()
        if self._request.scope.get(PREVIEW):
            return await self._preview(act, reads)
        if key is None:
            return (await commands.run(act, reads=reads)).response()
        with self._running(identity, key):
            digest = await self._digest()
            done, is_replay = await commands.run(lambda log: _once(log, identity.scope, key, digest, act), reads=reads)
        return _response(done, is_replay=is_replay)

    async def _preview(self, act: Callable[[Transaction], Answer], reads: Sequence[UUID]) -> Response:
        """Undo what ``act`` does, and answer with its answer, and with who would be notified of it."""
        facade = facade_of(self._request)

        def undone(log: Transaction) -> tuple[Answer, Sequence[tuple[Aggregate | None, Aggregate]]]:
            return act(log), log.undo()

        done, changed = await facade.runner.run(undone, reads=reads)
        # Whoever has just registered an endpoint counts it.
        await facade.visibility.reach_own()
        counts = await facade.reads.run(lambda: facade.previews.count(changed))
        found: NotificationPreview = {**counts, "result": json.loads(done.body)}
        return answer(found, position=facade.visibility.position).response()

    async def piecewise(self, identity: Identity, work: Callable[[], Awaitable[Answer]]) -> Response:
        """Run ``work``, which consists of several commands and can be repeated; its answer is stored at its end.

        Raises:
            KeyReused: as ``__call__`` does; so too ``StillRunning`` and ``Malformed``.
        """
        commands = facade_of(self._request).runner
        key = self._key()
        if key is None:
            return (await work()).response()
        with self._running(identity, key):
            digest = await self._digest()
            stored = await commands.run(lambda log: _stored_answer(log, identity.scope, key, digest))
            done = stored or await work()
            if stored is None:
                await commands.run(lambda log: log.keep_receipt(identity.scope, key, digest, done.dumped()))
        return _response(done, is_replay=stored is not None)

    @contextmanager
    def _running(self, identity: Identity, key: str) -> Iterator[None]:
        running: set[tuple[str, str]] = self._request.app.state.running
        if (identity.scope, key) in running:
            raise StillRunning(f"the first request with the key {key!r} has not been answered yet")
        running.add((identity.scope, key))
        try:
            yield
        finally:
            running.discard((identity.scope, key))

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
        # The same words in another language are another request.
        if language := request.headers.getlist(CONTENT_LANGUAGE):
            what += f"{','.join(language)}\n".encode()
        return hashlib.sha256(what + await request.body()).hexdigest()


def _once(
    log: Transaction, token: str, key: str, digest: str, act: Callable[[Transaction], Answer]
) -> tuple[Answer, bool]:
    stored = _stored_answer(log, token, key, digest)
    if stored is not None:
        return stored, True
    done = act(log)
    log.keep_receipt(token, key, digest, done.dumped())
    return done, False


def _stored_answer(log: Transaction, token: str, key: str, digest: str) -> Answer | None:
    receipt = log.receipt(token, key)
    if receipt is None:
        return None
    request, stored = receipt
    if request != digest:
        raise KeyReused(f"the key {key!r} came before with another request")
    answer = Answer.loaded(stored)
    if answer.shows_secret:
        raise SecretAlreadyShown(f"the answer to the first request with the key {key!r} showed a secret, once")
    return answer


def _response(done: Answer, *, is_replay: bool) -> Response:
    return done.response(**({REPLAYED: "true"} if is_replay else {}))


async def idempotent_execution(request: Request) -> IdempotentExecution:
    """Give what executes the command of this request."""
    return IdempotentExecution(request)


Idempotent = Annotated[IdempotentExecution, Depends(idempotent_execution)]
