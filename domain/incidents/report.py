"""What a source says of a signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.impact import Status


class SignalCause(StrEnum):
    """A cause that a signal or an incident may name."""

    CODE_CHANGE = "code_change"


@dataclass(frozen=True, kw_only=True)
class AlertDetails:
    """What an alert tells of itself that decides nothing: kept where nothing else tells what it is."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    generator_url: str | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a source says when a signal fires.

    ``component`` is the key it names, known or not; ``status`` what the signal implies for it (``operational``
    if nothing); ``reported_at`` the instant as the source wrote it, which may be finer than a microsecond; ``markets``
    where it is, empty if that is not said; ``details`` are kept of what names no known component.
    """

    component: str | None
    status: Status
    cause: SignalCause | None = None
    summary: str | None = None
    reported_at: str | None = None
    markets: tuple[str, ...] = ()
    details: AlertDetails | None = None


def exactly(moment: datetime, text: str | None) -> tuple[datetime, str]:
    """Give an instant in a form that orders finer than a microsecond, by the digits that ``datetime`` cuts.

    ``text`` is the RFC 3339 form of the same instant, as reported; Alertmanager writes nanoseconds.
    """
    fraction = (text or "").partition(".")[2]
    digits = "".join(character for character in fraction.partition("+")[0].partition("-")[0] if character.isdigit())
    return moment, digits[6:].ljust(3, "0")
