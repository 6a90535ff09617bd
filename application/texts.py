"""Texts that catalogs translate."""

from __future__ import annotations


def translatable(text: str) -> str:
    """Mark a text that a catalog translates when it is shown; it stays as it is, in English."""
    return text
