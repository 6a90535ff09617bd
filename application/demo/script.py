"""How a case is told: a clock that is set, and commands that are run at its times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

from application.access.tokens import Tokens
from application.caller import Caller
from application.demo import carriers, hub, marketplace, order_manager
from application.facade import Service
from application.log import Log
from domain.access.keyring import Role

BY_HAND = Caller(actor="token:console", source="demo", request_id="demo")
EVENING = 18
TOKENS = {
    "demo-emitter": Role.EMITTER,
    "demo-operator": Role.OPERATOR,
    "demo-reviewer": Role.REVIEWER,
    "demo-second-reviewer": Role.REVIEWER,
    "demo-auditor": Role.AUDITOR,
    "demo-admin": Role.ADMIN,
}
"""The tokens of the demo; two reviewers, because a decision can need a second person."""


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self, moment: datetime) -> None:
        """Put it at ``moment``."""
        self.moment = moment

    def now(self) -> datetime:
        """Tell the time."""
        return self.moment


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A token of the demo."""

    name: str
    role: Role
    secret: str


def day_of_demo(now: datetime) -> date:
    """Choose the day: the last one whose evening is over."""
    return (now.astimezone(UTC) - timedelta(days=1)).date()


def play(service: Service, clock: SetClock, run: Callable[[Callable[[Log], Any]], Any], day: date) -> Sequence[Secret]:
    """Issue a token for each role and replay the cases, that of the carriers on ``day``.

    ``run`` runs one command; ``clock`` has to be the one that the service asks.
    """
    steps = [
        *order_manager.steps(service),
        *hub.steps(service),
        *marketplace.steps(service, day),
        *carriers.steps(service, day),
    ]
    steps.sort(key=itemgetter(0))
    clock.moment = steps[0][0]
    issued = [
        Secret(name=name, role=role, secret=run(partial(_issue, service.tokens, name, role)))
        for name, role in TOKENS.items()
    ]
    for moment, command in [*steps, (datetime.combine(day, time(EVENING), UTC), None)]:
        _pass_time(clock, run, moment)
        if command is not None:
            run(command)
    return issued


def _pass_time(clock: SetClock, run: Callable[[Callable[[Log], Any]], Any], until: datetime) -> None:
    """Let the clock act when it would have, so that what was known when is what it would have been."""
    while (due := run(lambda log: log.next_due)) is not None and due <= until:
        clock.moment = max(clock.moment, due)
    clock.moment = until
    run(lambda log: log.position)


def _issue(tokens: Tokens, name: str, role: Role, log: Log) -> str:
    return tokens.issue(log, name=name, role=role, person=name.replace("-", " ").capitalize(), caller=BY_HAND)


def told(secrets: Sequence[Secret], address: str, day: date) -> Sequence[str]:
    """Say in a few lines what was loaded, which tokens there are, and what to try."""
    auditor, reviewer = (
        next(token.secret for token in secrets if token.role is role) for role in (Role.AUDITOR, Role.REVIEWER)
    )
    return [
        f"The demo is loaded: {day}, a day of incidents at a carrier hub; two nights of maintenance; and four panels",
        "of which three were lost with a data centre, in March 2021; with 7,000 requests that were held up. Tokens:",
        *(f"  {token.name.removeprefix('demo-'):<15} {token.secret}" for token in secrets),
        "Try:",
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
