"""What a template knows of its page: words, times and links, all in one language."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from api.site.kernel.wording import PageFormats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.site.kernel.static import StaticFiles
    from api.site.kernel.steps import Steps
    from application.facade import SiteSettings


@dataclass(frozen=True, kw_only=True)
class PageView(PageFormats):
    """A page as its template sees it.

    ``path`` is that of the page without its language, ``""`` for the board. ``as_of`` is the moment in the past that
    it shows, as it was asked for, None for now.
    """

    site: SiteSettings
    files: StaticFiles
    languages: Mapping[str, str]
    """What each language calls itself, by its tag."""
    path: str
    now: datetime
    as_of: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    """What was asked of the page itself, by the names that it knows."""
    has_panels: bool = False
    """Whether there are panels that readers see."""
    is_demo: bool = False
    offers_mail: bool = False
    """Whether readers can subscribe by e-mail."""
    steps: Steps | None = None
    """The changes around the moment that it shows; None for pages without such steps."""

    @property
    def is_copy(self) -> bool:
        """Whether the page is a file of a copy, which has no server that could answer forms."""
        return False

    @property
    def language(self) -> str:
        """The tag of the language."""
        return self.speech.language

    def link(self, path: str, **query: str) -> str:
        """Give the address of a page in this language, of the same moment."""
        return self.address(self.language, path, **query)

    def address(self, language: str, path: str, **query: str) -> str:
        """Give the address of a page in a language, of the same moment."""
        if self.as_of is not None:
            query = {**query, "as_of": self.as_of}
        return f"/{language}/{quote(path)}{_written(query)}"

    def absolute(self, path: str, language: str | None = None, **query: str) -> str:
        """Give the whole address of a page as it is now."""
        return f"{self.site.url}/{language or self.language}/{quote(path)}{_written(query)}"

    def subscribing(self, keys: Mapping[str, str | Sequence[str]]) -> str:
        """Give the address of the form for subscribing by e-mail, filled in with what a page is about."""
        query = f"?{urlencode(keys, doseq=True)}" if keys else ""
        return f"/{self.language}/subscribe{query}"

    def file(self, path: str, **query: str) -> str:
        """Give the address of a file for programs in this language, as it is now: a feed, a calendar."""
        return f"/{self.language}/{quote(path)}{_written(query)}"

    def same(self, language: str) -> str:
        """Give the address of this page in a language, of the same moment and with what was asked of it."""
        return self.address(language, self.path, **self.query)

    def as_of_link(self, moment: str) -> str:
        """Give the address of this page as it was at a moment, with what was asked of it."""
        return self.form_target() + _written({**self.query, "as_of": moment})

    def now_link(self) -> str:
        """Give the address of this page as it is now, with what was asked of it."""
        return self.form_target() + _written(self.query)

    def form_target(self) -> str:
        """Give the address of this page as it is now, to which a form adds what it asks."""
        return f"/{self.language}/{quote(self.path)}"

    def static(self, name: str) -> str | None:
        """Give the address of a file; None if there is none of this name."""
        return self.files.path(name)


def _written(query: Mapping[str, str]) -> str:
    return f"?{urlencode(query)}" if query else ""
