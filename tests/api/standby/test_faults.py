"""A hot standby that is away, that has another log, or that ends reads: nothing is shown as well that is not known."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from structlog.testing import capture_logs

from application.errors import StoreUnavailable
from domain.access.keyring import Role
from tests.api.client import Site, problem
from tests.api.standby.replicated import Replicated, Watch, paused, reasons, settle
from tests.waiting import until

if TYPE_CHECKING:
    from infrastructure.store.base import Value

LISTS = ("/v1/components", "/v1/incidents", "/v1/maintenance-windows", "/v1/panels", "/v1/restorations", "/v1/changes")
A_MINUTE = 60.0


@contextmanager
def reading_from(url: str, standby: str) -> Iterator[Site]:
    """Run the service on a database, with another one to read from."""
    with Site(url, read_database=standby, checkpoint_every="P9D") as site:
        yield site


class TestAStandbyThatIsAway:
    def test_is_no_empty_list(self, site: Site, replicated: Replicated, watch: Watch) -> None:
        site.component("labels")
        settle(site)
        shown = site.reader.get("/v1/status")
        auditor = site.a(Role.AUDITOR)
        replicated.standby.stop()
        try:
            until(lambda: "read_database_unavailable" in reasons(site))
            watch.advance(A_MINUTE)
            for path in LISTS:
                problem(site.reader.get(path), 503, "store_unavailable")
                problem(auditor.get(path), 503, "store_unavailable")
            board = site.reader.get("/v1/status")
            assert (board.status_code, board.content) == (200, shown.content)
            assert int(board.headers["Age"]) >= A_MINUTE
            # What is written is not held up by it.
            assert site.operator.patch("/v1/components/labels", {"name": "Labels!"}).status_code == 200
        finally:
            replicated.standby.start()

        settle(site)
        assert site.reader.get("/v1/components").json()["data"][0]["name"] == {"en": "Labels!"}
        assert "Age" not in site.reader.get("/v1/status").headers

    def test_holds_up_no_message_to_subscribers(self, site: Site, replicated: Replicated) -> None:
        site.component("labels")
        body = {"name": "Desk", "channel": "webhook", "url": "https://hooks.example.com/a"}
        assert site.operator.post("/v1/endpoints", body).status_code == 201
        settle(site)
        replicated.standby.stop()
        try:
            until(lambda: "read_database_unavailable" in reasons(site))
            site.incident({"labels": "major_outage"}, title="It broke")

            until(lambda: _planned(site))
        finally:
            replicated.standby.start()

    def test_lets_the_service_start_and_is_read_once_it_is_there(
        self, replicated: Replicated, replicated_url: str
    ) -> None:
        replicated.standby.stop()
        try:
            with reading_from(replicated_url, replicated.standby.url_of(replicated_url)) as site:
                assert "read_database_unavailable" in reasons(site)
                for path in (*LISTS, "/v1/status", "/en/"):
                    assert site.reader.get(path).status_code == 503, path
                replicated.standby.start()

                settle(site)
                for path in (*LISTS, "/v1/status", "/en/"):
                    assert site.reader.get(path).status_code == 200, path
        finally:
            if not replicated.standby.is_running:
                replicated.standby.start()


def _planned(site: Site) -> bool:
    with site.bitacora.store.reading_log() as connection:
        return bool(connection.execute("SELECT 1 FROM deliveries WHERE kind <> 'confirmation'"))


class TestAnotherLog:
    def test_is_not_read(self, replicated: Replicated, replicated_url: str) -> None:
        with replicated.databases.migrated() as other, Site(other) as others:
            others.component("theirs")
            replicated.standby.caught_up()
            with (
                capture_logs() as lines,
                reading_from(replicated_url, replicated.standby.url_of(other)) as site,
            ):
                assert reasons(site) == {"read_database_of_another_log", "board_stale"}
                for path in (*LISTS, "/v1/status", "/en/"):
                    answer = site.reader.get(path)
                    assert (answer.status_code, "theirs" in answer.text) == (503, False), path
            assert [line["event"] for line in lines].count("read_database_of_another_log") == 1

    def test_is_one_with_another_event_at_the_same_position(self, replicated: Replicated, replicated_url: str) -> None:
        with replicated.databases.migrated() as other, Site(other) as others:
            others.component("theirs")
            with psycopg.connect(replicated_url) as ours, psycopg.connect(other, autocommit=True) as theirs:
                row = ours.execute("SELECT value FROM meta WHERE name = 'log'").fetchone()
                assert row is not None
                theirs.execute("UPDATE meta SET value = %s WHERE name = 'log'", row)
            replicated.standby.caught_up()
            with reading_from(replicated_url, replicated.standby.url_of(other)) as site:
                for name in ("ann", "ben", "cleo"):
                    site.issue(Role.OPERATOR, name)
                until(lambda: "read_database_of_another_log" in reasons(site))

                answer = site.reader.get("/v1/components")
                assert (answer.status_code, "theirs" in answer.text) == (503, False)

    def test_that_takes_the_place_of_ours_is_not_read(
        self, site: Site, replicated: Replicated, replicated_url: str
    ) -> None:
        site.component("labels")
        settle(site)
        with psycopg.connect(replicated_url, autocommit=True) as primary:
            # As restored elsewhere: the standby of this one has another identity at once.
            store = site.bitacora.read_side.store
            with store.reading_log() as connection:
                assert connection.has_table("components")
            with paused(replicated):
                primary.execute("UPDATE meta SET value = %s WHERE name = 'log'", (str(uuid4()),))
                until(lambda: "read_database_of_another_log" in reasons(site))
                problem(site.reader.get("/v1/components"), 503, "store_unavailable")

        until(lambda: site.reader.get("/v1/components").status_code == 200)


class TestReadsThatTheStandbyEnds:
    def test_are_tried_again(self, site: Site, replicated: Replicated, replicated_url: str) -> None:
        settle(site)
        with psycopg.connect(replicated_url, autocommit=True) as primary:
            reading = _read_slowly(site, replicated, primary)
            primary.execute("BEGIN")
            primary.execute("LOCK TABLE waits IN ACCESS EXCLUSIVE MODE")
            primary.execute("UPDATE waits SET seconds = 0")
            primary.execute("COMMIT")

            assert reading.result(20) == [(0, "")]

    def test_are_refused_if_each_of_them_is_ended(
        self, site: Site, replicated: Replicated, replicated_url: str
    ) -> None:
        settle(site)
        with psycopg.connect(replicated_url, autocommit=True) as primary:
            reading = _read_slowly(site, replicated, primary)
            while not reading.done():
                with primary.transaction():
                    primary.execute("LOCK TABLE waits IN ACCESS EXCLUSIVE MODE")

            with pytest.raises(StoreUnavailable):
                reading.result(20)
        assert site.reader.get("/v1/components").status_code == 200


def _read_slowly(site: Site, replicated: Replicated, primary: psycopg.Connection) -> Future[list[tuple[Value, ...]]]:
    """Begin to read on the standby what takes an hour, as long as a table says so; come back when it has begun."""
    primary.execute("CREATE TABLE waits AS SELECT 3600 AS seconds")
    replicated.standby.caught_up()
    store = site.bitacora.read_side.store

    def slow() -> list[tuple[Value, ...]]:
        with store.reading_views() as connection:
            return connection.execute("SELECT seconds, pg_sleep(seconds) FROM waits")

    reading = site.start(site.bitacora.facade.reads.run(slow))
    until(
        lambda: replicated.standby.is_true(
            "SELECT true FROM pg_stat_activity WHERE starts_with(query, 'SELECT seconds')"
        )
    )
    return reading


class TestPromotedStandbys:
    def test_take_no_writes_by_the_connections_of_readers(self, site: Site) -> None:
        settle(site)
        with site.bitacora.read_side.store.reading_log() as connection:
            assert connection.execute("SHOW default_transaction_read_only") == [("on",)]
