"""Who may call which route, and how each is called about things that there are not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

READERS = frozenset(Role)
REVIEWERS = frozenset({Role.REVIEWER})
EMITTERS = frozenset({Role.EMITTER})
OPERATORS = frozenset({Role.OPERATOR})
AUDITORS = frozenset({Role.AUDITOR})
ADMINS = frozenset({Role.ADMIN})

EXPECTED = {
    ("GET", "/api/v2/summary.json"): READERS,
    ("GET", "/api/v2/status.json"): READERS,
    ("GET", "/api/v2/components.json"): READERS,
    ("GET", "/api/v2/incidents.json"): READERS,
    ("GET", "/api/v2/incidents/unresolved.json"): READERS,
    ("GET", "/api/v2/scheduled-maintenances.json"): READERS,
    ("GET", "/api/v2/scheduled-maintenances/upcoming.json"): READERS,
    ("GET", "/api/v2/scheduled-maintenances/active.json"): READERS,
    ("GET", "/livez"): READERS,
    ("GET", "/metrics"): READERS,
    ("GET", "/readyz"): READERS,
    ("GET", "/v1/aggregates/{id}/events"): AUDITORS,
    ("GET", "/v1/audiences"): READERS,
    ("PUT", "/v1/audiences/{key}"): OPERATORS,
    ("GET", "/v1/changes"): READERS,
    ("GET", "/v1/components"): READERS,
    ("POST", "/v1/components"): OPERATORS,
    ("GET", "/v1/components/{key}"): READERS,
    ("PATCH", "/v1/components/{key}"): OPERATORS,
    ("POST", "/v1/components/{key}/heartbeat"): EMITTERS,
    ("GET", "/v1/components/{key}/history"): READERS,
    ("GET", "/v1/components/{key}/uptime"): READERS,
    ("GET", "/v1/groups/{key}/uptime"): READERS,
    ("GET", "/v1/uptime-policies"): READERS,
    ("POST", "/v1/components/{key}/pins"): OPERATORS,
    ("DELETE", "/v1/components/{key}/pins/{pin}"): OPERATORS,
    ("POST", "/v1/components/{key}/retirement"): OPERATORS,
    ("GET", "/v1/deliveries"): OPERATORS,
    ("GET", "/v1/deliveries/{id}"): OPERATORS,
    ("POST", "/v1/deliveries/{id}/retry"): OPERATORS,
    ("POST", "/v1/notifications/{id}/again"): OPERATORS,
    ("POST", "/v1/bounces"): EMITTERS,
    ("GET", "/v1/endpoints"): OPERATORS,
    ("POST", "/v1/endpoints"): OPERATORS,
    ("GET", "/v1/endpoints/{id}"): OPERATORS,
    ("PATCH", "/v1/endpoints/{id}"): OPERATORS,
    ("DELETE", "/v1/endpoints/{id}"): OPERATORS,
    ("POST", "/v1/endpoints/{id}/secret"): OPERATORS,
    ("GET", "/v1/suppressions"): OPERATORS,
    ("POST", "/v1/suppressions"): OPERATORS,
    ("DELETE", "/v1/suppressions/{id}"): OPERATORS,
    ("GET", "/v1/events"): AUDITORS,
    ("GET", "/v1/events.ndjson"): AUDITORS,
    ("GET", "/v1/events/stream"): AUDITORS,
    ("GET", "/v1/events/{position}/proof"): AUDITORS,
    ("GET", "/v1/events/{position}.tlog-proof"): AUDITORS,
    ("GET", "/log/checkpoint"): READERS,
    ("GET", "/log/consistency"): AUDITORS,
    ("GET", "/log/key"): READERS,
    ("GET", "/v1/automations"): OPERATORS | AUDITORS,
    ("GET", "/v1/automations/{name}"): OPERATORS | AUDITORS,
    ("PUT", "/v1/automations/{name}"): OPERATORS,
    ("GET", "/v1/request-policies"): OPERATORS | AUDITORS,
    ("PUT", "/v1/request-policies"): OPERATORS,
    ("GET", "/v1/templates"): OPERATORS | AUDITORS,
    ("POST", "/v1/templates"): OPERATORS,
    ("GET", "/v1/templates/{key}"): OPERATORS | AUDITORS,
    ("PATCH", "/v1/templates/{key}"): OPERATORS,
    ("POST", "/v1/templates/{key}/retirement"): OPERATORS,
    ("GET", "/v1/templates/{key}/versions"): OPERATORS | AUDITORS,
    ("GET", "/v1/groups"): READERS,
    ("PUT", "/v1/groups/{key}"): OPERATORS,
    ("GET", "/v1/held-requests"): REVIEWERS | AUDITORS,
    ("POST", "/v1/held-requests"): EMITTERS,
    ("GET", "/v1/held-requests.csv"): REVIEWERS | AUDITORS,
    ("GET", "/v1/held-requests.ndjson"): REVIEWERS | AUDITORS,
    ("GET", "/v1/held-requests.xlsx"): REVIEWERS | AUDITORS,
    ("POST", "/v1/held-requests/decisions"): REVIEWERS,
    ("POST", "/v1/held-requests/evidence"): EMITTERS | REVIEWERS,
    ("POST", "/v1/held-requests/labels"): REVIEWERS,
    ("POST", "/v1/held-requests/notes"): REVIEWERS,
    ("POST", "/v1/held-requests/search"): REVIEWERS | AUDITORS,
    ("POST", "/v1/held-requests/withdrawals-from-run"): REVIEWERS,
    ("POST", "/v1/held-requests/signatures"): REVIEWERS,
    ("GET", "/v1/held-requests/summary"): REVIEWERS | AUDITORS,
    ("GET", "/v1/held-requests/causes/summary"): OPERATORS | REVIEWERS | AUDITORS,
    ("GET", "/v1/held-requests/{id}"): REVIEWERS | AUDITORS,
    ("POST", "/v1/held-requests/{id}/cause"): OPERATORS,
    ("DELETE", "/v1/held-requests/{id}/cause"): OPERATORS,
    ("POST", "/v1/held-requests/{id}/claim"): REVIEWERS,
    ("POST", "/v1/held-requests/{id}/decision"): REVIEWERS,
    ("POST", "/v1/held-requests/{id}/evidence"): REVIEWERS,
    ("POST", "/v1/held-requests/{id}/release"): REVIEWERS | OPERATORS,
    ("POST", "/v1/held-requests/{id}/reopening"): REVIEWERS,
    ("POST", "/v1/held-requests/{id}/return"): REVIEWERS,
    ("POST", "/v1/held-requests/{id}/signature"): REVIEWERS,
    ("POST", "/v1/held-requests/{id}/withdrawal-from-run"): REVIEWERS,
    ("GET", "/v1/held-requests/{id}/trail"): REVIEWERS | AUDITORS,
    ("GET", "/v1/incidents"): READERS,
    ("POST", "/v1/incidents"): OPERATORS,
    ("GET", "/v1/incidents/{id}"): READERS,
    ("POST", "/v1/incidents/{id}/corrections"): OPERATORS,
    ("POST", "/v1/incidents/{id}/dismissal"): OPERATORS,
    ("POST", "/v1/incidents/{id}/postmortem"): OPERATORS,
    ("POST", "/v1/incidents/{id}/publication"): OPERATORS,
    ("POST", "/v1/incidents/{id}/publication-hold"): OPERATORS,
    ("DELETE", "/v1/incidents/{id}/publication-hold"): OPERATORS,
    ("POST", "/v1/incidents/{id}/reconciliation"): OPERATORS,
    ("POST", "/v1/incidents/{id}/reopening"): OPERATORS,
    ("GET", "/v1/incidents/{id}/updates"): READERS,
    ("POST", "/v1/incidents/{id}/updates"): OPERATORS,
    ("POST", "/v1/incidents/{id}/withdrawal"): OPERATORS,
    ("POST", "/v1/ingest/alertmanager"): EMITTERS,
    ("GET", "/v1/maintenance-series"): OPERATORS | AUDITORS,
    ("POST", "/v1/maintenance-series"): OPERATORS,
    ("POST", "/v1/maintenance-series/dates"): OPERATORS | AUDITORS,
    ("GET", "/v1/maintenance-series/{id}"): OPERATORS | AUDITORS,
    ("POST", "/v1/maintenance-series/{id}/ending"): OPERATORS,
    ("GET", "/v1/maintenance-windows"): READERS,
    ("POST", "/v1/maintenance-windows"): OPERATORS,
    ("POST", "/v1/maintenance-windows/times"): OPERATORS | AUDITORS,
    ("GET", "/v1/maintenance-windows/{id}"): READERS,
    ("PATCH", "/v1/maintenance-windows/{id}"): OPERATORS,
    ("POST", "/v1/maintenance-windows/{id}/announcement"): OPERATORS,
    ("POST", "/v1/maintenance-windows/{id}/cancellation"): OPERATORS,
    ("POST", "/v1/maintenance-windows/{id}/completion"): OPERATORS,
    ("POST", "/v1/maintenance-windows/{id}/extension"): OPERATORS,
    ("POST", "/v1/maintenance-windows/{id}/hold"): OPERATORS,
    ("DELETE", "/v1/maintenance-windows/{id}/hold"): OPERATORS,
    ("POST", "/v1/maintenance-windows/{id}/reconciliation"): OPERATORS,
    ("POST", "/v1/maintenance-windows/{id}/reschedule"): OPERATORS,
    ("POST", "/v1/maintenance-windows/{id}/start"): OPERATORS,
    ("GET", "/v1/maintenance-windows/{id}/updates"): READERS,
    ("POST", "/v1/maintenance-windows/{id}/updates"): OPERATORS,
    ("GET", "/v1/panels"): READERS,
    ("POST", "/v1/panels"): OPERATORS,
    ("GET", "/v1/panels/availability"): READERS,
    ("GET", "/v1/panels/lookup"): READERS,
    ("GET", "/v1/panels/{key}"): READERS,
    ("PATCH", "/v1/panels/{key}"): OPERATORS,
    ("POST", "/v1/panels/{key}/capabilities"): OPERATORS,
    ("PATCH", "/v1/panels/{key}/capabilities/{capability}"): OPERATORS,
    ("GET", "/v1/panels/{key}/automations/{name}/decision"): READERS,
    ("POST", "/v1/panels/{key}/automations/{name}/decision"): READERS,
    ("GET", "/v1/panels/{key}/availability"): READERS,
    ("GET", "/v1/reprocessing-runs"): EMITTERS | OPERATORS,
    ("POST", "/v1/reprocessing-runs"): EMITTERS | OPERATORS,
    ("GET", "/v1/reprocessing-runs/{run}"): EMITTERS | OPERATORS,
    ("POST", "/v1/reprocessing-runs/{run}/stop"): OPERATORS,
    ("POST", "/v1/reprocessing-runs/{run}/batches"): EMITTERS | OPERATORS,
    ("POST", "/v1/reprocessing-runs/{run}/results"): EMITTERS | OPERATORS,
    ("POST", "/v1/resends"): EMITTERS,
    ("GET", "/v1/resends/expected"): EMITTERS,
    ("GET", "/v1/restorations"): READERS,
    ("POST", "/v1/restorations"): OPERATORS,
    ("GET", "/v1/restorations/{id}"): READERS,
    ("PATCH", "/v1/restorations/{id}"): OPERATORS,
    ("POST", "/v1/restorations/{id}/abandoned-backlogs"): OPERATORS,
    ("POST", "/v1/restorations/{id}/access-lost"): OPERATORS,
    ("POST", "/v1/restorations/{id}/access-restored"): OPERATORS,
    ("GET", "/v1/restorations/{id}/accounts"): OPERATORS | AUDITORS,
    ("POST", "/v1/restorations/{id}/accounts"): OPERATORS,
    ("GET", "/v1/restorations/{id}/accounts/summary"): OPERATORS | AUDITORS,
    ("GET", "/v1/restorations/{id}/accounts/{account}"): OPERATORS | AUDITORS,
    ("POST", "/v1/restorations/{id}/accounts/{account}/acceptance"): OPERATORS,
    ("POST", "/v1/restorations/{id}/accounts/{account}/archive-account"): OPERATORS,
    ("POST", "/v1/restorations/{id}/accounts/{account}/backfills"): OPERATORS,
    ("POST", "/v1/restorations/{id}/accounts/{account}/backfills/{number}/delivery"): OPERATORS,
    ("POST", "/v1/restorations/{id}/accounts/{account}/link"): OPERATORS,
    ("POST", "/v1/restorations/{id}/accounts/{account}/merge"): OPERATORS,
    ("POST", "/v1/restorations/{id}/accounts/{account}/owner-link"): OPERATORS,
    ("DELETE", "/v1/restorations/{id}/accounts/{account}/owner-link"): OPERATORS,
    ("POST", "/v1/restorations/{id}/accounts/{account}/reliefs"): OPERATORS,
    ("POST", "/v1/restorations/{id}/accounts/{account}/temporary-account"): OPERATORS,
    ("POST", "/v1/restorations/{id}/accounts/{account}/warehouse-choice"): OPERATORS,
    ("POST", "/v1/restorations/{id}/accounts/{account}/warehouse-choice/execution"): OPERATORS,
    ("PUT", "/v1/restorations/{id}/capabilities/{name}"): OPERATORS,
    ("GET", "/v1/restorations/{id}/updates"): READERS,
    ("POST", "/v1/restorations/{id}/updates"): OPERATORS,
    ("POST", "/v1/restorations/{id}/contacts"): OPERATORS,
    ("DELETE", "/v1/restorations/{id}/contacts/{number}"): OPERATORS,
    ("PATCH", "/v1/incidents/{id}"): OPERATORS,
    ("POST", "/v1/restorations/{id}/completion"): OPERATORS,
    ("POST", "/v1/restorations/{id}/instructions"): OPERATORS,
    ("DELETE", "/v1/restorations/{id}/instructions/{number}"): OPERATORS,
    ("POST", "/v1/restorations/{id}/inventory"): OPERATORS,
    ("POST", "/v1/restorations/{id}/progress"): OPERATORS,
    ("POST", "/v1/restorations/{id}/promises"): OPERATORS,
    ("POST", "/v1/restorations/{id}/reconciliation"): OPERATORS,
    ("POST", "/v1/restorations/{id}/recovery-point"): OPERATORS,
    ("POST", "/v1/restorations/{id}/suppressions"): OPERATORS,
    ("POST", "/v1/restorations/{id}/suppressions/{automation}/ending"): OPERATORS,
    ("GET", "/v1/sessions"): OPERATORS | REVIEWERS | AUDITORS,
    ("DELETE", "/v1/sessions"): OPERATORS | REVIEWERS | AUDITORS,
    ("DELETE", "/v1/sessions/{id}"): OPERATORS | REVIEWERS | AUDITORS,
    ("GET", "/v1/signals"): OPERATORS | AUDITORS,
    ("POST", "/v1/signals"): EMITTERS,
    ("GET", "/v1/signals/{id}"): OPERATORS | AUDITORS,
    ("POST", "/v1/signals/{id}/clearance"): OPERATORS,
    ("POST", "/v1/signals/{id}/refiring"): OPERATORS,
    ("GET", "/v1/status"): READERS,
    ("GET", "/v1/subscriptions"): OPERATORS,
    ("GET", "/v1/subscribers/summary"): OPERATORS,
    ("POST", "/v1/subscriptions"): READERS,
    ("DELETE", "/v1/subscriptions/{id}"): OPERATORS,
    ("GET", "/v1/tokens"): ADMINS,
    ("POST", "/v1/tokens"): ADMINS,
    ("GET", "/v1/tokens/{name}"): ADMINS,
    ("DELETE", "/v1/tokens/{name}"): ADMINS,
    ("GET", "/v1/unrouted-signals"): OPERATORS | AUDITORS,
    ("POST", "/v1/unrouted-signals/{id}/routing"): OPERATORS,
}
"""Which roles each route lets through, the admin beside them."""
NEED_SOURCES = {("GET", "/v1/resends/expected")}
"""Those that tell nothing to a token that is bound to no source."""

NOBODY = "00000000-0000-7000-8000-000000000000"
DECISION = "/v1/panels/{key}/automations/{name}/decision"
FILLED = {"id": NOBODY, "pin": NOBODY, "run": NOBODY, "number": "1"}
"""What names in paths stand for, where that is not a word."""
ASKED = {
    "/v1/panels/lookup": "account_created_on=2020-08-27",
    DECISION: "item_created_at=2021-03-11T00:00:00Z",
    "/log/consistency": "from=1",
}
"""What a question that is asked with GET cannot do without."""
ENDLESS = {"/v1/events/stream": "after=900000000000000000"}
"""Streams have no end: how they are asked to begin where no log is, and so are refused at once."""
BODIES: dict[str, Any] = {DECISION: {"items": []}, "/v1/subscriptions": {"address": "ana@example.com"}}
"""The bodies that are well formed though they are not empty."""


def address(path: str, method: str = "GET") -> str:
    """Give an address of a route, about things that there are not."""
    named = re.sub(r"{(\w+)}", lambda name: FILLED.get(name[1], "nothing"), path)
    asked = ASKED | ENDLESS
    return f"{named}?{asked[path]}" if path in asked and method == "GET" else named


def requests() -> Iterator[tuple[str, str]]:
    """Give method and address of each route."""
    for method, path in EXPECTED:
        yield method, address(path, method)


LITERAL = ("decisions", "evidence", "labels", "notes", "search", "signatures", "withdrawals-from-run")
SHADOWED = {
    *(("PATCH", address(f"/v1/panels/{word}")) for word in ("availability", "lookup")),
    *((method, f"/v1/held-requests/{word}") for method in ("GET", "HEAD") for word in LITERAL),
    *((method, "/v1/maintenance-windows/times") for method in ("GET", "HEAD", "PATCH")),
    *((method, "/v1/maintenance-series/dates") for method in ("GET", "HEAD")),
}
"""Nothing has the name of a page beside it, but the route of one thing answers that there is none."""


def body(method: str, path: str) -> object:
    """Give the body of a request; none, if it has none."""
    sent = {address(place, method): sent for place, sent in BODIES.items()}
    return sent.get(path, {}) if method in {"POST", "PATCH", "PUT"} else None
