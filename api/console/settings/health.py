"""How the service is doing, in words, and what to do if something is not well."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.guards import Staff
from api.console.kernel.screens import Screen, ScreenRoute, answer_screen
from api.console.settings.health_advice import ADVICE
from application.health import NOTICES
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from api.console.kernel.visit import Visit

router = APIRouter(include_in_schema=False, prefix="/console/settings/health", route_class=ScreenRoute)

SAMPLE = re.compile(r"([a-z_]+)(?:\{[^}]*\})? ([0-9.eE+-]+)")
LATE_DELIVERY = 600
"""From how many seconds on somebody should look at it."""


class HealthProblem(NamedTuple):
    """Something that is not well."""

    title: str
    advice: str
    is_notice: bool
    said: tuple[str, ...]


class Check(NamedTuple):
    """One thing that is looked at, and how it is."""

    name: str
    words: str
    is_good: bool = True


@router.get("")
async def show_health(visit: Staff) -> Response:
    """Show how the service is doing."""
    return await answer_screen(visit, read_health)


async def read_health(visit: Visit) -> Screen:
    """Read readiness and metrics."""
    ready, metrics = await asyncio.gather(visit.api.send("GET", "/readyz"), visit.api.send("GET", "/metrics"))
    document = ready.document
    figures = _figures(metrics.body.decode()) if metrics.is_good else {}
    sees_details = visit.may(Role.OPERATOR, Role.AUDITOR)
    return Screen(
        template="settings_health.html",
        document={
            "is_ready": document["status"] == "ready",
            "is_stale": document["stale"],
            "problems": list(_problems(document)),
            "checks": list(_checks(figures)) if sees_details else [],
            "sees_details": sees_details,
        },
    )


def _problems(document: Mapping[str, Any]) -> Iterable[HealthProblem]:
    said: dict[str, list[str]] = {code: [] for code in document["reasons"]}
    for each in document.get("details", ()):
        said.setdefault(each["code"], []).append(each["message"])
    for code, messages in said.items():
        title, advice = ADVICE.get(code, (code.replace("_", " ").capitalize(), "Look at the log of the program."))
        yield HealthProblem(title, advice, code in NOTICES, tuple(messages))


def _figures(page: str) -> dict[str, float]:
    """Read the metrics, those of one name added up."""
    found: dict[str, float] = {}
    for line in page.splitlines():
        sample = SAMPLE.fullmatch(line)
        if sample:
            found[sample[1]] = found.get(sample[1], 0.0) + float(sample[2])
    return found


def _checks(figures: Mapping[str, float]) -> Iterable[Check]:
    """Say what the figures mean; what is not measured is left out."""
    for name, read in READINGS.items():
        value = figures.get(name)
        if value is not None:
            yield read(value)


def _counted(number: float, one: str, many: str) -> str:
    return f"{number:,.0f} {one if number == 1 else many}"


def _length(seconds: float) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return _counted(seconds // length, unit, f"{unit}s")
    return _counted(seconds, "second", "seconds")


READINGS: dict[str, Callable[[float], Check]] = {
    "bitacora_view_lag_events": lambda value: Check(
        "What is read",
        "up to date"
        if not value
        else f"{_counted(value, 'event', 'events')} behind what was recorded; look again soon",
        not value,
    ),
    "bitacora_clock_behind_log_seconds": lambda value: Check(
        "Clock", "right" if not value else f"{_length(value)} behind the last event: nothing becomes due", not value
    ),
    "bitacora_overdue_timers": lambda value: Check(
        "Due times", "none is late" if not value else f"{value:,.0f} late; look again soon", not value
    ),
    "bitacora_log_mismatches": lambda value: Check(
        "Log",
        "as it was recorded, as far as it was compared" if not value else f"{value:.0f} parts do not fit",
        not value,
    ),
    "bitacora_log_checkpoint_age_seconds": lambda value: Check("Checkpoint of the log", f"signed {_length(value)} ago"),
    "bitacora_delivery_oldest_due_seconds": lambda value: Check(
        "Notifications",
        "none is late" if not value else f"the oldest is {_length(value)} late",
        value < LATE_DELIVERY,
    ),
    "bitacora_held_request_oldest_seconds": lambda value: Check(
        "Oldest open held request", "none is open" if not value else f"received {_length(value)} ago"
    ),
    "bitacora_position": lambda value: Check("Events recorded", f"{value:,.0f}"),
}
"""What each figure means, in the order of the screen."""
