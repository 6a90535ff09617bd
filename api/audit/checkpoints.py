"""The log as a transparency log (C2SP tlog-tiles): its checkpoint, its tiles, and the keys that sign it."""

from __future__ import annotations

import gzip
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import tagged
from api.http.auth import Auditor, CurrentFacade, Reader, permitting
from api.http.compression import takes_gzip
from api.http.openapi_answers import with_tag, writes
from domain.access.keyring import Role

if TYPE_CHECKING:
    from application.access.identity import Identity
    from application.audit.proofs import Tile

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
LONG = "max-age=86400, immutable"
"""How long a tile may be kept. It never changes, but the log of a restored backup can have another at its place."""
AUDITORS = permitting(Role.AUDITOR)
"""Who sees the newest size, and tiles that are not full."""

router = APIRouter(prefix="/log", tags=["events"])


@router.get(
    "/checkpoint",
    response_class=Response,
    responses=with_tag(
        writes(
            "text/plain",
            "A signed note (C2SP tlog-checkpoint): origin, size and root, signed by the log and by its witnesses.",
        )
    ),
)
async def show_checkpoint(request: Request, facade: CurrentFacade, reader: Reader) -> Response:
    """Read the checkpoint of the log.

    Auditors get that of all events. Readers get a new one every `BITACORA_CHECKPOINT_EVERY`, whose size is rounded
    down to whole tiles of 256 events.
    """
    is_auditor = sees_all(reader)
    checkpoint = await facade.reads.run(partial(facade.queries.proofs.checkpoint, is_auditor=is_auditor))
    return answer_text(request, checkpoint.note, position=checkpoint.size if is_auditor else None)


@router.get(
    "/key",
    response_class=Response,
    responses=with_tag(
        writes("text/plain", "Verifier keys (C2SP signed-note), one on each line, the present one first.")
    ),
)
async def list_keys(request: Request, facade: CurrentFacade, reader: Reader) -> Response:
    """Read the public keys that sign the log: the present one, and those that have signed it before."""
    keys = await facade.reads.run(facade.queries.proofs.keys)
    return answer_text(request, "".join(f"{key}\n" for key in keys), position=None)


@router.get("/tile/entries/{place:path}", include_in_schema=False)
async def show_entries(request: Request, facade: CurrentFacade, auditor: Auditor, place: str) -> Response:
    """Read the entries whose hashes a tile of level 0 has, each behind its length in two bytes."""
    bundle = await facade.reads.run(partial(facade.queries.proofs.bundle, place))
    is_coded = takes_gzip(request)
    data = await facade.reads.run(partial(gzip.compress, bundle.data, 6, mtime=0)) if is_coded else bundle.data
    response = answer_tile(bundle, data, auditor)
    response.headers["Vary"] = "Authorization, Accept-Encoding"
    if is_coded:
        response.headers["Content-Encoding"] = "gzip"
    return response


@router.get("/tile/{level}/{place:path}", include_in_schema=False)
async def show_tile(facade: CurrentFacade, reader: Reader, level: str, place: str) -> Response:
    """Read hashes of the tree: up to 256 of a level, one after the other."""
    is_auditor = sees_all(reader)
    tile = await facade.reads.run(partial(facade.queries.proofs.tile, level, place, is_auditor=is_auditor))
    return answer_tile(tile, tile.data, reader)


def sees_all(identity: Identity | None) -> bool:
    """Tell whether a caller is an auditor; everybody else is a reader here, since a checkpoint counts every event."""
    return identity is not None and identity.has_any(AUDITORS)


def answer_text(request: Request, text: str, *, position: int | None) -> Response:
    """Answer with a text and its tag; ``position`` is None for what readers get, too."""
    return tagged(request, text.encode(), position=position, media=TEXT)


def answer_tile(tile: Tile, data: bytes, identity: Identity | None) -> Response:
    """Answer with a tile, which may be kept by whom it concerns."""
    # To a caller with a token the answer says how far the log has come, which is not for the next reader of a cache.
    is_public = tile.is_public and identity is None
    headers = {"Cache-Control": f"{'public' if is_public else 'private'}, {LONG}", "Vary": "Authorization"}
    return Response(data, 200, headers, BYTES)
