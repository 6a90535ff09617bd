"""Language tags (RFC 5646), and how one is looked up among others (RFC 4647, 3.4)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
LONGEST_TAG = 35
REGION, SCRIPT = 2, 4


def canonical_tag(tag: str) -> str:
    """Write a tag in its usual case (RFC 5646, 2.1.1): ``pt-BR``, ``zh-Hant``, ``es-419``."""
    parts = tag.lower().split("-")
    cased = parts[:1]
    for before, part in pairwise(parts):
        is_extension = len(before) == 1
        cased.append(part.upper() if len(part) == REGION and not is_extension else _script(part, is_extension))
    return "-".join(cased)


def look_up(tag: str, known: Iterable[str]) -> str | None:
    """Give the known tag that is the most like ``tag``, without regard to case; None if none is.

    ``pt-BR`` finds ``pt``, and ``PT`` does; ``pt`` does not find ``pt-BR``.
    """
    by_fold = {each.lower(): each for each in known}
    parts = tag.lower().split("-")
    while parts:
        found = by_fold.get("-".join(parts))
        if found is not None:
            return found
        parts.pop()
        # A single letter begins an extension, and says nothing without what follows it.
        if parts and len(parts[-1]) == 1:
            parts.pop()
    return None


def text_language(header: str | None, languages: tuple[str, ...]) -> str:
    """Give the language of a text that came without one: that of ``Content-Language``, else the default one.

    The header counts if it names one tag that is found among ``languages``.
    """
    tag = (header or "").strip()
    known = TAG.fullmatch(tag) is not None and len(tag) <= LONGEST_TAG
    return (look_up(tag, languages) if known else None) or languages[0]


def _script(part: str, is_extension: bool) -> str:  # noqa: FBT001 - tells what stands before it
    return part.capitalize() if len(part) == SCRIPT and part.isalpha() and not is_extension else part
