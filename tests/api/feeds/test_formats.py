"""Each format by its own rules: Atom (RFC 4287), RSS 2.0, JSON Feed 1.1; and what a reader's program need not load."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.api.client import made
from tests.api.feeds.reading import ATOM, FILES, feed_of, xml_of
from tests.api.site.hostile_world import LONG, TITLE, TRICKS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from tests.api.client import Site

MEDIA = {
    "history.atom": "application/atom+xml",
    "history.rss": "application/rss+xml",
    "feed.json": "application/feed+json",
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
"""RFC 3339, as Atom asks for it: with an uppercase T and Z."""


@pytest.fixture(scope="module", name="hostile")
def _hostile(shared_site: Site) -> Site:
    """A site with hostile texts, every one of which readers see, and one harmless incident."""
    site = shared_site
    site.component("labels", name={"en": f"Labels {TRICKS[0]}"})
    site.incident({"labels": "major_outage"}, title=TITLE, message=LONG)
    site.incident({"labels": "major_outage"}, title="Odd \ufffe\uffff\u0085 \U0001f4a9", message="a\r\nb\tc \ufffe")
    id = site.incident({"labels": "major_outage"}, title="No labels", message="We **look** [here](/en/).\n\n- a\n- b")[
        "id"
    ]
    made(site.update(id, "identified", expected_at="2025-03-04T09:00:00Z"))
    site.tick()
    return site


def ask(site: Site, file: str) -> bytes:
    return site.reader.get(f"/en/{file}").content


class TestAtom:
    def test_has_what_the_format_asks_for(self, hostile: Site) -> None:
        root = xml_of(hostile.reader.get("/en/history.atom"))

        assert root.tag == f"{ATOM}feed"
        assert one(root, "title")
        assert UUID(one(root, "id").removeprefix("urn:uuid:")).version == 5
        assert INSTANT.fullmatch(one(root, "updated"))
        # Entries have no author of their own.
        assert [each.findtext(f"{ATOM}name") for each in root.findall(f"{ATOM}author")] == ["Status"]
        links = [(each.get("rel"), each.get("type"), each.get("hreflang")) for each in root.findall(f"{ATOM}link")]
        assert len(set(links)) == len(links)
        assert links.count(("self", MEDIA["history.atom"], "en")) == 1
        assert [link for link in links if link[:2] == ("alternate", "text/html")] == [("alternate", "text/html", "en")]
        others = [link[2] for link in links if link[:2] == ("alternate", MEDIA["history.atom"])]
        assert others == ["es", "pl", "pt"]

    def test_has_entries_with_what_the_format_asks_for(self, hostile: Site) -> None:
        root = xml_of(hostile.reader.get("/en/history.atom"))
        entries = root.findall(f"{ATOM}entry")

        for entry in entries:
            assert one(entry, "title")
            assert INSTANT.fullmatch(one(entry, "published"))
            assert INSTANT.fullmatch(one(entry, "updated"))
            dates = [one(entry, "published"), one(entry, "updated"), one(root, "updated")]
            assert dates == sorted(dates, key=datetime.fromisoformat)
            assert [each.get("rel") for each in entry.findall(f"{ATOM}link")] == ["alternate"]
            content = entry.find(f"{ATOM}content")
            assert content is not None
            assert content.get("type") == "html"
        ids = [one(entry, "id") for entry in entries]
        assert len(set(ids)) == len(ids) == 4
        known = {"id", "title", "link", "published", "updated", "category", "summary", "content"}
        assert {each.tag.removeprefix(ATOM) for entry in entries for each in entry} == known

    def test_has_an_id_of_its_own_for_each_language_and_filter(self, hostile: Site) -> None:
        addresses = ("/en/history.atom", "/es/history.atom", "/en/history.atom?component=labels")
        ids = [one(xml_of(hostile.reader.get(address)), "id") for address in addresses]
        assert len(set(ids)) == 3

    def test_without_entries_is_valid_and_does_not_move(self, site: Site) -> None:
        answers = []
        for number in range(2):
            site.component(f"labels-{number}")
            site.tick()
            answers.append(site.reader.get("/en/history.atom"))

        root = xml_of(answers[0])
        assert (one(root, "updated"), root.find(f"{ATOM}entry")) == ("1970-01-01T00:00:00Z", None)
        assert "Last-Modified" not in answers[0].headers
        assert answers[0].headers["ETag"] == answers[1].headers["ETag"]


class TestRss:
    def test_has_what_the_format_asks_for(self, hostile: Site) -> None:
        root = xml_of(hostile.reader.get("/en/history.rss"))
        channel = root.find("channel")

        assert (root.tag, root.get("version")) == ("rss", "2.0")
        assert channel is not None
        for name in ("title", "link", "description", "language"):
            assert len(channel.findall(name)) == 1
        items = channel.findall("item")
        for item in items:
            guid = item.find("guid")
            assert guid is not None
            assert guid.get("isPermaLink") == "false"
            assert parsedate_to_datetime(item.findtext("pubDate") or "").tzinfo
        assert len({item.findtext("guid") for item in items}) == len(items) == 4


class TestJsonFeed:
    def test_has_what_the_format_asks_for(self, hostile: Site) -> None:
        document = made(hostile.reader.get("/en/feed.json"))

        assert document["version"] == "https://jsonfeed.org/version/1.1"
        assert document["title"]
        for item in document["items"]:
            assert isinstance(item["id"], str)
            assert item["content_html"]
            assert item["content_text"]
            for name in ("date_published", "date_modified"):
                assert datetime.fromisoformat(item[name]).tzinfo
        assert len({item["id"] for item in document["items"]}) == len(document["items"]) == 4

    def test_has_the_text_without_marks(self, hostile: Site) -> None:
        items = made(hostile.reader.get("/en/feed.json"))["items"]
        declared = next(item for item in items if item["title"] == "New incident: “No labels”")
        assert declared["content_text"].startswith("We look here. a b\n")
        updated = next(item for item in items if item["title"].startswith("We know the cause"))
        assert updated["content_text"].endswith("We expect to solve it by March 4, 2025, 09:00 UTC.")


@pytest.mark.parametrize("file", FILES)
class TestEveryFormat:
    def test_has_its_type(self, hostile: Site, file: str) -> None:
        answer = hostile.reader.get(f"/en/{file}")
        assert answer.headers["Content-Type"] == MEDIA[file]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"

    def test_has_nothing_that_runs_or_turns_what_stands_behind_it(self, hostile: Site, file: str) -> None:
        feed = feed_of(hostile, file=file)

        assert '<a href="http://127.0.0.1:8080/en/" rel=' in feed.entry("New incident: “No labels”").html
        for entry in feed.entries:
            assert not re.search(r"<(?!/?(p|br|strong|em|a|ul|ol|li|code|pre|blockquote|hr|div)\b)", entry.html)
            assert not re.search(r'<[^>]*href="(?!https?:|mailto:|tel:)', entry.html)
            assert not re.search(r"<[^>]*\son\w+=", entry.html)
            assert not re.search("[\u202a-\u202e\u2066-\u2069\ufffe\uffff\n]", entry.title)
            assert all("\u202e" not in name for name in entry.about)

    def test_is_not_sent_again_while_nothing_public_changes(self, site: Site, file: str) -> None:
        site.component("labels")
        id = site.incident({"labels": "major_outage"})["id"]
        site.tick()
        path = f"/en/{file}"
        first = site.reader.get(path)
        tag, date = first.headers["ETag"], first.headers["Last-Modified"]
        assert date == "Tue, 04 Mar 2025 08:00:00 GMT"

        site.set_clock("08:05")
        hidden = site.incident({"labels": "major_outage"}, publish=False)["id"]
        made(site.update(id, "investigating", internal=True))
        site.tick()
        assert site.reader.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert site.reader.get(path, headers={"If-Modified-Since": date}).status_code == 304

        site.set_clock("08:10")
        made(site.operator.post(f"/v1/incidents/{hidden}/publication", {"reason": "x", "title": "T", "message": "M"}))
        site.tick()
        again = site.reader.get(path, headers={"If-None-Match": tag, "If-Modified-Since": date})
        assert (again.status_code, again.headers["Last-Modified"]) == (200, "Tue, 04 Mar 2025 08:10:00 GMT")


def one(element: Element, name: str) -> str:
    """Give the text of the only child of a name."""
    (found,) = element.findall(f"{ATOM}{name}")
    return found.text or ""
