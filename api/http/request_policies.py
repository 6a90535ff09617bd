"""What becomes of requests that a cause holds up, kind by kind, as bodies say it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from api.http.command_bodies import CommandBody
from api.http.values import Body, Duration, Flag, Key, Reason, example, values_alone, without_defaults
from application.ledger.policy_changes import MOST_KINDS
from domain.ledger.request_policy import Disposition, RequestPolicy


def _lasting(deadline: timedelta) -> timedelta:
    if not deadline:
        raise ValueError("a deadline is longer than 0")
    return deadline


Deadline = Annotated[Duration, AfterValidator(_lasting)]
"""How long a source has to send a request again, from the end of its cause on."""


class RequestPolicyBody(CommandBody[RequestPolicy]):
    """What becomes of requests of one kind; a ``deadline`` is longer than 0."""

    policy: Disposition = Disposition.CHECK_BY_HAND
    deadline: Deadline = timedelta(hours=72)
    four_eyes: Flag = False


class RequestPolicyChangeBody(CommandBody[RequestPolicy]):
    """What changes of the policy for requests of one kind; what is left out stays, and null brings the default back."""

    model_config = ConfigDict(json_schema_extra=without_defaults)
    IS_CHANGE = True
    APART = frozenset({"policy", "deadline", "four_eyes"})

    policy: Disposition | None = None
    deadline: Deadline | None = None
    four_eyes: Flag | None = None

    def to_command(self, language: str | None = None) -> RequestPolicy:  # noqa: ARG002 - it has no text
        """Give the policy, with the default of each member that is null or left out."""
        named = {name: getattr(self, name) for name in ("policy", "deadline", "four_eyes")}
        return RequestPolicy(**{name: value for name, value in named.items() if value is not None})


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
