"""A copy of the site as files: whole, relative, only what changed, and only ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from api.copied_files import COPIED_FILES
from api.site.copied_pages import copied_pages
from api.site.export import Exported, SiteCopy
from api.site.kernel.site import Site as Pages
from application.errors import AlreadyExists
from tests.api.client import Site, at
from tests.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

LINK = re.compile(r'(?:href|src|action)="([^"]*)"')


def copy_of(site: Site, folder: Path) -> SiteCopy:
    return SiteCopy(Pages(site.bitacora.facade), folder, copied_pages, COPIED_FILES)


def write(site: Site, copy: SiteCopy) -> Exported:
    site.tick()
    return site.run(copy.write())


def html_files(folder: Path) -> Iterator[Path]:
    return folder.rglob("*.html")


class TestCopy:
    def test_leads_from_file_to_file_and_nowhere_else(self, site: Site, tmp_path: Path) -> None:
        site.component("labels", name={"en": "Labels", "es": "Etiquetas"})
        site.incident({"labels": "major_outage"})
        folder = tmp_path / "copy"

        write(site, copy_of(site, folder))

        assert (folder / "es" / "index.html").is_file()
        for file in html_files(folder):
            for link in LINK.findall(file.read_text(encoding="utf-8")):
                if not link.startswith(("http", "#")):
                    assert (file.parent / link).resolve().is_relative_to(folder), (file, link)
                    assert (file.parent / link).is_file(), (file, link)

    def test_says_when_it_was_written_and_has_no_forms(self, site: Site, tmp_path: Path) -> None:
        site.component("labels")

        write(site, copy_of(site, tmp_path / "copy"))

        board = (tmp_path / "copy" / "en" / "index.html").read_text(encoding="utf-8")
        assert "This copy of the page was written on" in board
        assert not [file for file in html_files(tmp_path / "copy") if "<form" in file.read_text(encoding="utf-8")]
        assert "data-live" not in board

    def test_writes_only_what_has_changed(self, site: Site, tmp_path: Path) -> None:
        site.component("labels")
        incident = site.incident({"labels": "major_outage"})["id"]
        copy = copy_of(site, tmp_path / "copy")
        first = write(site, copy)
        before = {file: file.stat().st_mtime_ns for file in html_files(tmp_path / "copy")}

        again = write(site, copy_of(site, tmp_path / "copy"))

        # Those of the board say when they were written.
        boards = {tmp_path / "copy" / language / "index.html" for language in ("en", "es", "pl", "pt")}
        kept = first.written - len(boards)
        assert again == Exported(read=first.read, written=len(boards), kept=kept, removed=0)
        assert {file for file, then in before.items() if file.stat().st_mtime_ns != then} == boards
        assert incident

    def test_loses_what_is_no_longer_public(self, site: Site, tmp_path: Path) -> None:
        site.component("labels")
        copy = copy_of(site, tmp_path / "copy")
        write(site, copy)
        page = tmp_path / "copy" / "en" / "components" / "labels" / "index.html"
        assert page.is_file()

        site.operator.patch("/v1/components/labels", {"public": False})
        write(site, copy)

        assert not page.exists()
        assert not page.parent.exists()

    def test_has_nothing_private(self, site: Site, tmp_path: Path) -> None:
        site.component("secret", name="Secret thing", public=False)
        hidden = site.incident({"secret": "major_outage"}, title="Hidden trouble", publish=False)["id"]

        write(site, copy_of(site, tmp_path / "copy"))

        texts = [file.read_text(encoding="utf-8") for file in (tmp_path / "copy").rglob("*") if file.is_file()]
        assert texts
        assert not [text for text in texts if "Secret" in text or "Hidden" in text or hidden in text]

    def test_leaves_the_files_of_others_alone(self, site: Site, tmp_path: Path) -> None:
        folder = tmp_path / "copy"
        folder.mkdir()
        (folder / "letters.txt").write_text("mine", encoding="utf-8")

        with pytest.raises(AlreadyExists):
            copy_of(site, tmp_path / "copy")

        assert [file.name for file in folder.iterdir()] == ["letters.txt"]

    def test_is_kept_current_again_once_it_can_be_written(self, site: Site, tmp_path: Path) -> None:
        site.component("labels", name="Labels")
        site.tick()
        copy, board = copy_of(site, tmp_path / "copy"), tmp_path / "copy" / "en" / "index.html"
        # In the way of the first page, as a disk that is full would be.
        (tmp_path / "copy").write_text("in the way", encoding="utf-8")
        with capture_logs() as logs:
            keeping = site.start(copy.keep_current())

            until(lambda: [each["event"] for each in logs] == ["site_copy_failed"])
            (tmp_path / "copy").unlink()

            until(board.is_file)
        assert "cannot write the copy in" in logs[0]["error"]
        site.incident({"labels": "major_outage"}, title="No labels")
        until(lambda: "No labels" in board.read_text(encoding="utf-8"))
        assert not keeping.done()
        keeping.cancel()

    def test_is_written_again_when_something_changes(self, site: Site, tmp_path: Path) -> None:
        site.component("labels", name="Labels")
        copy = copy_of(site, tmp_path / "copy")
        write(site, copy)
        site.set_clock(at("09:00"))
        site.incident({"labels": "major_outage"}, title="No labels")

        write(site, copy)

        assert "Does not work: Labels" in (tmp_path / "copy" / "en" / "index.html").read_text(encoding="utf-8")
