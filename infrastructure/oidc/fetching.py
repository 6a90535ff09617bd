"""Asks the provider of identities over HTTP: no answer is larger, and none takes longer, than it may."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import httpx2

from application.access.provider import ProviderUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 5.0
"""How long the provider may be silent."""
DEADLINE_SECONDS = 10.0
"""How long one answer may take altogether."""
LARGEST_ANSWER = 256 * 1024


class ProviderRefused(Exception):
    """The provider answered with an error of the client; ``code`` is what it calls it (RFC 6749, 5.2)."""

    def __init__(self, status: int, code: str) -> None:
        """Keep what it said."""
        super().__init__(code)
        self.status, self.code = status, code


async def fetch_json(
    method: str,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    login: tuple[str, str] | None = None,
    bearer: str | None = None,
) -> dict[str, Any]:
    """Ask for a JSON object. No redirect is followed, and no proxy is read from the environment.

    Raises:
        ProviderUnavailable: if nothing comes back in time, or what comes is no JSON object, too large, or a failure.
        ProviderRefused: if the provider refuses the request.
    """
    headers = {"Accept": "application/json"}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    try:
        async with (
            asyncio.timeout(DEADLINE_SECONDS),
            httpx2.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url, data=form, headers=headers, auth=login) as answer,
        ):
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise ProviderUnavailable("the provider of identities answers with more than it may")
            status = answer.status_code
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError) as error:
        raise ProviderUnavailable(f"the provider of identities does not answer: {type(error).__name__}") from error
    document = _read(bytes(body))
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ProviderRefused(status, str((document or {}).get("error", status))[:100])
    if status != HTTPStatus.OK or document is None:
        raise ProviderUnavailable(f"the provider of identities answers with status {status}, and not as it should")
    return document


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", document) if isinstance(document, dict) else None
