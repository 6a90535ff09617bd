"""Who tries to sign in: what is too often is refused, what is refused is logged, and all of it is counted."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, cast

import structlog

from api.http.auth import facade_of
from api.http.networks import network_of
from api.http.rate_limits import RateLimits
from application.errors import TooManyRequests
from domain.people import person_key

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.http.metrics import Metrics
    from domain.provenance import SignInMethod

log = structlog.get_logger()


class SignInResult(StrEnum):
    """What came of trying to sign in."""

    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    THROTTLED = "throttled"
    PROVIDER_UNAVAILABLE = "provider_unavailable"


class SignIns:
    """Counts those who try to sign in at one program, in memory of a bounded size."""

    def __init__(self, metrics: Metrics) -> None:
        """Count in ``metrics``."""
        self._metrics = metrics
        # An office is one network, and a person has a few browsers.
        self._networks = RateLimits(most=60, per_request=timedelta(seconds=5))
        self._names = RateLimits(most=30, per_request=timedelta(seconds=20))
        # Strangers cannot fill the log.
        self._lines = RateLimits(most=30, per_request=timedelta(seconds=2), kept=1)

    def admit(self, request: Request, method: SignInMethod) -> None:
        """Count that somebody tries to sign in, by the network.

        Raises:
            TooManyRequests: if that was too often, with the seconds to wait.
        """
        self._spend(self._networks, network_of(address_of(request)), request, method)

    def admit_name(self, request: Request, method: SignInMethod, name: str) -> None:
        """Count that somebody is known to try, by the name of the token or the person; see ``admit``."""
        self._spend(self._names, f"{method}:{person_key(name)}", request, method)

    def note_signed_in(self, method: SignInMethod) -> None:
        """Count that somebody has signed in; the log of events says who."""
        self._count(method, SignInResult.SIGNED_IN)

    def note_refused(
        self, request: Request, method: SignInMethod, reason: str, *, name: str | None = None, is_ours: bool = False
    ) -> None:
        """Log and count that somebody was refused, for a reason that has no secret.

        ``is_ours`` says that it is no fault of theirs, because the provider of identities is away.
        """
        self._count(method, SignInResult.PROVIDER_UNAVAILABLE if is_ours else SignInResult.REFUSED)
        self._log("sign_in_refused", request, reason, how=str(method), token=name)

    def note_logout_refused(self, request: Request, reason: str) -> None:
        """Log that what came as the logout of a provider was refused, for a reason that has no secret."""
        self._log("logout_refused", request, reason)

    def _log(self, event: str, request: Request, reason: str, **more: str | None) -> None:
        if self._lines.spend("", facade_of(request).clock.now()) is None:
            request_id = request.scope.get("request_id", "")
            log.warning(event, reason=reason, **more, client=address_of(request), request_id=request_id)

    def _count(self, method: SignInMethod, result: SignInResult) -> None:
        self._metrics.sign_ins.labels(str(method), str(result)).inc()

    def _spend(self, limits: RateLimits, who: str, request: Request, method: SignInMethod) -> None:
        wait = limits.spend(who, facade_of(request).clock.now())
        if wait is not None:
            self._count(method, SignInResult.THROTTLED)
            raise TooManyRequests("too many tried to sign in from here; wait, and try again", retry_after=wait)


def sign_ins_of(request: Request) -> SignIns:
    """Give what counts those who sign in at the program that serves a request."""
    return cast("SignIns", request.app.state.sign_ins)


def address_of(request: Request) -> str | None:
    """Give the address from which a request came."""
    return None if request.client is None else request.client.host
