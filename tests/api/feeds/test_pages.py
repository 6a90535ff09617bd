"""Pages lead to feeds, and a copy of the site has them as files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from api.copied_files import COPIED_FILES
from api.site.copied_pages import copied_pages
from api.site.export import SiteCopy
from api.site.kernel.site import Site as Pages
from tests.api.client import made
from tests.api.feeds.reading import FILES
from tests.api.panel_steps import registered
from tests.api.windows import planned

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.client import Site

LANGUAGES = ("en", "es", "pl", "pt")
HEAD = re.compile(r'<link rel="alternate" type="([^"]*)" title="([^"]*)" href="([^"]*)">')
FOLLOW = re.compile(r'<nav class="follow".*?</nav>', re.DOTALL)
LINK = re.compile(r'<a href="([^"]*)" type="([^"]*)">([^<]*)</a>')


@pytest.fixture(scope="module", name="world")
def _world(shared_site: Site) -> Site:
    shared_site.component("labels")
    shared_site.incident({"labels": "major_outage"})
    planned(shared_site, audiences={"sellers": {"restrictions": ["No labels."]}})
    registered(shared_site, "north")
    shared_site.tick()
    return shared_site


class TestAPage:
    @pytest.mark.parametrize(
        ("path", "query"),
        [
            ("", ""),
            ("history", ""),
            ("maintenance", ""),
            ("panels", ""),
            ("history?component=labels", "?component=labels"),
            ("components/labels", "?component=labels"),
            ("audiences/sellers", "?audience=sellers"),
            ("panels/north", "?panel=north"),
        ],
    )
    def test_leads_to_the_feeds_of_what_it_shows(self, world: Site, path: str, query: str) -> None:
        page = world.reader.get(f"/es/{path}").text

        found = HEAD.findall(page)
        assert [(name, address) for _, name, address in found] == [
            ("Atom", f"/es/history.atom{query}"),
            ("RSS", f"/es/history.rss{query}"),
            ("JSON Feed", f"/es/feed.json{query}"),
        ]
        *feeds, calendar = LINK.findall(FOLLOW.findall(page)[0])
        assert feeds == [(address, media, name) for media, name, address in found]
        assert calendar == ("/es/maintenance.ics", "text/calendar", "Calendario")
        for media, _, address in found:
            answer = world.reader.get(address)
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, media)

    def test_of_the_past_or_of_nothing_leads_to_none(self, world: Site) -> None:
        for path in ("/es/?as_of=1", "/es/nowhere"):
            page = world.reader.get(path).text
            assert not HEAD.findall(page)
            assert not FOLLOW.findall(page)


class TestACopy:
    def test_has_the_whole_feeds_and_the_calendar_in_each_language_and_leads_to_them(
        self, world: Site, tmp_path: Path
    ) -> None:
        world.run(copy_of(world, tmp_path).write())

        for language in LANGUAGES:
            for file in (*FILES, "maintenance.ics"):
                assert (tmp_path / language / file).read_bytes() == world.reader.get(f"/{language}/{file}").content
        page = (tmp_path / "es" / "components" / "labels" / "index.html").read_text(encoding="utf-8")
        links = [address for address, _, _ in LINK.findall(FOLLOW.findall(page)[0])]
        assert links == [f"../../../es/{file}" for file in (*FILES, "maintenance.ics")]

    def test_has_the_icon_that_its_feeds_name(self, world: Site, tmp_path: Path) -> None:
        world.run(copy_of(world, tmp_path).write())

        icon = world.reader.get("/en/feed.json").json()["favicon"]
        assert (tmp_path / icon.removeprefix(world.bitacora.facade.settings.site.url + "/")).is_file()
        assert f"<icon>{icon}</icon>" in world.reader.get("/en/history.atom").text

    def test_writes_feeds_when_something_public_changes_and_only_then(self, site: Site, tmp_path: Path) -> None:
        site.component("labels")
        site.tick()
        tmp_path = tmp_path / "copy"
        copy = copy_of(site, tmp_path)
        site.run(copy.update())
        files = [tmp_path / language / file for language in LANGUAGES for file in FILES]
        before = [file.stat().st_mtime_ns for file in files]

        site.incident({"labels": "major_outage"}, publish=False)
        site.tick()
        site.run(copy.update())
        assert [file.stat().st_mtime_ns for file in files] == before

        made(site.operator.post("/v1/incidents", PUBLIC))
        site.tick()
        site.run(copy.update())
        for file in files:
            assert file.read_bytes() == site.reader.get(f"/{file.relative_to(tmp_path)}").content
            assert "No labels" in file.read_text(encoding="utf-8")
        site.run(copy.write())
        assert all(file.is_file() for file in files)


PUBLIC = {"title": "No labels", "message": "We look.", "components": {"labels": "major_outage"}}


def copy_of(site: Site, folder: Path) -> SiteCopy:
    """Make a copy, with all that belongs into one."""
    return SiteCopy(Pages(site.bitacora.facade), folder, copied_pages, COPIED_FILES)
