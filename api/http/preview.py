"""`?preview=true`: who would be notified of a command, which is not carried out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query
from starlette.requests import Request

PREVIEW = "preview"
"""Where a request has whether it is one."""


async def is_preview(
    request: Request,
    preview: Annotated[
        bool,
        Query(
            description="Whether to record nothing, and to answer 200 with what the command would answer, and"
            " who would be notified: what would be announced, and how many would be notified by channel and language.",
        ),
    ] = False,
) -> None:
    """Note whether a request is a preview."""
    request.scope[PREVIEW] = preview


PREVIEWED: list[Any] = [Depends(is_preview)]
"""The dependencies of a route whose command subscribers are notified of."""
