"""The tree tells readers nothing of what is private, but that, in steps of 256, events happened."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from domain.access.keyring import Role
from tests.api.audit.tree import entries_by_bundles, got, grow, leaves_by_tiles, tile_path, turn
from tests.api.client import Site
from tests.plain_tree import head_of, leaf_of

TILES = tuple(
    f"/log/tile/{level}/{tile_path(index, width)}"
    for level, index, width in ((0, 0, 256), (0, 0, 7), (0, 1, 256), (0, 1, 7), (0, 2, 256), (1, 0, 1), (1, 0, 2))
)
ASKED = ("/log/checkpoint", "/log/key", "/log/tile/entries/000", "/v1/events/1/proof", "/metrics", *TILES)
VARIES = {"date"}

Told = dict[str, tuple[int, list[tuple[str, str]], bytes]]


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    """A service with some public things, and everybody who will do something."""
    with Site(sqlite_url, checkpoint_every="P9D") as site:
        for role in Role:
            if role is not Role.READER:
                site.a(role)
        site.component("imports")
        grow(site, 256)
        turn(site)
        yield site


def told(site: Site) -> Told:
    """Ask everything that readers can ask of the tree."""
    found: Told = {}
    for path in ASKED:
        answer = site.reader.get(path)
        headers = [(name, value) for name, value in answer.headers.multi_items() if name not in VARIES]
        found[path] = answer.status_code, headers, answer.content
    return found


class TestReaders:
    def test_are_told_nothing_of_private_events_within_a_step(self, site: Site) -> None:
        before = told(site)
        assert head_of(before["/log/checkpoint"][2].decode()).size == 256

        private = site.incident({"imports": "major_outage"}, publish=False)
        site.update(private["id"], "identified")
        grow(site, 511 - site.last_position())
        site.auditor.get("/log/checkpoint")
        turn(site)
        assert told(site) == before

    def test_are_told_of_the_step_and_of_nothing_else(self, site: Site) -> None:
        before = told(site)
        grow(site, 512 - site.last_position())
        assert told(site) == before
        turn(site)

        after = told(site)
        changed = {path for path in ASKED if after[path] != before[path]}
        assert changed == {"/log/checkpoint", "/log/tile/0/001", "/log/tile/1/000.p/2", "/metrics"}
        assert head_of(after["/log/checkpoint"][2].decode()).size == 512
        lines = [set(each["/metrics"][2].decode().splitlines()) for each in (before, after)]
        assert lines[1] - lines[0] == {"bitacora_log_readers_size_events 512.0"}

    def test_cannot_guess_an_event_from_its_hash(self, site: Site) -> None:
        leaves = leaves_by_tiles(got(site.reader), 256)
        entries = [json.loads(entry) for entry in entries_by_bundles(got(site.auditor), 256)]

        salts = {entry["salt"] for entry in entries}
        assert (len(salts), {len(salt) for salt in salts}) == (256, {32})
        for leaf, entry in zip(leaves, entries, strict=True):
            for salt in ("", "0" * 32):
                guess = json.dumps({**entry, "salt": salt}, ensure_ascii=False, separators=(",", ":"))
                assert leaf_of(guess.encode()) != leaf
            right = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
            assert leaf_of(right.encode()) == leaf
