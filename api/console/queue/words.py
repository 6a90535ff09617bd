"""What templates of the queue write: keys of the ledger in words, and how much is done of what."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from api.console.kernel.screens import LANGUAGE
from api.ledger.trail_page import BY, WORDS
from api.site.kernel.languages import Speech
from api.site.kernel.words import name_of, within_sentence
from application.durations import parse_duration
from application.ledger.audit_trail import PLAIN, SENTENCES
from application.ledger.traits import Trait
from domain.ledger.held_request import Outcome, RequestState
from domain.ledger.request_policy import Disposition
from domain.people import is_same_person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.console.kernel.visit import Visit
    from application.ledger.audit_trail import TrailEntry
    from application.ledger.documents import HeldRequestDocument

STATES = (
    ("to_check", "To check"),
    ("awaiting_signature", "To sign"),
    ("held", "Held"),
    ("reprocessing", "Being run again"),
    ("awaiting_source", "Waits for its source"),
    ("open", "All open"),
    ("settled", "Settled"),
    ("merged", "Merged"),
    ("any", "Everything"),
)
"""What a view can be of, in the order of its chips; ``any`` is of the console alone."""
NAMES_OF_STATES = dict(STATES)
OUTCOMES = (
    (Outcome.ALREADY_DONE, "It was done already"),
    (Outcome.DONE_NOW, "I did it now"),
    (Outcome.RESENT, "Its source sent it again"),
    (Outcome.DUPLICATE, "It is a duplicate of another one"),
    (Outcome.REJECTED, "It will not be done"),
    (Outcome.COMPENSATED, "The customer was compensated"),
    (Outcome.CANNOT_TELL, "I cannot tell. A second person has to sign this."),
)
POLICIES = (
    (Disposition.REPROCESS, "Our workers run it again"),
    (Disposition.SOURCE_RESENDS, "Its source has to send it again"),
    (Disposition.SOURCE_RETRIES, "Its source has to try again"),
    (Disposition.CHECK_BY_HAND, "A reviewer checks it by hand"),
)
TRAITS = (
    (Trait.OPENED_AGAIN, "Opened again"),
    (Trait.CHANGED_AFTER_SETTLEMENT, "Changed after it was settled"),
    (Trait.RESEND_KEPT, "Sent again while it waited"),
    (Trait.DIGEST_DIFFERS, "Sent again with other content"),
    (Trait.MERGED, "Merged"),
)
EVIDENCE = (
    ("any", "With evidence"),
    ("none", "Without evidence"),
    *((str(outcome), f"Evidence says: {WORDS[outcome]}") for outcome in Outcome),
)
CAUSES = {"incident": "incidents", "maintenance_window": "maintenance-windows", "restoration": "restorations"}
"""Where causes are, by their kind: in the interface and in the console alike."""
CHECKABLE = frozenset({RequestState.TO_CHECK})


INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z")
DIGITS = 12
"""How many digits of a digest are enough to tell it from another one."""


class QueueWords:
    """Puts the keys of the ledger into words, and knows who reads them."""

    states, outcomes, policies, traits, evidence = STATES, OUTCOMES, POLICIES, TRAITS, EVIDENCE
    outcome_words = tuple((str(outcome), WORDS[outcome]) for outcome in Outcome)

    def __init__(self, visit: Visit) -> None:
        """Write for one visitor, by the clocks of this one."""
        self._person = visit.identity.person
        self._speech = Speech(LANGUAGE, visit.zone, visit.facade.catalogs)

    def say(self, message: str, values: Mapping[str, Any]) -> str:
        """Give a sentence of a trail with its blanks filled in."""
        return message % {name: self._readable(name, value) for name, value in values.items()}

    def _readable(self, name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, str):
            return value
        if name == "kind":
            return within_sentence(name_of(self._speech, value))
        if name == "digest":
            return f"{value[:DIGITS]}…"
        return self._speech.moment(datetime.fromisoformat(value)) if INSTANT.fullmatch(value) else value

    def sentence(self, entry: TrailEntry) -> str:
        """Say what happened, with keys and times in words."""
        write, plain = SENTENCES[entry["type"]], entry["what"]
        return write(entry["data"], self) + plain.removeprefix(write(entry["data"], PLAIN))

    def word(self, key: str) -> str:
        """Give the word for a key; what is none of ours stays as it is."""
        return WORDS.get(key, key)

    def state(self, key: str) -> str:
        """Name a state, as its chip does."""
        return NAMES_OF_STATES[key]

    def several(self, keys: Sequence[str]) -> str:
        """Give the words for several keys."""
        return ", ".join(self.word(key) for key in keys)

    def policy(self, key: str) -> str:
        """Say what a policy does."""
        return dict(POLICIES)[Disposition(key)]

    def outcomes_for(self, held: HeldRequestDocument) -> list[tuple[str, str]]:
        """Give the outcomes that can be decided; those that the evidence suggests say so."""
        return [
            (str(outcome), f"{words} (evidence suggests this)" if outcome in held["suggested"] else words)
            for outcome, words in OUTCOMES
        ]

    def duration(self, text: str) -> str:
        """Write a duration in whole hours or minutes, as forms take it, if it is one; else as it stands."""
        seconds = parse_duration(text).total_seconds()
        for letter, length in (("h", 3600), ("m", 60), ("s", 1)):
            if seconds % length == 0:
                return f"{seconds / length:.0f}{letter}"
        return text

    def means(self, key: str) -> str:
        """Give the words for by what a request was settled."""
        return BY.get(key) or self.word(key)

    def is_mine(self, person: str) -> bool:
        """Tell whether a person is the one who is signed in."""
        return is_same_person(person, self._person)

    def can_be_claimed(self, held: HeldRequestDocument) -> bool:
        """Tell whether a request waits for a reviewer: also while it is held, if it has no cause."""
        return held["state"] in CHECKABLE or (held["state"] == RequestState.HELD and held["cause"] is None)


def percent(part: int, whole: int) -> int:
    """Give a part in percent, cut; all of nothing is 100."""
    return 100 if whole <= 0 else part * 100 // whole


def total(counts: Mapping[str, int], names: Sequence[str]) -> int:
    """Add some of the counts up."""
    return sum(counts.get(name, 0) for name in names)
