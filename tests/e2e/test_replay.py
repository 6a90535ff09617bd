"""``bitacora replay``: from the events alone it prints the boards that the server shows of then."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from tests.databases import PostgresDatabases
from tests.demo_store import demo_copy, folder_of_all, load
from tests.e2e.server import Server, bitacora, bitacora_here, serving, succeeded

INSTANTS = ("2021-03-10T01:00:00Z", "2024-07-28T05:00:00Z", "2025-08-02T23:00:00Z", "2025-11-28T10:45:00Z")
"""A moment of each of the four cases."""
EDITED = "UPDATE causes SET status = 'operational', ended_at = NULL, public = 1"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the example data on each store."""
    folder = tmp_path_factory.mktemp("replay")
    if request.param == "sqlite":
        shared = folder_of_all(tmp_path_factory, request.config)
        with serving(demo_copy(shared, folder), folder) as server:
            yield server
    else:
        databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
        with databases.empty() as database:
            load(database)
            with serving(database, folder) as server:
                yield server


def shown(server: Server, as_of: object) -> str:
    """Give the board that readers are shown of then, byte for byte."""
    answer = server.client.get("/v1/status", params={"as_of": str(as_of)})
    assert answer.status_code == 200, answer.text
    return answer.text


def boards(server: Server, *options: str) -> list[str]:
    """Replay boards as JSON."""
    return succeeded(bitacora_here("replay", "--json", *options, "--database", server.database)).splitlines()


def edit_the_views(database: str) -> None:
    """Change rows that the board is read from, by hand."""
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(f"{database.removeprefix('sqlite:///')}-views")) as views, views:
            views.execute(EDITED)
    else:
        with psycopg.connect(database) as postgres:
            postgres.execute(EDITED)


class TestReplay:
    def test_prints_each_board_that_the_server_shows_of_then(self, server: Server) -> None:
        last = json.loads(succeeded(bitacora("events", "--database", server.database)).splitlines()[-1])["position"]
        told = succeeded(bitacora("replay", "--to", str(last), "--database", server.database))
        positions = re.findall(r"^\S+  position (\d+)  \S", told, re.MULTILINE)

        assert len(positions) > 30
        assert boards(server, "--to", str(last)) == [shown(server, position) for position in positions]
        assert [boards(server, "--to", instant)[-1] for instant in INSTANTS] == [
            shown(server, instant) for instant in INSTANTS
        ]

    def test_says_in_words_when_by_what_and_how_the_board_changed(self, server: Server) -> None:
        to = ("--from", "2025-11-28T10:00:00Z", "--to", "2025-11-28T10:32:00Z")
        told = succeeded(bitacora("replay", *to, "--zone", "Europe/Warsaw", "--database", server.database))

        [step, change, board, _, heading, *_] = told.splitlines()
        assert re.fullmatch(
            r"2025-11-28T11:30:00\.000001\+01:00  position \d+  incident\.published by policy:publication", step
        )
        assert change == "  Carrier A: operational → major outage; because of incident “Carrier A: major outage”"
        assert board == "  Board: none → critical"
        assert re.fullmatch(r"Board as of 2025-11-28T11:32\+01:00, position \d+: critical", heading)
        assert re.search(r"^Carrier A +major outage +2025-11-28T11:00\+01:00 ", told, re.MULTILINE)
        assert re.search(r"^Panel c +operational ", told, re.MULTILINE)

    def test_says_it_in_a_language_that_is_asked_for(self, server: Server) -> None:
        (board,) = boards(server, "--from", INSTANTS[-1], "--to", INSTANTS[-1], "--lang", "es")

        answer = server.client.get("/v1/status", params={"as_of": INSTANTS[-1], "lang": "es"})
        assert board == answer.text

    def test_shows_the_private_side_if_asked_to(self, server: Server) -> None:
        between = ("--from", "2025-11-28T11:55:00Z", "--to", "2025-11-28T12:30:00Z", "--database", server.database)

        private = succeeded(bitacora("replay", "--private", *between))
        public = succeeded(bitacora("replay", *between))

        assert "because of relapse of the incident “Carrier A: major outage”" in private
        assert "relapse" not in public

    def test_before_the_first_event_is_an_empty_board(self, server: Server) -> None:
        assert boards(server, "--to", "0") == [shown(server, 0)]

    def test_is_not_moved_by_views_that_were_edited(self, server: Server) -> None:
        # The last one, because the views of the server stay as they are edited.
        before = boards(server, "--to", INSTANTS[-1])

        edit_the_views(server.database)

        assert shown(server, INSTANTS[-1]) != before[-1]
        assert boards(server, "--to", INSTANTS[-1]) == before
