"""Files of held requests, and what has to become of each: a plain dictionary that knows nothing of the program."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any

from api.ledger.intake import TOGETHER
from tests.e2e.ledger_proof import RESULTS, Expected, Name

SOURCE = "shop-17"
ORDERS, STOCK, SALES, CALLBACKS, INVOICES, UNASSIGNED = 400, 150, 50, 1_400, 8, 3
POLICIES: Mapping[str, Mapping[str, Any]] = {
    "order": {"policy": "reprocess"},
    "stock_change": {"policy": "source_resends"},
    "sale_notification": {"policy": "source_retries", "deadline": "1s"},
    "invoice": {"policy": "check_by_hand", "four_eyes": True},
}
"""Callbacks are named by none of them, and so are checked by hand."""
STATES = {
    "order": "reprocessing",
    "stock_change": "awaiting_source",
    "sale_notification": "awaiting_source",
    "invoice": "to_check",
    "callback": "to_check",
}
"""What the policies bring requests to once their cause has ended."""
BAD = (
    (b'{"kind": "order"', "malformed"),
    (b"\xff\xfe\x00", "malformed"),
    (b"[" * 5_000, "malformed"),
    (b'{"source": 1}', "invalid"),
    (b'"' + b"x" * 70_000 + b'"', "too_large"),
)
"""Lines that are none, and by what name they are refused."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a file: its bytes, and the name and digest of the request, or by what name it is refused."""

    text: bytes
    name: Name | None = None
    digest: str = ""
    refused: str | None = None


def line_of(name: Name, received_at: str, content: str = "") -> Line:
    """Write a request as a line."""
    cause, source, kind, reference = name
    digest = hashlib.sha256(f"{name}{content}".encode()).hexdigest()
    body = {
        "cause": {"type": "incident", "id": cause} if cause else None,
        "source": source,
        "kind": kind,
        "reference": reference,
        "received_at": received_at,
        "digest": digest,
    }
    return Line(text=json.dumps(body).encode(), name=name, digest=digest)


def file_of(cause: str, received_at: str, chance: Random) -> list[Line]:
    """Make a file: every kind of request, some twice, some with another content, some without a cause, bad lines."""
    numbers = {
        "order": ORDERS,
        "stock_change": STOCK,
        "sale_notification": SALES,
        "callback": CALLBACKS,
        "invoice": INVOICES,
    }
    names: list[Name] = [
        (cause, SOURCE, kind, f"{kind}-{number}") for kind, count in numbers.items() for number in range(count)
    ]
    # The first of those without a cause is one that the cause has as well.
    names += [("", f"{SOURCE}-{cause}", "callback", f"unassigned-{number}") for number in range(UNASSIGNED)]
    names.append((cause, f"{SOURCE}-{cause}", "callback", "unassigned-0"))
    lines = [line_of(name, received_at) for name in names]
    lines += [line_of(name, received_at) for name in chance.sample(names, 40)]
    lines += [line_of(name, received_at, "changed") for name in chance.sample(names, 20)]
    lines += [Line(text=text, refused=code) for text, code in BAD]
    lines.append(
        Line(text=line_of((cause, SOURCE, "order", "early"), "2020-01-01T00:00:00Z").text, refused="outside_cause")
    )
    chance.shuffle(lines)
    return lines


def body_of(lines: Sequence[Line]) -> bytes:
    """Write lines as a body."""
    return b"\n".join(line.text for line in lines) + b"\n"


def result_of(reference: str) -> str:
    """Say what a worker finds; always the same of the same request."""
    return {"0": "failed", "1": "already_there"}.get(reference[-1], "done")


