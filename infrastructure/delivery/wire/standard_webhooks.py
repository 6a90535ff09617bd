"""Signs webhooks by Standard Webhooks (https://www.standardwebhooks.com), version v1."""

from __future__ import annotations

import binascii
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret."""
MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")


def new_secret(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Make a secret of 32 bytes: ``whsec_`` and base64."""
    return f"{PREFIX}{b64encode(random_bytes(SECRET_BYTES)).decode()}"


def secret_bytes(secret: str) -> bytes:
    """Read a secret.

    Raises:
        ValueError: if it is none; the message does not repeat it.
    """
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True) if secret.startswith(PREFIX) else b""
    except (binascii.Error, ValueError):
        key = b""
    if not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(f"a secret of a webhook is {PREFIX} and {SHORTEST} to {LONGEST} bytes in base64")
    return key


def signed_headers(message_id: str, at: datetime, body: bytes, secrets_in_use: Sequence[str]) -> dict[str, str]:
    """Give the headers of one attempt ``at`` a moment, signed with each secret that is in use.

    While a secret is rotated there are two, and the receiver needs only one of them.

    Raises:
        ValueError: if the id has other characters than letters, digits, _ and -, or a secret is none.
    """
    if MESSAGE_ID.fullmatch(message_id) is None:
        raise ValueError("the id of a webhook has at most 200 letters, digits, _ and -")
    if not secrets_in_use:
        raise ValueError("a webhook is signed with at least one secret")
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.digest(secret_bytes(each), signed, "sha256") for each in secrets_in_use)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{b64encode(digest).decode()}" for digest in digests),
    }
