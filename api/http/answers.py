"""Answers over HTTP: JSON, entity tags, and pages of lists."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pydantic_core import to_json
from starlette.responses import Response

from api.http.auth import list_of
from application.document import Page
from domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from application.pieces import Piece

POSITION = "Bitacora-Position"
JSON = "application/json"
DIGITS = 9
"""How many digits the number of an entry of a list has at most."""
FRESH = "no-cache"
"""What public answers say of caching: keep it, but ask each time whether it still holds."""


class Whole(Page):
    """A list of documents of whatever shape."""

    data: list[Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer to a command, as it is kept for an idempotency key."""

    body: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    shows_secret: bool = False

    def dumped(self) -> str:
        """Serialize it for the store; a secret is not kept, nor what stands beside it."""
        return json.dumps(asdict(replace(self, body="") if self.shows_secret else self))

    @classmethod
    def loaded(cls, text: str) -> Answer:
        """Deserialize what ``dumped`` gave."""
        return cls(**json.loads(text))

    def response(self, **more: str) -> Response:
        """Make the response, with ``more`` headers."""
        headers = {"Cache-Control": "no-store", **self.headers, **more}
        return Response(self.body or None, self.status, headers, JSON if self.body else None)


def answer(
    document: Any,  # noqa: ANN401 - any JSON
    *,
    position: int,
    version: int | None = None,
    status: int = 200,
    location: str | None = None,
    shows_secret: bool = False,
) -> Answer:
    """Answer a command with the aggregate as it is now, its version and the position of its last event.

    What ``shows_secret`` is sent this once: no repetition gets it.
    """
    headers = {POSITION: str(position)}
    if version is not None:
        headers["ETag"] = f'"{version}"'
    if location is not None:
        headers["Location"] = location
    return Answer(body=dump(document), status=status, headers=headers, shows_secret=shows_secret)


def dump(document: Any) -> str:  # noqa: ANN401 - any JSON
    """Write JSON."""
    return to_json(document).decode()


def shown(
    request: Request,
    document: Any,  # noqa: ANN401 - any JSON
    *,
    position: int | None = None,
    version: int | None = None,
) -> Response:
    """Answer a read with a document; ``position`` is None for readers, who are not told it.

    The ``ETag`` is the ``version``, or a hash of the body if there is none.
    """
    body = dump(document).encode()
    return tagged(request, body, position=position, etag=None if version is None else f'"{version}"')


def tagged(
    request: Request, body: bytes, *, position: int | None, etag: str | None = None, media: str = JSON
) -> Response:
    """Answer with a body, of JSON unless it is said, or with 304 if ``If-None-Match`` names its tag."""
    tag = etag or hash_tag(body)
    headers = {"ETag": tag, "Cache-Control": FRESH, "Vary": "Authorization"}
    if position is not None:
        headers |= {POSITION: str(position), "Cache-Control": f"private, {FRESH}"}
    if matches(list_of(request.scope, b"if-none-match"), tag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, media)


def hash_tag(body: bytes) -> str:
    """Give the tag of a body: its hash."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def matches(wanted: str | None, tag: str) -> bool:
    """Tell whether ``If-None-Match`` names a tag (RFC 9110, 13.1.2; weakly, as it asks)."""
    if not wanted:
        return False
    tags = [item.strip().removeprefix("W/") for item in wanted.split(",")]
    return "*" in tags or tag in tags


def listed(
    request: Request, items: Sequence[Any], *, cursor: str | None, position: int | None, parameter: str = "cursor"
) -> Response:
    """Answer with a page of a list; ``cursor`` is where it goes on, or None at its end."""
    document: Whole = {**whole(items), "has_more": cursor is not None, "next_cursor": cursor}
    response = shown(request, document, position=position)
    if cursor is not None:
        query = [(name, value) for name, value in request.query_params.multi_items() if name != parameter]
        target = f"{request.url.path}?{urlencode([*query, (parameter, cursor)])}"
        response.headers["Link"] = f'<{target}>; rel="next"'
    return response


def whole(items: Sequence[Any]) -> Whole:
    """Write a complete list, as a page without a cursor."""
    return {"data": list(items), "has_more": False, "next_cursor": None}


def cursor_of(text: str) -> str:
    """Encode the place where a page ends as a cursor; opaque, so that clients do not depend on its form."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def cursor_behind(rows: Piece[Any], limit: int) -> str | None:
    """Give the cursor behind a page of ``limit`` rows, of which one more was asked for; None at the end of the list."""
    place = rows[limit - 1][0] if len(rows) > limit else rows.goes_on
    return None if place is None else cursor_of(place)


def number_of(cursor: str | None) -> str | None:
    """Decode a cursor of a list that is ordered by number; None if there is none.

    Raises:
        Invalid: if it is none of ours.
    """
    place = place_of(cursor)
    if place is not None and not (place.isascii() and place.isdigit() and len(place) <= DIGITS):
        raise Invalid("the cursor is not one that this list returned", pointer="/cursor")
    return place


def place_of(cursor: str | None) -> str | None:
    """Decode a cursor; None if there is none.

    Raises:
        Invalid: if it is none of ours.
    """
    if cursor is None:
        return None
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        place = None
    # No page ends at what cannot be printed, and PostgreSQL cannot search for some of it.
    if place is None or not place.isprintable():
        raise Invalid("the cursor is not one that this list returned", pointer="/cursor")
    return place
