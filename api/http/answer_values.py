"""The values that answers are made of.

Answers are documents written elsewhere, and are sent as they are. These models say how they look, for the description
of the interface alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


def _left_out(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


SOMETIMES: Any = Field(default=None, json_schema_extra=_left_out)
"""The mark of a member that is not in every answer."""


class Shown(BaseModel):
    """A part of an answer. Members may be added to it in later versions."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class PublicReconciliation(Shown):
    """Whether what was held up is settled, as readers are told."""

    reconciled: bool = SOMETIMES
    """Whether it has ended and every request that it held up is settled; only where an operator lets it be shown."""


class Reconciliation(Shown):
    """Whether what was held up is settled."""

    reconciled: bool
    """Whether it has ended, and nothing of the requests that it held up is open."""
    reconciled_at: datetime | None
    reconciliation_shown: bool
    """Whether readers are told."""


class Page(Shown, Generic[T]):
    """A piece of a list."""

    data: list[T]
    has_more: bool
    next_cursor: str | None
    """Where the list goes on, also named by the header `Link`; null at its end."""
