"""Panels: whether automations may run, and what works where."""

from __future__ import annotations

import random
import statistics
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from application.key_names import KeyKind, Naming
from application.panels.restoration_commands import CapabilityNews, LossNews, PromiseNews, RecoveryPointNews
from application.targets import Target
from domain.access.keyring import Role
from domain.panels.panel import Days, PanelProfile
from domain.panels.restoration import CapabilityState
from infrastructure.clock import SystemClock
from tests.bench.client import Job
from tests.bench.environments import World
from tests.bench.filling import ANA, SAID
from tests.bench.measures import ASKED, CONNECTIONS, Sample, ask
from tests.bench.processes import Server, read

if TYPE_CHECKING:
    from application.log import Log
    from infrastructure.bootstrap import Bitacora

FEW, MANY = 4, 400
"""How many panels there are."""
FEW_RULES, MANY_RULES = 10, 10_000
"""How many suppressions."""
AUTOMATIONS = 25
"""Of how many automations of each panel it is asked, suppressed or not."""
LAP = MANY * AUTOMATIONS
WARM = 4
"""How many times as long as a sample all of them are asked for before they are said to be known."""
CAPABILITIES = (
    *("login", "api", "external_warehouse_api", "orders", "automatic_actions", "stock_sync", "price_sync", "offers"),
    *("comparison_feed", "warehouse", "shop_orders", "archive", "invoices", "refund_action"),
)
FIRST = date(2019, 1, 1)
LOST = datetime(2021, 3, 10, tzinfo=UTC)
PAGE = "/v1/panels/availability"


