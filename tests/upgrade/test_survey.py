"""Whoever writes a store asks every route that there is: what nobody asks, no test holds."""

from __future__ import annotations

import asyncio
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
    assert {answer.status for question, answer in asked.answered if question.route not in REFUSED} == {200}


REFUSED = ("/v1/automations/{name}", "/v1/resends/expected")
"""What is asked in vain, too: an automation that nobody named, and what a token without sources is to send."""


async def _ask(database: str) -> Survey:
    async with Program(database, last_moment(rows_of_log(database))) as program:
        asked = Survey(program)
        await ask_now(asked)
        return asked
