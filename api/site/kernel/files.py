"""Answers with files for programs, which are kept in memory as pages are: feeds, calendars, pictures, documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from api.site.kernel.answers import find_rendered, in_usual_letters, site_of
from api.site.kernel.finished import answer_rendered
from application.languages import look_up
from domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.site.kernel.contents import FileReading


async def answer_file(
    request: Request,
    language: str,
    path: str,
    read: FileReading,
    *,
    own: Iterable[str] = (),
    more: Mapping[str, str] | None = None,
) -> Response:
    """Answer with a file: kept if it is that of now, else as of the moment that ``as_of`` names.

    ``path`` is that of the file, and tells it from every page. ``own`` names the members of the query that it knows;
    of others nothing is taken. ``more`` are headers beside those of every page.

    Raises:
        NotFound: if the site does not speak the language, or as reading does.
        Invalid: if ``as_of`` names no moment of the past, or as reading does.
        StoreUnavailable: if the store cannot be read, and it is not kept.
    """
    if language not in site_of(request).languages:
        if (elsewhere := in_usual_letters(request, language)) is not None:
            return elsewhere
        raise NotFound("there is no such language")
    found, age = await find_rendered(request, language, path, read, own, in_thread=True)
    return answer_rendered(request, found, age=age, more=more)


def language_of(request: Request) -> str:
    """Give the language that ``lang`` names in the query of a request, or the default one."""
    languages = site_of(request).languages
    if not request.scope["query_string"]:
        return languages[0]
    return look_up(request.query_params.get("lang") or "", languages) or languages[0]
