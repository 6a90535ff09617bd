"""The component: a part of the platform whose status is shown."""

from domain.component.aggregate import Component
from domain.component.events import Changes, Profile

__all__ = ["Changes", "Component", "Profile"]
