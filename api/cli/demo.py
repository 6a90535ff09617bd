"""Loads the demo, and prints what to try with it."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from application.caller import Caller
from domain.access.keyring import Role
from infrastructure.bootstrap import Bitacora
from infrastructure.clock import SetClock, SystemClock
from infrastructure.event_log.schema import mark_demo

if TYPE_CHECKING:
    from infrastructure.settings import Settings

CALLER = Caller(actor="token:console", source="demo", request_id="demo")
SQLITE = "sqlite:///"
EVENING = time(18, tzinfo=UTC)
NEXT_WINDOW = timedelta(days=5)
ROLES = {
    "emitter": Role.EMITTER,
    "operator": Role.OPERATOR,
    "reviewer": Role.REVIEWER,
    "second-reviewer": Role.REVIEWER,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
}
"""Who calls in the demo; two reviewers, because a decision can need a second person."""


def demo_notice(store: str) -> Sequence[str]:
    """Give the lines that say that the store with this URL has example data."""
    return [f"This store has example data: {store}", f"To begin anew, {how_to_begin_anew(store)}"]


def how_to_begin_anew(store: str) -> str:
    """Say how an empty store takes the place of the one with this URL, which has the demo."""
    if not store.startswith(SQLITE):
        return "stop the server and use another database, or drop this one and create it again"
    file = store.removeprefix(SQLITE)
    files = " ".join(shlex.quote(f"{file}{end}") for end in ("", "-wal", "-shm", "-views", "-views-wal", "-views-shm"))
    return f"stop the server and run: rm -f {files}"


def load_demo(settings: Settings, address: str) -> None:
    """Replay the cases in an empty store, and print the tokens that were issued for it and what to try with them.

    ``address`` is the URL under which the store is, or will be, served.
    """
    if sys.stderr.isatty():
        print("Loading the demo, a few seconds …", file=sys.stderr)
    day = day_of_demo(SystemClock().now())
    tokens = asyncio.run(play_cases(settings, day))
    print(*_lines(tokens, address, day), sep="\n")


def day_of_demo(now: datetime) -> date:
    """Choose the day: the last one whose evening is over."""
    return (now.astimezone(UTC) - timedelta(days=1)).date()


async def play_cases(settings: Settings, day: date) -> Mapping[str, str]:
    """Issue a token for each caller and replay the cases, that of the carriers on ``day``.

    Returns:
        The secret of each caller.
    """
    # The framework is loaded only here: loading it takes most of the time of any other command.
    from api.demo.player import Player, load_cases  # noqa: PLC0415
    from api.main import create_app  # noqa: PLC0415

    names = {"day": f"{day}", "day+5": f"{day + NEXT_WINDOW}"}
    steps = load_cases()
    clock = SetClock(datetime.fromisoformat(min(step["at"] for step in steps)))
    # The player reads what it has written just now.
    own = settings.model_copy(update={"read_database": ""})
    bitacora = Bitacora(own, clock=clock, follows_apart=True)
    app = create_app(bitacora)
    async with app.router.lifespan_context(app):
        facade = bitacora.facade
        # Before the first event: one that was interrupted is a demo, too.
        mark_demo(bitacora.store, f"{day}")
        tokens = {
            name: await facade.runner.run(
                partial(
                    facade.commands.tokens.issue,
                    name=f"demo-{name}",
                    role=role,
                    person=f"Demo {name.replace('-', ' ')}",
                    caller=CALLER,
                )
            )
            for name, role in ROLES.items()
        }
        player = Player(app, facade, clock.set)
        await player.play(steps, tokens, names)
        await player.pass_time(datetime.combine(day, EVENING))
    return tokens


def _lines(tokens: Mapping[str, str], address: str, day: date) -> Sequence[str]:
    auditor, reviewer = tokens["auditor"], tokens["reviewer"]
    return [
        f"The demo is loaded: {day}, a day of incidents at a carrier hub; two nights of maintenance; and four panels",
        "of which three were lost with a data centre, in March 2021; with 7,000 requests that were held up. Tokens:",
        *(f"  {name:<15} {secret}" for name, secret in tokens.items()),
        f"Sign in with one of them at {address}/console, or try:",
        f"  curl '{address}/v1/status?lang=en&at={day}T10:45:00Z'",
        f"  curl '{address}/v1/incidents?lang=es'",
        f"  curl '{address}/v1/maintenance-windows?lang=es&audience=customers&zone=America/Lima'",
        f"  curl '{address}/v1/status?lang=en&at=2024-07-28T05:00:00Z'",
        f"  curl '{address}/v1/panels/availability?lang=en&as_of=2021-03-12T11:00:00Z'",
        f"  curl '{address}/v1/panels/panel-a/automations/order_paid/decision?item_created_at=2021-03-10T22:59:59Z'",
        f"  curl -H 'Authorization: Bearer {reviewer}' '{address}/v1/held-requests?state=open&limit=3'",
        f"  curl -H 'Authorization: Bearer {auditor}' '{address}/v1/held-requests/summary'",
        f"  curl -H 'Authorization: Bearer {auditor}' '{address}/v1/events?limit=5'",
    ]
