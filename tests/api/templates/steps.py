"""What the tests of templates do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.api.client import made

if TYPE_CHECKING:
    from tests.api.client import Site

PATH = "/v1/templates"


def a_template(site: Site, key: str = "slow", purpose: str = "incident", **texts: object) -> dict[str, Any]:
    """Let the operator write a template."""
    return made(site.operator.post(PATH, {"key": key, "purpose": purpose, **texts}))


def pointers(document: dict[str, Any]) -> list[str]:
    """Give what a refusal points at."""
    return [each["pointer"] for each in document["errors"]]
