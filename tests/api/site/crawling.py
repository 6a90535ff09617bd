"""Every address that a reader can come to, found as a search engine finds them: by links, forms and the map."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlencode, urljoin, urlsplit

from tests.api.client import REQUEST_ID
from tests.api.readers import TOGETHER, Answered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.api.client import Site

BEGINNINGS = (
    "/",
    "/robots.txt",
    "/favicon.ico",
    "/badge.svg",
    "/embed",
    "/embed.json",
    "/embed.js",
    "/maintenance.ics",
    "/api/v2/summary.json",
    "/api/v2/incidents.json",
)
"""What everybody knows without a link, or from the reference."""
BADGES = {"components": "/badges/{}.svg", "panels": "/panels/{}/badge.svg"}
"""The badge of a thing, by the kind of its page; pages do not lead to it."""
PAGE_OF_A_THING = re.compile(r"/\w+/(components|panels)/(?!lookup)([^/?]+)")
FOLLOWED = ("history.atom", "history.rss", "feed.json")
"""What programs read in the language of a page."""
MAPS = ("/robots.txt", "/sitemap.xml")
NAMED = re.compile(r"<loc>([^<]*)</loc>|href=\"([^\"]*)\"|^Sitemap: (\S+)", re.MULTILINE)
"""How the map of the site, and the file that leads to it, name addresses."""
A_DAY = "2020-08-27"
LEADING = ("href", "src", "action")


@dataclass
class _Form:
    """A form that asks, and what can be chosen in it."""

    action: str
    fixed: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def addresses(self) -> Iterable[str]:
        """Give an address for each choice of each of its fields."""
        for name, values in self.choices.items():
            for value in values:
                yield f"{self.action}?{urlencode({name: value, **self.fixed})}"


class Links(HTMLParser):
    """Where a page leads to."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self.addresses: list[str] = []
        self._forms: list[_Form] = []
        self._select = ""
        self.feed(html)
        self.addresses += [address for form in self._forms for address in form.addresses()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.addresses += [said[name] for name in LEADING if name in said]
        if tag == "form" and said.get("method", "get") == "get":
            self._forms.append(_Form(said.get("action", "").partition("?")[0]))
        elif tag == "select":
            self._select = said.get("name", "")
        elif self._forms and tag == "option":
            self._forms[-1].choices.setdefault(self._select, []).append(said.get("value", ""))
        elif self._forms and tag == "input" and said.get("type") == "hidden":
            self._forms[-1].fixed[said["name"]] = said["value"]
        elif self._forms and tag == "input" and said.get("type") in {"date", "month"}:
            day = A_DAY if said["type"] == "date" else A_DAY[:7]
            self._forms[-1].choices[said["name"]] = [said.get("value") or day]


def crawl(
    site: Site, beginnings: Iterable[str] = BEGINNINGS, *, follows: Callable[[str], bool] | None = None
) -> Mapping[str, Answered]:
    """Ask for every address that can be come to from the beginnings, and give what each was answered with.

    Those of the past are left out, of which there is no end, unless ``follows`` says to which addresses to go.
    """
    is_wanted = follows or (lambda address: as_of(address) is None)
    found: dict[str, Answered] = {}
    waiting, known = deque(beginnings), set(beginnings)
    while waiting:
        some = [waiting.popleft() for _ in range(min(TOGETHER, len(waiting)))]
        for address, answered in zip(some, site.run(_asked(site, some)), strict=True):
            found[address] = answered
            for each in _led_to(site, address, answered):
                if each not in known and is_wanted(each):
                    known.add(each)
                    waiting.append(each)
    return found


def crawl_past(site: Site, moment: str, language: str) -> Mapping[str, Answered]:
    """Do the same with the site as it was at a moment, in one language."""

    def is_of_then(address: str) -> bool:
        return as_of(address) == moment and address.startswith(f"/{language}/")

    # No page of the past leads to what programs read, which is followed as it is now.
    beginnings = [f"/{language}/{path}?{urlencode({'as_of': moment})}" for path in ("", *FOLLOWED)]
    return crawl(site, beginnings, follows=is_of_then)


def as_of(address: str) -> str | None:
    """Give the moment that an address asks for, None if that of now."""
    return parse_qs(urlsplit(address).query).get("as_of", [None])[0]


def is_page(answered: Answered) -> bool:
    """Tell whether an answer is a page for people."""
    return dict(answered.headers).get("content-type", "").startswith("text/html")


def pages_of(found: Mapping[str, Answered], language: str) -> list[str]:
    """Give the addresses of the pages of a language that were found, without it and without those that ask."""
    return [
        unquote(address.removeprefix(f"/{language}/"))
        for address, answered in found.items()
        if address.startswith(f"/{language}/") and "?" not in address and is_page(answered)
    ]


async def _asked(site: Site, addresses: list[str]) -> list[Answered]:
    headers = {"X-Request-Id": REQUEST_ID, "Accept": "text/html"}
    return [Answered.by(await site.client.get(address, headers=headers)) for address in addresses]


def _led_to(site: Site, address: str, answered: Answered) -> Iterable[str]:
    """Give the addresses of this site that an answer names, without their fragments."""
    if thing := PAGE_OF_A_THING.fullmatch(address):
        yield BADGES[thing[1]].format(thing[2])
    said = answered.body.decode()
    named: list[str] = []
    if is_page(answered):
        named = Links(said).addresses
    elif address in MAPS:
        named = [unescape(text) for match in NAMED.finditer(said) for text in match.groups() if text]
    own = site.bitacora.settings.site.url
    for each in named:
        led = urlsplit(urljoin(f"{own}{address}", each))
        if f"{led.scheme}://{led.netloc}" == own:
            yield f"{led.path}?{led.query}" if led.query else led.path
