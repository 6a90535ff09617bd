"""The audit trail of one held request: each event in a sentence, with who, when, and where in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from typing_extensions import TypedDict

from application.audit.documents import EventDocument
from application.document import Instant
from application.ledger.documents import HeldRequestDocument
from application.schema import documented
from application.texts import translatable
from domain.ledger.held_request import Result

PEOPLE = ("token:", "session:")
"""What the actor of an event begins with if somebody caused it who has a token, or is signed in."""
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


class TrailWording(Protocol):
    """How the sentences of a trail are said: in which language, and whether keys are put into words."""

    def say(self, message: str, values: Mapping[str, Any]) -> str:
        """Give a text with its ``%(name)s`` filled in."""
        ...

    def word(self, key: str) -> str:
        """Give the word for a key: a policy, an outcome, a result, what a cause is or became."""
        ...


class PlainWording:
    """English, with the keys of the interface as they are."""

    def say(self, message: str, values: Mapping[str, Any]) -> str:
        """Give a text with its blanks filled in."""
        return message % values

    def word(self, key: str) -> str:
        """Give the key itself."""
        return key


PLAIN = PlainWording()
Sentence = Callable[[Data, TrailWording], str]


def _plain(message: str) -> Sentence:
    return lambda it, words: words.say(message, it)


def _cause(cause: Data | None, words: TrailWording) -> str:
    return words.say(translatable("no cause"), {}) if cause is None else f"{words.word(cause['type'])} {cause['id']}"


def _of_cause(message: str, note: str | None = None) -> Sentence:
    def sentence(it: Data, words: TrailWording) -> str:
        said = words.say(message, {**it, "cause": _cause(it["cause"], words)})
        return said if note is None else _noted(said, it[note])

    return sentence


def _noted(sentence: str, note: str | None) -> str:
    return f"{sentence}: {note}" if note else sentence


def _more(sentence: str, *parts: str) -> str:
    return ", ".join([sentence, *(part for part in parts if part)])


def _when(data: Data, words: TrailWording) -> str:
    return words.say(translatable("received %(received_at)s"), data) if data["received_at"] else ""


def _received(data: Data, words: TrailWording) -> str:
    values = {**data, "digest": data["content"]["digest"], "cause": _cause(data["cause"], words)}
    return words.say(translatable("received %(received_at)s, digest %(digest)s, held up by %(cause)s"), values)


def _repeated(data: Data, words: TrailWording) -> str:
    return _more(words.say(translatable("handed in again, unchanged"), data), _when(data, words))


def _changed(data: Data, words: TrailWording) -> str:
    said = words.say(translatable("handed in again, changed: digest %(digest)s"), data["content"])
    return _more(said, _when(data, words))


def _opened_again(data: Data, words: TrailWording) -> str:
    return _more(words.say(translatable("opened again: it came after it was settled"), data), _when(data, words))


def _eyes(policy: Data, words: TrailWording) -> str:
    return words.say(translatable("a second person signs"), {}) if policy["four_eyes"] else ""


def _disposed(data: Data, words: TrailWording) -> str:
    policy = {"policy": words.word(data["policy"]["policy"])}
    until = words.say(translatable("due %(due)s"), data) if data["due"] else ""
    said = words.say(translatable("disposed of by the policy %(policy)s"), policy)
    return _more(said, until, _eyes(data["policy"], words))


def _voided(data: Data, words: TrailWording) -> str:
    because = {"because": words.word(data["because"])}
    said = words.say(translatable("its cause was %(because)s; to be checked by hand"), because)
    return _more(said, _eyes(data["policy"], words))


def _decided(data: Data, words: TrailWording) -> str:
    said = words.say(translatable("decided: %(outcome)s"), {"outcome": words.word(data["outcome"])})
    waits = words.say(translatable("another person has to sign"), {}) if data["needs_signature"] else ""
    return _noted(f"{said}{_in_bulk(data, words)}{waits and f'; {waits}'}", data["note"])


def _in_bulk(data: Data, words: TrailWording) -> str:
    if not data["bulk"]:
        return ""
    said = words.say(translatable("bulk %(bulk)s"), {"bulk": data["bulk"][:12]})
    return f" ({said})"


def _found(data: Data, words: TrailWording) -> str:
    finding = data["finding"]
    suggests = {"outcome": words.word(finding["suggests"] or "")}
    return _more(
        words.say(translatable("evidence %(kind)s from %(source)s: %(value)s"), finding),
        words.say(translatable("suggests %(outcome)s"), suggests) if finding["suggests"] else "",
    )


def _reprocessed(data: Data, words: TrailWording) -> str:
    said = words.say(translatable("reprocessed: %(result)s"), {"result": words.word(data["result"])})
    if data["outcome"] is None and data["result"] != Result.FAILED:
        said += f"; {words.say(translatable('its content changed meanwhile, to be checked by hand'), {})}"
    return _noted(said, data["note"])


def _released(data: Data, words: TrailWording) -> str:
    if data["by"] is not None:
        said = words.say(translatable("the claim of %(person)s was released by %(by)s"), data)
    else:
        said = words.say(translatable("released by %(person)s"), data)
    return _noted(said, data["reason"])


def _labels(data: Data, words: TrailWording) -> str:
    values = {"person": data["person"], **{name: ", ".join(data[name]) for name in ("added", "removed")}}
    if not data["removed"]:
        said = words.say(translatable("%(person)s set %(added)s"), values)
    elif not data["added"]:
        said = words.say(translatable("%(person)s took off %(removed)s"), values)
    else:
        said = words.say(translatable("%(person)s set %(added)s and took off %(removed)s"), values)
    return said + _in_bulk(data, words)


def _by_person(message: str, note: str) -> Sentence:
    return lambda it, words: _noted(words.say(message, it) + _in_bulk({"bulk": None, **it}, words), it[note])


SENTENCES: dict[str, Sentence] = {
    "held_request.received": _received,
    "held_request.repeated": _repeated,
    "held_request.changed": _changed,
    "held_request.opened_again": _opened_again,
    "held_request.assigned": _of_cause(translatable("assigned to %(cause)s"), note="reason"),
    "held_request.found_twice": _plain(translatable("settled as a duplicate of %(other)s")),
    "held_request.merged": _plain(translatable("merged into %(other)s, which the cause has already")),
    "held_request.twin_merged": _plain(
        translatable("stands for %(other)s as well, which was assigned to the same cause")
    ),
    "held_request.assignment_undone": _of_cause(translatable("not held up by %(cause)s after all: %(reason)s")),
    "held_request.twin_parted": _plain(translatable("stands for %(other)s no longer: its assignment was undone")),
    "held_request.disposed": _disposed,
    "held_request.cause_voided": _voided,
    "held_request.resent": _plain(translatable("settled: its source sent it again at %(received_at)s")),
    "held_request.resend_kept": _plain(translatable("kept: its source sent it again at %(received_at)s")),
    "held_request.held_back": _plain(
        translatable("held back from workers: its source sent it again; to be checked by hand")
    ),
    "held_request.deadline_passed": _plain(
        translatable("its source did not send it again in time; to be checked by hand")
    ),
    "held_request.leased": _plain(translatable("leased to worker %(worker)s until %(until)s, in run %(run)s")),
    "held_request.lease_lapsed": _plain(translatable("the lease of worker %(worker)s ran out")),
    "held_request.lease_released": _plain(translatable("the lease of worker %(worker)s was ended: %(reason)s")),
    "held_request.reprocessed": _reprocessed,
    "held_request.withdrawn_from_run": _by_person(translatable("withdrawn from its run by %(person)s"), "reason"),
    "held_request.evidence_attached": _found,
    "held_request.labels_changed": _labels,
    "held_request.noted": _by_person(translatable("note of %(person)s"), "note"),
    "held_request.claimed": _plain(translatable("claimed by %(person)s until %(until)s")),
    "held_request.claim_lapsed": _plain(translatable("the claim of %(person)s ran out")),
    "held_request.released": _released,
    "held_request.decided": _decided,
    "held_request.signed": _by_person(translatable("signed by %(person)s"), "note"),
    "held_request.returned": _plain(translatable("sent back by %(person)s: %(reason)s")),
    "held_request.reopened": _plain(translatable("reopened by %(person)s: %(reason)s")),
}
"""The sentence for each type of event, made from its data."""
RESENDS = {"held_request.resent", "held_request.resend_kept"}


def trail_document(
    request: HeldRequestDocument, events: Sequence[EventDocument], position: int, words: TrailWording = PLAIN
) -> Trail:
    """Write the trail of a request, as known at a position; ``events`` are its events as the log documents them."""
    return {"request": request, "position": position, "entries": list(_entries(events, words))}


def _entries(events: Sequence[EventDocument], words: TrailWording) -> Iterator[TrailEntry]:
    """Write each event; a resend names its digest if that is another than the request had by then."""
    known = ""
    for event in events:
        data: Data = event["data"]
        if "content" in data:
            known = data["content"]["digest"]
        differs = event["type"] in RESENDS and data["digest"] not in {None, known}
        other = words.say(translatable("with another digest: %(digest)s"), data) if differs else ""
        yield _entry(event, _more(SENTENCES[event["type"]](data, words), other))


def _entry(event: EventDocument, what: str) -> TrailEntry:
    data: Data = event["data"]
    return {
        "position": event["position"],
        "version": event["aggregate"]["version"],
        "type": event["type"],
        "what": what,
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
