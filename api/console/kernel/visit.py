"""A request for a screen: who is signed in, the routes they can call, and the clocks they read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from api.console.kernel.client import ApiClient
from api.console.kernel.forms import SentForm
from api.http.auth import facade_of, header_of, permitting
from api.http.forms import require_own_site
from api.http.sessions import SignedIn, signed_in
from application.access.identity import STAFF
from application.errors import Forbidden, NotAuthenticated
from domain.access.keyring import Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from api.console.kernel.console import Console
    from application.access.identity import Identity
    from application.facade import Facade

AGAIN = b"bitacora-again"
"""The header of a screen that reads itself anew."""


@dataclass(frozen=True)
class Visit:
    """One request for a screen, by somebody who is signed in."""

    request: Request
    who: SignedIn
    sent: SentForm = field(default_factory=SentForm)
    """The form that was sent from the screen and is shown again."""

    @property
    def console(self) -> Console:
        """The console of the application that serves the request."""
        console: Console = self.request.app.state.console
        return console

    @property
    def facade(self) -> Facade:
        """The facade of that application."""
        return facade_of(self.request)

    @property
    def identity(self) -> Identity:
        """Who is signed in."""
        return self.who.identity

    @cached_property
    def api(self) -> ApiClient:
        """The routes, as this person may call them."""
        return ApiClient(self.console.routes, self.request.scope, self.identity)

    @cached_property
    def now(self) -> datetime:
        """The moment of the request."""
        return self.facade.clock.now()

    @cached_property
    def zone_name(self) -> str:
        """The IANA name of the zone by whose clocks this person reads times."""
        wanted = self.who.zone
        if wanted is not None and self.facade.zones.find(wanted) is not None:
            return wanted
        return str(self.facade.settings.zone)

    @cached_property
    def zone(self) -> tzinfo:
        """The zone by whose clocks this person reads times."""
        return self.facade.zones.find(self.zone_name) or self.facade.settings.zone

    def may(self, *roles: Role) -> bool:
        """Tell whether this person has one of the roles, or is an admin."""
        return self.identity.has_any(permitting(*roles))

    @property
    def query(self) -> Any:  # noqa: ANN401 - of Starlette
        """What was asked in the address."""
        return self.request.query_params


def staff(*roles: Role) -> Callable[[Request], Awaitable[Visit]]:
    """Make a dependency that lets people with one of the roles in, and admins; without any, all staff.

    The roles stand on the dependency, so that a route without any is found before it serves.
    """
    permitted = permitting(*(roles or STAFF))

    async def guard(request: Request) -> Visit:
        if request.method != "GET":
            # Before anything is read: a form of another site does nothing, and learns nothing.
            require_own_site(request)
        # A screen that reads itself anew is no use of the session: it ends as if nobody was there.
        who = await signed_in(request, is_use=header_of(request.scope, AGAIN) is None)
        if who is None:
            raise NotAuthenticated("sign in first")
        if not who.identity.has_any(permitted):
            needed = " or ".join(sorted(permitted - {Role.ADMIN})) or str(Role.ADMIN)
            raise Forbidden(f"this needs the role {needed}")
        return Visit(request, who)

    guard.roles = permitted  # type: ignore[attr-defined]  # read where the routes are checked
    return guard
