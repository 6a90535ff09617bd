"""What a subscriber does by a link: the event first, then the address and the links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.caller import Caller
from application.panels.owner_links import SITE
from application.subscriptions.commands import READER
from application.subscriptions.recipients import LinkPurpose
from application.targets import Target
from domain.subscriptions.values import EndReason

if TYPE_CHECKING:
    from application.facade import Facade
    from application.subscriptions.recipients import Recipient
    from domain.subscriptions.values import Preferences


@dataclass(frozen=True)
class LinkHolder:
    """Whoever holds a link that is open, in one request."""

    facade: Facade
    recipient: Recipient
    request_id: str

    @property
    def _caller(self) -> Caller:
        return Caller(actor=READER, source=SITE, request_id=self.request_id)

    @property
    def _target(self) -> Target:
        return Target(id=self.recipient.subscription, expected_version=None, caller=self._caller)

    async def confirm(self) -> str:
        """Begin to notify, and give the secret of the link to manage; to confirm again gives it again."""
        id, wanted = self.recipient.subscription, self.recipient.wanted
        facade, commands = self.facade, self.facade.commands.subscriptions
        if wanted is not None:
            await facade.runner.run(lambda log: commands.confirm(log, id=id, preferences=wanted, caller=self._caller))
            await facade.reads.run(lambda: facade.recipients.confirm(id))
        return await facade.reads.run(lambda: facade.recipients.link(id, LinkPurpose.MANAGE))

    async def change(self, preferences: Preferences) -> None:
        """Notify of other things.

        Raises:
            SubscriptionEnded: if it has ended meanwhile.
        """
        commands = self.facade.commands.subscriptions
        await self.facade.runner.run(lambda log: commands.change(log, target=self._target, preferences=preferences))

    async def end(self, reason: EndReason) -> None:
        """Send nothing more."""
        await self._end(reason, erases=False)

    async def erase(self) -> None:
        """Send nothing more, and erase the address."""
        await self._end(EndReason.READER, erases=True)

    async def _end(self, reason: EndReason, *, erases: bool) -> None:
        facade, commands = self.facade, self.facade.commands.subscriptions
        await facade.runner.run(lambda log: commands.end(log, target=self._target, reason=reason))
        await facade.reads.run(lambda: facade.recipients.end(self.recipient.subscription, erases=erases))
