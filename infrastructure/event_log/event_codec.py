"""Events to stored rows and back, typed both ways.

Each event class has its own validator and serializer, made from the types it declares; a stored type name is looked
up among the registered classes and never imports anything. What does not fit is refused as it is written, too.
"""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache, partial
from operator import eq
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, SchemaSerializer, SchemaValidator

from application.errors import CorruptEvent
from domain.aggregate import Created, Event
from domain.instants import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eventsourcing.domain import DomainEventProtocol

ENVELOPE = ("originator_id", "originator_version", "timestamp", "originator_topic")
"""The attributes of an event that its row has beside its ``state``, or that follow from it."""


class TypedMapper(Mapper[UUID]):
    """Maps events to rows and back, for a fixed list of types."""

    def __init__(self, event_types: Mapping[str, type[Event]]) -> None:
        """Map ``event_types``, stored type name to class.

        The codec of a type is compiled when the first event of it comes. To compile all of them takes 0.2 s of the
        processor, for which each server, and the child that keeps its views, would wait before they begin.
        """
        super().__init__(transcoder=JSONTranscoder())
        self._event_types = dict(event_types)
        self._codecs: dict[str, Codec] = {}

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Write an event, and prove that it is read as what it is.

        Raises:
            CorruptEvent: if its type is not registered, or a value is not of its declared type.
        """
        codec = self._codec(getattr(type(domain_event), "TOPIC", type(domain_event).__name__))
        stored = StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=codec.topic,
            state=codec.encode(domain_event),
        )
        # The serializer lets None pass for any type; an event that cannot be read again must never be stored.
        if codec.decode(stored) != domain_event:
            raise CorruptEvent(f"an event {codec.topic} does not fit its type: it is read as another one")
        return stored

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """Read an event.

        Raises:
            CorruptEvent: if its type is not registered, or its state is not what the type declares.
        """
        return self._codec(stored_event.topic).decode(stored_event)

    @property
    def versions(self) -> dict[str, int]:
        """The types of events that are known, each with the version in which it is written."""
        return {topic: version_of(each) for topic, each in self._event_types.items()}

    def present_state(self, stored_event: StoredEvent) -> tuple[int, bytes]:
        """Give the present version of an event's type, and its state in it, as JSON."""
        codec = self._codec(stored_event.topic)
        return codec.version, codec.present(stored_event.state)

    def _codec(self, topic: str) -> Codec:
        codec = self._codecs.get(topic)
        if codec is None:
            if topic not in self._event_types:
                raise CorruptEvent(f"no event type {topic!r} is registered")
            codec = self._codecs[topic] = codec_of(topic, self._event_types[topic])
        return codec


class Codec:
    """The codec of one event type."""

    def __init__(self, topic: str, event_class: type[Event]) -> None:
        """Compile the codec from the declared types of the fields."""
        schema = _tightened(_without_envelope(cast("dict[str, Any]", TypeAdapter(event_class).core_schema)))
        self.topic = topic
        self.version = version_of(event_class)
        self._prefix = version_prefix(self.version)
        self._event_class = event_class
        self._validator = SchemaValidator(schema)
        self._serializer = SchemaSerializer(schema)
        self._of = topic.partition(".")[0] if issubclass(event_class, Created) else None

    def encode(self, event: DomainEventProtocol[UUID]) -> bytes:
        """Write the state of an event as plain JSON."""
        try:
            state = self._serializer.to_json(event, warnings="error")
        except (PydanticSerializationError, ValueError) as error:
            raise CorruptEvent(f"an event {self.topic} does not fit its type: {error}") from error
        return self._prefix + state[1:]

    def present(self, state: bytes) -> bytes:
        """Bring a state up to the present version of its type, by the steps that the class knows.

        Raises:
            CorruptEvent: if a newer program wrote it, or it is not what its version declares.
        """
        if state.startswith(self._prefix):
            return b"{" + state[len(self._prefix) :]
        try:
            data = json.loads(state)
            for version in range(self._version_of(data), self.version):
                data = getattr(self._event_class, f"from_version_{version}")(data)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise CorruptEvent(
                f"an event {self.topic} cannot be brought up to version {self.version}: {error}"
            ) from error
        return json.dumps(data).encode()

    def _version_of(self, data: dict[str, Any]) -> int:
        version = data.pop("version", 1)
        if not isinstance(version, int) or not 1 <= version <= self.version:
            raise ValueError(f"it has version {version}")
        return version

    def decode(self, stored: StoredEvent) -> DomainEventProtocol[UUID]:
        """Read the state of an event, brought up to the present version of its type."""
        try:
            event: Any = self._validator.validate_json(self.present(stored.state), strict=True, extra="forbid")
        except (ValidationError, ValueError) as error:
            raise CorruptEvent(
                f"event {stored.originator_version} of {stored.originator_id} is no {self.topic}: {error}"
            ) from error
        # Events are frozen; this is the rest of what their ``__init__`` would have done.
        write = object.__setattr__
        write(event, "originator_id", stored.originator_id)
        write(event, "originator_version", stored.originator_version)
        write(event, "timestamp", event.provenance.recorded_at)
        if self._of is not None:
            write(event, "originator_topic", self._of)
        result: DomainEventProtocol[UUID] = event
        return result


def version_prefix(version: int) -> bytes:
    """Give the bytes with which the state of an event begins that is written in a version of its type."""
    return b'{"version":%d,' % version if version > 1 else b"{"


def version_of(event_class: type[Event]) -> int:
    """Give the version of a type of events."""
    version: int = getattr(event_class, "VERSION", 1)
    return version


@cache
def codec_of(topic: str, event_class: type[Event]) -> Codec:
    """Give the codec of an event type; all mappers of a process share it, because it takes long to compile."""
    return Codec(topic, event_class)


def _without_envelope(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out the fields that are no part of an event's state."""
    inner = schema["schema"]
    return {
        **schema,
        "fields": [name for name in schema["fields"] if name not in ENVELOPE],
        "schema": {**inner, "fields": [field for field in inner["fields"] if field["name"] not in ENVELOPE]},
    }


def _tightened(schema: Any) -> Any:  # noqa: ANN401 - a core schema is a tree of plain values
    """Demand an offset of every instant and a finite value of every number, and leave optional fields out, anywhere."""
    if isinstance(schema, list):
        return [_tightened(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: _tightened(value) for key, value in schema.items()}
    if result.get("type") == "datetime":
        result["tz_constraint"] = "aware"
        result["serialization"] = {"type": "function-plain", "function": written, "when_used": "unless-none"}
    if result.get("type") == "float":
        result["allow_inf_nan"] = False
    if result.get("type") == "dataclass":
        result["schema"] = {**result["schema"], "fields": _optional(result["cls"], result["schema"]["fields"])}
    return result


def _optional(declared: type[Any], schemas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave the fields out of what is stored that are declared so and have their default."""
    defaults = {each.name: each.default for each in fields(declared) if each.metadata.get("is_optional")}
    return [
        {**each, "serialization_exclude_if": partial(eq, defaults[each["name"]])} if each["name"] in defaults else each
        for each in schemas
    ]
