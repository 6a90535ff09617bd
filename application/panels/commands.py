"""What can be done with panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.errors import AlreadyExists
from application.merging import TextChanges, merge_text
from application.nearest import did_you_mean
from application.targets import load_at
from domain.errors import Invalid, NotFound
from domain.panels.panel import PANELS, Panel
from domain.panels.restoration import PanelRestoration, handle_of

if TYPE_CHECKING:
    from application.caller import Caller
    from application.log import Log
    from application.ports import Zones
    from domain.panels.panel import PanelProfile
    from domain.text import Text


@dataclass(frozen=True, kw_only=True)
class PanelRevision:
    """What an operator changes of a panel; None leaves a thing as it is."""

    name: TextChanges | None = None
    capabilities: tuple[str, ...] | None = None
    capability_names: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CapabilityRevision:
    """What an operator changes of a capability of a panel; None leaves a thing as it is."""

    name: TextChanges | None = None
    hidden: bool | None = None


class Panels:
    """The commands on panels; each runs inside one command of the log, and returns the panel as it is then."""

    def __init__(self, zones: Zones) -> None:
        """Check the time zones of panels against ``zones``."""
        self._zones = zones

    def register(self, log: Log, *, profile: PanelProfile, caller: Caller) -> Panel:
        """Register a panel; an earlier one without a last day ends on the day before its first.

        Raises:
            AlreadyExists: if one of that key was ever registered.
            Invalid: if there is no such zone.
            PanelsOverlap: if a day belongs to another panel.
        """
        if log.find(Panel, Panel.id_of(profile.key)) is not None:
            raise AlreadyExists(f"panel {profile.key} exists already; keys are never reused")
        if self._zones.find(profile.zone) is None:
            raise Invalid(f"there is no time zone {profile.zone}", pointer="/zone")
        others = [log.load(Panel, id) for id in log.find_ids(PANELS, limit=None)]
        provenance = caller.says(log)
        for other in others:
            other.give_way(to=profile, provenance=provenance)
        panel = Panel.register(profile=profile, others=others, provenance=provenance)
        for changed in (*others, panel):
            if changed.pending_events:
                log.save(changed)
        return panel

    def revise(
        self, log: Log, *, key: str, expected_version: int | None, revision: PanelRevision, caller: Caller
    ) -> Panel:
        """Change the name or the capabilities of a panel; its accounts stay.

        Raises:
            NotFound: if there is no panel of that key.
            VersionConflict: if it is no longer at ``expected_version``.
            Invalid: if its name would be left in no language.
        """
        panel = load_panel(log, key, expected_version)
        name = revision.name
        panel.revise(
            name=None if name is None else merge_text(panel.profile.name, name, what="name"),
            capabilities=revision.capabilities,
            capability_names=revision.capability_names,
            provenance=caller.says(log),
        )
        log.save(panel)
        return panel

    def add_capability(
        self, log: Log, *, key: str, expected_version: int | None, capability: str, name: Text, caller: Caller
    ) -> Panel:
        """Add a capability to a panel.

        Raises:
            NotFound: if there is no panel of that key.
            VersionConflict: if it is no longer at ``expected_version``.
            CapabilityExists: if it has the capability already.
        """
        panel = load_panel(log, key, expected_version)
        panel.add_capability(capability=capability, name=name, provenance=caller.says(log))
        log.save(panel)
        return panel

    def revise_capability(
        self,
        log: Log,
        *,
        key: str,
        expected_version: int | None,
        capability: str,
        revision: CapabilityRevision,
        caller: Caller,
    ) -> Panel:
        """Rename a capability of a panel, hide it from readers or show it again.

        Raises:
            NotFound: if there is no panel of that key, or neither it nor a restoration of it knows the capability.
            VersionConflict: if it is no longer at ``expected_version``.
            Invalid: if its name would be left in no language.
        """
        panel = load_panel(log, key, expected_version)
        known = known_capabilities(log, panel)
        if capability not in known:
            raise NotFound(f"panel {key} has no capability {capability}{did_you_mean(capability, known)}")
        name, known_name = revision.name, panel.profile.capability_names.get(capability, {})
        panel.revise_capability(
            capability=capability,
            name=None if name is None else merge_text(known_name, name, what="name"),
            hidden=revision.hidden,
            provenance=caller.says(log),
        )
        log.save(panel)
        return panel


def known_capabilities(log: Log, panel: Panel) -> frozenset[str]:
    """Name the capabilities of a panel, and those that only its restorations know.

    The newest restoration has taken over those of each before.
    """
    newest = log.find_ids(handle_of(panel.key))
    brought: Iterable[str] = log.load(PanelRestoration, newest[0]).capabilities if newest else ()
    return frozenset((*panel.profile.capabilities, *panel.profile.capability_names, *brought))


def load_panel(log: Log, key: str, expected_version: int | None = None) -> Panel:
    """Load a panel by its key.

    Raises:
        NotFound: if there is none.
        VersionConflict: if it is no longer at ``expected_version``.
    """
    if log.find(Panel, Panel.id_of(key)) is None:
        raise NotFound(f"there is no panel {key}")
    return load_at(log, Panel, Panel.id_of(key), expected_version)


def require_panel(log: Log, key: str) -> Panel:
    """Load a panel that a command names beside its target.

    Raises:
        Invalid: if there is none.
    """
    panel = log.find(Panel, Panel.id_of(key))
    if panel is None:
        raise Invalid(f"there is no panel {key}", pointer="/panel")
    return panel
