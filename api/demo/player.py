"""Plays cases: sends the requests of their steps to the application, in this process and on a clock that it sets."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NotRequired

from typing_extensions import TypedDict

from api.demo.generator import RequestPattern, generate
from api.http.ndjson import batches
from application.errors import NotYetVisible

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message

    from application.facade import Facade

Json = Any

NAME = re.compile(r"\{([\w.+-]+)\}")
REQUEST_ID = b"demo"
REFUSED = 400


class Batch(TypedDict):
    """How a list is split over several bodies."""

    size: int
    seconds_apart: int


class ItemPattern(TypedDict):
    """The item that entries of a list become: the first ones, or those in every so many places."""

    item: Json
    first: NotRequired[int]
    every: NotRequired[int]


_Loop = TypedDict("_Loop", {"for": NotRequired[str]})


class Step(_Loop):
    """A step of a case: a request of a caller, or lists that are generated; see ``load_cases``."""

    at: str
    by: NotRequired[str]
    request: NotRequired[str]
    body: NotRequired[Json]
    save: NotRequired[dict[str, str]]
    reads_views: NotRequired[bool]
    where: NotRequired[dict[str, str]]
    items: NotRequired[list[ItemPattern]]
    batch: NotRequired[Batch]
    generate: NotRequired[RequestPattern]


class StepRefused(Exception):
    """A step of a case was refused: the case is not one of this interface."""


def load_cases() -> Sequence[Step]:
    """Read the steps of all cases, each case in its order.

    A step has a time (``at``) and a caller (``by``), a ``request`` (method and path) and its ``body``. ``save`` keeps
    members of the answer under names; later steps write these names in braces. ``reads_views``: the answer depends on
    what was done before, so the views have to reflect it.

    A step ``for`` a list is sent once for each entry, or for those with the members that ``where`` names; members of
    the entry stand in braces, too. With ``items`` the list is sent in one body, or in several of ``batch``: the first
    pattern that fits the place of an entry makes its item, and an entry that no pattern fits is left out.

    A step with ``generate`` is no request: it generates such lists, see ``api.demo.generator``.
    """
    found = sorted((files("api.demo") / "cases").iterdir(), key=lambda file: file.name)
    return [step for file in found for step in json.loads(file.read_text(encoding="utf-8"))]


class Player:
    """Plays steps, and lets the clock act in between when it would have."""

    def __init__(self, app: ASGIApp, facade: Facade, set_clock: Callable[[datetime], None]) -> None:
        """Send to ``app``, which serves ``facade``; ``set_clock`` has to set the clock of both."""
        self._app = app
        self._commands = facade.runner
        self._visibility = facade.visibility
        self._set_clock = set_clock
        self._now: datetime | None = None

    async def play(self, steps: Sequence[Step], tokens: Mapping[str, str], names: Mapping[str, str]) -> None:
        """Play steps by their time; ``tokens`` are the secrets of the callers, ``names`` what stands in braces.

        Raises:
            StepRefused: if the application refuses one.
        """
        saved: dict[str, Json] = dict(names)
        timed = [(datetime.fromisoformat(_filled(step["at"], names)), step) for step in steps]
        for at, step in sorted(timed, key=itemgetter(0)):
            if "generate" in step:
                saved |= generate(_filled(step["generate"], saved))
                continue
            for later, some in groupby(_requests(step, saved), key=itemgetter(0)):
                position = await self.pass_time(at + later)
                if step.get("reads_views"):
                    await self._catch_up(position)
                # What is sent together shares its transactions, in the order in which it was sent.
                sending = (self._send(tokens[step["by"]], request, body) for _, request, body in some)
                answers = await asyncio.gather(*sending)
                saved |= {name: _member(answers[-1], member) for name, member in step.get("save", {}).items()}

    async def pass_time(self, until: datetime) -> int:
        """Let the clock act when it would have, so that what was known when is what it would have been.

        Returns:
            The position of the last event.
        """
        while (due := await self._commands.run(lambda log: log.next_due)) is not None and due <= until:
            self._move(due if self._now is None else max(self._now, due))
        self._move(until)
        return await self._commands.run(lambda log: log.position)

    async def _catch_up(self, position: int) -> None:
        """Wait for the views, which a replay leaves further behind than a service waits for."""
        while self._visibility.position < position and not self._visibility.failed:
            with suppress(NotYetVisible):
                await self._visibility.reach(position)

    def _move(self, moment: datetime) -> None:
        self._now = moment
        self._set_clock(moment)

    async def _send(self, token: str, request: str, body: Json) -> Json:
        """Send a request, and give what the answer says."""
        method, _, target = request.partition(" ")
        path, _, query = target.partition("?")
        sent = b"" if body is None else json.dumps(body).encode()
        headers = [
            (b"authorization", f"Bearer {token}".encode()),
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(sent)),
            (b"x-request-id", REQUEST_ID),
        ]
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers}
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": sent}

        async def send(message: Message) -> None:
            messages.append(dict(message))

        await self._app(scope, receive, send)
        answered = b"".join(message.get("body", b"") for message in messages)
        if messages[0]["status"] >= REFUSED:
            raise StepRefused(f"the step {request} was refused: {answered.decode()}")
        document = json.loads(answered)
        if isinstance(document, dict) and document.get("refused"):
            raise StepRefused(f"the step {request} was refused in part: {document['refused'][0]}")
        return document


def _requests(step: Step, saved: Mapping[str, Json]) -> Iterator[tuple[timedelta, str, Json]]:
    """Give the requests of a step, and how much later each is sent than the step says."""
    if "for" not in step:
        yield timedelta(), _filled(step["request"], saved), _filled(step.get("body"), saved)
        return
    wanted = step.get("where", {}).items()
    entries = [entry for entry in saved[step["for"]] if wanted <= entry.items()]
    if "items" not in step:
        for entry in entries:
            known = {**saved, **entry}
            yield timedelta(), _filled(step["request"], known), _filled(step["body"], known)
        return
    patterns = [_pattern_of(place, step["items"]) for place in range(len(entries))]
    items = [_filled(pattern, entry) for pattern, entry in zip(patterns, entries, strict=True) if pattern is not None]
    whole: Batch = {"size": len(items), "seconds_apart": 0}
    batch = step.get("batch", whole)
    for place, some in enumerate(batches(items, batch["size"])):
        yield timedelta(seconds=place * batch["seconds_apart"]), _filled(step["request"], saved), some


def _pattern_of(place: int, patterns: Sequence[ItemPattern]) -> Json:
    fitting = (each for each in patterns if place < each.get("first", place + 1) and place % each.get("every", 1) == 0)
    return next((each["item"] for each in fitting), None)


def _filled(value: Json, names: Mapping[str, Json]) -> Json:
    """Replace names in braces by what they stand for."""
    if isinstance(value, str):
        return NAME.sub(lambda found: str(names[found[1]]), value)
    if isinstance(value, dict):
        return {key: _filled(each, names) for key, each in value.items()}
    return [_filled(each, names) for each in value] if isinstance(value, list) else value


def _member(document: Json, path: str) -> Json:
    for part in path.split("."):
        document = document[int(part) if isinstance(document, list) else part]
    return document
