"""Answers with the bytes of a page or a file: headers, entity tags, compression, and what a reader has already."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import FRESH, matches
from api.http.auth import header_of, list_of
from api.http.compression import takes_gzip
from api.http.page_cache import Rendered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load (Content Security Policy, level 3)."""
SAFE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


def answer_rendered(
    request: Request,
    found: Rendered,
    *,
    age: int | None = None,
    vary: str = "",
    more: Mapping[str, str] | None = None,
) -> Response:
    """Answer with a page or a file, compressed where that is taken; with 304 if it is known.

    ``vary`` names headers that chose it, ``more`` are headers that it has beside or instead of those of every page.
    """
    is_coded = found.compressed is not None and takes_gzip(request)
    headers = list(_head_of(found, vary, is_coded=is_coded))
    if request.scope["query_string"] and request.query_params.get("as_of"):
        headers.append((b"x-robots-tag", b"noindex"))
    if age is not None:
        headers.append((b"age", b"%d" % age))
    if more:
        own = [(name.lower().encode(), value.encode("latin-1")) for name, value in more.items()]
        names = {name for name, _ in own}
        headers = [*(each for each in headers if each[0] not in names), *own]
    tag = _tag_of(found, is_coded=is_coded)
    if found.status == HTTPStatus.OK and _is_known(request, tag, found.modified_at):
        return FinishedResponse(HTTPStatus.NOT_MODIFIED, b"", headers)
    body = found.compressed if is_coded and found.compressed is not None else found.body
    if is_coded:
        headers.append((b"content-encoding", b"gzip"))
    headers += ((b"content-length", b"%d" % len(body)), (b"content-type", found.media.encode()))
    return FinishedResponse(found.status, body, headers)


class FinishedResponse(Response):
    """A response whose headers are there as they are sent; to put them together takes a tenth of a kept page's time."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        """Answer with a body; ``headers`` are all there are."""
        self.status_code, self.body, self.raw_headers = status, body, headers
        self.background = None


def _tag_of(found: Rendered, *, is_coded: bool) -> str:
    return f'{found.tag[:-1]}-gz"' if is_coded else found.tag


def _head_of(found: Rendered, vary: str, *, is_coded: bool) -> Sequence[tuple[bytes, bytes]]:
    """Give the headers that each answer with a page has; they are put together once for each page."""
    head = found.heads.get((vary, is_coded))
    if head is None:
        headers = {
            **SAFE,
            "ETag": _tag_of(found, is_coded=is_coded),
            "Cache-Control": FRESH,
            "Vary": f"{vary}, Accept-Encoding" if vary else "Accept-Encoding",
        }
        if found.modified_at is not None:
            headers["Last-Modified"] = format_datetime(found.modified_at.astimezone(UTC), usegmt=True)
        head = tuple((name.lower().encode(), value.encode()) for name, value in headers.items())
        found.heads[vary, is_coded] = head
    return head


def _is_known(request: Request, tag: str, modified_at: datetime | None) -> bool:
    """Tell whether the reader has it already; the date counts only where no tag was sent (RFC 9110, 13.2.2).

    It has to be the very date that was given with it: where something was hidden, the last change lies further back.
    """
    tags = list_of(request.scope, b"if-none-match")
    if tags is not None or modified_at is None:
        return matches(tags, tag)
    since = header_of(request.scope, b"if-modified-since")
    try:
        moment = parsedate_to_datetime(since) if since else None
    except ValueError:
        return False
    # A date has whole seconds. One without a zone (``-0000``) is no HTTP date, and one that comes has one.
    return moment is not None and moment.tzinfo is not None and modified_at.replace(microsecond=0) == moment
