"""Feeds in three programs: at each step of the walk they say what happened, once, under ids that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.interop.observing import FEEDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.interop.observing import Understood

LABELS, SERVERS = "“Labels cannot be created”", "“New servers”"
ADDED: Mapping[str, tuple[str, ...]] = {
    "calm": (),
    "declared": (f"New incident: {LABELS}",),
    "identified": (f"We know the cause and are working on it: {LABELS}",),
    "resolved": (f"Solved: {LABELS}",),
    "announced": (f"Maintenance announced: {SERVERS}, from ",),
    "moved": (f"Maintenance moved: {SERVERS}, now from ",),
    "moved_again": (f"Maintenance moved: {SERVERS}, now from ",),
    "cancelled": (f"Maintenance will not take place: {SERVERS}",),
    "lost": ("Panel A: access is lost",),
    "promised": ("Panel A: OVH promises access for ", "Panel A: there is news about the restoration"),
    "access_back": ("Panel A: access is back",),
    "works_again": (),
    "completed": ("Panel A: the restoration is complete",),
}
"""By step: how the titles of the entries begin that it adds, the oldest first."""
NAMES = [f"{name} {file}" for name, (_, files) in FEEDS.items() for file in files]


def titles_after(step: str) -> list[str]:
    """Give how the titles of all entries begin after a step, the newest first."""
    steps = list(ADDED)
    return [title for each in steps[: steps.index(step) + 1] for title in ADDED[each]][::-1]


@pytest.mark.parametrize("name", NAMES)
class TestAReader:
    def test_says_what_happened_at_each_step(self, observed: dict[str, Understood], name: str) -> None:
        assert list(observed[name]) == list(ADDED)
        for step, feed in observed[name].items():
            titles, expected = [entry["title"] for entry in feed["entries"]], titles_after(step)
            assert len(titles) == len(expected), (step, titles)
            assert [title.startswith(begins) for title, begins in zip(titles, expected, strict=True)] == [True] * len(
                titles
            ), (step, titles)

    def test_finds_no_fault(self, observed: dict[str, Understood], name: str) -> None:
        for step, feed in observed[name].items():
            assert feed.get("faulty", "") == "", step
            assert feed["title"] == "Status: incidents and maintenance"
            assert feed["page"].endswith("/en/history")

    def test_keeps_what_it_knows_and_is_given_nothing_twice(self, observed: dict[str, Understood], name: str) -> None:
        known: list[object] = []
        for step, feed in observed[name].items():
            added = len(ADDED[step])
            assert feed["entries"][added:] == known, step
            assert feed.get("new", added) == added, step
            assert feed.get("new_again", 0) == 0, step
            # Without entries there is no date, but there is a tag.
            assert feed.get("not_modified", True), step
            known = feed["entries"]


def test_readers_have_the_same_entries_under_the_same_ids(observed: dict[str, Understood]) -> None:
    for step in ADDED:
        found = [
            [(entry["id"], entry["title"], entry["link"]) for entry in observed[name][step]["entries"]]
            for name in NAMES
        ]
        assert all(each == found[0] for each in found), step
        assert len(set(found[0])) == len(found[0])
