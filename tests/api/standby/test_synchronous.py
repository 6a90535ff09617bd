"""A primary that waits for its standby: what is acknowledged is on both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.api.client import Site
from tests.api.standby.replicated import Replicated
from tests.waiting import until

WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@contextmanager
def waits_for_standby(primary: psycopg.Connection) -> Iterator[None]:
    """Let each commit wait for the standby meanwhile."""
    _set(primary, "ALTER SYSTEM SET synchronous_standby_names = 'standby'")
    try:
        yield
    finally:
        _set(primary, "ALTER SYSTEM RESET synchronous_standby_names")


def _set(primary: psycopg.Connection, statement: str) -> None:
    primary.execute(statement.encode())
    primary.execute("SELECT pg_reload_conf()")


# A limit of the time of statements ends the wait as the first does.
@pytest.mark.parametrize("cut_off_by", ["pg_cancel_backend", "pg_terminate_backend"])
def test_a_command_whose_wait_was_cut_off_is_acknowledged_once_the_standby_has_it(
    replicated: Replicated, replicated_url: str, cut_off_by: str
) -> None:
    body = {"key": "orders", "name": "Orders", "group": "x", "since": "2025-01-01"}
    with psycopg.connect(replicated_url, autocommit=True) as primary, Site(replicated_url) as site:
        headers = {"Authorization": f"Bearer {site.operator.token}"}
        with waits_for_standby(primary):
            replicated.standby.stop()
            until(lambda: primary.execute("SELECT count(*) FROM pg_stat_replication").fetchone() == (0,))
            asked = site.start(site.client.request("POST", "/v1/components", headers=headers, json=body))
            (cut_off,) = until(lambda: primary.execute(WAITING).fetchall())

            primary.execute(f"SELECT {cut_off_by}(%s)".encode(), cut_off)
            # It is recorded here, and a standby that took over now would not have it.
            until(lambda: asked.done() or [row for row in primary.execute(WAITING).fetchall() if row != cut_off])
            assert not asked.done()
            written = primary.execute("SELECT pg_current_wal_insert_lsn()").fetchone()

            replicated.standby.start()
            assert asked.result(20).status_code == 201
            assert written is not None
            assert replicated.standby.is_true("SELECT pg_last_wal_receive_lsn() >= %s", written[0])
