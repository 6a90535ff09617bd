"""Panels, restorations and accounts, as the tests of the use cases speak of them; panels keep the clocks of Warsaw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from application.batches import ItemResult
from application.key_names import KeyKind, Naming
from application.panels.account_commands import AccountEntry
from application.panels.commands import CapabilityRevision, PanelRevision
from application.panels.restoration_commands import (
    CapabilityNews,
    LossNews,
    ProgressNews,
    PromiseNews,
    RecoveryPointNews,
    When,
)
from application.targets import Target
from domain.impact import Status
from domain.panels.account import AccountRecovery, Collision, Particulars
from domain.panels.panel import Days, Panel, PanelProfile
from domain.panels.restoration import CapabilityState, Count, PanelRestoration, Stage
from domain.provenance import Provenance
from tests.application.program import ANA, Program, in_english

if TYPE_CHECKING:
    from application.log import Log
    from application.panels.restoration_commands import Restorations

ZONE = "Europe/Warsaw"
LOGIN, ORDERS = "login", "orders"
CAPABILITIES = (LOGIN, ORDERS)
PANEL = "c"
FROM = date(2020, 8, 27)
PAID = "order_paid"
PROVIDER, FIRE = in_english("The hosting provider"), in_english("A data center burned.")

Lapse = tuple[str, str, datetime]
"""The fact, whose deadline it was as it was said, and when it occurred."""
T = TypeVar("T")


class Recovery:
    """Ana's commands on the panels, restorations and accounts of a program."""

    def __init__(self, program: Program) -> None:
        """Speak to ``program``."""
        self._program = program

    def register(
        self,
        key: str = PANEL,
        first: date | None = FROM,
        last: date | None = None,
        *,
        zone: str = ZONE,
        capabilities: tuple[str, ...] = CAPABILITIES,
    ) -> None:
        """Say which accounts are on a panel."""
        profile = PanelProfile(
            key=key,
            name=in_english(f"Panel {key}"),
            zone=zone,
            accounts=Days(first=first, last=last),
            capabilities=capabilities,
        )
        facade = self._program.facade
        self._program.do(lambda log: facade.commands.panels.register(log, profile=profile, caller=ANA))

    def revise(self, key: str = PANEL, *, name: str | None = None, capabilities: tuple[str, ...] | None = None) -> None:
        """Change what is said of a panel."""
        revision = PanelRevision(name=None if name is None else in_english(name), capabilities=capabilities)
        facade = self._program.facade
        self._program.do(
            lambda log: facade.commands.panels.revise(
                log, key=key, expected_version=None, revision=revision, caller=ANA
            )
        )

    def add_capability(self, key: str, capability: str, name: str) -> None:
        """Give a panel a further capability."""
        facade = self._program.facade
        self._program.do(
            lambda log: facade.commands.panels.add_capability(
                log, key=key, expected_version=None, capability=capability, name=in_english(name), caller=ANA
            )
        )

    def hide(self, capability: str, key: str = PANEL, *, hidden: bool = True) -> None:
        """Hide a capability from readers, or show it again."""
        facade, revision = self._program.facade, CapabilityRevision(hidden=hidden)
        self._program.do(
            lambda log: facade.commands.panels.revise_capability(
                log, key=key, expected_version=None, capability=capability, revision=revision, caller=ANA
            )
        )

    def lose(self, panel: str = PANEL, *, occurred_at: datetime | None = None) -> UUID:
        """Say that access to a panel was lost."""
        news = LossNews(panel=panel, provider=PROVIDER, reason=FIRE, request_policies={})
        facade = self._program.facade
        return self._program.do(
            lambda log: facade.commands.restorations.begin(log, news=news, occurred_at=occurred_at, caller=ANA).id
        )

    def lose_again(self, restoration: UUID, *, occurred_at: datetime | None = None) -> None:
        """Say that access was lost again."""
        target = _now(restoration, occurred_at)
        self._do(lambda them, log: them.lose_access(log, target=target, provider=PROVIDER, reason=FIRE))

    def restore(self, restoration: UUID, *, occurred_at: datetime | None = None) -> None:
        """Say that access is there again."""
        self._do(lambda them, log: them.restore_access(log, target=_now(restoration, occurred_at), note={}))

    def promise(self, restoration: UUID, when: When, *, occurred_at: datetime | None = None) -> None:
        """Say that the provider promised access."""
        news = PromiseNews(promised_by=PROVIDER, promised_for=when, note=in_english("by telephone"))
        self._do(lambda them, log: them.promise(log, target=_now(restoration, occurred_at), news=news))

    def name_automation(self, automation: str) -> None:
        """Name an automation."""
        naming = Naming(name=in_english(automation))
        self._program.do(
            lambda log: self._program.facade.commands.key_names.name(
                log, kind=KeyKind.AUTOMATION, key=automation, naming=naming, expected_version=None, caller=ANA
            )
        )

    def recover_until(self, restoration: UUID, as_of: datetime, *, occurred_at: datetime | None = None) -> None:
        """Say of when the data is."""
        news = RecoveryPointNews(
            as_of=as_of, tolerance=timedelta(hours=2), missing=("shipments", "invoices"), note=in_english("about")
        )
        self._do(lambda them, log: them.set_recovery_point(log, target=_now(restoration, occurred_at), news=news))

    def say(
        self,
        restoration: UUID,
        capability: str = ORDERS,
        state: CapabilityState = CapabilityState.AVAILABLE,
        *,
        expected: When | None = None,
        components: Mapping[str, Status] | None = None,
        note: str = "",
        occurred_at: datetime | None = None,
    ) -> None:
        """Say how it is with a capability."""
        news = CapabilityNews(
            capability=capability,
            state=state,
            note=in_english(note) if note else {},
            workaround={},
            expected=expected,
            components=components or {},
        )
        self._do(lambda them, log: them.set_capability(log, target=_now(restoration, occurred_at), news=news))

    def suppress(self, restoration: UUID, before: datetime, automation: str = PAID) -> None:
        """Let an automation run for no item created before an instant."""
        target = _now(restoration)
        self._do(
            lambda them, log: them.suppress(log, target=target, automation=automation, created_before=before, note={})
        )

    def end_suppression(self, restoration: UUID, automation: str = PAID) -> None:
        """Let an automation run for every item again."""
        target = _now(restoration)
        self._do(lambda them, log: them.end_suppression(log, target=target, automation=automation, reason="done"))

    def count_accounts(self, restoration: UUID, accounts: int) -> None:
        """Say how many accounts there are."""
        self._do(lambda them, log: them.take_inventory(log, target=_now(restoration), accounts=accounts, note={}))

    def report(self, restoration: UUID, restored: int) -> None:
        """Say how many accounts are restored."""
        news = ProgressNews(stages={Stage.RESTORED: Count(accounts=restored, grades={})}, revision=None, note={})
        self._do(lambda them, log: them.report_progress(log, target=_now(restoration), news=news))

    def instruct(self, restoration: UUID, text: str, place: int | None = None) -> None:
        """Tell owners of accounts what to do."""
        target = _now(restoration)
        self._do(lambda them, log: them.instruct(log, target=target, heading=None, text=in_english(text), place=place))

    def complete(
        self, restoration: UUID, *, given_up: Iterable[str] = CAPABILITIES, occurred_at: datetime | None = None
    ) -> None:
        """Say that the panel is recovered, but for what is given up."""
        target = _now(restoration, occurred_at)
        self._do(lambda them, log: them.complete(log, target=target, given_up=tuple(given_up), note={}))

    def take(self, restoration: UUID, entries: Sequence[AccountEntry]) -> Sequence[ItemResult]:
        """Take accounts in, in one command."""
        facade = self._program.facade
        return self._program.do(
            lambda log: facade.commands.accounts.add_many(log, restoration=restoration, entries=entries, caller=ANA)
        )

    def with_account(self, restoration: UUID, account: str, act: Callable[[AccountRecovery, Provenance], None]) -> None:
        """Let something happen to an account that was taken in."""
        target = _now(AccountRecovery.id_of(restoration, account))

        def command(log: Log) -> None:
            recovery, provenance = target.load(log, AccountRecovery)
            act(recovery, provenance)
            log.save(recovery)

        self._program.do(command)

    def lend(self, restoration: UUID, account: str, panel: str) -> None:
        """Give the owner an account on another panel."""
        target, facade = _now(AccountRecovery.id_of(restoration, account)), self._program.facade
        self._program.do(
            lambda log: facade.commands.accounts.open_temporary_account(
                log, target=target, panel=panel, account=f"{account}-temporary"
            )
        )

    def link(self, restoration: UUID, account: str, *collisions: Collision) -> None:
        """Link the two accounts."""
        target, facade = _now(AccountRecovery.id_of(restoration, account)), self._program.facade
        self._program.do(lambda log: facade.commands.accounts.link(log, target=target, collisions=collisions))

    def panel(self, key: str = PANEL) -> Panel:
        """Rebuild a panel from its events."""
        return self._program.rebuilt(Panel, Panel.id_of(key))

    def restoration(self, id: UUID) -> PanelRestoration:
        """Rebuild a restoration from its events."""
        return self._program.rebuilt(PanelRestoration, id)

    def lapses(self) -> list[Lapse]:
        """Give what lapsed, in the order of the log."""
        found: list[Lapse] = []
        for event in self._program.events():
            if isinstance(event, PanelRestoration.PromiseLapsed):
                found.append(("promise", str(event.number), event.at))
            elif isinstance(event, PanelRestoration.ExpectationLapsed):
                found.append((event.capability, event.expected.said, event.at))
        return found

    def _do(self, command: Callable[[Restorations, Log], T]) -> T:
        return self._program.do(lambda log: command(self._program.facade.commands.restorations, log))


def an_entry(account: str, created_on: date | None = None, note: str | None = None) -> AccountEntry:
    """Give an account as it is handed in."""
    return AccountEntry(account=account, particulars=Particulars(created_on=created_on, note=note))


def _now(id: UUID, occurred_at: datetime | None = None) -> Target:
    return Target(id=id, expected_version=None, caller=ANA, occurred_at=occurred_at)
