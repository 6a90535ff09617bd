"""A copy of the site as files, which any web server or bucket can serve, and which outlives this program."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from api.http.answers import dump
from api.http.read_point import settled
from api.site.kernel.copied import CopiedPageView, file_of
from api.site.kernel.reading import SITE_VIEWS, PageRead
from api.site.kernel.site import PageReading
from application.errors import AlreadyExists, ApplicationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from api.site.kernel.site import PageContent, Site

MANIFEST = ".bitacora-site.json"
"""The file that lists what was written, so that only our own files are removed."""
LOOK_SECONDS = 0.3
"""How often a server looks whether its copy is still current."""
BEAT_SECONDS = 60.0
"""How often the pages of the board are written again although nothing changed: they say when the copy was written."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What a run has done: how many files it wrote, left as they were, and removed."""

    written: int
    kept: int
    removed: int


PageList = Callable[[PageRead], AsyncIterator[tuple[str, PageReading]]]
"""Gives the path of each page, without its language, and what reads it."""


class SiteCopy:
    """The copy in one folder."""

    def __init__(
        self, site: Site, folder: Path, pages: Callable[[PageRead], AsyncIterator[tuple[str, PageReading]]]
    ) -> None:
        """Copy the ``pages`` of ``site`` into ``folder``.

        Raises:
            AlreadyExists: if the folder has something in it that is no copy.
        """
        self._site, self._folder, self._pages = site, folder, pages
        self._digests = _read_manifest(folder)
        self._has_panels = False

    async def write(self) -> Exported:
        """Write what has changed, and remove what is no longer there; each file is replaced as a whole."""
        facade = self._site.facade
        now = facade.clock.now()
        read = PageRead(facade=facade, position=settled(facade, SITE_VIEWS), now=now)
        digests: dict[str, str] = {}
        self._has_panels = await read.has_panels()
        written = self._write_files(digests)
        async for path, reading in self._pages(read):
            content = await reading(read)
            written += await facade.reads.run(lambda: self._write_page(path, content, now, digests))  # noqa: B023 - awaited here
        written += self._put("index.html", self._front().encode(), digests)
        removed = self._remove(self._digests.keys() - digests.keys())
        self._digests = digests
        _replace(self._folder / MANIFEST, json.dumps(digests, indent=0, sort_keys=True).encode())
        return Exported(written=written, kept=len(digests) - written, removed=removed)

    async def keep_current(self) -> None:
        """Write again whenever something has changed, until cancelled."""
        stands, views = self._site.facade.visibility, [view.name for view in SITE_VIEWS]
        seen, beat = -1, 0.0
        loop = asyncio.get_running_loop()
        while True:
            changed = max(stands.changed(view) for view in views)
            if changed != seen or loop.time() - beat >= BEAT_SECONDS:
                try:
                    await self.write()
                    seen, beat = changed, loop.time()
                except (ApplicationError, OSError) as error:
                    log.warning("site_copy_failed", error=str(error), folder=str(self._folder))
            await asyncio.sleep(LOOK_SECONDS)

    def _write_page(self, path: str, content: PageContent, now: datetime, digests: dict[str, str]) -> int:
        written = 0
        said = sha256(dump([content.template, content.document, self._has_panels]).encode()).hexdigest()
        for language in self._site.languages:
            name = file_of(language, path)
            digests[name] = f"{said} {self._site.fingerprint}"
            # The pages of the board say when the copy was written.
            if path and self._digests.get(name) == digests[name] and (self._folder / name).is_file():
                continue
            view = self._site.view(language, path, now, kind=CopiedPageView, has_panels=self._has_panels)
            _replace(self._folder / name, self._site.render(content, view))
            written += 1
        return written

    def _write_files(self, digests: dict[str, str]) -> int:
        return sum(self._put(f"static/{file.name}", file.body, digests) for file in self._site.files.all())

    def _put(self, name: str, body: bytes, digests: dict[str, str]) -> int:
        digests[name] = sha256(body).hexdigest()
        if self._digests.get(name) == digests[name] and (self._folder / name).is_file():
            return 0
        _replace(self._folder / name, body)
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

    def _remove(self, names: set[str]) -> int:
        for name in names:
            path = self._folder / name
            path.unlink(missing_ok=True)
            for above in path.relative_to(self._folder).parents:
                if above.name:
                    _remove_if_empty(self._folder / above)
        return len(names)


def _read_manifest(folder: Path) -> Mapping[str, str]:
    manifest = folder / MANIFEST
    if manifest.is_file():
        found: Any = json.loads(manifest.read_text(encoding="utf-8"))
        return {str(name): str(digest) for name, digest in found.items()}
    if folder.exists() and any(folder.iterdir()):
        raise AlreadyExists(f"{folder} is not empty and has no copy of a site; name an empty or a new folder")
    return {}


def _replace(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(body)
    os.replace(beside, path)  # noqa: PTH105 - over what is there, on every system


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
