"""Whoever writes a store asks every route that there is: what nobody asks, no test holds."""

from __future__ import annotations

import asyncio
from http.client import OK
from pathlib import Path

from tests.api.roles import EXPECTED
from tests.upgrade.program import Program
from tests.upgrade.stores import SQLITE, OldStore, last_moment, rows_of_log, versions
from tests.upgrade.survey import APART, Survey, ask_now


def test_asks_every_route_that_reads(tmp_path: Path) -> None:
    database = f"{SQLITE}{tmp_path / 'bitacora.sqlite3'}"
    OldStore(versions()[-1], "sqlite").restore(database)

    asked = asyncio.run(_ask(database))

    read = {path for method, path in EXPECTED if method == "GET"}
    assert read - {question.route for question, _ in asked.answered} == set(APART)
    # An automation that nobody named, what a token without sources is expected to send, a template that nobody wrote,
    # and an endpoint and a delivery that there are not.
    refused = {question.route for question, answer in asked.answered if answer.status != OK}
    assert refused == {
        "/v1/automations/{name}",
        "/v1/resends/expected",
        "/v1/templates/{key}",
        "/v1/templates/{key}/versions",
        "/v1/endpoints/{id}",
        "/v1/deliveries/{id}",
    }


async def _ask(database: str) -> Survey:
    async with Program(database, last_moment(rows_of_log(database))) as program:
        asked = Survey(program)
        await ask_now(asked)
        return asked
