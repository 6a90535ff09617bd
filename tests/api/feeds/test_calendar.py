"""Calendars of maintenance, as a program for calendars understands them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from icalendar import Calendar

from tests.api.client import Site, at, made, problem, written
from tests.api.windows import SAID, planned, under_way

if TYPE_CHECKING:
    import httpx

HOSTILE = "Ąę;,\\ \u202egnp %(time)s {{ 7*7 }}\r\nEND:VEVENT\u2028BEGIN:VALARM\x0b<b>ż</b>"
FOR_SELLERS: dict[str, Any] = {
    "title": {"en": "Delivery **options**", "es": "Opciones de entrega", "pl": "Opcje dostawy"},
    "reason": {"es": "Renovamos *los sistemas*."},
    "description": {"es": "Más en [la guía](https://example.com/g).\n\n* uno\n* dos"},
    "audiences": {
        "sellers": {
            "restrictions": [{"es": "Sin etiquetas."}],
            "guidance": {"before": [{"es": "Imprima antes."}], "during": [], "after": [{"es": "Pida la recogida."}]},
        },
        "buyers": {"restrictions": [{"es": "Sin seguimiento."}]},
    },
    "freezes": [{"data": "parcel_statuses", "note": {"es": "Cambian al final."}}],
    "contacts": [
        {"audience": None, "channel": "email", "address": "help@example.com"},
        {"audience": "buyers", "channel": "phone", "address": "+34 1"},
    ],
}


@pytest.fixture(name="labels", autouse=True)
def _labels(site: Site) -> None:
    site.component("labels", name={"en": "Labels", "es": "Etiquetas"})
    site.component("orders", name={"en": "Orders"})


def fetched(site: Site, path: str = "/en/maintenance.ics", **options: Any) -> httpx.Response:  # noqa: ANN401 - of httpx
    site.tick()
    return site.reader.get(path, **options)


def calendar(site: Site, path: str = "/en/maintenance.ics") -> Any:  # noqa: ANN401 - of a library that types all values alike
    answer = fetched(site, path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert all(b"\n" not in line and b"\r" not in line and len(line) <= 75 for line in lines)
    assert [line.decode() for line in lines]
    return Calendar.from_ical(answer.content)


def events(site: Site, path: str = "/en/maintenance.ics") -> list[Any]:
    return list(calendar(site, path).walk("VEVENT"))


def the_event(site: Site, path: str = "/en/maintenance.ics") -> Any:  # noqa: ANN401 - of a library that types all values alike
    [event] = events(site, path)
    assert event.errors == []
    return event


def span(event: Any) -> tuple[datetime, datetime]:  # noqa: ANN401 - the same
    return event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC)


class TestACalendar:
    def test_says_what_it_is_and_how_often_to_ask(self, site: Site) -> None:
        found = calendar(site, "/es/maintenance.ics?audience=")

        assert found["NAME"] == "Status: Mantenimiento"
        assert found["REFRESH-INTERVAL"].dt == timedelta(hours=1)
        assert found["X-PUBLISHED-TTL"] == "PT1H"
        assert found["SOURCE"].endswith("/es/maintenance.ics")
        assert found["URL"].endswith("/es/maintenance")

    def test_has_a_component_though_nothing_is_planned(self, site: Site) -> None:
        assert [each.name for each in calendar(site).subcomponents] == ["VTIMEZONE"]

    def test_has_a_window_with_the_clocks_of_its_plan(self, site: Site) -> None:
        window = planned(site)

        event = the_event(site)

        assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (window.id, 0, "CONFIRMED")
        assert event["DTSTART"].params["TZID"] == "Europe/Warsaw"
        assert span(event) == (at("10:00"), at("12:00"))
        assert event["SUMMARY"] == "Upgrade of labels"
        assert event["URL"].endswith(f"/en/maintenance/{window.id}")
        assert event["CATEGORIES"].cats == ["Maintenance", "Labels"]
        assert "LOCATION" not in event
        [zone] = calendar(site).walk("VTIMEZONE")
        assert zone["TZID"] == "Europe/Warsaw"

    def test_is_the_same_for_one_window_whatever_is_asked(self, site: Site) -> None:
        window = planned(site, **FOR_SELLERS)
        paths = (
            "/en/maintenance.ics",
            "/maintenance.ics",
            "/pl/maintenance.ics?component=labels&utm_source=x",
            f"/es/maintenance/{window.id}.ics",
            f"/maintenance/{window.id}.ics?audience=sellers&lang=pl",
        )

        said = [the_event(site, path) for path in paths]

        assert len({(each["UID"], each["SEQUENCE"], each["DTSTAMP"].dt, each["DTSTART"].dt) for each in said}) == 1
        assert [each["SUMMARY"].split()[-1] for each in said] == [
            "**options**",
            "**options**",
            "dostawy",
            "entrega",
            "dostawy",
        ]

    def test_tells_what_an_audience_cannot_do_and_what_to_do_in_plain_text(self, site: Site) -> None:
        planned(site, **FOR_SELLERS)

        assert the_event(site, "/es/maintenance.ics?audience=sellers")["DESCRIPTION"].split("\n\n")[:-1] == [
            "Renovamos los sistemas.",
            "Más en la guía (https://example.com/g).",
            "- uno\n- dos",
            "Qué está afectado:\n- Etiquetas: Interrupción parcial",
            "Vendedores: Qué no se puede hacer mientras tanto:\n- Sin etiquetas.",
            "Vendedores: Antes del mantenimiento:\n- Imprima antes.",
            "Vendedores: Después del mantenimiento:\n- Pida la recogida.",
            "Datos que no cambian:\n- Estados de los paquetes: Cambian al final.",
            "Dónde preguntar:\n- Correo electrónico: help@example.com",
        ]
        everything = the_event(site, "/es/maintenance.ics")["DESCRIPTION"]
        assert "Compradores: Qué no se puede hacer mientras tanto:\n- Sin seguimiento." in everything
        assert "- Compradores: Teléfono: +34 1" in everything

    def test_keeps_hostile_texts_within_their_lines(self, site: Site) -> None:
        title = HOSTILE.replace("\r\n", " ").replace("\u2028", " ").replace("\x0b", " ")
        planned(site, title=title, reason=HOSTILE * 30)

        found = calendar(site)

        assert [each.name for each in found.walk()].count("VALARM") == 1
        assert found.walk("VEVENT")[0]["SUMMARY"] == " ".join(title.split())
        assert "END:VEVENT\nBEGIN:VALARM\n<b>ż</b>" in found.walk("VEVENT")[0]["DESCRIPTION"]

    def test_reminds_as_the_plan_does_until_the_window_begins(self, site: Site) -> None:
        window = planned(site, remind_before=["1d", "90m"])

        def triggers() -> list[timedelta]:
            return [alarm["TRIGGER"].dt for alarm in the_event(site).walk("VALARM")]

        assert triggers() == [-timedelta(days=1), -timedelta(minutes=90)]
        window.done("PATCH ", {"remind_before": []})
        assert triggers() == []
        window.done("PATCH ", {"remind_before": ["2h"]})
        window.done("start", SAID)
        assert triggers() == []


class TestAWindowThatChanges:
    def test_is_moved_twice_and_cancelled(self, site: Site) -> None:
        window, found = planned(site), []

        def look() -> None:
            event = the_event(site, f"/en/maintenance/{window.id}.ics")
            found.append((event["SEQUENCE"], event["STATUS"], *span(event), event["LAST-MODIFIED"].dt))

        look()
        for later in (1, 2):
            site.set_clock(f"08:0{later}")
            window.done("reschedule", {"start": f"2025-03-0{4 + later}T11:00", "duration": "1h"})
            look()
        site.set_clock("08:03")
        window.done("cancellation", SAID)
        look()

        day = timedelta(days=1)
        assert found == [
            (0, "CONFIRMED", at("10:00"), at("12:00"), at("08:00")),
            (1, "CONFIRMED", at("10:00") + day, at("11:00") + day, at("08:01")),
            (2, "CONFIRMED", at("10:00") + 2 * day, at("11:00") + 2 * day, at("08:02")),
            (3, "CANCELLED", at("10:00") + 2 * day, at("11:00") + 2 * day, at("08:03")),
        ]
        event = the_event(site)
        assert event["SUMMARY"] == "Cancelled: Upgrade of labels"
        assert event["DESCRIPTION"].startswith("It was cancelled on March 4, 2025, 08:03 UTC and does not take place.")

    def test_is_counted_from_its_announcement(self, site: Site) -> None:
        window = planned(site, announced=False)
        window.done("reschedule", {"start": "2025-03-05T11:00", "duration": "1h"})
        assert events(site) == []
        problem(fetched(site, f"/en/maintenance/{window.id}.ics"), 404, "not_found")

        window.done("announcement", {})

        assert the_event(site)["SEQUENCE"] == 0

    def test_is_stamped_by_what_readers_see_of_it(self, site: Site) -> None:
        window = planned(site)
        before = fetched(site)
        site.set_clock("08:10")
        window.done("updates", {"message": "secret", "internal": True})
        window.done("hold", {"reason": "secret"})
        assert fetched(site).content == before.content

        window.done("updates", {"message": "We have begun to prepare it."})
        window.done("PATCH ", {"title": "Upgrade of all labels"})

        event = the_event(site)
        assert (event["SUMMARY"], event["DTSTAMP"].dt) == ("Upgrade of all labels", at("08:10"))

    def test_is_asked_for_again_when_its_title_has_changed(self, site: Site) -> None:
        window = planned(site)
        before = fetched(site).headers["Last-Modified"]
        site.set_clock("08:10")

        window.done("PATCH ", {"title": "Upgrade of all labels"})

        assert fetched(site, headers={"If-Modified-Since": before}).status_code == 200

    def test_is_shown_as_long_as_it_takes(self, site: Site) -> None:
        window, found = under_way(site), []

        def look(clock: str) -> None:
            site.set_clock(clock)
            event = the_event(site)
            found.append((event["SEQUENCE"], span(event)[1]))

        look("11:00")
        window.done("hold", {"reason": "secret"})
        for clock in ("12:00", "12:59", "13:00", "14:30"):
            look(clock)
        window.done("extension", {"end": "2025-03-04T17:00"})
        look("14:31")
        window.done("completion", SAID)
        look("14:40")

        ends = [end for _, end in found]
        assert ends == [at(clock) for clock in ("12:00", "13:00", "13:00", "14:00", "15:00", "16:00", "14:31")]
        sequences = [sequence for sequence, _ in found]
        assert sequences == sorted(sequences)
        assert len(set(sequences)) == 4

    def test_leaves_the_calendar_ninety_days_later(self, site: Site) -> None:
        window = planned(site)
        site.set_clock(at("12:30") + timedelta(days=90))
        assert len(events(site)) == 1

        site.set_clock(at("00:00") + timedelta(days=91))

        assert events(site) == []
        assert the_event(site, f"/en/maintenance/{window.id}.ics")["STATUS"] == "CONFIRMED"

    def test_keeps_the_name_of_a_component_that_is_retired(self, site: Site) -> None:
        under_way(site).done("completion", SAID)
        made(site.operator.post("/v1/components/labels/retirement"))

        event = the_event(site, "/es/maintenance.ics")

        assert "Etiquetas" in [str(each) for each in event["CATEGORIES"].cats]
        assert "Etiquetas: " in str(event["DESCRIPTION"])

    def test_stays_in_the_calendar_while_it_takes_longer_and_after_it_has_ended(self, site: Site) -> None:
        window = under_way(site)
        window.done("hold", {"reason": "secret"})
        site.set_clock(at("12:30") + timedelta(days=100))
        assert the_event(site)["UID"] == window.id

        window.done("completion", SAID)

        assert the_event(site)["DTEND"].dt == site.clock.moment


CLOCKS = (
    ("Europe/Warsaw", "2025-10-26T02:30", "earlier", "2025-10-26T00:30:00Z"),
    ("Europe/Warsaw", "2025-10-26T02:30", "later", "2025-10-26T01:30:00Z"),
    ("Europe/Warsaw", "2025-10-26T03:00", None, "2025-10-26T02:00:00Z"),
    ("Europe/Warsaw", "2026-03-29T02:30", "later", "2026-03-29T01:30:00Z"),
    ("Europe/Warsaw", "2026-03-29T03:15", None, "2026-03-29T01:15:00Z"),
    ("America/Sao_Paulo", "2025-07-27T01:00", None, "2025-07-27T04:00:00Z"),
    ("Australia/Lord_Howe", "2026-01-01T00:30", None, "2025-12-31T13:30:00Z"),
    ("UTC", "2025-07-27T01:00", None, "2025-07-27T01:00:00Z"),
    ("Europe/Warsaw", "2150-07-01T12:00", None, "2150-07-01T10:00:00Z"),
)
"""Zone, civil time, which of two is meant, and the moment."""


class TestClocks:
    def test_tell_the_right_instant(self, site: Site) -> None:
        windows = [
            planned(site, zone=zone, start=start, end=None, duration="30m", ambiguous=choice)
            for zone, start, choice, _ in CLOCKS
        ]

        shown = {str(event["UID"]): span(event) for event in events(site)}

        assert [written(shown[window.id][0]) for window in windows] == [moment for *_, moment in CLOCKS]
        assert {end - start for start, end in shown.values()} == {timedelta(minutes=30)}

    def test_of_a_zone_change_when_its_clocks_do(self, site: Site) -> None:
        planned(site, start="2025-12-31T23:30", end="2026-01-01T01:00")

        [zone] = calendar(site).walk("VTIMEZONE")

        rules = [(each.name, each["DTSTART"].dt, each["TZOFFSETTO"].td) for each in zone.subcomponents]
        hour = timedelta(hours=1)
        assert rules == [
            ("STANDARD", datetime(2024, 12, 31, 1), hour),  # noqa: DTZ001 - by the clocks
            ("DAYLIGHT", datetime(2025, 3, 30, 2), 2 * hour),  # noqa: DTZ001
            ("STANDARD", datetime(2025, 10, 26, 3), hour),  # noqa: DTZ001
            ("DAYLIGHT", datetime(2026, 3, 29, 2), 2 * hour),  # noqa: DTZ001
            ("STANDARD", datetime(2026, 10, 25, 3), hour),  # noqa: DTZ001
        ]


class TestWhatIsAsked:
    def test_chooses_the_windows_that_affect_a_component(self, site: Site) -> None:
        of_labels = planned(site)
        of_orders = planned(site, components={"orders": "major_outage"})
        of_all = planned(site, components={}, all="major_outage")

        def shown(query: str) -> set[str]:
            return {str(each["UID"]) for each in events(site, f"/en/maintenance.ics?{query}")}

        assert shown("component=labels") == {of_labels.id, of_all.id}
        assert shown("component=orders") == {of_orders.id, of_all.id}
        assert calendar(site, "/en/maintenance.ics?component=labels")["NAME"] == "Status: Maintenance – Labels"

    def test_of_the_past_is_asked_for_by_what_is_known_now(self, site: Site) -> None:
        before = site.tick()
        made(site.operator.send("PUT", "/v1/audiences/couriers", json={"name": {"en": "Couriers"}}))
        site.component("boxes", name="Boxes")

        for query in ("audience=couriers", "component=boxes"):
            assert events(site, f"/en/maintenance.ics?{query}&as_of={before}") == []

    def test_chooses_the_windows_that_concern_an_audience(self, site: Site) -> None:
        everyone, sellers = planned(site), planned(site, **FOR_SELLERS)
        made(site.operator.send("PUT", "/v1/audiences/couriers", json={"name": {"en": "Couriers"}}))

        def shown(query: str) -> set[str]:
            return {str(each["UID"]) for each in events(site, f"/en/maintenance.ics?{query}")}

        assert shown("audience=sellers") == {everyone.id, sellers.id}
        assert shown("audience=couriers") == {everyone.id}

    def test_is_refused_by_name_where_readers_know_of_nothing_like_it(self, site: Site) -> None:
        window = planned(site, **FOR_SELLERS)
        site.component("labels-secret", public=False)

        for query, nearest in (("component=lables", "labels"), ("component=labels-secret", "labels")):
            said = problem(fetched(site, f"/en/maintenance.ics?{query}"), 422, "invalid")
            assert said["detail"].endswith(f"did you mean {nearest}?")
        for path in ("/en/maintenance.ics", f"/en/maintenance/{window.id}.ics"):
            said = problem(fetched(site, f"{path}?audience=selers"), 422, "invalid")
            assert said["detail"].endswith("did you mean sellers?")

    @pytest.mark.parametrize("path", ["/xx/maintenance.ics", "/en/maintenance/x.ics", "/maintenance/0/1.ics"])
    def test_is_refused_where_there_is_nothing(self, site: Site, path: str) -> None:
        problem(fetched(site, path), 404, "not_found")

    def test_can_be_asked_of_the_past(self, site: Site) -> None:
        window = planned(site)
        site.set_clock("09:00")
        window.done("reschedule", {"start": "2025-03-05T11:00", "duration": "1h"})
        site.set_clock("09:30")

        then = the_event(site, "/en/maintenance.ics?as_of=2025-03-04T08:30:00Z")

        assert (then["SEQUENCE"], span(then)[0]) == (0, at("10:00"))

    def test_is_answered_with_nothing_where_it_is_known(self, site: Site) -> None:
        planned(site)
        answer = fetched(site)

        assert answer.headers["Last-Modified"] == "Tue, 04 Mar 2025 08:00:00 GMT"
        assert answer.headers["Cache-Control"] == "no-cache"
        for name, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
            assert fetched(site, headers={name: answer.headers[value]}).status_code == 304


class TestPages:
    def test_lead_to_the_calendars(self, site: Site) -> None:
        window = planned(site, **FOR_SELLERS)
        site.tick()
        pages = {
            "maintenance": "/en/maintenance.ics",
            f"maintenance/{window.id}": f"/en/maintenance/{window.id}.ics",
            f"maintenance/{window.id}?audience=sellers": f"/en/maintenance/{window.id}.ics?audience=sellers",
            "audiences/sellers": "/en/maintenance.ics?audience=sellers",
        }

        for page, link in pages.items():
            assert f'<a href="{link}" type="text/calendar">' in site.reader.get(f"/en/{page}").text
