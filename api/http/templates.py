"""Pages of the interface, as far as routes share them: where their templates are, and who wants one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

TEMPLATES = Path(__file__).parents[1] / "templates"


def wants_page(request: Request, format: str | None) -> bool:
    """Tell whether the caller wants HTML: by ``format``, or else by ``Accept``, in which browsers name it first."""
    if format is not None:
        return format == "html"
    first = request.headers.get("accept", "").partition(",")[0].partition(";")[0]
    return first.strip().lower() == "text/html"
