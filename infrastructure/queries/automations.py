"""Reads the rules by which automations run, and which automations are known."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pydantic_core import from_json

from application.errors import NotYetVisible
from application.panels.automation_documents import read_gaps
from application.panels.automation_projection import AUTOMATIONS, BY_OPERATOR, EVERY, RULES
from application.panels.projection import PANEL_VIEW, PANELS
from application.panels.queries import AutomationRules
from domain.panels.automation_rules import AutomationRule, LossRule
from domain.panels.restoration import CapabilityState
from infrastructure.projections.temporal_tables import consistent_read, holding
from infrastructure.queries.key_names import key_name_documents
from infrastructure.store.base import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.key_names import KeyNameDocument
    from infrastructure.store.base import Store, Value

UNKNOWN, HIDDEN, SHOWN = range(3)
"""Whether an automation is not known, only to those who see what is hidden, or to readers, too."""
HIDES = f"SELECT 1 FROM {AUTOMATIONS.name} AS hides WHERE hides.to_position IS NULL AND hides.public = 0"
"""The capabilities that a panel hides; what a restoration of it says of them names nothing for readers."""
KNOWN = f"""
    CASE
        WHEN EXISTS (
            SELECT 1 FROM {AUTOMATIONS.name} WHERE automation = :automation AND to_position IS NULL AND public = 1
        ) OR EXISTS (
            SELECT 1 FROM {RULES.name} AS said WHERE said.automation = :automation AND said.to_position IS NULL
            AND (said.suppresses = 1
                OR NOT EXISTS ({HIDES} AND hides.automation = :automation AND hides.named_by = said.panel))
        ) THEN {SHOWN}
        WHEN EXISTS (SELECT 1 FROM {AUTOMATIONS.name} WHERE automation = :automation AND to_position IS NULL)
            OR EXISTS (SELECT 1 FROM {RULES.name} WHERE automation = :automation AND to_position IS NULL) THEN {HIDDEN}
        ELSE {UNKNOWN}
    END
"""
COLUMNS = "from_position, restoration, began_at, state, suppressed_before, decided, lost, gaps"
# How far the view has come is asked in the same breath: one that is built anew must not answer that there is no rule.
# Of the panel, where it was registered: what else becomes of it changes no rule, and may be hidden from readers.
# Which automations are known is asked of now, whatever the rules are of.
RULES_OF = f"""
    SELECT 'view', position, NULL, NULL, NULL, NULL, 0, 0, NULL FROM views
    WHERE name = '{PANEL_VIEW.name}' AND version = {PANEL_VIEW.version}
    UNION ALL
    SELECT 'known', {KNOWN}, NULL, NULL, NULL, NULL, 0, 0, NULL
    UNION ALL
    SELECT 'panel', from_position, NULL, NULL, NULL, NULL, 0, 0, NULL
    FROM (
        SELECT from_position FROM {PANELS.name} WHERE panel = :panel AND from_position <= :at
        ORDER BY from_position LIMIT 1
    ) AS panel
    UNION ALL
    SELECT CASE automation WHEN '{EVERY}' THEN 'loss' ELSE 'rule' END, {COLUMNS} FROM ({
    holding(RULES, f"automation, {COLUMNS}", f"panel = :panel AND automation IN (:automation, '{EVERY}')")
}) AS rules
"""
NAMED = f"SELECT automation, named_by, public, place, version, name FROM {AUTOMATIONS.name} WHERE to_position IS NULL"
SAID = (
    f"SELECT automation, panel, max(suppresses) FROM {RULES.name}"
    f" WHERE to_position IS NULL AND automation <> '{EVERY}' GROUP BY automation, panel"
)


class SqlAutomations:
    """Reads what the view of panels holds of automations."""

    def __init__(self, store: Store) -> None:
        """Read from ``store``."""
        self._store = store

    def rules(self, at: int, panel: str, automation: str) -> AutomationRules | None:
        """Give the rules of an automation; None if there is no such panel."""
        with self._store.reading_views() as connection:
            rows = connection.execute(RULES_OF, {"at": at, "panel": panel, "automation": automation})
        if max((int(row[1] or 0) for row in rows if row[0] == "view"), default=0) < at:
            raise NotYetVisible(f"the view {PANEL_VIEW.name} is being built anew")
        known = max(int(row[1] or 0) for row in rows if row[0] == "known")
        held = [row for row in rows if row[0] not in {"view", "known"}]
        if not any(row[0] == "panel" for row in held):
            return None
        return AutomationRules(
            position=max(int(row[1] or 0) for row in held),
            rules=[_rule(row) for row in held if row[0] == "rule"],
            losses=[_loss(row) for row in held if row[0] == "loss"],
            is_known=known != UNKNOWN,
            is_public=known == SHOWN,
        )

    def all(self, at: int, *, public: bool) -> Sequence[KeyNameDocument]:
        """Give every known automation in the order of the page; with ``public`` those that readers may know of.

        They are those of now, and at least those of position ``at``.
        """
        with consistent_read(self._store, PANEL_VIEW, at), self._store.reading_views() as connection:
            named, said = connection.execute(NAMED, {}), connection.execute(SAID, {})
        hidden = {(row[0], row[1]) for row in named if public and not row[2]}
        keys = {str(row[0]) for row in named if not public or row[2]}
        keys |= {str(row[0]) for row in said if row[2] or (row[0], row[1]) not in hidden}
        by_operator = [(key, *parts) for key, by, _, *parts in named if by == BY_OPERATOR]
        return key_name_documents(keys, by_operator, public=public)


def _rule(row: tuple[Value, ...]) -> AutomationRule:
    return AutomationRule(
        restoration=UUID(str(row[2])),
        began_at=moment(row[3]),
        state=CapabilityState(str(row[4])) if row[4] else None,
        suppressed_before=moment(row[5]) if row[5] else None,
        is_decided=bool(row[6]),
    )


def _loss(row: tuple[Value, ...]) -> LossRule:
    return LossRule(
        restoration=UUID(str(row[2])),
        began_at=moment(row[3]),
        is_lost=bool(row[7]),
        gaps=read_gaps(from_json(str(row[8]))),
    )
