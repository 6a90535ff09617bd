"""The order manager: four panels after a data-centre failure, with both notices of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from application.caller import Caller
from application.components.commands import Registration
from application.demo import order_manager_texts as texts
from application.demo.order_manager_requests import GapOrders
from application.facade import Service
from application.log import Log
from application.panels.accounts import AccountEntry
from application.panels.restorations import CapabilityNews, LossNews, ProgressNews, PromiseNews, RecoveryPointNews, When
from application.targets import Target
from domain.impact import Status
from domain.ledger.request_policy import Disposition, RequestPolicy
from domain.panels.account import AccountRecovery, Collision, Joining, Particulars, Relief, Resolution, Warehouse
from domain.panels.panel import Days, PanelProfile
from domain.panels.restoration import CapabilityState, Count, Stage
from domain.text import Text

OPERATOR = Caller(actor="token:demo-operator", source="demo", request_id="demo-order-manager")
Step = tuple[datetime, Callable[[Log], Any]]

ZONE = "Europe/Warsaw"
STOCK: Text = {"en": "Stock and prices of the order manager", "pl": "Stany i ceny menedżera zamówień"}
CAPABILITIES = (
    "login",
    "api",
    "external_warehouse_api",
    "orders",
    "automatic_actions",
    "stock_sync",
    "price_sync",
    "offers",
    "comparison_feed",
    "warehouse",
    "shop_orders",
    "archive",
    "invoices",
    "refund_action",
)
PANELS = (
    ("panel-a", None),
    ("panel-b", date(2019, 11, 18)),
    ("panel-c", date(2020, 8, 27)),
    ("panel-d", date(2021, 3, 11)),
)
LOST_AT = datetime(2021, 3, 9, 23, 47, tzinfo=UTC)
MIDNIGHT = datetime(2021, 3, 10, 23, tzinfo=UTC)
"""11 March 00:00 in Warsaw."""
OF_OLD_ITEMS = ("order_downloaded", "delivery_form_downloaded", "order_paid")
ACCOUNTS = 6


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the later notice says of a capability; what it does not name is available."""

    state: CapabilityState
    note: Text
    workaround: Text
    expected: When | None = None


UNAVAILABLE, DEGRADED = CapabilityState.UNAVAILABLE, CapabilityState.DEGRADED
OF_BOTH = {
    "external_warehouse_api": Said(state=UNAVAILABLE, note=texts.SOME_DAYS, workaround={}, expected=date(2021, 3, 26)),
    "price_sync": Said(state=UNAVAILABLE, note=texts.SOON, workaround={}),
    "shop_orders": Said(state=DEGRADED, note=texts.SLOWER, workaround={}),
    "invoices": Said(state=DEGRADED, note=texts.NEW_SERIES, workaround=texts.NEW_SERIES_INSTEAD),
    "refund_action": Said(state=CapabilityState.SUSPENDED, note=texts.REFUNDS, workaround={}),
}
OF_A = {
    "comparison_feed": Said(state=UNAVAILABLE, note={}, workaround=texts.OWN_FEED, expected=date(2021, 3, 23)),
}


