"""Secrets of 256 random bits, and the digests by which they are stored."""

from __future__ import annotations

import hashlib
import secrets

SECRET_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """Make a secret for the path of an address, or for a header: 43 characters, behind ``prefix``."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def digest_of(secret: str) -> str:
    """Give the digest (SHA-256, in hexadecimal digits) by which a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()
