"""JSON from other programs, in which nothing that can be repaired is a reason to refuse it."""

from __future__ import annotations

import json
import re
from typing import Any

from application.errors import Malformed

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL stores in no text, and halves of surrogate pairs, which no encoding can write."""


def read_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Read JSON; every number is given as its text, so that none is too long, and NaN is one.

    Raises:
        Malformed: if it is none, or nested too deep.
    """
    text = body.decode(json.detect_encoding(body), "replace")
    try:
        return json.loads(text, strict=False, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None


def repaired(text: str) -> str:
    """Give a text with U+FFFD in place of what cannot be stored."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def text_of(value: object) -> str | None:
    """Give the text of a value, repaired; a number or a flag as it was written, None for what is neither."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repaired(value) if isinstance(value, str) else None


def texts_of(value: object) -> dict[str, str]:
    """Give the members of an object that have a text; none if it is no object."""
    if not isinstance(value, dict):
        return {}
    texts = {repaired(name): text_of(member) for name, member in value.items()}
    return {name: text for name, text in texts.items() if text is not None}
