"""Expected answers: how they are kept in a file, and what differs between two answers, member by member."""

from __future__ import annotations

import csv
import json
import lzma
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tests.upgrade.program import Answer, Question
from tests.upgrade.stores import KINDS_OF_CHANGE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

ADDED, REMOVED, CHANGED = "+", "-", "~"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DERIVED = "ETag"
"""The header that follows from the body, so that it says nothing where the body differs."""

Answered = tuple[Question, Answer]


@dataclass(frozen=True, order=True)
class Difference:
    """One place at which two answers differ: ``status``, ``header <name>``, ``bytes``, or ``body <JSON pointer>``.

    ``bytes`` means that all members are the same, and their order or the spaces between them are not.
    """

    kind: str
    place: str

    def of_any(self) -> Difference:
        """Give it with a star for each number of an item and each id: the same member of any document."""
        if not self.place.startswith("body "):
            return self
        parts = self.place.split("/")
        stars = ["*" if part.isdigit() or UUID.fullmatch(part) else part for part in parts]
        return Difference(self.kind, "/".join(stars))


def write(path: Path, answered: Iterable[Answered]) -> None:
    """Write questions and answers, one of each a line; what is the same in most lines costs next to nothing."""
    lines = (json.dumps(asdict(question) | asdict(answer), ensure_ascii=False) for question, answer in answered)
    path.write_bytes(lzma.compress("".join(f"{line}\n" for line in lines).encode(), preset=9))


def read(path: Path) -> list[Answered]:
    """Read what ``write`` wrote."""
    return [_answered(json.loads(line)) for line in lzma.decompress(path.read_bytes()).splitlines()]


def _answered(line: dict[str, Any]) -> Answered:
    answer = Answer(status=line.pop("status"), headers=line.pop("headers"), body=line.pop("body"))
    return Question(**line), answer


def differences(before: Answer, after: Answer) -> list[Difference]:
    """Name each place at which ``after`` differs."""
    found: list[Difference] = []
    if before.status != after.status:
        found.append(Difference(CHANGED, "status"))
    bodies = sorted(set(_of_bodies(before, after)))
    if not bodies and before.body != after.body:
        bodies = [Difference(CHANGED, "bytes")]
    headers = [
        Difference(each.kind, f"header {each.place.removeprefix('/')}")
        for each in _of_values(before.headers, after.headers, "")
        if not (bodies and each.place == f"/{DERIVED}")
    ]
    return found + headers + bodies


def listed(pairs: Iterable[tuple[Question, Answer, Answer]]) -> list[str]:
    """List what differs by route, each member once: ``+ /v1/incidents/{id} body /impact``."""
    # Most answers are the same as another one: the past of one position as that of the next, a store as the other.
    unlike = {
        (question.route, *_compared(before), *_compared(after)): (question.route, before, after)
        for question, before, after in pairs
        if before != after
    }
    lines = {
        f"{each.kind} {route} {each.place}"
        for route, before, after in unlike.values()
        for each in {difference.of_any() for difference in differences(before, after)}
    }
    return sorted(lines, key=_by_route)


def _compared(answer: Answer) -> tuple[object, ...]:
    return answer.status, answer.body, tuple(sorted(answer.headers.items()))


def _by_route(line: str) -> tuple[str, str]:
    return line[2:], line


def relisted(known: Sequence[str], lines: Collection[str], version: str) -> list[str]:
    """Write the list anew: what is no change any more goes, what is one since ``version`` stands under its name."""
    kept = [line for line in known if _is_version(line) or line in lines]
    news = sorted(set(lines) - set(known), key=_by_route)
    if news:
        kept += [f"{version}:", *news]
    followed = zip(kept, [*kept, version][1:], strict=True)
    return [line for line, after in followed if not (_is_version(line) and _is_version(after))]


def _is_version(line: str) -> bool:
    return not line.startswith(KINDS_OF_CHANGE)


def report(pairs: Sequence[tuple[Question, Answer, Answer]], most: int = 10) -> str:
    """Say of the first answers that differ what was asked, and what differs."""
    unlike = [pair for pair in pairs if pair[1] != pair[2]]
    said = [
        f"{question.by or 'reader'}: {question.method} {question.path}\n"
        + "\n".join(f"    {each.kind} {each.place}" for each in differences(before, after)[:most])
        for question, before, after in unlike[:most]
    ]
    return "\n".join([f"{len(unlike)} of {len(pairs)} answers differ, in:", *listed(unlike), "They are:", *said])


def _of_bodies(before: Answer, after: Answer) -> Iterator[Difference]:
    for each in _of_values(_parsed(before), _parsed(after), ""):
        yield Difference(each.kind, f"body {each.place}")


def _parsed(answer: Answer) -> Any:  # noqa: ANN401 - any JSON
    """Read a body by its type; a text that has no members is one value."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if kind.endswith(("/json", "+json")):
        return json.loads(answer.body)
    if kind == "application/x-ndjson":
        return [json.loads(line) for line in answer.body.splitlines()]
    if kind == "text/csv":
        return list(csv.DictReader(answer.body.splitlines()))
    return answer.body


def _of_values(before: Any, after: Any, pointer: str) -> Iterator[Difference]:  # noqa: ANN401 - any JSON
    if isinstance(before, list) and isinstance(after, list):
        before, after = ({str(place): item for place, item in enumerate(items)} for items in (before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            place = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
            if name not in after:
                yield Difference(REMOVED, place)
            elif name not in before:
                yield Difference(ADDED, place)
            else:
                yield from _of_values(before[name], after[name], place)
    elif type(before) is not type(after) or before != after:
        yield Difference(CHANGED, pointer)
