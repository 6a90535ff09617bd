"""The pages of a copy as files: with links that lead from file to file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from api.site.kernel.view import PageView

if TYPE_CHECKING:
    from api.site.kernel.contents import FileReading, PageReading
    from api.site.kernel.reading import PageRead

IN_PATH = ("month", "page")
"""The members of a query that have a page of their own in a copy."""
ONLY_COPIED = frozenset({"page"})
"""Those of them that a server does not know."""
LONGEST_NAME = 200
"""How many bytes the name of a folder has at most; 255 are the limit of most systems."""


@dataclass(frozen=True, kw_only=True)
class CopiedPage:
    """A page of a copy: its path without its language, what is asked of it, and what reads it."""

    path: str
    read: PageReading
    query: Mapping[str, str] = field(default_factory=dict)
    behind: str = ""
    """Behind which thing a list begins; one that begins behind another has to be read again."""

    @property
    def place(self) -> str:
        """Where its file lies, from the folder of a language."""
        return _place(self.path, self.query)


@dataclass(frozen=True, kw_only=True)
class CopiedFile:
    """A file of a copy that is no page: its path, and what reads it.

    One that is ``in_each_language`` lies in the folder of each language, another one in the root. ``things`` are the
    ids of what it is about, None if any change in public may be of it.
    """

    path: str
    read: FileReading
    in_each_language: bool = True
    things: frozenset[str] | None = None

    def names(self, languages: Sequence[str]) -> dict[str, str]:
        """Give its names from the root of the copy, each with the language that it is in."""
        if not self.in_each_language:
            return {self.path: languages[0]}
        return {f"{language}/{self.path}": language for language in languages}


FileList = Callable[["PageRead"], Awaitable[Sequence[CopiedFile]]]
"""Gives files that a copy has beside its pages."""
PageList = Callable[["PageRead"], AsyncIterator[CopiedPage]]
"""Gives each page; what is asked most first."""


def file_of(language: str, place: str) -> str:
    """Give the name of the file of a page, from the root of the copy; what is too long for a name is cut."""
    return "/".join(_cut(part) for part in (language, *place.split("/"), "index.html") if part)


def _cut(part: str) -> str:
    whole = part.encode()
    if len(whole) <= LONGEST_NAME:
        return part
    return f"{whole[:LONGEST_NAME].decode(errors='ignore')}-{sha256(whole).hexdigest()[:16]}"


@dataclass(frozen=True, kw_only=True)
class CopiedPageView(PageView):
    """A page of a copy: its links are relative, and what needs a server is not on it."""

    @property
    def is_copy(self) -> bool:
        """Whether the page is a file of a copy."""
        return True

    @property
    def _up(self) -> str:
        depth = file_of(self.language, _place(self.path, self.query)).count("/")
        return "../" * depth

    def address(self, language: str, path: str, **query: str) -> str:
        """Give the address of the file of a page; what only a server can do with a query is left out."""
        return self._up + quote(file_of(language, _place(path, query)))

    def absolute(self, path: str, language: str | None = None, **query: str) -> str:
        """Give the whole address that a server has for a page."""
        known = {name: value for name, value in query.items() if name not in ONLY_COPIED}
        return super().absolute(path, language, **known)

    def file(self, path: str, **_query: str) -> str:
        """Give the address of the file in the copy, which has only whole ones."""
        return f"{self._up}{self.language}/{quote(path)}"

    def static(self, name: str) -> str | None:
        """Give the address of a file; None if there is none of this name."""
        path = self.files.path(name)
        return None if path is None else self._up + path.removeprefix("/")


def _place(path: str, query: Mapping[str, str]) -> str:
    return "/".join(part for part in (path, *(query[name] for name in IN_PATH if name in query)) if part)
