"""Takes accounts into a restoration, however many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request

from api.acting import Shape
from api.answers import Answer, answer
from api.lines import LineReader, Outcome, Refusal, Report, bodies_of
from api.problems import code_of
from api.schemas.accounts import AccountBody
from application.accounts import Intake
from application.documents.account import account_document
from domain.account import AccountRecovery
from domain.restoration import PanelRestoration

if TYPE_CHECKING:
    from starlette.responses import Response

    from application.caller import Caller
    from application.inbound import Service
    from application.log import Log

RECOVERY = Shape(account_document, lambda it: f"/v1/restorations/{it.restoration}/accounts/{it.account}")
LINES = LineReader(AccountBody)
OUTCOMES = tuple(Intake)
Handed = AccountBody | dict[int, AccountBody | Refusal]
"""One account, or those of a list by their places; what is none has a refusal in its place."""
LISTED = 1_000
"""How many accounts a JSON list may have."""


class AccountIntake:
    """Takes accounts into one restoration, for one caller."""

    def __init__(self, service: Service, restoration: UUID, by: Caller) -> None:
        """Take them into ``restoration``."""
        self._service = service
        self._restoration = restoration
        self._by = by

    def read(self, body: bytes) -> Handed:
        """Read one account, or a list of them by their places.

        Raises:
            RequestValidationError: if the body is neither.
        """
        if body.lstrip().startswith(b"["):
            return LINES.read(LINES.items(body, LISTED))
        return LINES.one(body)

    def take(self, log: Log, handed: Handed) -> Answer:
        """Take one in, and answer with it; or a list, in one command, and answer with what became of it."""
        if isinstance(handed, AccountBody):
            opened = self._service.accounts.open(
                log, restoration=self._restoration, entry=handed.told(), caller=self._by
            )
            return RECOVERY.told(log, opened, created=True)
        report = Report()
        report.count(handed, self.carry_out(log, bodies_of(handed)))
        return answer(report.document(OUTCOMES), position=log.position)

    async def stream(self, request: Request) -> Response:
        """Take lines in, batch by batch, each in a command of its own."""
        # Whoever names a restoration that is not there is told so before anything of the body is read.
        position = await self._service.commands.run(self.found)

        async def carry_out(handed: Sequence[AccountBody]) -> Sequence[Outcome]:
            nonlocal position
            outcomes, position = await self._service.commands.run(
                lambda log: (self.carry_out(log, handed), log.position), reads=[self._id(body) for body in handed]
            )
            return outcomes

        report = await LINES.take(request, carry_out)
        return answer(report.document(OUTCOMES), position=position).response()

    def found(self, log: Log) -> int:
        """Give the position of now.

        Raises:
            NotFound: if there is no such restoration.
        """
        log.load(PanelRestoration, self._restoration)
        return log.position

    def carry_out(self, log: Log, handed: Sequence[AccountBody]) -> Sequence[Outcome]:
        """Take a batch in, and say of each what became of it."""
        entries = [body.told() for body in handed]
        taken = self._service.accounts.take(log, restoration=self._restoration, entries=entries, caller=self._by)
        return [
            str(each.outcome)
            if each.refusal is None
            else Refusal(code=code_of(type(each.refusal)), detail=str(each.refusal))
            for each in taken
        ]

    def _id(self, body: AccountBody) -> UUID:
        return AccountRecovery.id_of(self._restoration, body.account)
