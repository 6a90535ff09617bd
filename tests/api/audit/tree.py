"""What the tests of the tree are given: a service with many events, and clients that read tiles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.api.client import made
from tests.plain_tree import Head, open_note

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.client import Caller, Site

WIDTH, HASH = 256, 32
LINES = "application/x-ndjson"
REQUEST = {"source": "hidden", "kind": "order", "received_at": "2025-03-04T07:00:00Z", "digest": "0" * 64}


def grow(site: Site, count: int) -> None:
    """Let so many events come that readers are told nothing of."""
    number = site.last_position()
    lines = "".join(json.dumps({**REQUEST, "reference": f"{number}-{place}"}) + "\n" for place in range(count))
    answer = site.emitter.send("POST", "/v1/held-requests", content=lines, headers={"Content-Type": LINES})
    assert made(answer)["counts"]["unassigned"] == count, answer.text


def turn(site: Site) -> None:
    """Let readers have what there is, as at the next turn of the clock."""
    site.bitacora.signer.sign_for_readers()


def checkpoint_of(caller: Caller, key: str) -> Head:
    """Read the checkpoint, which the key of the log has signed."""
    answer = caller.get("/log/checkpoint")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    return open_note(answer.text, key)


def key_of(site: Site) -> str:
    """Read the key of the log."""
    return site.reader.get("/log/key").text.splitlines()[0]


def tile_path(index: int, width: int = WIDTH) -> str:
    """Write the address of a tile (C2SP tlog-tiles)."""
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *others, last = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    path = "/".join([*(f"x{each}" for each in others), last])
    return path if width == WIDTH else f"{path}.p/{width}"


def leaves_by_tiles(read: Callable[[str], bytes], size: int) -> list[bytes]:
    """Read the hashes of all events."""
    found: list[bytes] = []
    for start in range(0, size, WIDTH):
        width = min(WIDTH, size - start)
        data = read(f"/log/tile/0/{tile_path(start // WIDTH, width)}")
        assert len(data) == width * HASH
        found += [data[place : place + HASH] for place in range(0, len(data), HASH)]
    return found


def entries_by_bundles(read: Callable[[str], bytes], size: int) -> list[bytes]:
    """Read all entries."""
    found: list[bytes] = []
    for start in range(0, size, WIDTH):
        data = read(f"/log/tile/entries/{tile_path(start // WIDTH, min(WIDTH, size - start))}")
        while data:
            end = 2 + int.from_bytes(data[:2], "big")
            found.append(data[2:end])
            data = data[end:]
    return found


def got(caller: Caller) -> Callable[[str], bytes]:
    """Give a way to read bytes."""

    def read(path: str) -> bytes:
        answer: Any = caller.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/octet-stream"), answer.text
        content: bytes = answer.content
        return content

    return read
