"""A day of a carrier hub, run from the console alone: an operator, two reviewers, and what readers see meanwhile.

Monitoring sends signals, and the import hands in what it could not carry out; people use forms. Two orders are held up,
not the many of a real day: what becomes of one is what becomes of all.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.api.client import Site, at
from tests.api.console.people import Person, an_operator, holds_up, registers, two_reviewers
from tests.api.console.visitor import Visitor

NOW, BOARD = "/console", "/en/"
ORDERS = ("order-1", "order-2")


@dataclass
class Day:
    """Who is there, and where the two incidents are."""

    site: Site
    operator: Person
    reviewers: tuple[Person, Person]
    reader: Visitor
    places: dict[str, str] = field(default_factory=dict)

    def comes(self, moment: str) -> None:
        """Let it become later."""
        self.site.set_clock(moment)

    def monitoring(self, fingerprint: str, component: str, state: str = "firing", **more: object) -> None:
        """Let monitoring send a signal."""
        self.site.signal(fingerprint, component, state=state, source="monitoring", **more)
        self.site.tick()

    def board_reads(self, *lines: str) -> None:
        """Hold what the public board says."""
        self.reader.opens(BOARD).reads(*lines)


def test_a_day_of_a_carrier_hub(sqlite_url: str) -> None:
    with Site(sqlite_url, now=at("09:55")) as site:
        day = Day(site, an_operator(site), two_reviewers(site), Visitor(site))
        registers(day.operator, "carrier-a", "Carrier A", "carriers", **{"name.es": "Transportista A"})
        registers(day.operator, "order-import", "Order import", "platform")
        the_label_alert_is_private_for_half_an_hour(day)
        a_deploy_is_public_at_once(day)
        orders_are_held_up(day)
        carrier_a_is_worked_on(day)
        it_comes_back_and_is_resolved_by_policy(day)
        the_deploy_is_rolled_back(day)
        two_reviewers_check_the_orders(day)
        nobody_outside_sees_a_relapse(day)
        what_was_shown_then_can_be_read(day)


def the_label_alert_is_private_for_half_an_hour(day: Day) -> None:
    day.comes("10:00")
    day.monitoring("labels", "carrier-a", summary="error rate above 20 %")
    day.operator.opens(NOW).reads(
        "Detected: Carrier A Readers do not see it",
        "Carrier A Major outage",
        "It is published by itself at March 4, 2025, 10:30 UTC if it goes on.",
    )
    for moment in ("10:20", "10:30"):
        day.comes(moment)
        day.board_reads("Carrier A", "Operational", "Order import", "Operational")
    day.operator.opens(NOW).follows("Detected: Carrier A").reads("Investigating Private: readers do not see it")
    day.places["carrier"] = day.operator.place

    day.comes("10:30:00.000001")
    day.board_reads("Carrier A Major outage", "Investigating · since March 4, 2025, 10:00 UTC", "Carriers")
    day.operator.opens(NOW).reads(
        "Carrier A: major outage", "Investigating · since March 4, 2025, 10:00 UTC (30 minutes) · 1 signal fires"
    )


def a_deploy_is_public_at_once(day: Day) -> None:
    day.comes("10:35")
    day.monitoring("deploy", "order-import", status="partial_outage", cause="code_change")

    day.board_reads("Order import Partial outage", "Investigating · since March 4, 2025, 10:35 UTC")
    day.operator.opens(NOW).follows("Order import: partial outage").reads("Investigating Public")
    day.places["import"] = day.operator.place


def orders_are_held_up(day: Day) -> None:
    policy = {"new_kind": "order", "new.policy": "check_by_hand", "new.four_eyes": "true"}
    day.operator.follows("Contacts and held requests").sends("policies", policy).reads("The policies are changed.")
    cause = {"type": "incident", "id": day.places["import"].rpartition("/")[2]}
    holds_up(day.site, cause, *ORDERS, received_at="2025-03-04T10:36:00Z")

    for reviewer in day.reviewers:
        reviewer.opens(NOW).reads("0 to check", "0 to sign", "2 held")


def carrier_a_is_worked_on(day: Day) -> None:
    day.comes("10:50")
    update = {"state": "identified", "message.en": "The label service of carrier A answers **no** request."}
    day.operator.opens(day.places["carrier"]).sends("update", update, button="Preview").reads(
        "This is what would happen. Nothing is sent yet.", "Carrier A: poważna awaria"
    )
    day.board_reads("Investigating · since March 4, 2025, 10:00 UTC")
    day.operator.sends("update").reads("The update is posted.", "Cause identified Public")
    day.board_reads(
        "Cause identified · since March 4, 2025, 10:00 UTC", "The label service of carrier A answers no request."
    )

    day.comes("11:04")
    day.monitoring("labels", "carrier-a", "clear")
    day.comes("11:05")
    day.operator.opens(day.places["carrier"]).sends("update", {"state": "monitoring", "message.en": "A fix is in."})
    day.board_reads("Carrier A Major outage", "Fix in place, watching · since March 4, 2025, 10:00 UTC", "A fix is in.")

    day.comes("11:12")
    over = {"state": "resolved", "message.en": "It is over."}
    day.operator.opens(day.places["carrier"]).sends("update", over, status=409).reads(
        "Nothing was changed. Incident is not stable yet: the fix has to hold first; possible after"
        " March 4, 2025, 11:15 UTC.",
        "Resolve possible after 11:15:00, in 3 minutes. The fix has to hold first.",
        "It is over.",
    )


def it_comes_back_and_is_resolved_by_policy(day: Day) -> None:
    day.comes("11:13")
    day.monitoring("labels", "carrier-a")
    day.operator.opens(day.places["carrier"]).reads(
        "Cause identified Public",
        "Not yet to be resolved: 1 signal still fires. Wait until monitoring clears it, or clear by hand.",
        "Carrier A: major outage. The problem is back, and we are working on it.",
    )
    day.board_reads("Carrier A Major outage", "Cause identified · since March 4, 2025, 10:00 UTC")

    day.comes("11:19")
    day.monitoring("labels", "carrier-a", "clear")
    day.comes("11:20")
    day.operator.opens(day.places["carrier"]).sends("update", {"state": "monitoring", "message.en": "It is fixed."})
    day.operator.reads(
        "It is resolved by itself, if nothing fires until then: March 4, 2025, 11:30 UTC, in 10 minutes."
    )
    day.comes("11:30")
    day.board_reads("Carrier A Major outage", "Fix in place, watching · since March 4, 2025, 10:00 UTC")

    day.comes("11:30:00.000001")
    day.board_reads("Carriers", "Carrier A", "Operational", "Order import", "Partial outage")
    day.operator.opens(day.places["carrier"]).reads(
        "Resolved Public",
        "March 4, 2025, 11:30 UTC · written by a policy",
        "The problem has not come back; we consider it solved.",
        "Ended because",
        "The fix held",
    )


def the_deploy_is_rolled_back(day: Day) -> None:
    day.comes("11:40")
    day.monitoring("deploy", "order-import", "clear")
    day.comes("11:42")
    day.board_reads("Order import Partial outage", "Fix in place, watching · since March 4, 2025, 10:35 UTC")
    day.comes("11:52:00.000001")
    day.site.tick()

    day.board_reads("Carrier A", "Operational", "Order import", "Operational", "Order import: partial outage")
    day.operator.opens(day.places["import"]).reads(
        "Resolved Public", "Our monitoring no longer sees the problem; we keep watching."
    )


def two_reviewers_check_the_orders(day: Day) -> None:
    day.comes("11:53")
    rita, bea = day.reviewers
    rita.opens(NOW).reads("2 to check", "0 to sign", "Those that wait longest:")
    decisions = {
        (rita, bea, "order-1"): {"outcome": "already_done", "note": "The marketplace knows the shipment number."},
        (bea, rita, "order-2"): {"outcome": "done_now", "note": "Sent today."},
    }
    for (first, second, order), how in decisions.items():
        first.opens(NOW).follows(order).sends("claim").reads("You have it now. Nobody else can decide it.")
        second.opens(first.place).does_not_read("What became of it?")
        first.sends("decide", {"note": how["note"]}, status=422).reads("Nothing was changed. Look at what is marked.")
        first.sends("decide", how).reads(
            "Your decision is recorded.", "You decided this. Ask somebody else to sign it."
        )
        second.opens(first.place).sends("sign").reads("You signed it. It is settled.")
    rita.opens("/console/queue?state=settled").reads("Check queue", "order-1 Order, shop Settled")
    bea.opens(NOW).reads("No request waits to be checked.")
    rita.opens(f"/console/queue/summary?cause=incident:{day.places['import'].rpartition('/')[2]}").reads(
        "Order import: partial outage (incident): 0 requests are open, 2 settled."
    )


def nobody_outside_sees_a_relapse(day: Day) -> None:
    seen = (BOARD, day.places["carrier"].replace(NOW, "/en"))
    day.comes("12:00")
    before = [day.reader.opens(path).answer.content for path in seen]
    day.monitoring("labels", "carrier-a")
    day.operator.opens(NOW).reads(
        "Carrier A: major outage It may be back: readers do not see that",
        "It is reopened for readers by itself at March 4, 2025, 12:30 UTC if it goes on.",
    )
    assert [day.reader.opens(path).answer.content for path in seen] == before

    day.comes("12:05")
    day.monitoring("labels", "carrier-a", "clear")
    day.comes("12:07")
    day.operator.opens(NOW).reads(
        "Nothing needs you. No incident is open, no signal fires, no window is due within a day, no promise is late,"
        " and no held request is open."
    )
    day.operator.opens(day.places["carrier"]).reads("Relapses not published", "1")


def what_was_shown_then_can_be_read(day: Day) -> None:
    day.reader.opens(f"{BOARD}?as_of=2025-03-04T10:25:00Z").reads(
        "Carrier A", "Operational", "Order import", "Operational", "There were none."
    )
    day.reader.opens(f"{BOARD}?as_of=2025-03-04T10:31:00Z").reads("Carrier A Major outage")
