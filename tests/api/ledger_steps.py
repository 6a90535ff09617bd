"""The ledger of held requests, as machines hand in, reviewers check, and auditors read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from domain.access.keyring import Role
from tests.api.client import at, made, written
from tests.api.command import a_key
from tests.api.panel_steps import NDJSON, refused, written_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import httpx

    from tests.api.client import Caller, Site

REQUESTS = "/v1/held-requests"
DECISIONS = f"{REQUESTS}/decisions"
SIGNATURES = f"{REQUESTS}/signatures"
EVIDENCE, LABELS, NOTES = f"{REQUESTS}/evidence", f"{REQUESTS}/labels", f"{REQUESTS}/notes"
WITHDRAWALS = f"{REQUESTS}/withdrawals-from-run"
SEARCH = f"{REQUESTS}/search"
SUMMARY = f"{REQUESTS}/summary"
RESENDS = "/v1/resends"
EXPECTED = f"{RESENDS}/expected"
RUNS = "/v1/reprocessing-runs"
RECEIVED = written(at("07:30"))
"""Half an hour after the causes of the tests began, and half an hour before they end."""
BY_HAND = {"policy": "check_by_hand"}
FOUR_EYES = {"policy": "check_by_hand", "four_eyes": True}
STATES = ("held", "reprocessing", "awaiting_source", "to_check", "awaiting_signature", "settled")
NO_COUNT = {"held": 0, "repeat": 0, "changed": 0, "unassigned": 0, "refused": 0}
SEEN = {"outcome": "already_done", "note": "The courier delivered it."}
MILLISECOND = timedelta(milliseconds=1)

_numbers = count(1)


def digest_of(text: object) -> str:
    """Give the digest of a payload."""
    return hashlib.sha256(str(text).encode()).hexdigest()


def a_request(cause: Mapping[str, str] | None, reference: object = None, **more: object) -> dict[str, Any]:
    """Give a request as a machine hands it in; of a reference that no other test uses, if none is named."""
    named = f"order-{next(_numbers)}" if reference is None else str(reference)
    said = {"cause": cause, "source": "shop", "kind": "order", "reference": named, "received_at": RECEIVED}
    return {**said, "digest": digest_of(named), **more}


def a_cause(site: Site, **policies: object) -> dict[str, str]:
    """Let a private incident hold requests up, since an hour ago."""
    component = site.component(a_key())["key"]
    told = site.incident(
        {component: "major_outage"},
        publish=False,
        occurred_at=written(at("07:00")),
        request_policies={kind: {"policy": it} if isinstance(it, str) else it for kind, it in policies.items()},
    )
    return {"type": "incident", "id": told["id"]}


def ended(site: Site, cause: Mapping[str, str]) -> None:
    """Let it end, and what it held up go on."""
    made(site.update(cause["id"], "resolved", override_reason="We saw it."))
    settle_down(site)


def settle_down(site: Site) -> None:
    """Let everything be disposed of: some at a time, the rest a moment later."""
    site.tick()
    while counts(site)["held"] > _held_by_what_goes_on(site):
        site.set_clock(site.clock.moment + MILLISECOND)


def _held_by_what_goes_on(site: Site) -> int:
    """Count what is held without a cause, or by one that has not ended."""
    admin = site.a(Role.ADMIN)
    open_causes = [each["id"] for each in summary(site)["causes"]]
    known = [summary(site, cause) for cause in open_causes]
    unassigned = made(admin.get(SUMMARY, params={"cause": "unassigned"}))["states"]["held"]
    number = int(unassigned)
    for each in known:
        number += int(each["states"]["held"]) if each["ended_at"] is None else 0
    return number


def handed_in(site: Site, requests: Sequence[object]) -> dict[str, Any]:
    """Let a machine hand requests in, as a list."""
    return made(site.emitter.post(REQUESTS, list(requests)))


def streamed(site: Site, lines: Iterable[object], path: str = REQUESTS) -> dict[str, Any]:
    """Let a machine send lines; what is no bytes is written as JSON."""
    return made(sent(site, written_lines(lines), path))


def sent(site: Site, content: Any, path: str = REQUESTS, **options: Any) -> httpx.Response:  # noqa: ANN401 - what ``send`` takes
    """Let a machine send lines, as they are."""
    return site.emitter.post(path, content=content, headers={"Content-Type": NDJSON}, **options)


def summary(site: Site, cause: str | None = None, **asked: str) -> dict[str, Any]:
    """Give what is counted of one cause, or of all."""
    site.tick()
    return made(site.auditor.get(SUMMARY, params={**({"cause": cause} if cause else {}), **asked}))


def counts(site: Site, cause: str | None = None, **asked: str) -> dict[str, int]:
    """Give how many there are in each state."""
    states: dict[str, int] = summary(site, cause, **asked)["states"]
    return states


def listed(site: Site, **asked: str | int) -> list[dict[str, Any]]:
    """Give requests, from page to page."""
    site.tick()
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = made(site.auditor.get(REQUESTS, params={"limit": 200, **asked, **cursor}))
        found += page["data"]
        if not page["has_more"]:
            return found
        cursor = {"cursor": page["next_cursor"]}


@dataclass(frozen=True)
class Held:
    """One held request at a site."""

    site: Site
    id: str

    @property
    def path(self) -> str:
        """Where it is read."""
        return f"{REQUESTS}/{self.id}"

    @property
    def inside(self) -> dict[str, Any]:
        """What auditors see."""
        self.site.tick()
        return made(self.site.auditor.get(self.path))

    @property
    def events(self) -> list[str]:
        """What has happened to it."""
        return [name.partition(".")[2] for name in self.site.events(self.id)]

    def act(self, action: str, body: object = None, *, by: Caller | None = None, **options: Any) -> httpx.Response:  # noqa: ANN401 - what ``send`` takes
        """Let somebody do something with it; the reviewer, if nobody is named."""
        return (by or self.site.a(Role.REVIEWER)).post(f"{self.path}/{action}", body, **options)

    def done(self, action: str, body: object = None, *, by: Caller | None = None) -> dict[str, Any]:
        """Let somebody do something with it that goes well."""
        return made(self.act(action, body, by=by))

    def refuses(self, action: str, body: object, code: str, *, by: Caller | None = None, status: int = 409) -> Any:  # noqa: ANN401 - a document
        """Let somebody try what is refused, and look that nothing was recorded."""
        caller = by or self.site.a(Role.REVIEWER)
        return refused(self.site, lambda: self.act(action, body, by=caller), status, code)


def held_up(site: Site, cause: Mapping[str, str] | None, **more: object) -> Held:
    """Hand one request in, and give it."""
    body = a_request(cause, **more)
    report = handed_in(site, [body])
    assert report["counts"] == {**NO_COUNT, "held" if cause else "unassigned": 1}, report
    asked = {"cause": cause["id"] if cause else "unassigned", "kind": body["kind"], "source": body["source"]}
    found = [each["id"] for each in listed(site, **asked) if each["reference"] == body["reference"]]
    return Held(site, found[0])


def to_check(site: Site, policy: object = None, **more: object) -> Held:
    """Hand a request in whose cause has ended, and that waits to be checked by hand."""
    cause = a_cause(site, order=policy or BY_HAND)
    ended(site, cause)
    return held_up(site, cause, **more)


def decided(site: Site, policy: object = None, *, by: Caller | None = None, **more: object) -> Held:
    """Let somebody, the admin if nobody is named, decide one that waits to be checked."""
    request, person = to_check(site, policy), by or site.a(Role.ADMIN)
    request.done("claim", by=person)
    request.done("decision", {**SEEN, **more}, by=person)
    return request


def reprocessing(site: Site, number: int = 1, **more: object) -> str:
    """Let requests wait to be reprocessed, and give the path of the run that their policy has started."""
    cause = a_cause(site, order="reprocess")
    ended(site, cause)
    handed_in(site, [a_request(cause, **more) for _ in range(number)])
    site.tick()
    (run,) = made(site.emitter.get(RUNS, params={"cause": cause["id"]}))["data"]
    return f"{RUNS}/{run['id']}"


def leased(site: Site, run: str, limit: int = 100, *, by: Caller | None = None) -> list[dict[str, Any]]:
    """Let a worker lease requests of a run."""
    site.tick()
    batch: list[dict[str, Any]] = made((by or site.emitter).post(f"{run}/batches?limit={limit}"))["data"]
    return batch


def reported(site: Site, run: str, results: Mapping[str, str], *, by: Caller | None = None) -> dict[str, int]:
    """Let a worker report results, and give what became of them."""
    told = [{"id": id, "outcome": outcome} for id, outcome in results.items()]
    report: dict[str, int] = made((by or site.emitter).post(f"{run}/results", told))["counts"]
    return report


def bulk(outcome: str = "already_done", note: str = "All alike.", **wanted: object) -> dict[str, Any]:
    """Give the body of a decision about many."""
    return {"filter": wanted, "outcome": outcome, "note": note}


def rehearsed(
    site: Site, body: Mapping[str, Any], path: str = DECISIONS, *, by: Caller | None = None
) -> dict[str, Any]:
    """Make a dry run."""
    site.tick()
    return made((by or site.a(Role.REVIEWER)).post(path, body))


def carried_out(
    site: Site, body: Mapping[str, Any], token: str, path: str = DECISIONS, *, by: Caller | None = None
) -> httpx.Response:
    """Do with many what was rehearsed."""
    site.tick()
    return (by or site.a(Role.REVIEWER)).post(path, {**body, "dry_run": False, "token": token})


def in_bulk(site: Site, body: Mapping[str, Any], path: str = DECISIONS, *, by: Caller | None = None) -> dict[str, Any]:
    """Rehearse something, and do it."""
    return made(carried_out(site, body, rehearsed(site, body, path, by=by)["token"], path, by=by))


def exported(site: Site, **asked: str) -> list[dict[str, Any]]:
    """Give everything that is exported as lines."""
    site.tick()
    answer = site.auditor.get(f"{REQUESTS}.ndjson", params=asked)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def in_states(**found: int) -> dict[str, int]:
    """Give the counts of each state; what is not named is none."""
    return dict.fromkeys(STATES, 0) | found
