"""The body of a new token."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from api.http.pattern_words import ONE_LINE, in_words
from api.http.values import DISTINCT, Body, Instant, Name, example
from domain.access.keyring import LONGEST_NAME, Role

MOST_SOURCES = 100
TokenName = Annotated[
    str,
    StringConstraints(pattern=in_words(r"^[^\x00-\x20/\x7f]+$", "it is one word, without /"), max_length=LONGEST_NAME),
    Field(description="Unique, also among the names of revoked tokens."),
]
Person = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=ONE_LINE),
    Field(
        description="Who uses it: tokens of one person are one person. By default the name of the token.",
        # It is stripped first, which is described by nothing else.
        json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f]*[^\s\x85\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"},
    ),
]


class TokenBody(Body):
    """A token for a person or a machine."""

    model_config = example(
        name="shop-17-2027", role="emitter", person="shop-17", sources=["shop-17"], expires_at="2027-12-31T23:00:00Z"
    )

    name: TokenName
    role: Role
    person: Person | None = None
    sources: Annotated[
        list[Name],
        Field(max_length=MOST_SOURCES, description="Emitters only: for which sources it sends and reads; empty: all."),
        DISTINCT,
    ] = []
    expires_at: Annotated[Instant | None, Field(description="When it is refused by itself; null: never.")] = None
