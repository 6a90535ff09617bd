"""The pages of the site with the example data."""

from __future__ import annotations

from urllib.parse import quote

PAGES = (
    "",
    "?as_of=2021-03-12T11:00:00Z",
    "components/carrier-a",
    "components/carrier-a?as_of=2025-11-28T10:55:00Z",
    "history",
    "history?month=2025-08&component=delivery",
    "history?month=2099-01",
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


def address_of(root: str, language: str, page: str) -> str:
    """Give the whole address of a page in a language."""
    return f"{root}/{language}/{quote(page, safe='/?=&:%')}"
