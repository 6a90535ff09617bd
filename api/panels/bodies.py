"""Requests about panels, and whether automations may run on them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from api.http.command_bodies import CommandBody
from api.http.values import DISTINCT, Body, Day, Instant, Key, Localized, Name, example, localized
from api.maintenance.civil_values import Zone
from application.panels.commands import PanelRevision
from domain.panels.panel import Days, PanelProfile

MOST_CAPABILITIES = 200
MOST_ITEMS = 1_000
"""How many items one request decides on: others wait meanwhile."""
RESERVED = ("availability", "lookup")
"""The words that paths have in the place of the key of a panel."""
Capabilities = Annotated[list[Key], Field(max_length=MOST_CAPABILITIES), DISTINCT]


def _not_reserved(key: str) -> str:
    if key in RESERVED:
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

    key: Annotated[Key, AfterValidator(_not_reserved), Field(json_schema_extra={"not": {"enum": list(RESERVED)}})]
    name: Localized | None = None
    zone: Zone = "UTC"
    accounts_from: Day | None = None
    accounts_until: Day | None = None
    capabilities: Capabilities = []

    def to_command(self, language: str) -> PanelProfile:
        """Convert it to a profile; a panel without a name has that of its key, in ``language``."""
        return PanelProfile(
            key=self.key,
            name=localized(self.name or {"": self.key}, language),
            zone=self.zone,
            accounts=Days(first=self.accounts_from, last=self.accounts_until),
            capabilities=tuple(self.capabilities),
        )


class PanelRevisionBody(CommandBody[PanelRevision]):
    """What to change of a panel; what is left out stays. Its days stay in any case."""

    model_config = example(name={"en": "Panel c (oldest shops)"}, capabilities=["login", "orders", "invoices"])

    name: Localized | None = None
    capabilities: Capabilities | None = None


class ItemBody(Body):
    """An item of which an automation asks, and a name for it that the answer repeats."""

    item_created_at: Instant
    reference: Name | None = None


class DecisionsBody(Body):
    """Many items at once."""

    model_config = example(items=[{"reference": "order-1001", "item_created_at": "2021-03-10T22:59:59Z"}])

    items: Annotated[list[ItemBody], Field(max_length=MOST_ITEMS)]