class Panels:
    """Panels that were lost, made by the use cases; each call in a command of its own."""

    def __init__(self, bitacora: Bitacora) -> None:
        """Make them in a program that is not served."""
        bitacora.writer.start()
        self._bitacora = bitacora
        self._run = bitacora.writer.call
        self._facade = bitacora.facade

    def lose(self, numbers: range) -> dict[str, UUID]:
        """Register panels and lose each, with all that can be said of it; give the restorations by panel."""
        return {_key(number): self._run(partial(self._lose, number)) for number in numbers}

    def go_on(self, restorations: dict[str, UUID]) -> None:
        """Say of each capability that it is otherwise."""
        for id in restorations.values():
            self._run(partial(self._say, id, 1))
        self.position()

    def suppress(self, restorations: dict[str, UUID], numbers: range) -> None:
        """Suppress automations, of one panel after the other."""
        for panel, id in restorations.items():
            mine = [number for number in numbers if _key(number % MANY) == panel]
            self._run(partial(self._suppress, id, mine))

    def name_automations(self) -> None:
        """Name every automation that is asked for: one that is not known is refused."""
        for number in range(AUTOMATIONS):
            key = _automation(number)
            self._run(
                partial(
                    self._facade.commands.key_names.name,
                    kind=KeyKind.AUTOMATION,
                    key=key,
                    naming=Naming(name={"en": key}),
                    expected_version=None,
                    caller=ANA,
                )
            )

    def operator(self) -> str:
        """Issue a token for somebody who takes accounts in."""
        issued = partial(
            self._facade.commands.tokens.issue, name="bench-panels", role=Role.OPERATOR, person="", caller=ANA
        )
        return self._run(issued)

    def position(self) -> int:
        """Let the views follow, and tell where the log ends."""
        self._bitacora.follower.catch_up()
        return self._facade.queries.events.last()[0]

    def _lose(self, number: int, log: Log) -> UUID:
        day = FIRST + timedelta(days=number)
        profile = PanelProfile(
            key=_key(number),
            name={"en": f"Panel {number}", "pl": f"Panel {number}"},
            zone="Europe/Warsaw",
            accounts=Days(first=day, last=day),
            capabilities=CAPABILITIES,
        )
        self._facade.commands.panels.register(log, profile=profile, caller=ANA)
        news = LossNews(panel=profile.key, provider={"en": "The provider"}, reason=SAID, request_policies={})
        them = self._facade.commands.restorations
        restoration = them.begin(log, news=news, occurred_at=LOST, caller=ANA)
        target = _target(restoration.id)
        promised = PromiseNews(promised_by=SAID, promised_for=SystemClock().now() + timedelta(days=365), note=SAID)
        them.promise(log, target=target, news=promised)
        point = RecoveryPointNews(
            as_of=LOST - timedelta(days=1), tolerance=timedelta(hours=2), missing=("invoices",), note=SAID
        )
        them.set_recovery_point(log, target=target, news=point)
        self._say(restoration.id, 0, log)
        return restoration.id

    def _say(self, restoration: UUID, shift: int, log: Log) -> None:
        for place, capability in enumerate(CAPABILITIES, shift):
            told = CapabilityNews(
                capability=capability,
                state=list(CapabilityState)[place % len(CapabilityState)],
                note=SAID,
                workaround={},
                expected=None,
                components={},
            )
            self._facade.commands.restorations.set_capability(log, target=_target(restoration), news=told)

    def _suppress(self, restoration: UUID, numbers: list[int], log: Log) -> None:
        for number in numbers:
            self._facade.commands.restorations.suppress(
                log, target=_target(restoration), automation=_automation(number // MANY), created_before=LOST, note=SAID
            )


def panels(world: World) -> Sample:
    """Read availability of few panels and of many, and ask for decisions with few rules and with many."""
    with world.assembled() as bitacora:
        made = Panels(bitacora)
        restorations = made.lose(range(FEW))
        middle = made.position()
        made.go_on(restorations)
    sample = _availability(world, "few panels", middle)
    with world.assembled() as bitacora:
        made = Panels(bitacora)
        restorations |= made.lose(range(FEW, MANY))
        made.name_automations()
        made.suppress(restorations, range(FEW_RULES))
        middle = made.position()
        made.go_on(restorations)
    sample |= _availability(world, "many panels", middle)
    sample |= _decisions(world, "few rules")
    with world.assembled() as bitacora:
        made = Panels(bitacora)
        made.suppress(restorations, range(FEW_RULES, MANY_RULES))
        made.position()
    return sample | _decisions(world, "many rules")


def _availability(world: World, name: str, middle: int) -> dict[str, float]:
    """Read it without a token; of now against its bytes, and of then against what is read of now."""
    service = world.serving()
    page = world.folder / "page.json"
    page.write_bytes(read(service.port, PAGE))
    route = Server("tests.bench.bare", str(page), errors=world.folder / "page.log")
    now = f"{PAGE}?min_position=0"
    try:
        taken = [
            {
                f"{name}, public": ask(world, service, CONNECTIONS, path=PAGE).rate,
                f"{name}, route": ask(world, route, CONNECTIONS).rate,
                f"{name}, then": ask(world, service, 1, path=f"{PAGE}?as_of={middle}").p50 * 1000,
                # Whatever asks for more than the plain page is read from the store, and not from memory.
                f"{name}, now": ask(world, service, 1, path=now).p50 * 1000,
            }
            for _ in range(ASKED)
        ]
    finally:
        route.stop()
    return _medians(taken)


def _decisions(world: World, name: str) -> dict[str, float]:
    """Ask for many automations for the first time, then again and again, and for one alone."""
    service, route, paths = world.serving(), world.answering(), _paths()
    new = _asked(world, service, paths)
    _asked(world, service, paths, times=WARM)
    taken = [
        {
            f"{name}, known": _asked(world, service, paths),
            f"{name}, hot": _asked(world, service, paths[:1]),
            f"{name}, route": _asked(world, route, paths),
        }
        for _ in range(ASKED)
    ]
    return {**_medians(taken), f"{name}, new": new}


def _asked(world: World, server: Server, paths: list[str], *, times: int = 1) -> float:
    job = Job(port=server.port, seconds=times * world.seconds, connections=CONNECTIONS, paths=paths)
    return world.client.do(job).rate


def _paths() -> list[str]:
    """Give a path for each automation of each panel, in no order, each with an item of its own."""
    shuffled = list(range(LAP))
    random.Random(7).shuffle(shuffled)
    return [
        f"/v1/panels/{_key(number % MANY)}/automations/{_automation(number // MANY)}/decision"
        f"?item_created_at=2021-03-{9 + number % 3:02}T{number % 24:02}:{number % 60:02}:00Z"
        for number in shuffled
    ]


def _target(restoration: UUID) -> Target:
    return Target(id=restoration, expected_version=None, caller=ANA)


def _key(number: int) -> str:
    return f"panel-{number:03}"


def _automation(number: int) -> str:
    return f"automation-{number:02}"


def _medians(taken: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(each[name] for each in taken) for name in taken[0]}
