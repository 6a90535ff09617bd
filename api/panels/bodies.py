"""Requests about panels, and whether automations may run on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from api.http.command_bodies import ChangeBody
from api.http.values import Body, Day, Flag, Instant, Key, Localized, LocalizedChanges, Name, example, localized
from api.maintenance.civil_values import Zone
from application.panels.commands import CapabilityRevision, PanelRevision
from domain.panels.panel import MOST_CAPABILITIES, Days, PanelProfile
from domain.text import Text

MOST_ITEMS = 1_000
"""How many items one request decides on: others wait meanwhile."""
RESERVED = ("availability", "lookup")
"""The words that paths have in the place of the key of a panel."""


def _not_reserved(key: str) -> str:
    if key in RESERVED:
        raise ValueError(f"{key} is a path of its own, and cannot be the key of a panel")
    return key


class PanelCapabilityBody(Body):
    """A capability of a panel, and what it is called."""

    model_config = example(key="price_sync", name={"en": "Price sync", "es": "Sincronización de precios"})

    key: Key
    name: Localized


def _distinct(items: list[str | PanelCapabilityBody]) -> list[str | PanelCapabilityBody]:
    by_key: dict[str, str | PanelCapabilityBody] = {}
    for item in items:
        by_key.setdefault(_key_of(item), item)
    return list(by_key.values())


def _key_of(item: str | PanelCapabilityBody) -> str:
    return item if isinstance(item, str) else item.key


Capabilities = Annotated[
    list[Key | PanelCapabilityBody], Field(max_length=MOST_CAPABILITIES), AfterValidator(_distinct)
]
"""Keys of capabilities, each with its name or without; the first of a key counts."""


def _keys(items: Iterable[str | PanelCapabilityBody]) -> tuple[str, ...]:
    return tuple(_key_of(item) for item in items)


def _names(items: Iterable[str | PanelCapabilityBody], language: str) -> dict[str, Text]:
    return {item.key: localized(item.name, language) for item in items if not isinstance(item, str)}


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
        capabilities=["login", {"key": "orders", "name": {"en": "Orders", "es": "Pedidos"}}, "stock_sync"],
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
            capabilities=_keys(self.capabilities),
            capability_names=_names(self.capabilities, language),
        )


class PanelRevisionBody(ChangeBody[PanelRevision]):
    """What to change of a panel; what is left out stays, as its name in other languages. Its days stay in any case."""

    model_config = example(name={"en": "Panel c (oldest shops)"}, capabilities=["login", "orders", "invoices"])

    APART = frozenset({"capabilities"})
    THING = "a panel"

    name: LocalizedChanges | None = None
    capabilities: Capabilities | None = None

    def to_command(self, language: str | None = None) -> PanelRevision:
        """Give it as the application takes it; names of capabilities without a language are in ``language``."""
        if self.capabilities is None:
            return self.converted(language)
        names = _names(self.capabilities, str(language))
        return self.converted(language, capabilities=_keys(self.capabilities), capability_names=names)


class CapabilityRevisionBody(ChangeBody[CapabilityRevision]):
    """What to change of a capability of a panel; what is left out stays. Readers are not shown a hidden one."""

    model_config = example(hidden=True)
    THING = "a capability"

    name: LocalizedChanges | None = None
    hidden: Flag | None = None


class ItemBody(Body):
    """An item of which an automation asks, and a name for it that the answer repeats."""

    item_created_at: Instant
    reference: Name | None = None


class DecisionsBody(Body):
    """Many items at once."""

    model_config = example(items=[{"reference": "order-1001", "item_created_at": "2021-03-10T22:59:59Z"}])

    items: Annotated[list[ItemBody], Field(max_length=MOST_ITEMS)]
