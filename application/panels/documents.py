"""A panel as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.document import Document

if TYPE_CHECKING:
    from domain.panels.panel import Panel


def panel_document(panel: Panel) -> Document:
    """Write the private side."""
    return {"id": str(panel.id), "version": panel.version, **public_panel(panel)}


def public_panel(panel: Panel) -> Document:
    """Write what readers see of it; days are those of the clocks of its zone."""
    profile = panel.profile
    first, last = profile.accounts.first, profile.accounts.last
    return {
        "key": profile.key,
        "name": dict(profile.name),
        "zone": profile.zone,
        "accounts_from": None if first is None else first.isoformat(),
        "accounts_until": None if last is None else last.isoformat(),
        "capabilities": list(profile.capabilities),
    }
