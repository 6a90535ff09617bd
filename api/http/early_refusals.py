"""Requests that are refused before they are requests, and the limits beyond which they are."""

from __future__ import annotations

import json
from http import HTTPStatus
from secrets import token_hex
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from api.http.problems import MEDIA_TYPE, RETRY_AFTER_SECONDS, problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Receive, Scope, Send

    from api.http.problem_models import Problem

HEAD_LIMIT = 64 * 1024
"""The size of a head, and of what frames a body, in bytes."""
LINE_LIMIT = 100
"""How many lines of headers a request may have, those after its body included."""
TARGET_LIMIT = 16 * 1024
"""The size of a target: a path with its query."""
BODY_RATE = 16 * 1024
"""How many bytes of a body, or of an answer, buy a second more; less than that is no progress."""
FRAMING = 16
"""How many bytes of framing a byte of a body may have; a chunk of one byte has six."""
PIPELINED = 16
"""How many requests wait on one connection behind the one that is being answered."""
LINGER_SECONDS = 2.0
LINGER_BYTES = 64 * 1024 * 1024
"""How long, and how much, of what comes after a refusal is thrown away, so that its reader can be reached."""


class Refused(Exception):
    """A request is refused before it is a request."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        """Say why."""
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def head_too_large() -> Refused:
    """Refuse a head for its size, or for the number of its lines."""
    return Refused(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "head_too_large",
        f"the head of a request may have {HEAD_LIMIT} bytes and {LINE_LIMIT} lines",
    )


def target_too_long() -> Refused:
    """Refuse a head for its target."""
    return Refused(
        HTTPStatus.REQUEST_URI_TOO_LONG, "target_too_long", f"a path with its query may have {TARGET_LIMIT} bytes"
    )


def too_slow(what: str) -> Refused:
    """Refuse a request for whose head or body nobody waits any longer."""
    return Refused(HTTPStatus.REQUEST_TIMEOUT, "request_timeout", f"{what} of the request did not come in time")


async def crowded(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a request, as an application, because there are too many connections."""
    response = problem(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        code="too_many_connections",
        title="The service has too many connections",
        detail="the service has nearly as many connections as it can have, and serves those with a token; try again",
        request_id=token_hex(16),
        headers={"Connection": "close"},
    )
    await response(scope, receive, send)


def malformed(detail: str) -> Refused:
    """Refuse what is no request."""
    return Refused(HTTPStatus.BAD_REQUEST, "malformed", detail)


def written(fault: Refused, default_headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Write the whole answer, after which the connection is closed."""
    document: Problem = {
        "type": f"urn:bitacora:problem:{fault.code}",
        "title": fault.status.phrase,
        "status": int(fault.status),
        "detail": fault.detail,
        "code": fault.code,
        "request_id": token_hex(16),
    }
    body = json.dumps(document).encode()
    headers = [
        *default_headers,
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    if fault.status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", RETRY_AFTER_SECONDS.encode()))
    lines = b"".join(b"%b: %b\r\n" % header for header in headers)
    return STATUS_LINE[fault.status] + lines + b"\r\n" + body
