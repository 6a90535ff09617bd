"""Events, as auditors read them."""

from __future__ import annotations

from typing import Annotated, NotRequired

from typing_extensions import TypedDict

from application.document import Id, Instant, Page
from application.schema import Described, Encodes, documented
from domain.provenance import SignInMethod

Hash = Annotated[str, Described(examples=["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="])]
"""Of SHA-256, in base64."""
Note = Annotated[
    str,
    Described(description="A signed note (C2SP tlog-checkpoint), with what witnesses have signed."),
]


@documented
class EventAggregate(TypedDict):
    """What an event happened to."""

    type: str
    id: Id
    version: int
    """The place of the event among those of the aggregate, from 1."""


@documented
class EventDocument(TypedDict):
    """Something that happened; it never changes and is never taken back."""

    position: int
    """Its place in the log, from 1."""
    id: Id
    type: Annotated[str, Described(examples=["incident.published"])]
    version: int
    """The version of the shape of `data`."""
    aggregate: EventAggregate
    occurred_at: Instant
    """When it was true."""
    recorded_at: Instant
    """When it was taken down."""
    actor: Annotated[str, Described(examples=["token:ana", "policy:publication", "clock"])]
    source: str
    """The system that it came through."""
    request_id: str
    """The `X-Request-Id` of the request; empty if there was none."""
    causation: int | None
    """The position of the event that led to it."""
    notify: NotRequired[bool]
    """False if subscribers were not to be notified of it; otherwise it is left out."""
    notify_reason: NotRequired[str]
    """What the actor gave as the reason to notify subscribers, or not to, if he gave one."""
    signed_in: NotRequired[Annotated[str, Encodes(SignInMethod)]]
    """How the actor signed in, if it acted in a session: with a token, or at the provider of identities."""
    data: dict[str, object]
    """What happened, by type."""
    entry: NotRequired[str]
    """With `entries=true`: the text that is hashed into the tree of the log, the event exactly as it is stored."""


@documented
class EventPage(Page):
    """Events in their order; `next_cursor` is the `after` with which they go on."""

    data: list[EventDocument]


@documented
class ProofDocument(TypedDict):
    """That an event is in the log (RFC 6962, 2.1.1)."""

    position: int
    entry: str
    """The text that is hashed: the event exactly as it is stored, as canonical JSON (RFC 8785)."""
    leaf_hash: Hash
    """Of a zero byte and the entry."""
    index: int
    """The place of the leaf, from 0: the position less 1."""
    size: int
    """How many events the tree has that it is proven for."""
    hashes: list[Hash]
    """From the sibling of the leaf up to the child of the root."""
    checkpoint: Note


_Sizes = TypedDict("_Sizes", {"from": int, "to": int})


@documented
class ConsistencyDocument(_Sizes):
    """That the log as it was at `from` events is a prefix of the log at `to` events (RFC 6962, 2.1.2)."""

    from_root: Hash
    """The root that the tree had at `from` events; compare it with the checkpoint that you kept."""
    hashes: list[Hash]
    """From below; none if both sizes are the same, or `from` is 0."""
    checkpoint: Note
    """Of `to` events."""
