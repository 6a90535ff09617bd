"""The loss of three panels of an order manager and the weeks after it, run from the console alone.

Four orders fell into the gap, not the 2,000 of that day: two are decided in bulk by what the marketplace knows of them,
two one by one. Five functions stand for the fourteen of the panels. Panel b went as panel a did, and is only lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.api.client import Site
from tests.api.console.people import QUEUE, Person, an_operator, holds_up, two_reviewers
from tests.api.console.visitor import Visitor
from tests.api.data_centre import FIRST_NOTICE, LATER_NOTICE, march
from tests.api.ledger_steps import settle_down

NOW, PANELS, RESTORATIONS = "/console", "/console/panels", "/console/restorations"
FUNCTIONS = ("login", "orders", "external_warehouse_api", "archive", "refund_action")
LOST_AT = "2021-03-10T00:47"


@dataclass
class March:
    """Who is there, and where the restorations are."""

    site: Site
    operator: Person
    reviewers: tuple[Person, Person]
    reader: Visitor
    of: dict[str, str] = field(default_factory=dict)

    def comes(self, moment: str) -> None:
        """Let it become later, by the clocks of Warsaw."""
        self.site.set_clock(march(moment))

    def at(self, letter: str) -> Person:
        """Let the operator open the restoration of a panel."""
        return self.operator.opens(self.of[letter])

    def page_reads(self, letter: str, *lines: str) -> None:
        """Hold what the public page of a panel says."""
        self.reader.opens(f"/en/panels/panel-{letter}").reads(*lines)


def test_the_weeks_of_an_order_manager(sqlite_url: str) -> None:
    with Site(sqlite_url, now=march("01T10:00"), time_zone="Europe/Warsaw") as site:
        month = March(site, an_operator(site), two_reviewers(site), Visitor(site))
        three_panels_are_registered(month)
        all_three_are_lost(month)
        a_promise_slips_twice(month)
        accounts_find_their_panel(month)
        the_first_notice_is_about_panel_c(month)
        panel_a_is_restored_from_a_backup(month)
        orders_of_the_gap_are_checked(month)
        panel_c_is_back(month)
        panel_a_is_completed_and_reconciled(month)
        both_notices_can_be_read_as_they_were(month)


def three_panels_are_registered(month: March) -> None:
    for letter, first in (("a", ""), ("b", "2019-11-18"), ("c", "2020-08-27")):
        month.operator.opens(PANELS).sends("register", a_panel(letter, first)).reads("The panel is registered.")
    month.operator.reads(
        "Accounts created on November 17, 2019 or earlier, by the clocks of Europe/Warsaw",
        "Accounts created from November 18, 2019 until August 26, 2020, by the clocks of Europe/Warsaw",
        "Accounts created on August 27, 2020 or later, by the clocks of Europe/Warsaw",
    )


def a_panel(letter: str, first: str) -> dict[str, str]:
    """Fill in the form for a panel."""
    names = {"name.en": f"Panel {letter}", "name.pl": f"Panel {letter} (konta)"}
    keys = {"key": f"panel-{letter}", "zone": "Europe/Warsaw", "accounts_from": first}
    return {**names, **keys, "capabilities": "\n".join(FUNCTIONS)}


def all_three_are_lost(month: March) -> None:
    month.comes("10T01:30")
    loss = {"lost_at": LOST_AT, "provider.en": "Hosting provider", "provider.pl": "Dostawca hostingu"}
    for letter in "abc":
        month.operator.opens(f"{PANELS}/panel-{letter}").follows("Report a loss of access").sends("begin", loss)
        month.operator.reads(
            "The loss is reported. Say next what you know: an update, a promise, what works.",
            f"Panel {letter}: no access",
            "Since March 10, 2021, 00:47 UTC+1, for 43 minutes.",
        )
        month.of[letter] = month.operator.place
    policy = {"new_kind": "order", "new_policy.policy": "check_by_hand", "new_policy.four_eyes": "true"}
    month.at("a").sends("policies", policy).reads("What happens to requests is changed.")

    month.operator.opens(NOW).reads(
        "Restorations", "Panel a: no access, lost March 10, 2021, 00:47 UTC+1, 43 minutes ago"
    )
    month.reader.opens("/en/").reads(
        "Does not work: Panel a, Panel b, and Panel c",
        "There has been no access since March 10, 2021, 00:47 UTC+1.",
        "Nobody has promised yet when access will be back.",
    )


def a_promise_slips_twice(month: March) -> None:
    for made_at, day, time in (("10T10:00", "2021-03-11", "12:00"), ("11T18:00", "2021-03-12", "08:00")):
        month.comes(made_at)
        promise = {"promised_by.en": "Hosting provider", "promised_for.day": day, "promised_for.time": time}
        month.at("c").sends("promise", promise).reads("The promise is recorded.")
        month.page_reads(
            "c", f"Access is promised for March {day[-2:]}, 2021, {time} UTC+1. Promised by: Hosting provider"
        )
        month.comes(f"{day[-2:]}T{time}")
        month.at("c").reads(
            f"Promised for March {day[-2:]}, 2021, {time} UTC+1 by Hosting provider."
            " That has passed, and there is no newer promise."
        )
        month.operator.opens(NOW).reads(
            "Late promises", f"Access to Panel c was promised for March {day[-2:]}, 2021, {time} UTC+1, 0 seconds ago."
        )


def accounts_find_their_panel(month: March) -> None:
    month.comes("12T09:00")
    new = a_panel("d", "2021-03-11")
    month.operator.opens(PANELS).sends("register", new).reads("The panel is registered.", "Panel d Operational")
    for day, written, letter in (
        ("2019-11-17", "November 17, 2019", "a"),
        ("2019-11-18", "November 18, 2019", "b"),
        ("2020-08-26", "August 26, 2020", "b"),
        ("2020-08-27", "August 27, 2020", "c"),
        ("2021-03-10", "March 10, 2021", "c"),
        ("2021-03-11", "March 11, 2021", "d"),
    ):
        month.operator.opens(f"{PANELS}?account_created_on={day}").reads(
            f"An account created on {written} is on Panel {letter}."
        )
        month.reader.opens(f"/en/panels/lookup?account_created_on={day}").reads(
            f"An account created on {written} is here: Panel {letter}"
        )


def the_first_notice_is_about_panel_c(month: March) -> None:
    month.comes(FIRST_NOTICE)
    promise = {"promised_by.en": "Hosting provider", "promised_for.day": "2021-03-22"}
    month.at("c").sends("promise", promise).reads(
        "The promise is recorded.", "Promised for March 22, 2021 by Hosting provider."
    )
    instruction = {"text.en": "Take a free temporary account on panel d.", "heading": "orders"}
    month.operator.sends("instruction", instruction).reads("The instruction is added.")
    archive = {"note.en": "Archived orders come back with the servers.", "expected.day": "2021-03-22"}
    month.operator.opens(f"{month.of['c']}/capabilities/archive").sends(
        "capability", {"state": "unavailable", **archive}
    )
    month.page_reads("c", "Take a free temporary account on panel d.")


def panel_a_is_restored_from_a_backup(month: March) -> None:
    month.comes("14T08:00")
    month.at("a").sends("access_restored", {"note.en": "The servers answer."}).reads(
        "Access is back. Say now what works: it is shown as not known until you do."
    )
    point = {"as_of": "2021-03-09T00:00", "tolerance": "2h", "missing": "shipments\ninvoices"}
    month.operator.sends("recovery_point", point).reads("The recovery point is set.")
    held_back = {"automation": "order_paid", "created_before": "2021-03-11T00:00"}
    month.operator.sends("suppress", held_back).reads("The automatic action no longer runs for older items.")
    states = {f"state.{name}": "available" for name in ("login", "orders", "archive")}
    month.operator.sends(
        "states", {**states, "state.refund_action": "suspended", "state.external_warehouse_api": "unavailable"}
    )
    month.operator.reads("What works is saved.")

    for created, answer in (
        (
            "2021-03-10T12:00",
            "No, it does not run. It does not run for what was created before a set moment, and this was.",
        ),
        ("2021-03-11T00:00", "Yes, it runs. The item was created after the moment before which it does not run."),
    ):
        month.operator.opens(f"{PANELS}/panel-a?automation=order_paid&created={created}").reads(answer)
    month.page_reads("a", "Automatic refunds")


def orders_of_the_gap_are_checked(month: March) -> None:
    settle_down(month.site)
    cause = {"type": "restoration", "id": month.of["a"].rpartition("/")[2]}
    received = "2021-03-09T10:00:00+01:00"
    holds_up(
        month.site, cause, *(f"order-{number}" for number in range(1, 5)), received_at=received, source="marketplace"
    )
    rita, bea = month.reviewers
    rita.opens(NOW).reads("4 to check")
    for order in ("order-1", "order-2"):
        found = {"kind": "shipment_number", "source": "marketplace", "value": "PL1", "suggests": "already_done"}
        rita.opens(QUEUE).follows(order).sends("evidence", found).reads("The evidence is added.")
    known = {"outcome": "already_done", "note": "The marketplace knows the shipment."}
    rita.opens(f"{QUEUE}/bulk?cause=restoration:{cause['id']}&evidence=already_done").sends("decide", known).reads(
        "2 requests would be decided: was done already."
    )
    rita.presses("Decide 2 requests").reads("2 requests were decided.")
    for order, outcome in (("order-3", "done_now"), ("order-4", "cannot_tell")):
        bea.opens(QUEUE).follows(order).sends("claim")
        bea.sends("decide", {"outcome": outcome, "note": "Asked the buyer."}).reads(
            "You decided this. Ask somebody else to sign it."
        )
    bea.opens(f"{QUEUE}?state=awaiting_signature").follows("order-1").sends(
        "return", {"reason": "It is of another parcel."}
    )
    bea.reads("It was sent back, and waits to be checked.")
    bea.opens(f"{QUEUE}?state=awaiting_signature").follows("order-2").sends("sign").reads(
        "You signed it. It is settled."
    )
    for order in ("order-3", "order-4"):
        rita.opens(f"{QUEUE}?state=awaiting_signature").follows(order).sends("sign").reads(
            "You signed it. It is settled."
        )
    rita.opens(NOW).reads("1 to check")


def panel_c_is_back(month: March) -> None:
    month.comes("20T18:00")
    month.at("c").sends("access_restored").sends("states", {f"state.{name}": "available" for name in FUNCTIONS})
    month.operator.reads("What works is saved.")
    month.comes(LATER_NOTICE)
    month.reader.opens("/en/panels").reads("Panel c", "Operational")


def panel_a_is_completed_and_reconciled(month: March) -> None:
    month.comes("26T12:00")
    month.at("a").sends("complete", {"given_up": ["refund_action", "external_warehouse_api"]}).reads(
        "Panel a: completed"
    )
    rita, bea = month.reviewers
    rita.opens(NOW).follows("order-1").sends("claim").sends(
        "decide", {"outcome": "done_now", "note": "Sent after all."}
    )
    month.at("a").reads("Not reconciled: it is when access is back and every held request is settled.")
    bea.opens(f"{QUEUE}?state=awaiting_signature").follows("order-1").sends("sign").reads(
        "You signed it. It is settled."
    )
    month.at("a").reads("Reconciled March 26, 2021, 12:00 UTC+1: every held request was checked.")


def both_notices_can_be_read_as_they_were(month: March) -> None:
    for notice, panel_c in ((FIRST_NOTICE, "Major outage"), (LATER_NOTICE, "Operational")):
        moment = march(notice).isoformat().replace("+", "%2B")
        lines = month.reader.opens(f"/en/panels?as_of={moment}").lines
        assert lines[lines.index("Panel c") + 1] == panel_c, notice
