"""What held requests up, by its title as far as the visitor may read it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from api.console.queue.words import CAUSES
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.console.kernel.visit import Visit

OFFERED = 30
"""How many causes of each kind are offered to be chosen from."""
UNTITLED = {
    "incident": "An incident that is not public",
    "maintenance_window": "A maintenance window that is not public",
    "restoration": "A restoration",
}


async def read_cause(visit: Visit, cause: Mapping[str, str]) -> dict[str, Any]:
    """Give a cause with its title, where the visitor reads more of it (empty: nowhere), and its own document."""
    document = await visit.api.find(f"/v1/{CAUSES[cause['type']]}/{cause['id']}")
    path = f"{CAUSES[cause['type']]}/{cause['id']}" if visit.may(Role.OPERATOR, Role.AUDITOR) else ""
    return {**cause, "title": _title(cause["type"], document), "path": path, "document": document}


async def read_causes(visit: Visit, ids: Iterable[str], known: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give causes by their ids; ``known`` has the type of some."""
    return list(await asyncio.gather(*(_read_by_id(visit, id, known.get(id)) for id in ids)))


async def _read_by_id(visit: Visit, id: str, type: str | None) -> dict[str, Any]:
    if type is None:
        summary = await visit.api.read("/v1/held-requests/summary", cause=id)
        return await read_cause(visit, summary["cause"])
    return await read_cause(visit, {"type": type, "id": id})


async def find_cause(visit: Visit, text: str | None) -> dict[str, Any] | None:
    """Give the cause that a filter names, by its id alone or with its type; None if it names none that is there."""
    if not text:
        return None
    summary = await visit.api.send("GET", "/v1/held-requests/summary", query={"cause": text})
    cause = summary.document.get("cause") if summary.is_good else None
    return None if cause is None else await read_cause(visit, cause)


async def offered_causes(visit: Visit) -> list[dict[str, Any]]:
    """Read the newest causes of each kind, of which an operator chooses one."""
    pages = await asyncio.gather(*(visit.api.read(f"/v1/{path}", limit=OFFERED) for path in CAUSES.values()))
    return [
        {"key": f"{kind}:{each['id']}", "kind": kind, "title": _title(kind, each)}
        for kind, page in zip(CAUSES, pages, strict=True)
        for each in page["data"]
    ]


def _title(type: str, document: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - a text, or one in several languages
    if document is None:
        return UNTITLED[type]
    if type == "restoration":
        return f"Restoration of {document['panel']}"
    return document["title"]
