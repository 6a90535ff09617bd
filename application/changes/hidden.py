"""What readers no longer see, and what is therefore not named where the past is read as of now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.changes.kinds import PublicChange
    from application.panels.projection import PanelRow
    from application.status.projection import ComponentRow


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """Components, and capabilities by the keys of their panels, that readers do not see at a position."""

    components: Collection[str] = frozenset()
    capabilities: Mapping[str, Collection[str]] = field(default_factory=dict)

    def names(self, change: PublicChange) -> bool:
        """Tell whether a change is of one of them."""
        thing = change.thing
        if thing["type"] == "component":
            return thing.get("key") in self.components
        return thing.get("capability") in self.capabilities.get(thing.get("panel", ""), ())


def hidden_of(components: Collection[ComponentRow], panels: Collection[PanelRow]) -> Hidden:
    """Give what readers do not see of what there is; a component that was retired, they do."""
    return Hidden(
        components=frozenset(row.component for row in components if not row.public),
        capabilities={row.panel: row.document["hidden_capabilities"] for row in panels},
    )
