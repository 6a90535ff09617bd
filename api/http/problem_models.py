"""Problem details (RFC 9457), as every refusal is answered."""

from __future__ import annotations

from typing import Annotated, NotRequired

from typing_extensions import TypedDict

from application.document import Id, Instant
from application.events_missed import EventMissed
from application.schema import Described, documented


@documented
class Fault(TypedDict):
    """A value that cannot be: named by `pointer` in a body, by `parameter` elsewhere."""

    pointer: NotRequired[str]
    """A JSON pointer (RFC 6901) into the body, or to a parameter by its name."""
    parameter: NotRequired[str]
    detail: str


@documented
class Problem(TypedDict):
    """Why a request was refused, or failed; a refused request has changed nothing."""

    type: Annotated[str, Described(examples=["urn:bitacora:problem:not_stable_yet"])]
    title: str
    """The case, in a sentence that is always the same."""
    status: int
    detail: str
    """What was the matter this time, for a person."""
    code: Annotated[str, Described(examples=["not_stable_yet"])]
    """The case, for a program; it never changes."""
    request_id: str
    """The `X-Request-Id` of the request, or the one it was given."""
    errors: NotRequired[list[Fault]]
    """On 422."""
    possible_after: NotRequired[Instant]
    """With `not_stable_yet`: the instant after which the incident can be resolved, if one is known. Before, the
    incident has it as `resolution_possible_after`."""
    occurred_at: NotRequired[Instant]
    """With `in_the_future`: the instant that was said."""
    earliest: NotRequired[int]
    """With `no_longer_kept`: the first position as of which it is known."""
    earlier: NotRequired[Instant]
    """With `nonexistent_time` and `ambiguous_time`: one of the two instants that can be meant."""
    later: NotRequired[Instant]
    """The other one."""
    panel: NotRequired[str]
    """With `panels_overlap`: the key of the panel that has some of the days."""
    restoration: NotRequired[Id]
    """With `restoration_open`: the one that is not completed."""
    lost_at: NotRequired[Instant]
    """With `recovery_point_after_loss`: when access was lost."""
    capabilities: NotRequired[str]
    """With `capability_not_available`: those that are neither available nor given up, with commas between."""
    nearest: NotRequired[str]
    """With `unknown_capability`: the capability that is most like it, if one is."""
    claimed_by: NotRequired[str]
    """With `claimed_by_another`: the person."""
    claimed_until: NotRequired[Instant]
    """And until when."""
    digest: NotRequired[str]
    """With `content_changed`: that of the content now."""
    changed_at: NotRequired[Instant]
    """And since when it is so."""
    changed: NotRequired[list[Id]]
    """With `content_changed` in bulk: the first hundred requests whose content or evidence changed."""
    changed_count: NotRequired[int]
    """And how many did."""
    added: NotRequired[list[Id]]
    """With `set_changed`: the first hundred requests that came into the set since the dry run."""
    removed: NotRequired[list[Id]]
    """And the first hundred that went."""
    added_count: NotRequired[int]
    """How many came."""
    removed_count: NotRequired[int]
    """How many went."""


@documented
class StaleProblem(Problem):
    """The aggregate is no longer at the version that `If-Match` names."""

    expected: int
    version: int
    events: list[EventMissed]
    """What happened in between."""
