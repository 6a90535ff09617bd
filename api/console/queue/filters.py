"""Which requests a view of the queue is about: it stands in the address, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from api.console.kernel.fields import FieldFault, read_instant
from api.console.kernel.forms import SentForm
from api.console.queue.words import EVIDENCE, STATES, TRAITS
from api.http.forms import FilledForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.console.kernel.visit import Visit
    from api.console.queue.causes import NamedCause

TEXTS = (
    *("cause", "kind", "source", "claimed_by", "received_on", "older_than", "evidence", "reference_prefix"),
    *("label", "trait"),
)
"""What is asked of the route as it is typed."""
INSTANTS = ("received_from", "received_until")
MEMBERS = ("state", *TEXTS, *INSTANTS, "reference", "sort")
"""What the address of a view can have."""
FIRST = "to_check"
"""What the queue shows if nothing is said: what waits for a person."""
ANY = "any"
ONLY_LISTED = ("claimed_by", "older_than")
"""What a list can be filtered by, and a bulk cannot."""
NAMES = {
    "cause": "Cause",
    "kind": "Kind",
    "source": "Source",
    "claimed_by": "Claimed by",
    "received_from": "Received from",
    "received_until": "Received before",
    "received_on": "Received on",
    "older_than": "Older than",
    "evidence": "Evidence",
    "reference": "Reference",
    "reference_prefix": "Reference begins with",
    "label": "Label",
    "trait": "Noticed",
}
WORDS = {"evidence": dict(EVIDENCE), "trait": {str(key): words for key, words in TRAITS}}


@dataclass(frozen=True, kw_only=True)
class QueueFilter:
    """The filter of a view: as it was typed, as routes take it, and what of it cannot be."""

    typed: Mapping[str, str]
    query: Mapping[str, str | Sequence[str]]
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """What the view is of: a state, ``open``, or ``any``."""
        return self.typed.get("state", FIRST)

    @property
    def cause(self) -> str | None:
        """The cause, as it was typed; None for any."""
        return self.typed.get("cause")

    @property
    def narrowed(self) -> list[tuple[str, str, str]]:
        """What it is narrowed by beside its state: names of members, what they are called, and the values in words."""
        return [
            (name, NAMES[name], WORDS.get(name, {}).get(value, value))
            for name, value in self.typed.items()
            if name in NAMES
        ]

    @property
    def is_of_cause_alone(self) -> bool:
        """Whether nothing but the cause and the state is said, so that the summary has its counts."""
        return not {name for name, _, _ in self.narrowed} - {"cause"}

    @property
    def only_listed(self) -> list[str]:
        """What it is narrowed by that no bulk can be narrowed by."""
        return [NAMES[name] for name in ONLY_LISTED if name in self.typed]

    @property
    def address(self) -> str:
        """The query of its address."""
        return urlencode(self.typed)

    def form(self, problem: Mapping[str, Any] | None = None, faults: Mapping[str, str] | None = None) -> SentForm:
        """Give the form in which it is typed, with what is wrong with it."""
        filled = FilledForm(self.typed.items())
        wrong = {**self.faults, **(faults or {})}
        status = HTTPStatus.OK if not wrong and problem is None else HTTPStatus.UNPROCESSABLE_ENTITY
        return SentForm(name="filter", filled=filled, faults=wrong, problem=problem, status=status)

    def to_body(self, cause: NamedCause | None) -> Mapping[str, object]:
        """Give it as the filter of a bulk, which names the type of its cause, too; of everything there is, it says so.

        ``cause`` is the one that it names, if that is there.
        """
        body: dict[str, object] = {
            name: value for name, value in self.query.items() if name not in {"sort", "reference", *ONLY_LISTED}
        }
        if references := self.query.get("reference"):
            body["references"] = references
        if cause is not None:
            body["cause"] = {"type": cause["type"], "id": cause["id"]}
        return body or {"all": True}


def filter_of(visit: Visit) -> QueueFilter:
    """Read the filter of a view from its address."""
    return read_filter(visit, visit.query)


def read_filter(visit: Visit, asked: Mapping[str, str]) -> QueueFilter:
    """Read the filter of a view from what was asked in its address."""
    typed = {name: value for name in MEMBERS if (value := asked.get(name, "").strip())}
    if typed.get("state", FIRST) not in dict(STATES):
        typed.pop("state")
    query: dict[str, str | Sequence[str]] = {name: typed[name] for name in (*TEXTS, "sort") if name in typed}
    faults: dict[str, str] = {}
    state = typed.get("state", FIRST)
    if state != ANY:
        query["state"] = state
    for name in INSTANTS:
        if name in typed:
            try:
                query[name] = read_instant(typed[name], visit.zone, name)
            except FieldFault as fault:
                faults[name] = fault.text
    if "received_on" in query:
        query["zone"] = visit.zone_name
    if "reference" in typed:
        query["reference"] = list(dict.fromkeys(each for each in _references(typed["reference"]) if each))
    return QueueFilter(typed=typed, query=query, faults=faults)


def _references(text: str) -> list[str]:
    return [each.strip() for each in text.replace(",", "\n").split("\n")]
