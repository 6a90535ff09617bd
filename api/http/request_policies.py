"""What becomes of requests that a cause holds up, kind by kind, as bodies say it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import ConfigDict, Field

from api.http.command_bodies import CommandBody
from api.http.values import Body, Duration, Flag, Key, Reason, example, values_alone, without_defaults
from application.ledger.policy_changes import MOST_KINDS
from domain.ledger.request_policy import Disposition, RequestPolicy


class RequestPolicyBody(CommandBody[RequestPolicy]):
    """What becomes of requests of one kind."""

    policy: Disposition = Disposition.CHECK_BY_HAND
    deadline: Duration = timedelta(hours=72)
    four_eyes: Flag = False


class RequestPolicyChangeBody(RequestPolicyBody):
    """What changes of the policy for requests of one kind; what is left out stays."""

    model_config = ConfigDict(json_schema_extra=without_defaults)
    IS_CHANGE = True


Policies = Annotated[dict[Key, RequestPolicyBody], Field(max_length=MOST_KINDS, json_schema_extra=values_alone)]
PolicyChanges = Annotated[
    dict[Key, RequestPolicyChangeBody | None], Field(max_length=MOST_KINDS, json_schema_extra=values_alone)
]
"""Kinds that are left out keep their policies; null takes that of a kind away, so that it is checked by hand."""


class DefaultPoliciesBody(Body):
    """What becomes of requests of incidents that signals begin, all of it. ``because`` is for operators."""

    model_config = example(request_policies={"order": {"policy": "reprocess"}, "invoice": {"four_eyes": True}})

    request_policies: Policies
    because: Reason | None = None
