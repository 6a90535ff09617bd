"""Bodies of what is done with many held requests at once, and of the filters that find them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.http.pattern_words import ZONE, in_words
from api.http.values import DISTINCT, WHOLE, Body, Day, Duration, Flag, Instant, Key, Name, Reason, example
from api.ledger.cause_text import UNASSIGNED, CauseBody, CauseText
from application.ledger.queries import RequestFilter
from application.ledger.traits import Trait
from domain.errors import Invalid
from domain.instants import day_span, moment_before
from domain.ledger.held_request import OPEN, Outcome, RequestState
from domain.ledger.held_request.reviews import MOST_LABELS
from domain.people import is_same_person

if TYPE_CHECKING:
    from application.facade import Facade

NAMED = 1_000
"""How many ids or references a filter can name."""
SHORTEST_PREFIX = 3
SPELLINGS = 20
"""In how many spellings a person is looked for beside the one that is asked for."""
TRAITS = (
    "Those whose content changed after they were settled, that were opened again because they came again, that were"
    " merged (either side of it), or that were sent again while they waited for something else."
)
Zone = Annotated[
    str,
    StringConstraints(pattern=ZONE),
    Field(description="The zone of `received_on` (IANA); that of the pages by default."),
]
Prefix = Annotated[Name, StringConstraints(min_length=SHORTEST_PREFIX)]
Labels = Annotated[list[Key], Field(max_length=MOST_LABELS), DISTINCT]


class FilterBody(Body):
    """Which requests; ``received_until`` is outside."""

    cause: CauseText | Literal["unassigned"] | None = None
    kind: Key | None = None
    source: Name | None = None
    state: RequestState | Literal["open"] | None = None
    received_from: Instant | None = None
    received_until: Instant | None = None
    received_on: Annotated[Day | None, Field(description="Received on this civil day of `zone`.")] = None
    zone: Zone | None = None
    evidence: Literal["any", "none"] | Outcome | None = None
    ids: Annotated[list[UUID], Field(min_length=1, max_length=NAMED)] | None = None
    references: Annotated[list[Name], Field(min_length=1, max_length=NAMED)] | None = None
    reference_prefix: Annotated[Prefix | None, Field(description="How the reference begins.")] = None
    label: Key | None = None
    trait: Annotated[Trait | None, Field(description=TRAITS)] = None

    def to_filter(self, facade: Facade, only: RequestState | None = None, *, place: str = "") -> RequestFilter:
        """Convert it, which stands at a ``place`` of a body, to the filter of a query; for one state ``only``, or any.

        Raises:
            Invalid: if there is no such zone, or no day for it, or if it asks for another state than the only one.
        """
        of_cause = RequestFilter(
            cause=self.cause.id if isinstance(self.cause, CauseBody) else None,
            cause_type=self.cause.type if isinstance(self.cause, CauseBody) else None,
            unassigned=self.cause == UNASSIGNED,
        )
        wanted = self.narrow(of_cause, facade, place)
        if only is None:
            return wanted
        # What has no cause waits for no end of it: it is checked also while it is held.
        fitting = {only, RequestState.HELD} if only is RequestState.TO_CHECK and wanted.unassigned else {only}
        states = tuple(state for state in wanted.states if state in fitting)
        if not states:
            raise Invalid(f"this is for requests in the state {only}, and in no other", pointer=f"{place}/state")
        return replace(wanted, states=states)

    def narrow(self, of_cause: RequestFilter, facade: Facade, place: str = "") -> RequestFilter:
        """Narrow a filter by all members but the cause; see ``to_filter``."""
        day = self._day(facade, f"{place}/zone")
        states = tuple(RequestState) if self.state is None else OPEN if self.state == "open" else (self.state,)
        return replace(
            of_cause,
            kind=self.kind,
            source=self.source,
            states=states,
            received_from=max(filter(None, (self.received_from, day and day[0])), default=None),
            received_until=min(filter(None, (self.received_until, day and day[1])), default=None),
            evidence=self.evidence,
            ids=tuple(dict.fromkeys(self.ids or ())),
            references=tuple(dict.fromkeys(self.references or ())),
            prefix=self.reference_prefix,
            label=self.label,
            trait=self.trait,
        )

    def _day(self, facade: Facade, pointer: str) -> tuple[datetime, datetime] | None:
        if self.received_on is None:
            if self.zone is not None:
                raise Invalid("a zone is that of received_on; name the day, too", pointer=pointer)
            return None
        zone = facade.settings.zone if self.zone is None else facade.zones.find(self.zone)
        if zone is None:
            raise Invalid(f"there is no time zone {self.zone}", pointer=pointer)
        return day_span(self.received_on, zone)


class QueryBody(FilterBody):
    """All that held requests can be filtered by."""

    claimed_by: Name | None = None
    older_than: Duration | None = None

    def to_query(self, facade: Facade, now: datetime) -> RequestFilter:
        """Convert it to the filter of a query at ``now``; see ``to_filter``."""
        return self.at(self.to_filter(facade), facade, now)

    def at(self, wanted: RequestFilter, facade: Facade, now: datetime) -> RequestFilter:
        """Narrow a filter by who has claimed a request, and by its age at ``now``."""
        if self.claimed_by is not None:
            checked = tuple(state for state in wanted.states if state is RequestState.TO_CHECK)
            wanted = replace(wanted, states=checked, holders=_spellings(self.claimed_by, facade))
        if self.older_than is None:
            return wanted
        aged = moment_before(now, self.older_than)
        return replace(wanted, received_until=min(filter(None, (wanted.received_until, aged))))


def _spellings(person: str, facade: Facade) -> tuple[str, ...]:
    known = {token.person for token in facade.keys.known.values() if is_same_person(token.person, person)}
    return (person, *sorted(known - {person})[:SPELLINGS])


class SearchBody(QueryBody):
    """Which held requests to list, in which order, and how many."""

    model_config = example(references=["100234", "100235"], source="shop-17", sort="-received_at")

    sort: Literal["received_at", "-received_at"] = "received_at"
    cursor: Annotated[str | None, Field(description="The `next_cursor` of the piece before.")] = None
    limit: Annotated[int, Field(ge=1, le=200), WHOLE] = 50


class BulkFilterBody(FilterBody):
    """Which requests; with ``all`` alone, all of them."""

    all: Annotated[bool, Field(strict=True, description="Every request, without a filter.")] = False


class InBulkBody(Body):
    """Something that is done with many: first a dry run, then with the token that it gave.

    A filter that names nothing finds every request. To deal with all of them, say so by ``all``.
    """

    filter: BulkFilterBody
    dry_run: Flag = True
    token: (
        Annotated[
            str,
            StringConstraints(pattern=in_words(r"^[0-9]{1,18}-[0-9a-f]{64}$", "it is the token that a dry run gave")),
        ]
        | None
    ) = None

    def require_filter(self) -> None:
        """Refuse to deal with every request there is unless that is said, and to filter all of them.

        Raises:
            Invalid: if the filter names nothing and it is no dry run, or names ``all`` and something else.
        """
        named = self.filter.model_dump(exclude={"all"}, exclude_none=True)
        if named and self.filter.all:
            raise Invalid("name all requests or some of them, not both", pointer="/filter/all")
        if not named and not self.filter.all and not self.dry_run:
            raise Invalid('the filter is empty; name what you mean, or "all": true', pointer="/filter")


class BulkBody(InBulkBody):
    """A decision for many."""

    model_config = example(
        filter={"kind": "order", "evidence": "already_done"},
        outcome="already_done",
        note="The marketplace knows the shipment number.",
        dry_run=True,
    )

    outcome: Outcome
    note: Reason


class BulkSignatureBody(InBulkBody):
    """The agreement to many decisions of others."""

    model_config = example(filter={"kind": "order"}, note="A sample of twenty was right.", dry_run=True)

    note: Reason | None = None


class BulkLabelsBody(InBulkBody):
    """Labels to set on many, and labels to take off."""

    model_config = example(filter={"received_from": "2024-07-28T01:00:00Z"}, add=["after-0100"], dry_run=True)

    add: Labels = []
    remove: Labels = []

    def require_change(self) -> None:
        """Refuse to do nothing, and to do one thing and its opposite.

        Raises:
            Invalid: if no label is named, or one is named twice.
        """
        if not self.add and not self.remove:
            raise Invalid("name a label to add, or one to remove", pointer="/add")
        if both := sorted({*self.add} & {*self.remove}):
            raise Invalid(f"the label {both[0]} is to be added and removed", pointer="/remove")


class BulkNoteBody(InBulkBody):
    """A note on many."""

    model_config = example(
        filter={"label": "after-0100"}, note="The buyers were told that it takes longer.", dry_run=True
    )

    note: Reason


class BulkWithdrawalBody(InBulkBody):
    """Why many are taken out of what workers carry out."""

    model_config = example(filter={"kind": "invoice"}, reason="The importer books them twice.", dry_run=True)

    reason: Reason
