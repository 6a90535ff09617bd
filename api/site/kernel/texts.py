"""Texts that people wrote, as a page shows them: Markdown (CommonMark) without HTML, pictures and headings."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

NOT_IN_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""What XML 1.0 has no way to write."""
TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "code", "pre", "blockquote", "hr"}
SCHEMES = {"http", "https", "mailto", "tel"}
KEPT = 512
BLANKS = re.compile(r"\s+")
# Bounded, so that what only looks like the beginning of links costs no more than its length.
LINKS = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}\)")
LOOKED_AT = 8
"""How many times as long as an excerpt the beginning is that it is made from: marks and blanks are left out."""
MARKS = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|^\s{0,3}(?:#{1,6}|>|[-+*])\s+", re.MULTILINE)


@cache
def _parser() -> MarkdownIt:
    # Not before a page with such a text is asked for.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 10, "breaks": True})
    # A heading of a message is no heading of the page.
    return parser.disable(["heading", "lheading", "image", "html_block", "html_inline"])


def parsed(text: str) -> Sequence[Token]:
    """Give the pieces of a text, for who writes it in another way than as HTML; links may lead anywhere."""
    return _parser().parse(text)


@lru_cache(maxsize=KEPT)
def markdown(text: str) -> Markup:
    """Render a text; links lead out without saying from where, and nothing else of HTML comes through."""
    from nh3 import clean  # noqa: PLC0415

    rendered = _parser().render(text)
    cleaned = clean(
        rendered,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel="noreferrer nofollow ugc",
    )
    return Markup(cleaned)  # noqa: S704 - it was cleaned in the line above


def plain(text: str) -> str:
    """Give a text without the marks of Markdown, on one line."""
    return BLANKS.sub(" ", MARKS.sub("", LINKS.sub(r"\1", text))).strip()


def excerpt(text: str, longest: int) -> str:
    """Give the beginning of a text without marks, cut between words."""
    beginning = text[: longest * LOOKED_AT]
    whole = plain(beginning)
    if len(whole) <= longest and len(beginning) == len(text):
        return whole
    head = whole[:longest].rsplit(" ", 1)[0]
    return f"{head.rstrip(' .,;:')}…"
