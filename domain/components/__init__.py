"""The component: a part of the platform whose status is shown."""

from domain.components.component import Component
from domain.components.events import Changes, Profile

__all__ = ["Changes", "Component", "Profile"]
