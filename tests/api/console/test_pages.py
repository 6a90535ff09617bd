"""Lists that go on over several pages lead back to their first one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from api.console.kernel.console import FOLDER
from domain.access.keyring import Role
from tests.api.client import Site, made
from tests.api.commands import a_key, a_series
from tests.api.console.visitor import signed_in
from tests.api.notifications.notified import an_endpoint

ON, BACK = re.compile(r"same\([^)]*cursor=(?!none)"), re.compile(r"same\([^)]*cursor=none")


def test_whatever_leads_on_leads_back() -> None:
    texts = {path.name: path.read_text() for path in (FOLDER / "templates").rglob("*.html")}

    assert {name for name, text in texts.items() if ON.search(text) and not BACK.search(text)} == set()


@pytest.mark.parametrize(
    ("listed", "screen", "words"),
    [
        ("/v1/maintenance-series", "/console/maintenance-windows/series", "Newest"),
        ("/v1/endpoints", "/console/settings/subscribers/endpoints", "First"),
        ("/v1/templates", "/console/settings/templates", "First"),
    ],
)
def test_the_second_page_leads_to_the_first(shared_site: Site, listed: str, screen: str, words: str) -> None:
    for _ in range(2):
        a_series(shared_site)
        an_endpoint(shared_site)
        body = {"key": a_key(), "purpose": "incident_update", "message": "We look."}
        made(shared_site.operator.post("/v1/templates", body))
        shared_site.set_clock(shared_site.clock.moment + timedelta(seconds=1))
    admin = shared_site.a(Role.ADMIN)
    cursor = made(admin.get(listed, params={"limit": 1}))["next_cursor"]

    visitor = signed_in(shared_site, admin).opens(f"{screen}?cursor={cursor}")

    assert visitor.link(words) == screen
