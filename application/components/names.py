"""What components are called where readers can see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.document import chosen
from application.texts import translatable
from domain.components import Component

if TYPE_CHECKING:
    from application.log import Log

SOMETHING = translatable("Internal system")
"""What stands for components that readers may not know of, where there are no others."""
NAMED = 5
"""How many components a generated text names."""


def public_name(log: Log, key: str, language: str) -> str | None:
    """Name a component in a language; None if readers may not know of it."""
    component = log.find(Component, Component.id_of(key))
    if component is None or not component.is_public:
        return None
    return chosen(component.name, language, language) or key
