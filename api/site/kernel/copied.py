"""The pages of a copy as files: with links that lead from file to file."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from api.site.kernel.view import PageView

IN_PATH = ("month",)
"""The members of a query that have a page of their own in a copy."""


LONGEST_NAME = 200
"""How many bytes the name of a folder has at most; 255 are the limit of most systems."""


def file_of(language: str, path: str) -> str:
    """Give the name of the file of a page, from the root of the copy; what is too long for a name is cut."""
    return "/".join(_cut(part) for part in (language, *path.split("/"), "index.html") if part)


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
        depth = file_of(self.language, self.path).count("/")
        return "../" * depth

    def address(self, language: str, path: str, **query: str) -> str:
        """Give the address of the file of a page; what only a server can do with a query is left out."""
        parts = [path, *(query[name] for name in IN_PATH if name in query)]
        return self._up + quote(file_of(language, "/".join(part for part in parts if part)))

    def static(self, name: str) -> str | None:
        """Give the address of a file; None if there is none of this name."""
        path = self.files.path(name)
        return None if path is None else self._up + path.removeprefix("/")
