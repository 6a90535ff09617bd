"""The history that a store is filled with: what was sent to the program, and at what times.

``history.jsonl`` has a line for each step. ``{"clock": …}`` moves the clock. ``{"by": …, "send": "POST /v1/…"}`` sends
a request, with ``body`` as JSON, or ``lines`` as lines of JSON, and ``key`` as its idempotency key. A request that has
a number as ``answer`` is quoted later: ``<7/id>`` stands for the member ``id`` of the answer with the number 7.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.upgrade.program import Question

if TYPE_CHECKING:
    from tests.upgrade.program import Program

HISTORY = Path(__file__).with_name("history.jsonl")
QUOTED = re.compile(r"<(\d+)((?:/[^/>]+)+)>")

Step = dict[str, Any]


def steps() -> list[Step]:
    """Read the history."""
    return [json.loads(line) for line in HISTORY.read_text(encoding="utf-8").splitlines()]


def first_moment() -> datetime:
    """Give the time at which the history begins."""
    return datetime.fromisoformat(steps()[0]["clock"])


async def tick(program: Program) -> None:
    """Let the timers act that are due, and wait until the views reflect it: that is what a read as of now does."""
    now = quote(program.clock.moment.isoformat())
    answer = await program.ask(Question(route="/v1/components", path=f"/v1/components?as_of={now}", by="auditor"))
    assert answer.status == 200, answer


async def play(program: Program) -> None:
    """Send everything, each at its time."""
    answers: dict[int, Any] = {}
    for step in steps():
        if "clock" in step:
            program.clock.moment = datetime.fromisoformat(step["clock"])
        await tick(program)
        if "send" in step:
            sent = _filled(step, answers)
            found = await program.ask(sent)
            assert 200 <= found.status < 300, (sent, found)
            if "answer" in step:
                answers[step["answer"]] = json.loads(found.body)


def _filled(step: Step, answers: dict[int, Any]) -> Question:
    text = QUOTED.sub(lambda match: str(_member(answers[int(match[1])], match[2])), json.dumps(step))
    filled = json.loads(text)
    method, _, path = filled["send"].partition(" ")
    sends = filled.get("body")
    if "lines" in filled:
        sends = b"".join(json.dumps(line).encode() + b"\n" for line in filled["lines"])
    return Question(route=path, path=path, method=method, by=filled["by"], key=filled.get("key"), sends=sends)


def _member(document: Any, pointer: str) -> Any:  # noqa: ANN401 - any JSON
    for name in pointer.split("/")[1:]:
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document
