"""The list of held requests: a hundred at a time, with the first one beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from api.console.kernel.client import Reply
from api.console.kernel.downloads import Download
from api.console.kernel.fields import name_of
from api.console.kernel.forms import FormView
from api.console.kernel.guards import Checking, QueueStaff
from api.console.kernel.screens import Screen, ScreenRoute, answer_screen
from api.console.kernel.visit import Visit
from api.console.queue.causes import read_causes
from api.console.queue.filters import QueueFilter, filter_of
from api.console.queue.words import QueueWords
from application.errors import Malformed
from domain.access.keyring import Role

if TYPE_CHECKING:
    from application.ledger.documents import HeldRequestPage
    from application.ledger.summary import HeldSummary

router = APIRouter(include_in_schema=False, prefix="/console/queue", route_class=ScreenRoute)

ROUTE = "/v1/held-requests"
PAGE = 100
"""How many requests a page has."""
CAUSES = 4
"""How many causes have a chip."""
KINDS = 8
"""How many kinds of requests of a cause have one."""
FILES = ("xlsx", "csv", "ndjson")


@router.get("")
async def show_queue(visit: QueueStaff) -> Response:
    """Show the requests of a view; to operators, who read none of them, what they can do."""
    if not visit.may(Role.REVIEWER, Role.AUDITOR):
        return await answer_screen(visit, read_what_operators_do)
    wanted = filter_of(visit)
    reply = await _page(visit, wanted)
    faults: dict[str, str] = {}
    if reply is not None and not reply.is_good:
        faults = {name_of(each["pointer"]): each["detail"] for each in reply.document.get("errors", ())}
    problem = None if reply is None or reply.is_good else reply.document
    if reply is None or problem is not None:
        return await answer_screen(visit, partial(read_queue, wanted=wanted, page=None), wanted.form(problem, faults))
    return await answer_screen(visit, partial(read_queue, wanted=wanted, page=reply.document))


@router.get("/export.{name}")
async def export_queue(visit: Checking, name: str) -> Response:
    """Give the requests of a view as a file.

    Raises:
        Malformed: if there is no file of this kind, or the filter cannot be.
    """
    wanted = filter_of(visit)
    if name not in FILES:
        raise Malformed("requests can be had as xlsx, csv or ndjson")
    if wanted.faults:
        raise Malformed(next(iter(wanted.faults.values())))
    query = {member: value for member, value in wanted.query.items() if member != "sort"}
    # What a spreadsheet needs in order to read UTF-8.
    more = {"bom": True} if name == "csv" else {}
    return Download(visit, f"{ROUTE}.{name}", {**query, **more})


async def read_what_operators_do(visit: Visit) -> Screen:
    """Read what there is for an operator, who has no right to read held requests."""
    return Screen(template="queue/operator.html", document={"asked": visit.query.get("id", "")})


async def read_queue(visit: Visit, wanted: QueueFilter, page: HeldRequestPage | None) -> Screen:
    """Read what the list says beside its rows; ``page`` is None if the filter cannot be."""
    asked = {"cause": wanted.query.get("cause")} if page is not None else {}
    rows = [] if page is None else page["data"]
    known = {row["cause"]["id"]: row["cause"]["type"] for row in rows if row["cause"]}
    summary: HeldSummary = await visit.api.read(f"{ROUTE}/summary", **asked)
    unassigned = await visit.api.read(f"{ROUTE}/summary", cause="unassigned") if not summary["cause"] else None
    first = summary["causes"][:CAUSES]
    ids = [each["id"] for each in first] or ([summary["cause"]["id"]] if summary["cause"] else [])
    names = {each["id"]: each for each in await read_causes(visit, ids, known)}
    document = {
        "wanted": wanted,
        "page": page,
        "rows": rows,
        "summary": summary,
        "unassigned": unassigned and unassigned["open"],
        "causes": [{**names[each["id"]], "open": each["open"]} for each in first],
        "cause": names.get(summary["cause"]["id"]) if summary["cause"] else None,
        "kinds": _kinds(summary)[:KINDS],
        "held": rows[0] if rows else None,
        "version": f'"{rows[0]["version"]}"' if rows else "",
        "words": QueueWords(visit),
        "may_review": visit.may(Role.REVIEWER),
        "may_operate": visit.may(Role.OPERATOR),
        "me": visit.identity.person,
        "keys": visit.query.get("keys") != "off",
        "files": FILES,
        # It is filled in from the address, whether or not it was refused.
        "filter_form": FormView("filter", visit.sent if page is None else wanted.form()),
    }
    return Screen(template="queue/list.html", document=document)


async def _page(visit: Visit, wanted: QueueFilter) -> Reply | None:
    """Ask for the page; None if the filter cannot be."""
    if wanted.faults:
        return None
    query = {**wanted.query, "limit": PAGE, "cursor": visit.query.get("cursor")}
    return await visit.api.send("GET", ROUTE, query=query)


def _kinds(summary: HeldSummary) -> list[tuple[str, int]]:
    """Give the kinds of requests of a cause, and how many of each are open, most first."""
    counts: dict[str, int] = {}
    for group in summary["groups"]:
        counts[group["kind"]] = counts.get(group["kind"], 0) + group["open"]
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
