"""The site: what all its pages share, and how one of them is read, rendered and kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context

from api.http.page_cache import CachedPages, Rendered, rendered
from api.http.visibility import in_language
from api.site.kernel.addresses import part_of
from api.site.kernel.asked_pages import AskedPages
from api.site.kernel.contents import Content, ContentReading, FileContent
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


class Site:
    """The pages of one program."""

    def __init__(self, facade: Facade) -> None:
        """Show what ``facade`` reads."""
        self.facade = facade
        self.files = StaticFiles(facade.settings.site)
        self.languages = facade.settings.languages
        self._speeches = {tag: Speech(tag, facade.settings.zone, facade.catalogs) for tag in facade.settings.languages}
        self.stands = AllViews(facade.visibility, tuple(view.name for view in SITE_VIEWS))
        self._kept = KeptPages()
        self.asked = AskedPages()
        """What was rendered of the past, or of what a query asked."""
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
            offers_mail=self.facade.settings.mail_is_configured,
            **{"has_panels": self._has_panels, **more},
        )

    def _is_demo(self) -> bool:
        try:
            return self.facade.is_demo()
        except StoreUnavailable:
            # It was never read; the page says that nothing can be.
            return False

    def render(self, content: Content, view: PageView) -> bytes:
        """Render a page or a file."""
        document = in_language(content.document, view.language, self.languages[0], content.shape)
        if isinstance(content, FileContent):
            return content.write(document, view)
        said = content.words(document, view.speech) if content.words else {}
        return environment().get_template(content.template).render({**document, **said}, page=view).encode()

    def rendered(self, content: Content, view: PageView) -> Rendered:
        """Render a page or a file, tag it and compress it."""
        return rendered(
            self.render(content, view), content.media, status=content.status, modified_at=content.modified_at
        )

    async def kept(
        self, path: str, language: str, read: ContentReading, *, in_thread: bool = False
    ) -> tuple[Rendered, int | None]:
        """Give a page or a file of now, finished and compressed, and its age in seconds if it may be of before."""
        return await self._kept.public(path, language, lambda: self._cached(path, read, in_thread=in_thread))

    def _cached(self, path: str, read: ContentReading, *, in_thread: bool) -> CachedPages:
        async def reading(position: int, now: datetime) -> tuple[Mapping[str, object], datetime | None]:
            # Of the minute, not of the moment, which would tell readers when something private happened.
            minute = now.replace(second=0, microsecond=0)
            page = PageRead(facade=self.facade, position=position, now=now)
            content = await read(page)
            if isinstance(content, FileContent):
                # It says nothing of the time but what it was given.
                return {"content": content, "now": minute, "more": {}}, content.until
            self._has_panels = await page.has_panels()
            ends = minute + MINUTE
            more = {"steps": await read_steps(page), "has_panels": self._has_panels}
            return {"content": content, "now": minute, "more": more}, min(content.until or ends, ends)

        def rendering(kept: Mapping[str, Any], language: str | None) -> Rendered:
            view = self.view(language or self.languages[0], path, kept["now"], **kept["more"])
            return self.rendered(kept["content"], view)

        return CachedPages(self.facade, ANY, reading, rendering, visibility=self.stands, in_thread=in_thread)


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
