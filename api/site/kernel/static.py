"""The files of the pages: named by a hash of their content, so that a browser keeps them for good."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http.compression import takes_gzip

if TYPE_CHECKING:
    from starlette.requests import Request

    from application.facade import SiteSettings

FOLDER = Path(__file__).parents[1] / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
PAGE_SCRIPTS = ("page.js", "live.js")
"""The scripts of every page, which are served as the first of them."""
FOREVER = "public, max-age=31536000, immutable"
COMPRESSED = frozenset({".css", ".js", ".svg"})


@dataclass(frozen=True, kw_only=True)
class StaticFile:
    """A file as it is served; ``compressed`` is None where that gains nothing."""

    name: str
    media: str
    body: bytes
    compressed: bytes | None


class StaticFiles:
    """All files of the pages, in memory, each under the name that pages link to."""

    def __init__(self, site: SiteSettings, folder: Path = FOLDER, address: str = "/static") -> None:
        """Read those of a folder, which are served under an address.

        The style of pages has the accent of the site, and its logo is one of their files.
        """
        self._address = address
        self._by_name: dict[str, StaticFile] = {}
        self._names: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            if path.name == PAGE_SCRIPTS[-1]:
                continue
            body = path.read_bytes()
            if path.name == PAGE_SCRIPTS[0]:
                body = _compact(*(folder / name for name in reversed(PAGE_SCRIPTS)))
            elif path.suffix == ".js":
                body = _compact(path)
            if path.name == "page.css" and site.accent:
                body += f"@media (prefers-color-scheme:light){{:root{{--link:{site.accent}}}}}\n".encode()
            self._add(path.name, path.suffix, body)
        if site.logo is not None and folder == FOLDER:
            self._add("logo", site.logo.suffix.lower(), site.logo.read_bytes())

    def path(self, name: str) -> str | None:
        """Give the path of a file by its plain name; None if there is no such file."""
        found = self._names.get(name)
        return None if found is None else f"{self._address}/{found}"

    def find(self, hashed: str) -> StaticFile | None:
        """Give a file by the name that pages link to."""
        return self._by_name.get(hashed)

    def plain(self, name: str) -> StaticFile:
        """Give a file by its plain name.

        Raises:
            KeyError: if there is no such file.
        """
        return self._by_name[self._names[name]]

    def all(self) -> tuple[StaticFile, ...]:
        """Give every file."""
        return tuple(self._by_name.values())

    def _add(self, name: str, suffix: str, body: bytes) -> None:
        file = _served(name, suffix, body)
        self._by_name[file.name], self._names[name] = file, file.name


# What one process serves again after a restart, as each test does, is compressed once.
@lru_cache(maxsize=64)
def _served(name: str, suffix: str, body: bytes) -> StaticFile:
    hashed = f"{name.removesuffix(suffix)}-{sha256(body).hexdigest()[:12]}{suffix}"
    compressed = gzip.compress(body, 9, mtime=0) if suffix in COMPRESSED else None
    return StaticFile(name=hashed, media=TYPES[suffix], body=body, compressed=compressed)


def answer_static(request: Request, files: StaticFiles, name: str) -> Response:
    """Answer with a file, which never changes under its name.

    Raises:
        HTTPException: if there is none of this name.
    """
    file = files.find(name)
    if file is None:
        raise HTTPException(404)
    headers = {"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
    if file.compressed is not None and takes_gzip(request):
        return Response(file.compressed, 200, headers | {"Content-Encoding": "gzip"}, file.media)
    return Response(file.body, 200, headers, file.media)


def _compact(*paths: Path) -> bytes:
    """Give scripts as one file, for one request, without comments and indentation.

    Of those of a page the last one stands first: it looks at the page as the server wrote it.
    """
    texts = (path.read_text(encoding="utf-8") for path in paths)
    lines = (line.strip() for text in texts for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")).encode()
