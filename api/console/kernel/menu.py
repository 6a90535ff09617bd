"""The menu of the console: its screens, and who sees which."""

from __future__ import annotations

from dataclasses import dataclass

from domain.access.keyring import Role


@dataclass(frozen=True)
class Entry:
    """A line of the menu; without ``roles``, all staff see it."""

    path: str
    name: str
    roles: tuple[Role, ...] = ()


MENU = (
    Entry("", "Now"),
    Entry("incidents", "Incidents", (Role.OPERATOR, Role.AUDITOR)),
    Entry("signals", "Signals", (Role.OPERATOR, Role.AUDITOR)),
    Entry("maintenance-windows", "Maintenance", (Role.OPERATOR, Role.AUDITOR)),
    Entry("restorations", "Restorations", (Role.OPERATOR, Role.AUDITOR)),
    Entry("queue", "Check queue", (Role.REVIEWER, Role.AUDITOR, Role.OPERATOR)),
    Entry("audit", "Audit", (Role.AUDITOR,)),
    Entry("settings", "Settings"),
)
