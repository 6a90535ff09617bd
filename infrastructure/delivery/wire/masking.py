"""Hides in the answer of another side what it repeats of an address: that can be a secret, or a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from infrastructure.delivery.wire.answers import ELLIPSIS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infrastructure.delivery.wire.endpoint_url import EndpointUrl

SHORTEST = 6
"""A shorter part of an address of an endpoint is a word, and no secret."""
SHORTEST_NAME = 3
BETWEEN = re.compile(r"[/?&=;,]+")


def mask_endpoint(text: str, endpoint: EndpointUrl) -> str:
    """Hide the path and the query of the address of an endpoint, and each of their parts."""
    return _mask(text, {*_parts(endpoint.target), *_parts(unquote(endpoint.target))})


def mask_mailbox(text: str, address: str) -> str:
    """Hide the address of a mailbox, and the name before its @ where it stands alone."""
    name = address.rpartition("@")[0]
    # Nearly every answer repeats nothing, and a pattern for each address takes as long as the rest of a mail.
    if text.isascii() and name.isascii() and name.lower() not in text.lower():
        return text
    text = _mask(text, {address})
    if len(name) < SHORTEST_NAME:
        return text
    return re.sub(rf"(?<![\w.+-]){re.escape(name)}(?![\w+-])", ELLIPSIS, text, flags=re.IGNORECASE)


def _parts(target: str) -> Iterator[str]:
    yield from (each for each in (target, *BETWEEN.split(target)) if len(each) >= SHORTEST)


def _mask(text: str, parts: set[str]) -> str:
    if not parts:
        return text
    # The longest first, or what is behind a part would stay.
    found = "|".join(re.escape(each) for each in sorted(parts, key=len, reverse=True))
    return re.sub(found, ELLIPSIS, text, flags=re.IGNORECASE)
