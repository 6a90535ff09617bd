"""The rules by which automations run, cached: jobs ask for them thousands of times a second."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from application.errors import NotYetVisible
from application.panels.projection import PANEL_VIEW
from application.status.board import STALE_SECONDS
from domain.errors import NotFound
from domain.panels.automation_rules import AutomationDecision, AutomationRule, decide

if TYPE_CHECKING:
    from application.facade import Facade

VIEW = PANEL_VIEW.name
CACHED = 10_000
"""For how many automations the cache has the rules."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules of one automation of one panel, and the position since which they are so."""

    position: int
    rules: Sequence[AutomationRule]

    def decide(self, item_created_at: datetime) -> AutomationDecision:
        """Decide for one item."""
        return decide(self.rules, item_created_at)


class RuleCache:
    """Caches the rules that were asked for until anything about panels changes."""

    def __init__(self, facade: Facade) -> None:
        """Read from ``facade``; nothing is read yet."""
        self._facade = facade
        self._changed = ("", 0)
        self._cached: OrderedDict[tuple[str, str], Rules] = OrderedDict()

    async def rules(self, panel: str, automation: str) -> Rules:
        """Read the current rules of an automation, from the cache if they are there.

        Raises:
            NotFound: if there is no such panel.
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
            found = await read_rules(self._facade, position, panel, automation)
            if changed <= position and (visibility.generation(VIEW), visibility.changed(VIEW)) == state:
                self._cached[panel, automation] = found
                if len(self._cached) > CACHED:
                    self._cached.popitem(last=False)
        return found


def require_followed(facade: Facade) -> None:
    """Refuse to answer from a view that may lack what was recorded: a job would act on an outdated rule.

    Raises:
        NotYetVisible: if the view is being built anew, or was not seen to reflect the whole log for some seconds.
    """
    visibility = facade.visibility
    if visibility.is_rebuilding(VIEW) or visibility.age(VIEW) >= STALE_SECONDS:
        raise NotYetVisible(f"the view {VIEW} does not reflect the whole log at the moment")


async def read_rules(facade: Facade, position: int, panel: str, automation: str) -> Rules:
    """Read the rules of an automation as of a position.

    Raises:
        NotFound: if there is no such panel.
        NotYetVisible: if the view may lack what was recorded last.
    """
    require_followed(facade)
    found = await facade.reads.run(lambda: facade.queries.panels.rules(position, panel, automation))
    if found is None:
        raise NotFound(f"there is no panel {panel}")
    return Rules(position=found[0], rules=found[1])
