"""The stores of old versions open, and answer byte for byte what is expected; see the README of this folder."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pytest

from application.registry import event_types
from infrastructure.event_log.event_codec import TypedMapper
from infrastructure.store.factory import open_store
from tests.contracts.version_5 import as_entries, entries, handles_of
from tests.databases import PostgresDatabases
from tests.upgrade.answers import Difference, differences, listed, read, relisted, report
from tests.upgrade.history import tick
from tests.upgrade.program import Answer, Program, Question
from tests.upgrade.stores import (
    KINDS,
    SQLITE,
    OldStore,
    Rows,
    changed_members,
    digests,
    drop_views,
    known_digests,
    last_moment,
    rows_of_log,
    versions,
)

Pairs = list[tuple[Question, Answer, Answer]]
OLD = [OldStore(folder, kind) for folder in versions() for kind in KINDS]
TOGETHER = 20
"""How many questions are asked side by side: a thread that reads goes on with the next one, instead of being woken."""
SOME = 7
"""Of how many questions one is asked once more, when the views are built anew; all routes have their turn."""


@dataclass(frozen=True)
class Opened:
    """A store that the present program was started on: what was asked, expected and answered, and the rows."""

    pairs: Pairs
    before: Rows
    after: Rows


@pytest.fixture(scope="module", params=OLD, ids=lambda store: f"{store.folder.name}-{store.kind}")
def store(request: pytest.FixtureRequest) -> OldStore:
    """A store that an old version wrote."""
    found: OldStore = request.param
    return found


@pytest.fixture(scope="module")
def place(store: OldStore, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database with what the old version wrote."""
    with ExitStack() as open_until_the_end:
        if store.kind == "sqlite":
            url = f"{SQLITE}{tmp_path_factory.mktemp('old') / 'bitacora.sqlite3'}"
        else:
            databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
            url = open_until_the_end.enter_context(databases.empty())
        store.restore(url)
        yield url


@pytest.fixture(scope="module")
def opened(store: OldStore, place: str) -> Opened:
    """The store, with the views that the old version kept."""
    return _open(place, _expected(store))


@pytest.fixture(scope="module")
def built_anew(store: OldStore, opened: Opened, place: str) -> Opened:
    """The store without its views, so that the program builds them when it starts."""
    assert opened.pairs
    drop_views(place)
    return _open(place, _expected(store)[::SOME])


@lru_cache(maxsize=1)
def _expected(store: OldStore) -> list[tuple[Question, Answer]]:
    return read(store.expected)


def _open(url: str, expected: list[tuple[Question, Answer]]) -> Opened:
    before = rows_of_log(url)
    found = asyncio.run(_ask(url, last_moment(before), [question for question, _ in expected]))
    pairs = [(question, answer, now) for (question, answer), now in zip(expected, found, strict=True)]
    return Opened(pairs=pairs, before=before, after=rows_of_log(url))


async def _ask(url: str, moment: datetime, questions: list[Question]) -> list[Answer]:
    async with Program(url, moment) as program:
        await tick(program)
        return [
            answer
            for first in range(0, len(questions), TOGETHER)
            for answer in await asyncio.gather(*map(program.ask, questions[first : first + TOGETHER]))
        ]


class TestOldStore:
    def test_answers_what_is_expected(self, opened: Opened) -> None:
        assert all(before == after for _, before, after in opened.pairs), report(opened.pairs)

    def test_answers_the_same_with_views_that_are_built_anew(self, built_anew: Opened) -> None:
        assert all(before == after for _, before, after in built_anew.pairs), report(built_anew.pairs)

    def test_keeps_its_log_row_by_row(self, opened: Opened, built_anew: Opened) -> None:
        assert opened.before["stored_events"]
        assert kept(opened.after) == kept(opened.before)
        assert kept(built_anew.after) == kept(opened.before)

    def test_finds_its_aggregates_by_the_handles_that_they_have(self, opened: Opened, place: str) -> None:
        assert opened.after
        with closing(open_store(place)) as store:
            handles = handles_of(store, TypedMapper(event_types()))
            with store.reading_log() as connection:
                found = entries(connection)

        assert len(found) == len(handles) > 0
        assert set(found) == as_entries(handles)


@pytest.mark.parametrize("folder", versions(), ids=lambda folder: folder.name)
class TestFiles:
    def test_are_those_that_were_written(self, folder: Path) -> None:
        assert digests(folder) == known_digests(folder).read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", versions(), ids=lambda folder: folder.name)
