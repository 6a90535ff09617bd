"""What sources are expected to send again, as documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from application.document import Instant, Page
from application.schema import documented

if TYPE_CHECKING:
    from application.ledger.documents import HeldRequestDocument


@documented
class ExpectedResend(TypedDict):
    """A request that its source is expected to send again: what the source knows of it, and nothing else."""

    source: str
    kind: str
    reference: str
    received_at: Instant
    due: Instant | None
    """Until when; after that it is checked by hand."""


@documented
class ExpectedResendPage(Page):
    """What is expected to be sent again, the first received first."""

    data: list[ExpectedResend]


def expected_resend(request: HeldRequestDocument) -> ExpectedResend:
    """Write what the source of a request sees of it."""
    return {
        "source": request["source"],
        "kind": request["kind"],
        "reference": request["reference"],
        "received_at": request["received_at"],
        "due": request["due"],
    }
