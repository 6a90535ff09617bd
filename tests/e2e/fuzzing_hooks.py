"""What schemathesis is told of this service beyond its description; read by ``schemathesis.toml`` beside it."""

from __future__ import annotations

import gc
import re
from typing import Any
from uuid import UUID

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.generation.meta import TestPhase

RULES = re.compile(
    r"is unknown|is retired|lies in the future|is not one that this list returned|has to lie before|say a body"
    r"|is longer than|not an instant that exists|too far away|cannot be (resolved|overridden)|ends every impact"
    r"|not a (time|day) that exists|no panel|say either|say when it ends|no time zone|not both|without length"
    r"|only a resolution can be overridden|name a stage"
    r"|there is no (incident|maintenance_window|restoration|component|audience|panel|group) |name the day, too"
    r"|name a label to add|this is for requests in the state|is none of this|make a dry run first|name one cause"
    r"|[A-Z]{4,} (is|has|chooses)|a rule (ends|has)|yields|begin in the past|begins at|is not without"
    r"|are more than [0-9]+ days|name its moment with as_of"
    r"|blanks are those of a template|a template (has|for) |, and not for |or name a template that|looks like an id"
    r"|an address of e-mail (has|is)|the part before the @|the domain has|no message that was sent has this recipient"
    r"|name the recipient of the bounce|is no endpoint|the (address|name|port) of an endpoint|a private network"
    r"|are found by their address|a host that is an address|the site has no language|a scope names at most"
    r"|(log|newer log) has [0-9]+ events|do not have the one at position"
)
"""What no description of a form can say, and a request of the right form can still do wrong."""


# What is made for a request goes with it; the collector would look at the whole description again and again.
gc.disable()


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:  # noqa: ARG001 - what is passed
    """Ask for no position to come: the service waits five seconds for it and then says 503, as it should."""
    if str((case.query or {}).get("min_position", "")).isdecimal():
        case.query["min_position"] = 1


@schemathesis.check
def refusals_follow_a_rule(ctx: CheckContext, response: Response, case: Case[Any]) -> None:  # noqa: ARG001 - what is passed
    """Hold a refusal of a request of the right form to the rules that no description can say."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in {400, 422}:
        return
    if _has_no_id(case):
        # A link that the collector infers takes any ``id`` of an answer: the request is not of the right form.
        return
    problem = response.json()
    if response.status_code == 400:
        # The coverage phase takes «0» for right, whatever the pattern of the header says.
        assert problem["detail"].startswith("If-Match is not a version"), problem["detail"]
    else:
        assert problem["code"] != "invalid" or RULES.search(problem["detail"]), problem["detail"]


def _has_no_id(case: Case[Any]) -> bool:
    """Tell whether the place of an id in the path has something that is none, in a request of a scenario."""
    given = (case.path_parameters or {}).get("id")
    if given is None or case.meta is None or case.meta.phase.name != TestPhase.STATEFUL:
        return False
    declared = next((each for each in case.operation.path_parameters if each.name == "id"), None)
    is_uuid = declared is not None and declared.definition.get("schema", {}).get("format") == "uuid"
    try:
        UUID(str(given))
    except ValueError:
        return is_uuid
    return False
