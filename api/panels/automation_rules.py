"""The rules by which automations run, cached: jobs ask for them thousands of times a second."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.http.read_point import settled
from application.errors import NotYetVisible
from application.nearest import nearest
from application.panels.projection import PANEL_VIEW
from application.status.board import STALE_SECONDS
from domain.errors import NotFound
from domain.panels.errors import UnknownAutomation

if TYPE_CHECKING:
    from application.facade import Facade
    from application.panels.queries import AutomationRules

VIEW = PANEL_VIEW.name
CACHED = 10_000
"""For how many automations the cache has the rules."""


@dataclass(frozen=True)
class Unknown:
    """There is no automation of that name, as far as the caller may know, and which known one is nearest to it."""

    nearest: str | None


class RuleCache:
    """Caches the rules that readers asked for until anything about panels changes, and which names are not known."""

    def __init__(self, facade: Facade) -> None:
        """Read from ``facade``; nothing is read yet."""
        self._facade = facade
        self._changed = ("", 0)
        self._cached: OrderedDict[tuple[str, str], AutomationRules | Unknown] = OrderedDict()

    async def rules(self, panel: str, automation: str) -> AutomationRules:
        """Read the current rules of an automation, from the cache if they are there.

        Raises:
            NotFound: if there is no such panel.
            UnknownAutomation: if there is no such automation that readers may know of.
            NotYetVisible: if the view may lack what was recorded last.
            StoreUnavailable: if they have to be read, and the store cannot be.
        """
        visibility = self._facade.visibility
        changed, position = visibility.changed(VIEW), visibility.position_of(VIEW)
        state = visibility.generation(VIEW), changed
        require_followed(self._facade)
        if state != self._changed:
            self._cached.clear()
            self._changed = state
        found = self._cached.get((panel, automation)) if changed <= position else None
        if found is None:
            found = await _read(self._facade, position, panel, automation, public=True)
            if changed <= position and (visibility.generation(VIEW), visibility.changed(VIEW)) == state:
                self._cached[panel, automation] = found
                if len(self._cached) > CACHED:
                    self._cached.popitem(last=False)
        return _require_known(automation, found)


def require_followed(facade: Facade) -> None:
    """Refuse to answer from a view that may lack what was recorded: a job would act on an outdated rule.

    Raises:
        NotYetVisible: if the view is being built anew, or was not seen to reflect the whole log for some seconds.
    """
    visibility = facade.visibility
    if visibility.is_rebuilding(VIEW) or visibility.age(VIEW) >= STALE_SECONDS:
        raise NotYetVisible(f"the view {VIEW} does not reflect the whole log at the moment")


async def read_rules(
    facade: Facade, position: int, panel: str, automation: str, *, public: bool = False
) -> AutomationRules:
    """Read the rules of an automation as of a position; with ``public`` as readers may know of it.

    Raises:
        NotFound: if there is no such panel.
        UnknownAutomation: if there is no such automation.
        NotYetVisible: if the view may lack what was recorded last.
    """
    require_followed(facade)
    return _require_known(automation, await _read(facade, position, panel, automation, public=public))


async def _read(
    facade: Facade, position: int, panel: str, automation: str, *, public: bool
) -> AutomationRules | Unknown:
    """Read the rules, if the automation is known; else the names are compared beside the event loop."""

    def read() -> AutomationRules | Unknown | None:
        found = facade.queries.panels.rules(position, panel, automation)
        if found is None or (found.is_public if public else found.is_known):
            return found
        known = [each["key"] for each in facade.queries.panels.automations(position, public=public)]
        return Unknown(nearest(automation, known))

    rules = await facade.reads.run(read)
    if rules is None:
        raise NotFound(f"there is no panel {panel}")
    return rules


async def new_automations(facade: Facade, automation: str) -> dict[str, list[str]]:
    """Give the member ``new_keys`` of the answer to a command that names an automation: if it was not known before."""
    await facade.visibility.reach_own((VIEW,))
    position = settled(facade, (PANEL_VIEW,))
    found = await facade.reads.run(lambda: facade.queries.panels.automations(position, public=False))
    return {"new_keys": [] if any(each["key"] == automation for each in found) else [automation]}


def _require_known(automation: str, rules: AutomationRules | Unknown) -> AutomationRules:
    if not isinstance(rules, Unknown):
        return rules
    meant = "" if rules.nearest is None else f"; did you mean {rules.nearest}?"
    raise UnknownAutomation(f"there is no automation {automation[:100]}{meant}", nearest=rules.nearest)
