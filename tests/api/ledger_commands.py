"""One request that succeeds for every route about held requests that changes something."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from domain.access.keyring import Role
from tests.api.command import WHY, Command, a_key
from tests.api.ledger_steps import (
    DECISIONS,
    EVIDENCE,
    LABELS,
    NOTES,
    REQUESTS,
    RESENDS,
    RUNS,
    SEEN,
    SIGNATURES,
    WITHDRAWALS,
    Held,
    a_cause,
    a_request,
    bulk,
    decided,
    held_up,
    leased,
    reprocessing,
    to_check,
)

if TYPE_CHECKING:
    from tests.api.client import Site

Place = tuple[str, str]
FOUND = {"kind": "shipment_number", "source": "marketplace", "value": "0035900773", "suggests": "already_done"}
TAKES_LINES = (REQUESTS, RESENDS, EVIDENCE, f"{RUNS}/{{run}}/results")
"""The paths that take one, a list, or lines, and name what is bad of it."""
NO_BODY = ("/claim", "/batches", "/retry")
"""How the paths of those end that take no body."""


def _on(request: Held, action: str, body: dict[str, Any] | None, role: Role = Role.REVIEWER) -> Command:
    return Command("POST", f"{request.path}/{action}", body, role, aggregate=request.path)


def _claimed(site: Site) -> Held:
    request = to_check(site)
    request.done("claim")
    return request


def _undoing(site: Site) -> Command:
    request = held_up(site, None)
    request.done("cause", a_cause(site), by=site.operator)
    body = {"reason": "It came later."}
    return Command("DELETE", f"{request.path}/cause", body, Role.OPERATOR, aggregate=request.path)


def _resend(site: Site) -> Command:
    to_check(site, reference="sent-again")
    body = {"source": "shop", "kind": "order", "reference": "sent-again", "received_at": "2025-03-04T07:59:00Z"}
    return Command("POST", RESENDS, body, Role.EMITTER)


def _evidence(site: Site) -> Command:
    to_check(site, reference="found-outside")
    body = {"source": "shop", "kind": "order", "reference": "found-outside", "evidence": {**FOUND, "value": a_key()}}
    return Command("POST", EVIDENCE, body, Role.EMITTER)


def _results(site: Site) -> Command:
    run = reprocessing(site)
    (request,) = leased(site, run)
    return Command("POST", f"{run}/results", {"id": request["id"], "outcome": "done"}, Role.EMITTER)


def _withdrawal(site: Site) -> Command:
    (request,) = leased(site, reprocessing(site))
    return _on(Held(site, request["id"]), "withdrawal-from-run", {"reason": "The courier has it."})


def _stop(site: Site) -> Command:
    run = reprocessing(site)
    return Command("POST", f"{run}/stop", {"reason": "It books twice."}, Role.OPERATOR, aggregate=run)


LEDGER_COMMANDS: dict[Place, Callable[[Site], Command]] = {
    ("POST", REQUESTS): lambda site: Command("POST", REQUESTS, a_request(a_cause(site)), Role.EMITTER),
    ("POST", RESENDS): _resend,
    ("POST", EVIDENCE): _evidence,
    ("POST", RUNS): lambda site: Command("POST", RUNS, {"cause": a_cause(site), "kind": "order"}, Role.EMITTER),
    ("POST", f"{RUNS}/{{run}}/batches"): lambda site: Command(
        "POST", f"{reprocessing(site)}/batches", None, Role.EMITTER
    ),
    ("POST", f"{RUNS}/{{run}}/results"): _results,
    ("POST", f"{REQUESTS}/{{id}}/cause"): lambda site: _on(held_up(site, None), "cause", a_cause(site), Role.OPERATOR),
    ("DELETE", f"{REQUESTS}/{{id}}/cause"): _undoing,
    ("POST", f"{REQUESTS}/{{id}}/evidence"): lambda site: _on(to_check(site), "evidence", FOUND),
    ("POST", f"{REQUESTS}/{{id}}/claim"): lambda site: _on(to_check(site), "claim", None),
    ("POST", f"{REQUESTS}/{{id}}/release"): lambda site: _on(_claimed(site), "release", WHY),
    ("POST", f"{REQUESTS}/{{id}}/withdrawal-from-run"): _withdrawal,
    ("POST", f"{RUNS}/{{run}}/stop"): _stop,
    ("POST", f"{REQUESTS}/{{id}}/decision"): lambda site: _on(_claimed(site), "decision", SEEN),
    ("POST", f"{REQUESTS}/{{id}}/signature"): lambda site: _on(
        decided(site, outcome="cannot_tell"), "signature", {"note": "Seen."}
    ),
    ("POST", f"{REQUESTS}/{{id}}/return"): lambda site: _on(
        decided(site, outcome="cannot_tell"), "return", {"reason": "I can."}
    ),
    ("POST", f"{REQUESTS}/{{id}}/reopening"): lambda site: _on(
        decided(site), "reopening", {"reason": "It never came."}
    ),
}

MAY_BE_BARE = (f"{REQUESTS}/{{id}}/signature", f"{REQUESTS}/{{id}}/release")
"""What may be sent without a body, or with one."""
BULK_COMMANDS: dict[Place, Callable[[Site], Command]] = {
    ("POST", DECISIONS): lambda _: Command("POST", DECISIONS, bulk(kind="no-such-kind"), Role.REVIEWER),
    ("POST", LABELS): lambda _: Command(
        "POST", LABELS, {"filter": {"source": "nobody"}, "add": ["told"]}, Role.REVIEWER
    ),
    ("POST", NOTES): lambda _: Command("POST", NOTES, {"filter": {"source": "nobody"}, "note": "Told."}, Role.REVIEWER),
    ("POST", SIGNATURES): lambda _: Command("POST", SIGNATURES, {"filter": {"source": "nobody"}}, Role.REVIEWER),
    ("POST", WITHDRAWALS): lambda _: Command(
        "POST", WITHDRAWALS, {"filter": {"source": "nobody"}, "reason": "It books twice."}, Role.REVIEWER
    ),
}
"""Those that take no idempotency key: the token of a dry run does what it would."""
