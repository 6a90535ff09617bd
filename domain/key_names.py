"""Keys that data brings, as those of groups and audiences: what they are called, and in which order they stand."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Self
from uuid import UUID, uuid5

from domain.aggregate import Aggregate, Created, Event
from domain.provenance import Provenance
from domain.text import Text


class KeyNameState:
    """What is said of a key; only its events change it."""

    key: str
    name: Text
    position: int


class FirstNamed(Created):
    """An operator gave a key its first name."""

    key: str
    name: Text
    position: int

    def apply(self, aggregate: KeyNameState) -> None:
        """Take key, name and place."""
        aggregate.key, aggregate.name, aggregate.position = self.key, self.name, self.position


class NamedAnew(Event):
    """An operator gave a key another name, or another place."""

    name: Text
    position: int

    def apply(self, aggregate: KeyNameState) -> None:
        """Take name and place."""
        aggregate.name, aggregate.position = self.name, self.position


class KeyName(KeyNameState, Aggregate):
    """The name of one key. Its id follows from the key, so that a key has one name."""

    if TYPE_CHECKING:
        # What is annotated in an aggregate is taken for an argument of its first event.
        NAMESPACE: UUID
        Named: type[FirstNamed]
        Renamed: type[NamedAnew]

    @classmethod
    def id_of(cls, key: str) -> UUID:
        """Give the id of the name of this key."""
        return _id_in(cls.NAMESPACE, key)

    @classmethod
    def begin(cls, *, key: str, name: Text, position: int, provenance: Provenance) -> Self:
        """Name a key for the first time."""
        provenance.require_past()
        named: Self = cls.begin_with(
            cls.Named, id=cls.id_of(key), key=key, name=name, position=position, provenance=provenance
        )
        return named

    def rename(self, *, name: Text, position: int, provenance: Provenance) -> None:
        """Give it another name or place; no-op if it has both."""
        provenance.require_past()
        if (name, position) != (self.name, self.position):
            self.record(self.Renamed, name=name, position=position, provenance=provenance)


@lru_cache(maxsize=4_096)
def _id_in(namespace: UUID, key: str) -> UUID:
    return uuid5(namespace, key)
