"""Badges: what they say, in words, colours and titles, and what they are where there is nothing to say."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

import api.site
from api.site.badge_picture import COLORS, LABEL, LONGEST, Badge, draw
from domain.impact import Status
from tests.api.client import made
from tests.api.windows import planned, under_way

if TYPE_CHECKING:
    import httpx

    from tests.api.client import Site

STATIC = Path(api.site.__file__).parent / "static"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"><script>alert(1)</script>&amp; \u202egnp \x00\x08\ufffe %(name)s'


def words(body: bytes) -> tuple[str, str, str]:
    """Give title, label and message of a badge."""
    root = ET.fromstring(body)  # noqa: S314 - ours
    label, message = (each.text or "" for each in root.iter(f"{SVG}text"))
    title = root.findtext(f"{SVG}title") or ""
    assert (root.get("role"), root.get("aria-label")) == ("img", title)
    return title, label, message


def badge(site: Site, path: str = "/badge.svg") -> httpx.Response:
    site.tick()
    return site.reader.get(path)


class TestABadgeOfAll:
    def test_never_says_that_all_is_well_where_it_is_not(self, site: Site) -> None:
        def said() -> tuple[str, str, str]:
            return words(badge(site).content)

        assert said() == ("Status: Nothing is watched here yet", "Status", "Not known")
        site.component("labels", name="Labels")
        assert said() == ("Status: Everything works", "Status", "Everything works")
        site.component("orders", name="Orders", since="2025-03-05")
        assert said() == ("Status: We do not know whether this works: Orders", "Status", "Not known")
        window = under_way(site, components={"labels": "under_maintenance"})
        assert said() == ("Status: Under maintenance: Labels", "Status", "Under maintenance")
        window.done("updates", {"message": "Done early.", "components": {"labels": "operational"}})
        assert said()[1:] == ("Status", "Under maintenance")
        incident = site.incident({"labels": "partial_outage"}, title="It broke")
        assert said() == ("Status: Works only in part: Labels", "Status", "Partial outage")
        made(site.update(incident["id"], "monitoring", components={"labels": "operational"}))
        assert said() == ("Status: We are dealing with a problem: It broke", "Status", "Open problem")

    def test_is_in_the_language_and_the_style_that_are_asked_for(self, site: Site) -> None:
        site.component("labels", name="Labels")

        assert words(badge(site, "/badge.svg?lang=es-MX").content)[2] == "Todo funciona"
        plain, square = badge(site), badge(site, "/badge.svg?style=flat-square")
        assert 'rx="3"' in plain.text
        assert 'rx="0"' in square.text
        assert badge(site, "/badge.svg?style=plastic&lang=xx&utm_source=x").content == plain.content

    def test_is_kept_by_those_who_ask_for_as_long_as_it_is_true(self, site: Site) -> None:
        site.component("labels", name="Labels")
        answer = badge(site)

        assert answer.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert site.reader.get("/badge.svg", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304

        site.incident({"labels": "major_outage"})
        assert words(badge(site).content)[2] == "Major outage"


class TestABadgeOfAPart:
    def test_says_of_a_component_and_a_panel_how_it_is(self, site: Site) -> None:
        site.component("labels", name={"en": "Labels", "es": "Etiquetas"})
        panel = {"key": "panel-a", "name": "Panel A", "zone": "Europe/Warsaw", "capabilities": ["login"]}
        made(site.operator.post("/v1/panels", panel))
        planned(site)

        assert words(badge(site, "/badges/labels.svg?lang=es").content) == (
            "Etiquetas: Funciona",
            "Etiquetas",
            "Funciona",
        )
        assert words(badge(site, "/panels/panel-a/badge.svg").content)[1:] == ("Panel A", "Operational")

    def test_is_the_same_for_what_is_private_and_what_is_not_there(self, site: Site) -> None:
        site.component("vault", public=False)

        private, nothing = badge(site, "/badges/vault.svg"), badge(site, "/badges/nothing.svg")

        assert (private.status_code, private.content) == (404, nothing.content)
        assert words(nothing.content) == (
            "Status: There is nothing of this name",
            "Status",
            "There is nothing of this name",
        )
        assert nothing.headers["Cache-Control"] == "no-store"
        assert badge(site, "/panels/nothing/badge.svg").status_code == 404


class TestThePicture:
    @pytest.mark.parametrize("name", [HOSTILE, "", " \x07", "ż" * 300, "東京の倉庫", "العربية", "e\u0301" * 20])
    def test_holds_any_name(self, name: str) -> None:
        drawn = draw(Badge(language="en", label=name, message="m", title=name, status=Status.UNKNOWN), "flat")

        title, label, message = words(drawn)

        assert (message, len(label) <= LONGEST, bool(title)) == ("m", True, True)
        root = ET.fromstring(drawn)  # noqa: S314 - ours
        assert [each.tag for each in root.iter() if "script" in each.tag] == []
        width, texts = int(root.get("width", "0")), list(root.iter(f"{SVG}text"))
        assert sum(int(each.get("textLength", "0")) for each in texts) < width < 600

    def test_keeps_letters_together_that_hang_together(self) -> None:
        drawn = draw(Badge(language="en", label="العربية", message="m", title="t", status=Status.UNKNOWN), "flat")

        assert drawn.count(b'lengthAdjust="spacingAndGlyphs"') == 2

    def test_leaves_no_room_for_what_is_not_seen(self) -> None:
        def widths(name: str) -> list[str | None]:
            drawn = draw(Badge(language="en", label=name, message="m", title="t", status=Status.UNKNOWN), "flat")
            return [each.get("textLength") for each in ET.fromstring(drawn).iter(f"{SVG}text")]  # noqa: S314 - ours

        assert widths("a\u200b\u202e\u2066\ufe0f\u200db") == widths("ab")

    def test_has_the_colors_of_the_pages_as_the_banner_has(self) -> None:
        light = (STATIC / "page.css").read_text(encoding="utf-8").splitlines()[1]
        banner = (STATIC / "embed.js").read_text(encoding="utf-8")
        for status, color in COLORS.items():
            assert f"--{status}:{color}" in light
            assert f'{status}: "{color}"' in banner

    def test_can_be_read_by_those_who_see_little(self) -> None:
        assert set(COLORS) == set(Status)
        for color in chain(COLORS.values(), [LABEL]):
            assert 1.05 / (luminance(color) + 0.05) >= 4.5, color


def luminance(color: str) -> float:
    """Give the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
