"""Asking for a subscription: the same answer whatever is known of the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.http.auth import facade_of
from application.errors import MailNotConfigured, TooManyRequests

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.subscriptions.network_limits import NetworkLimits
    from application.facade import Facade
    from domain.subscriptions.values import Preferences


def require_mail(facade: Facade) -> None:
    """Refuse what leads to e-mails if nothing can send them.

    Raises:
        MailNotConfigured: if there is no relay.
    """
    if not facade.settings.mail_is_configured:
        raise MailNotConfigured("this service sends no e-mails: its operator has configured no mail relay")


async def ask_for_subscription(request: Request, address: str, wanted: Preferences) -> None:
    """Let a mailbox be asked; both parts have been checked.

    Raises:
        TooManyRequests: if the network of the request has asked too often.
        StoreUnavailable: if the store cannot be reached.
    """
    facade, limits = facade_of(request), _limits_of(request)
    wait = limits.spend(request.client.host if request.client else None, facade.clock.now())
    if wait is not None:
        raise TooManyRequests(
            f"too many subscriptions were asked for from your network; try again in {wait} seconds", retry_after=wait
        )
    await facade.reads.run(lambda: facade.recipients.ask(address, wanted))


def _limits_of(request: Request) -> NetworkLimits:
    limits: NetworkLimits = request.app.state.network_limits
    return limits
