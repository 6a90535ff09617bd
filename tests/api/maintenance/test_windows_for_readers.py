"""A night in which the deliveries of a marketplace stand still, as each reader wants it told."""

from typing import Any

import pytest

from tests.api.client import Site, at, made, problem, written

LIST = "/v1/maintenance-windows"
DELIVERIES: dict[str, Any] = {
    "title": {"pl": "Prace przy dostawach", "es": "Mantenimiento de envíos", "en": "Maintenance of deliveries"},
    "zone": "Europe/Warsaw",
    "start": "2025-08-03T00:00",
    "end": "2025-08-03T03:00",
    "components": {"labels": "major_outage", "lockers": "major_outage", "api": "partial_outage"},
    "audiences": {
        "sellers": {
            "restrictions": [
                {"es": "No se crean etiquetas.", "pl": "Nie utworzysz etykiet.", "en": "No labels are created."},
                {"es": "No se piden recogidas.", "en": "No pickups are ordered."},
            ],
            "guidance": {"before": [{"es": "Imprima antes sus etiquetas."}], "during": [], "after": []},
        },
        "buyers": {"restrictions": [{"es": "No se abren las taquillas.", "en": "No locker opens."}]},
        "couriers": {"restrictions": [{"en": "No parcel is handled."}]},
        "integrators": {"restrictions": [{"en": "No order is managed through the API."}]},
    },
    "freezes": [
        {
            "data": "parcel_statuses",
            "name": {"es": "Estados de envíos", "en": "Statuses of parcels"},
            "note": {"es": "Antiguo no es roto.", "en": "Old is not broken."},
        }
    ],
    "contacts": [
        {"channel": "form", "address": "https://example.com/ask", "note": {"es": "Para todos.", "en": "For all."}},
        {"audience": "sellers", "channel": "email", "address": "sellers@example.com"},
        {"audience": "couriers", "channel": "phone", "address": "+48 000 000 000"},
    ],
    "markets": [{"market": "PL", "zone": "Europe/Warsaw"}],
}
"""The night from Saturday to Sunday in which parcels stand still until three."""


@pytest.fixture(scope="module")
def marketplace(shared_site: Site) -> str:
    """The path of the window."""
    for key in ("labels", "lockers", "api"):
        shared_site.component(key)
    path = str(shared_site.operator.post(LIST, DELIVERIES).headers["Location"])
    shared_site.tick()
    return path


class TestMarketplace:
    @pytest.mark.parametrize(
        ("zone", "start", "end"),
        [
            ("Europe/Warsaw", "2025-08-03T00:00+02:00", "2025-08-03T03:00+02:00"),
            ("Europe/Madrid", "2025-08-03T00:00+02:00", "2025-08-03T03:00+02:00"),
            ("America/Lima", "2025-08-02T17:00-05:00", "2025-08-02T20:00-05:00"),
            ("Asia/Tokyo", "2025-08-03T07:00+09:00", "2025-08-03T10:00+09:00"),
            ("Asia/Kathmandu", "2025-08-03T03:45+05:45", "2025-08-03T06:45+05:45"),
        ],
    )
    def test_is_shown_by_the_clocks_of_the_zone_asked_for(
        self, shared_site: Site, marketplace: str, zone: str, start: str, end: str
    ) -> None:
        one = made(shared_site.reader.get(marketplace, params={"zone": zone}))
        listed = made(shared_site.reader.get(LIST, params={"zone": zone}))["data"]

        for window in (one, *listed):
            assert window["local_times"] == [
                {"market": "PL" if zone == "Europe/Warsaw" else None, "zone": zone, "start": start, "end": end}
            ]
            assert (window["starts_at"], window["ends_at"]) == ("2025-08-02T22:00:00Z", "2025-08-03T01:00:00Z")
            assert (window["start"], window["end"]) == ("2025-08-03T00:00", "2025-08-03T03:00")

    def test_is_shown_to_sellers_in_spanish_with_just_that(self, shared_site: Site, marketplace: str) -> None:
        asked = {"audience": "sellers", "lang": "es"}

        for window in (
            made(shared_site.reader.get(marketplace, params=asked)),
            *made(shared_site.reader.get(LIST, params=asked))["data"],
        ):
            assert window["title"] == "Mantenimiento de envíos"
            assert window["audiences"] == {
                "sellers": {
                    "restrictions": ["No se crean etiquetas.", "No se piden recogidas."],
                    "guidance": {"before": ["Imprima antes sus etiquetas."], "during": [], "after": []},
                }
            }
            assert window["freezes"] == [
                {"data": "parcel_statuses", "name": "Estados de envíos", "note": "Antiguo no es roto."}
            ]
            assert [(contact["channel"], contact["note"]) for contact in window["contacts"]] == [
                ("form", "Para todos."),
                ("email", None),
            ]

    def test_tells_an_audience_that_it_does_not_concern_what_concerns_everybody(
        self, shared_site: Site, marketplace: str
    ) -> None:
        made(shared_site.operator.send("PUT", "/v1/audiences/erp_partners", json={"name": "Partners"}))
        shared_site.tick()

        window = made(shared_site.reader.get(marketplace, params={"audience": "erp_partners"}))

        assert window["audiences"] == {}
        assert [contact["channel"] for contact in window["contacts"]] == ["form"]
        assert window["freezes"][0]["data"] == "parcel_statuses"

    def test_is_shown_whole_to_who_asks_for_nothing(self, shared_site: Site, marketplace: str) -> None:
        window = made(shared_site.reader.get(marketplace))

        assert set(window["audiences"]) == {"sellers", "buyers", "couriers", "integrators"}
        assert len(window["contacts"]) == 3
        assert window["freezes"] == DELIVERIES["freezes"]
        assert window["components"] == DELIVERIES["components"]
        assert [each["market"] for each in window["local_times"]] == ["PL"]

    @pytest.mark.parametrize("zone", ["Mars/Base", "Europe/Nowhere", "../../etc/passwd", "?", ""])
    def test_refuses_a_zone_that_there_is_not(self, shared_site: Site, marketplace: str, zone: str) -> None:
        for path in (marketplace, LIST):
            refusal = problem(shared_site.reader.get(path, params={"zone": zone}), 422, "invalid")
            assert [fault["pointer"] for fault in refusal["errors"]] == ["/zone"]

    def test_was_announced_when_it_was_planned(self, shared_site: Site, marketplace: str) -> None:
        assert made(shared_site.reader.get(marketplace))["announced_at"] == written(at("08:00"))
