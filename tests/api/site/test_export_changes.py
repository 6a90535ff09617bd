"""A copy that is kept current reads only the pages that may have changed, and misses none."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from api.copied_files import COPIED_FILES
from api.site.copied_pages import copied_pages
from api.site.export import Exported, SiteCopy
from api.site.kernel.site import Site as Pages
from tests.api.client import Site, at, made, written
from tests.api.panel_steps import a_panel, lost
from tests.api.windows import planned

if TYPE_CHECKING:
    from pathlib import Path

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WRITTEN_AT = re.compile(r"This copy of the page was written on <time[^<]*</time>\.")
FEW = 8
"""How many pages one change may concern: its own, the board, its components, and the lists that it stands in."""


class Copy:
    """A copy of a site."""

    def __init__(self, site: Site, folder: Path) -> None:
        """Write it once."""
        self.site, self.folder = site, folder
        self._copy = SiteCopy(Pages(site.bitacora.facade), folder, copied_pages, COPIED_FILES)
        self.update()

    def update(self) -> Exported:
        """Let it become current."""
        self.site.tick()
        return self.site.run(self._copy.update())

    def pages(self) -> dict[str, str]:
        """Give the text of each English page, without when it was written."""
        files = (self.folder / "en").rglob("*.html")
        return {
            str(file.relative_to(self.folder)): WRITTEN_AT.sub("", file.read_text(encoding="utf-8")) for file in files
        }


def history(site: Site) -> str:
    """Let there be a past of a year, and give the id of an incident that goes on."""
    for number in range(6):
        site.component(f"part-{number}", name=f"Part {number}")
    for month in range(1, 13):
        begins = f"2024-{month:02}-05T10:00:00Z"
        over = {"occurred_at": begins, "resolved_at": begins.replace("10:", "11:")}
        site.incident({f"part-{month % 3}": "major_outage"}, title=f"Trouble {month}", **over)
    id: str = site.incident({"part-0": "major_outage"}, title="Now")["id"]
    return id


def past_windows(site: Site, count: int) -> None:
    """Let so many windows have come and gone, one a day."""
    for number in range(count):
        begins = at("08:00") + DAY * (number + 1)
        window = planned(
            site,
            title=f"Work {number}",
            start=f"{begins + HOUR:%Y-%m-%dT%H:%M}",
            end=f"{begins + 2 * HOUR:%Y-%m-%dT%H:%M}",
            components={"part-1": "partial_outage"},
        )
        site.set_clock(begins + 3 * HOUR)
        assert window.outside["state"] == "completed"


class TestPastMaintenance:
    def test_is_whole_in_a_copy_page_by_page(self, site: Site, tmp_path: Path) -> None:
        site.component("part-1")
        past_windows(site, 45)

        pages = Copy(site, tmp_path / "copy").pages()

        found, place = set(), "en/maintenance/index.html"
        for _ in range(3):
            found |= set(re.findall(r">Work (\d+)</a>", pages[place]))
            following = re.search(r'href="\.\./(?:\.\./)*(en/maintenance/\d+/index\.html)">Earlier', pages[place])
            place = following[1] if following else ""
        assert place == ""
        assert found == {str(number) for number in range(45)}
        assert len([name for name in pages if re.fullmatch(r"en/maintenance/.{36}/index\.html", name)]) == 45

    def test_leaves_full_pages_as_they_are_when_more_is_past(self, site: Site, tmp_path: Path) -> None:
        site.component("part-1")
        past_windows(site, 22)
        copy = Copy(site, tmp_path / "copy")
        before = copy.pages()["en/maintenance/1/index.html"]
        site.component("part-2")
        window = planned(
            site, start="2025-04-20T10:00", end="2025-04-20T11:00", components={"part-2": "partial_outage"}
        )
        copy.update()
        site.set_clock(at("12:00") + 47 * DAY)

        assert window.outside["state"] == "completed"
        done = copy.update()

        assert copy.pages()["en/maintenance/1/index.html"] == before
        assert done.written


class TestOneChange:
    def test_is_written_by_reading_few_pages(self, site: Site, tmp_path: Path) -> None:
        incident = history(site)
        copy = Copy(site, tmp_path / "copy")
        all_pages = len(copy.pages())
        assert all_pages > 3 * FEW

        made(site.update(incident, "identified"))
        done = copy.update()

        assert 0 < done.read <= FEW
        assert "Now identified." in copy.pages()[f"en/incidents/{incident}/index.html"]
        assert "Now identified." in copy.pages()["en/index.html"]

    def test_that_nobody_sees_lets_only_the_board_be_read(self, site: Site, tmp_path: Path) -> None:
        history(site)
        copy = Copy(site, tmp_path / "copy")
        site.incident({"part-3": "major_outage"}, title="Hidden", publish=False)

        assert copy.update().read == 1

    def test_leads_to_what_is_new(self, site: Site, tmp_path: Path) -> None:
        history(site)
        copy = Copy(site, tmp_path / "copy")
        id = site.incident({"part-4": "partial_outage"}, title="Something new")["id"]

        assert copy.update().read <= FEW

        pages = copy.pages()
        assert f"en/incidents/{id}/index.html" in pages
        for name in ("index.html", "history/index.html", "history/2025-03/index.html", "components/part-4/index.html"):
            assert "Something new" in pages[f"en/{name}"], name


def _rename(site: Site, _: str) -> None:
    made(site.operator.patch("/v1/components/part-0", {"name": "Renamed"}))


def _hide(site: Site, _: str) -> None:
    made(site.operator.patch("/v1/components/part-1", {"public": False}))


def _describe(site: Site, _: str) -> None:
    made(site.operator.patch("/v1/components/part-1", {"description": "What it is for."}))


def _resolve(site: Site, incident: str) -> None:
    made(site.update(incident, "resolved", override_reason="It works."))


def _move(site: Site, incident: str) -> None:
    body = {"impact": {"part-2": [{"status": "partial_outage", "from": written(at("07:00") - 40 * DAY)}]}}
    made(site.operator.post(f"/v1/incidents/{incident}/corrections", {**body, "reason": "Earlier."}))


def _pin(site: Site, _: str) -> None:
    made(site.operator.post("/v1/components/part-5/pins", {"status": "degraded_performance", "reason": "Slow."}))


def _pin_again(site: Site, _: str) -> None:
    # It stays as bad as it was, for another reason, too.
    made(site.operator.post("/v1/components/part-0/pins", {"status": "major_outage", "reason": "For us."}))


def _plan(site: Site, _: str) -> None:
    planned(site, components={}, all="major_outage", audiences={"sellers": {"restrictions": ["No sales."]}})


def _run(site: Site, _: str) -> None:
    planned(site, components={"part-2": "partial_outage"})
    site.set_clock("10:30")


def _name(site: Site, _: str) -> None:
    made(site.operator.send("PUT", "/v1/groups/platform", json={"name": "The platform", "position": 1}))


def _panel(site: Site, _: str) -> None:
    a_panel(site)


def _lose(site: Site, _: str) -> None:
    lost(site)


def _sleep(site: Site, _: str) -> None:
    site.set_clock(at("00:10") + DAY)


STEPS = (_plan, _pin, _pin_again, _move, _name, _describe, _run, _rename, _hide, _panel, _lose, _resolve, _sleep)


def test_copy_that_follows_every_change_is_the_one_that_is_written_anew(site: Site, tmp_path: Path) -> None:
    incident = history(site)
    copy = Copy(site, tmp_path / "copy")

    for number, change in enumerate(STEPS):
        change(site, incident)
        copy.update()
        anew = Copy(site, tmp_path / str(number)).pages()

        assert copy.pages().keys() == anew.keys(), change
        assert not [name for name, text in copy.pages().items() if anew[name] != text], change


def test_copy_has_the_last_minute_of_a_trouble_that_is_over(site: Site, tmp_path: Path) -> None:
    site.component("part-0")
    copy = Copy(site, tmp_path / "copy")
    site.set_clock(at("08:30:10"))
    incident = site.incident({"part-0": "major_outage"})["id"]
    copy.update()
    site.set_clock(at("08:30:50"))
    _resolve(site, incident)
    copy.update()

    site.set_clock(at("08:31:10"))
    copy.update()

    assert "Major outage (1 minute)" in copy.pages()["en/components/part-0/index.html"]
    assert copy.pages() == Copy(site, tmp_path / "anew").pages()
    # As it was down for a long part of the time since it is there, every hour makes another figure.
    site.set_clock(at("12:35:00"))
    assert copy.update().read == 2
    assert copy.pages() == Copy(site, tmp_path / "later").pages()
    assert copy.update().read == 1
