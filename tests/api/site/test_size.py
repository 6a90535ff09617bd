"""The page of the board is small, also after three months with trouble."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

from tests.api.client import Site, at, made

BYTES, REQUESTS, ELEMENTS = 12_000, 4, 700
SCRIPTS = 1_860
"""How many bytes both scripts of a page are together, compressed; of them 1,230 keep an open page current."""
DAY = timedelta(days=1)
LANGUAGES = ("en", "es", "pl", "pt")


def test_scripts_of_a_page_are_small(site: Site) -> None:
    name = re.findall(r'src="(/static/page-[^"]+)"', site.reader.get("/en/").text)[0]
    script = site.reader.get(name)

    assert len(gzip.compress(script.content, 9)) <= SCRIPTS
    assert not re.findall(r"^(?://|\s|$)", script.text, re.MULTILINE)


def test_board_of_twenty_components_and_five_incidents_is_small(site: Site) -> None:
    keys = [f"component-{number}" for number in range(20)]
    for number, key in enumerate(keys):
        site.component(key, name=f"Component {number}", group=f"group-{number % 4}", position=number)
    for day in range(0, 85, 4):
        site.set_clock(at("08:00") + day * DAY)
        broken = {keys[day % 20]: "major_outage", keys[(day + 7) % 20]: "degraded_performance"}
        incident = site.incident(broken, title=f"Trouble of day {day}")["id"]
        site.set_clock(at("09:10") + day * DAY)
        made(site.update(incident, "resolved", override_reason="Seen to work."))
    site.set_clock(at("08:00") + 89 * DAY)
    for number in range(5):
        site.incident({keys[number]: "partial_outage"}, title=f"Trouble {number} of today", message="We look. " * 30)

    for language in LANGUAGES:
        page = site.reader.get(f"/{language}/").text
        files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
        loaded = [page.encode(), *(site.reader.get(file).content for file in files)]

        assert len(re.findall('<svg class="days"', page)) == 20
        assert sum(len(gzip.compress(body)) for body in loaded) <= BYTES
        assert len(loaded) <= REQUESTS
        assert len(re.findall("<[a-z]", page)) <= ELEMENTS