class TestExpectedAnswers:
    def test_differ_from_the_first_ones_in_what_is_listed_and_in_nothing_else(self, folder: Path) -> None:
        compared: Pairs = []
        for kind in KINDS:
            store = OldStore(folder, kind)
            if store.changed.exists():
                pairs = zip(read(store.original), read(store.changed), strict=True)
                compared += [(question, before, after) for (question, before), (_, after) in pairs]

        assert set(listed(compared)) == set(changed_members(folder))


def _answer(body: str, **more: object) -> Answer:
    answer = Answer(status=200, headers={"Content-Type": "application/json", "ETag": '"1"'}, body=body)
    return replace(answer, **more)  # type: ignore[arg-type]  # members of an answer


class TestDifferences:
    @pytest.mark.parametrize(
        ("after", "expected"),
        [
            (_answer('{"data": [{"a": 1, "b": {"c/d": 2}}]}'), []),
            (_answer('{"data": [{"a": 1, "b": {"c/d": 3}}]}'), [("~", "body /data/0/b/c~1d")]),
            (_answer('{"data": [{"a": 1, "b": {}}]}'), [("-", "body /data/0/b/c~1d")]),
            (_answer('{"data": [{"a": true, "b": {"c/d": 2}}]}'), [("~", "body /data/0/a")]),
            (_answer('{"data": [{"a": 1, "b": {"c/d": 2}}, 7]}'), [("+", "body /data/1")]),
            (_answer('{"data": [{"b": {"c/d": 2}, "a": 1}]}'), [("~", "bytes")]),
            (_answer('{"data": [{"a": 1, "b": {"c/d": 2}}]}', status=500), [("~", "status")]),
            (
                _answer('{"data": [{"a": 1, "b": {"c/d": 2}}]}', headers={"Content-Type": "application/json"}),
                [("-", "header ETag")],
            ),
        ],
    )
    def test_are_named_member_by_member(self, after: Answer, expected: list[tuple[str, str]]) -> None:
        before = _answer('{"data": [{"a": 1, "b": {"c/d": 2}}]}')

        assert differences(before, after) == [Difference(kind, place) for kind, place in expected]

    def test_of_lines_and_tables_are_those_of_their_members(self) -> None:
        lines = Answer(status=200, headers={"Content-Type": "application/x-ndjson"}, body='{"a": 1}\n{"a": 2}\n')
        table = Answer(status=200, headers={"Content-Type": "text/csv; charset=utf-8"}, body="a,b\r\n1,2\r\n")

        assert differences(lines, replace(lines, body='{"a": 1}\n{"a": 3}\n')) == [Difference("~", "body /1/a")]
        assert differences(table, replace(table, body="a,b,c\r\n1,2,3\r\n")) == [Difference("+", "body /0/c")]

    def test_are_listed_once_for_all_documents_of_a_route(self) -> None:
        question = Question(route="/v1/things", path="/v1/things?limit=2")
        before = _answer('{"data": [{"id": 1}, {"id": 2}]}')
        after = _answer('{"data": [{"id": 1, "new": 1}, {"id": 2, "new": 2}]}')

        assert listed([(question, before, after)] * 2) == ["+ /v1/things body /data/*/new"]
        assert "/v1/things?limit=2\n    + body /data/0/new" in report([(question, before, after)])


class TestListOfChanges:
    def test_puts_new_ones_under_the_version_that_made_them(self) -> None:
        first = relisted([], ["+ /a body /x"], "0.2.0")
        second = relisted(first, ["+ /a body /x", "- /b body /y"], "0.3.0")

        assert second == ["0.2.0:", "+ /a body /x", "0.3.0:", "- /b body /y"]

    def test_forgets_what_was_taken_back(self) -> None:
        known = ["0.2.0:", "+ /a body /x", "0.3.0:", "- /b body /y"]

        assert relisted(known, ["- /b body /y"], "0.4.0") == ["0.3.0:", "- /b body /y"]
        assert relisted(known, [], "0.4.0") == []
        assert relisted([], [], "0.4.0") == []


def kept(tables: Rows) -> Rows:
    """Give what no upgrade may change: of what is noted about the store, which log it has."""
    return tables | {"meta": [row for row in tables["meta"] if row[0] in {"log", "demo"}]}
