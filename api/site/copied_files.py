"""The files of a copy that are no pages: which there are, and which of them a change may concern."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from api.site.kernel.contents import FileContent
    from api.site.kernel.copied import CopiedFile, FileList
    from api.site.kernel.reading import PageRead
    from api.site.kernel.site import Site


class CopiedFiles:
    """The files of one copy."""

    def __init__(self, site: Site, lists: Sequence[FileList]) -> None:
        """Copy the files of ``lists``."""
        self._site, self._lists = site, lists
        self.written: frozenset[str] = frozenset()
        """Their names from the root of the copy, as they were last read."""
        self._until: dict[str, datetime | None] = {}
        """By path: when a file changes by itself."""

    async def read(self, read: PageRead, changed: frozenset[str] | None) -> tuple[dict[str, bytes], set[str]]:
        """Give the bodies of the files that ``changed`` things may concern, or of all, and the names of those gone."""
        files = [file for each in self._lists for file in await each(read)]
        bodies: dict[str, bytes] = {}
        there: set[str] = set()
        for file in files:
            names = file.names(self._site.languages)
            if not self._is_due(file, read.now, changed):
                there |= names.keys()
                continue
            try:
                content = await file.read(read)
            except NotFound:
                continue
            self._until[file.path] = content.until
            there |= names.keys()
            bodies |= await read.run(partial(self._written, file, content, read))
        gone = set(self.written - there)
        self.written = frozenset(there)
        return bodies, gone

    def _is_due(self, file: CopiedFile, now: datetime, changed: frozenset[str] | None) -> bool:
        until = self._until.get(file.path)
        if changed is None or file.path not in self._until or (until is not None and until <= now):
            return True
        return not changed.isdisjoint(file.things) if file.things is not None else bool(changed)

    def _written(self, file: CopiedFile, content: FileContent, read: PageRead) -> dict[str, bytes]:
        return {
            name: self._site.render(content, self._site.view(language, file.path, read.now))
            for name, language in file.names(self._site.languages).items()
        }
