"""What is told about a restoration: updates, contacts, and instructions to owners of accounts."""

from __future__ import annotations

from typing import Any

from domain.contact import Contact
from domain.panels.restoration.events import RestorationEvent
from domain.panels.restoration.state import PanelRestorationState
from domain.panels.restoration.values import Instruction, ListedContact, RestorationUpdate
from domain.text import Text


class Updated(RestorationEvent):
    """An operator told how it goes; ``internal`` is for operators alone."""

    TOPIC = "restoration.updated"
    message: Text
    internal: bool

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Add it to the timeline."""
        aggregate.public_updates += not self.internal
        update = RestorationUpdate(
            number=len(aggregate.timeline) + 1,
            state=aggregate.state,
            message=self.message,
            occurred_at=self.at,
            recorded_at=self.provenance.recorded_at,
            public_number=None if self.internal else aggregate.public_updates,
        )
        aggregate.timeline = (*aggregate.timeline, update)


class ContactAdded(RestorationEvent):
    """An operator said where to ask about it."""

    TOPIC = "restoration.contact_added"
    contact: Contact

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Add it to the list."""
        aggregate.contacts_added += 1
        listed = ListedContact(number=aggregate.contacts_added, contact=self.contact)
        aggregate.contacts = (*aggregate.contacts, listed)


class ContactRemoved(RestorationEvent):
    """A contact is no longer right."""

    TOPIC = "restoration.contact_removed"
    number: int

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Remove it from the list."""
        aggregate.contacts = tuple(each for each in aggregate.contacts if each.number != self.number)


class InstructionGiven(RestorationEvent):
    """Owners of accounts are told what to do; ``place`` is that in the list of all, from 0."""

    TOPIC = "restoration.instruction_given"
    VERSION = 2
    heading: str | None
    text: Text
    place: int

    @staticmethod
    def from_version_1(state: dict[str, Any]) -> dict[str, Any]:
        """Read a state from when there were no headings."""
        return {**state, "heading": None}

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Insert it at its place of the list."""
        aggregate.instructions_given += 1
        instruction = Instruction(number=aggregate.instructions_given, heading=self.heading, text=self.text)
        before, after = aggregate.instructions[: self.place], aggregate.instructions[self.place :]
        aggregate.instructions = (*before, instruction, *after)


class InstructionWithdrawn(RestorationEvent):
    """An instruction is no longer right."""

    TOPIC = "restoration.instruction_withdrawn"
    number: int
    reason: str | None

    def apply(self, aggregate: PanelRestorationState) -> None:
        """Remove it from the list."""
        aggregate.instructions = tuple(each for each in aggregate.instructions if each.number != self.number)
