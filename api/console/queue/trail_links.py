"""The history of a request with its ids as links: to what held it up, to other requests, and to runs."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, NamedTuple, cast

from api.console.queue.causes import read_cause
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.console.kernel.visit import Visit
    from application.ledger.audit_trail import TrailEntry
    from application.ledger.documents import CauseDocument

ID = re.compile(r"\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")
SHORT = 8
"""How much of the id of a run tells it from others."""


class TrailLink(NamedTuple):
    """What stands in place of an id, and where it leads; nowhere, if that is empty."""

    name: Mapping[str, str] | str
    path: str


class TrailPiece(NamedTuple):
    """Some words of a sentence, and what comes after them."""

    words: str
    link: TrailLink | None


async def read_links(visit: Visit, entries: Iterable[TrailEntry]) -> Mapping[str, TrailLink]:
    """Give what stands in a history in place of each id that its events name."""
    causes: dict[str, CauseDocument] = {}
    found: dict[str, TrailLink] = {}
    for entry in entries:
        cause, other, run = (entry["data"].get(name) for name in ("cause", "other", "run"))
        if isinstance(cause, dict):
            causes[cause["id"]] = cast("CauseDocument", cause)
        if isinstance(other, str):
            found[other] = TrailLink("another request", f"queue/{other}")
        if isinstance(run, str):
            found[run] = TrailLink(run[:SHORT], f"queue/runs/{run}" if visit.may(Role.OPERATOR) else "")
    for named in await asyncio.gather(*(read_cause(visit, each) for each in causes.values())):
        found[named["id"]] = TrailLink(named["title"], named["path"])
    return found


def pieces_of(sentence: str, links: Mapping[str, TrailLink]) -> list[TrailPiece]:
    """Cut a sentence at its ids; one that is not known stays as it is."""
    words = ID.split(sentence)
    return [
        TrailPiece(text, links.get(id) or (TrailLink(id, "") if id else None))
        for text, id in zip(words[::2], [*words[1::2], ""], strict=True)
    ]
