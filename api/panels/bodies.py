"""Requests about panels, and whether automations may run on them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from api.http.values import Body, Day, Instant, Key, Localized, Name, example, localized
from api.maintenance.civil_values import Zone
from application.panels.commands import PanelRevision
from domain.panels.panel import Days, PanelProfile

MOST_CAPABILITIES = 200
MOST_ITEMS = 1_000
"""How many items one request decides on: others wait meanwhile."""
Capabilities = Annotated[list[Key], Field(max_length=MOST_CAPABILITIES)]


TAKEN = ("availability", "lookup")
"""What stands in paths where the key of a panel stands."""


def _free(key: str) -> str:
    if key in TAKEN:
        raise ValueError(f"{key} is a path of its own, and cannot be the key of a panel")
    return key


class PanelBody(Body):
    """A panel: the accounts created on the days from ``accounts_from`` to ``accounts_until``, both inside.

    Without the first, every earlier day; without the second, every later one. A panel that begins after one without a
    last day ends that one on the day before.
    """

    model_config = example(
        key="panel-c",
        name={"en": "Panel c", "es": "Panel c"},
        zone="Europe/Warsaw",
        accounts_from="2020-08-27",
        capabilities=["login", "orders", "stock_sync"],
    )

    key: Annotated[Key, AfterValidator(_free), Field(json_schema_extra={"not": {"enum": list(TAKEN)}})]
    name: Localized | None = None
    zone: Zone = "UTC"
    accounts_from: Day | None = None
    accounts_until: Day | None = None
    capabilities: Capabilities = []

    def told(self, language: str) -> PanelProfile:
        """Give it as the domain has it; a panel without a name has that of its key."""
        return PanelProfile(
            key=self.key,
            name=localized(self.name or {"": self.key}, language),
            zone=self.zone,
            accounts=Days(first=self.accounts_from, last=self.accounts_until),
            capabilities=tuple(dict.fromkeys(self.capabilities)),
        )


class PanelRevisionBody(Body):
    """What to change of a panel; what is left out stays. Its days stay in any case."""

    model_config = example(name={"en": "Panel c (oldest shops)"}, capabilities=["login", "orders", "invoices"])

    name: Localized | None = None
    capabilities: Capabilities | None = None

    def told(self, language: str) -> PanelRevision:
        """Give it as the use case takes it."""
        return PanelRevision(
            name=None if self.name is None else localized(self.name, language),
            capabilities=None if self.capabilities is None else tuple(dict.fromkeys(self.capabilities)),
        )


class ItemBody(Body):
    """An item of which an automation asks, and a name for it that the answer repeats."""

    item_created_at: Instant
    reference: Name | None = None


class DecisionsBody(Body):
    """Many items at once."""

    model_config = example(items=[{"reference": "order-1001", "item_created_at": "2021-03-10T22:59:59Z"}])

    items: Annotated[list[ItemBody], Field(max_length=MOST_ITEMS)]
