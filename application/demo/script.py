"""How a case is told: a clock that is set, and commands that are run at its times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from application.access import Tokens
from application.caller import Caller
from application.demo import carriers
from application.inbound import Service
from application.log import Log
from domain.keyring import Role

BY_HAND = Caller(actor="token:console", source="demo", request_id="demo")
EVENING = 18


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
    """Issue a token for each role and replay the cases on ``day``.

    ``run`` runs one command; ``clock`` has to be the one that the service asks.
    """
    clock.moment = datetime.combine(day, time(8), UTC)
    issued = [
        Secret(name=f"demo-{role}", role=role, secret=run(partial(_issue, service.tokens, role)))
        for role in (Role.EMITTER, Role.OPERATOR, Role.AUDITOR, Role.ADMIN)
    ]
    for moment, command in carriers.steps(service, day):
        clock.moment = moment
        run(command)
    clock.moment = datetime.combine(day, time(EVENING), UTC)
    run(lambda log: log.position)
    return issued


def _issue(tokens: Tokens, role: Role, log: Log) -> str:
    return tokens.issue(log, name=f"demo-{role}", role=role, person=f"Demo {role}", caller=BY_HAND)


def told(secrets: Sequence[Secret], address: str, day: date) -> Sequence[str]:
    """Say in a few lines what was loaded, which tokens there are, and what to try."""
    auditor = next(token.secret for token in secrets if token.role is Role.AUDITOR)
    return [
        f"The demo is loaded: {day}, a day of incidents at a carrier hub. Tokens:",
        *(f"  {token.role:<9} {token.secret}" for token in secrets),
        "Try:",
        f"  curl '{address}/v1/status?lang=en&at={day}T10:45:00Z'",
        f"  curl '{address}/v1/incidents?lang=es'",
        f"  curl -H 'Authorization: Bearer {auditor}' '{address}/v1/events?limit=5'",
    ]
