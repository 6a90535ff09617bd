"""The public statuses of components and panels, kept as facts change one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, cast

from application.changes.facts import ACCESS
from domain.impact import EVERYWHERE, Status, worst
from domain.panels.restoration.state import PANEL_STATUSES
from domain.panels.restoration.values import CapabilityState

if TYPE_CHECKING:
    from application.changes.facts import ComponentFacts, Facts, PanelFacts, RestorationFacts

UNSAID = PANEL_STATUSES[CapabilityState.UNKNOWN]
"""What a capability says of its panel of which a restoration that goes on has said nothing."""
COMPONENT, PANEL = "component/", "panel/"
Place = tuple[str, str]
"""What has a status: ``component/`` or ``panel/``, and its key."""


class PublicStatuses:
    """The statuses that readers see, by the facts of the things that speak."""

    def __init__(self, things: Iterable[tuple[str, Facts]]) -> None:
        """Begin with the things that speak, each with its name and its facts."""
        self._components: dict[str, ComponentFacts] = {}
        self._panels: dict[str, PanelFacts] = {}
        self._restorations: dict[str, dict[str, RestorationFacts]] = {}
        self._said: dict[str, dict[str, Status]] = {}
        for thing, facts in things:
            self.apply(thing, None, facts)

    @property
    def components(self) -> Mapping[str, ComponentFacts]:
        """The components that readers see, by their keys."""
        return self._components

    @property
    def panels(self) -> Mapping[str, PanelFacts]:
        """The panels, by their keys."""
        return self._panels

    def apply(self, thing: str, before: Facts | None, facts: Facts) -> None:
        """Replace the facts of a thing, which were ``before``."""
        key = thing.partition("/")[2]
        match facts["type"]:
            case "component":
                self._components.pop(key, None)
                if facts["shown"]:
                    self._components[key] = facts
            case "panel":
                self._panels[key] = facts
            case "restoration":
                self._restorations.setdefault(facts["panel"], {})[key] = facts
        for component_key in _said(before):
            self._said.get(component_key, {}).pop(thing, None)
        for component_key, status in _said(facts).items():
            self._said.setdefault(component_key, {})[thing] = Status(status)

    def touched(self, thing: str, before: Facts | None, facts: Facts) -> Iterator[Place]:
        """Name what may get another status by such a change of the facts of a thing."""
        if thing.startswith((COMPONENT, PANEL)):
            kind, _, key = thing.partition("/")
            yield f"{kind}/", key
        if facts["type"] == "restoration":
            yield PANEL, facts["panel"]
        keys = dict.fromkeys((*_said(before), *_said(facts)))
        for key in self._components if EVERYWHERE in keys else keys:
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


def _said(facts: Facts | None) -> Mapping[str, str]:
    if facts is None or facts["type"] in {"component", "panel"}:
        return {}
    return cast("RestorationFacts", facts)["statuses"]
