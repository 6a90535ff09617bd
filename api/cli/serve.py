"""Commands that serve, and load the demo."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from api.cli.demo import demo_notice, how_to_begin_anew, load_demo
from api.cli.output import address_of, first_steps, listen
from api.cli.progress import tree_progress
from api.cli.session import Database, Opens, open_program
from application.errors import AlreadyExists
from infrastructure.checkpoints.signing_key import find_key
from infrastructure.process_tuning import raise_file_limit
from infrastructure.roles import warn_of_rights
from infrastructure.settings import read_settings

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
) -> None:
    """Serve until interrupted."""
    # The framework is loaded only here: loading it takes most of the time of any other command.
    import uvicorn  # noqa: PLC0415

    from api.http.auth import KnownCallers  # noqa: PLC0415
    from api.http.connections import ConnectionTable, Limits  # noqa: PLC0415
    from api.http.server import Server  # noqa: PLC0415
    from api.http.server_protocol import ServerProtocol  # noqa: PLC0415
    from api.main import create_app  # noqa: PLC0415

    settings = read_settings(host=host, port=port, database=database)
    limits = Limits(
        connections=min(settings.max_connections, raise_file_limit()),
        head=settings.head_timeout.total_seconds(),
        body=settings.body_timeout.total_seconds(),
        idle=settings.idle_timeout.total_seconds(),
    )
    listener = listen(settings.host, settings.port)
    # If any port would do, the addresses on the pages have that which there is.
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    address = address_of(settings.host, settings.port)
    # One that cannot be used is said before anything is served.
    find_key(settings)
    with open_program(settings, Opens.NOTHING, follows_apart=True) as bitacora:
        with tree_progress(bitacora) as entered:
            bitacora.migrate(entered)
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
        table = ConnectionTable(limits, KnownCallers(bitacora.keys))
        served = create_app(bitacora, export=export)
        served.state.streams.limit_to(limits.connections)
        config = uvicorn.Config(
            served,
            http=cast("Any", partial(ServerProtocol, table)),
            backlog=BACKLOG,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=max(1, round(settings.shutdown_grace.total_seconds())),
        )
        Server(config, served.state.streams.end_all).run(sockets=[listener])


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
