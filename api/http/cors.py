"""What scripts of other sites may read (CORS): whatever everybody can, without a token; they may send no command."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

READS = frozenset({b"GET", b"HEAD"})
ALLOWED = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Age, Retry-After"),
)
"""The headers of an answer that any script may read, those it may read of it included."""
DAY_SECONDS = "86400"


def is_anonymous(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a request has nothing that says who sends it."""
    return b"authorization" not in headers and b"cookie" not in headers


def preflight(method: str, headers: Mapping[bytes, bytes]) -> Response | None:
    """Answer the question whether a script may read; None if it asks something else, which is not allowed."""
    if method != "OPTIONS" or b"origin" not in headers:
        return None
    if headers.get(b"access-control-request-method") not in READS:
        return None
    return Response(
        None,
        HTTPStatus.NO_CONTENT,
        {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "GET, HEAD",
            "Access-Control-Allow-Headers": "If-None-Match",
            "Access-Control-Max-Age": DAY_SECONDS,
            "Cache-Control": "no-store",
        },
    )
