"""Somebody between a server and a client, who changes what goes by."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

from tests.http_peer import PeerAnswer, peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler


@contextmanager
def tampering(address: str, change: Callable[[str, bytes], bytes]) -> Iterator[str]:
    """Pass reads on to a server, and give the address; ``change`` gets the path and the body of each answer."""

    def pass_on(request: BaseHTTPRequestHandler, _: bytes) -> PeerAnswer:
        answer = httpx.get(address + request.path)
        body = change(request.path, answer.content)
        return answer.status_code, {"Content-Type": answer.headers["Content-Type"]}, body

    with peer(pass_on) as own:
        yield own
