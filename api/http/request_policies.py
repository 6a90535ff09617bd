"""What becomes of requests that a cause holds up, kind by kind, as bodies say it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from api.http.command_bodies import CommandBody
from api.http.values import Duration, Flag, Name, values_alone
from domain.ledger.request_policy import Disposition, RequestPolicy


class RequestPolicyBody(CommandBody[RequestPolicy]):
    """What becomes of requests of one kind."""

    policy: Disposition = Disposition.CHECK_BY_HAND
    deadline: Duration = timedelta(hours=72)
    four_eyes: Flag = False


Policies = Annotated[dict[Name, RequestPolicyBody], Field(max_length=100, json_schema_extra=values_alone)]
