"""Many held requests that are decided alike: those that wait for it, and what is sent about them."""

from __future__ import annotations

from typing import Any

from domain.access.keyring import Role
from tests.api.client import Site
from tests.api.ledger_steps import BY_HAND, Held, a_cause, a_request, bulk, carried_out, ended, handed_in, listed
from tests.api.panel_steps import refused

MANY = 30
Cause = dict[str, str]


def waiting(site: Site, number: int = MANY, policy: object = BY_HAND) -> Cause:
    """Let requests wait to be checked, and give what held them up."""
    cause = a_cause(site, order=policy)
    ended(site, cause)
    handed_in(site, [a_request(cause) for _ in range(number)])
    return cause


def of(cause: Cause, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - members of a filter
    """Give the body of a decision about all that a cause held up."""
    return bulk(cause=cause, **more)


def members(site: Site, cause: Cause) -> list[Held]:
    """Give the requests of a cause, as they are listed."""
    return [Held(site, each["id"]) for each in listed(site, cause=cause["id"])]


def refuses(site: Site, body: dict[str, Any], token: str, code: str, status: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - who, and where
    """Try to do with many what is refused, and look that nothing was recorded."""
    site.a(Role.REVIEWER)
    return refused(site, lambda: carried_out(site, body, token, **more), status, code)
