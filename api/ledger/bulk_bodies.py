"""Bodies of decisions and signatures for many held requests at once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from api.http.values import Body, Flag, Instant, Key, Name, Reason, example
from api.ledger.bodies import UNASSIGNED, CauseBody, CauseText
from application.ledger.queries import RequestFilter
from domain.ledger.held_request import Outcome, RequestState


class FilterBody(Body):
    """Which requests, of those that can be dealt with; ``received_until`` is outside."""

    cause: CauseText | Literal["unassigned"] | None = None
    kind: Key | None = None
    source: Name | None = None
    received_from: Instant | None = None
    received_until: Instant | None = None
    evidence: Literal["any", "none"] | Outcome | None = None

    def to_filter(self, state: RequestState) -> RequestFilter:
        """Convert it to the filter of a query, for requests in one state."""
        return RequestFilter(
            cause=self.cause.id if isinstance(self.cause, CauseBody) else None,
            cause_type=self.cause.type if isinstance(self.cause, CauseBody) else None,
            unassigned=self.cause == UNASSIGNED,
            kind=self.kind,
            source=self.source,
            states=(state,),
            received_from=self.received_from,
            received_until=self.received_until,
            evidence=self.evidence,
        )


class InBulkBody(Body):
    """Something that is done with many: first a dry run, then with the token that it gave."""

    filter: FilterBody
    dry_run: Flag = True
    token: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}-[0-9a-f]{64}$")] | None = None


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
