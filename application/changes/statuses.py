"""The public statuses of components and panels, kept while things change one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast

from application.changes.snapshots import ACCESS
from domain.impact import EVERYWHERE, Status, worst
from domain.panels.restoration.state import PANEL_STATUSES
from domain.panels.restoration.values import CapabilityState

if TYPE_CHECKING:
    from application.changes.snapshots import ComponentSnapshot, PanelSnapshot, RestorationSnapshot, Snapshot

UNSAID = PANEL_STATUSES[CapabilityState.UNKNOWN]
"""What a capability says of its panel of which a restoration that goes on has said nothing."""
COMPONENT, PANEL = "component/", "panel/"
Place = tuple[str, str]
"""What has a status: ``component/`` or ``panel/``, and its key."""


class PublicStatuses:
    """The statuses that readers see, by the snapshots of the things that speak."""

    def __init__(self, things: Iterable[tuple[str, Snapshot]]) -> None:
        """Begin with the things that speak, each with its name and its snapshot."""
        self._components: dict[str, ComponentSnapshot] = {}
        self._panels: dict[str, PanelSnapshot] = {}
        self._restorations: dict[str, dict[str, RestorationSnapshot]] = {}
        self._said: dict[str, dict[str, Status]] = {}
        for thing, snapshot in things:
            self.apply(thing, None, snapshot)

    @property
    def components(self) -> Mapping[str, ComponentSnapshot]:
        """The components that readers see, by their keys."""
        return self._components

    @property
    def panels(self) -> Mapping[str, PanelSnapshot]:
        """The panels, by their keys."""
        return self._panels

    def apply(self, thing: str, before: Snapshot | None, snapshot: Snapshot) -> None:
        """Replace the snapshot of a thing, which was ``before``."""
        key = thing.partition("/")[2]
        match snapshot["type"]:
            case "component":
                self._components.pop(key, None)
                if snapshot["shown"]:
                    self._components[key] = snapshot
            case "panel":
                self._panels[key] = snapshot
            case "restoration":
                self._restorations.setdefault(snapshot["panel"], {})[key] = snapshot
        for component_key in _said(before):
            self._said.get(component_key, {}).pop(thing, None)
        for component_key, status in _said(snapshot).items():
            self._said.setdefault(component_key, {})[thing] = Status(status)

    def touched(self, thing: str, before: Snapshot | None, snapshot: Snapshot) -> Iterator[Place]:
        """Name what may get another status by such a change of the snapshot of a thing."""
        if thing.startswith((COMPONENT, PANEL)):
            kind, _, key = thing.partition("/")
            yield f"{kind}/", key
        if snapshot["type"] == "restoration":
            yield PANEL, snapshot["panel"]
        keys = dict.fromkeys((*_said(before), *_said(snapshot)))
        # By key, and not as they came: the changes of one event are numbered, wherever the reading of them begins.
        for key in sorted(self._components) if EVERYWHERE in keys else keys:
            yield COMPONENT, key

    def status(self, place: Place, now: datetime) -> Status | None:
        """Give the status of a component or a panel at the moment ``now``; None if readers do not see it."""
        kind, key = place
        return self._of_component(key, now) if kind == COMPONENT else self._of_panel(key)

    def _of_component(self, key: str, now: datetime) -> Status | None:
        component = self._components.get(key)
        if component is None:
            return None
        own = map(Status, component["says"])
        said = [*own, *self._said.get(key, {}).values(), *self._said.get(EVERYWHERE, {}).values()]
        vouched = component["vouched_from"]
        if not said and vouched is not None and now < datetime.fromisoformat(vouched):
            return Status.UNKNOWN
        return worst(said)

    def _of_panel(self, key: str) -> Status | None:
        panel = self._panels.get(key)
        if panel is None:
            return None
        found = []
        for restoration in self._restorations.get(key, {}).values():
            if restoration["state"] == "completed":
                continue
            said = restoration["panel_statuses"]
            named = [name for name in dict.fromkeys((*panel["capabilities"], *said)) if name not in panel["hidden"]]
            found += [
                Status(said[name]) if name in said else UNSAID for name in dict.fromkeys((*named, *_access(said)))
            ]
        return worst(found)


def _access(said: Mapping[str, str]) -> tuple[str, ...]:
    return (ACCESS,) if ACCESS in said else ()


def _said(snapshot: Snapshot | None) -> Mapping[str, str]:
    if snapshot is None or snapshot["type"] in {"component", "panel"}:
        return {}
    return cast("RestorationSnapshot", snapshot)["statuses"]
