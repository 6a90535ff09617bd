"""Paths that end in a secret, which opens what they name: it never comes into a log or a message."""

from __future__ import annotations

import re

SECRET = re.compile(r"/(account|subscriptions)/", re.IGNORECASE)
"""What stands before a secret. Whatever follows is taken for one: an address can be mistyped, or cut off wrongly."""
OPEN = ("/v1/", "/api/", "/panels/", "/badges/")
"""How paths begin that may have these words as keys of things, and never a secret."""
MASK = "***"


def is_secret(path: str) -> bool:
    """Tell whether a path has a secret."""
    return _found(path) is not None


def masked(path: str) -> str:
    """Give a path without its secret, and without what follows it."""
    found = _found(path)
    return path if found is None else f"{path[: found.end()]}{MASK}"


def _found(path: str) -> re.Match[str] | None:
    return None if path.startswith(OPEN) else SECRET.search(path)
