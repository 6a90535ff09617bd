"""What an automation is called: a name that an operator registers, so that a mistyped one is told from it."""

from __future__ import annotations

from uuid import UUID

from domain.aggregate import Event
from domain.key_names import FirstNamed, KeyName, NamedAnew


class AutomationEvent(Event):
    """Something that happened to the name of an automation."""


class AutomationNamed(FirstNamed, AutomationEvent):
    """An operator gave an automation its first name."""

    TOPIC = "automation.named"


class AutomationRenamed(NamedAnew, AutomationEvent):
    """An operator gave an automation another name, or another place."""

    TOPIC = "automation.renamed"


class AutomationName(KeyName):
    """The name of an automation, whatever the panel."""

    TOPIC = "automation"
    NAMESPACE = UUID("0b3c4a52-9d0e-4a55-8c39-3f2b6a7d1e03")
    Event = AutomationEvent
    Named = AutomationNamed
    Renamed = AutomationRenamed
