"""Incidents as Statuspage has them: their updates, and which components each was about."""

from __future__ import annotations

from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from api.statuspage import ids
from api.statuspage.components import status_shown
from api.statuspage.stamps import latest, stamp, stamp_or_none
from application.texts import translatable
from domain.impact import Status
from domain.incidents import Progress
from domain.maintenance import WindowState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.site.kernel.view import PageView
    from api.statuspage.components import Listed
    from api.statuspage.documents import StatuspageAffected, StatuspageIncident, StatuspageUpdate

WITHDRAWN = translatable("This report was withdrawn: it was a false alarm.")
POSTMORTEM = "postmortem"
ENDS = frozenset({Progress.RESOLVED, WindowState.COMPLETED, WindowState.CANCELLED})
"""The states of updates that say that it is over, of incidents and of windows."""
MANY = 50
"""Of more components than this, an update names those alone whose status it changes; else it would be huge."""


def incident_document(found: Mapping[str, Any], listed: Listed, view: PageView) -> StatuspageIncident:
    """Write an incident; one that was withdrawn is resolved, and its last update says what it was."""
    incident, updates = found["incident"], found["updates"]
    id = ids.code("incident", incident["id"])
    entries = _updates(id, found, listed)
    postmortem, withdrawn_at = incident["postmortem"], found["withdrawn_at"]
    if withdrawn_at is not None:
        body = view.speech.text(WITHDRAWN)
        entries.append(update_document(id, "withdrawn", Progress.RESOLVED, body, withdrawn_at, _ended(entries)))
    if postmortem is not None:
        report = update_document(id, POSTMORTEM, POSTMORTEM, postmortem["body"], postmortem["published_at"], None)
        later = (place for place, each in enumerate(entries) if each["display_at"] > report["display_at"])
        entries.insert(next(later, len(entries)), report)
    is_over = incident["state"] in {"resolved", "withdrawn"}
    return {
        "id": id,
        "name": incident["title"],
        "status": _status(incident),
        "created_at": _created_at(incident),
        "updated_at": latest(
            incident["published_at"],
            incident["started_at"],
            *(each["occurred_at"] for each in updates),
            *(edge for spans in incident["impact_spans"].values() for span in spans for edge in _edges(span)),
            incident["resolved_at"],
            withdrawn_at,
            postmortem["published_at"] if postmortem else None,
        ),
        "monitoring_at": _monitoring_at(numbered(updates, incident["updates_count"])),
        "resolved_at": stamp_or_none(incident["resolved_at"] or withdrawn_at) if is_over else None,
        "impact": incident["impact"],
        "shortlink": view.absolute(f"incidents/{incident['id']}"),
        "started_at": stamp(incident["started_at"]),
        "page_id": ids.PAGE,
        "incident_updates": newest_first(entries),
        "components": listed.of(incident["components"]),
        "reminder_intervals": None,
    }


def numbered(updates: Sequence[Mapping[str, Any]], count: int) -> list[tuple[int, Mapping[str, Any]]]:
    """Give updates in order of time, with their numbers: one can be written late, of a moment before others.

    They are the newest of ``count``, as they were written; they are numbered from the first that readers ever saw.
    An end stands behind all that was written before it, so that the last one says how it is.
    """
    found: list[tuple[datetime, int, Mapping[str, Any]]] = []
    for number, update in enumerate(updates, count - len(updates) + 1):
        moment = datetime.fromisoformat(update["occurred_at"])
        if update["state"] in ENDS:
            moment = max((moment, *(each[0] for each in found)))
        found.append((moment, number, update))
    return [(number, update) for _, number, update in sorted(found, key=itemgetter(0, 1))]


def update_document(
    incident: str,
    name: object,
    status: str,
    body: str,
    occurred_at: str,
    affected: list[StatuspageAffected] | None,
) -> StatuspageUpdate:
    """Write an update of an incident, or of a maintenance; ``name`` tells it from every other of the same."""
    moment = stamp(occurred_at)
    return {
        "id": ids.code("update", incident, name),
        "status": str(status),
        "body": body,
        "incident_id": incident,
        "created_at": moment,
        "updated_at": moment,
        "display_at": moment,
        "affected_components": affected or None,
        "deliver_notifications": False,
        "custom_tweet": None,
        "tweet_id": None,
    }


