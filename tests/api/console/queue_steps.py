"""People who use the check queue, and what they find in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access.keyring import Role
from tests.api.client import at, written
from tests.api.console.visitor import Visitor, signed_in
from tests.api.ledger_steps import BY_HAND, MILLISECOND, Held, a_cause, a_request, ended, handed_in, listed

if TYPE_CHECKING:
    from tests.api.client import Site

QUEUE = "/console/queue"


def rita(site: Site) -> Visitor:
    """A reviewer who is signed in; her token is called ``the-reviewer``."""
    return signed_in(site, site.a(Role.REVIEWER))


def bea(site: Site) -> Visitor:
    """A second reviewer."""
    return signed_in(site, site.issue(Role.REVIEWER, "bea-token", "Bea"))


def auditor(site: Site) -> Visitor:
    """An auditor who is signed in."""
    return signed_in(site, site.auditor)


def operator(site: Site) -> Visitor:
    """An operator who is signed in."""
    return signed_in(site, site.operator)


def admin(site: Site) -> Visitor:
    """An admin who is signed in."""
    return signed_in(site, site.a(Role.ADMIN))


def screen_of(request: Held) -> str:
    """Give the address of the screen of a request."""
    return f"{QUEUE}/{request.id}"


def many_to_check(site: Site, number: int, policy: object = BY_HAND, **more: object) -> dict[str, str]:
    """Let requests wait to be checked, each received a moment after the one before, and give what held them up."""
    cause = a_cause(site, order=policy)
    ended(site, cause)
    moments = [written(at("07:30") + place * MILLISECOND) for place in range(number)]
    handed_in(
        site,
        [a_request(cause, f"{place:05}", received_at=moment, **more) for place, moment in enumerate(moments)],
    )
    site.tick()
    return cause


def ids_of(site: Site, cause: dict[str, str]) -> list[str]:
    """Give the ids of the requests of a cause, in the order of the list."""
    return [each["id"] for each in listed(site, cause=cause["id"])]
