"""The command line."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# Typer carries click inside and hands out only some of its errors.
from typer._click.exceptions import ClickException, NoArgsIsHelpError

from api.console import first_steps, listen, window_table
from api.schemas.values import parse_instant
from application.caller import Caller
from application.demo.script import SetClock, day_of_demo, play, told
from application.errors import AlreadyExists, ApplicationError, BadSetting
from application.projections.catalog import VIEWS
from application.projections.maintenance import Stage
from application.views import WindowFilter
from domain.errors import DomainError
from domain.keyring import Role
from infrastructure.bootstrap import Bitacora
from infrastructure.clock import SystemClock
from infrastructure.maintenance import Rebuild
from infrastructure.settings import Settings, read_settings
from infrastructure.store.base import StoreDown

app = typer.Typer(
    name="bitacora",
    help="An event-sourced incident lifecycle service.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
tokens = typer.Typer(help="Create, list and revoke tokens.", no_args_is_help=True)
app.add_typer(tokens, name="tokens")

CHECK_FAILED, WRONG_USE = 1, 2
DIGITS = 18
"""How many digits a position may have."""
CONSOLE = "console"
WIDE = 200
"""How wide a table is that no terminal shows."""

Database = Annotated[str | None, typer.Option(help="sqlite:///path or postgresql://…; BITACORA_DATABASE")]


def main() -> None:
    """Run the command line; an error is one line on stderr."""
    _log_plainly()
    try:
        app(standalone_mode=False)
    except NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        sys.exit(WRONG_USE)
    except ClickException as error:
        _complain(error.format_message())
        sys.exit(WRONG_USE)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(CHECK_FAILED)
    except (DomainError, ApplicationError, StoreDown) as error:
        _complain(str(error))
        sys.exit(WRONG_USE if isinstance(error, BadSetting) else CHECK_FAILED)
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        sys.stderr.close()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; BITACORA_HOST")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; BITACORA_PORT")] = None,
    database: Database = None,
    demo: Annotated[bool, typer.Option("--demo", help="Load the demo first, if the store is empty.")] = False,
) -> None:
    """Serve until interrupted."""
    # Only what serves waits until the framework is loaded: that takes most of the time of any other command.
    import uvicorn  # noqa: PLC0415

    from api.main import create_app  # noqa: PLC0415

    settings = read_settings(host=host, port=port, database=database)
    listener = listen(settings.host, settings.port)
    with _opened(settings, started=False) as bitacora:
        bitacora.migrate()
        if not bitacora.keys.by_name():
            if demo:
                _with_demo(settings)
            else:
                print(*first_steps(settings.database), sep="\n")
        elif demo:
            print("the store is not empty: the demo was not loaded", file=sys.stderr)
        address = f"http://{settings.host}:{listener.getsockname()[1]}"
        print(f"Bitácora serves on {address}  (API description: {address}/docs)", flush=True)
        config = uvicorn.Config(
            create_app(bitacora),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=max(1, round(settings.shutdown_grace.total_seconds())),
        )
        uvicorn.Server(config).run(sockets=[listener])


@app.command("demo")
def demo_command(database: Database = None) -> None:
    """Load the demo cases into an empty store and print tokens to try."""
    settings = read_settings(database=database)
    with _opened(settings, started=False) as bitacora:
        bitacora.migrate()
        if bitacora.service.events.last()[0]:
            raise AlreadyExists("the store is not empty; the demo is loaded into a new one only")
    _with_demo(settings)


@app.command()
def events(
    after: Annotated[int, typer.Option(min=0, help="Position after which to begin.")] = 0,
    as_of: Annotated[str | None, typer.Option(help="Instant (with its offset) or position to end at.")] = None,
    database: Database = None,
) -> None:
    """Write the events, one JSON object a line."""
    with _opened(read_settings(database=database), started=False) as bitacora:
        bitacora.migrate()
        log = bitacora.service.events
        last, _ = log.last()
        for event in log.all(after, last if as_of is None else _until(bitacora, as_of, last)):
            print(json.dumps(event, ensure_ascii=False, separators=(",", ":")))


@app.command("windows")
def list_windows(
    stage: Annotated[Stage | None, typer.Option(help="Where they lie in time; all if not said.")] = None,
    zone: Annotated[str | None, typer.Option(help="IANA zone of the times; BITACORA_TIME_ZONE")] = None,
    lang: Annotated[str | None, typer.Option(help="Language of the titles; the default one if not said.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 50,
    database: Database = None,
) -> None:
    """List the maintenance windows, those that are not announced too."""
    with _opened(read_settings(database=database), started=False) as bitacora:
        bitacora.migrate()
        bitacora.follower.catch_up()
        service = bitacora.service
        clocks = service.zone if zone is None else service.zones.find(zone)
        if clocks is None:
            raise BadSetting(f"there is no time zone {zone}")
        page = service.calendar.page(bitacora.follower.position, WindowFilter(stage=stage), None, limit)
        windows = [json.loads(private) for _, private, _ in page]
        language = service.languages[0]
        table = window_table(windows, zone=clocks, language=lang or language, default=language)
        Console(width=None if sys.stdout.isatty() else WIDE).print(table)


@app.command()
def rebuild(
    views: Annotated[list[str] | None, typer.Argument(help="Views to rebuild; all if none is named.")] = None,
    database: Database = None,
) -> None:
    """Rebuild views from the events alone."""
    known = {view.name: view for view in VIEWS}
    unknown = [name for name in views or [] if name not in known]
    if unknown:
        raise BadSetting(f"there is no view {unknown[0]}; there are {', '.join(known)}")
    with _opened(read_settings(database=database), started=False) as bitacora:
        bitacora.migrate()
        work = Rebuild(bitacora.store, bitacora.mapper, [known[name] for name in views or known])
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("events", total=bitacora.service.events.last()[0])
            work.run(advanced=lambda count: bar.update(task, advance=count))
        print(f"rebuilt {', '.join(views or known)} to position {bitacora.service.events.last()[0]}")


@app.command()
def migrate(database: Database = None) -> None:
    """Bring the tables of the store up to this program."""
    with _opened(read_settings(database=database), started=False) as bitacora:
        bitacora.migrate()
        print("the store is up to date")


@tokens.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="Unique, and never reused.")],
    role: Annotated[Role, typer.Option(help="What the token may do.")],
    person: Annotated[str | None, typer.Option(help="Who stands behind it; NAME if not said.")] = None,
    database: Database = None,
) -> None:
    """Create a token; its secret is shown this once, alone on the last line."""
    if name == CONSOLE:
        raise BadSetting(f"the name {CONSOLE} stands for the command line itself")
    if not name.isprintable() or not 0 < len(name) <= 100 or " " in name:  # noqa: PLR2004 - a name fits on a line
        raise BadSetting("a token's name has 1 to 100 printable characters and no blank")
    if person is not None and not (person.isprintable() and 0 < len(person) <= 100):  # noqa: PLR2004 - as above
        raise BadSetting("a person has 1 to 100 printable characters")
    with _opened(read_settings(database=database)) as bitacora:
        secret = bitacora.writer.call(
            lambda log: bitacora.service.tokens.issue(
                log, name=name, role=role, person=person or name, caller=_by_hand()
            )
        )
        print(f"token {name} ({role}) for {person or name}; keep it, it is not shown again:")
        print(secret)


@tokens.command("list")
def list_tokens(database: Database = None) -> None:
    """List the tokens there are and were; without their secrets, which are kept nowhere."""
    with _opened(read_settings(database=database), started=False) as bitacora:
        bitacora.migrate()
        for token in bitacora.keys.by_name().values():
            revoked = f"revoked {token.revoked_at:%Y-%m-%d %H:%MZ}" if token.revoked_at else "good"
            print(f"{token.name}\t{token.role}\t{token.person}\t{token.issued_at:%Y-%m-%d %H:%MZ}\t{revoked}")


@tokens.command("revoke")
def revoke_token(name: str, database: Database = None) -> None:
    """Refuse a token from the next request on."""
    with _opened(read_settings(database=database)) as bitacora:
        bitacora.writer.call(lambda log: bitacora.service.tokens.revoke(log, name=name, caller=_by_hand()))
        print(f"token {name} is revoked")


@contextlib.contextmanager
def _opened(settings: Settings, *, started: bool = True) -> Iterator[Bitacora]:
    bitacora = Bitacora(settings)
    try:
        if started:
            bitacora.start()
        yield bitacora
    finally:
        bitacora.stop()


def _with_demo(settings: Settings) -> None:
    day = day_of_demo(SystemClock().now())
    clock = SetClock(datetime.combine(day, time(), UTC))
    bitacora = Bitacora(settings, clock=clock)
    bitacora.start()
    try:
        secrets = play(bitacora.service, clock, bitacora.writer.call, day)
    finally:
        bitacora.stop()
    for line in told(secrets, f"http://{settings.host}:{settings.port}", day):
        print(line)


def _complain(sentence: str) -> None:
    print(f"bitacora: {' '.join(sentence.split())}", file=sys.stderr)


def _by_hand() -> Caller:
    return Caller(actor=f"token:{CONSOLE}", source="cli", request_id="")


def _until(bitacora: Bitacora, text: str, last: int) -> int:
    if text.isascii() and text.isdigit():
        if int(text[:DIGITS]) > last or len(text) > DIGITS:
            raise BadSetting(f"position {text} lies in the future")
        return int(text)
    try:
        moment = parse_instant(text)
    except ValueError as error:
        raise BadSetting(str(error)) from None
    if moment > bitacora.clock.now():
        raise BadSetting(f"{text} lies in the future")
    return bitacora.service.events.position_at(moment)


def _log_plainly() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    main()
