"""What operators tell about a restoration: updates, contacts, and instructions under headings."""

from __future__ import annotations

from tests.api.client import Site, at, made, problem, written
from tests.api.panel_steps import RESTORATIONS, completed, lost

EMAIL = {"channel": "email", "address": "support@example.com"}
BOTH = {"en": "Half of the accounts are back.", "es": "La mitad de las cuentas ha vuelto."}


class TestUpdate:
    def test_is_told_to_readers_unless_it_is_internal(self, site: Site) -> None:
        restoration = lost(site)

        answer = restoration.act("updates", {"message": BOTH})
        restoration.done("updates", {"message": "The provider is slow.", "internal": True})

        assert (answer.status_code, answer.headers["Location"]) == (201, restoration.path)
        told = {"state": "access_lost", "message": BOTH, "occurred_at": written(at("08:00"))}
        outside, inside = restoration.outside, restoration.inside
        assert (outside["updates"], outside["updates_count"]) == ([told], 1)
        assert inside["updates"][0] == {**told, "number": 1, "recorded_at": written(at("08:00")), "internal": False}
        assert [each["internal"] for each in inside["updates"]] == [False, True]
        assert inside["updates_count"] == 2
        assert restoration.events[-1] == "updated"

    def test_is_one_of_all_in_a_list_and_of_the_newest_twenty_in_an_answer(self, site: Site) -> None:
        restoration = completed(site)
        answers = [
            restoration.done("updates", {"message": f"{number}", "internal": number == 20}) for number in range(23)
        ]
        site.tick()

        assert [each["message"]["en"] for each in answers[-1]["updates"]] == [str(number) for number in range(3, 23)]
        outside = restoration.outside
        assert (len(outside["updates"]), outside["updates_count"]) == (20, 22)
        listed = made(site.reader.get(RESTORATIONS))["data"][0]
        assert listed["updates"] == outside["updates"]
        for caller, count in ((site.reader, 22), (site.auditor, 23)):
            first = made(caller.get(f"{restoration.path}/updates", params={"limit": 15, "lang": "en"}))
            rest = made(caller.get(f"{restoration.path}/updates", params={"cursor": first["next_cursor"]}))
            assert [each["message"] for each in first["data"]] == [str(number) for number in range(15)]
            assert (len(first["data"]) + len(rest["data"]), rest["has_more"]) == (count, False)

    def test_is_not_listed_of_a_restoration_that_there_is_not(self, site: Site) -> None:
        path = f"{RESTORATIONS}/00000000-0000-0000-0000-000000000001/updates"

        problem(site.reader.get(path), 404, "not_found")

    def test_is_as_it_was_at_an_earlier_position(self, site: Site) -> None:
        restoration = lost(site)
        before = site.last_position()
        restoration.done("updates", {"message": BOTH})
        site.tick()

        asked = {"as_of": str(before)}
        assert made(site.auditor.get(restoration.path, params=asked))["updates"] == []
        assert made(site.auditor.get(f"{restoration.path}/updates", params=asked))["data"] == []

    def test_of_a_time_before_the_loss_is_refused(self, site: Site) -> None:
        restoration = lost(site)

        body = {"message": BOTH, "occurred_at": written(at("07:00"))}
        restoration.refuses("updates", body, 422, "unknown_moment")


class TestContact:
    def test_is_shown_until_it_is_removed(self, site: Site) -> None:
        restoration = lost(site)

        restoration.done("contacts", {**EMAIL, "note": "At any time."})
        shown = restoration.outside["contacts"]
        restoration.done("DELETE contacts/1")

        assert shown == [{"number": 1, "audience": None, **EMAIL, "note": {"en": "At any time."}}]
        assert restoration.outside["contacts"] == []
        restoration.refuses("DELETE contacts/1", None, 404, "no_such_contact")

    def test_of_an_incident_is_said_when_it_is_declared_or_afterwards(self, site: Site) -> None:
        site.component("labels")
        path = f"/v1/incidents/{site.incident({'labels': 'major_outage'}, contacts=[EMAIL])['id']}"
        full: dict[str, object] = {"audience": None, **EMAIL, "note": {}}
        site.tick()
        assert made(site.reader.get(path))["contacts"] == [full]

        phone = {"audience": "sellers", "channel": "telephone", "address": "+34 600 000 000", "note": "By day."}
        answer = site.operator.send("PATCH", path, json={"contacts": [phone]})
        untouched = made(site.operator.send("PATCH", path, json={}))
        site.tick()

        assert made(answer)["contacts"] == untouched["contacts"] == [{**phone, "note": {"en": "By day."}}]
        assert made(site.reader.get(path, params={"lang": "es"}))["contacts"] == [phone]


class TestHeading:
    def test_keeps_instructions_together(self, site: Site) -> None:
        restoration = lost(site)
        for heading, text in (
            ("orders", "Reconnect."),
            ("invoices", "Use a new series."),
            ("orders", "Do not delete."),
        ):
            restoration.done("instructions", {"heading": heading, "text": text})
        restoration.done("instructions", {"heading": "orders", "text": "First of all.", "place": 1})
        restoration.done("instructions", {"text": "Wait."})

        assert [(each["heading"], each["text"]["en"]) for each in restoration.outside["instructions"]] == [
            ("orders", "First of all."),
            ("orders", "Reconnect."),
            ("orders", "Do not delete."),
            ("invoices", "Use a new series."),
            (None, "Wait."),
        ]
