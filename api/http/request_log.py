"""What the log says of requests: each one, if that is enabled, and tokens that were refused."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import structlog

from api.http.auth import BEARER
from api.http.secret_paths import masked
from application.digests import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Scope

    from application.ports import KeySource

LONGEST_PATH = 500
"""How much of a path is logged."""
WINDOW_SECONDS = 60.0
LINES = 10
"""How many refusals of one token, or of all that nobody knows, are logged in one window; the others are counted."""

log = structlog.get_logger()


def log_request(scope: Scope, method: str, *, status: int, sent: int, seconds: float) -> None:
    """Log one request and its answer of ``sent`` bytes; of a query nothing, as it may hold what is secret."""
    identity = scope.get("identity")
    log.info(
        "request",
        method=method,
        path=masked(scope["path"])[:LONGEST_PATH],
        route=getattr(scope.get("route"), "path", None),
        status=status,
        bytes=sent,
        milliseconds=round(seconds * 1000, 3),
        token=None if identity is None else identity.name,
        client=_client_of(scope),
        request_id=scope["request_id"],
    )


class RefusedTokens:
    """Logs tokens that were refused, and never a token itself. Strangers cannot fill the log.

    A token that is known, but does not hold any more, has its own share of the lines: it is not lost among guesses.
    """

    def __init__(self, keys: KeySource) -> None:
        """Name tokens by ``keys``."""
        self._keys = keys
        self._refused = Counter[str]()
        self._window: asyncio.TimerHandle | None = None

    def note(self, scope: Scope, headers: Mapping[bytes, bytes], method: str) -> None:
        """Log that the token of a request was refused, or count it if enough lines were written."""
        reason, name = self._reason(headers.get(b"authorization", b"").decode("latin-1"))
        whose = name or ""
        self._refused[whose] += 1
        if self._window is None:
            self._window = asyncio.get_running_loop().call_later(WINDOW_SECONDS, self.end_window)
        if self._refused[whose] <= LINES:
            log.warning(
                "token_refused",
                reason=reason,
                token=name,
                method=method,
                path=masked(scope["path"])[:LONGEST_PATH],
                client=_client_of(scope),
                request_id=scope["request_id"],
            )

    def end_window(self) -> None:
        """Log how many refusals were only counted, and begin to count anew."""
        self._window = None
        for name, times in self._refused.items():
            if times > LINES:
                log.warning("more_tokens_refused", token=name or None, times=times - LINES, seconds=WINDOW_SECONDS)
        self._refused.clear()

    def _reason(self, header: str) -> tuple[str, str | None]:
        bearer = BEARER.fullmatch(header.strip())
        if bearer is None:
            return "not_a_bearer_token", None
        token = self._keys.known.get(digest_of(bearer[1]))
        if token is None:
            return "unknown", None
        return ("expired" if token.revoked_at is None else "revoked"), token.name


def _client_of(scope: Scope) -> str | None:
    client = scope.get("client")
    return None if client is None else client[0]
