"""Whether a caller takes an answer that is compressed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from api.http.auth import list_of

if TYPE_CHECKING:
    from starlette.requests import Request

NO_CODING = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)", re.IGNORECASE)


def takes_gzip(request: Request) -> bool:
    """Tell whether the caller takes a body that is compressed."""
    accepted = (list_of(request.scope, b"accept-encoding") or "").lower()
    return "gzip" in accepted and NO_CODING.search(accepted) is None
