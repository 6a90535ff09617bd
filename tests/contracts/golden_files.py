"""A folder with one file for each event type and version, and the rules that it keeps.

``<type>.<version>.json`` is a state as that version writes it, and nobody edits it. ``<type>.<version>.read.json``
stands beside the file of each version that is no longer written: the state, in the present version, that the old one
is read as. It is written by hand, so that a fault of an upcaster does not become its own expectation.

``python -m tests.contracts.golden_files`` writes the files of new types and versions.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from application.errors import CorruptEvent
from application.registry import event_types
from infrastructure.event_log.event_codec import TypedMapper
from tests.contracts.values import same, sample_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from domain.aggregate import Event

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class GoldenFiles:
    """The golden files of ``event_types`` (stored type name to class) in ``folder``."""

    folder: Path
    event_types: Mapping[str, type[Event]]

    def missing(self) -> list[str]:
        """List the files that should be there and are not, by name."""
        return sorted(set(self._expected()) - {path.name for path in self.folder.iterdir()})

    def unexpected(self) -> list[str]:
        """List the files of no type, or of no version that it had."""
        return sorted({path.name for path in self.folder.iterdir()} - set(self._expected()))

    def written_differently(self) -> list[str]:
        """List the files of present versions that differ from what is written now."""
        return [
            name
            for topic, event_class in sorted(self.event_types.items())
            if self._read(name := _file(topic, _version(event_class))) != self._present_state(event_class)
        ]

    def read_differently(self) -> list[str]:
        """List the files that are read as another event than was written, or as none.

        A state of the present version has to be read as the sample it was made of, an older one as the state that the
        file of its reading holds.
        """
        return [
            _file(topic, version)
            for topic, event_class in sorted(self.event_types.items())
            for version in range(1, _version(event_class) + 1)
            if not self._is_read_right(topic, version)
        ]

    def write_missing(self) -> None:
        """Write the files of present versions that are not there; one that is there is never written."""
        for topic, event_class in self.event_types.items():
            path = self.folder / _file(topic, _version(event_class))
            if not path.exists():
                path.write_bytes(self._present_state(event_class))

    def _expected(self) -> Iterator[str]:
        for topic, event_class in self.event_types.items():
            present = _version(event_class)
            yield from (_file(topic, version) for version in range(1, present + 1))
            yield from (_reading(topic, version) for version in range(1, present))

    def _is_read_right(self, topic: str, version: int) -> bool:
        event_class = self.event_types[topic]
        mapper, sample = TypedMapper({topic: event_class}), sample_of(event_class)
        state = self._read(_file(topic, version)).rstrip(b"\n")
        try:
            event = mapper.to_domain_event(
                StoredEvent(UUID(str(sample.originator_id)), sample.originator_version, topic, state)
            )
            if version == _version(event_class):
                return same(event, sample)
            return mapper.to_stored_event(event).state + b"\n" == self._read(_reading(topic, version))
        except CorruptEvent:
            return False

    def _present_state(self, event_class: type[Event]) -> bytes:
        return TypedMapper({event_class.TOPIC: event_class}).to_stored_event(sample_of(event_class)).state + b"\n"

    def _read(self, name: str) -> bytes:
        path = self.folder / name
        return path.read_bytes() if path.exists() else b""


def _version(event_class: type[Event]) -> int:
    version: int = getattr(event_class, "VERSION", 1)
    return version


def _file(topic: str, version: int) -> str:
    return f"{topic}.{version}.json"


def _reading(topic: str, version: int) -> str:
    return f"{topic}.{version}.read.json"


if __name__ == "__main__":
    GoldenFiles(GOLDEN, event_types()).write_missing()
