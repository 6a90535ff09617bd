"""The templates whose texts policies publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.templates.template import Purpose, TextTemplate

if TYPE_CHECKING:
    from application.log import Log


def find_policy_template(log: Log, purpose: Purpose) -> TextTemplate | None:
    """Find the template in use that policies use for a purpose; None if there is none, or it is not one of theirs."""
    if not purpose.is_of_policies:
        return None
    found = log.find_ids(purpose.handle, limit=1)
    return log.load(TextTemplate, found[0]) if found else None
