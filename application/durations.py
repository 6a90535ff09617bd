"""Durations as people write them."""

from __future__ import annotations

import re
from datetime import timedelta

SHORT = re.compile(r"(?P<count>\d+)(?P<unit>ms|s|m|h|d)")
ISO = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d{1,6})?)S)?)?"
)
UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=3660)


def parse_duration(text: str) -> timedelta:
    """Read ``90s``, ``30m``, ``2h`` or ISO 8601 (``PT30M``, ``P1DT12H``; without months and years).

    Raises:
        ValueError: if it is neither, or longer than ten years.
    """
    short, iso = SHORT.fullmatch(text), ISO.fullmatch(text)
    if short:
        parts = {UNITS[short["unit"]]: short["count"]}
    elif iso and any(iso.groupdict().values()):
        parts = {unit: count for unit, count in iso.groupdict().items() if count}
    else:
        raise ValueError(f"{text[:40]!r} is not a duration; write 90s, 30m, 2h or PT30M")
    try:
        span = timedelta(**{unit: float(count) for unit, count in parts.items()})
    except OverflowError:
        span = timedelta.max
    if span > LONGEST:
        raise ValueError(f"{text[:40]!r} is longer than ten years")
    return span
