"""What was written once is written so for ever: one file for each event type and version, which nobody edits."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent

from application.registry import event_types
from infrastructure.event_log.event_codec import TypedMapper
from tests.contracts.values import same, sample_of

GOLDEN = Path(__file__).parent / "golden"
TYPES = event_types()
MAPPER = TypedMapper(TYPES)
VERSIONS = [
    (topic, version)
    for topic, event_class in sorted(TYPES.items())
    for version in range(1, getattr(event_class, "VERSION", 1) + 1)
]


class TestGoldenFiles:
    def test_are_there_for_every_type_and_version_and_no_other(self) -> None:
        # A new type gets its file by `python -m tests.contracts.test_golden`; a file that is there is never written.
        assert {path.name for path in GOLDEN.iterdir()} == {golden(*version).name for version in VERSIONS}

    @pytest.mark.parametrize("topic", sorted(TYPES))
    def test_are_what_is_written_now(self, topic: str) -> None:
        assert (
            MAPPER.to_stored_event(sample_of(TYPES[topic])).state + b"\n" == golden(topic, present(topic)).read_bytes()
        )

    @pytest.mark.parametrize(("topic", "version"), VERSIONS)
    def test_are_read_as_what_was_written(self, topic: str, version: int) -> None:
        sample = sample_of(TYPES[topic])
        state = golden(topic, version).read_bytes().rstrip(b"\n")
        row = StoredEvent(UUID(str(sample.originator_id)), sample.originator_version, topic, state)

        assert same(MAPPER.to_domain_event(row), sample)


def present(topic: str) -> int:
    """Give the version of a type that is written now."""
    version: int = getattr(TYPES[topic], "VERSION", 1)
    return version


def golden(topic: str, version: int) -> Path:
    """Name the file of a type and version."""
    return GOLDEN / f"{topic}.{version}.json"


def write_missing() -> None:
    """Write the files that are not there yet, of the types as they are now."""
    for topic, event_class in TYPES.items():
        path = golden(topic, present(topic))
        if not path.exists():
            path.write_bytes(MAPPER.to_stored_event(sample_of(event_class)).state + b"\n")


if __name__ == "__main__":
    write_missing()
