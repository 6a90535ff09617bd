"""What an Alertmanager may find when it sends: nobody, or a service that cannot keep anything."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from signal import SIGKILL
from time import monotonic

import psycopg
from psycopg import sql

from tests.e2e.alertmanager import Alertmanager, alert, nanoseconds
from tests.e2e.client import Desk, now, read
from tests.e2e.server import eventually
from tests.postgres_server import with_database

Outage = Callable[[Desk], AbstractContextManager[str]]
"""It gives what an Alertmanager says of it."""


@contextmanager
def without_a_process(desk: Desk) -> Iterator[str]:
    """Let nobody listen."""
    desk.server.end(SIGKILL)
    yield "connection refused"
    desk.start_again()


@contextmanager
def without_a_store(desk: Desk) -> Iterator[str]:
    """Let the service answer 503, because its store takes nothing."""
    with _shut(desk.database):
        yield "unexpected status code 503"


def live_through(desk: Desk, alertmanager: Alertmanager, outage: Outage, *, source: str, seconds: float = 0) -> None:
    """Let a group change while nobody takes it, for so many seconds at least, and see that nothing of it is lost."""
    started = now()
    alertmanager.post(alert(source, "before", starts=started))
    (incident,) = eventually(lambda: desk.incidents(source, visibility="public"))

    with outage(desk) as said:
        began, until = now(), monotonic() + seconds
        alertmanager.post(alert(source, "meanwhile", starts=began))
        ended = now()
        alertmanager.post(alert(source, "before", starts=started, ends=ended))
        eventually(lambda: monotonic() > until and said in alertmanager.said)

    eventually(lambda: desk.states(source) == {"before": "clear", "meanwhile": "firing"})
    signals = desk.signals(source)
    before, meanwhile = signals["before"], signals["meanwhile"]
    # Both as of when they happened, not of when they could be told.
    assert (before["reported_at"], meanwhile["reported_at"]) == (nanoseconds(started), nanoseconds(began))
    assert (read(before["cleared_at"]), read(meanwhile["fired_at"])) == (ended, began)
    assert before["incident"] == meanwhile["incident"] == incident["id"]
    _end(desk, alertmanager, alert(source, "meanwhile", starts=began, ends=now()), incident["id"])
    assert [found["id"] for found in desk.incidents(source)] == [incident["id"]]


def _end(desk: Desk, alertmanager: Alertmanager, resolved: dict[str, object], incident: str) -> None:
    alertmanager.post(resolved)
    eventually(lambda: desk.public_state(incident) == "resolved")
    assert desk.history(incident) == [
        "incident.detected",
        "incident.published",
        "incident.signal_fired",
        "incident.signal_cleared",
        "incident.signal_cleared",
        "incident.monitoring_began",
        "incident.resolved",
    ]


def _shut(database: str) -> AbstractContextManager[None]:
    return _locked(database.removeprefix("sqlite:///")) if database.startswith("sqlite") else _closed(database)


@contextmanager
def _locked(path: str) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def _closed(url: str) -> Iterator[None]:
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(with_database(url, "postgres"), autocommit=True) as connection:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        connection.execute(allow.format(sql.Identifier(str(name)), sql.SQL("false")))
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            yield
        finally:
            connection.execute(allow.format(sql.Identifier(str(name)), sql.SQL("true")))
