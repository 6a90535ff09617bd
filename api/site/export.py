"""A copy of the site as files, which any web server or bucket can serve, and which outlives this program."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

import structlog

from api.http.answers import dump
from api.http.read_point import settled
from api.site.changed_pages import changed_pages, entries_of, shared_by_pages
from api.site.copied_files import CopiedFiles
from api.site.copied_pages import page_of_board
from api.site.copy_folder import CopyFolder
from api.site.kernel.copied import CopiedPageView, file_of
from api.site.kernel.reading import SITE_VIEWS, PageRead
from domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from api.site.kernel.contents import PageContent
    from api.site.kernel.copied import CopiedPage, FileList, PageList
    from api.site.kernel.site import Site

LOOK_SECONDS = 0.3
"""How often a server looks whether its copy is still current."""
LONGEST_PAUSE_SECONDS = 30.0
"""How long it waits at most after a run that failed; after the first one it waits no longer than ever."""
BEAT_SECONDS = 60.0
"""How often the pages of the board are written again although nothing changed: they say when the copy was written."""
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

log = structlog.get_logger()


@dataclass(kw_only=True)
class Exported:
    """What a run has done: how many pages it read, and how many files it wrote, left as they were, and removed."""

    read: int = 0
    written: int = 0
    kept: int = 0
    removed: int = 0


@dataclass(frozen=True, kw_only=True)
class WrittenPage:
    """A page as it was last read: the ids that it named, and when it changes by itself, None if it does not."""

    page: CopiedPage
    names: frozenset[str]
    until: datetime | None


class SiteCopy:
    """The copy in one folder."""

    def __init__(self, site: Site, folder: Path, pages: PageList, files: Sequence[FileList]) -> None:
        """Copy the ``pages`` of ``site`` into ``folder``, and the ``files`` that it has beside them.

        Raises:
            AlreadyExists: if the folder has something in it that is no copy.
            CannotCopy: if it is no folder.
        """
        self._site, self._folder, self._pages = site, CopyFolder(folder), pages
        self._files = CopiedFiles(site, files)
        self._written: dict[str, WrittenPage] = {}
        self._entries: Mapping[str, object] = {}
        """What the board said of each thing that has a page, by the place of that."""
        self._has_panels = False
        self._position = -1
        """Up to which position the copy has what changed."""
        self._shared: str | None = None
        """What many pages show, as they were last written; None if all have to be read."""

    async def write(self) -> Exported:
        """Read every page, write what has changed, and remove what is no longer there.

        Raises:
            AlreadyExists: if another program writes this copy.
            CannotCopy: if it cannot be written.
        """
        self._folder.begin()
        try:
            done = Exported()
            await self._write_all(done, is_kept_current=False)
            return self._finish(done)
        finally:
            self._folder.end()

    async def update(self) -> Exported:
        """Write what has changed since the last run; pages that nothing can have changed since are not read.

        Raises:
            AlreadyExists: if another program writes this copy.
            CannotCopy: if it cannot be written.
        """
        self._folder.begin()
        done = Exported()
        await self._write_changed(done)
        if self._shared is None:
            await self._write_all(done, is_kept_current=True)
        return self._finish(done)

    async def keep_current(self) -> None:
        """Write again whenever something has changed, until cancelled; what fails is tried again, ever less often."""
        loop, beat, pause = asyncio.get_running_loop(), 0.0, LOOK_SECONDS
        while True:
            try:
                if self._shared is None or self._is_behind() or loop.time() - beat >= BEAT_SECONDS:
                    await self.update()
                    beat = loop.time()
                pause = LOOK_SECONDS
            except Exception as error:  # noqa: BLE001 - nobody waits for this: a copy that stays behind for good would look current
                # What was written of this run is not known.
                self._shared = None
                log.warning("site_copy_failed", error=str(error), folder=str(self._folder.path))
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    def _is_behind(self) -> bool:
        stands = self._site.facade.visibility
        changed = max(stands.changed(view.name) for view in SITE_VIEWS)
        return changed > self._position and settled(self._site.facade, SITE_VIEWS) > self._position

    def _read(self) -> PageRead:
        facade = self._site.facade
        return PageRead(facade=facade, position=settled(facade, SITE_VIEWS), now=facade.clock.now())

    async def _write_all(self, done: Exported, *, is_kept_current: bool) -> None:
        """Read all pages, in their order; what changes meanwhile does not wait until all are read."""
        read = self._read()
        self._has_panels = await read.has_panels()
        self._position, self._shared = read.position, await self._shown_by_many(read)
        self._written = {}
        kept = {"index.html", *self._write_static(done)}
        async for page in self._pages(read):
            if is_kept_current and self._written and self._is_behind():
                await self._write_changed(done)
            if page.place not in self._written:
                await self._write(page, read, done)
        done.written += self._put("index.html", self._front().encode())
        await self._write_files(self._read(), done)
        kept |= set(self._files.written)
        kept |= {file_of(language, place) for place in self._written for language in self._site.languages}
        done.removed += self._folder.remove_all_but(kept)

    async def _write_changed(self, done: Exported) -> None:
        """Write the board, what changed in public, and what has changed by itself; else find out that it is all."""
        read, after, before = self._read(), self._position, self._entries
        self._has_panels = await read.has_panels()
        await self._write(page_of_board(), read, done)
        self._position = read.position
        if self._shared is None or self._shared != await self._shown_by_many(read):
            self._shared = None
            return
        found = await changed_pages(read, after, {place: each.page for place, each in self._written.items()})
        if found is None:
            self._shared = None
            return
        pages, changed = found
        due = {page.place: page for page in pages}
        for place, each in self._written.items():
            is_over = each.until is not None and each.until <= read.now
            # A further reason for a status, or another figure, is no change in public, and yet the page has it.
            is_said_anew = self._entries.get(place) != before.get(place)
            if place and (is_over or is_said_anew or not changed.isdisjoint(each.names)):
                due.setdefault(place, each.page)
        for page in due.values():
            await self._write(page, read, done)
        await self._write_files(read, done, changed)

    async def _shown_by_many(self, read: PageRead) -> str:
        stands = self._site.facade.visibility
        return f"{await shared_by_pages(read)} {[stands.generation(view.name) for view in SITE_VIEWS]}"

    async def _write(self, page: CopiedPage, read: PageRead, done: Exported) -> None:
        done.read += 1
        try:
            content = await page.read(read)
        except NotFound:
            self._written.pop(page.place, None)
            done.removed += self._folder.remove({file_of(each, page.place) for each in self._site.languages})
            return
        if not page.place:
            self._entries = entries_of(content.document)
        said = dump([content.template, content.document, self._has_panels])
        names = frozenset(ID.findall(said))
        self._written[page.place] = WrittenPage(page=page, names=names, until=content.until)
        done.written += await self._site.facade.reads.run(lambda: self._write_page(page, content, read.now, said))

    def _finish(self, done: Exported) -> Exported:
        self._folder.finish()
        done.kept = len(self._folder) - done.written
        return done

    def _write_page(self, page: CopiedPage, content: PageContent, now: datetime, said: str) -> int:
        written, digest = 0, f"{sha256(said.encode()).hexdigest()} {self._site.fingerprint}"
        for language in self._site.languages:
            name = file_of(language, page.place)
            # The pages of the board say when the copy was written.
            if page.path and self._folder.has(name, digest):
                continue
            more = {"query": page.query, "has_panels": self._has_panels}
            view = self._site.view(language, page.path, now, kind=CopiedPageView, **more)
            self._folder.put(name, self._site.render(content, view), digest)
            written += 1
        return written

    async def _write_files(self, read: PageRead, done: Exported, changed: frozenset[str] | None = None) -> None:
        """Write the files that ``changed`` things may concern, or all."""
        bodies, gone = await self._files.read(read, changed)
        done.written += await read.run(lambda: sum(self._put(name, body) for name, body in bodies.items()))
        done.removed += self._folder.remove(gone)

    def _write_static(self, done: Exported) -> list[str]:
        files = {f"static/{file.name}": file.body for file in self._site.files.all()}
        done.written += sum(self._put(name, body) for name, body in files.items())
        return list(files)

    def _put(self, name: str, body: bytes) -> int:
        digest = sha256(body).hexdigest()
        if self._folder.has(name, digest):
            return 0
        self._folder.put(name, body, digest)
        return 1

    def _front(self) -> str:
        """Lead from the root of the copy to a language; what runs no scripts is led to the first."""
        first = self._site.languages[0]
        links = "".join(
            f'<li><a href="{tag}/index.html" lang="{tag}">{escape(self._site.speech(tag).name)}</a></li>'
            for tag in self._site.languages
        )
        name = escape(self._site.facade.settings.site.name)
        refresh = f'<meta http-equiv="refresh" content="0; url={first}/index.html">'
        head = f'<meta charset="utf-8"><title>{name}</title>{refresh}'
        return f'<!doctype html>\n<html lang="{first}"><head>{head}</head><body><ul>{links}</ul></body></html>\n'
