"""The rules by which automations run, panel by panel, and which automations there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from application.panels.automation_documents import GapsDocument, gaps_document
from application.projections.tables import Index, Row, Table

if TYPE_CHECKING:
    from domain.panels.automation import AutomationName
    from domain.panels.panel import Panel
    from domain.panels.restoration import CapabilityState, PanelRestoration

RULES = Table(
    name="automation_rules",
    key=("panel", "automation", "restoration"),
    columns={
        "panel": "key",
        "automation": "key",
        "restoration": "key",
        "began_at": "instant",
        "state": "key",
        "suppressed_before": "instant",
        "decided": "flag",
        "suppresses": "flag",
        "lost": "flag",
        "gaps": "document",
    },
    # Which automations are known, whatever the panel.
    indexes=(Index(("automation",), "to_position IS NULL"),),
)
EVERY = ""
"""Stands for every automation in the row that says whether access is lost, and what is missing."""

AUTOMATIONS = Table(
    name="automation_names",
    key=("automation", "named_by"),
    columns={
        "automation": "key",
        "named_by": "key",
        "public": "flag",
        "place": "number",
        "version": "number",
        "name": "document",
    },
)
"""The automations that an operator named, and those of the names of capabilities of panels.

Those that restorations name are in the rules. A capability that readers are not shown is no name that they may know,
also where a restoration of the same panel names it.
"""
BY_OPERATOR = ""
"""Stands in the place of the panel where an operator named it."""


@dataclass(frozen=True, kw_only=True)
class RuleRow(Row):
    """What one restoration says of one automation of its panel, or under ``EVERY`` of each of them.

    ``decided`` is whether a person has said anything of it there, ``suppresses`` whether it was ever suppressed. The
    row of every automation says whether access is ``lost``, and which ``gaps`` there are.
    """

    TABLE: ClassVar[Table] = RULES

    panel: str
    automation: str
    restoration: str
    began_at: datetime
    state: str | None = None
    suppressed_before: datetime | None = None
    decided: bool = False
    suppresses: bool = False
    lost: bool = False
    gaps: GapsDocument | None = None


@dataclass(frozen=True, kw_only=True)
class AutomationRow(Row):
    """A name of an automation, and whether readers may know it."""

    TABLE: ClassVar[Table] = AUTOMATIONS

    automation: str
    named_by: str
    public: bool
    place: int = 0
    version: int = 0
    name: dict[str, str] | None = None


def rule_rows(restoration: PanelRestoration) -> Iterator[Row]:
    """Give what a restoration says of each automation that it names, and of every one."""
    for name in dict.fromkeys((*restoration.capabilities, *restoration.suppressions)):
        spells, suppression = restoration.capabilities.get(name), restoration.suppressions.get(name)
        state: CapabilityState | None = spells[-1].condition.state if spells else None
        holds = suppression is not None and suppression.ended_at is None
        yield RuleRow(
            panel=restoration.panel,
            automation=name,
            restoration=str(restoration.id),
            began_at=restoration.began_at,
            state=None if state is None else str(state),
            suppressed_before=suppression.created_before if suppression is not None and holds else None,
            decided=name in restoration.decided,
            suppresses=suppression is not None,
        )
    yield RuleRow(
        panel=restoration.panel,
        automation=EVERY,
        restoration=str(restoration.id),
        began_at=restoration.began_at,
        lost=restoration.is_lost,
        gaps=gaps_document(restoration.gaps),
    )


def capability_names(panel: Panel) -> Iterator[Row]:
    """Give the automations that have the names of capabilities of a panel, or of some that it hides."""
    for name in dict.fromkeys((*panel.profile.capabilities, *sorted(panel.hidden))):
        yield AutomationRow(automation=name, named_by=panel.key, public=name not in panel.hidden)


def operator_name(named: AutomationName) -> Row:
    """Give an automation that an operator named."""
    return AutomationRow(
        automation=named.key,
        named_by=BY_OPERATOR,
        public=True,
        place=named.position,
        version=named.version,
        name=dict(named.name),
    )
