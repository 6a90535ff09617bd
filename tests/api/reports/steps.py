"""Uptime, as the tests of it ask for it."""

from __future__ import annotations

from typing import Any

from tests.api.client import Site, at, made, written

KEY = "labels"
MORNING = {"from": written(at("08:00")), "until": written(at("12:00"))}
"""Four hours, which are 14,400 seconds."""


def uptime(site: Site, key: str = KEY, **asked: str) -> dict[str, Any]:
    """Give the uptime that a reader gets: of the morning, unless another period is named."""
    site.tick()
    return made(site.reader.get(f"/v1/components/{key}/uptime", params={**MORNING, **asked}))


def bases(site: Site, key: str = KEY, **asked: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the uptime as published and as restated."""
    return uptime(site, key, **asked), uptime(site, key, **{**asked, "as": "restated"})


def held(document: dict[str, Any]) -> dict[str, float]:
    """Give the seconds of the statuses that held at all, but for those of ``operational``."""
    return {status: length for status, length in document["seconds"].items() if length and status != "operational"}
