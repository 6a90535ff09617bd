"""What a thing is about, as its snapshot says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.impact import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.changes.snapshots import PanelSnapshot
    from application.panels.projection import PanelRow


def components_of(snapshot: Mapping[str, Any]) -> set[str]:
    """Give the components that a thing is about."""
    match snapshot["type"]:
        case "incident":
            return {*snapshot["spans"], *snapshot["statuses"]}
        case "maintenance_window":
            # A plan that names none is of the whole product.
            return set(snapshot["planned"]) or {EVERYWHERE}
        case _:
            return set(snapshot["statuses"])


def snapshot_of_panel(row: PanelRow) -> PanelSnapshot:
    """Give what readers see of a panel, from the row that lists it."""
    document = row.document
    return {
        "type": "panel",
        "key": row.panel,
        "name": document["name"],
        "capabilities": document["capabilities"],
        "names": {key: name for key, name in document["capability_names"].items() if name},
        "hidden": document["hidden_capabilities"],
    }
