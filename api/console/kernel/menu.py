"""The menu of the console: its screens, and who sees which."""

from __future__ import annotations

from dataclasses import dataclass

from domain.access.keyring import Role


@dataclass(frozen=True)
class MenuEntry:
    """A line of the menu; without ``roles``, all staff see it."""

    path: str
    name: str
    roles: tuple[Role, ...] = ()


MENU = (
    MenuEntry("", "Now"),
    MenuEntry("incidents", "Incidents", (Role.OPERATOR, Role.AUDITOR)),
    MenuEntry("signals", "Signals", (Role.OPERATOR, Role.AUDITOR)),
    MenuEntry("maintenance-windows", "Maintenance", (Role.OPERATOR, Role.AUDITOR)),
    MenuEntry("restorations", "Restorations", (Role.OPERATOR, Role.AUDITOR)),
    MenuEntry("queue", "Check queue", (Role.REVIEWER, Role.AUDITOR, Role.OPERATOR)),
    MenuEntry("audit", "Audit", (Role.AUDITOR,)),
    MenuEntry("settings", "Settings"),
)
