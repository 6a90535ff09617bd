"""The time zones of the installed package ``tzdata``; those of the system may be of another version, or missing."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import tzdata

if TYPE_CHECKING:
    from datetime import tzinfo


class PinnedZones:
    """The zones of the package ``tzdata``."""

    @property
    def version(self) -> str:
        """Name the version."""
        return tzdata.IANA_VERSION

    def find(self, name: str) -> tzinfo | None:
        """Give the zone of this IANA name; None if there is none."""
        try:
            return zone_named(name)
        except LookupError:
            return None


def zone_named(name: str) -> ZoneInfo:
    """Give the zone of this IANA name.

    Raises:
        LookupError: if there is none.
    """
    if name not in _names():
        raise LookupError(f"{name!r} is no IANA time zone")
    return _zone(name)


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """Read the list of all zones: a name that is looked up there cannot lead to any other file."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
