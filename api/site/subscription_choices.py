"""What readers can be notified of: the components, groups, audiences and panels that they know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from application.document import Localized
from application.key_names import KeyKind, KeyNameDocument
from application.panels.documents import public_panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.site.kernel.reading import PageRead

MEMBERS = {"components": "component", "groups": "group", "audiences": "audience", "panels": "panel"}
"""The members of a scope, and the member of a query that fills each of them in."""


class NamedChoice(TypedDict):
    """A component or a panel that can be chosen."""

    key: str
    name: Localized


class Choices(TypedDict):
    """What can be chosen, each in the order of the pages."""

    components: list[NamedChoice]
    groups: list[KeyNameDocument]
    audiences: list[KeyNameDocument]
    panels: list[NamedChoice]


async def read_choices(read: PageRead) -> Choices:
    """Read what can be chosen."""
    panels = [public_panel(row.document) for row in await read.panels()]
    components = [row for row in await read.component_rows() if not row.retired]
    return {
        "components": [{"key": row.component, "name": row.document["name"]} for row in components],
        "groups": list(await read.names(KeyKind.GROUP)),
        "audiences": list(await read.names(KeyKind.AUDIENCE)),
        "panels": [{"key": each["key"], "name": each["name"]} for each in panels],
    }


def keys_of(choices: Choices) -> Mapping[str, frozenset[str]]:
    """Give the keys that can be chosen, by the members of a scope."""
    return {
        "components": frozenset(each["key"] for each in choices["components"]),
        "groups": frozenset(each["key"] for each in choices["groups"]),
        "audiences": frozenset(each["key"] for each in choices["audiences"]),
        "panels": frozenset(each["key"] for each in choices["panels"]),
    }
