"""Problem details (RFC 9457), as every refusal is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.http.answer_values import SOMETIMES, Shown


class Fault(Shown):
    """A value that cannot be: named by `pointer` in a body, by `parameter` elsewhere."""

    pointer: str = SOMETIMES
    """A JSON pointer (RFC 6901) into the body, or to a parameter by its name."""
    parameter: str = SOMETIMES
    detail: str


class Problem(Shown):
    """Why a request was refused, or failed; a refused request has changed nothing."""

    type: Annotated[str, Field(examples=["urn:bitacora:problem:not_stable_yet"])]
    title: str
    """The case, in a sentence that is always the same."""
    status: int
    detail: str
    """What was the matter this time, for a person."""
    code: Annotated[str, Field(examples=["not_stable_yet"])]
    """The case, for a program; it never changes."""
    request_id: str
    """The `X-Request-Id` of the request, or the one it was given."""
    errors: list[Fault] = SOMETIMES
    """On 422."""
    possible_after: datetime = SOMETIMES
    """With `not_stable_yet`: the instant after which the incident can be resolved, if one is known."""
    occurred_at: datetime = SOMETIMES
    """With `in_the_future`: the instant that was said."""
    earlier: datetime = SOMETIMES
    """With `nonexistent_time` and `ambiguous_time`: one of the two instants that can be meant."""
    later: datetime = SOMETIMES
    """The other one."""
    panel: str = SOMETIMES
    """With `panels_overlap`: the key of the panel that has some of the days."""
    restoration: UUID = SOMETIMES
    """With `restoration_open`: the one that is not completed."""
    lost_at: datetime = SOMETIMES
    """With `recovery_point_after_loss`: when access was lost."""
    capabilities: str = SOMETIMES
    """With `capability_not_available`: those that are neither available nor given up, with commas between."""
    claimed_by: str = SOMETIMES
    """With `claimed_by_another`: the person."""
    claimed_until: datetime = SOMETIMES
    """And until when."""
    added: list[UUID] = SOMETIMES
    """With `set_changed`: the first hundred requests that came into the set since the dry run."""
    removed: list[UUID] = SOMETIMES
    """And the first hundred that went."""
    added_count: int = SOMETIMES
    """How many came."""
    removed_count: int = SOMETIMES
    """How many went."""


class EventMissed(Shown):
    """An event that the caller has not seen."""

    type: str
    version: int
    actor: str


class StaleProblem(Problem):
    """The aggregate is no longer at the version that `If-Match` names."""

    expected: int
    version: int
    events: list[EventMissed]
    """What happened in between."""
