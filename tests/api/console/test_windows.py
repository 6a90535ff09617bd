"""The screens of maintenance windows, with forms alone."""

from __future__ import annotations

import pytest

from tests.api.client import Site
from tests.api.console.visitor import Visitor, signed_in
from tests.api.windows import LABELS, LIST, PLAN, Window, planned

PLACE = "/console/maintenance-windows"


@pytest.fixture
def site(site: Site) -> Site:
    site.component(LABELS)
    return site


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return signed_in(site, site.operator)


class TestSmoke:
    def test_x(self, site: Site, visitor: Visitor) -> None:
        window = planned(site)
        for path in ("", "?view=past", "/series", "/new", f"/{window.id}", f"/{window.id}/plan", f"/new?from={window.id}"):
            visitor.opens(f"{PLACE}{path}")
            print(path, len(visitor.answer.content))
            print("\n".join(visitor.lines))