@dataclass
class Model:
    """What every request must be: its state, its outcome and its events, by name.

    So many lines go into one command ``together``.
    """

    together: int = TOGETHER
    requests: dict[Name, Expected] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    _digests: dict[Name, str] = field(default_factory=dict)
    _twins: dict[Name, Name] = field(default_factory=dict)

    def hand_in(self, lines: Sequence[Line], recorded: Sequence[tuple[str, Name]] | None = None) -> Counter[str]:
        """Hand lines in, batch by batch until what was ``recorded`` of them is used up; count what became of them.

        A batch is of as many lines as go into one command, and recorded as a whole or not at all, in order. What a
        policy does with a request is recorded beside that.
        """
        counts, place = Counter[str](), 0
        for batch in _batches(lines, self.together):
            if recorded is not None and place == len(recorded):
                break
            happened: list[tuple[str, Name]] = []
            for line in batch:
                outcome = self._take(line, happened)
                counts[outcome] += 1
            if recorded is not None:
                assert recorded[place : place + len(happened)] == happened
                place += len(happened)
        assert recorded is None or place == len(recorded), "more was recorded than was handed in"
        return counts

    def assign(self, name: Name, *, twin: bool) -> None:
        """Know by which cause a request was held up that came without one."""
        self.requests[name].happen("assigned")
        if twin:
            self.requests[name].happen("merged", "merged")
            other = (name[1].removeprefix(f"{SOURCE}-"), *name[1:])
            self._twins[name] = other
            fact = "repeated" if self._digests[other] == self._digests[name] else "changed"
            self._digests[other] = self._digests[name]
            self.requests[other].happen("twin_merged")
            self.requests[other].happen(fact)

    def knows(self, line: Line) -> bool:
        """Tell whether a line, handed in again, changes nothing."""
        return line.name is None or self._digests[self._twins.get(line.name, line.name)] == line.digest

    def end(self, cause: str) -> None:
        """Let a cause end, and everything that it holds up go on."""
        self.ended.add(cause)
        for name, one in self._of(cause):
            if one.state == "held":
                one.happen("disposed", STATES[name[2]])
                if name[2] == "sale_notification":
                    one.happen("deadline_passed", "to_check")

    def reprocess(self, cause: str) -> None:
        """Let workers report of everything that waits for them."""
        for name, one in self._of(cause, "reprocessing"):
            outcome = RESULTS.get(result_of(name[3]))
            one.happen("reprocessed", "settled" if outcome else "to_check", outcome)

    def resend(self, cause: str) -> None:
        """Let the source send again everything that it has to."""
        for _, one in self._of(cause, "awaiting_source"):
            one.happen("resent", "settled", "resent")

    def decide(self, cause: str, outcome: str) -> int:
        """Decide everything that waits to be checked, and count it."""
        found = list(self._of(cause, "to_check"))
        for name, one in found:
            if name[2] == "invoice":
                one.happen("decided", "awaiting_signature")
            else:
                one.happen("decided", "settled", outcome)
        return len(found)

    def sign(self, cause: str, outcome: str) -> None:
        """Let a second person agree to everything that waits for it."""
        for _, one in self._of(cause, "awaiting_signature"):
            one.happen("signed", "settled", outcome)

    def names(self, cause: str, state: str) -> list[Name]:
        """Give the names of what was handed in for a cause, and is in a state."""
        return [name for name, _ in self._of(cause, state)]

    def _of(self, cause: str, state: str | None = None) -> Iterator[tuple[Name, Expected]]:
        """Give what a cause holds up; what was assigned to it has it in the name of its source."""
        for name, one in self.requests.items():
            is_of_it = name[0] == cause or (name[1] == f"{SOURCE}-{cause}" and one.events["assigned"])
            if is_of_it and state in {None, one.state}:
                yield name, one

    def _take(self, line: Line, happened: list[tuple[str, Name]]) -> str:
        if line.name is None:
            return "refused"
        name = self._twins.get(line.name, line.name)
        known = self.requests.get(name)
        if known is None:
            self.requests[name] = one = Expected()
            one.happen("received")
            happened.append(("received", name))
            self._digests[name] = line.digest
            if name[0] in self.ended:
                one.happen("disposed", STATES[name[2]])
            return "held" if name[0] else "unassigned"
        fact, outcome = ("repeated", "repeat") if self._digests[name] == line.digest else ("changed", "changed")
        self._digests[name] = line.digest
        known.happen(fact)
        happened.append((fact, name))
        return outcome


def refused_in(lines: Sequence[Line]) -> list[tuple[int, str]]:
    """Give the numbers of the lines that are refused, and by what name."""
    return [(number, line.refused) for number, line in enumerate(lines, 1) if line.refused is not None]


def _batches(lines: Sequence[Line], size: int) -> Iterator[list[Line]]:
    rest = iter(lines)
    while some := list(islice(rest, size)):
        yield some
