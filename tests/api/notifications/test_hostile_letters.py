"""Whatever people write stands in letters as text, however long: it makes no element, calls nobody, leads nowhere."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.feeds.words import TURNING
from api.notifications.letters.mail import plain_lines
from api.notifications.letters.marked_text import marked_lines, shortened, tidy
from api.notifications.letters.site_letters import ComposedLetter, Speeches
from api.site.kernel.texts import NOT_IN_XML
from application.facade import FacadeSettings, SiteSettings
from domain.subscriptions.values import Channel, Rhythm
from infrastructure.languages.catalogs import GettextCatalogs
from tests.api.client import Site
from tests.api.notifications.announced import ALL_LANGUAGES, announced, composed, mail_of
from tests.api.notifications.documents import an_incident_letter
from tests.api.site.hostile_world import PRODUCT, SETTINGS, TRICKS, fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.api.notifications.announced import Mail
    from tests.databases import SQLiteFiles

PAGE = "https://status.example/en/"
ATTRIBUTES = {
    "html": {"lang", "dir"},
    "meta": {"charset", "name", "content"},
    "a": {"class", "href", "rel", "style", "title"},
    "div": {"class", "dir", "style"},
    "p": {"class", "dir", "style"},
    "body": {"class", "style"},
    "ol": {"start"},
    **{tag: {"dir", "style"} for tag in ("h1", "h2", "h3", "ul", "li")},
    **{tag: set[str]() for tag in ("head", "title", "style", "br", "strong", "em", "code", "pre", "blockquote", "hr")},
}
"""The elements that a mail may have, each with its attributes."""
SCHEMES = {"http", "https", "mailto", "tel"}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
MOST_OF_MAIL = 700_000
"""How many bytes the text and the HTML of a mail have at most, with thirty announcements as long as they can be."""
hostile_texts = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            [
                *TRICKS,
                "<!here>",
                "<!channel|x>",
                "@channel",
                "<@U1>",
                "{{DATE(2017-02-14)}}",
                "a\r\nBcc: x@y.z",
                "*_~`",
                "\n- ",
                "\n1. ",
                "\n> ",
                "\n    ",
            ]
        ),
        max_size=12,
    ).map(" ".join),
    st.text(alphabet="*_`[]()<>!#-+~\\\n \t&@:/.ax1", max_size=400),
)


class Elements(HTMLParser):
    """Finds what must not be in a mail."""

    def __init__(self, html: str) -> None:
        """Read a mail."""
        super().__init__()
        self.faults: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag not in ATTRIBUTES or not said.keys() <= ATTRIBUTES[tag]:
            self.faults.append(str(self.get_starttag_text())[:200])
        if "href" in said and urlsplit("".join(said["href"].split())).scheme.lower() not in SCHEMES:
            self.faults.append(f"leads to {said['href'][:200]}")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data[:80]}")


@pytest.fixture(scope="module", name="hostile")
def _hostile(sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    url = sqlite_files.migrated(tmp_path_factory.mktemp("hostile"))
    with Site(url, **SETTINGS) as site:
        fill(site)
        yield site


class TestLetters:
    def test_show_texts_as_texts_in_every_channel_and_language(self, hostile: Site) -> None:
        facade = hostile.bitacora.facade
        every = announced(facade, hostile.tick())
        letters = [composed(facade, each) for each in every] + [composed(facade, *every)]
        assert len(letters) > 20

        for letter in letters:
            for language in ALL_LANGUAGES:
                assert faults_of_mail(mail_of(letter, language)) == []
                assert faults_of_slack(json.loads(letter.write(Channel.SLACK, language))) == []
                assert faults_of_teams(letter.write(Channel.TEAMS, language)) == []

    @given(title=hostile_texts, message=hostile_texts, name=hostile_texts, contact=hostile_texts)
    def test_show_any_text_as_text(self, title: str, message: str, name: str, contact: str) -> None:
        letter = the_letter(an_incident_letter(title=title, message=message, name=name, contact=contact))

        assert faults_of_mail(mail_of(letter)) == []
        assert faults_of_slack(json.loads(letter.write(Channel.SLACK, "en"))) == []
        assert faults_of_teams(letter.write(Channel.TEAMS, "en")) == []

    @given(
        text=st.sampled_from(["W", "**a** ", "\U0001f525", '"', "\\", "\n", "- x\n", "[a](https://b.example/) ", "`"])
    )
    def test_have_a_bounded_size(self, text: str) -> None:
        endless = text * (25_000 // len(text))
        document = an_incident_letter(title=endless, message=endless, name=endless, contact=endless, components=300)
        letter = the_letter(document)

        mail = mail_of(letter)
        assert len(mail.subject) <= 120
        assert len(mail.text.encode()) + len(mail.html.encode()) < MOST_OF_MAIL
        assert faults_of_slack(json.loads(letter.write(Channel.SLACK, "en"))) == []
        assert len(letter.write(Channel.SLACK, "en").encode()) <= 20_000
        assert len(letter.write(Channel.TEAMS, "en").encode()) <= 25_000

    def test_call_nobody(self) -> None:
        call = "@channel <!here> <!everyone> <@U024BE7LH>"
        letter = the_letter(an_incident_letter(title=call, message=call, name=call, contact=call))

        slack = json.loads(letter.write(Channel.SLACK, "en"))

        assert slack["text"].startswith("@\u2060channel &lt;!here&gt;")
        assert slack["mrkdwn"] is False
        kinds = {each["type"] for each in _walk(slack) if "type" in each}
        assert kinds == {
            "header",
            "section",
            "plain_text",
            "rich_text",
            "rich_text_section",
            "rich_text_list",
            "text",
            "link",
        }

    def test_compute_no_date_in_a_card(self) -> None:
        date = "{{DATE(2017-02-14T06:08:39Z, SHORT)}}"
        letter = the_letter(an_incident_letter(title=date, message=date, name=date, contact=date))

        assert "{{" not in letter.write(Channel.TEAMS, "en")


class TestTidy:
    def test_leaves_out_each_character_that_cannot_be_written_everywhere_or_turns_what_follows(self) -> None:
        every = "".join(map(chr, range(sys.maxunicode + 1)))
        goes = {each for pattern in (NOT_IN_XML, TURNING, CONTROL) for each in pattern.findall(every)}

        left_out = {each for each in goes if tidy(each) not in {" ", "\n", ""}}
        changed = [each for each in every if each not in goes and each.isprintable() and tidy(each) != each]

        assert len(goes) > 2_000
        assert (left_out, changed) == (set(), [])
        assert not any(each.isprintable() for each in goes)


class TestMarkedLines:
    def test_keep_what_a_text_means(self) -> None:
        text = "Hi **there** and [us](/x):\n\n- one\n  - *two*\n\n3. three\n\n> said\n\n```\ncode <b>\n```\n\n<b>x</b>"

        assert plain_lines(text, PAGE) == (
            "Hi there and us (https://status.example/x):\n- one\n  - two\n3. three\n\n> said"
            "\n\n    code <b>\n\n<b>x</b>"
        )

    @given(text=hostile_texts)
    def test_are_lines_that_lead_nowhere_else(self, text: str) -> None:
        for each in marked_lines(text, PAGE):
            assert "\n" not in each.text
            assert not CONTROL.search(each.text)
            assert not TURNING.search(each.text)
            assert all(urlsplit(span.link).scheme in SCHEMES for span in each.spans if span.link is not None)

    @given(text=hostile_texts, longest=st.integers(0, 400))
    def test_are_of_a_text_that_can_be_cut(self, text: str, longest: int) -> None:
        head, is_cut = shortened(text, longest)

        assert text.startswith(head)
        assert len(head) <= longest
        assert is_cut == (len(text) > longest)


def the_letter(document: Any) -> ComposedLetter:  # noqa: ANN401 - a document of a letter
    """Give a letter about a document, of a site whose words are plain."""
    site = SiteSettings(
        url="https://status.example",
        name="Acme",
        logo=None,
        accent=None,
        imprint_url=None,
        contact=None,
        zone="UTC",
    )
    settings = FacadeSettings(
        languages=("en", "es"),
        zone=UTC,
        site=site,
        alert_component_label="component",
        alert_severities={},
        mail_is_configured=False,
    )
    return ComposedLetter(document, Speeches(settings, GettextCatalogs()), Rhythm.INSTANT)


def faults_of_mail(mail: Mail) -> Sequence[str]:
    """Find what must not be in a mail."""
    found = Elements(mail.html).faults
    if PRODUCT in mail.html + mail.text:
        found.append("an expression is computed")
    if CONTROL.search(mail.subject) or "\n" in mail.subject or len(mail.subject) > 120:
        found.append(f"the subject {mail.subject!r}")
    if CONTROL.search(mail.text) or TURNING.search(mail.subject + mail.text):
        found.append("the text turns or hides something")
    return found


def faults_of_slack(message: Mapping[str, Any]) -> Sequence[str]:
    """Find what Slack would refuse, or show as something else."""
    found = [] if 1 <= len(message["blocks"]) <= 50 else ["too many blocks"]
    for each in _walk(message):
        match each.get("type"):
            case "header" if not 1 <= len(each["text"]["text"]) <= 150:
                found.append("a header is too long")
            case "section" if not 1 <= len(each["text"]["text"]) <= 3_000:
                found.append("a section is too long")
            case "text" | "link" if not each["text"] or len(each["text"]) > 3_000:
                found.append(f"words {each}")
            case "link" if urlsplit(each["url"]).scheme not in SCHEMES:
                found.append(f"a link {each}")
            case "rich_text" | "rich_text_section" | "rich_text_list" if not each["elements"]:
                found.append("something is empty")
            case "mrkdwn":
                found.append("something has marks")
    return found


def faults_of_teams(body: str) -> Sequence[str]:
    """Find what Teams would refuse, or show as something else."""
    found = [] if len(body.encode()) <= 25_000 else ["too large"]
    for each in _walk(json.loads(body)):
        match each.get("type"):
            case "TextBlock":
                found.append("something has marks")
            case "RichTextBlock" if not each["inlines"]:
                found.append("something is empty")
            case "Action.OpenUrl" if urlsplit(each["url"]).scheme not in SCHEMES:
                found.append(f"a link {each}")
    return found + (["a date is computed"] if "{{" in body else [])


def _walk(value: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _walk(each)
    elif isinstance(value, list):
        for each in value:
            yield from _walk(each)
