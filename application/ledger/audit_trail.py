"""The audit trail of one held request: each event in a sentence, with who, when, and where in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from typing_extensions import TypedDict

from application.audit.documents import EventDocument
from application.document import Instant
from application.ledger.documents import HeldRequestDocument
from application.schema import documented
from domain.ledger.held_request import Result

PEOPLE = "token:"
"""What the actor of an event begins with if a caller with a token caused it."""
Data = Mapping[str, Any]
"""A JSON object whose members depend on the type of the event."""


@documented
class TrailEntry(TypedDict):
    """One event of a request."""

    position: int
    version: int
    type: str
    what: str
    """In a sentence."""
    occurred_at: Instant
    recorded_at: Instant
    actor: str
    person: str | None
    """Who acted; null for what the service or a machine did."""
    source: str
    request_id: str
    causation: int | None
    data: dict[str, object]


@documented
class Trail(TypedDict):
    """The audit trail of one request."""

    request: HeldRequestDocument
    position: int
    """Up to which position."""
    entries: list[TrailEntry]


def _cause(cause: Data | None) -> str:
    return "no cause" if cause is None else f"{cause['type']} {cause['id']}"


def _noted(sentence: str, note: str | None) -> str:
    return f"{sentence}: {note}" if note else sentence


def _when(data: Data) -> str:
    return f", received {data['received_at']}" if data["received_at"] else ""


def _disposed(data: Data) -> str:
    policy = data["policy"]
    eyes = ", a second person signs" if policy["four_eyes"] else ""
    until = f", due {data['due']}" if data["due"] else ""
    return f"disposed of by the policy {policy['policy']}{until}{eyes}"


def _voided(data: Data) -> str:
    eyes = ", a second person signs" if data["policy"]["four_eyes"] else ""
    return f"its cause was {data['because']}; to be checked by hand{eyes}"


def _decided(data: Data) -> str:
    waits = "; another person has to sign" if data["needs_signature"] else ""
    return _noted(f"decided: {data['outcome']}{_in_bulk(data)}{waits}", data["note"])


def _in_bulk(data: Data) -> str:
    return f" (bulk {data['bulk'][:12]})" if data["bulk"] else ""


def _found(data: Data) -> str:
    finding = data["finding"]
    suggests = f", suggests {finding['suggests']}" if finding["suggests"] else ""
    return f"evidence {finding['kind']} from {finding['source']}: {finding['value']}{suggests}"


def _reprocessed(data: Data) -> str:
    is_changed = data["outcome"] is None and data["result"] != Result.FAILED
    check = "; its content changed meanwhile, to be checked by hand" if is_changed else ""
    return _noted(f"reprocessed: {data['result']}{check}", data["note"])


def _released(data: Data) -> str:
    if data["by"] is not None:
        return _noted(f"the claim of {data['person']} was released by {data['by']}", data["reason"])
    return _noted(f"released by {data['person']}", data["reason"])


def _labels(data: Data) -> str:
    changes = [
        f"{verb} {', '.join(data[which])}" for verb, which in (("set", "added"), ("took off", "removed")) if data[which]
    ]
    return f"{data['person']} {' and '.join(changes)}{_in_bulk(data)}"


SENTENCES: dict[str, Callable[[Data], str]] = {
    "held_request.received": lambda it: (
        f"received {it['received_at']}, digest {it['content']['digest']}, held up by {_cause(it['cause'])}"
    ),
    "held_request.repeated": lambda it: f"handed in again, unchanged{_when(it)}",
    "held_request.changed": lambda it: f"handed in again, changed: digest {it['content']['digest']}{_when(it)}",
    "held_request.opened_again": lambda it: f"opened again: it came after it was settled{_when(it)}",
    "held_request.assigned": lambda it: _noted(f"assigned to {_cause(it['cause'])}", it["reason"]),
    "held_request.found_twice": lambda it: f"settled as a duplicate of {it['other']}",
    "held_request.merged": lambda it: f"merged into {it['other']}, which the cause has already",
    "held_request.twin_merged": lambda it: f"stands for {it['other']} as well, which was assigned to the same cause",
    "held_request.assignment_undone": lambda it: f"not held up by {_cause(it['cause'])} after all: {it['reason']}",
    "held_request.twin_parted": lambda it: f"stands for {it['other']} no longer: its assignment was undone",
    "held_request.disposed": _disposed,
    "held_request.cause_voided": _voided,
    "held_request.resent": lambda it: f"settled: its source sent it again at {it['received_at']}",
    "held_request.resend_kept": lambda it: f"kept: its source sent it again at {it['received_at']}",
    "held_request.held_back": lambda _: "held back from workers: its source sent it again; to be checked by hand",
    "held_request.deadline_passed": lambda _: "its source did not send it again in time; to be checked by hand",
    "held_request.leased": lambda it: f"leased to worker {it['worker']} until {it['until']}, in run {it['run']}",
    "held_request.lease_lapsed": lambda it: f"the lease of worker {it['worker']} ran out",
    "held_request.lease_released": lambda it: f"the lease of worker {it['worker']} was ended: {it['reason']}",
    "held_request.reprocessed": _reprocessed,
    "held_request.withdrawn_from_run": lambda it: (
        f"withdrawn from its run by {it['person']}{_in_bulk(it)}: {it['reason']}"
    ),
    "held_request.evidence_attached": _found,
    "held_request.labels_changed": _labels,
    "held_request.noted": lambda it: f"note of {it['person']}{_in_bulk(it)}: {it['note']}",
    "held_request.claimed": lambda it: f"claimed by {it['person']} until {it['until']}",
    "held_request.claim_lapsed": lambda it: f"the claim of {it['person']} ran out",
    "held_request.released": _released,
    "held_request.decided": _decided,
    "held_request.signed": lambda it: _noted(f"signed by {it['person']}{_in_bulk(it)}", it["note"]),
    "held_request.returned": lambda it: f"sent back by {it['person']}: {it['reason']}",
    "held_request.reopened": lambda it: f"reopened by {it['person']}: {it['reason']}",
}
"""The sentence for each type of event, made from its data."""
RESENDS = {"held_request.resent", "held_request.resend_kept"}


def trail_document(request: HeldRequestDocument, events: Sequence[EventDocument], position: int) -> Trail:
    """Write the trail of a request, as known at a position; ``events`` are its events as the log documents them."""
    return {"request": request, "position": position, "entries": list(_entries(events))}


def _entries(events: Sequence[EventDocument]) -> Iterator[TrailEntry]:
    """Write each event; a resend names its digest if that is another than the request had by then."""
    known = ""
    for event in events:
        data: Data = event["data"]
        if "content" in data:
            known = data["content"]["digest"]
        differs = event["type"] in RESENDS and data["digest"] not in {None, known}
        yield _entry(event, f", with another digest: {data['digest']}" if differs else "")


def _entry(event: EventDocument, more: str) -> TrailEntry:
    data: Data = event["data"]
    return {
        "position": event["position"],
        "version": event["aggregate"]["version"],
        "type": event["type"],
        "what": SENTENCES[event["type"]](data) + more,
        "occurred_at": event["occurred_at"],
        "recorded_at": event["recorded_at"],
        "actor": event["actor"],
        # The clock ends a claim as well: that event names the person, who did nothing.
        "person": (data.get("by") or data.get("person")) if event["actor"].startswith(PEOPLE) else None,
        "source": event["source"],
        "request_id": event["request_id"],
        "causation": event["causation"],
        "data": event["data"],
    }
