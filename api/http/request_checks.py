"""What is checked of a request before its route is looked for: its headers, and the size of its body."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http.answers import JSON
from api.http.auth import header_of, known_identity
from api.http.cors import preflight
from api.http.forms import FORM, media_of
from api.http.ndjson import NDJSON, STREAMED
from api.http.problems import problem
from api.http.secret_paths import is_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.types import Scope

    from application.ports import KeySource

BODY_LIMIT = 1024 * 1024
"""The size of a JSON body, in bytes."""
LIMIT = "bitacora.body_limit"
"""Where the scope of a request says how many bytes its body may have."""
ONCE = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"idempotency-key",
        b"if-match",
        b"origin",
        b"transfer-encoding",
        b"x-request-id",
    }
)
"""Headers of one value. Of two that differ, one would be ignored: which one is meant is not guessed."""
HEADERS_READ = ONCE | {b"accept", b"access-control-request-method", b"cookie"}
"""The headers that the gate reads."""
ANONYMOUS_BODIES = 32 * 1024 * 1024
"""How much is held of bodies that callers without a known token are sending, in bytes."""
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
SHOWN = 100
"""How much is repeated of what a header said."""


class BodyTooLarge(HTTPException):
    """A body exceeded the limit while it was read; FastAPI lets only an ``HTTPException`` through from there."""

    def __init__(self) -> None:
        """Answer 413."""
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class TooManyBodies(HTTPException):
    """As much is held of bodies of callers without a token as may be."""

    def __init__(self) -> None:
        """Answer 503."""
        super().__init__(HTTPStatus.SERVICE_UNAVAILABLE)


class HeldBodies:
    """How much of the bodies of callers without a known token is in memory, over all requests."""

    def __init__(self, limit: int, keys: KeySource) -> None:
        """Hold so many bytes at most, and know callers by ``keys``."""
        self._left = limit
        self._keys = keys

    def counts(self, scope: Scope) -> bool:
        """Tell whether the body of a request counts."""
        return known_identity(header_of(scope, b"authorization"), self._keys) is None

    def hold(self, size: int) -> None:
        """Hold a piece more.

        Raises:
            TooManyBodies: if that is too much; then it is not held.
        """
        if size > self._left:
            raise TooManyBodies
        self._left -= size

    def release(self, size: int) -> None:
        """Let go of pieces."""
        self._left += size


def refused(
    scope: Scope,
    headers: Mapping[bytes, bytes],
    lines: Sequence[tuple[bytes, bytes]],
    takes_lines: Callable[[str], bool],
) -> Response | None:
    """Refuse a request for its headers, or answer a preflight; None if it shall go on.

    ``headers`` are those that the gate reads, by name; ``lines`` are the same as they came. ``takes_lines`` tells of a
    path whether it accepts bodies of lines.
    """
    if len(headers) < len(lines) and (twice := _sent_twice(lines)) is not None:
        return _ambiguous(scope["request_id"], twice)
    if scope["method"] == "OPTIONS":
        return None if is_secret(scope["path"]) else preflight(scope["method"], headers)
    return _refused_body(scope, headers, takes_lines) if scope["method"] in WITH_BODY else None


def _refused_body(scope: Scope, headers: Mapping[bytes, bytes], takes_lines: Callable[[str], bool]) -> Response | None:
    coding = headers.get(b"content-encoding", b"identity").decode("latin-1").strip().lower()
    if coding != "identity":
        return _unsupported(scope, f"as it is, not in the content coding {coding[:SHOWN]}", takes_lines)
    if scope[STREAMED]:
        return None
    length = headers.get(b"content-length", b"0")
    media = media_of(headers.get(b"content-type", b"").decode("latin-1"))
    has_body = length != b"0" or b"transfer-encoding" in headers
    # Before the size: a long file of lines that is sent as something else is of the wrong type, not too large.
    is_taken = media in scope[FORM] if scope[FORM] else media == JSON or media.endswith("+json")
    if has_body and not is_taken:
        return _unsupported(scope, f"not {media[:SHOWN] or 'a body without a type'}", takes_lines)
    return too_large(scope, takes_lines) if length.isdigit() and int(length) > scope[LIMIT] else None


def _sent_twice(lines: Sequence[tuple[bytes, bytes]]) -> str | None:
    counted = Counter(name for name, _ in lines if name in ONCE)
    return next((name.decode() for name, times in counted.items() if times > 1), None)


def _ambiguous(request_id: str, name: str) -> Response:
    return problem(
        status=400,
        code="malformed",
        title="The request cannot be read",
        detail=f"the header {name} came more than once; send it once",
        request_id=request_id,
    )


def too_many_bodies(request_id: str) -> Response:
    """Refuse a body because others fill the memory."""
    return problem(
        status=503,
        code="too_many_bodies",
        title="Too many bodies are being received",
        detail="callers without a token are sending as much as can be received at once; try again",
        request_id=request_id,
    )


def _unsupported(scope: Scope, detail: str, takes_lines: Callable[[str], bool]) -> Response:
    taken = scope[FORM] or ((JSON, NDJSON) if takes_lines(scope["path"]) else (JSON,))
    return problem(
        status=415,
        code="unsupported_media",
        title="The body is of a type that this route does not take",
        detail=f"send {' or '.join(taken)}, {detail}",
        request_id=scope["request_id"],
        headers={"Accept": ", ".join(taken), "Accept-Encoding": "identity"},
    )


def too_large(scope: Scope, takes_lines: Callable[[str], bool]) -> Response:
    """Refuse a body for its size."""
    lines = f"; lines ({NDJSON}) may be of any number" if takes_lines(scope["path"]) else ""
    return problem(
        status=413,
        code="too_large",
        title="The body is larger than the limit",
        detail=f"a {'form' if scope[FORM] else 'JSON body'} may have {scope[LIMIT]} bytes{lines}",
        request_id=scope["request_id"],
    )
