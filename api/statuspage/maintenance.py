"""Maintenance windows as Statuspage has them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from api.statuspage import ids
from api.statuspage.documents import StatuspageMaintenanceStatus
from api.statuspage.incidents import affected, newest_first, numbered, update_document
from api.statuspage.stamps import FIRST, latest, stamp, stamp_or_none
from application.texts import translatable
from domain.impact import Status
from domain.maintenance import UNDER_WAY, What, WindowState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.site.kernel.languages import Speech
    from api.site.kernel.view import PageView
    from api.statuspage.components import Listed
    from api.statuspage.documents import StatuspageMaintenance, StatuspageUpdate

FACTS = {
    What.PLANNED: translatable("Planned for %(times)s"),
    What.ANNOUNCED: translatable("Announced for %(times)s"),
    What.RESCHEDULED: translatable("Moved to %(times)s"),
    What.STARTED: translatable("Started"),
    What.EXTENDED: translatable("Extended until %(time)s"),
    What.VERIFYING: translatable("The planned end has come; the work is being checked"),
    What.COMPLETED: translatable("Completed"),
    What.CANCELLED: translatable("Cancelled"),
}
"""What an entry tells beside its message."""


def maintenance_document(window: Mapping[str, Any], listed: Listed, view: PageView) -> StatuspageMaintenance:
    """Write a window; one that was cancelled is ``completed``, and its last update says that it was cancelled."""
    id, announced_at = ids.code("maintenance", window["id"]), window["announced_at"]
    updates = window["updates"]
    return {
        "id": id,
        "name": window["title"],
        "status": _status(window["state"]),
        "created_at": FIRST if announced_at is None else stamp(announced_at),
        "updated_at": latest(announced_at, window["ended_at"], *(each["occurred_at"] for each in updates)),
        "monitoring_at": None,
        "resolved_at": stamp_or_none(window["ended_at"]),
        "impact": "maintenance",
        "shortlink": view.absolute(f"maintenance/{window['id']}"),
        "started_at": latest(window["started_at"] or announced_at),
        "page_id": ids.PAGE,
        "incident_updates": newest_first(_updates(id, window, listed, view.speech)),
        "components": listed.of(_planned(window, listed)),
        "reminder_intervals": None,
        "scheduled_for": stamp(window["starts_at"]),
        "scheduled_until": stamp(window["ends_at"]),
    }


def _status(state: str) -> str:
    return str(StatuspageMaintenanceStatus.COMPLETED if state == WindowState.CANCELLED else state)


def _updates(id: str, window: Mapping[str, Any], listed: Listed, speech: Speech) -> list[StatuspageUpdate]:
    """Write the entries of the timeline, the oldest first."""
    planned = _planned(window, listed)
    names = {key: listed.names[key] for key in planned if key in listed.names}
    codes = {key: ids.code("component", key) for key in names}
    well = dict.fromkeys(names, str(Status.OPERATIONAL))
    documents, before, during = [], well, planned
    for number, update in numbered(window["updates"], window["updates_count"]):
        during = {**during, **_said(update, planned)}
        after = during if update["state"] in UNDER_WAY else well
        said = affected(names, codes, before, after)
        body = _body(update, speech)
        documents.append(update_document(id, number, _status(update["state"]), body, update["occurred_at"], said))
        before = after
    return documents


def _planned(window: Mapping[str, Any], listed: Listed) -> dict[str, str]:
    """Give the statuses of the plan; those of the whole product are of the components that there were by its end."""
    if not window["all"]:
        return dict(window["components"])
    ends_at = stamp(window["ended_at"] or window["ends_at"])
    return {key: window["all"] for key, each in listed.components.items() if each["created_at"] < ends_at}


def _said(update: Mapping[str, Any], planned: Mapping[str, str]) -> Mapping[str, str]:
    """Give the statuses that an entry names, of the whole product if it names that."""
    return {**(dict.fromkeys(planned, update["all"]) if update["all"] else {}), **update["components"]}


def _body(update: Mapping[str, Any], speech: Speech) -> str:
    """Say what happened, and what was said about it."""
    fact = FACTS.get(What(update["what"]))
    if fact is None:
        return update["message"] or ""
    start, end = (datetime.fromisoformat(update[edge]) for edge in ("starts_at", "ends_at"))
    words = speech.text(fact, times=" – ".join(speech.span(start, end)), time=speech.moment(end))
    return f"{words}\n\n{update['message']}" if update["message"] else words
