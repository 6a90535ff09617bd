"""What the template of a screen knows beside its document: the person, the clocks, the menu, and the forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from api.console.kernel.forms import FormView, SentForm
from api.console.kernel.menu import MenuEntry
from api.site.kernel.wording import PageFormats
from api.site.kernel.words import name_of, within_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.console.kernel.console import Console
    from application.access.identity import Identity
    from application.facade import SiteSettings

ID = re.compile(r" [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
INSTANT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


@dataclass(frozen=True, kw_only=True)
class ScreenView(PageFormats):
    """A screen as its template sees it."""

    console: Console
    site: SiteSettings
    path: str
    """Of the screen, without its query."""
    now: datetime
    zone_name: str
    identity: Identity | None = None
    menu: Sequence[MenuEntry] = ()
    languages: Mapping[str, str] = field(default_factory=dict)
    """What each language of the site calls itself, by its tag."""
    sent: SentForm = field(default_factory=SentForm)
    done: str = ""
    """The form that led here, whose command was carried out."""
    query: Mapping[str, str] = field(default_factory=dict)

    def form(self, name: str, version: str = "") -> FormView:
        """Give one of the forms of the screen; ``version`` is what is sent as ``If-Match``."""
        return FormView(name, self.sent, version)

    def static(self, name: str) -> str:
        """Give the address of a file of the console, or of the public pages.

        Raises:
            KeyError: if there is none of this name.
        """
        found = self.console.files.path(name) or self.console.site_files.path(name)
        if found is None:
            raise KeyError(name)
        return found

    def address(self, path: str, **query: str | int | None) -> str:
        """Give the address of a screen, ``incidents/…``, with what is asked of it."""
        pairs = {name: value for name, value in query.items() if value not in (None, "")}
        return f"/console/{quote(path)}" + (f"?{urlencode(pairs)}" if pairs else "")

    @property
    def here(self) -> str:
        """The address of this screen, without what was asked of it."""
        return quote(self.path)

    def same(self, **query: str | int | None) -> str:
        """Give the address of this screen, with other values for some of what was asked of it."""
        pairs = {name: value for name, value in {**self.query, **query}.items() if value not in (None, "")}
        return self.here + (f"?{urlencode(pairs)}" if pairs else "")

    def plain(self, detail: str) -> str:
        """Write what a route says for a person: without ids, and with times by the clocks of the person."""
        return INSTANT.sub(lambda found: self.speech.moment(datetime.fromisoformat(found[0])), ID.sub("", detail))

    def exact(self, moment: str) -> str:
        """Write a moment with all its digits and its offset, by the clocks of the person, as forms take it."""
        return datetime.fromisoformat(moment).astimezone(self.speech.zone).isoformat()

    def seconds_until(self, moment: str) -> int:
        """Tell how many seconds it is until a moment; negative if it is past."""
        return int((datetime.fromisoformat(moment) - self.now).total_seconds())

    def kind(self, key: str, *, inside: bool = False) -> str:
        """Name a kind of requests or of evidence by its well-known name, else by its words; ``inside`` a sentence."""
        name = name_of(self.speech, key)
        return within_sentence(name) if inside else name

    def text(self, texts: Mapping[str, str] | str | None) -> str:
        """Give a text of several languages in English, else in the first language of the site that it has."""
        if texts is None or isinstance(texts, str):
            return texts or ""
        known = [tag for tag in ("en", *self.languages) if texts.get(tag)]
        return texts[known[0]] if known else next(iter(texts.values()), "")
