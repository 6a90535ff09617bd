"""What a group of components is called."""

from __future__ import annotations

from uuid import UUID

from domain.aggregate import Event
from domain.key_names import FirstNamed, KeyName, NamedAnew


class GroupEvent(Event):
    """Something that happened to a group."""


class GroupNamed(FirstNamed, GroupEvent):
    """An operator gave a group its first name."""

    TOPIC = "group.named"


class GroupRenamed(NamedAnew, GroupEvent):
    """An operator gave a group another name, or another place."""

    TOPIC = "group.renamed"


class Group(KeyName):
    """The name of a group: components of one group stand together."""

    TOPIC = "group"
    NAMESPACE = UUID("0b3c4a52-9d0e-4a55-8c39-3f2b6a7d1e01")
    Event = GroupEvent
    Named = GroupNamed
    Renamed = GroupRenamed
