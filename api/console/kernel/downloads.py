"""Files to be kept: what a route writes is handed on as it comes, and nothing of it is collected."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

from api.console.kernel.screens import OWN_ANSWERS, wrong_screen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Message, Receive, Scope, Send

    from api.console.kernel.client import QueryValue
    from api.console.kernel.visit import Visit

OWN_HEADERS = [(name.lower().encode(), value.encode()) for name, value in OWN_ANSWERS.items()]
PASSED_ON = frozenset({b"content-type", b"content-length", b"content-disposition", b"content-encoding"})


class Download(Response):
    """The answer of a route as a file; if the route refuses, a screen that says why."""

    def __init__(self, visit: Visit, path: str, query: Mapping[str, QueryValue | Sequence[str]]) -> None:
        """Read ``path`` on behalf of the visitor."""
        super().__init__()
        self._visit, self._path, self._query = visit, path, query

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the answer on."""
        refusal = _Refusal()

        async def hand_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                refusal.status = message["status"]
                kept = [pair for pair in message["headers"] if pair[0].lower() in PASSED_ON]
                message = {**message, "headers": kept + OWN_HEADERS}
            if refusal.status < HTTPStatus.BAD_REQUEST:
                await send(message)
            else:
                refusal.body += message.get("body", b"")

        await self._visit.api.forward(self._path, self._query, receive, hand_on)
        if refusal.status >= HTTPStatus.BAD_REQUEST:
            problem = json.loads(refusal.body)
            screen = await wrong_screen(
                self._visit.request, refusal.status, problem["code"], problem["detail"], self._visit
            )
            await screen(scope, receive, send)


class _Refusal:
    """What is known of an answer so far."""

    def __init__(self) -> None:
        self.status = 0
        self.body = bytearray()
