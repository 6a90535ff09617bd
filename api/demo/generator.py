"""Makes up the held requests of a case: the same each time, and thousands of them from a few lines of data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from domain.instants import written
from domain.ledger.cause import Cause, CauseType
from domain.ledger.held_request import HeldRequest, Reference

Item = dict[str, Any]
DIGITS = 18
"""How long the number of a shipment is."""


def generate(pattern: Mapping[str, Any]) -> dict[str, Sequence[Item]]:
    """Make lists of requests, by name.

    ``pattern`` has a ``name`` and a ``seed``, and says how many (``count``) come in within so many ``seconds``
    after ``from``, of which ``kinds`` and, by kind, sources. With ``weights`` kinds differ in number. ``found``
    is how many a number was found for outside. ``again`` is a second list, of those that come once or twice more.
    """
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


def _mixed(random: Random, pattern: Mapping[str, Any]) -> Iterator[tuple[int, tuple[str, str, int]]]:
    for number in range(pattern["count"]):
        kind = random.choices(tuple(pattern["kinds"]), weights=pattern["weights"])[0]
        yield number, (kind, random.choice(pattern["kinds"][kind]), random.randrange(pattern["seconds"]))


def _alike(random: Random, pattern: Mapping[str, Any]) -> Iterator[tuple[int, tuple[str, str, int]]]:
    ((kind, (source,)),) = pattern["kinds"].items()
    seconds = sorted(random.sample(range(pattern["seconds"]), pattern["count"]))
    yield from ((number, (kind, source, second)) for number, second in enumerate(seconds, 1))


def _item(pattern: Mapping[str, Any], number: int, kind: str, source: str, second: int) -> Item:
    """Make a request up as it is handed in, with the id that it will have."""
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
