"""What can be the matter with the service."""

from __future__ import annotations

from typing import Literal, NamedTuple, NotRequired

from typing_extensions import TypedDict

from application.schema import documented

ReasonCode = Literal[
    "store_unavailable",
    "schema_mismatch",
    "log_damaged",
    "log_mismatch",
    "tokens_unreadable",
    "views_damaged",
    "views_put_aside",
    "view_rebuilding",
    "view_stopped",
    "views_behind",
    "board_stale",
    "timer_failed",
    "clock_behind_log",
    "log_key_missing",
    "log_key_replaced",
    "log_not_signed",
    "read_database_unavailable",
    "read_database_of_another_log",
    "read_database_behind",
]

NOTICES: frozenset[ReasonCode] = frozenset({"views_put_aside", "log_key_missing", "log_key_replaced", "log_not_signed"})
"""What somebody has to look at, though the service does its work."""


class LogSample(NamedTuple):
    """How far a process has come on its way round the log, and how many sections of it are not what was recorded."""

    position: int
    mismatches: int


class ReadLag(NamedTuple):
    """How far what is read is behind what is written: in seconds, and in events as far as they are known of."""

    seconds: float
    positions: int


@documented
class ReadinessDetail(TypedDict):
    """One thing that is not well."""

    code: ReasonCode
    message: str
    """A sentence for operators."""
    view: NotRequired[str]
    """The view that it is about."""
    position: NotRequired[int]
    """The position of the event at which a view has stopped, that the views have come to, or that is not the one that
    was recorded."""
    event: NotRequired[str]
    """The type of that event."""
