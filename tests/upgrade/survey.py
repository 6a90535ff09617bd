"""What a store is asked: every list with all its pages, each thing that they name, and the past at many positions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.upgrade.history import steps
from tests.upgrade.program import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.upgrade.program import Answer, Program

POSITIONS = 200
"""At how many positions of the log the past is asked for, spread evenly."""
READER = None
BOARDS = ("/v1/status", "/v1/panels/availability")
NAMES = ("/v1/audiences", "/v1/uptime-policies")
UPDATED = ("/v1/incidents", "/v1/maintenance-windows", "/v1/restorations")
"""What has updates of its own."""
LISTS = ("/v1/components", "/v1/incidents", "/v1/maintenance-windows", "/v1/panels", "/v1/restorations")
SHORT: dict[str, dict[str, object]] = {
    route: {"limit": 10} for route in ("/v1/incidents", "/v1/maintenance-windows", "/v1/restorations")
}
"""Lists that are asked for in short pages, so that there are several of them."""
PUBLIC = (*BOARDS, *LISTS)
STATUSPAGE = tuple(
    f"/api/v2/{name}.json"
    for name in (
        *("summary", "status", "components", "incidents", "incidents/unresolved"),
        *("scheduled-maintenances", "scheduled-maintenances/upcoming", "scheduled-maintenances/active"),
    )
)
OF_THE_TREE = (
    "/log/checkpoint",
    "/log/consistency",
    "/log/key",
    "/v1/events/{position}/proof",
    "/v1/events/{position}.tlog-proof",
)
APART = ("/livez", "/readyz", "/metrics", "/v1/held-requests.xlsx", "/v1/events/stream", *STATUSPAGE, *OF_THE_TREE)
"""What is not asked: what tells of the process, a file that is no text, what says the same in another way, and what
is made of random salts when an older store gets its tree."""
PRIVATE = (
    "/v1/held-requests",
    "/v1/held-requests/summary",
    "/v1/signals",
    "/v1/unrouted-signals",
    "/v1/maintenance-series",
)
LANGUAGES = ("en", "es", "pl", "pt", "de")
SELECTED = {
    "/v1/incidents": (
        *({"state": state} for state in ("investigating", "identified", "monitoring", "resolved")),
        *({"visibility": visibility} for visibility in ("public", "private")),
        {"component": "carrier-a"},
    ),
    "/v1/maintenance-windows": (
        *({"stage": stage} for stage in ("upcoming", "active", "past")),
        *({"state": state} for state in ("scheduled", "in_progress", "verifying", "completed", "cancelled")),
        *({"visibility": visibility} for visibility in ("public", "private")),
        {"component": "pages"},
        {"audience": "sellers", "zone": "America/Lima"},
    ),
    "/v1/restorations": (
        {"panel": "panel-b"},
        *({"state": state} for state in ("access_lost", "access_restored", "completed")),
    ),
    "/v1/held-requests": (
        *({"state": state} for state in ("open", "held", "reprocessing", "awaiting_source", "to_check")),
        *({"state": state} for state in ("awaiting_signature", "settled")),
        *({"evidence": evidence} for evidence in ("any", "none", "already_done")),
        *({"cause": cause} for cause in ("unassigned",)),
        {"kind": "order", "source": "marketplace"},
        {"older_than": "720h"},
        {"received_from": "2021-04-09T00:00:00Z", "received_until": "2021-04-09T12:00:00Z"},
        {"claimed_by": "The reviewer"},
        {"received_on": "2021-04-09", "zone": "Europe/Warsaw", "sort": "-received_at"},
        {"reference_prefix": "100"},
        *({"trait": trait} for trait in ("changed_after_settlement", "opened_again", "merged", "resend_kept")),
    ),
    "/v1/events": (
        {"type": "incident.published"},
        {"actor": "clock", "limit": 200},
        {"since": "2024-07-28T00:00:00Z", "until": "2024-07-29T00:00:00Z"},
    ),
}
"""The parameters by which lists are narrowed; each list is asked without any as well."""
HISTORY = {"from": "2025-03-01T00:00:00Z", "until": "2025-04-01T00:00:00Z"}
CREATED = ("2021-03-09T22:59:59Z", "2021-03-10T22:59:59Z", "2021-03-11T12:00:00Z")
MOMENTS = ("2021-03-12T11:00:00Z", "2024-07-28T05:00:00Z", "2025-03-04T10:45:00Z")
"""A moment of each of three cases: the loss of a data centre, a night of maintenance, a day of incidents."""
NOBODY = "00000000-0000-7000-8000-000000000000"
ENOUGH = 60
"""Of how many held requests the audit sheet is asked for, too."""

Documents = list[dict[str, Any]]


@dataclass
class Survey:
    """What was asked, and what was answered."""

    program: Program
    answered: list[tuple[Question, Answer]] = field(default_factory=list)

    async def ask(self, route: str, *, by: str | None = READER, **asked: object) -> Any:  # noqa: ANN401 - any JSON
        """Ask for something; ``asked`` fills the parameters of the path, what is left goes into the query."""
        path = route
        for name in [name for name in asked if f"{{{name}}}" in route]:
            path = path.replace(f"{{{name}}}", str(asked.pop(name)))
        query = urlencode({name.rstrip("_"): value for name, value in asked.items()})
        question = Question(route=route, path=f"{path}?{query}" if query else path, by=by)
        answer = await self.program.ask(question)
        self.answered.append((question, answer))
        if answer.headers["Content-Type"] != "application/json":
            return None
        return json.loads(answer.body)

    async def walk(self, route: str, *, by: str | None = READER, **asked: object) -> Documents:
        """Ask for a list, from page to page, and give what is on it."""
        found: Documents = []
        cursor: dict[str, object] = {}
        while True:
            page = await self.ask(route, by=by, **asked, **cursor)
            if page is None:
                # A refusal is an answer, too.
                return found
            found += page["data"]
            if not page.get("next_cursor"):
                return found
            cursor = {"after" if route.endswith("events") else "cursor": page["next_cursor"]}


async def survey(program: Program) -> list[tuple[Question, Answer]]:
    """Ask for everything, and give it in the order in which it was asked."""
    asked = Survey(program)
    await ask_now(asked)
    await _past(asked)
    await _kept_answers(asked)
    return asked.answered


async def ask_now(asked: Survey) -> None:
    """Ask for all that is known by now."""
    await _lists_and_details(asked, READER)
    restorations = await _lists_and_details(asked, "auditor")
    await _uptime(asked)
    await _accounts(asked, restorations)
    await _series_and_signals(asked)
    await _ledger(asked)
    await _log(asked)
    await _settings(asked)
    await _notifications(asked)


async def _lists_and_details(asked: Survey, by: str | None) -> Documents:
    """Ask for what both sides may see, and give the restorations."""
    found = {route: await asked.walk(route, by=by, **SHORT.get(route, {})) for route in LISTS}
    for route in PUBLIC:
        for narrowed in (*SELECTED.get(route, ()), *({"lang": language} for language in LANGUAGES)):
            await asked.ask(route, by=by, **narrowed)
    for route in BOARDS:
        await asked.ask(route, by=by)
        for moment in MOMENTS:
            await asked.ask(route, by=by, at=moment)
    for route in NAMES:
        await asked.ask(route, by=by)
    await asked.walk("/v1/changes", by=by, limit=200)
    for each in found["/v1/components"]:
        await asked.ask("/v1/components/{key}", by=by, key=each["key"])
        await asked.ask("/v1/components/{key}/history", by=by, key=each["key"], **HISTORY)
    for each in found["/v1/maintenance-windows"]:
        await asked.ask("/v1/maintenance-windows/{id}", by=by, id=each["id"], audience="sellers", lang="es")
    for route in UPDATED:
        for each in found[route]:
            await asked.ask(f"{route}/{{id}}", by=by, id=each["id"])
            await asked.walk(f"{route}/{{id}}/updates", by=by, id=each["id"], limit=3)
    for created in CREATED:
        await asked.ask("/v1/panels/lookup", by=by, account_created_at=created)
    for each in found["/v1/panels"]:
        await _panel(asked, by, each["key"])
    return found["/v1/restorations"]


async def _panel(asked: Survey, by: str | None, panel: str) -> None:
    await asked.ask("/v1/panels/{key}", by=by, key=panel)
    await asked.ask("/v1/panels/{key}/availability", by=by, key=panel)
    await asked.ask("/v1/panels/{key}/availability", by=by, key=panel, at=MOMENTS[0])
    for created in CREATED:
        route = "/v1/panels/{key}/automations/{name}/decision"
        await asked.ask(route, by=by, key=panel, name="order_paid", item_created_at=created)


async def _uptime(asked: Survey) -> None:
    """Ask how much of the time things were up; everybody gets the same, of what is public."""
    for each in await asked.walk("/v1/groups"):
        await asked.ask("/v1/groups/{key}/uptime", key=each["key"], **HISTORY)
    for each in await asked.walk("/v1/components"):
        for basis in ("published", "restated"):
            await asked.ask("/v1/components/{key}/uptime", key=each["key"], as_=basis, **HISTORY)


async def _accounts(asked: Survey, restorations: Documents) -> None:
    for each in restorations:
        route, restoration = "/v1/restorations/{id}/accounts", each["id"]
        await asked.ask(f"{route}/summary", by="auditor", id=restoration)
        for account in await asked.walk(route, by="auditor", id=restoration, limit=2):
            await asked.ask(f"{route}/{{account}}", by="auditor", id=restoration, account=account["account"])


async def _series_and_signals(asked: Survey) -> None:
    for each in await asked.walk("/v1/maintenance-series", by="auditor", limit=2):
        await asked.ask("/v1/maintenance-series/{id}", by="auditor", id=each["id"])
        await asked.walk("/v1/maintenance-windows", by="auditor", series=each["id"])
    for each in await asked.walk("/v1/signals", by="operator", limit=5):
        await asked.ask("/v1/signals/{id}", by="operator", id=each["id"])
    await asked.walk("/v1/unrouted-signals", by="operator", limit=1)


async def _ledger(asked: Survey) -> None:
    requests = await asked.walk("/v1/held-requests", by="reviewer")
    for narrowed in SELECTED["/v1/held-requests"]:
        await asked.walk("/v1/held-requests", by="auditor", **narrowed)
    summary = await asked.ask("/v1/held-requests/summary", by="auditor")
    await asked.ask("/v1/held-requests/causes/summary", by="operator")
    for cause in (*(each["id"] for each in summary["causes"]), "unassigned"):
        await asked.ask("/v1/held-requests/summary", by="reviewer", cause=cause)
        await asked.ask("/v1/held-requests.csv", by="auditor", cause=cause)
    await asked.ask("/v1/held-requests.csv", by="auditor")
    await asked.ask("/v1/held-requests.ndjson", by="auditor")
    for number, each in enumerate(requests):
        await asked.ask("/v1/held-requests/{id}", by="auditor", id=each["id"])
        await asked.ask("/v1/held-requests/{id}/trail", by="auditor", id=each["id"])
        if number % (len(requests) // ENOUGH + 1) == 0:
            await asked.ask("/v1/held-requests/{id}/trail", by="auditor", id=each["id"], format="html")
    for run in await asked.walk("/v1/reprocessing-runs", by="operator", limit=2):
        await asked.ask("/v1/reprocessing-runs/{run}", by="emitter", run=run["id"])


async def _log(asked: Survey) -> None:
    events = await asked.walk("/v1/events", by="auditor", limit=200)
    for narrowed in SELECTED["/v1/events"]:
        await asked.walk("/v1/events", by="auditor", **narrowed)
    of_each_type = {each["aggregate"]["type"]: each["aggregate"]["id"] for each in events}
    for id in of_each_type.values():
        await asked.walk("/v1/aggregates/{id}/events", by="auditor", id=id)
    await asked.ask("/v1/events.ndjson", by="auditor")


async def _settings(asked: Survey) -> None:
    """Ask for what operators and admins have set, and for what an emitter is expected to send."""
    automations = await asked.walk("/v1/automations", by="operator")
    for each in automations:
        await asked.ask("/v1/automations/{name}", by="operator", name=each["key"])
    await asked.ask("/v1/automations/{name}", by="operator", name="never_named")
    await asked.ask("/v1/request-policies", by="operator")
    for each in await asked.walk("/v1/templates", by="operator"):
        await asked.ask("/v1/templates/{key}", by="auditor", key=each["key"])
        await asked.walk("/v1/templates/{key}/versions", by="operator", key=each["key"], limit=1)
    await asked.ask("/v1/templates/{key}", by="auditor", key="never_written")
    await asked.ask("/v1/templates/{key}/versions", by="auditor", key="never_written")
    await asked.ask("/v1/resends/expected", by="emitter")
    await asked.walk("/v1/subscriptions", by="operator")
    await asked.walk("/v1/sessions", by="admin")
    for each in await asked.walk("/v1/tokens", by="admin"):
        await asked.ask("/v1/tokens/{name}", by="admin", name=each["name"])


async def _notifications(asked: Survey) -> None:
    """Ask for who is notified over HTTP, for what was sent, and for the addresses to which nothing is sent."""
    for each in await asked.walk("/v1/endpoints", by="operator"):
        await asked.ask("/v1/endpoints/{id}", by="operator", id=each["id"])
    await asked.ask("/v1/endpoints/{id}", by="operator", id=NOBODY)
    await asked.walk("/v1/deliveries", by="operator")
    await asked.ask("/v1/deliveries/{id}", by="operator", id="0" * 32)
    await asked.walk("/v1/suppressions", by="operator")
    await asked.ask("/v1/subscribers/summary", by="operator")


async def _past(asked: Survey) -> None:
    answer = await asked.program.ask(Question(route="", path="/v1/components", by="auditor"))
    for position in positions(int(answer.headers["Bitacora-Position"])):
        for by, routes in ((READER, PUBLIC), ("auditor", (*PUBLIC, *PRIVATE))):
            for route in routes:
                await asked.ask(route, by=by, as_of=position)
    for moment in MOMENTS:
        for route in PUBLIC:
            await asked.ask(route, as_of=moment)


def positions(last: int) -> Iterator[int]:
    """Spread positions over a log, its first and its last one among them."""
    yield from sorted({1 + (last - 1) * number // (POSITIONS - 1) for number in range(POSITIONS)})


async def _kept_answers(asked: Survey) -> None:
    """Send commands again that have an idempotency key: their answers are kept in the store."""
    for step in steps():
        # What quotes an answer is left out, since the same request would have to be put together again.
        if "key" in step and "<" not in step["send"]:
            method, _, path = step["send"].partition(" ")
            question = Question(
                route=path, path=path, by=step["by"], method=method, key=step["key"], sends=step.get("body")
            )
            asked.answered.append((question, await asked.program.ask(question)))
