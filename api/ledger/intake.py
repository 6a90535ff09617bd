"""Intake of many at once: held requests, resends and results of workers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from api.http.bulk_intake import BulkIntake, for_sources
from api.http.ndjson import LineReader
from api.ledger.bodies import EvidenceLineBody, HeldRequestBody, ResendBody, ResultBody
from application.ledger.evidence import AttachedEvidence
from application.ledger.intake import HandedIn
from application.ledger.reprocessing import ReportedResult
from application.ledger.resends import SentAgain
from domain.ledger.held_request import HeldRequest
from domain.ledger.reprocessing import ReprocessingRun

if TYPE_CHECKING:
    from application.access.identity import Identity
    from application.caller import Caller
    from application.facade import Facade
    from application.ledger.evidence import EvidenceEntry
    from application.ledger.intake import RequestEntry
    from application.ledger.reprocessing import ResultEntry
    from application.ledger.resends import ResendEntry

TOGETHER = 500
"""How many requests are taken in by one command: others wait meanwhile, and a commit costs as much as some of them."""
REQUESTS = LineReader(HeldRequestBody, together=TOGETHER)
RESENDS, RESULTS, EVIDENCE = LineReader(ResendBody), LineReader(ResultBody), LineReader(EvidenceLineBody)
MANY = 5_000
"""How many requests a JSON list may have; its size has a limit, too."""


def held_request_intake(
    facade: Facade, by: Caller, emitter: Identity | None = None
) -> BulkIntake[HeldRequestBody, RequestEntry]:
    """Describe how held requests are taken in."""
    return BulkIntake(
        lines=REQUESTS,
        entry_of=HeldRequestBody.to_command,
        outcomes=tuple(HandedIn),
        carry_out=lambda log, entries: facade.commands.held_requests.receive(log, entries=entries, caller=by),
        looks_at=lambda entry: (entry.identity,),
        refuses=for_sources(emitter, lambda entry: entry.reference.source),
        listed=MANY,
    )


def resend_intake(facade: Facade, by: Caller, emitter: Identity | None = None) -> BulkIntake[ResendBody, ResendEntry]:
    """Describe how resends are taken in."""
    return BulkIntake(
        lines=RESENDS,
        entry_of=ResendBody.to_command,
        outcomes=tuple(SentAgain),
        carry_out=lambda log, entries: facade.commands.held_requests.receive_resends(log, entries=entries, caller=by),
        # Which requests they are about is found out later; they weigh as much as if it were known.
        looks_at=lambda entry: (HeldRequest.id_of(None, entry.reference),),
        refuses=for_sources(emitter, lambda entry: entry.reference.source),
        listed=MANY,
    )


def evidence_intake(facade: Facade, finder: Identity, by: Caller) -> BulkIntake[EvidenceLineBody, EvidenceEntry]:
    """Describe how evidence is taken in, for every request that a source calls so."""
    return BulkIntake(
        lines=EVIDENCE,
        entry_of=EvidenceLineBody.to_command,
        outcomes=tuple(AttachedEvidence),
        carry_out=lambda log, entries: facade.commands.reviews.attach_to_all(
            log, entries=entries, person=finder.person, caller=by
        ),
        looks_at=lambda entry: (HeldRequest.id_of(None, entry.reference),),
        refuses=for_sources(finder, lambda entry: entry.reference.source),
        listed=MANY,
        counts_each=True,
    )


def result_intake(facade: Facade, run: UUID, worker: Identity, by: Caller) -> BulkIntake[ResultBody, ResultEntry]:
    """Describe how the results that a worker reports of a run are taken in."""
    return BulkIntake(
        lines=RESULTS,
        entry_of=ResultBody.to_command,
        outcomes=tuple(ReportedResult),
        carry_out=lambda log, entries: facade.commands.reprocessing.report(
            log, run=run, entries=entries, worker=worker.name, sources=worker.sources, caller=by
        ),
        looks_at=lambda entry: (entry.request,),
        opens=lambda log: log.load(ReprocessingRun, run),
        listed=MANY,
    )
