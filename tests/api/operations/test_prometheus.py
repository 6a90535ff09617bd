"""What Prometheus reads, and the alerts and the dashboard that are made for it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

import api.http.metrics
import api.operations
import api.site.kernel.reading
from tests.api.client import Site, made
from tests.api.panel_steps import lost, registered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.api.client import Caller

SHIPPED = Path(api.operations.__file__).parent / "prometheus"
NAMED = re.compile(r"\b(bitacora_\w+)(?:{([^}]*)})?")
LABEL = re.compile(r'(\w+)\s*(?:=~|!=|=)\s*"([^"]*)"')
WITHOUT_TOKEN = "  # These need the token"
"""Where in the rules those begin that need one."""


@pytest.fixture(name="world")
def _world(site: Site) -> Site:
    site.set_clock("08:00")
    site.component("labels")
    registered(site, "panel-a", name="Panel A")
    site.set_clock("09:00")
    lost(site, "panel-a")
    site.incident({"labels": "partial_outage"})
    site.incident({"labels": "major_outage"}, publish=False)
    site.tick()
    return site


def scraped(caller: Caller) -> dict[str, list[dict[str, str]]]:
    """Read the metrics: the labels of each sample, by its name."""
    found: dict[str, list[dict[str, str]]] = {}
    for family in text_string_to_metric_families(caller.get("/metrics").text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    return found


def values(caller: Caller, name: str) -> dict[tuple[str, ...], float]:
    """Read the samples of a metric that are not 0, by their labels."""
    families = text_string_to_metric_families(caller.get("/metrics").text)
    samples = (sample for family in families for sample in family.samples if sample.name == name and sample.value)
    return {tuple(value for _, value in sorted(sample.labels.items())): sample.value for sample in samples}


def missing(expressions: Iterable[str], metrics: dict[str, list[dict[str, str]]]) -> list[str]:
    """List the metrics, labels and values that expressions name and that are not scraped."""
    return [
        f"{name}{{{labels}}}"
        for expression in expressions
        for name, labels in NAMED.findall(expression)
        if not any(
            all(any(re.fullmatch(wanted, each.get(label, "")) for wanted in value.split("|")) for label, value in found)
            for found in [LABEL.findall(labels)]
            for each in metrics.get(name, ())
        )
    ]


def rules() -> tuple[list[str], list[str]]:
    """Give the expressions of the alerts: those that everybody can have, and those that need a token."""
    public, _, private = (SHIPPED / "rules.yml").read_text(encoding="utf-8").partition(WITHOUT_TOKEN)
    found = [re.findall(r"^ +expr: (.*)$", part, re.MULTILINE) for part in (public, private)]
    return found[0], found[1]


def dashboard() -> dict[str, Any]:
    """Give the dashboard."""
    found: dict[str, Any] = json.loads((SHIPPED / "dashboard.json").read_text(encoding="utf-8"))
    return found


def targets() -> Iterator[dict[str, Any]]:
    """Walk what the panels of the dashboard ask."""
    for panel in dashboard()["panels"]:
        yield from panel.get("targets", ())


class TestMetrics:
    def test_count_published_incidents_for_everybody(self, world: Site) -> None:
        for caller in (world.reader, world.operator):
            assert values(caller, "bitacora_public_incidents") == {("major", "investigating"): 1.0}
            ((labels, began),) = values(caller, "bitacora_public_incident_started_timestamp_seconds").items()
            assert (labels[0], labels[2]) == ("major", "investigating")
            assert began == 1741078800.0

    def test_count_more_incidents_than_they_name(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(api.http.metrics, "MOST_NAMED", 2)
        monkeypatch.setattr(api.site.kernel.reading, "MOST_OPEN", 2)
        site.component("labels")
        for _ in range(3):
            site.incident({"labels": "partial_outage"})
        site.tick()

        assert values(site.reader, "bitacora_public_incidents") == {("major", "investigating"): 3.0}
        assert len(values(site.reader, "bitacora_public_incident_started_timestamp_seconds")) == 2

    def test_forget_an_incident_that_is_over(self, world: Site) -> None:
        (incident,) = made(world.reader.get("/v1/incidents"))["data"]
        made(world.update(incident["id"], "resolved", override_reason="it is over"))
        world.tick()

        assert values(world.reader, "bitacora_public_incidents") == {}
        assert len(scraped(world.reader)["bitacora_public_incidents"]) == 12
        assert values(world.reader, "bitacora_public_incident_started_timestamp_seconds") == {}


class TestRules:
    def test_name_what_everybody_can_read(self, world: Site) -> None:
        public, _ = rules()

        assert len(public) == 9
        assert missing(public, scraped(world.reader)) == []

    def test_name_what_a_token_shows(self, world: Site) -> None:
        _, private = rules()

        assert len(private) == 5
        assert missing(private, scraped(world.operator)) == []
        assert missing(private, scraped(world.reader)) != []

    def test_are_found_to_name_what_there_is_not(self, world: Site) -> None:
        expressions = [
            "bitacora_nothing > 0",
            'bitacora_component_status{status="broken"}',
            'bitacora_panel_access{x="y"}',
        ]

        assert len(missing(expressions, scraped(world.reader))) == 3

    def test_mark_their_alerts_so_that_none_comes_back_as_a_signal(self) -> None:
        written = (SHIPPED / "rules.yml").read_text(encoding="utf-8")

        assert written.count("- alert:") == written.count(", origin: bitacora}") == 14


class TestDashboard:
    def test_names_what_everybody_can_read(self, world: Site) -> None:
        expressions = [target["expr"] for target in targets() if "expr" in target]

        assert len(expressions) == 8
        assert missing(expressions, scraped(world.reader)) == []

    def test_asks_for_addresses_that_there_are(self, world: Site) -> None:
        addresses = [target["url"] for target in targets() if "url" in target]

        assert len(addresses) == 4
        for address in addresses:
            assert address.startswith("${site}/api/v2/")
            assert world.reader.get(address.removeprefix("${site}")).status_code == 200

    def test_gives_each_panel_a_number_and_a_place_of_its_own(self) -> None:
        panels = dashboard()["panels"]
        places = [(each["gridPos"]["x"], each["gridPos"]["y"]) for each in panels]

        assert len({each["id"] for each in panels}) == len(set(places)) == len(panels)
