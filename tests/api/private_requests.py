"""What happens in the ledger of held requests without readers being told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.access.keyring import Role
from tests.api.client import at, made, written
from tests.api.ledger_steps import DECISIONS, EVIDENCE, LABELS, NOTES, REQUESTS, RESENDS, RUNS, SIGNATURES, digest_of
from tests.api.panel_steps import NDJSON
from tests.api.private_changes import VAULT, WORD

if TYPE_CHECKING:
    from tests.api.client import Caller
    from tests.api.private_changes import Scene

KIND = f"{WORD}-order"
POLICIES = {KIND: {"policy": "reprocess"}, f"{WORD}-stock": {"policy": "source_resends", "deadline": "1m"}}
NOTE = {"note": f"{WORD} note"}


def _send(scene: Scene, caller: Caller, path: str, body: object, status: int = 200, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - of ``send``
    answer = caller.post(path, body, headers={"X-Request-Id": f"{WORD}-request"}, **options)
    assert answer.status_code == status, (path, answer.text)
    scene.site.tick()
    document: dict[str, Any] = answer.json()
    return document


def _request(cause: tuple[str, str] | None, reference: str, **more: object) -> dict[str, Any]:
    named = None if cause is None else {"type": cause[0], "id": cause[1]}
    told = {"cause": named, "source": f"{WORD}-shop", "kind": KIND, "reference": f"{WORD}-{reference}"}
    received = {"received_at": written(at("08:30")), "digest": digest_of(reference), "summary": f"{WORD} summary"}
    return {**told, **received, **more}


def _all(scene: Scene, **asked: str) -> list[str]:
    scene.site.tick()
    found = made(scene.site.auditor.get(REQUESTS, params=asked))["data"]
    scene.secrets |= {f"request {each['id']}": each["id"] for each in found}
    return [each["id"] for each in found]


def requests_in_private(scene: Scene) -> Iterator[str]:
    """Hold requests up by public causes of each kind, and by a private one, and let all become of them that can."""
    site, emitter, reviewer = scene.site, scene.site.emitter, scene.site.a(Role.REVIEWER)
    second = site.issue(Role.REVIEWER, f"{WORD}-reviewer", f"{WORD} reviewer")
    public = [
        _request(("incident", scene.declared), "1", received_at=written(at("09:30"))),
        _request(("maintenance_window", scene.under_way), "2", received_at=written(at("09:30"))),
        _request(("restoration", scene.lost.rpartition("/")[2]), "3", received_at=written(at("09:40"))),
        _request(("incident", scene.resolved), "4"),
        _request(("incident", scene.resolved), "5"),
        _request(None, "6"),
        _request(None, "7", received_at="2999-01-01T00:00:00Z"),
    ]
    assert _send(scene, emitter, REQUESTS, public)["counts"] == {
        "held": 5,
        "repeat": 0,
        "changed": 0,
        "unassigned": 1,
        "refused": 1,
    }
    yield "requests are held up by public causes"
    first, other, unassigned = (
        next(id for id in _all(scene) if reviewer.get(f"{REQUESTS}/{id}").json()["reference"] == f"{WORD}-{number}")
        for number in (4, 5, 6)
    )
    lines = f"{WORD}\n".encode()
    made(emitter.post(REQUESTS, content=lines, headers={"Content-Type": NDJSON}))
    _send(scene, emitter, REQUESTS, [each | {"digest": digest_of(WORD)} for each in public[:2]])
    yield "requests come again, changed"
    yield from _marks(scene, [first, other])
    _send(scene, reviewer, f"{REQUESTS}/{first}/claim", None)
    _send(scene, second, f"{REQUESTS}/{first}/claim", None, 409)
    yield "a request is claimed"
    _send(scene, reviewer, f"{REQUESTS}/{first}/decision", {"outcome": "cannot_tell", **NOTE})
    _send(scene, second, f"{REQUESTS}/{first}/signature", NOTE)
    yield "a decision is signed"
    body = {"filter": {"kind": KIND}, "outcome": "done_now", **NOTE}
    token = _send(scene, reviewer, DECISIONS, body)["token"]
    _send(scene, reviewer, DECISIONS, {**body, "dry_run": False, "token": token})
    yield "what a public incident held up is reconciled"
    _send(scene, second, f"{REQUESTS}/{other}/reopening", {"reason": WORD})
    yield "and is so no longer"
    _send(scene, second, SIGNATURES, {"filter": {}})
    _send(scene, site.operator, f"/v1/incidents/{scene.resolved}/reconciliation", {"public": False, "reason": WORD})
    cause = _a_private_cause(scene)
    _send(scene, site.operator, f"{REQUESTS}/{unassigned}/cause", {"type": "incident", "id": cause, "reason": WORD})
    yield "a request is assigned to a private incident"
    _send(scene, emitter, REQUESTS, [_request(("incident", cause), f"of {number}") for number in range(3)])
    stock = _request(("incident", cause), "stock", kind=f"{WORD}-stock")
    _send(scene, emitter, REQUESTS, [stock, stock | {"reference": f"{WORD}-more"}])
    yield "a private incident holds requests up"
    news = {"state": "resolved", "message": WORD, "override_reason": WORD}
    scene.operate(f"/v1/incidents/{cause}/updates", news, 201)
    yield "they are disposed of"
    (run,) = made(emitter.get(RUNS, params={"cause": cause}))["data"]
    scene.secrets["run"] = run["id"]
    one, two, *_ = _send(scene, emitter, f"{RUNS}/{run['id']}/batches", None)["data"]
    yield "a worker leases some"
    results = [{"id": one["id"], "outcome": "done", **NOTE}, {"id": two["id"], "outcome": "failed", **NOTE}]
    _send(scene, emitter, f"{RUNS}/{run['id']}/results", results)
    yield "a worker reports"
    resend = {name: stock[name] for name in ("source", "kind", "reference")}
    _send(scene, emitter, RESENDS, [{**resend, "received_at": written(at("09:59"))}])
    yield "a source sends again"
    _send(scene, site.operator, RUNS, {"cause": {"type": "incident", "id": cause}, "kind": KIND}, 201)
    _all(scene)
    yield "a run begins by hand"


def _marks(scene: Scene, requests: list[str]) -> Iterator[str]:
    reviewer, found = scene.site.a(Role.REVIEWER), {"kind": "number", "source": WORD, "value": f"{WORD}-line"}
    named = {"source": f"{WORD}-shop", "kind": KIND, "reference": f"{WORD}-4", "evidence": found}
    _send(scene, reviewer, f"{REQUESTS}/{requests[0]}/evidence", {**found, "value": WORD})
    yield "evidence is found"
    made(scene.site.emitter.post(EVIDENCE, [named]))
    yield "evidence comes in as lines"
    marks: dict[str, dict[str, object]] = {
        LABELS: {"add": [f"{WORD}-label"]},
        NOTES: {"note": f"{WORD} was told"},
    }
    for path, mark in marks.items():
        body = {"filter": {"ids": requests}, **mark}
        token = _send(scene, reviewer, path, body)["token"]
        _send(scene, reviewer, path, {**body, "dry_run": False, "token": token})
        yield f"requests are marked: {path.rpartition('/')[2]}"


def _a_private_cause(scene: Scene) -> str:
    body = {"title": WORD, "message": WORD, "components": {VAULT: "major_outage"}, "publish": False}
    more = {"occurred_at": written(at("08:00")), "request_policies": POLICIES}
    id: str = scene.operate("/v1/incidents", {**body, **more}, 201)["id"]
    scene.secrets["cause"] = id
    return id


def requests_over_time(scene: Scene) -> Iterator[str]:
    """Let leases, claims and deadlines run out."""
    site, path = scene.site, f"{REQUESTS}/{scene.secrets['request of later']}"
    before = len(site.events(scene.secrets["request of later"]))
    site.set_clock(site.clock.moment + timedelta(minutes=31))
    assert len(site.events(scene.secrets["request of later"])) > before, path
    yield "leases, claims and deadlines run out"


def a_claim_that_will_run_out(scene: Scene) -> Iterator[str]:
    """Claim what a public incident held up."""
    site = scene.site
    waiting = made(site.auditor.get(REQUESTS, params={"state": "to_check"}))["data"]
    scene.secrets["request of later"] = waiting[0]["id"]
    _send(scene, site.a(Role.REVIEWER), f"{REQUESTS}/{waiting[0]['id']}/claim", None)
    yield "a request is claimed, and forgotten"


def the_ledger_of(scene: Scene) -> str:
    """Give all that reviewers can read of it."""
    reviewer = scene.site.a(Role.REVIEWER)
    texts = [reviewer.get(path).text for path in (REQUESTS, f"{REQUESTS}/summary", f"{REQUESTS}.csv")]
    return "".join([*texts, *(reviewer.get(f"{REQUESTS}/{id}/trail").text for id in _all(scene))])
