"""The moments, positions and time zones that options of the command line name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from api.http.values import parse_instant
from application.errors import BadSetting

if TYPE_CHECKING:
    from datetime import tzinfo

    from application.facade import Facade
    from infrastructure.bootstrap import Bitacora

DIGITS = 18
"""How many digits a position may have."""


@dataclass(frozen=True, kw_only=True)
class LogPoint:
    """A point of the log: the position of the last event then, and the moment at which it was the last one."""

    position: int
    at: datetime


def zone_of(facade: Facade, zone: str | None) -> tzinfo:
    """Find a time zone by its IANA name; None stands for that of the settings.

    Raises:
        BadSetting: if there is none of that name.
    """
    clocks = facade.settings.zone if zone is None else facade.zones.find(zone)
    if clocks is None:
        raise BadSetting(f"there is no time zone {zone}")
    return clocks


def position_of(bitacora: Bitacora, text: str, last: int) -> int:
    """Read a position up to ``last``, or find that of the last event at an instant.

    Raises:
        BadSetting: if it is neither, has no offset, or lies in the future.
    """
    if not _is_position(text):
        return bitacora.facade.queries.events.position_at(moment_of(bitacora, text))
    if int(text[:DIGITS]) > last or len(text) > DIGITS:
        raise BadSetting(f"position {text} lies in the future")
    return int(text)


def point_of(bitacora: Bitacora, text: str) -> LogPoint:
    """Read a position or an instant as a point of the log.

    Raises:
        BadSetting: if it is neither, has no offset, or lies in the future.
    """
    events = bitacora.facade.queries.events
    last, _ = events.last()
    position = position_of(bitacora, text, last)
    at = events.time_of(position) if _is_position(text) else moment_of(bitacora, text)
    return LogPoint(position=position, at=at or bitacora.clock.now())


def moment_of(bitacora: Bitacora, text: str) -> datetime:
    """Read an instant of the past.

    Raises:
        BadSetting: if it is none, has no offset, or lies in the future.
    """
    try:
        moment = parse_instant(text)
    except ValueError as error:
        raise BadSetting(str(error)) from None
    if moment > bitacora.clock.now():
        raise BadSetting(f"{text} lies in the future")
    return moment


def _is_position(text: str) -> bool:
    return text.isascii() and text.isdigit()
