"""The four hours in which a whole integration hub is down, and the days after them, run from the console alone.

Machines hand requests in, run them again and send them again; people use forms. Six of each kind are held up, not the
5,000 of the night: how many there are is proved by the walk of the interface.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.api.client import Site, made, written
from tests.api.console.people import QUEUE, Person, an_operator, holds_up, registers, two_reviewers
from tests.api.console.visitor import Visitor
from tests.api.ledger_steps import MILLISECOND, RESENDS, RUNS, a_request, leased, reported, settle_down, streamed
from tests.api.night_of_requests import KINDS, POLICIES
from tests.api.upgrade import MARKETS, july

NOW, BOARD, WINDOWS = "/console", "/en/", "/console/maintenance-windows"
EACH = 6
PLAN = {
    "title.en": "Upgrade of the platform",
    "title.es": "Actualización de la plataforma",
    "description.en": "Nothing answers for four hours.",
    "zone": "America/Sao_Paulo",
    "start": "2024-07-28T01:00",
    "duration": "4h",
    "all": "major_outage",
    "markets": "\n".join(f"{market} {zone}" for market, zone in MARKETS.items()),
    "contacts.0.channel": "plan",
    "contacts.0.address": "the channel of your plan",
    "audience_more": "sellers, marketplace_partners, erp_partners",
}
GUIDANCE = {
    "audiences.sellers.guidance.before.en": "Switch off campaigns of that night.",
    "audiences.sellers.guidance.after.en": "Look through your orders.\nLoad the stock anew.",
    "audiences.marketplace_partners.guidance.after.en": "Notify every sale of the night.",
    "audiences.erp_partners.guidance.during.en": "Do not block our callbacks.",
}
CLOCKS = (
    *("Mexico", "Saturday, July 27, 2024, 22:00 – Sunday, July 28, 2024, 02:00 (UTC-6)"),
    *("Peru and Colombia", "Saturday, July 27, 2024, 23:00 – Sunday, July 28, 2024, 03:00 (UTC-5)"),
    *("Chile", "Sunday, July 28, 2024, 00:00 – 04:00 (UTC-4)"),
    *("Brazil, Argentina, and Uruguay", "Sunday, July 28, 2024, 01:00 – 05:00 (UTC-3)"),
)


@dataclass
class Hub:
    """Who is there, and where the window is."""

    site: Site
    operator: Person
    reviewers: tuple[Person, Person]
    reader: Visitor
    window: str = ""
    cause: dict[str, str] = field(default_factory=dict)

    def comes(self, moment: str) -> None:
        """Let it become later."""
        self.site.set_clock(july(moment))

    def page_reads(self, *lines: str) -> None:
        """Hold what the public page of the window says."""
        self.reader.opens(f"/en/maintenance/{self.cause['id']}").reads(*lines)

    @property
    def filter(self) -> str:
        """The filter for the requests of the window."""
        return f"cause=maintenance_window:{self.cause['id']}"


def test_four_hours_of_an_integration_hub(sqlite_url: str) -> None:
    with Site(sqlite_url, now=july("20T12:00:00")) as site:
        hub = Hub(site, an_operator(site), two_reviewers(site), Visitor(site))
        registers(hub.operator, "order-import", "Order import", "platform")
        registers(hub.operator, "stock-sync", "Stock sync", "platform")
        it_is_announced_by_the_clocks_of_each_market(hub)
        everything_is_down(hub)
        orders_are_run_again(hub)
        half_of_the_stock_is_sent_again(hub)
        the_rest_is_checked_by_hand(hub)


def it_is_announced_by_the_clocks_of_each_market(hub: Hub) -> None:
    operator = hub.operator.opens(f"{WINDOWS}/new").sends("plan", PLAN, button="Write for those chosen")
    policies = {"order": "reprocess", **POLICIES}
    for place, (kind, policy) in enumerate(policies.items()):
        row = {f"request_policies.{place}.kind": kind, f"request_policies.{place}.policy": policy}
        operator.sends("plan", {**GUIDANCE, **row}, button="One more")
    operator.sends("plan", button="Check the times").reads(*CLOCKS, "Nothing else is planned at this time.")
    operator.sends("plan", button="Plan it").reads(
        "It is saved.",
        "July 28, 2024, 04:00 – 08:00 UTC begins in 7 days 16 hours",
        *CLOCKS,
        "The whole product: Major outage",
        "Order: We run them after the end, within 3 days",
        "Stock change: The source sends them again, within 3 days",
        "Price change: The source sends them again, within 3 days",
        "Sale notification: The source tries them again, within 3 days",
        "It reminds July 27, 2024, 04:00 UTC, July 28, 2024, 03:00 UTC.",
    )
    hub.window = operator.place
    hub.cause = {"type": "maintenance_window", "id": operator.id}

    hub.page_reads(
        *CLOCKS,
        "Everything is affected.",
        "Do not block our callbacks.",
        "Notify every sale of the night.",
        "Switch off campaigns of that night.",
        "Load the stock anew.",
    )


def everything_is_down(hub: Hub) -> None:
    hub.comes("28T03:59:59.999999")
    hub.reader.opens(BOARD).reads("Order import", "Operational", "Stock sync", "Operational")
    hub.comes("28T04:00:00")
    hub.reader.opens(BOARD).reads(
        "In progress: July 28, 2024, 04:00 – 08:00 UTC", "Everything is affected. Major outage"
    )
    for kind in KINDS:
        names = [f"{kind}-{number}" for number in range(EACH)]
        received = "2024-07-28T04:00:00Z"
        holds_up(hub.site, hub.cause, *names, received_at=received, kind=kind, source=f"{kind}-source")
    hub.reviewers[0].opens(NOW).reads("0 to check", "24 held")

    hub.comes("28T06:00:00")
    update = {"message.en": "Half is done.", "message.es": "Vamos por la mitad.", "expected_at": "2024-07-28T07:30"}
    hub.operator.opens(hub.window).sends("update", update).reads("The update is posted.")
    hub.page_reads("Update", "July 28, 2024, 06:00 UTC", "Half is done.")
    hub.operator.sends("update", {"message.en": "Disk 7 is slow.", "internal": "true"})
    hub.reader.opens(hub.reader.path).does_not_read("Disk 7")
    hub.reader.opens(hub.reader.path.replace("/en/", "/es/")).reads("Vamos por la mitad.")


def orders_are_run_again(hub: Hub) -> None:
    hub.comes("28T08:00:00")
    settle_down(hub.site)
    hub.page_reads("It was completed on July 28, 2024, 08:00 UTC.")
    hub.operator.opens(hub.window).reads(
        "Completed", "It ended July 28, 2024, 08:00 UTC.", "Not all of them are dealt with yet."
    )
    hub.operator.follows("Runs of its requests").reads("Upgrade of the platform", "Running 0 of 6 done.")

    (run,) = made(hub.site.emitter.get(RUNS, params={"cause": hub.cause["id"]}))["data"]
    batch = leased(hub.site, f"{RUNS}/{run['id']}")
    results = ["failed", "already_there", *["done"] * (EACH - 2)]
    reported(hub.site, f"{RUNS}/{run['id']}", {each["id"]: result for each, result in zip(batch, results, strict=True)})
    hub.site.tick()
    hub.operator.follows("Upgrade of the platform").reads(
        "Nothing left 6 of 6 done, 1 failed and is checked by hand.", "done: 4, was there already: 1, failed: 1"
    )
    for reviewer in hub.reviewers:
        reviewer.opens(NOW).reads("1 to check", "18 to be sent again")


def half_of_the_stock_is_sent_again(hub: Hub) -> None:
    hub.comes("29T08:00:00")
    stock = [a_request(hub.cause, f"stock_change-{number}", kind="stock_change") for number in range(EACH // 2)]
    moment = written(hub.site.clock.moment)
    again = [{name: each[name] for name in ("kind", "reference", "digest")} for each in stock]
    streamed(hub.site, [{**each, "source": "stock_change-source", "received_at": moment} for each in again], RESENDS)
    hub.site.tick()
    hub.reviewers[0].opens(NOW).reads("1 to check", "15 to be sent again")

    hub.comes("31T07:59:59.999999")
    hub.reviewers[0].opens(NOW).reads("1 to check", "15 to be sent again")
    for number in range(3):
        hub.site.set_clock(july("31T08:00:00") + number * MILLISECOND)
    hub.reviewers[0].opens(NOW).reads("16 to check", "0 to be sent again")


def the_rest_is_checked_by_hand(hub: Hub) -> None:
    hub.comes("31T08:10:00")
    rita, bea = hub.reviewers
    for kind, number in (("price_change", 6), ("sale_notification", 6), ("stock_change", 3)):
        how = {"outcome": "resent", "note": f"Seen in the system that sent the {kind}."}
        rita.opens(f"{QUEUE}?{hub.filter}&kind={kind}").follows("Do the same with all of these")
        rita.sends("decide", how).reads(f"{number} requests would be decided: sent again.")
        rita.presses(f"Decide {number} requests").reads(f"{number} requests were decided.")
        hub.site.tick()
    bea.opens(f"{QUEUE}/summary?{hub.filter}").reads(
        "Not reconciled yet. It ended July 28, 2024, 08:00 UTC, and 1 request is still open."
    )

    hub.comes("31T08:20:00")
    (last,) = [line for line in bea.opens(NOW).lines if line.startswith("order-")]
    bea.follows(last.partition(" ")[0]).sends("claim").reads("You have it now. Nobody else can decide it.")
    evidence = {"kind": "order", "source": "marketplace", "value": "Not shipped.", "suggests": "done_now"}
    bea.sends("evidence", evidence).reads("Evidence suggests: done now.")
    bea.sends("decide", {"outcome": "done_now", "note": "Entered by hand."}).reads(
        "Your decision is recorded.", "Bea decided July 31, 2024, 08:20 UTC: done now."
    )
    bea.opens(f"{QUEUE}/summary?{hub.filter}").reads(
        "Reconciled since July 31, 2024, 08:20 UTC: it has ended, and nothing of it is open.",
        *("Sent again", "18"),
        *("By person", "Rita", "15", "Bea", "1"),
    )
    hub.operator.opens(hub.window).reads("Nothing of it is open any more.")
