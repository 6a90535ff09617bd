"""The pages of the site with the example data."""

from __future__ import annotations

from urllib.parse import quote

PAGES = (
    "",
    "?as_of=2021-03-12T11:00:00Z",
    "nowhere",
)
"""Their addresses without the language."""


def address_of(root: str, language: str, page: str) -> str:
    """Give the whole address of a page in a language."""
    return f"{root}/{language}/{quote(page, safe='/?=&:%')}"
