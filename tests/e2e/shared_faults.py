"""Which wrong requests the description test may leave out: variants of a fault in a schema that operations share.

An operation has to refuse each kind of fault in each of its parameters and members. That every variant of the kind is
refused, a number as well as a list where a text belongs, is decided by the schema, and seen at the first operation that
has it. No right request is left out: what is answered depends on the operation.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a request that schemathesis makes up."""

    method: str
    path: str
    """The operation, as the description calls it."""
    kind: str
    """The scenario of schemathesis, for example an incorrect type."""
    variant: str
    """What it says of the case."""
    place: str
    """As the description calls it: ``query``, ``header``, ``path``, ``cookie``; or ``body``."""
    name: str
    """The parameter, or the media type of the body."""
    pointer: str
    """Where in the schema of the body the rule stands that is broken."""


@dataclass
class SharedFaults:
    """The faults that were sent so far."""

    description: Document
    _first: dict[Hashable, tuple[str, str]] = field(default_factory=dict)
    _sent: set[Hashable] = field(default_factory=set)

    def is_seen(self, fault: Fault) -> bool:
        """Say whether another operation has shown this variant, and this operation one of its kind; else note it."""
        declared = self._declared(fault)
        if declared is None:
            return False
        operation = (fault.method, fault.path)
        first = self._first.setdefault((declared, fault.kind, fault.variant), operation)
        of_its_kind = (operation, fault.place, fault.name, fault.pointer, fault.kind)
        if first != operation and of_its_kind in self._sent:
            return True
        self._sent.add(of_its_kind)
        return False

    def _declared(self, fault: Fault) -> Hashable | None:
        described = self.description["paths"][fault.path][fault.method]
        if fault.place == "body":
            content = described.get("requestBody", {}).get("content", {})
            return self._shared_rule(content.get(fault.name, {}).get("schema", {}), fault.pointer)
        for each in described.get("parameters", ()):
            parameter = self._parameter(each)
            if (parameter["in"], parameter["name"]) == (fault.place, fault.name):
                declared = {key: value for key, value in parameter.items() if key != "description"}
                return json.dumps(declared, sort_keys=True)
        return None

    def _parameter(self, declared: Document) -> Document:
        if "$ref" not in declared:
            return declared
        found: Document = self.description["components"]["parameters"][declared["$ref"].rpartition("/")[2]]
        return found

    def _shared_rule(self, schema: Any, pointer: str) -> Hashable | None:  # noqa: ANN401 - any part of a schema
        shared: tuple[str, str] | None = None
        words = pointer.split("/")[1:]
        for place in range(len(words) + 1):
            while isinstance(schema, Mapping) and "$ref" in schema:
                name = schema["$ref"].rpartition("/")[2]
                schema, shared = self.description["components"]["schemas"][name], (name, "/".join(words[place:]))
            if place < len(words):
                schema = _inside(schema, words[place].replace("~1", "/").replace("~0", "~"))
        return shared


def _inside(schema: Any, word: str) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(schema, Mapping):
        return schema.get(word)
    if isinstance(schema, list) and word.isdecimal() and int(word) < len(schema):
        return schema[int(word)]
    return None
