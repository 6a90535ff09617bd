"""How much of the ledger PostgreSQL looks at for a page of the check queue, once it knows how large the ledger is."""

from __future__ import annotations

import json
import re

import psycopg
import pytest

from application.ledger.queries import RequestFilter
from domain.ledger.held_request import RequestState
from infrastructure.store.base import Value
from infrastructure.store.postgres_connection import PostgresConnection
from tests.application.held_requests import PRICE, Desk, an_order
from tests.application.program import at, running

REQUESTS = 1_500
PAGE = 20
FEW_BLOCKS = 400
NAMED = re.compile(r"(?<!:):(\w+)")

Statement = tuple[str, dict[str, Value]]


def test_a_page_is_found_without_a_look_at_all_requests(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Statement] = []
    execute = PostgresConnection.execute

    def noted(
        connection: PostgresConnection, sql: str, parameters: dict[str, Value] | None = None
    ) -> list[tuple[Value, ...]]:
        if "AS found" in sql:
            asked.append((sql, parameters or {}))
        return execute(connection, sql, parameters)

    monkeypatch.setattr(PostgresConnection, "execute", noted)
    with running(postgres_url) as program:
        desk = Desk(program)
        program.register()
        cause = desk.declare(occurred_at=at("10:00"))
        program.clock.show(at("11:00"))
        program.resolve(cause.id)
        desk.hand_in(*(an_order(f"{number}", cause, kind=PRICE) for number in range(REQUESTS)))
        program.bitacora.follower.catch_up()
        wanted = RequestFilter(cause=cause.id, states=(RequestState.TO_CHECK,))
        page = program.facade.queries.held_requests.page(program.bitacora.follower.position, wanted, None, PAGE)

    assert len(page) == PAGE
    assert blocks(postgres_url, *asked[-1]) <= FEW_BLOCKS


def blocks(url: str, sql: str, parameters: dict[str, Value]) -> int:
    """Give how many blocks a statement looks at, by the plan that PostgreSQL keeps for any values of it."""
    names = sorted(parameters)
    kinds = ", ".join("text" if isinstance(parameters[name], str) else "bigint" for name in names)
    numbered = NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", sql)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("ANALYZE")
        db.execute("SET plan_cache_mode = force_generic_plan")
        db.execute(f"PREPARE page ({kinds}) AS {numbered}".encode())
        values = ", ".join(f"'{parameters[name]!s}'" for name in names)
        found = db.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE page ({values})".encode()).fetchall()
    told = found[0][0] if isinstance(found[0][0], list) else json.loads(found[0][0])
    plan = told[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])
