"""The request policies that every incident begins with that signals begin: how they are set, and taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from application.caller import by_policy
from application.document import RequestPolicyDocument, request_policies
from application.errors import VersionConflict
from application.schema import documented
from application.targets import load_at
from domain.ledger.default_policies import DEFAULTS, HANDLE, RequestPolicyDefaults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from application.caller import Caller
    from application.log import Log
    from domain.incidents import Incident
    from domain.ledger.request_policy import RequestPolicy
    from domain.provenance import Provenance

BY_DEFAULT = by_policy("request_policies")


@documented
class DefaultPoliciesDocument(TypedDict):
    """The policies that incidents begin with which signals begin."""

    request_policies: dict[str, RequestPolicyDocument]
    """By kind; a kind that is not named is checked by hand."""
    version: int
    """The number of its events, 0 until an operator sets them."""


NOTHING_SET: DefaultPoliciesDocument = {"request_policies": {}, "version": 0}
"""What is so until an operator sets them."""


class DefaultPolicies:
    """The commands; each runs inside one command of the log."""

    def put(
        self,
        log: Log,
        *,
        request_policies: Mapping[str, RequestPolicy],
        reason: str | None,
        expected_version: int | None,
        caller: Caller,
    ) -> RequestPolicyDefaults:
        """Set the defaults, in place of those before; incidents that have begun keep theirs.

        Raises:
            VersionConflict: if they are no longer at ``expected_version``.
        """
        provenance = caller.says(log)
        if log.find(RequestPolicyDefaults, DEFAULTS) is None:
            if expected_version:
                raise VersionConflict("the default policies", expected=expected_version, version=0, since=[])
            defaults = RequestPolicyDefaults.begin(
                request_policies=request_policies, reason=reason, provenance=provenance
            )
        else:
            defaults = load_at(log, RequestPolicyDefaults, DEFAULTS, expected_version)
            defaults.change(request_policies=request_policies, reason=reason, provenance=provenance)
        log.save(defaults)
        return defaults


def take_defaults(log: Log, incident: Incident, provenance: Provenance) -> None:
    """Let an incident that a signal has just begun take the defaults over; the caller saves it."""
    for id in log.find_ids(HANDLE):
        defaults = log.load(RequestPolicyDefaults, id)
        says = BY_DEFAULT.says(log, occurred_at=provenance.occurred_at, causation=provenance.causation)
        incident.change_request_policies(request_policies=defaults.request_policies, reason=None, provenance=says)


def defaults_document(defaults: RequestPolicyDefaults) -> DefaultPoliciesDocument:
    """Write the defaults."""
    return {"request_policies": request_policies(defaults.request_policies), "version": defaults.version}
