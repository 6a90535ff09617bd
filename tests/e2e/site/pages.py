"""The pages of the site with the example data."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.api.client import made

if TYPE_CHECKING:
    from tests.api.client import Site

LISTS = {"{incident}": "/v1/incidents", "{window}": "/v1/maintenance-windows"}
"""Where the id of a thing is found that has no key."""
PAGES = (
    "",
    "?as_of=2021-03-12T11:00:00Z",
    "components/carrier-a",
    "components/carrier-a?as_of=2025-11-28T10:55:00Z",
    "history",
    "history?month=2025-08&component=delivery",
    "history?month=2099-01",
    "incidents/{incident}",
    "incidents/{incident}?as_of=2025-11-28T10:55:00Z",
    "maintenance/{window}",
    "maintenance/{window}?audience=sellers&zone=America/Lima",
    "nowhere",
    "maintenance",
    "maintenance?as_of=2024-07-28T05:00:00Z",
    "audiences/sellers",
    "audiences/sellers?as_of=2025-08-02T23:00:00Z",
    "panels",
    "panels?as_of=2021-03-21T11:00:00Z",
    "panels/panel-a?as_of=2021-03-21T11:00:00Z",
    "panels/panel-c",
    "panels/panel-c?as_of=2021-03-12T11:00:00Z",
    "panels/lookup",
    "panels/lookup?account_created_on=2020-08-27",
    "panels/lookup?account_created_on=2020-02-30",
)
"""Their addresses without the language."""


def filled(site: Site, page: str) -> str:
    """Put the newest incident, or the first window, into an address where it has a place for it."""
    for place, path in LISTS.items():
        if place in page:
            return page.replace(place, str(made(site.reader.get(path, params={"limit": 1}))["data"][0]["id"]))
    return page


def address_of(root: str, language: str, page: str) -> str:
    """Give the whole address of a page in a language."""
    return f"{root}/{language}/{quote(page, safe='/?=&:%')}"
