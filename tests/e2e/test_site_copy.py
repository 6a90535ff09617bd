"""The copy that a server keeps: current within a second, written by one program, and gone on with after a crash."""

from __future__ import annotations

import signal
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from tests.e2e.server import Server, bitacora_here, complained, eventually, serving

if TYPE_CHECKING:
    from collections.abc import Mapping

SECOND = 1.0
TRIES = 3
"""How many changes are timed: a busy machine may hold one up, and not the quickest of them."""


def declared(server: Server, admin: Mapping[str, str], title: str) -> float:
    """Declare an incident, and tell when that was acknowledged."""
    body = {"title": title, "message": "We look into it.", "components": {"labels": "major_outage"}}
    answer = server.client.post("/v1/incidents", json=body, headers=dict(admin))
    assert answer.status_code == 201, answer.text
    return monotonic()


def seen_after(board: Path, title: str, since: float) -> float:
    """Wait until the board of the copy names something, and tell how many seconds after a moment that was."""
    eventually(lambda: board.is_file() and title in board.read_text(encoding="utf-8"))
    return monotonic() - since


def test_a_copy_follows_within_a_second_and_outlives_a_crash(
    tmp_path: Path, sqlite_url: str, process_environment: Mapping[str, str]
) -> None:
    folder = tmp_path / "copy"
    board = folder / "en" / "index.html"
    options = ("--export", str(folder))
    with serving(sqlite_url, tmp_path, *options, environment=process_environment) as server:
        admin = server.admin()
        component = {"key": "labels", "name": "Labels", "group": "carriers"}
        assert server.client.post("/v1/components", json=component, headers=admin).status_code == 201
        seen_after(board, "Labels", monotonic())

        titles = [f"Trouble {number}" for number in range(TRIES)]
        took = [seen_after(board, title, declared(server, admin, title)) for title in titles]

        assert min(took) <= SECOND
        refused = complained(bitacora_here("site", "export", str(folder), "--database", sqlite_url), 1)
        assert "another program writes the copy" in refused
        server.end(signal.SIGKILL)
    with serving(sqlite_url, tmp_path, *options, environment=process_environment) as server:
        seen_after(board, "After the crash", declared(server, admin, "After the crash"))
        assert server.end() < 2 * TRIES
    assert not list(folder.rglob("*.html.new"))
