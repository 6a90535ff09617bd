"""One request that succeeds for every route that changes something; each call prepares what it needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.access.keyring import Role
from domain.policy import Policy
from tests.api.access.browser import Browser
from tests.api.client import written
from tests.api.command import WHY, Command, a_key, on
from tests.api.ledger_commands import BULK_COMMANDS, LEDGER_COMMANDS, MAY_BE_BARE, NO_BODY, TAKES_LINES
from tests.api.notification_commands import ENDPOINT, NOTIFICATION_COMMANDS, SECRETS_OF_ENDPOINTS
from tests.api.recovery_commands import MAY_SAY_NOTHING, OWNER_LINKS, RECOVERY_COMMANDS, owner_link
from tests.api.subscriptions.subscribers import a_subscription

if TYPE_CHECKING:
    from tests.api.client import Site

__all__ = [
    "ASKING",
    "COMMANDS",
    "INGEST",
    "NEED_NO_BODY",
    "NO_BODY",
    "ON_A_TARGET",
    "SAID",
    "SHOWING_SECRETS",
    "TAKES_LINES",
    "WHY",
    "WITHOUT_KEY",
    "Command",
    "a_key",
    "a_series",
    "a_window",
]

CLEAR_GRACE, MILLISECOND = Policy().clear_grace, timedelta(milliseconds=1)
SAID = {**WHY, "message": {"en": "We tell you.", "es": "Os lo contamos."}}
SHOWN = {"public": True, **WHY}
WINDOW: dict[str, Any] = {"title": "Upgrade", "zone": "Europe/Warsaw", "start": "2030-07-28T01:00", "duration": "4h"}
"""A window without what it affects."""


def _component(site: Site, **more: object) -> str:
    return str(site.component(a_key(), **more)["key"])


def _incident(site: Site, **more: object) -> str:
    return f"/v1/incidents/{site.incident({_component(site): 'partial_outage'}, **more)['id']}"


def a_window(site: Site, *done: str, **more: object) -> str:
    """Plan a window in a few years, do things with it, and give its path."""
    body = {**WINDOW, "components": {_component(site): "partial_outage"}, **more}
    path = str(site.operator.post("/v1/maintenance-windows", body).headers["Location"])
    for action in done:
        assert site.operator.post(f"{path}/{action}").status_code == 200, action
    return path


def a_series(site: Site, **more: object) -> str:
    """Plan a series of two windows, and give its path."""
    return str(site.operator.post("/v1/maintenance-series", _a_series(site, **more)).headers["Location"])


def _a_series(site: Site, **more: object) -> dict[str, Any]:
    components = {_component(site): "under_maintenance"}
    return {**WINDOW, "start": "2025-04-06T02:00", "rule": "FREQ=WEEKLY;COUNT=2", "components": components, **more}


def _resolved(site: Site) -> str:
    path = _incident(site)
    news = {"state": "resolved", "message": "Over.", "override_reason": "We saw it."}
    assert site.operator.post(f"{path}/updates", news).status_code == 201
    return path


def _held(site: Site) -> str:
    path = _incident(site, publish=False)
    assert site.operator.post(f"{path}/publication-hold", WHY).status_code == 200
    return path


def _unpin(site: Site) -> Command:
    path = f"/v1/components/{_component(site)}"
    pinned = site.operator.post(f"{path}/pins", {"status": "major_outage", **WHY})
    return on(path, pinned.headers["Location"].removeprefix(path), None, "DELETE")


def _a_signal(site: Site, component: str) -> str:
    return str(site.signal(a_key(), component)["signal"])


def a_signal_still_reported(site: Site, component: str) -> str:
    """Let a signal be cleared by hand, and be reported all the same; give its id."""
    fingerprint, since = a_key(), written(site.clock.moment)
    id = str(site.signal(fingerprint, component, occurred_at=since)["signal"])
    assert site.operator.post(f"/v1/signals/{id}/clearance", WHY).status_code == 200
    site.set_clock(site.clock.moment + CLEAR_GRACE + MILLISECOND)
    assert site.signal(fingerprint, component, occurred_at=since)["outcome"] == "ignored"
    return id


def _refiring(site: Site) -> Command:
    return Command("POST", f"/v1/signals/{a_signal_still_reported(site, _component(site))}/refiring", WHY)


def _alerts(site: Site) -> Command:
    alert = {
        "status": "firing",
        "labels": {"component": _component(site)},
        "startsAt": "2025-03-04T07:00:00Z",
        "fingerprint": a_key(),
    }
    return Command("POST", "/v1/ingest/alertmanager", {"alerts": [alert]}, Role.EMITTER)


def _signal(site: Site) -> Command:
    said = {
        "source": "tests",
        "fingerprint": a_key(),
        "state": "firing",
        "component": _component(site),
        "status": "major_outage",
    }
    return Command("POST", "/v1/signals", said, Role.EMITTER)


def _declaration(site: Site) -> Command:
    body = {"title": "Trouble", "message": "We look.", "components": {_component(site): "major_outage"}}
    return Command("POST", "/v1/incidents", body)


def _template(site: Site) -> str:
    body = {"key": a_key(), "purpose": "incident_update", "message": "We look, and say more at {time}."}
    return str(site.operator.post("/v1/templates", body).headers["Location"])


def _revocation(site: Site) -> Command:
    site.issue(Role.EMITTER, name := a_key())
    return Command("DELETE", f"/v1/tokens/{name}", None, Role.ADMIN)


def _session(site: Site) -> Command:
    name = a_key()
    browser = Browser(site)
    browser.sign_in(str(site.issue(Role.OPERATOR, name).token))
    return Command("DELETE", f"/v1/sessions/{browser.now().session}", None, Role.ADMIN)


SHOWING_SECRETS: dict[tuple[str, str], Callable[[Site], Command]] = {
    ("POST", "/v1/tokens"): lambda _: Command("POST", "/v1/tokens", {"name": a_key(), "role": "emitter"}, Role.ADMIN),
    ("POST", OWNER_LINKS): owner_link,
    **SECRETS_OF_ENDPOINTS,
}
"""Those whose answer shows a secret, so that it is not kept for a repetition."""
COMMANDS: dict[tuple[str, str], Callable[[Site], Command]] = {
    ("DELETE", "/v1/tokens/{name}"): _revocation,
    ("DELETE", "/v1/sessions/{id}"): _session,
    ("DELETE", "/v1/sessions"): lambda _: Command("DELETE", "/v1/sessions", None, Role.AUDITOR),
    ("DELETE", "/v1/subscriptions/{id}"): lambda site: Command("DELETE", a_subscription(site), None),
    ("POST", "/v1/components"): lambda _: Command(
        "POST", "/v1/components", {"key": a_key(), "name": "Thing", "group": "platform"}
    ),
    ("PUT", "/v1/automations/{name}"): lambda _: on(f"/v1/automations/{a_key()}", "", {"name": "Paid"}, "PUT"),
    ("PUT", "/v1/request-policies"): lambda _: Command(
        "PUT", "/v1/request-policies", {"request_policies": {a_key(): {"policy": "reprocess"}}}
    ),
    ("POST", "/v1/templates"): lambda _: Command(
        "POST", "/v1/templates", {"key": a_key(), "purpose": "incident", "title": "{component} is slow"}
    ),
    ("PATCH", "/v1/templates/{key}"): lambda site: on(_template(site), "", {"message": "We look."}, "PATCH"),
    ("POST", "/v1/templates/{key}/retirement"): lambda site: on(_template(site), "/retirement", None),
    ("PUT", "/v1/groups/{key}"): lambda _: on(f"/v1/groups/{a_key()}", "", {"name": "Things", "position": 1}, "PUT"),
    ("PUT", "/v1/audiences/{key}"): lambda _: on(f"/v1/audiences/{a_key()}", "", {"name": "Sellers"}, "PUT"),
    ("PATCH", "/v1/components/{key}"): lambda site: on(
        f"/v1/components/{_component(site)}", "", {"name": "Other thing"}, "PATCH"
    ),
    ("POST", "/v1/components/{key}/retirement"): lambda site: on(
        f"/v1/components/{_component(site)}", "/retirement", None
    ),
    ("POST", "/v1/components/{key}/pins"): lambda site: on(
        f"/v1/components/{_component(site)}", "/pins", {"status": "major_outage", **WHY}
    ),
    ("DELETE", "/v1/components/{key}/pins/{pin}"): _unpin,
    ("POST", "/v1/components/{key}/heartbeat"): lambda site: Command(
        "POST", f"/v1/components/{_component(site, heartbeat='1d')}/heartbeat", None, Role.EMITTER
    ),
    ("POST", "/v1/incidents"): _declaration,
    ("PATCH", "/v1/incidents/{id}"): lambda site: on(
        _incident(site), "", {"contacts": [{"channel": "email", "address": "support@example.com"}]}, "PATCH"
    ),
    ("POST", "/v1/incidents/{id}/updates"): lambda site: on(
        _incident(site), "/updates", {"state": "identified", "message": "We know why."}
    ),
    ("POST", "/v1/incidents/{id}/publication"): lambda site: on(_incident(site, publish=False), "/publication", WHY),
    ("POST", "/v1/incidents/{id}/publication-hold"): lambda site: on(
        _incident(site, publish=False), "/publication-hold", WHY
    ),
    ("DELETE", "/v1/incidents/{id}/publication-hold"): lambda site: on(
        _held(site), "/publication-hold", None, "DELETE"
    ),
    ("POST", "/v1/incidents/{id}/dismissal"): lambda site: on(_incident(site, publish=False), "/dismissal", WHY),
    ("POST", "/v1/incidents/{id}/withdrawal"): lambda site: on(_incident(site), "/withdrawal", WHY),
    ("POST", "/v1/incidents/{id}/reopening"): lambda site: on(_resolved(site), "/reopening", WHY),
    ("POST", "/v1/incidents/{id}/corrections"): lambda site: on(
        _incident(site), "/corrections", {"title": "Right", **WHY}
    ),
    ("POST", "/v1/incidents/{id}/postmortem"): lambda site: on(_resolved(site), "/postmortem", {"body": "We learned."}),
    ("POST", "/v1/incidents/{id}/reconciliation"): lambda site: on(_incident(site), "/reconciliation", SHOWN),
    ("POST", "/v1/signals"): _signal,
    ("POST", "/v1/signals/{id}/clearance"): lambda site: Command(
        "POST", f"/v1/signals/{_a_signal(site, _component(site))}/clearance", WHY
    ),
    ("POST", "/v1/signals/{id}/refiring"): _refiring,
    ("POST", "/v1/unrouted-signals/{id}/routing"): lambda site: Command(
        "POST", f"/v1/unrouted-signals/{_a_signal(site, 'nowhere')}/routing", {"component": _component(site)}
    ),
    ("POST", "/v1/maintenance-windows"): lambda site: Command(
        "POST", "/v1/maintenance-windows", {**WINDOW, "components": {_component(site): "major_outage"}}
    ),
    ("PATCH", "/v1/maintenance-windows/{id}"): lambda site: on(
        a_window(site), "", {"title": "Larger upgrade", "because": "It grew."}, "PATCH"
    ),
    ("POST", "/v1/maintenance-windows/{id}/announcement"): lambda site: on(
        a_window(site, announced=False), "/announcement", SAID
    ),
    ("POST", "/v1/maintenance-windows/{id}/reschedule"): lambda site: on(
        a_window(site), "/reschedule", {"start": "2030-07-29T01:00", **SAID}
    ),
    ("POST", "/v1/maintenance-windows/{id}/start"): lambda site: on(a_window(site), "/start", SAID),
    ("POST", "/v1/maintenance-windows/{id}/extension"): lambda site: on(
        a_window(site, "start"), "/extension", {"by": "1h", **SAID}
    ),
    ("POST", "/v1/maintenance-windows/{id}/hold"): lambda site: on(a_window(site), "/hold", WHY),
    ("DELETE", "/v1/maintenance-windows/{id}/hold"): lambda site: on(a_window(site, "hold"), "/hold", None, "DELETE"),
    ("POST", "/v1/maintenance-windows/{id}/completion"): lambda site: on(
        a_window(site, "start"), "/completion", {"outcome": "rolled_back", **SAID}
    ),
    ("POST", "/v1/maintenance-windows/{id}/cancellation"): lambda site: on(a_window(site), "/cancellation", SAID),
    ("POST", "/v1/maintenance-windows/{id}/updates"): lambda site: on(
        a_window(site, "start"), "/updates", {"message": "Half of it is done."}
    ),
    ("POST", "/v1/maintenance-windows/{id}/reconciliation"): lambda site: on(a_window(site), "/reconciliation", SHOWN),
    ("POST", "/v1/maintenance-series"): lambda site: Command("POST", "/v1/maintenance-series", _a_series(site)),
    ("POST", "/v1/maintenance-series/{id}/ending"): lambda site: on(a_series(site), "/ending", WHY),
    **RECOVERY_COMMANDS,
    **LEDGER_COMMANDS,
    **NOTIFICATION_COMMANDS,
}
"""Every route that changes something; a test holds it to the routes there are."""

INGEST = {("POST", "/v1/ingest/alertmanager"): _alerts}
"""The webhooks of other programs, which take no idempotency key: a repeat is known by itself."""

WITHOUT_KEY = BULK_COMMANDS | INGEST
"""Those that take no key, because what they are sent does what a key would."""

ASKING = {
    ("POST", "/v1/panels/{key}/automations/{name}/decision"),
    ("POST", "/v1/held-requests/search"),
    ("POST", "/v1/maintenance-series/dates"),
    ("POST", "/v1/maintenance-windows/times"),
    ("POST", "/v1/subscriptions"),
}
"""The routes that record nothing, though they take a body."""

ON_A_TARGET = (
    *(
        place
        for place in COMMANDS
        if place[1].startswith(("/v1/incidents/", "/v1/maintenance-", "/v1/restorations/", "/v1/held-requests/"))
        and "{id}" in place[1]
        and place[1] != "/v1/restorations/{id}/accounts"
    ),
    *(place for place in COMMANDS if place[1].startswith("/v1/components/{key}") and "heartbeat" not in place[1]),
    ("PATCH", "/v1/panels/{key}"),
    ("POST", "/v1/panels/{key}/capabilities"),
    ("PATCH", "/v1/panels/{key}/capabilities/{capability}"),
    ("PATCH", "/v1/templates/{key}"),
    ("POST", "/v1/templates/{key}/retirement"),
    ("PATCH", ENDPOINT),
)
"""Those that take ``If-Match``."""

NEED_NO_BODY = (
    frozenset(
        f"/v1/maintenance-{what}"
        for what in (
            "windows/{id}/announcement",
            "windows/{id}/start",
            "windows/{id}/hold",
            "windows/{id}/completion",
            "windows/{id}/cancellation",
            "series/{id}/ending",
        )
    )
    | frozenset(f"/v1/restorations/{{id}}/{what}" for what in MAY_SAY_NOTHING)
    | {*MAY_BE_BARE}
)
"""The paths of those that may be sent without a body, or with one."""
