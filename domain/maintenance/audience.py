"""What an audience of maintenance windows is called."""

from __future__ import annotations

from uuid import UUID

from domain.aggregate import Event
from domain.key_names import FirstNamed, KeyName, NamedAnew


class AudienceEvent(Event):
    """Something that happened to an audience."""


class AudienceNamed(FirstNamed, AudienceEvent):
    """An operator gave an audience its first name."""

    TOPIC = "audience.named"


class AudienceRenamed(NamedAnew, AudienceEvent):
    """An operator gave an audience another name, or another place."""

    TOPIC = "audience.renamed"


class AudienceName(KeyName):
    """The name of an audience: those whom a window tells what they cannot do."""

    TOPIC = "audience"
    NAMESPACE = UUID("0b3c4a52-9d0e-4a55-8c39-3f2b6a7d1e02")
    Event = AudienceEvent
    Named = AudienceNamed
    Renamed = AudienceRenamed
