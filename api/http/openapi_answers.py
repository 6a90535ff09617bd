"""How routes declare their successful answers; refusals follow from the routes themselves."""

from __future__ import annotations

from types import UnionType
from typing import Any

AnswerType = type[Any] | UnionType
"""What an answer is declared as: a ``TypedDict``, or one of several."""
Responses = dict[int | str, dict[str, Any]]

HEADER_REFERENCE = "#/components/headers/"

HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {
        "description": "Of an aggregate, to callers who see everything: its version, as `If-Match` takes it. Of"
        " everything else: a hash of the body.",
        "schema": {"type": "string", "examples": ['"7"']},
    },
    "Location": {
        "description": "The path of what was created, or of what it was added to.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Link": {
        "description": 'The rest of the list (RFC 8288), as `rel="next"`; absent at its end.',
        "schema": {"type": "string"},
    },
    "Bitacora-Position": {
        "description": "To callers with a token: the position that the answer reflects, or that of the last event just"
        " recorded; `min_position` takes it.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-Request-Id": {
        "description": "To callers with a token: the id of the request, under which its events are recorded.",
        "schema": {"type": "string"},
    },
    "Idempotent-Replayed": {
        "description": "`true` if this is the kept answer to an earlier request with the same `Idempotency-Key`.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {
        "description": "After how many seconds another attempt makes sense.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Accept": {
        "description": "The media types that the route takes (RFC 9110, 15.5.16).",
        "schema": {"type": "string", "examples": ["application/json, application/x-ndjson"]},
    },
    "WWW-Authenticate": {
        "description": "How to authenticate (RFC 6750).",
        "schema": {"type": "string"},
    },
}


def header(name: str, *, always: bool = False) -> dict[str, Any]:
    """Describe one header of an answer, by reference to its description unless it is in every such answer."""
    return {name: HEADERS[name] | {"required": True} if always else {"$ref": f"{HEADER_REFERENCE}{name}"}}


MISSES: Responses = {404: {"description": "What a parameter names is not there."}}
"""Declares that a query parameter of a route can name something that does not exist."""


LIMITED: Responses = {429: {"description": "Too many requests came from one network."}}
"""Declares that a route accepts so many requests of one network and no more."""
REFUSES: Responses = {409: {"description": "The state of the service is in the way."}}
"""Declares that a rule can refuse what is no command."""


def shows(model: AnswerType) -> Responses:
    """Declare a read with a tag."""
    return with_tag({200: {"model": model, "description": "What was asked for."}})


def lists(model: AnswerType) -> Responses:
    """Declare a page of a list."""
    declared = shows(model)
    declared[200] = declared[200] | {"headers": declared[200]["headers"] | header("Link")}
    return declared


def tells(model: AnswerType, *, tagged: bool = True, keyed: bool = True) -> Responses:
    """Declare a command that answers with the aggregate as it is then.

    It is ``tagged`` with its version, and ``keyed`` if it accepts an idempotency key; a query by ``POST`` does not.
    """
    headers = (header("ETag", always=True) if tagged else {}) | (header("Idempotent-Replayed") if keyed else {})
    return {200: {"model": model, "description": "Done.", "headers": headers}}


def creates(model: AnswerType) -> Responses:
    """Declare a command that creates something, or adds it to what the answer shows."""
    declared = tells(model)[200]
    location = header("Location", always=True)
    return {201: declared | {"description": "Created.", "headers": declared["headers"] | location}}


def writes(media_type: str, description: str, *, binary: bool = False) -> Responses:
    """Declare an answer that is no JSON, nor even a text if it is ``binary``.

    The route also names ``Response`` as the class of its answers.
    """
    schema = {"type": "string", **({"format": "binary"} if binary else {})}
    return {200: {"description": description, "content": {media_type: {"schema": schema}}}}


def with_tag(declared: Responses) -> Responses:
    """Declare of a read that it has a tag."""
    tag = header("ETag", always=True)
    known = {"description": "The caller has it: it is what `If-None-Match` names.", "headers": tag}
    return {200: declared[200] | {"headers": tag}, 304: known}
