"""The keys with which the provider of identities signs, as it publishes them (RFC 7517)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry

from application.access.provider import ProviderUnavailable
from infrastructure.oidc.fetching import ProviderRefused, fetch_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from joserfc.jwk import Key

    from application.ports import Clock

KEPT = timedelta(hours=1)
"""How long keys are used before they are fetched again."""
AGAIN_AFTER = timedelta(minutes=1)
"""How long an unknown key has to wait before the keys are fetched once more."""
MOST_KEYS = 100
ASYMMETRIC = frozenset({"RSA", "EC", "OKP"})
"""The kinds of keys that only the provider can sign with; a shared one proves nothing."""


class UnknownKey(Exception):
    """What was signed names no key of the provider."""


class SigningKeys:
    """Keeps the keys, and fetches them again when they are old, or something names a new one."""

    def __init__(self, clock: Clock) -> None:
        """Begin without any."""
        self._clock = clock
        self._keys: Sequence[tuple[str | None, Key]] = ()
        self._fetched_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def find(self, uri: str, id: str | None, *, anew: bool = False) -> Sequence[Key]:
        """Give the keys of an id (``kid``); without one, all. ``anew`` asks for those that the provider has now.

        Raises:
            UnknownKey: if there is none, and the keys were fetched just now.
            ProviderUnavailable: if the keys cannot be fetched.
        """
        async with self._lock:
            is_wanting = anew or not self._of(id)
            if self._is_older_than(KEPT) or (is_wanting and self._is_older_than(AGAIN_AFTER)):
                await self._fetch(uri)
            if not (found := self._of(id)):
                raise UnknownKey("the provider has no such key")
            return found

    def _of(self, id: str | None) -> Sequence[Key]:
        return [key for name, key in self._keys if id is None or name == id]

    def _is_older_than(self, span: timedelta) -> bool:
        # A clock may go back.
        return self._fetched_at is None or abs(self._clock.now() - self._fetched_at) >= span

    async def _fetch(self, uri: str) -> None:
        try:
            document = await fetch_json("GET", uri)
        except ProviderRefused as error:
            raise ProviderUnavailable("the provider of identities does not give its keys") from error
        found = document.get("keys")
        self._keys = list(_usable(found[:MOST_KEYS] if isinstance(found, list) else ()))
        self._fetched_at = self._clock.now()


def _usable(found: Sequence[Any]) -> Sequence[tuple[str | None, Key]]:
    usable: list[tuple[str | None, Key]] = []
    for each in found:
        if not isinstance(each, dict) or str(each.get("kty")) not in ASYMMETRIC or each.get("use", "sig") != "sig":
            continue
        public: Mapping[str, Any] = {name: value for name, value in each.items() if name != "d"}
        # One that we cannot use leaves the others as they are.
        with suppress(JoseError, ValueError, TypeError):
            id = each.get("kid")
            usable.append((id if isinstance(id, str) else None, JWKRegistry.import_key(dict(public))))
    return usable
