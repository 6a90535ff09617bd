"""The site: what all its pages share, and how one of them is read, rendered and kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context

from api.http.page_cache import CachedPages, Rendered
from api.http.visibility import in_language
from api.site.kernel.addresses import part_of
from api.site.kernel.kept_pages import KeptPages
from api.site.kernel.languages import Speech
from api.site.kernel.reading import SITE_VIEWS, PageRead
from api.site.kernel.static import StaticFiles
from api.site.kernel.steps import read_steps
from api.site.kernel.texts import excerpt, markdown
from api.site.kernel.view import PageView
from api.site.kernel.words import name_of
from application.errors import StoreUnavailable

if TYPE_CHECKING:
    from jinja2.runtime import Context

    from application.facade import Facade
    from application.ports import ViewStands

TEMPLATES = Path(__file__).parents[1] / "templates"
ANY = "site"
VERSION = version("bitacora")
MINUTE = timedelta(minutes=1)
"""How long a page is kept at most: what it says of the time by itself is never older."""


@dataclass(frozen=True, kw_only=True)
class PageContent:
    """What a page is made from: a ``document`` of a ``shape``, whose texts are put into the language, and a template.

    ``words`` adds what is said in the language; it gets the document in it. ``until`` is when the page changes by
    itself, None if it does not.
    """

    template: str
    document: Mapping[str, Any]
    shape: object
    words: Callable[[Mapping[str, Any], Speech], Mapping[str, Any]] | None = None
    until: datetime | None = None
    status: int = 200
    """Of the answer; 422 where a form is shown again because of what was sent."""


FileRendering = Callable[[Mapping[str, Any]], bytes]
"""Writes a file of what was read."""
PageReading = Callable[[PageRead], Awaitable[PageContent]]
"""Reads what a page is made from."""


class Site:
    """The pages of one program."""

    def __init__(self, facade: Facade) -> None:
        """Show what ``facade`` reads."""
        self.facade = facade
        self.files = StaticFiles(facade.settings.site)
        self.languages = facade.settings.languages
        self._speeches = {tag: Speech(tag, facade.settings.zone, facade.catalogs) for tag in facade.settings.languages}
        self._stands = AllViews(facade.visibility, tuple(view.name for view in SITE_VIEWS))
        self._kept = KeptPages()
        self._has_panels = False

    def speech(self, language: str) -> Speech:
        """Give what writes in one of the languages."""
        return self._speeches[language]

    @cached_property
    def fingerprint(self) -> str:
        """Tell one version of templates, catalogs and settings from the next."""
        parts = sorted(TEMPLATES.glob("*.html"))
        written = b"".join(path.read_bytes() for path in parts) + repr(self.facade.settings.site).encode()
        return sha256(
            written + f"{self.languages} {[file.name for file in self.files.all()]} {VERSION}".encode()
        ).hexdigest()[:16]

    def view(
        self,
        language: str,
        path: str,
        now: datetime,
        *,
        kind: type[PageView] = PageView,
        **more: Any,  # noqa: ANN401 - of PageView
    ) -> PageView:
        """Give what the template of a page knows."""
        names = {tag: speech.name for tag, speech in self._speeches.items()}
        return kind(
            speech=self._speeches[language],
            site=self.facade.settings.site,
            files=self.files,
            languages=names,
            path=path,
            now=now,
            is_demo=self._is_demo(),
            **{"has_panels": self._has_panels, **more},
        )

    def _is_demo(self) -> bool:
        try:
            return self.facade.is_demo()
        except StoreUnavailable:
            # It was never read; the page says that nothing can be.
            return False

    def render(self, content: PageContent, view: PageView) -> bytes:
        """Render a page."""
        document = in_language(content.document, view.language, self.languages[0], content.shape)
        said = content.words(document, view.speech) if content.words else {}
        return environment().get_template(content.template).render({**document, **said}, page=view).encode()

    async def kept(self, path: str, language: str, read: PageReading) -> tuple[Rendered, int | None]:
        """Give a page as it is now, finished and compressed, and its age in seconds if it may not be of now."""
        return await self._kept.public(path, language, lambda: self._cached(path, read))

    async def kept_file(
        self, name: str, read: Callable[[PageRead], Awaitable[Mapping[str, object]]], render: FileRendering
    ) -> tuple[Rendered, int | None]:
        """Give a file that says what there is in public, as ``kept`` gives pages; it says nothing of the time."""

        async def reading(position: int, now: datetime) -> tuple[Mapping[str, object], None]:
            return await read(PageRead(facade=self.facade, position=position, now=now)), None

        def made() -> CachedPages:
            return CachedPages(
                self.facade,
                ANY,
                reading,
                lambda found, _language: render(found),
                visibility=self._stands,
                compress=True,
            )

        return await self._kept.public(name, None, made)

    def _cached(self, path: str, read: PageReading) -> CachedPages:
        async def reading(position: int, now: datetime) -> tuple[Mapping[str, object], datetime | None]:
            # Of the minute, not of the moment, which would tell readers when something private happened.
            minute = now.replace(second=0, microsecond=0)
            page = PageRead(facade=self.facade, position=position, now=now)
            content, self._has_panels = await read(page), await page.has_panels()
            ends = minute + MINUTE
            more = {"steps": await read_steps(page), "has_panels": self._has_panels}
            return {"content": content, "now": minute, "more": more}, min(content.until or ends, ends)

        def rendering(kept: Mapping[str, Any], language: str | None) -> bytes:
            view = self.view(language or self.languages[0], path, kept["now"], **kept["more"])
            return self.render(kept["content"], view)

        return CachedPages(self.facade, ANY, reading, rendering, visibility=self._stands, compress=True)


class AllViews:
    """How far several views have come, as if they were one."""

    def __init__(self, stands: ViewStands, views: tuple[str, ...]) -> None:
        """Look at ``views``."""
        self._stands = stands
        self._views = views

    def stand(self, _view: str) -> tuple[int, str]:
        """Give the lowest position that one of them reflects, with what tells its event from every other."""
        return min(self._stands.stand(view) for view in self._views)

    def changed(self, _view: str) -> int:
        """Give the position of the last event that changed a row of any."""
        return max(self._stands.changed(view) for view in self._views)

    def is_rebuilding(self, _view: str) -> bool:
        """Tell whether one of them is being built anew."""
        return any(self._stands.is_rebuilding(view) for view in self._views)

    def generation(self, _view: str) -> str:
        """Tell one building of them from the next."""
        return " ".join(self._stands.generation(view) for view in self._views)

    def age(self, _view: str) -> float:
        """Give the seconds since each of them was last seen to reflect the whole log."""
        return max(self._stands.age(view) for view in self._views)


@cache
def environment() -> Environment:
    """Give the templates; a text of the program is put into the language of the page that is rendered."""
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    pages.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    pages.filters |= {"markdown": markdown, "excerpt": excerpt, "readable": _readable, "part": part_of}
    return pages


@pass_context
def _readable(context: Context, key: str) -> str:
    return name_of(context["page"].speech, key)


@pass_context
def _gettext(context: Context, message: str) -> str:
    speech: Speech = context["page"].speech
    return speech.catalogs.text(speech.language, message)


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int) -> str:
    speech: Speech = context["page"].speech
    return speech.catalogs.plural(speech.language, one, many, number)
