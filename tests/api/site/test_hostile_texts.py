"""Whatever people write is shown as text, on every page: it makes no element, runs nothing, and turns nothing round."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from api.copied_files import COPIED_FILES
from api.site.copied_pages import copied_pages
from api.site.embed import FRAME_POLICY
from api.site.export import SiteCopy
from api.site.kernel.finished import POLICY
from api.site.kernel.site import Site as Pages
from tests.api.client import Site
from tests.api.site.crawling import BEGINNINGS, crawl, crawl_past, is_page, pages_of
from tests.api.site.hostile_world import FREE, LINE, MARK, PRODUCT, SETTINGS, TEXT, fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.api.readers import Answered
    from tests.databases import SQLiteFiles

LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
SCHEMES = {"", "http", "https", "mailto", "tel"}
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that change the direction of what follows, until they are ended."""
VOID = {"br", "hr", "img", "input", "link", "meta", "path"}
NEVER_SHOWN_AS_MARKUP = {"title", "option", "script"}


class Faults(HTMLParser):
    """What is wrong with a page that shows hostile texts."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()
        self.found += [f"{tag} is not closed" for tag, _ in self._open]
        if PRODUCT in html:
            self.found.append("an expression is computed")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        whole = self.get_starttag_text() or ""
        if MARK in tag or any(MARK in name or name.startswith("on") or name == "style" for name in said):
            self.found.append(f"a text made an element: {whole[:200]}")
        for name in {"href", "src", "action"} & said.keys():
            if urlsplit("".join(said[name].split())).scheme.lower() not in SCHEMES:
                self.found.append(f"a link runs something: {whole[:200]}")
        if tag == "img" and urlsplit(said["src"]).netloc:
            self.found.append(f"a picture comes from elsewhere: {whole[:200]}")
        if tag == "script" and not said.get("src", "").startswith(("/static/", "../")) and "type" not in said:
            self.found.append(f"a script is within the page: {whole[:200]}")
        if tag not in VOID:
            self._open.append((tag, said))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            self.found.append(f"</{tag}> closes what is not open")
        else:
            self._open.pop()

    def handle_comment(self, data: str) -> None:
        self.found.append(f"there is a comment: {data[:80]}")

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if tags[-1:] == ["script"]:
            json.loads(data)
        elif TURNS.search(data) and tags[-1] not in NEVER_SHOWN_AS_MARKUP and not self._is_isolated:
            self.found.append(f"a mark of direction goes on behind its text, in {tags[-3:]}: {data.strip()[:80]}")

    @property
    def _is_isolated(self) -> bool:
        # The page itself is no bound: what turns round within it may turn the next words.
        return any(tag == "bdi" or "dir" in said for tag, said in self._open if tag not in {"html", "body"})


@pytest.fixture(scope="module", name="hostile")
def _hostile(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    url = sqlite_files.migrated(tmp_path_factory.mktemp("hostile"))
    with Site(url, **SETTINGS) as site:
        yield site


@pytest.fixture(scope="module", name="found")
def _found(hostile: Site) -> Mapping[str, Answered]:
    secret = fill(hostile)
    return {**crawl(hostile, [*BEGINNINGS, secret]), **crawl_past(hostile, "2025-03-04T09:30:00Z", "pl")}


class TestPages:
    def test_are_all_there(self, found: Mapping[str, Answered]) -> None:
        wrong = {address: answered.status for address, answered in found.items() if answered.status != 200}

        assert wrong == {}
        kinds = {page.partition("/")[0] for page in pages_of(found, "en")}
        assert kinds == {*("", "incidents", "history", "components", "maintenance", "audiences", "panels", "account")}

    def test_show_texts_as_texts(self, found: Mapping[str, Answered]) -> None:
        faults = {
            address: wrong
            for address, answered in found.items()
            if is_page(answered) and (wrong := Faults(answered.body.decode()).found)
        }

        assert faults == {}

    def test_may_load_nothing_but_what_is_ours(self, found: Mapping[str, Answered]) -> None:
        policies = {
            dict(answered.headers).get("content-security-policy") for answered in found.values() if is_page(answered)
        }

        assert policies == {POLICY, FRAME_POLICY}
        assert "unsafe" not in POLICY + FRAME_POLICY

    def test_are_listed_in_a_map_that_can_be_read(self, found: Mapping[str, Answered]) -> None:
        listed = [each.text or "" for each in ET.fromstring(found["/sitemap.xml"].body).iter(LOCATION)]  # noqa: S314 - ours

        assert len(listed) > 80
        for address in listed:
            assert re.fullmatch(r"[A-Za-z0-9:/._~%-]*", address), address


def test_a_copy_shows_texts_as_texts_and_stays_in_its_folder(
    hostile: Site, found: Mapping[str, Answered], tmp_path: Path
) -> None:
    assert found
    folder = tmp_path / "above" / "copy"
    hostile.run(SiteCopy(Pages(hostile.bitacora.facade), folder, copied_pages, COPIED_FILES).write())

    files = list(folder.rglob("*.html"))
    assert len(files) > 80
    assert [each.name for each in tmp_path.rglob("*") if not each.is_relative_to(folder)] == ["above"]
    for file in files:
        assert Faults(file.read_text(encoding="utf-8")).found == [], file


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<hostile>", "a text made an element"),
        ('<p onclick="x">x</p>', "a text made an element"),
        ('<a href="java\tscript:x">x</a>', "a link runs something"),
        ("</main>", "closes what is not open"),
        ("<p>\u202ex</p>", "a mark of direction"),
        ("<script>1</script>", "a script is within the page"),
        (PRODUCT, "an expression is computed"),
    ],
)
def test_a_text_that_gets_through_is_found(text: str, fault: str) -> None:
    assert fault in " ".join(Faults(f"<html><body>{text}</body></html>").found)
    assert {MARK in each for each in (FREE, LINE, TEXT)} == {True}
