"""What was written once is written so for ever: one file for each event type and version, which nobody edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from application.registry import event_types
from domain.components.events import ComponentEvent
from tests.contracts.golden_files import GOLDEN, GoldenFiles

if TYPE_CHECKING:
    from pathlib import Path

    from domain.aggregate import Event

PRESENT = GoldenFiles(GOLDEN, event_types())

PROVENANCE = (
    '"provenance":{"actor":"token:ana","source":"alertmanager","request_id":"request-1","causation":7,'
    '"occurred_at":"2025-03-04T10:00:00.123456Z","recorded_at":"2025-03-04T10:00:01.123456Z"}'
)
IN_FEET = f'{{{PROVENANCE},"feet":4}}\n'
IN_METERS = f'{{"version":2,{PROVENANCE},"meters":6}}\n'
READ_IN_METERS = f'{{"version":2,{PROVENANCE},"meters":1}}\n'
OLD, READING, NEW = "component.leveled.1.json", "component.leveled.1.read.json", "component.leveled.2.json"


class LeveledInFeet(ComponentEvent):
    """A type of event as it was at first."""

    TOPIC = "component.leveled"
    feet: int


class LeveledInMeters(ComponentEvent):
    """The same type, in its second version."""

    TOPIC = "component.leveled"
    VERSION = 2
    meters: int

    @staticmethod
    def from_version_1(data: dict[str, Any]) -> dict[str, Any]:
        return {"provenance": data["provenance"], "meters": data["feet"] * 3 // 10}


class LeveledWrong(LeveledInMeters):
    """The second version, with an upcaster that forgets to convert."""

    @staticmethod
    def from_version_1(data: dict[str, Any]) -> dict[str, Any]:
        return {"provenance": data["provenance"], "meters": data["feet"]}


class LeveledNever(LeveledInMeters):
    """The second version, with an upcaster that fails."""

    @staticmethod
    def from_version_1(data: dict[str, Any]) -> dict[str, Any]:
        return {"provenance": data["provenance"], "meters": data["inches"]}


class TestGoldenFiles:
    def test_are_there_for_every_type_and_version_and_no_other(self) -> None:
        # A new type gets its file by `python -m tests.contracts.golden_files`.
        assert (PRESENT.missing(), PRESENT.unexpected()) == ([], [])

    def test_are_what_is_written_now(self) -> None:
        assert PRESENT.written_differently() == []

    def test_are_read_as_what_was_written(self) -> None:
        assert PRESENT.read_differently() == []


class TestSecondVersion:
    def test_asks_for_its_own_file_and_for_the_reading_of_the_first(self, tmp_path: Path) -> None:
        golden(tmp_path, LeveledInFeet).write_missing()
        assert (tmp_path / OLD).read_text() == IN_FEET

        assert golden(tmp_path, LeveledInMeters).missing() == [READING, NEW]

    def test_is_in_order_with_the_reading_of_the_first(self, tmp_path: Path) -> None:
        files = upgraded(tmp_path, LeveledInMeters)

        assert (tmp_path / OLD).read_text() == IN_FEET
        assert (tmp_path / NEW).read_text() == IN_METERS
        assert (files.missing(), files.unexpected()) == ([], [])
        assert (files.written_differently(), files.read_differently()) == ([], [])

    def test_is_not_in_order_if_the_first_is_read_as_something_else(self, tmp_path: Path) -> None:
        assert upgraded(tmp_path, LeveledWrong).read_differently() == [OLD]

    def test_is_not_in_order_if_the_first_cannot_be_read(self, tmp_path: Path) -> None:
        assert upgraded(tmp_path, LeveledNever).read_differently() == [OLD]

    def test_is_not_in_order_if_the_first_was_edited(self, tmp_path: Path) -> None:
        files = upgraded(tmp_path, LeveledInMeters)
        (tmp_path / OLD).write_text(IN_FEET.replace("4", "40"))

        assert files.read_differently() == [OLD]

    def test_is_not_in_order_if_its_own_file_was_edited(self, tmp_path: Path) -> None:
        files = upgraded(tmp_path, LeveledInMeters)
        (tmp_path / NEW).write_text(READ_IN_METERS)

        assert (files.written_differently(), files.read_differently()) == ([NEW], [NEW])

    def test_leaves_no_file_of_a_version_that_never_was(self, tmp_path: Path) -> None:
        files = upgraded(tmp_path, LeveledInMeters)

        assert golden(tmp_path, LeveledInFeet).unexpected() == [READING, NEW]
        assert files.unexpected() == []


def golden(folder: Path, event_class: type[Event]) -> GoldenFiles:
    """Give the golden files of the one type."""
    return GoldenFiles(folder, {event_class.TOPIC: event_class})


def upgraded(folder: Path, event_class: type[Event]) -> GoldenFiles:
    """Write the files of the first version, then those of the second with the reading that is right."""
    golden(folder, LeveledInFeet).write_missing()
    (folder / READING).write_text(READ_IN_METERS)
    files = golden(folder, event_class)
    files.write_missing()
    return files
