"""Proofs that an event is in the log, and that the log has only grown."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.audit.checkpoints import answer_text
from api.http.answers import shown
from api.http.auth import Auditor, CurrentFacade
from api.http.openapi_answers import shows, with_tag, writes
from api.http.parameters import POSITIONS
from application.audit.documents import ConsistencyDocument, ProofDocument
from application.audit.proofs import tlog_proof

router = APIRouter(tags=["events"])

Position = Annotated[int, Path(ge=1, le=POSITIONS, description="The position of the event.")]
Size = Annotated[
    int | None,
    Query(ge=1, le=POSITIONS, description="Of how many events the log is that it is proven for; all by default."),
]


@router.get("/log/consistency", responses=shows(ConsistencyDocument))
async def prove_consistency(
    request: Request,
    facade: CurrentFacade,
    auditor: Auditor,
    older: Annotated[
        int, Query(alias="from", ge=0, le=POSITIONS, description="How many events the older log has.", examples=[1])
    ],
    newer: Annotated[
        int | None,
        Query(alias="to", ge=0, le=POSITIONS, description="How many events the newer log has; all by default."),
    ] = None,
) -> Response:
    """Prove that the log of one size is a prefix of the log of another: nothing was changed or taken away."""
    proof = await facade.reads.run(partial(facade.queries.proofs.consistency, older, newer))
    return shown(request, proof, position=proof["to"])


@router.get("/v1/events/{position}/proof", responses=shows(ProofDocument))
async def prove_inclusion(
    request: Request, facade: CurrentFacade, auditor: Auditor, position: Position, size: Size = None
) -> Response:
    """Prove that an event is in the log, with its text, the hashes and the checkpoint that they lead to."""
    proof = await facade.reads.run(partial(facade.queries.proofs.inclusion, position, size))
    return shown(request, proof, position=proof["size"])


@router.get(
    "/v1/events/{position}.tlog-proof",
    response_class=Response,
    responses=with_tag(
        writes("text/plain", "A proof as C2SP tlog-proof describes it; the text of the event is not in it.")
    ),
)
async def write_inclusion(
    request: Request, facade: CurrentFacade, auditor: Auditor, position: Position, size: Size = None
) -> Response:
    """Prove that an event is in the log, as a file that programs for such logs can check."""
    proof = await facade.reads.run(partial(facade.queries.proofs.inclusion, position, size))
    return answer_text(request, tlog_proof(proof), position=proof["size"])
