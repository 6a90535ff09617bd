"""The query parameters that many routes take."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import WithJsonSchema
from pydantic.config import JsonDict

from api.http.pattern_words import in_words
from api.http.values import parse_instant
from domain.errors import Invalid

LANGUAGE = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
POSITIONS = 2**62
"""No position is as high."""

INSTANT: JsonDict = {"type": "string", "format": "date-time"}
"""Routes read instants themselves, since what they say of a wrong one is clearer."""
INSTANT_OR_POSITION: JsonDict = {"anyOf": [INSTANT, {"type": "string", "pattern": "^[0-9]+$"}]}

PLUS_LOST = re.compile(r".*\d\d:\d\d:\d\d(\.\d+)? \d\d:\d\d", re.ASCII)
"""An instant whose offset has lost its sign on the way."""

InstantText = Annotated[str, WithJsonSchema(INSTANT)]

Language = Annotated[
    str | None,
    Query(
        alias="lang",
        pattern=in_words(LANGUAGE, "it is the tag of a language, as in pt-BR"),
        max_length=35,
        description="A language tag, looked up without regard to case (RFC 4647): texts come as one string each, in"
        " this language or else in the default one.",
        examples=["es"],
    ),
]
AsOf = Annotated[
    Annotated[str, WithJsonSchema(INSTANT_OR_POSITION)] | None,
    Query(
        description="What was known and shown then: an instant with its offset, or a position, which is digits alone."
        " Not in the future.",
        examples=["2025-03-04T09:30:00Z"],
    ),
]
At = Annotated[
    InstantText | None,
    Query(
        description="What was true then, by what is known now, or as of `as_of`. An instant with its offset, not in the"
        " future.",
        examples=["2025-03-04T09:30:00Z"],
    ),
]
MinPosition = Annotated[
    int | None,
    Query(
        ge=0,
        le=POSITIONS,
        description="A `Bitacora-Position`: wait until the answer reflects it, for up to five seconds, else 503.",
    ),
]
Cursor = Annotated[
    str | None,
    Query(
        description="Where the list goes on: the `next_cursor` of the piece before. Opaque.",
        json_schema_extra={"pattern": "^[A-Za-z0-9_-]+$"},
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many to give at most.")]


def optional_instant(text: str | None, name: str) -> datetime | None:
    """Read the instant of a query parameter, if it is there; see ``read_instant``."""
    return None if text is None else read_instant(text, name)


def read_instant(text: str, name: str) -> datetime:
    """Read the instant of a query parameter.

    Raises:
        Invalid: if it is none, or has no offset.
    """
    try:
        return parse_instant(text)
    except ValueError as error:
        hint = "; a query turns + into a space: write it as %2B" if PLUS_LOST.fullmatch(text) else ""
        raise Invalid(f"{error}{hint}", pointer=f"/{name}") from None
