"""A time stands in a text by the clocks of the page, as people of each language write it."""

from tests.api.client import Site, made
from tests.api.templates.steps import a_template


class TestExpectedEnd:
    def test_is_said_by_the_clocks_of_the_page(self, sqlite_url: str) -> None:
        with Site(sqlite_url, time_zone="Europe/Madrid") as site:
            site.component("imports", name={"en": "Imports", "es": "Importación"})
            message = {"en": "{component}: back by {time}", "es": "{component}: vuelve el {time}"}
            a_template(site, "back", "incident_update", message=message)
            id = site.incident({"imports": "partial_outage"})["id"]

            said = {"state": "identified", "template": "back", "expected_at": "2025-07-04T10:30:00Z"}
            updated = made(site.operator.post(f"/v1/incidents/{id}/updates", said))

            assert updated["updates"][-1]["message"] == {
                "en": "Imports: back by July 4, 2025, 12:30 UTC+2",
                "es": "Importación: vuelve el 4 de julio de 2025, 12:30 UTC+2",
            }
