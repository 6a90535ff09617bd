"""What operators tell about a restoration: updates, contacts, and instructions to owners of accounts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from domain.panels.restoration import PanelRestoration

if TYPE_CHECKING:
    from application.log import Log
    from application.targets import Target
    from domain.contact import Contact
    from domain.text import Text


class RestorationNews(ABC):
    """The use cases of what is told."""

    def instruct(
        self, log: Log, *, target: Target, heading: str | None, text: Text, place: int | None
    ) -> PanelRestoration:
        """Add an instruction to owners of accounts; ``place`` under its heading counts from 1, None is the end."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.instruct(heading=heading, text=text, place=place, provenance=provenance)
        return self._save(log, restoration)

    def withdraw_instruction(self, log: Log, *, target: Target, number: int) -> PanelRestoration:
        """Remove an instruction, by its number, from the list."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.withdraw_instruction(number=number, reason=None, provenance=provenance)
        return self._save(log, restoration)

    def update(self, log: Log, *, target: Target, message: Text, internal: bool) -> PanelRestoration:
        """Tell how it goes, or note it for operators alone."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.update(message=message, internal=internal, provenance=provenance)
        return self._save(log, restoration)

    def add_contact(self, log: Log, *, target: Target, contact: Contact) -> PanelRestoration:
        """Say where to ask."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.add_contact(contact=contact, provenance=provenance)
        return self._save(log, restoration)

    def remove_contact(self, log: Log, *, target: Target, number: int) -> PanelRestoration:
        """Remove a contact, by its number, from the list."""
        restoration, provenance = target.load(log, PanelRestoration)
        restoration.remove_contact(number=number, provenance=provenance)
        return self._save(log, restoration)

    @abstractmethod
    def _save(self, log: Log, restoration: PanelRestoration) -> PanelRestoration: ...
