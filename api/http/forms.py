"""Forms of pages: which site one was sent from, and what was filled in."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from api.http.auth import facade_of, header_of
from application.errors import CrossSite, Malformed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.requests import Request

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FORM_MEDIA = (FORM, MULTIPART)
"""How a form can be written; pages of ours write it in the first way."""
TAKES_FORM: dict[str, object] = {"requestBody": {"content": {FORM: {}}}}
"""What a route that takes a form says of itself (``openapi_extra``)."""
TAKES_ANY_FORM: dict[str, object] = {"requestBody": {"content": {FORM: {}, MULTIPART: {}}}}
"""The same of a route that takes forms of mail programs, too, which write them in the other way (RFC 8058, 3.2)."""
FORM_LIMIT = 64 * 1024
"""The size of a form, in bytes."""
MOST_FIELDS = 5_000
"""How many fields a form has: a plan about hundreds of components has one for each, and texts in all languages."""
BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
FIELD_NAME = re.compile(
    r'^content-disposition:\s*form-data;(?:[^\r\n]*;)?\s*name="([^"\r\n]*)"', re.IGNORECASE | re.MULTILINE
)
OWN = frozenset({"same-origin", "none"})
"""What ``Sec-Fetch-Site`` says of a request from our own pages, or from nobody's."""
LOCALHOST = "localhost"
PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int | None]


class FilledForm:
    """The fields of a form, as they were filled in."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        """Take names and values, in the order in which they came."""
        self._fields = tuple(fields)
        self._first: dict[str, str] = {}
        for name, value in self._fields:
            self._first.setdefault(name, value)

    def text(self, name: str) -> str:
        """Give the first value of a field without outer blanks; empty if there is none."""
        return self._first.get(name, "").strip()

    def names(self) -> tuple[str, ...]:
        """Give the names of all fields, each once, in the order in which they came."""
        return tuple(self._first)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Give all names and values, in the order in which they came."""
        return self._fields

    def choices(self, name: str) -> tuple[str, ...]:
        """Give each value of a field of which several can be chosen, once."""
        return tuple(dict.fromkeys(value for field, value in self._fields if field == name))


async def own_form(request: Request) -> FilledForm:
    """Read the form of a request that one of our pages sent.

    Raises:
        CrossSite: if a page of another site sent it, or a browser that does not say which.
        Malformed: if it cannot be read.
    """
    require_own_site(request)
    return await any_form(request)


async def any_form(request: Request) -> FilledForm:
    """Read the form of a request, whoever sent it.

    Raises:
        Malformed: if it cannot be read.
    """
    body, media = await request.body(), header_of(request.scope, b"content-type") or ""
    try:
        if media_of(media) == MULTIPART:
            fields = list(_parts(media, body))
        else:
            fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise Malformed(f"the form cannot be read, or has more than {MOST_FIELDS} fields") from None
    return FilledForm((name, value.replace("\r\n", "\n")) for name, value in fields)


def media_of(content_type: str) -> str:
    """Give the media type of a ``Content-Type``, without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def _parts(media: str, body: bytes) -> Iterator[tuple[str, str]]:
    """Read the fields of a form that is written in parts (RFC 7578); one with a file has another name for it."""
    found = BOUNDARY.search(media)
    if found is None:
        raise ValueError("there is no boundary")
    delimiter = b"\r\n--" + (found[1] or found[2]).encode("latin-1")
    _, *parts, end = (b"\r\n" + body).split(delimiter, MOST_FIELDS + 1)
    if not parts or not end.startswith(b"--"):
        raise ValueError("the form does not come to its end")
    for part in parts:
        head, blank, value = part.partition(b"\r\n\r\n")
        name = FIELD_NAME.search(head.decode())
        if not blank or name is None:
            raise ValueError("a part has no name")
        yield name[1], value.decode()


def require_own_site(request: Request) -> None:
    """Refuse what a page of another site sent; every command of a page asks this.

    A browser says in ``Sec-Fetch-Site`` whether one of our own pages sent it. One that does not has to name our origin:
    that of the site, or on a loopback address that of the request itself.

    Raises:
        CrossSite: if another page sent it, or nobody says which.
    """
    if header_of(request.scope, b"sec-fetch-site") in OWN:
        return
    origin = _origin(header_of(request.scope, b"origin") or "")
    if origin is None or origin not in _own_origins(request):
        raise CrossSite("a form is sent from a page of this site, and from no other; open the page again, and send it")


def _own_origins(request: Request) -> Iterable[Origin | None]:
    yield _origin(facade_of(request).settings.site.url)
    host = _origin(f"{request.scope.get('scheme', 'http')}://{header_of(request.scope, b'host') or ''}")
    if host is not None and _is_loopback(host[1]):
        yield host


def _origin(address: str) -> Origin | None:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or PORTS[parts.scheme]


def _is_loopback(host: str) -> bool:
    try:
        return host == LOCALHOST or ip_address(host).is_loopback
    except ValueError:
        return False
