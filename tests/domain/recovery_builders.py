"""What the tests of recoveries are given: accounts in every state, and histories in which everything happens."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from domain.impact import Status
from domain.panels.account import AccountRecovery, Collision, Joining, Particulars, Relief, Resolution, Warehouse
from domain.panels.panel import Days, Panel
from domain.panels.restoration import CapabilityState, Count, PanelRestoration, Stage
from tests.domain import panel_builders as panels
from tests.domain.builders import CARRIER, ana, in_english
from tests.domain.panel_builders import NOTE, ORDERS, a_condition, a_loss, by_day, march

RESTORATION = UUID(int=1)
ACCOUNT, TEMPORARY = "shop-17", "shop-17-temporary"
DAYS = Days(first=date(2020, 8, 27), last=date(2021, 3, 10))
PARTICULARS = Particulars(created_on=date(2020, 12, 24), note="a large shop")
ORDER_7, INVOICE_7 = Collision(kind="order", number="7"), Collision(kind="invoice", number="7")
RESOLVED = (
    Resolution(kind="order", number="7", outcome="renumbered"),
    Resolution(kind="invoice", number="7", outcome="kept"),
)
OPENED, LENT, LINKED, JOINED = march(12, "10:00"), march(12, "11:00"), march(22, "10:00"), march(23, "10:00")
LINK, OTHER_LINK = "ab" * 32, "cd" * 32
DELIVERED = {"orders": 120, "invoices": 0}


def an_account() -> AccountRecovery:
    """Give an account that Ana took in on the 12th."""
    return AccountRecovery.open(
        restoration=RESTORATION, account=ACCOUNT, particulars=PARTICULARS, days=DAYS, provenance=ana(OPENED)
    )


def an_account_with_a_temporary_one() -> AccountRecovery:
    """Give an account whose owner got another one for the time being."""
    recovery = an_account()
    lend(recovery, LENT)
    return recovery


def a_linked_account() -> AccountRecovery:
    """Give an account that was linked with its temporary one; both have given a number twice."""
    recovery = an_account_with_a_temporary_one()
    link(recovery, LINKED)
    return recovery


def a_merged_account() -> AccountRecovery:
    """Give an account that was merged with its temporary one."""
    recovery = a_linked_account()
    join(recovery, JOINED)
    return recovery


def an_account_kept_apart() -> AccountRecovery:
    """Give an account that was kept apart from its temporary one."""
    recovery = a_linked_account()
    join(recovery, JOINED, Joining.KEEP_APART, resolutions=())
    return recovery


def an_accepted_account() -> AccountRecovery:
    """Give an account that its owner has accepted."""
    recovery = a_merged_account()
    accept(recovery, march(24))
    return recovery


def describe(
    recovery: AccountRecovery,
    moment: datetime,
    particulars: Particulars | None = None,
    *,
    recorded: datetime | None = None,
) -> None:
    """Let Ana hand the account in again."""
    recovery.describe(
        particulars=particulars or Particulars(note="called again"), days=DAYS, provenance=ana(moment, recorded)
    )


def lend(
    recovery: AccountRecovery, moment: datetime, account: str = TEMPORARY, *, recorded: datetime | None = None
) -> None:
    """Let Ana give the owner an account on panel d."""
    recovery.open_temporary_account(lost_panel="c", panel="d", account=account, provenance=ana(moment, recorded))


def link(
    recovery: AccountRecovery,
    moment: datetime,
    collisions: tuple[Collision, ...] = (ORDER_7, INVOICE_7),
    *,
    recorded: datetime | None = None,
) -> None:
    """Let Ana link the two accounts."""
    recovery.link(collisions=collisions, provenance=ana(moment, recorded))


def resolved(collisions: tuple[Collision, ...]) -> tuple[Resolution, ...]:
    """Say of each number that it is given anew."""
    return tuple(Resolution(kind=each.kind, number=each.number, outcome="renumbered") for each in collisions)


def join(
    recovery: AccountRecovery,
    moment: datetime,
    decision: Joining = Joining.MERGE,
    *,
    resolutions: tuple[Resolution, ...] = RESOLVED,
    recorded: datetime | None = None,
) -> None:
    """Let Ana merge the two accounts, or keep them apart."""
    recovery.join(
        decision=decision, resolutions=resolutions, reason="as the owner wants", provenance=ana(moment, recorded)
    )


def archive(
    recovery: AccountRecovery, moment: datetime, until: datetime | None = None, *, recorded: datetime | None = None
) -> None:
    """Let Ana give the owner an account to read what lies between backup and loss."""
    recovery.give_archive_account(
        account="shop-17-archive",
        covers_from=march(9),
        covers_until=until or march(10),
        provenance=ana(moment, recorded),
    )


def choose(
    recovery: AccountRecovery,
    moment: datetime,
    choice: Warehouse = Warehouse.KEEP_CURRENT,
    *,
    recorded: datetime | None = None,
) -> None:
    """Let Ana note what the owner wants of the warehouse."""
    recovery.choose_warehouse(choice=choice, provenance=ana(moment, recorded))


def execute(recovery: AccountRecovery, moment: datetime, *, recorded: datetime | None = None) -> None:
    """Let Ana say that the choice was executed."""
    recovery.execute_warehouse_choice(provenance=ana(moment, recorded))


def ask(
    recovery: AccountRecovery, moment: datetime, until: datetime | None = None, *, recorded: datetime | None = None
) -> None:
    """Let Ana note that the owner wants the orders and invoices of the 9th."""
    recovery.ask_backfill(
        kinds=("orders", "invoices"), start=march(9), until=until or march(10), provenance=ana(moment, recorded)
    )


def deliver(
    recovery: AccountRecovery,
    moment: datetime,
    number: int = 1,
    counts: Mapping[str, int] = DELIVERED,
    *,
    recorded: datetime | None = None,
) -> None:
    """Let Ana say what was fetched."""
    recovery.deliver_backfill(number=number, counts=counts, provenance=ana(moment, recorded))


def relieve(
    recovery: AccountRecovery,
    moment: datetime,
    relief: Relief = Relief.FREE_OF_CHARGE,
    *,
    start: datetime | None = None,
    until: datetime | None = None,
    recorded: datetime | None = None,
) -> None:
    """Let Ana spare the owner something, from the 10th on if nothing else is said."""
    recovery.relieve(relief=relief, start=start or march(10), until=until, note=NOTE, provenance=ana(moment, recorded))


def accept(recovery: AccountRecovery, moment: datetime, *, recorded: datetime | None = None) -> None:
    """Let Ana note that the owner accepts the account."""
    recovery.accept(by="the owner", note="by telephone", provenance=ana(moment, recorded))


def give_link(
    recovery: AccountRecovery,
    moment: datetime,
    digest: str = LINK,
    *,
    expires_at: datetime | None = None,
    recorded: datetime | None = None,
) -> None:
    """Let Ana give the owner a link, for a day if nothing else is said."""
    recovery.issue_owner_link(
        digest=digest, expires_at=expires_at or moment + timedelta(days=1), provenance=ana(moment, recorded)
    )


def revoke_link(recovery: AccountRecovery, moment: datetime, *, recorded: datetime | None = None) -> None:
    """Let Ana revoke the link of the owner."""
    recovery.revoke_owner_link(provenance=ana(moment, recorded))


def a_long_panel() -> Panel:
    [panel] = panels.the_panels([panels.B])
    panel.revise(name=in_english("The second"), capabilities=("login",), provenance=ana(march(2)))
    panel.add_capability(capability="price_sync", name=in_english("Price sync"), provenance=ana(march(2)))
    panel.revise_capability(capability="login", name=in_english("Sign-in"), hidden=True, provenance=ana(march(2)))
    panel.give_way(to=panels.C, provenance=ana(march(3)))
    return panel


def a_long_restoration() -> PanelRestoration:
    """Give a restoration to which everything has happened that can happen to one."""
    restoration = a_loss()
    suspended = a_condition(CapabilityState.SUSPENDED, expected=by_day(22), components={CARRIER: Status.MAJOR_OUTAGE})
    panels.promise(restoration, march(12), by_day(13))
    panels.let_time_pass(restoration, until=march(14))
    panels.promise(restoration, march(14))
    panels.set_recovery_point(restoration, march(14, "01:00"))
    panels.say(restoration, march(14, "02:00"), ORDERS, suspended)
    panels.count_accounts(restoration, march(14, "03:00"))
    graded = Count(accounts=300, grades={"full": 200, "partly": 100})
    panels.report(restoration, march(14, "04:00"), {Stage.RESTORED: graded, Stage.LOST: Count(accounts=1, grades={})})
    panels.suppress(restoration, march(14, "05:00"))
    panels.abandon(restoration, march(14, "06:00"))
    panels.instruct(restoration, march(14, "07:00"))
    panels.instruct(restoration, march(14, "08:00"), "Use a new series.", place=1)
    panels.withdraw_instruction(restoration, march(14, "09:00"), 1)
    panels.change_policies(restoration, march(14, "10:00"))
    panels.tell(restoration, march(14, "11:00"))
    panels.tell(restoration, march(14, "11:30"), internal=True)
    panels.add_contact(restoration, march(14, "12:00"))
    panels.remove_contact(restoration, march(14, "13:00"))
    panels.restore_access(restoration, march(16))
    panels.lose_access(restoration, march(17))
    panels.restore_access(restoration, march(18))
    panels.let_time_pass(restoration, until=march(23))
    panels.complete(restoration, march(24), given_up=restoration.capabilities)
    panels.say(restoration, march(25))
    panels.end_suppression(restoration, march(26))
    return restoration


def a_long_recovery() -> AccountRecovery:
    """Give the recovery of an account to which everything has happened that can happen to one that was merged."""
    recovery = an_account()
    describe(recovery, march(12, "10:30"))
    lend(recovery, LENT)
    archive(recovery, march(13))
    relieve(recovery, march(13))
    relieve(recovery, march(14), Relief.PAYMENT_BLOCK_SUSPENDED, until=march(30) + timedelta(days=30))
    ask(recovery, march(15))
    ask(recovery, march(15))
    link(recovery, LINKED)
    found = tuple(Collision(kind="order", number=str(number)) for number in range(90))
    link(recovery, LINKED, found)
    join(recovery, JOINED, resolutions=resolved(recovery.collisions))
    deliver(recovery, march(23, "12:00"), 2)
    choose(recovery, march(24))
    choose(recovery, march(25), Warehouse.RESTORE_PREVIOUS)
    execute(recovery, march(26))
    accept(recovery, march(27))
    give_link(recovery, march(27))
    give_link(recovery, march(27), OTHER_LINK)
    revoke_link(recovery, march(28))
    return recovery


Given = Callable[[], AccountRecovery]
STATES = [
    an_account,
    an_account_with_a_temporary_one,
    a_linked_account,
    a_merged_account,
    an_account_kept_apart,
    an_accepted_account,
]
RECOVERIES = [a_long_panel, a_long_restoration, a_long_recovery, an_account_kept_apart]
