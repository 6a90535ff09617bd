"""Somebody with nothing but HTTP, or the command line, verifies the log of the real program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.api.audit.tree import entries_by_bundles, leaves_by_tiles
from tests.e2e.server import bitacora, complained, serving, succeeded
from tests.plain_tree import head_of, leaf_of, open_note, root_of

COMPONENT = {"key": "labels", "name": {"en": "Labels — «ñ»"}, "group": "platform"}


def test_log_is_verified_over_http_and_by_an_export(tmp_path: Path, process_environment: Mapping[str, str]) -> None:
    database = f"sqlite:///{tmp_path / 'log.sqlite3'}"
    with serving(database, tmp_path, environment=process_environment) as server:
        admin, client = server.admin(), server.client
        assert client.post("/v1/components", json=COMPONENT, headers=admin).status_code == 201
        key = client.get("/log/key").text.splitlines()[0]

        def read(path: str) -> bytes:
            answer = client.get(path, headers=admin)
            assert answer.status_code == 200, answer.text
            return answer.content

        head = open_note(read("/log/checkpoint").decode(), key)
        leaves = leaves_by_tiles(read, head.size)
        assert root_of(leaves) == head.root
        assert [leaf_of(entry) for entry in entries_by_bundles(read, head.size)] == leaves
        lines = read("/v1/events.ndjson?entries=true").decode()
        assert open_note(json.loads(lines.splitlines()[-1])["checkpoint"], key) == head

    exported = succeeded(bitacora("events", "--entries", "--database", database))
    assert exported == lines
    first = succeeded(bitacora("events", "--entries", "--as-of", "2", "--database", database)).splitlines()
    assert [json.loads(line).get("position") for line in first] == [1, 2, None]
    assert open_note(json.loads(first[-1])["checkpoint"], key).size == 2

    # Somebody who has only the store can export what was signed before, and learns how far that is.
    (tmp_path / "log.key").unlink()
    line = complained(bitacora("events", "--entries", "--as-of", "2", "--database", database), 1)
    assert f"the newest one that is kept has {head.size}" in line
    assert succeeded(bitacora("events", "--entries", "--as-of", f"{head.size}", "--database", database)) == lines
    assert head_of(json.loads(lines.splitlines()[-1])["checkpoint"]) == head
