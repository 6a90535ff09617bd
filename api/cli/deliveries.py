"""Commands about notifications: what waits, what became of it, and what can be done about it."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.session import Database, Opens, open_program
from application.notifications.deliveries import DeliveryState
from application.subscriptions.mail_address import parse_address
from domain.errors import NotFound
from infrastructure.settings import read_settings


def _parsed(text: str) -> str:
    try:
        return parse_address(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Address = Annotated[str, typer.Argument(help="The address of a mailbox.", callback=_parsed)]

app = typer.Typer(help="List deliveries, try them again, and suppress addresses.", invoke_without_command=True)


@app.callback()
def list_deliveries(
    context: typer.Context,
    state: Annotated[DeliveryState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many, the newest first.")] = 50,
    database: Database = None,
) -> None:
    """List deliveries, the newest first, each with the last answer to it."""
    if context.invoked_subcommand is not None:
        return
    with open_program(read_settings(database=database), Opens.LOG) as bitacora:
        found = bitacora.facade.deliveries.page(state=state, subscription=None, thing=None, before=None, limit=limit)
    for _, each in found:
        code = "-" if each["code"] is None else str(each["code"])
        columns = (each["id"], each["state"], each["channel"], each["language"], each["planned_at"], each["thing"])
        print("\t".join((*columns, str(each["attempts"]), code, each["answer"] or "-")))


@app.command("status")
def count_deliveries(database: Database = None) -> None:
    """Say how many deliveries wait, and how late the oldest one is that is due."""
    with open_program(read_settings(database=database), Opens.LOG) as bitacora:
        figures = bitacora.facade.deliveries.figures()
    for (channel, state), count in sorted(figures.waiting.items()):
        print(f"{channel}\t{state}\t{count}")
    late = round(figures.oldest_due.total_seconds())
    print(f"the oldest one that is due is {late} s late" if late else "nothing is late")


@app.command("retry")
def retry_deliveries(
    ids: Annotated[list[str] | None, typer.Argument(help="The ids of deliveries, as the list shows them.")] = None,
    perhaps_sent: Annotated[
        bool, typer.Option("--perhaps-sent", help="All that were due in a backup that was restored.")
    ] = False,
    database: Database = None,
) -> None:
    """Let deliveries be tried now, by the service that runs or by the next one."""
    if not ids and not perhaps_sent:
        raise typer.BadParameter("name deliveries, or say --perhaps-sent")
    with open_program(read_settings(database=database), Opens.TABLES) as bitacora:
        deliveries = bitacora.facade.deliveries
        count = 0
        for id in ids or ():
            deliveries.retry(id)
            count += 1
        count += deliveries.retry_perhaps_sent() if perhaps_sent else 0
    print(f"{count} deliveries are due" if count != 1 else "1 delivery is due")


@app.command("suppress")
def suppress_address(address: Address, database: Database = None) -> None:
    """Send nothing to an address any more."""
    with open_program(read_settings(database=database), Opens.TABLES) as bitacora:
        bitacora.facade.suppressions.suppress(address, "operator")
    print(f"nothing is sent to {address} any more")


@app.command("allow")
def allow_address(address: Address, database: Database = None) -> None:
    """Take back that nothing is sent to an address."""
    with open_program(read_settings(database=database), Opens.TABLES) as bitacora:
        suppressions = bitacora.facade.suppressions
        if not suppressions.allow(suppressions.digest_of(address)):
            raise NotFound(f"{address} is not suppressed")
    print(f"{address} can be subscribed again")
