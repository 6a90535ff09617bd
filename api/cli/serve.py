"""Commands that serve, and load the demo."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from api.cli.demo import demo_notice, how_to_begin_anew, load_demo
from api.cli.output import address_of, complain, first_steps, listen
from api.cli.progress import migration_progress
from api.cli.session import Database, Opens, open_program
from api.cli.stop_watch import watch_stop
from api.cli.workers import Workers
from application.errors import AlreadyExists, ApplicationError, BadSetting
from domain.errors import DomainError
from infrastructure.bootstrap import Bitacora
from infrastructure.checkpoints.signing_key import find_key
from infrastructure.process_tuning import raise_file_limit
from infrastructure.roles import warn_of_rights
from infrastructure.settings import Settings, name_metrics_folder, read_settings
from infrastructure.store.base import StoreDown

if TYPE_CHECKING:
    from api.http.process_counts import ProcessCounts

app = typer.Typer()

BACKLOG = 128
"""How many connections the system keeps that are not accepted yet; all of them are accepted at one moment."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on; BITACORA_HOST by default.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; BITACORA_PORT by default.")] = None,
    database: Database = None,
    demo: Annotated[bool, typer.Option("--demo", help="Load example data first, if the store is empty.")] = False,
    export: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="A folder in which a copy of the public pages is kept current, as files."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="How many processes answer on the port; above 1 on PostgreSQL only.")
    ] = 1,
) -> None:
    """Serve until interrupted."""
    settings = read_settings(host=host, port=port, database=database)
    if workers > 1 and settings.database.startswith("sqlite"):
        raise BadSetting(
            f"--workers {workers} needs PostgreSQL, because one process at a time can write a file of SQLite; leave "
            "--workers out, or name a database: --database postgresql://…"
        )
    files = raise_file_limit()
    listener = listen(settings.host, settings.port)
    # If any port would do, the addresses on the pages have that which there is.
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    # One that cannot be used is said before anything is served.
    find_key(settings)
    with open_program(settings, Opens.NOTHING, follows_apart=True) as bitacora:
        _prepare(bitacora, demo=demo)
        if workers == 1:
            _answer(bitacora, listener, files, export=export)
    if workers > 1:
        # Loaded once for all of them, and not for each.
        import api.main  # noqa: F401, PLC0415

        with TemporaryDirectory(prefix="bitacora-") as folder:
            name_metrics_folder(folder)
            parent = Workers(workers, partial(_work, settings, listener, files, export, folder))
            status = parent.run()
        parent.end_as_signalled()
        raise typer.Exit(status)


def _prepare(bitacora: Bitacora, *, demo: bool) -> None:
    """Bring the store up to this program, and say where it is served and what to do first."""
    settings = bitacora.settings
    address = address_of(settings.host, settings.port)
    with migration_progress(bitacora) as progress:
        bitacora.migrate(progress)
    warn_of_rights(bitacora.store)
    if bitacora.facade.end_of_log():
        if demo and not bitacora.is_demo:
            print("the store is not empty: the demo was not loaded", file=sys.stderr)
    elif demo:
        load_demo(settings, address)
    if bitacora.is_demo:
        print(*demo_notice(bitacora.store.address), sep="\n")
    elif not bitacora.keys.by_name():
        print(*first_steps(bitacora.store.address), sep="\n")
    print(f"Bitácora serves on {address}  (API description: {address}/docs)", flush=True)


def _work(
    settings: Settings,
    listener: socket.socket,
    files: int,
    export: Path | None,
    metrics: str,
    number: int,
    serves: Callable[[], None],
) -> int:
    """Answer as one of several workers, of which one keeps the copy of the pages, and give the status to end with.

    ``metrics`` is the folder in which they share their metrics.
    """
    try:
        with open_program(settings, Opens.NOTHING, follows_apart=True) as bitacora:
            _answer(bitacora, listener, files, export=None if number else export, metrics=metrics, serves=serves)
    except (DomainError, ApplicationError, StoreDown) as error:
        return complain(error)
    return 0


def _answer(
    bitacora: Bitacora,
    listener: socket.socket,
    files: int,
    *,
    export: Path | None,
    metrics: str | None = None,
    serves: Callable[[], None] = lambda: None,
) -> None:
    """Answer until a signal ends it."""
    # The framework is loaded only here: loading it takes most of the time of any other command.
    import uvicorn  # noqa: PLC0415

    from api.http.auth import KnownCallers  # noqa: PLC0415
    from api.http.connections import ConnectionTable, Limits  # noqa: PLC0415
    from api.http.server import Server  # noqa: PLC0415
    from api.http.server_protocol import ServerProtocol  # noqa: PLC0415
    from api.http.shared_metrics import SharedMetrics  # noqa: PLC0415
    from api.main import create_app  # noqa: PLC0415

    settings = bitacora.settings
    limits = Limits(
        connections=min(settings.max_connections, files),
        head=settings.head_timeout.total_seconds(),
        body=settings.body_timeout.total_seconds(),
        idle=settings.idle_timeout.total_seconds(),
    )
    shared = None if metrics is None else SharedMetrics(metrics, partial(_counts, bitacora))
    if shared is not None:
        shared.start()
    served = create_app(bitacora, export=export, metrics=shared)
    served.state.streams.limit_to(limits.connections)
    config = uvicorn.Config(
        served,
        http=cast("Any", partial(ServerProtocol, ConnectionTable(limits, KnownCallers(bitacora.keys)))),
        backlog=BACKLOG,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=max(1, round(settings.shutdown_grace.total_seconds())),
    )

    def begin_to_stop() -> None:
        watch_stop()
        served.state.streams.end_all()

    Server(config, begin_to_stop, serves).run(sockets=[listener])


def _counts(bitacora: Bitacora) -> ProcessCounts:
    from api.http.process_counts import process_counts  # noqa: PLC0415 - as above

    return process_counts(bitacora.appended, bitacora.witnesses.asked, bitacora.notifier.outbox.attempts)


@app.command("demo")
def demo_command(database: Database = None) -> None:
    """Load example data into an empty store, and print tokens and commands to try."""
    settings = read_settings(database=database)
    with open_program(settings, Opens.NOTHING) as bitacora:
        bitacora.migrate_as_owner()
        last = bitacora.facade.end_of_log()
        if last and bitacora.is_demo:
            raise AlreadyExists(
                f"the store has the demo already, and is not empty; {how_to_begin_anew(bitacora.store.address)}"
            )
        if last:
            raise AlreadyExists(
                f"the store {bitacora.store.address} is not empty: it has {last} events that are not of the demo; "
                "name another store with --database"
            )
    load_demo(settings, address_of(settings.host, settings.port))
