"""The guards of a held request: what a command may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.aggregate import Aggregate
from domain.errors import TooManyEntries
from domain.instants import written
from domain.ledger.errors import (
    ClaimedByAnother,
    NotClaimed,
    NothingToSign,
    NotLeased,
    NotSettled,
    NotToBeChecked,
    NotToReprocess,
    ReceivedInFuture,
    SamePerson,
)
from domain.ledger.held_request.state import RequestInMotion
from domain.ledger.held_request.values import Decision, RequestState

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from domain.provenance import Provenance

MOST_EVIDENCE = 100
"""How much evidence one request can have."""
MOST_REPEATS = 100
"""How many repeats of one request are recorded; whatever comes after changes nothing."""
MOST_CHANGES = 100
"""How many times the content of one request can change."""


class GuardedRequest(RequestInMotion, Aggregate):
    """A request that knows what it refuses."""

    def _require_to_check(self, person: str) -> None:
        """Refuse whoever cannot check it now: it does not wait for that, or somebody else does it."""
        if self.state is not RequestState.TO_CHECK:
            msg = f"request {self.id} is {self.state}, and does not wait to be checked by hand"
            raise NotToBeChecked(msg)
        if self.claim is not None and self.claim.person != person:
            raise ClaimedByAnother(self.id, person=self.claim.person, until=self.claim.until)

    def _require_claimed(self, person: str) -> None:
        self._require_to_check(person)
        if self.claim is None:
            msg = f"request {self.id} is claimed by nobody; claim it first"
            raise NotClaimed(msg)

    def _require_second_person(self, person: str) -> Decision:
        decision = self.decision
        if self.state is not RequestState.AWAITING_SIGNATURE or decision is None:
            msg = f"request {self.id} is {self.state}, and does not wait for a signature"
            raise NothingToSign(msg)
        if decision.person == person:
            msg = f"{person} decided request {self.id}; another person has to sign it, or send it back"
            raise SamePerson(msg)
        return decision

    def _require_settled(self) -> None:
        if self.state is not RequestState.SETTLED:
            msg = f"request {self.id} is {self.state}, and not settled"
            raise NotSettled(msg)

    def _require_to_reprocess(self) -> None:
        if self.state is not RequestState.REPROCESSING or self.lease is not None:
            what = self.state if self.lease is None else f"leased until {written(self.lease.until)}"
            msg = f"request {self.id} is {what}, and does not wait to be reprocessed"
            raise NotToReprocess(msg)

    def _require_handed_out(self, run: UUID) -> None:
        if run not in self.runs:
            raise NotLeased(not_handed_out(self.id, run))

    def _require_room_for_evidence(self) -> None:
        if len(self.evidence) >= MOST_EVIDENCE:
            msg = f"request {self.id} has {MOST_EVIDENCE} pieces of evidence; there can be no more"
            raise TooManyEntries(msg)

    def _require_room_for_change(self) -> None:
        if self.changes >= MOST_CHANGES:
            msg = f"the content of request {self.id} has changed {MOST_CHANGES} times; it cannot change again"
            raise TooManyEntries(msg)


def not_handed_out(request: UUID, run: UUID) -> str:
    """Say that a run never had a request; the same of one that there is not."""
    return f"request {request} was not handed out in run {run}"


def require_received(received_at: datetime, tolerance: timedelta, provenance: Provenance) -> None:
    """Refuse what was not received yet; clocks may differ by ``tolerance``.

    Raises:
        ReceivedInFuture: if it says so.
    """
    if received_at - provenance.recorded_at > tolerance:
        msg = f"received at {written(received_at)}, which has not come yet"
        raise ReceivedInFuture(msg)