def warsaw(day: int, hour: int, minute: int = 0) -> datetime:
    """Give an instant of March 2021 by the clocks of Warsaw, an hour ahead of UTC until the 28th."""
    return datetime(2021, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


class OrderManager:
    """The case, as it is told to a service."""

    def __init__(self, service: Service) -> None:
        """Tell it to ``service``."""
        self._service = service
        self._restorations: dict[str, UUID] = {}

    def steps(self) -> Iterator[Step]:
        """Give the commands of the case, each with its time (UTC)."""
        yield from self._before()
        for panel in ("panel-a", "panel-b", "panel-c"):
            yield warsaw(10, 1, 30), partial(self._lose, panel=panel)
        yield from self._promises()
        yield from self._of_c()
        for panel, said in (("panel-a", OF_BOTH | OF_A), ("panel-b", OF_BOTH)):
            yield from self._from_backup(panel, said)
        yield from self._counted()
        yield from self._back()
        yield from self._whole()
        for panel in ("panel-a", "panel-b"):
            yield from GapOrders(self._service, self._restorations, panel).steps()

    def _before(self) -> Iterator[Step]:
        at = datetime(2021, 3, 1, 9, tzinfo=UTC)
        registration = Registration(key="om-stock", name=STOCK, group="order-manager", description={}, position=200)
        yield at, partial(self._service.components.register, registration=registration, caller=OPERATOR)
        for key, first in PANELS:
            letter = key.removeprefix("panel-")
            profile = PanelProfile(
                key=key,
                name={"en": f"Panel {letter}", "es": f"Panel {letter}", "pl": f"Panel {letter}"},
                zone=ZONE,
                accounts=Days(first=first),
                capabilities=CAPABILITIES,
            )
            yield at, partial(self._service.panels.register, profile=profile, caller=OPERATOR)

    def _lose(self, log: Log, *, panel: str) -> None:
        policy = RequestPolicy(policy=Disposition.CHECK_BY_HAND, four_eyes=panel != "panel-c")
        news = LossNews(panel=panel, provider=texts.PROVIDER, reason=texts.REASON, request_policies={"order": policy})
        lost = self._service.restorations.begin(log, news=news, occurred_at=LOST_AT, caller=OPERATOR)
        self._restorations[panel] = lost.id

    def _promises(self) -> Iterator[Step]:
        """Let the promise slip twice."""
        promised = (
            (warsaw(10, 10), date(2021, 3, 10)),
            (warsaw(11, 9), date(2021, 3, 11)),
            (warsaw(12, 11), date(2021, 3, 22)),
        )
        for at, day in promised:
            news = PromiseNews(promised_by=texts.PROVIDER, promised_for=day, note={})
            yield at, self._do("panel-c", "promise", news=news)

    def _of_c(self) -> Iterator[Step]:
        at = warsaw(12, 11, 30)
        for text in (texts.TEMPORARY, texts.JOINING):
            yield at, self._do("panel-c", "instruct", text=text, place=None)
        yield at, self._hand_in
        for account in ("shop-1", "shop-2", "shop-3"):
            yield (
                at,
                self._of_account(account, "open_temporary_account", panel="panel-d", account=f"{account}-temporary"),
            )
            yield (
                at,
                self._of_account(
                    account, "relieve", relief=Relief.FREE_OF_CHARGE, start=LOST_AT, until=None, note=texts.FREE
                ),
            )

    def _hand_in(self, log: Log) -> None:
        entries = [
            AccountEntry(account=f"shop-{number}", particulars=Particulars(created_on=date(2020, 9, number)))
            for number in range(1, ACCOUNTS + 1)
        ]
        self._service.accounts.take(log, restoration=self._restorations["panel-c"], entries=entries, caller=OPERATOR)

    def _from_backup(self, panel: str, said: dict[str, Said]) -> Iterator[Step]:
        yield warsaw(11, 20), self._do(panel, "restore_access", note=texts.RESTORED)
        point = RecoveryPointNews(
            as_of=warsaw(9, 0),
            tolerance=timedelta(hours=2),
            missing=("shipments", "invoices", "payments"),
            note=texts.GAP,
        )
        yield warsaw(11, 21), self._do(panel, "set_recovery_point", news=point)
        for automation in OF_OLD_ITEMS:
            yield (
                warsaw(11, 22),
                self._do(panel, "suppress", automation=automation, created_before=MIDNIGHT, note=texts.OLD_ITEMS),
            )
        for text in (texts.RECONNECT, texts.CHECK_EACH, texts.NO_BLOCKS):
            yield warsaw(12, 8), self._do(panel, "instruct", text=text, place=None)
        available = Said(state=CapabilityState.AVAILABLE, note={}, workaround={})
        for place, name in enumerate(CAPABILITIES):
            yield warsaw(16, 9, place), self._say(panel, name, said.get(name, available))
        if panel == "panel-a":
            actions = ("in_status_for_days", "order_exists_for_days")
            yield (
                warsaw(16, 10),
                self._do(
                    panel,
                    "abandon_backlog",
                    actions=actions,
                    due_from=warsaw(9, 0),
                    due_until=warsaw(15, 0),
                    note=texts.NEVER_RUN,
                ),
            )

    def _say(self, panel: str, name: str, said: Said) -> Callable[[Log], Any]:
        stock = panel == "panel-a" and name == "price_sync" and said.state is UNAVAILABLE
        news = CapabilityNews(
            capability=name,
            state=said.state,
            note=said.note,
            workaround=said.workaround,
            expected=said.expected,
            components={"om-stock": Status.DEGRADED_PERFORMANCE} if stock else {},
        )
        return self._do(panel, "set_capability", news=news)

    def _counted(self) -> Iterator[Step]:
        """Let the inventory grow in the middle; what was published before stays of the old one."""
        yield warsaw(12, 9), self._do("panel-a", "take_inventory", accounts=647, note={})
        yield warsaw(13, 18), self._progress({Stage.LOST: 12, Stage.RESTORING: 310, Stage.RESTORED: 325})
        yield warsaw(15, 11), self._do("panel-a", "take_inventory", accounts=709, note={})
        yield warsaw(18, 18), self._progress({Stage.LOST: 5, Stage.RESTORED: 504, Stage.VERIFIED: 200})

    def _progress(self, stages: dict[Stage, int]) -> Callable[[Log], Any]:
        counts = {stage: Count(accounts=accounts, grades={}) for stage, accounts in stages.items()}
        return self._do("panel-a", "report_progress", news=ProgressNews(stages=counts, revision=None, note={}))

    def _back(self) -> Iterator[Step]:
        """Let panel c come back, before the day that was promised."""
        yield warsaw(20, 18), self._do("panel-c", "restore_access", note=texts.WHOLE)
        point = RecoveryPointNews(as_of=LOST_AT, tolerance=timedelta(0), missing=(), note=texts.WHOLE)
        yield warsaw(20, 18, 30), self._do("panel-c", "set_recovery_point", news=point)
        available = Said(state=CapabilityState.AVAILABLE, note={}, workaround={})
        for name in CAPABILITIES:
            yield warsaw(20, 19), self._say("panel-c", name, available)
        yield warsaw(20, 20), self._do("panel-c", "complete", given_up=(), note=texts.WHOLE)
        number = Collision(kind="invoice", number="FV/2021/3/1")
        yield warsaw(21, 9), self._of_account("shop-1", "link", collisions=(number,))
        settled = Resolution(kind=number.kind, number=number.number, outcome="renumbered in the temporary account")
        yield (
            warsaw(21, 10),
            self._of_account("shop-1", "join", decision=Joining.MERGE, resolutions=(settled,), reason=None),
        )
        yield warsaw(21, 10), self._of_account("shop-2", "choose_warehouse", choice=Warehouse.KEEP_CURRENT)
        yield warsaw(21, 11), self._of_account("shop-1", "accept", by="the owner", note=None)

    def _whole(self) -> Iterator[Step]:
        """Let panels a and b recover wholly; the feed came a week late, and the suppressions go on."""
        available = Said(state=CapabilityState.AVAILABLE, note={}, workaround={})
        for panel, said in (("panel-a", OF_BOTH | OF_A), ("panel-b", OF_BOTH)):
            for place, name in enumerate(said):
                back = datetime(2021, 3, 30 if name == "comparison_feed" else 25, 14, place, tzinfo=UTC)
                yield back, self._say(panel, name, available)
            yield datetime(2021, 4, 1, 8, tzinfo=UTC), self._do(panel, "complete", given_up=(), note=texts.ALL_BACK)

    def _do(self, panel: str, what: str, **facts: Any) -> Callable[[Log], Any]:  # noqa: ANN401 - the facts of any command
        def act(log: Log) -> None:
            target = Target(id=self._restorations[panel], expected_version=None, caller=OPERATOR)
            getattr(self._service.restorations, what)(log, target=target, **facts)

        return act

    def _of_account(self, shop: str, what: str, **facts: Any) -> Callable[[Log], Any]:  # noqa: ANN401 - as above
        def act(log: Log) -> None:
            id = AccountRecovery.id_of(self._restorations["panel-c"], shop)
            target = Target(id=id, expected_version=None, caller=OPERATOR)
            getattr(self._service.accounts, what)(log, target=target, **facts)

        return act


def steps(service: Service) -> Iterator[Step]:
    """Give the commands of the case, each with its time (UTC)."""
    return OrderManager(service).steps()
