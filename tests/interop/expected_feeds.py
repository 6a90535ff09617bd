"""What feeds say at each step of the walk, in English, and how to look whether a client understood it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

FEEDS = ("en/history.atom", "en/history.rss")
"""What every client reads; the client ``reader_client`` reads ``en/feed.json``, too."""
CLIENTS = ("feedparser_client", "reader_client", "rss_parser_client")
"""The last one is in JavaScript; each takes an ``address``."""
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


def titles_after(step: str) -> list[str]:
    """Give how the titles of all entries begin after a step, the newest first."""
    steps = list(ADDED)
    return [title for each in steps[: steps.index(step) + 1] for title in ADDED[each]][::-1]


def check_feed(step: str, understood: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> None:
    """Look whether a client understood a feed after a step, and that what it knew before is as it was."""
    entries, expected = understood["entries"], titles_after(step)
    assert understood.get("faulty", "") == "", understood["faulty"]
    assert understood["title"] == "Status: incidents and maintenance"
    assert understood["page"].endswith("/en/history")
    assert len(entries) == len(expected), (step, entries)
    assert all(entry["title"].startswith(title) for entry, title in zip(entries, expected, strict=True)), (
        step,
        entries,
    )
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert all(entry["id"].startswith("urn:uuid:") for entry in entries)
    if "new" in understood:
        assert (understood["new"], understood["new_again"]) == (len(ADDED[step]), 0), step
    if "not_modified" in understood and entries:
        assert understood["not_modified"], step
    if before is not None:
        assert entries[len(ADDED[step]) :] == before["entries"], step


def check_same(understood: Mapping[str, Mapping[str, Any]]) -> None:
    """Look whether clients have the same entries under the same ids, whatever client and format; by their names."""
    ids = {
        name: [(entry["id"], entry["title"], entry["link"]) for entry in each["entries"]]
        for name, each in understood.items()
    }
    first = next(iter(ids.values()))
    assert all(each == first for each in ids.values()), ids
