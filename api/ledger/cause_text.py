"""Causes of requests, as bodies and queries write them."""

from __future__ import annotations

import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator

from api.http.command_bodies import CommandBody
from application.ledger.queries import RequestFilter
from domain.ledger.cause import Cause, CauseType

ID_PATTERN = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
CAUSE_PATTERN = f"(?:(?:{'|'.join(CauseType)}):)?{ID_PATTERN}"
"""A cause in a query: its id, or ``type:id``; whatever fits it, ``parse_cause`` can read."""
CAUSE_TEXT = re.compile(f"(?:(?P<type>{'|'.join(CauseType)}):)?(?P<id>{ID_PATTERN})")
UNASSIGNED = "unassigned"


def parse_cause(text: str) -> tuple[str | None, UUID]:
    """Parse a cause: its id alone, or ``type:id``.

    Returns:
        Its type, None if only the id is written, and its id.

    Raises:
        ValueError: if it is neither.
    """
    found = CAUSE_TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:80]!r} is not a cause; write maintenance_window:<id>, or the id alone")
    return found["type"], UUID(found["id"])


def _cause(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    if not isinstance(value, str):
        return value
    kind, id = parse_cause(value)
    if kind is None:
        raise ValueError("write the type of the cause, too: maintenance_window:<id>")
    return {"type": kind, "id": str(id)}


def parse_cause_filter(text: str | None) -> RequestFilter:
    """Parse which requests are wanted by their cause: its id, ``type:id``, ``unassigned``, or None for any.

    Raises:
        ValueError: if it is none of these.
    """
    if text is None:
        return RequestFilter()
    if text == UNASSIGNED:
        return RequestFilter(unassigned=True)
    kind, id = parse_cause(text)
    return RequestFilter(cause=id, cause_type=None if kind is None else CauseType(kind))


class CauseBody(CommandBody[Cause]):
    """What held requests up."""

    type: CauseType
    id: UUID


CauseText = Annotated[CauseBody, BeforeValidator(_cause)]
"""A cause as an object; ``type:id`` is taken as well."""
