"""The few words behind the title of a thing that say how it is now: the most important ones of a letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from api.site.kernel.wording import DAY_LENGTH, STATE_WORDS, STATUS_WORDS
from application.changes.kinds import ChangeKind
from application.texts import translatable
from domain.impact import Status, worst
from domain.panels.restoration import RestorationState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.site.kernel.languages import Speech

K = ChangeKind
NOT_WORSE = {Status.OPERATIONAL, Status.UNKNOWN}
CLOSED = {"resolved", "withdrawn"}
FIXED = {
    K.INCIDENT_WITHDRAWN: translatable("False alarm"),
    K.INCIDENT_CORRECTED: translatable("Correction"),
    K.POSTMORTEM_PUBLISHED: translatable("Report on what happened"),
    K.INCIDENT_REOPENED: translatable("The problem is back"),
    K.MAINTENANCE_STARTED: translatable("Maintenance has begun"),
    K.MAINTENANCE_CANCELLED: translatable("Maintenance cancelled"),
    K.MAINTENANCE_UPDATED: translatable("News about the maintenance"),
    K.MAINTENANCE_VERIFYING: translatable("Maintenance takes longer"),
    K.RESTORATION_LOST: translatable("Access is lost"),
    K.ACCESS_RESTORED: translatable("Access is back"),
    K.RESTORATION_COMPLETED: translatable("Restoration complete"),
    K.RESTORATION_UPDATED: translatable("News about the restoration"),
    K.PROMISE_MISSED: translatable("Access is late"),
}
PLANNED = translatable("Maintenance on %(day)s")
MOVED = translatable("Maintenance moved to %(time)s")
BEGINS = translatable("Maintenance begins on %(time)s")
LASTS = translatable("Maintenance until %(time)s")
OVER = translatable("Maintenance is over")
UNDONE = translatable("Maintenance is over, change undone")
PROMISED = translatable("Access promised for %(time)s")
TONES = {
    "scheduled": Status.UNDER_MAINTENANCE,
    "in_progress": Status.UNDER_MAINTENANCE,
    "verifying": Status.DEGRADED_PERFORMANCE,
    "completed": Status.OPERATIONAL,
    "cancelled": Status.UNKNOWN,
}


def state_words(entry: Mapping[str, Any], thing: Mapping[str, Any], speech: Speech) -> str:
    """Say how a thing is with its newest announcement."""
    kind = ChangeKind(entry["kind"])
    known = CHOSEN.get(kind)
    return speech.text(FIXED[kind]) if known is None else known(entry, thing, speech)


def tone_of(thing: Mapping[str, Any]) -> Status:
    """Give the status in whose color the state of a thing is written."""
    if thing["incident"] is not None:
        incident = thing["incident"]
        if incident["state"] in CLOSED:
            return Status.OPERATIONAL if incident["state"] == "resolved" else Status.UNKNOWN
        return worst(map(Status, incident["components"].values()))
    if thing["window"] is not None:
        return TONES[thing["window"]["state"]]
    match thing["restoration"]["state"]:
        case RestorationState.COMPLETED:
            return Status.OPERATIONAL
        case RestorationState.ACCESS_LOST:
            return Status.MAJOR_OUTAGE
        case _:
            return Status.DEGRADED_PERFORMANCE


def said_time(text: str, speech: Speech) -> str:
    """Write a day or an instant, whichever was said."""
    if len(text) == DAY_LENGTH:
        return speech.day(date.fromisoformat(text))
    return speech.moment(datetime.fromisoformat(text))


def _incident(entry: Mapping[str, Any], thing: Mapping[str, Any], speech: Speech) -> str:
    state = entry["state"] or thing["incident"]["state"]
    if state not in CLOSED and (entry["statuses"] or entry["kind"] == K.INCIDENT_PUBLISHED):
        now = worst(map(Status, thing["incident"]["components"].values()))
        if now not in NOT_WORSE:
            return speech.text(STATUS_WORDS[now])
    return speech.text(STATE_WORDS[state])


def _announced(_entry: Mapping[str, Any], thing: Mapping[str, Any], speech: Speech) -> str:
    start = datetime.fromisoformat(thing["window"]["starts_at"]).astimezone(speech.zone)
    return speech.text(PLANNED, day=speech.day(start.date()))


def _at(message: str, member: str) -> Callable[[Mapping[str, Any], Mapping[str, Any], Speech], str]:
    def say(_entry: Mapping[str, Any], thing: Mapping[str, Any], speech: Speech) -> str:
        return speech.text(message, time=speech.moment(datetime.fromisoformat(thing["window"][member])))

    return say


def _completed(_entry: Mapping[str, Any], thing: Mapping[str, Any], speech: Speech) -> str:
    return speech.text(UNDONE if thing["window"]["outcome"] == "rolled_back" else OVER)


def _promised(entry: Mapping[str, Any], _thing: Mapping[str, Any], speech: Speech) -> str:
    return speech.text(PROMISED, time=said_time(entry["promised_for"] or entry["recorded_at"], speech))


CHOSEN: dict[ChangeKind, Callable[[Mapping[str, Any], Mapping[str, Any], Speech], str]] = {
    K.INCIDENT_PUBLISHED: _incident,
    K.INCIDENT_UPDATED: _incident,
    K.INCIDENT_RESOLVED: _incident,
    K.MAINTENANCE_ANNOUNCED: _announced,
    K.MAINTENANCE_MOVED: _at(MOVED, "starts_at"),
    K.MAINTENANCE_REMINDER: _at(BEGINS, "starts_at"),
    K.MAINTENANCE_EXTENDED: _at(LASTS, "ends_at"),
    K.MAINTENANCE_COMPLETED: _completed,
    K.PROMISE_MADE: _promised,
}
