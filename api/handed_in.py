"""What can be handed in many at once: accounts, held requests, resends and results of workers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from api.acting import Shape
from api.intake import Intake, outcome_of
from api.lines import LineReader
from api.schemas.accounts import AccountBody
from api.schemas.held_requests import HeldRequestBody, ResendBody, ResultBody
from application.accounts import Intake as AccountOutcome
from application.documents.account import account_document
from application.held_requests import HandedIn, SentAgain
from application.reprocessing import Reported
from domain.account import AccountRecovery
from domain.reprocessing import ReprocessingRun
from domain.restoration import PanelRestoration

if TYPE_CHECKING:
    from application.caller import Caller
    from application.inbound import Service

RECOVERY = Shape(account_document, lambda it: f"/v1/restorations/{it.restoration}/accounts/{it.account}")
ACCOUNTS, REQUESTS = LineReader(AccountBody), LineReader(HeldRequestBody)
RESENDS, RESULTS = LineReader(ResendBody), LineReader(ResultBody)
MANY = 5_000
"""How many requests a JSON list may have; its size has a limit, too."""


def accounts_into(service: Service, restoration: UUID, by: Caller) -> Intake[AccountBody]:
    """Take accounts into a restoration."""
    return Intake(
        lines=ACCOUNTS,
        outcomes=tuple(AccountOutcome),
        carry_out=lambda log, handed: [
            outcome_of(each.outcome, each.refusal)
            for each in service.accounts.take(
                log, restoration=restoration, entries=[body.told() for body in handed], caller=by
            )
        ],
        looks_at=lambda body: (AccountRecovery.id_of(restoration, body.account),),
        opens=lambda log: log.load(PanelRestoration, restoration),
    )


def requests_held(service: Service, by: Caller) -> Intake[HeldRequestBody]:
    """Take held requests in."""
    return Intake(
        lines=REQUESTS,
        outcomes=tuple(HandedIn),
        carry_out=lambda log, handed: [
            outcome_of(each.outcome, each.refusal)
            for each in service.held_requests.take(log, entries=[body.told() for body in handed], caller=by)
        ],
        looks_at=lambda body: (body.told().identity,),
        listed=MANY,
    )


def requests_sent_again(service: Service, by: Caller) -> Intake[ResendBody]:
    """Take resends."""
    return Intake(
        lines=RESENDS,
        outcomes=tuple(SentAgain),
        carry_out=lambda log, handed: [
            outcome_of(each.outcome, each.refusal)
            for each in service.held_requests.take_resends(log, entries=[body.told() for body in handed], caller=by)
        ],
        listed=MANY,
    )


def results_of(service: Service, run: UUID, worker: str, by: Caller) -> Intake[ResultBody]:
    """Take what a worker reports of a run."""
    return Intake(
        lines=RESULTS,
        outcomes=tuple(Reported),
        carry_out=lambda log, handed: [
            outcome_of(each.outcome, each.refusal)
            for each in service.reprocessing.report(
                log, run=run, entries=[body.told() for body in handed], worker=worker, caller=by
            )
        ],
        looks_at=lambda body: (body.id,),
        opens=lambda log: log.load(ReprocessingRun, run),
        listed=MANY,
    )
