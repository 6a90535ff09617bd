"""The answers of Statuspage: what is read for each, and how it is written in one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from api.http.answers import JSON
from api.site.kernel.contents import FileContent
from api.statuspage import ids
from api.statuspage.components import NOT_KNOWN, list_components
from api.statuspage.documents import StatuspageIndicator
from api.statuspage.incidents import incident_document
from api.statuspage.maintenance import maintenance_document
from api.statuspage.reading import MOST, Material, Which, read_material
from api.statuspage.restorations import restoration_document
from api.statuspage.stamps import latest
from application.maintenance.projection import WindowStage
from application.texts import translatable
from domain.impact import Status

if TYPE_CHECKING:
    from api.site.kernel.languages import Speech
    from api.site.kernel.reading import PageRead
    from api.site.kernel.view import PageView
    from api.statuspage.components import Listed
    from api.statuspage.documents import (
        StatuspageIncident,
        StatuspageMaintenance,
        StatuspagePage,
        StatuspageStatus,
    )

DESCRIPTIONS = {
    StatuspageIndicator.NONE: translatable("All Systems Operational"),
    StatuspageIndicator.MINOR: translatable("Partially Degraded Service"),
    StatuspageIndicator.MAJOR: translatable("Partial System Outage"),
    StatuspageIndicator.CRITICAL: translatable("Major Service Outage"),
    StatuspageIndicator.MAINTENANCE: translatable("Service Under Maintenance"),
}
"""The sentences of Statuspage; programs compare the English ones."""
Part = Callable[[Mapping[str, Any], "Listed", "PageView"], Any]
"""Writes a member of an answer."""


@dataclass(frozen=True, kw_only=True)
class StatuspageAnswer:
    """What an answer has in it: its members in their order, and what they are made from."""

    members: Mapping[str, Part]
    incidents: Which | None = None
    stages: tuple[WindowStage, ...] = ()

    async def read(self, read: PageRead) -> FileContent:
        """Read what it is made from."""
        material, until = await read_material(read, incidents=self.incidents, stages=self.stages)
        changed_at = material["changed_at"]
        return FileContent(
            media=JSON,
            document=material,
            shape=Material,
            write=self._write,
            until=until,
            modified_at=None if changed_at is None else datetime.fromisoformat(changed_at),
        )

    def _write(self, material: Mapping[str, Any], view: PageView) -> bytes:
        listed = list_components(material, view.speech)
        members = {name: part(material, listed, view) for name, part in self.members.items()}
        return to_json({"page": page_document(material, view), **members})


def page_document(material: Mapping[str, Any], view: PageView) -> StatuspagePage:
    """Say of which site an answer is, and when something last changed for readers."""
    return {
        "id": ids.PAGE,
        "name": view.site.name,
        "url": view.site.url,
        "time_zone": view.site.zone,
        "updated_at": latest(material["changed_at"]),
    }


def status_document(material: Mapping[str, Any], speech: Speech) -> StatuspageStatus:
    """Say how it is with everything together; it is never well while something is open, in progress or not known."""
    board = material["board"]
    shown, indicator = (*board["components"], *board["panels"]), board["indicator"]
    if indicator in {"none", "unknown", "maintenance"}:
        if material["has_open_incidents"]:
            indicator = StatuspageIndicator.MINOR
        elif not shown or any(each["status"] == Status.UNKNOWN for each in shown):
            return {"indicator": str(StatuspageIndicator.MINOR), "description": speech.text(NOT_KNOWN)}
        elif material["has_active_windows"]:
            indicator = StatuspageIndicator.MAINTENANCE
    said = DESCRIPTIONS[StatuspageIndicator(indicator)]
    return {"indicator": str(indicator), "description": speech.text(said)}


def _status(material: Mapping[str, Any], _listed: Listed, view: PageView) -> StatuspageStatus:
    return status_document(material, view.speech)


def _components(_material: Mapping[str, Any], listed: Listed, _view: PageView) -> Any:  # noqa: ANN401 - see ``Part``
    return listed.answer


def _incidents(material: Mapping[str, Any], listed: Listed, view: PageView) -> list[StatuspageIncident]:
    found = [incident_document(each, listed, view) for each in material["incidents"]]
    found += [restoration_document(each, listed, view) for each in material["restorations"]]
    return sorted(found, key=lambda each: (each["created_at"], each["id"]), reverse=True)[:MOST]


def _maintenances(material: Mapping[str, Any], listed: Listed, view: PageView) -> list[StatuspageMaintenance]:
    return [maintenance_document(each, listed, view) for each in material["windows"]]


def _maintenances_latest_first(
    material: Mapping[str, Any], listed: Listed, view: PageView
) -> list[StatuspageMaintenance]:
    found = _maintenances(material, listed, view)
    return sorted(found, key=lambda each: (each["scheduled_for"], each["id"]), reverse=True)


SUMMARY = StatuspageAnswer(
    members={
        "components": _components,
        "incidents": _incidents,
        "scheduled_maintenances": _maintenances,
        "status": _status,
    },
    incidents="open",
    stages=(WindowStage.ACTIVE, WindowStage.UPCOMING),
)
STATUS = StatuspageAnswer(members={"status": _status})
COMPONENTS = StatuspageAnswer(members={"components": _components})
INCIDENTS = StatuspageAnswer(members={"incidents": _incidents}, incidents="newest")
UNRESOLVED = StatuspageAnswer(members={"incidents": _incidents}, incidents="open")
MAINTENANCES = StatuspageAnswer(
    members={"scheduled_maintenances": _maintenances_latest_first}, stages=tuple(WindowStage)
)
UPCOMING = StatuspageAnswer(members={"scheduled_maintenances": _maintenances}, stages=(WindowStage.UPCOMING,))
ACTIVE = StatuspageAnswer(members={"scheduled_maintenances": _maintenances}, stages=(WindowStage.ACTIVE,))
