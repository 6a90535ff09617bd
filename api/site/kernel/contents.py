"""What pages, and files for programs, are made from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar

from api.site.kernel.languages import Speech
from api.site.kernel.reading import PageRead
from api.site.kernel.view import PageView

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class PageContent:
    """What a page is made from: a ``document`` of a ``shape``, whose texts are put into the language, and a template.

    ``words`` adds what is said in the language; it gets the document in it. ``until`` is when the page changes by
    itself, None if it does not.
    """

    media: ClassVar[str] = HTML
    modified_at: ClassVar[None] = None
    template: str
    document: Mapping[str, Any]
    shape: object
    words: Callable[[Mapping[str, Any], Speech], Mapping[str, Any]] | None = None
    until: datetime | None = None
    status: int = HTTPStatus.OK
    """Of the answer; 422 where a form is shown again because of what was sent."""


@dataclass(frozen=True, kw_only=True)
class FileContent:
    """What a file for programs is made from; ``write`` gets the document in its language.

    It is written once for each change and each language, so that it may say nothing of when it was asked for.
    """

    status: ClassVar[int] = HTTPStatus.OK
    media: str
    """The type of its contents, with the charset of a text."""
    document: Mapping[str, Any]
    shape: object
    write: Callable[[Mapping[str, Any], PageView], bytes]
    until: datetime | None = None
    modified_at: datetime | None = None
    """When something in it last changed; the ``Last-Modified`` of the answer."""


Content = PageContent | FileContent
PageReading = Callable[[PageRead], Awaitable[PageContent]]
"""Reads what a page is made from."""
ContentReading = Callable[[PageRead], Awaitable[Content]]
FileReading = Callable[[PageRead], Awaitable[FileContent]]
