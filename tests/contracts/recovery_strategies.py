"""What a random walk does with panels, restorations and accounts."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from application.panels.restoration_commands import When
from domain.errors import DomainError
from domain.impact import Status
from domain.panels.account import AccountRecovery, Collision, Joining, Relief, Resolution, Warehouse
from domain.panels.restoration import CapabilityState
from tests.application.program import MINUTE, Program
from tests.application.recovery import LOGIN, ORDERS, PAID, Recovery, an_entry

if TYPE_CHECKING:
    from domain.provenance import Provenance
    from tests.contracts.strategies import Step

PANEL_VERBS = (
    *("register_panel", "revise_panel", "lose", "lose_again", "regain", "regain", "promise", "promise", "recover"),
    *("say", "say", "say", "say", "say", "say", "suppress", "suppress", "allow", "finish"),
    *("add_capability", "hide", "hide", "name_automation"),
)
RECOVERY_VERBS = (
    *PANEL_VERBS,
    *("count", "tally", "instruct", "take_in", "lend", "link", "join", "lend", "link", "join"),
    *("choose", "fetch", "relieve", "accept", "give_link", "revoke_link"),
)
PANELS: tuple[tuple[str, date | None, date | None, str], ...] = (
    ("a", None, None, "Europe/Warsaw"),
    ("b", date(2019, 11, 18), None, "America/New_York"),
    ("c", date(2020, 8, 27), date(2020, 8, 27), "Pacific/Kiritimati"),
    ("d", date(2020, 8, 28), None, "Europe/Warsaw"),
)
CAPABILITY_NAMES = (LOGIN, ORDERS, PAID, "archive")
ACCOUNTS = ("shop-1", "shop-2", "Shop-2", "shop_3")
SEVEN = Collision(kind="order", number="7")
STATES: dict[Status, CapabilityState] = dict(
    zip((status for status in Status if status is not Status.UNKNOWN), CapabilityState, strict=True)
)
DAY = timedelta(days=1)


class RecoverySteps:
    """The steps of a walk that are about panels; what is refused is refused."""

    def __init__(self, program: Program) -> None:
        """Begin without panels."""
        self._walked = program
        self._recovery = Recovery(program)
        self._panels: list[str] = []
        self.restorations: list[UUID] = []

    def register_panel(self, step: Step) -> None:
        """Register one of the panels."""
        key, first, last, zone = PANELS[step.which]
        self._recovery.register(key, first, last, zone=zone, capabilities=CAPABILITY_NAMES[: 1 + step.ago % 3])
        self._panels.append(key)

    def revise_panel(self, step: Step) -> None:
        """Change the name of a panel, or what it can do."""
        some = CAPABILITY_NAMES[step.ago % 3 :]
        self._recovery.revise(self._panel(step), name=f"Panel {step.span}", capabilities=some if step.flag else None)

    def add_capability(self, step: Step) -> None:
        """Give a panel a further capability."""
        self._recovery.add_capability(self._panel(step), CAPABILITY_NAMES[step.which], f"Capability {step.span}")

    def hide(self, step: Step) -> None:
        """Hide a capability, or show it again."""
        self._recovery.hide(CAPABILITY_NAMES[step.which], self._panel(step), hidden=step.flag)

    def lose(self, step: Step) -> None:
        """Lose a panel."""
        self.restorations.append(self._recovery.lose(self._panel(step), occurred_at=self._earlier(step)))

    def lose_again(self, step: Step) -> None:
        """Lose a panel that was there again."""
        self._recovery.lose_again(self._restoration(step), occurred_at=self._earlier(step))

    def regain(self, step: Step) -> None:
        """Have access again."""
        self._recovery.restore(self._restoration(step), occurred_at=self._earlier(step))

    def promise(self, step: Step) -> None:
        """Promise access."""
        self._recovery.promise(self._restoration(step), self._later(step), occurred_at=self._earlier(step))

    def recover(self, step: Step) -> None:
        """Say of when the data is."""
        as_of = self._walked.clock.now() - (step.ago + step.span) * MINUTE
        self._recovery.recover_until(self._restoration(step), as_of, occurred_at=self._earlier(step))

    def say(self, step: Step) -> None:
        """Say how it is with a capability."""
        state = STATES[step.status]
        affects = state is not CapabilityState.AVAILABLE and step.progress is not None and step.component is not None
        self._recovery.say(
            self._restoration(step),
            CAPABILITY_NAMES[step.which],
            state,
            expected=self._later(step) if step.span % 2 else None,
            components={str(step.component): Status.PARTIAL_OUTAGE} if affects else None,
            note=f"after {step.span}" if step.flag else "",
            occurred_at=self._earlier(step),
        )

    def suppress(self, step: Step) -> None:
        """Suppress an automation."""
        before = self._walked.clock.now() + (step.span - 45) * MINUTE
        self._recovery.suppress(self._restoration(step), before, CAPABILITY_NAMES[step.which])

    def name_automation(self, step: Step) -> None:
        """Name an automation, which nothing else may name."""
        self._recovery.name_automation((*CAPABILITY_NAMES, "named")[step.which + step.flag])

    def allow(self, step: Step) -> None:
        """Suppress an automation no more."""
        self._recovery.end_suppression(self._restoration(step), CAPABILITY_NAMES[step.which])

    def count(self, step: Step) -> None:
        """Count the accounts."""
        self._recovery.count_accounts(self._restoration(step), step.span)

    def tally(self, step: Step) -> None:
        """Say how many of them are restored."""
        self._recovery.report(self._restoration(step), step.ago)

    def instruct(self, step: Step) -> None:
        """Tell owners what to do."""
        self._recovery.instruct(self._restoration(step), f"Reconnect {step.span}.", step.which if step.flag else None)

    def finish(self, step: Step) -> None:
        """Complete a restoration, with access again, and often by giving up what it lacks."""
        with suppress(DomainError):
            self.regain(step)
        if self.restorations:
            restoration = self._recovery.restoration(self._restoration(step))
            given_up = restoration.capabilities if step.which else ()
            self._recovery.complete(restoration.id, given_up=given_up, occurred_at=self._earlier(step))

    def take_in(self, step: Step) -> None:
        """Take accounts in."""
        day = date(2020, 8, 27) + (step.which - 2) * DAY if step.flag and step.ago else None
        entries = [an_entry(name, day, f"note {step.ago}") for name in ACCOUNTS[: 1 + step.which]]
        self._recovery.take(self._restoration(step), entries)

    def lend(self, step: Step) -> None:
        """Give an owner an account on another panel."""
        self._recovery.lend(self._restoration(step), self._account(step), self._panel(step))

    def link(self, step: Step) -> None:
        """Link it."""
        self._recovery.link(self._restoration(step), self._account(step), *((SEVEN,) if step.flag else ()))

    def join(self, step: Step) -> None:
        """Merge it, or keep it apart."""
        decision = Joining.KEEP_APART if step.progress is None else Joining.MERGE
        settled = (Resolution(kind="order", number="7", outcome="kept"),) if step.ago else ()
        self._recovery.with_account(
            self._restoration(step),
            self._account(step),
            lambda it, said: it.join(decision=decision, resolutions=settled, reason=None, provenance=said),
        )

    def choose(self, step: Step) -> None:
        """Choose what becomes of a warehouse, and execute it."""

        def act(it: AccountRecovery, said: Provenance) -> None:
            it.choose_warehouse(choice=list(Warehouse)[step.flag], provenance=said)
            if step.ago:
                it.execute_warehouse_choice(provenance=said)

        self._recovery.with_account(self._restoration(step), self._account(step), act)

    def fetch(self, step: Step) -> None:
        """Fetch data into an account, or give it an archive."""
        now = self._walked.clock.now()

        def act(it: AccountRecovery, said: Provenance) -> None:
            if step.ago == 0:
                it.give_archive_account(
                    account="archive", covers_from=now - DAY, covers_until=now - MINUTE, provenance=said
                )
            elif step.flag:
                it.ask_backfill(kinds=("orders",), start=now - DAY, until=now, provenance=said)
            else:
                it.deliver_backfill(number=1, counts={"orders": step.span}, provenance=said)

        self._recovery.with_account(self._restoration(step), self._account(step), act)

    def relieve(self, step: Step) -> None:
        """Spare an owner something."""
        now = self._walked.clock.now()
        until = now + step.span * MINUTE if step.ago else None
        relief = list(Relief)[step.flag]
        self._recovery.with_account(
            self._restoration(step),
            self._account(step),
            lambda it, said: it.relieve(relief=relief, start=now, until=until, note={}, provenance=said),
        )

    def accept(self, step: Step) -> None:
        """Let an owner accept an account."""
        self._recovery.with_account(
            self._restoration(step),
            self._account(step),
            lambda it, said: it.accept(by="the owner", note=None, provenance=said),
        )

    def give_link(self, step: Step) -> None:
        """Give an owner a link."""
        now = self._walked.clock.now()
        self._recovery.with_account(
            self._restoration(step),
            self._account(step),
            lambda it, said: it.issue_owner_link(
                digest=f"{step.span:064x}", expires_at=now + step.ago * MINUTE, provenance=said
            ),
        )

    def revoke_link(self, step: Step) -> None:
        """Revoke the link of an owner."""
        self._recovery.with_account(
            self._restoration(step), self._account(step), lambda it, said: it.revoke_owner_link(provenance=said)
        )

    def _account(self, step: Step) -> str:
        return ACCOUNTS[step.span % 2]

    def _panel(self, step: Step) -> str:
        return self._panels[step.which % len(self._panels)] if self._panels else "none"

    def _restoration(self, step: Step) -> UUID:
        if not self.restorations:
            return UUID(int=step.which)
        return self.restorations[-1 - (step.ago == 1) % len(self.restorations)]

    def _earlier(self, step: Step) -> datetime:
        return self._walked.clock.now() - step.ago * MINUTE

    def _later(self, step: Step) -> When:
        """Give a deadline: a day if the step says so, else an instant, which may have passed."""
        now = self._walked.clock.now()
        return now.date() + step.which // 2 * DAY if step.flag else now + (step.span - step.ago // 2) * MINUTE
