"""Where an incident stands: when it can be resolved, and what policies do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    from application.incidents.documents import IncidentDocument


class Resolving(StrEnum):
    """Whether an incident can be said to be resolved, or what it waits for."""

    NOW = "now"
    LATER = "later"
    SIGNALS_FIRE = "signals_fire"
    NOT_WATCHED = "not_watched"


@dataclass(frozen=True, kw_only=True)
class ResolutionGuard:
    """Whether an incident can be said to be resolved; ``after`` is the moment after which it can."""

    resolving: Resolving
    after: str | None
    clock: str
    """That moment by the clocks of the person, with the day if it is not that of today."""


class NextStep(StrEnum):
    """What a policy does next, if nothing happens before."""

    PUBLISHES = "publishes"
    DISMISSES = "dismisses"
    REOPENS = "reopens"
    DROPS_RELAPSE = "drops_relapse"
    WATCHES = "watches"
    RESOLVES = "resolves"


def resolution_guard(incident: IncidentDocument, now: datetime, zone: tzinfo) -> ResolutionGuard:
    """Read from the document of an open incident when it can be resolved."""
    after = incident.get("resolution_possible_after")
    if after is None:
        fires = incident["signals_firing_count"] > 0
        waits = Resolving.SIGNALS_FIRE if fires else Resolving.NOT_WATCHED
        return ResolutionGuard(resolving=waits, after=None, clock="")
    moment, today = datetime.fromisoformat(after).astimezone(zone), now.astimezone(zone).date()
    clock = f"{moment:%H:%M:%S}" if moment.date() == today else f"{moment:%Y-%m-%d %H:%M:%S}"
    resolving = Resolving.NOW if now > moment else Resolving.LATER
    return ResolutionGuard(resolving=resolving, after=after, clock=clock)


def next_step(incident: IncidentDocument) -> NextStep | None:
    """Name what a policy does at ``next_due``; None if no policy does anything."""
    if incident["next_due"] is None:
        return None
    fires = incident["signals_firing_count"] > 0
    if incident["relapse"] is not None:
        return NextStep.REOPENS if fires else NextStep.DROPS_RELAPSE
    if incident["visibility"] == "private":
        return NextStep.PUBLISHES if fires else NextStep.DISMISSES
    return NextStep.RESOLVES if incident["state"] == "monitoring" else NextStep.WATCHES
