"""The language of the texts of a request that do not say their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.http.auth import facade_of
from application.languages import text_language

if TYPE_CHECKING:
    from starlette.requests import Request

CONTENT_LANGUAGE = "content-language"


def language_of(request: Request) -> str:
    """Give the language under which a text that is a plain string is kept: that of the header ``Content-Language``."""
    # Two lines of a header are one list, and a list is not one language.
    header = ",".join(request.headers.getlist(CONTENT_LANGUAGE)) or None
    return text_language(header, facade_of(request).settings.languages)
