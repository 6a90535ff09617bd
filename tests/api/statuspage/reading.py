"""What programs that read Statuspage are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.statuspage import ids
from tests.api.client import made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.api.client import Site

PATHS = (
    "summary",
    "status",
    "components",
    "incidents",
    "incidents/unresolved",
    "scheduled-maintenances",
    "scheduled-maintenances/upcoming",
    "scheduled-maintenances/active",
)


def read(site: Site, name: str, **asked: str) -> dict[str, Any]:
    """Read one of the answers as somebody without a token."""
    site.tick()
    return made(site.reader.get(f"/api/v2/{name}.json", params=asked))


def incident_of(site: Site, id: str, name: str = "incidents", **asked: str) -> dict[str, Any]:
    """Read an incident of ours."""
    wanted = ids.code("incident", id)
    return next(each for each in read(site, name, **asked)["incidents"] if each["id"] == wanted)


def maintenance_of(site: Site, id: str, name: str = "scheduled-maintenances") -> dict[str, Any]:
    """Read a window of ours."""
    wanted = ids.code("maintenance", id)
    return next(each for each in read(site, name)["scheduled_maintenances"] if each["id"] == wanted)


def named(site: Site, name: str) -> dict[str, Any]:
    """Read a component, a panel or a group by its name."""
    return next(each for each in read(site, "components")["components"] if each["name"] == name)


def moves(update: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Give which component an update is about, with the statuses before and after it."""
    return [(each["name"], each["old_status"], each["new_status"]) for each in update["affected_components"] or ()]
