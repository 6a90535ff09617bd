"""What held requests up, by its title as far as the visitor may read it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NotRequired, cast

from typing_extensions import TypedDict

from api.console.queue.words import CAUSES
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.console.kernel.visit import Visit
    from application.ledger.documents import CauseDocument

OFFERED = 30
"""How many causes of each kind are offered to be chosen from."""
UNTITLED = {
    "incident": "An incident that is not public",
    "maintenance_window": "A maintenance window that is not public",
    "restoration": "A restoration",
}


class CauseRead(TypedDict):
    """What screens of the queue read of the document of a cause; not all of them have each member."""

    id: str
    title: NotRequired[dict[str, str]]
    panel: NotRequired[str]
    reconciliation_shown: NotRequired[bool]


class NamedCause(TypedDict):
    """A cause with its title, and where the visitor reads more of it; empty for nowhere."""

    type: str
    id: str
    title: dict[str, str] | str
    path: str
    reconciliation_shown: bool | None
    """Whether readers are told if it is reconciled; None for those who do not see that."""


class OfferedCause(TypedDict):
    """A cause that can be chosen; its key is that of the interface, ``type:id``."""

    key: str
    kind: str
    title: dict[str, str] | str


async def read_cause(visit: Visit, cause: CauseDocument) -> NamedCause:
    """Give a cause with its title."""
    document: CauseRead | None = await visit.api.find(f"/v1/{CAUSES[cause['type']]}/{cause['id']}")
    path = f"{CAUSES[cause['type']]}/{cause['id']}" if visit.may(Role.OPERATOR, Role.AUDITOR) else ""
    return {
        "type": cause["type"],
        "id": cause["id"],
        "title": UNTITLED[cause["type"]] if document is None else _title(document),
        "path": path,
        "reconciliation_shown": None if document is None else document.get("reconciliation_shown"),
    }


async def read_causes(visit: Visit, ids: Iterable[str], known: Mapping[str, str]) -> list[NamedCause]:
    """Give causes by their ids; ``known`` has the type of some."""
    return list(await asyncio.gather(*(_read_by_id(visit, id, known.get(id)) for id in ids)))


async def _read_by_id(visit: Visit, id: str, type: str | None) -> NamedCause:
    if type is None:
        summary = await visit.api.read("/v1/held-requests/summary", cause=id)
        return await read_cause(visit, summary["cause"])
    return await read_cause(visit, {"type": type, "id": id})


async def find_cause(visit: Visit, text: str | None) -> NamedCause | None:
    """Give the cause that a filter names, by its id alone or with its type; None if it names none that is there."""
    if not text:
        return None
    summary = await visit.api.send("GET", "/v1/held-requests/summary", query={"cause": text})
    cause = summary.document.get("cause") if summary.is_good else None
    return None if cause is None else await read_cause(visit, cause)


async def offered_causes(visit: Visit) -> Sequence[OfferedCause]:
    """Read the newest causes of each kind, of which an operator chooses one."""
    pages = await asyncio.gather(*(visit.api.read(f"/v1/{path}", limit=OFFERED) for path in CAUSES.values()))
    return [
        {"key": f"{kind}:{each['id']}", "kind": kind, "title": _title(cast("CauseRead", each))}
        for kind, page in zip(CAUSES, pages, strict=True)
        for each in page["data"]
    ]


def _title(document: CauseRead) -> dict[str, str] | str:
    return document["title"] if "title" in document else f"Restoration of {document['panel']}"
