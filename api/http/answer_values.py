"""The values that answers are made of.

Answers are documents written elsewhere, and are sent as they are. These models say how they look, for the description
of the interface alone.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel

from domain.impact import Status
from domain.ledger.request_policy import Disposition

T = TypeVar("T")

Key = Annotated[str, Field(description="The key of a component.", examples=["order-import"])]
Market = Annotated[str, Field(description="A country (ISO 3166-1 alpha-2).", examples=["ES"])]
Duration = Annotated[str, Field(description="ISO 8601, in seconds.", examples=["PT90S"])]


def _left_out(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


SOMETIMES: Any = Field(default=None, json_schema_extra=_left_out)
"""The mark of a member that is not in every answer."""


class LocalizedText(RootModel[str | dict[str, str]]):
    """An object from language tag to text; with `lang` one string, in that language or else in the default one."""


class Visibility(StrEnum):
    """Whether readers can see it."""

    PUBLIC = "public"
    PRIVATE = "private"


class Shown(BaseModel):
    """A part of an answer. Members may be added to it in later versions."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class StatusSpan(Shown):
    """A half-open span of time during which one status showed: `from` is inside, `until` is not."""

    status: Status
    from_: Annotated[datetime, Field(alias="from")]


class ImpactSpan(StatusSpan):
    """A span of an impact."""

    until: datetime | None
    """Null while it goes on."""


class PastSpan(StatusSpan):
    """A span of the history of a component; the last one ends where the history was asked to end."""

    until: datetime


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


class RequestPolicy(Shown):
    """What becomes of requests of one kind that the incident held up."""

    policy: Disposition
    deadline: Duration
    four_eyes: bool
