"""Restorations as Statuspage has them: that a panel was lost is an incident, which goes on until all is done."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from api.statuspage import ids
from api.statuspage.incidents import affected, newest_first, update_document
from api.statuspage.stamps import latest, stamp, stamp_or_none
from application.changes.kinds import ChangeKind
from application.changes.sentences import SENTENCES
from application.texts import translatable
from domain.impact import Level, Status
from domain.incidents import Progress
from domain.panels.restoration import RestorationState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from api.site.kernel.languages import Speech
    from api.site.kernel.view import PageView
    from api.statuspage.components import Listed
    from api.statuspage.documents import StatuspageIncident, StatuspageUpdate

NAME = translatable("No access to %(panel)s")
STATES = {
    RestorationState.ACCESS_LOST: Progress.IDENTIFIED,
    RestorationState.ACCESS_RESTORED: Progress.MONITORING,
    RestorationState.COMPLETED: Progress.RESOLVED,
}


class RestorationEntry(NamedTuple):
    """Something that readers learned of a restoration; the number tells apart what is of one kind."""

    occurred_at: str
    kind: str
    number: int
    state: Progress
    body: str


def restoration_document(found: Mapping[str, Any], listed: Listed, view: PageView) -> StatuspageIncident:
    """Write a restoration: access lost is ``identified``, access back ``monitoring``, all done ``resolved``."""
    restoration = found["restoration"]
    id, key = ids.code("restoration", restoration["id"]), restoration["panel"]
    panel = listed.panels.get(key)
    name = panel["name"] if panel else view.speech.key(key)
    entries = sorted(_entries(found, name, view.speech), key=lambda each: datetime.fromisoformat(each.occurred_at))
    updates = _updates(id, entries, found["statuses"], key, listed)
    back = restoration["access_restored_at"]
    return {
        "id": id,
        "name": view.speech.text(NAME, panel=name),
        "status": str(STATES[RestorationState(restoration["state"])]),
        "created_at": stamp(restoration["lost_at"]),
        "updated_at": latest(*(each.occurred_at for each in entries)),
        "monitoring_at": stamp_or_none(back),
        "resolved_at": stamp_or_none(restoration["completed_at"]),
        "impact": str(Level.CRITICAL),
        "shortlink": view.absolute(f"panels/{key}"),
        "started_at": stamp(restoration["lost_at"]),
        "page_id": ids.PAGE,
        "incident_updates": newest_first(updates),
        "components": [panel] if panel else [],
        "reminder_intervals": None,
    }


def _updates(
    id: str, entries: list[RestorationEntry], statuses: Mapping[str, str], panel: str, listed: Listed
) -> list[StatuspageUpdate]:
    names, codes = {panel: listed.panel_names.get(panel, panel)}, {panel: ids.code("panel", panel)}
    before, documents = {panel: str(Status.OPERATIONAL)}, []
    for each in entries:
        after = {panel: statuses[each.occurred_at]}
        said = affected(names, codes, before, after)
        name = f"{each.kind}/{each.number}"
        documents.append(update_document(id, name, each.state, each.body, each.occurred_at, said))
        before = after
    return documents


def _entries(found: Mapping[str, Any], panel: str, speech: Speech) -> Iterator[RestorationEntry]:
    """Give what readers learned: facts in our words, with what was said beside them, and updates."""
    restoration, updates = found["restoration"], found["updates"]

    def say(kind: ChangeKind, note: str | None = None, **blanks: str) -> str:
        fact = speech.text(SENTENCES[kind]).format(panel=panel, **blanks)
        return f"{fact}\n\n{note}" if note else fact

    for number, loss in enumerate(restoration["losses"], 1):
        lost = say(ChangeKind.RESTORATION_LOST)
        yield RestorationEntry(loss["from"], "lost", number, Progress.IDENTIFIED, lost)
        if loss["until"] is not None:
            back = say(ChangeKind.ACCESS_RESTORED, loss["restored_note"])
            yield RestorationEntry(loss["until"], "restored", number, Progress.MONITORING, back)
    for promise in restoration["promises"]:
        number, promised_for = promise["number"], _when(promise["promised_for"], speech)
        made = say(
            ChangeKind.PROMISE_MADE,
            promise["note"],
            promised_by=promise["promised_by"] or "",
            promised_for=promised_for,
        )
        yield RestorationEntry(promise["made_at"], "promise", number, Progress.IDENTIFIED, made)
        if promise["overdue_since"] is not None:
            missed = say(ChangeKind.PROMISE_MISSED, promised_for=promised_for)
            yield RestorationEntry(promise["overdue_since"], "missed", number, Progress.IDENTIFIED, missed)
    first = restoration["updates_count"] - len(updates) + 1
    for number, update in enumerate(updates, first):
        state = STATES[RestorationState(update["state"])]
        yield RestorationEntry(update["occurred_at"], "update", number, state, update["message"])
    if restoration["completed_at"] is not None:
        done = say(ChangeKind.RESTORATION_COMPLETED, restoration["completed_note"])
        yield RestorationEntry(restoration["completed_at"], "completed", 1, Progress.RESOLVED, done)


def _when(said: str, speech: Speech) -> str:
    return speech.moment(datetime.fromisoformat(said)) if "T" in said else speech.day(date.fromisoformat(said))