def newest_first(updates: Sequence[StatuspageUpdate]) -> list[StatuspageUpdate]:
    """Put updates that came one after the other in the order of an answer."""
    return list(reversed(updates))


def affected(
    names: Mapping[str, str], codes: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str]
) -> list[StatuspageAffected]:
    """Say of each component which status it had before an update, and which one after it."""
    found: list[StatuspageAffected] = [
        {
            "code": codes[key],
            "name": name,
            "old_status": status_shown(before.get(key, Status.OPERATIONAL)),
            "new_status": status_shown(after[key]),
        }
        for key, name in names.items()
        if key in after
    ]
    return found if len(found) <= MANY else [each for each in found if each["old_status"] != each["new_status"]]


def _updates(id: str, found: Mapping[str, Any], listed: Listed) -> list[StatuspageUpdate]:
    """Write the updates, the oldest first."""
    incident = found["incident"]
    spans, updates = incident["impact_spans"], numbered(found["updates"], incident["updates_count"])
    names = {key: listed.names[key] for key in incident["components"] if key in listed.names}
    codes = {key: ids.code("component", key) for key in names}
    known: dict[str, str] = {}
    if updates and len(updates) < incident["updates_count"]:
        known = _by_spans(names, spans, updates[0][1]["occurred_at"])
    documents: list[StatuspageUpdate] = []
    for number, update in updates:
        after = _statuses_after(update, known, names, spans)
        said = affected(names, codes, known, after)
        documents.append(update_document(id, number, update["state"], update["message"], update["occurred_at"], said))
        known = after
    return documents


def _statuses_after(
    update: Mapping[str, Any],
    known: Mapping[str, str],
    names: Iterable[str],
    spans: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[str, str]:
    """Give the status of each component of which something is known by an update."""
    if update["state"] == Progress.RESOLVED:
        return dict.fromkeys([key for key in names if key in known], str(Status.OPERATIONAL))
    found = dict(known)
    for key in names:
        if key in update["components"]:
            found[key] = update["components"][key]
        elif spans.get(key):
            status = _status_at(spans[key], datetime.fromisoformat(update["occurred_at"]))
            if status != Status.OPERATIONAL or key in known:
                found[key] = status
    return found


def _by_spans(names: Iterable[str], spans: Mapping[str, Sequence[Mapping[str, Any]]], moment: str) -> dict[str, str]:
    """Give the statuses at a moment by the spans of an impact, where updates before it are not at hand."""
    found = {key: _status_at(spans.get(key, ()), datetime.fromisoformat(moment)) for key in names}
    return {key: status for key, status in found.items() if status != Status.OPERATIONAL}


def _status_at(spans: Iterable[Mapping[str, Any]], moment: datetime) -> str:
    for span in spans:
        end = span["until"]
        if datetime.fromisoformat(span["from"]) <= moment and (end is None or moment < datetime.fromisoformat(end)):
            return str(span["status"])
    return str(Status.OPERATIONAL)


def _ended(entries: Sequence[StatuspageUpdate]) -> list[StatuspageAffected]:
    """Give what the end of an incident does to the components of its last update."""
    last = entries[-1]["affected_components"] or [] if entries else []
    return [{**each, "old_status": each["new_status"], "new_status": str(Status.OPERATIONAL)} for each in last]


def _status(incident: Mapping[str, Any]) -> str:
    if incident["state"] == "withdrawn":
        return str(Progress.RESOLVED)
    return POSTMORTEM if incident["state"] == "resolved" and incident["postmortem"] else incident["state"]


def _created_at(incident: Mapping[str, Any]) -> str:
    """Give when it was published; of one that was over by then, when it began."""
    published, ended = incident["published_at"], incident["resolved_at"]
    if published is None or (ended is not None and stamp(ended) < stamp(published)):
        return stamp(incident["started_at"])
    return stamp(published)


def _monitoring_at(updates: Iterable[tuple[int, Mapping[str, Any]]]) -> str | None:
    """Give when it last came to be watched, as far as the updates tell."""
    found, before = None, None
    for _, update in updates:
        if update["state"] == Progress.MONITORING and before != Progress.MONITORING:
            found = stamp(update["occurred_at"])
        before = update["state"]
    return found


def _edges(span: Mapping[str, Any]) -> tuple[str | None, str | None]:
    return span["from"], span["until"]
