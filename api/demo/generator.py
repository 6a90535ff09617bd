"""Generates the held requests of a case: thousands of them from a few lines of data, the same ones each time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NotRequired
from uuid import UUID

from typing_extensions import TypedDict

from domain.instants import written
from domain.ledger.cause import Cause, CauseType
from domain.ledger.held_request import HeldRequest, Reference

Item = dict[str, str | bool]
"""A request as it is handed in, with the id that it will have."""


class Repeats(TypedDict):
    """A second list, ``name``, of as many requests as ``count`` says, each of which comes once or twice more."""

    name: str
    count: int


_Span = TypedDict("_Span", {"from": str, "seconds": int})


class RequestPattern(_Span):
    """How many requests come in after the instant ``from``, within how many ``seconds``, and from where."""

    name: str
    seed: int | str
    count: int
    cause: str
    reference: str
    """A format of ``kind`` and ``number``."""
    kinds: dict[str, list[str]]
    """By kind, the sources."""
    weights: NotRequired[list[int]]
    """How often each kind comes, in their order; without it there is one kind from one source."""
    found: NotRequired[int]
    """For how many a number was found outside."""
    again: NotRequired[Repeats]


DIGITS = 18
"""How long the number of a shipment is."""


def generate(pattern: RequestPattern) -> dict[str, Sequence[Item]]:
    """Generate the lists of requests that a pattern describes, by name."""
    random = Random(pattern["seed"])  # noqa: S311 - the same each time
    draw = _mixed if "weights" in pattern else _alike
    made = [_item(pattern, number, *drawn) for number, drawn in draw(random, pattern)]
    for place in sorted(random.sample(range(len(made)), pattern.get("found", 0))):
        made[place] |= {"is_found": True, "found": f"{random.randrange(10**DIGITS):0{DIGITS}}"}
    lists: dict[str, Sequence[Item]] = {pattern["name"]: made}
    if again := pattern.get("again"):
        chosen = random.sample(made, again["count"])
        lists[again["name"]] = [item for item in chosen for _ in range(random.randint(1, 2))]
    return lists


def _mixed(random: Random, pattern: RequestPattern) -> Iterator[tuple[int, tuple[str, str, int]]]:
    for number in range(pattern["count"]):
        kind = random.choices(tuple(pattern["kinds"]), weights=pattern["weights"])[0]
        yield number, (kind, random.choice(pattern["kinds"][kind]), random.randrange(pattern["seconds"]))


def _alike(random: Random, pattern: RequestPattern) -> Iterator[tuple[int, tuple[str, str, int]]]:
    ((kind, (source,)),) = pattern["kinds"].items()
    seconds = sorted(random.sample(range(pattern["seconds"]), pattern["count"]))
    yield from ((number, (kind, source, second)) for number, second in enumerate(seconds, 1))


def _item(pattern: RequestPattern, number: int, kind: str, source: str, second: int) -> Item:
    reference = pattern["reference"].format(kind=kind, number=number)
    type_, _, cause = pattern["cause"].partition(":")
    named = Reference(source=source, kind=kind, reference=reference)
    return {
        "id": str(HeldRequest.id_of(Cause(type=CauseType(type_), id=UUID(cause)), named)),
        "cause": pattern["cause"],
        "source": source,
        "kind": kind,
        "reference": reference,
        "received_at": written(datetime.fromisoformat(pattern["from"]) + timedelta(seconds=second)),
        "digest": hashlib.sha256(reference.encode()).hexdigest(),
    }
