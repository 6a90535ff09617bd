"""The bare substrate: the library alone, routes that do nothing but answer, and a callable that is not even a route."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import uvicorn
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from fastapi import FastAPI
from psycopg.conninfo import conninfo_to_dict
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.answers import FRESH, hash_tag
from api.incidents.signal_bodies import SignalBody

DECIDED = b'{"run":false,"reason":"created_before","restoration":"%b","position":12345}' % str(uuid4()).encode()
TAKEN = b'{"outcome":"detected","signal":"%b","component":"component-000","incident":null}' % str(uuid4()).encode()


BARE = "/bare"
"""Where the bytes of the board are answered without any framework."""


class Reported(Aggregate):
    """What a signal says, as an aggregate of the library that is nothing more."""

    def __init__(self, said: str) -> None:
        self.said = said


@contextmanager
def open_application(database: str) -> Iterator[Application[UUID]]:
    """Open an application of the library on a database, which may hold the events of others, too."""
    if database.startswith("sqlite:///"):
        settings = {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": f"{database.removeprefix('sqlite:///')}-saved",
        }
    else:
        said = conninfo_to_dict(database)
        names = ("dbname", "host", "port", "user", "password")
        settings = {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            **{f"POSTGRES_{name.upper()}": str(said.get(name) or "") for name in names},
        }
    application: Application[UUID] = Application(env=settings)
    try:
        yield application
    finally:
        application.close()


@contextmanager
def open_recorder(database: str) -> Iterator[ApplicationRecorder]:
    """Open the recorder of the library on an empty database, as durable as it makes itself."""
    if database.startswith("sqlite:///"):
        files = SQLiteDatastore(database.removeprefix("sqlite:///"))
        sqlite = SQLiteApplicationRecorder(files)
        sqlite.create_table()
        yield sqlite
        files.close()
    else:
        said = conninfo_to_dict(database)
        names = ("dbname", "host", "port", "user", "password")
        server = PostgresDatastore(*(str(said.get(name) or "") for name in names))
        postgres = PostgresApplicationRecorder(server, events_table_name="stored_events")
        postgres.create_table()
        yield postgres
        server.close()


def copy(events: Iterator[Sequence[StoredEvent]], recorder: ApplicationRecorder) -> None:
    """Fill a recorder with the events of another log."""
    for section in events:
        plain = [StoredEvent(e.originator_id, e.originator_version, e.topic, e.state) for e in section]
        recorder.insert_events(plain)


def create_app(board: bytes) -> ASGIApp:
    """Make an application that answers with the bytes that ours answers with, and does nothing for it."""
    app = FastAPI()
    tag = hash_tag(board)
    headers = {"ETag": tag, "Cache-Control": FRESH, "Vary": "Authorization"}

    @app.post("/v1/signals")
    async def take(body: SignalBody) -> Response:
        assert body.component
        return Response(TAKEN, 200, {"Cache-Control": "no-store"}, "application/json")

    @app.get("/v1/panels/{key}/automations/{name}/decision")
    async def decide(key: str, name: str, item_created_at: str) -> Response:
        assert key
        assert name
        assert item_created_at
        return Response(DECIDED, 200, headers, "application/json")

    @app.get("/v1/status")
    async def show(request: Request) -> Response:
        if request.headers.get("if-none-match") == tag:
            return Response(None, 304, headers)
        return Response(board, 200, headers, "application/json")

    sent = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(board)).encode()),
        *((name.lower().encode(), value.encode()) for name, value in headers.items()),
    ]

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != BARE:
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": sent})
        await send({"type": "http.response.body", "body": board})

    return answer


def main() -> None:
    """Serve the bytes of the file that is named."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    print(f"serves on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    app = create_app(Path(sys.argv[1]).read_bytes())
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
