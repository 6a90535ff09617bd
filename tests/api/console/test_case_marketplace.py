"""A night in which a marketplace renews its delivery options, run from the console alone.

Three pickups are held up, which is enough: one is decided by one reviewer and signed by the other, two in bulk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from tests.api.client import Site
from tests.api.console.people import QUEUE, Person, an_operator, holds_up, registers, two_reviewers
from tests.api.console.visitor import Visitor

NOW, BOARD, WINDOWS = "/console", "/en/", "/console/maintenance-windows"
PLAN = {
    "title.en": "Maintenance of delivery options",
    "title.pl": "Prace przy opcjach dostawy",
    "description.en": "For three hours parcels can be neither sent nor collected.",
    "zone": "Europe/Warsaw",
    "start": "2025-08-03T00:00",
    "end": "2025-08-03T03:00",
    "markets": "PL Europe/Warsaw\nPT Europe/Lisbon",
    "components.delivery": "major_outage",
    "components.order-api": "partial_outage",
    "covers": ["delivery", "order-api"],
    "audience_more": "sellers, buyers, couriers",
}
DETAILS = {
    "audiences.sellers.restrictions.en": "Shipping labels cannot be created.\nCourier pickups cannot be ordered.",
    "audiences.sellers.restrictions.pl": "Nie można tworzyć etykiet nadawczych.\nNie można zamówić kuriera.",
    "audiences.sellers.guidance.before.en": "Create the labels for Sunday by Saturday evening.",
    "audiences.buyers.restrictions.en": "Parcels cannot be redirected.\nLockers cannot be opened remotely.",
    "audiences.couriers.restrictions.en": "Parcels cannot be handled.",
    "freezes.0.data": "parcel_statuses",
    "freezes.0.name.en": "Parcel statuses",
    "freezes.0.note.en": "A parcel can be further than its status says.",
    "request_policies.0.kind": "pickup",
    "request_policies.0.policy": "check_by_hand",
    "request_policies.0.four_eyes": "true",
    "contacts.0.channel": "email",
    "contacts.0.address": "help@example.com",
    "remind_before": "24h",
}


@dataclass
class Night:
    """Who is there, and where the window is."""

    site: Site
    operator: Person
    reviewers: tuple[Person, Person]
    reader: Visitor
    window: str = ""

    def comes(self, moment: str) -> None:
        """Let it become later."""
        self.site.set_clock(utc(moment))

    def page_reads(self, *lines: str) -> None:
        """Hold what the public page of the window says."""
        self.reader.opens(f"/en/maintenance/{self.window.rpartition('/')[2]}").reads(*lines)

    def board_reads(self, *lines: str) -> None:
        """Hold what the public board says."""
        self.reader.opens(BOARD).reads(*lines)


def utc(moment: str) -> datetime:
    """Give an instant of that summer."""
    return datetime.fromisoformat(f"2025-{moment}").replace(tzinfo=UTC)


def test_a_night_of_a_marketplace(sqlite_url: str) -> None:
    with Site(sqlite_url, now=utc("07-28T09:00")) as site:
        night = Night(site, an_operator(site), two_reviewers(site), Visitor(site))
        registers(night.operator, "delivery", "Delivery options", "marketplace")
        registers(night.operator, "order-api", "Order API", "marketplace")
        it_is_planned_and_announced(night)
        it_begins_by_the_clock(night)
        a_signal_meanwhile_stays_private(night)
        a_person_completes_it(night)
        two_reviewers_check_the_pickups(night)


def it_is_planned_and_announced(night: Night) -> None:
    operator = night.operator.opens(WINDOWS).follows("Plan maintenance")
    operator.sends("plan", PLAN, button="Write for those chosen").reads(
        "sellers", "Cannot meanwhile", "buyers", "Cannot meanwhile", "couriers", "Cannot meanwhile"
    )
    operator.sends("plan", {**DETAILS, "remind_before": "a day"}, button="Plan it", status=422).reads(
        "Nothing was changed. Look at what is marked."
    )
    operator.sends("plan", {"remind_before": "24h"}, button="Check the times").reads(
        "Sunday, August 3, 2025, 00:00 – 03:00 (UTC+2)",
        "Portugal",
        "Saturday, August 2, 2025, 23:00 – Sunday, August 3, 2025, 02:00 (UTC+1)",
        "Nothing else is planned at this time.",
    )
    operator.sends("plan", button="Plan it").reads(
        "Maintenance of delivery options",
        "It is saved.",
        "August 2, 2025, 22:00 UTC – August 3, 2025, 01:00 UTC begins in 5 days 13 hours",
    )
    night.window = operator.place

    night.board_reads(
        "Planned: August 2, 2025, 22:00 UTC – August 3, 2025, 01:00 UTC", "Affects Delivery options and Order API."
    )
    night.page_reads(
        "Portugal",
        "Saturday, August 2, 2025, 23:00 – Sunday, August 3, 2025, 02:00 (UTC+1)",
        "Buyers",
        "Lockers cannot be opened remotely.",
        "Couriers",
        "Parcels cannot be handled.",
        "Sellers",
        "Courier pickups cannot be ordered.",
        "This data stands still until August 3, 2025, 01:00 UTC. What looks old then is not broken.",
        "A parcel can be further than its status says.",
        "E-mail: help@example.com",
    )
    night.reader.opens(night.reader.path.replace("/en/", "/pl/")).reads("Nie można zamówić kuriera.")


def it_begins_by_the_clock(night: Night) -> None:
    night.comes("08-02T21:59:59")
    night.operator.opens(NOW).reads(
        "Maintenance of delivery options", "Planned · August 2, 2025, 22:00 UTC – August 3, 2025, 01:00 UTC"
    )
    night.board_reads("Delivery options", "Operational")

    night.comes("08-02T22:00")
    night.board_reads("Delivery options Major outage", "Order API Partial outage")
    night.operator.opens(night.window).reads(
        "In progress", "August 2, 2025, 22:00 UTC – August 3, 2025, 01:00 UTC ends in 3 hours"
    )
    cause = {"type": "maintenance_window", "id": night.window.rpartition("/")[2]}
    pickups = ("pickup-1", "pickup-2", "pickup-3")
    holds_up(night.site, cause, *pickups, received_at="2025-08-02T22:00:00Z", kind="pickup", source="couriers")


def a_signal_meanwhile_stays_private(night: Night) -> None:
    night.comes("08-02T22:30")
    night.site.signal("labels", "delivery", summary="no label for ten minutes")
    night.site.tick()
    night.operator.opens(NOW).reads(
        "Detected: Delivery options Readers do not see it",
        "It is published by itself at August 3, 2025, 01:30 UTC if it goes on.",
    )
    night.operator.opens(night.window).sends("hold", {"reason": "A person looks first."}).reads(
        "It is on hold: a person completes it."
    )

    night.comes("08-02T23:30")
    update = {"message.en": "The lockers run on the new system.", "components.order-api": "operational"}
    night.operator.opens(night.window).sends("update", update).reads("The update is posted.")
    night.page_reads("Update", "August 2, 2025, 23:30 UTC", "The lockers run on the new system.")
    night.board_reads("Delivery options", "Major outage", "Order API", "Operational")


def a_person_completes_it(night: Night) -> None:
    night.comes("08-03T01:00")
    night.operator.opens(NOW).reads(
        "It began inside maintenance: its time counts from the end of that.",
        "Being checked · August 2, 2025, 22:00 UTC – August 3, 2025, 01:00 UTC · its end has passed · held",
    )
    night.board_reads(
        "Being checked: August 2, 2025, 22:00 UTC – August 3, 2025, 01:00 UTC", "It takes longer than planned."
    )
    night.site.signal("labels", "delivery", state="clear")

    night.comes("08-03T01:12")
    operator = night.operator.opens(night.window).reads("Past its end, to be checked On hold")
    done = {"message.en": "Labels are created and lockers open again."}
    operator.sends("complete", done, button="Who would be notified?").reads(
        "Nothing was sent yet.", "Nobody will be notified: nobody has subscribed to this."
    )
    night.board_reads("It takes longer than planned.")
    operator.sends("complete").reads("It is completed.", "Completed", "It ended August 3, 2025, 01:12 UTC.")
    night.board_reads("Delivery options", "Operational", "Order API", "Operational")
    night.page_reads(
        "It was completed on August 3, 2025, 01:12 UTC.",
        "This data stood still until August 3, 2025, 01:12 UTC.",
        "Completed",
        "Labels are created and lockers open again.",
    )


def two_reviewers_check_the_pickups(night: Night) -> None:
    night.comes("08-03T08:00")
    rita, bea = night.reviewers
    how = {"outcome": "done_now", "note": "Ordered again at the courier."}
    rita.opens(NOW).reads("3 to check").follows("pickup-1").sends("claim").sends("decide", how).reads(
        "Your decision is recorded."
    )
    every = f"{QUEUE}/bulk?cause=maintenance_window:{night.window.rpartition('/')[2]}"
    bea.opens(every).sends("decide", how).reads("2 requests would be decided: done now.")
    bea.presses("Decide 2 requests").reads("2 requests were decided.")
    night.site.tick()
    bea.opens(f"{QUEUE}?state=awaiting_signature").follows("pickup-1").sends("sign").reads(
        "You signed it. It is settled."
    )
    rita.opens(f"{every}&state=awaiting_signature").sends("sign").presses("Sign 2 requests").reads(
        "2 requests were signed."
    )
    night.site.tick()
    night.operator.opens(night.window).reads("Requests that it holds up", "Nothing of it is open any more.")
    rita.opens(NOW).reads("Nothing needs you. No request waits to be checked.")
