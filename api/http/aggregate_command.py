"""What operators act on: the aggregate that a path names, at the version that they know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

from starlette.requests import Request

from api.http import values
from api.http.answers import Answer, answer
from api.http.auth import CurrentFacade, Expected, Operator, caller
from api.http.idempotency import Idempotent, IdempotentExecution
from application.targets import Target
from domain.aggregate import Aggregate

if TYPE_CHECKING:
    from starlette.responses import Response

    from application.access.tokens import Identity
    from application.facade import Facade
    from application.log import Log
    from domain.text import Text

A = TypeVar("A", bound=Aggregate)


class Representation(Generic[A]):
    """How aggregates of a kind are answered: their document, and the path under which they are read."""

    def __init__(self, document: Callable[[A], Mapping[str, object]], path: str | Callable[[A], str]) -> None:
        """Answer with ``document``; what was created is found under ``path``, by its id, or where ``path`` says."""
        self._document = document
        self._path = path

    def told(self, log: Log, aggregate: A, *, created: bool = False) -> Answer:
        """Answer with an aggregate as it is after a command."""
        return answer(
            self._document(aggregate),
            position=log.position,
            version=aggregate.version,
            status=201 if created else 200,
            location=self._place_of(aggregate) if created else None,
        )

    def _place_of(self, aggregate: A) -> str:
        return f"{self._path}/{aggregate.id}" if isinstance(self._path, str) else self._path(aggregate)


class AggregateCommand(Generic[A]):
    """One command of a person on one aggregate."""

    def __init__(
        self, facade: Facade, execute: IdempotentExecution, operator: Identity, target: Target, shape: Representation[A]
    ) -> None:
        """Act for ``operator`` on ``target``."""
        self.incidents = facade.commands.incidents
        self.windows = facade.commands.windows
        self.series = facade.commands.series
        self.restorations = facade.commands.restorations
        self.accounts = facade.commands.accounts
        self.held_requests = facade.commands.held_requests
        self.ledgers = facade.commands.dispositions
        self.checks = facade.commands.reviews
        self.person = operator.person
        self.language = facade.settings.languages[0]
        self._perform = execute
        self._operator = operator
        self._target = target
        self._shape = shape

    async def do(
        self, act: Callable[[Log, Target], A], *, occurred_at: datetime | None = None, created: bool = False
    ) -> Response:
        """Perform a command, and answer with the aggregate as it is then."""
        target = self._target.at(occurred_at)
        return await self._perform(self._operator, lambda log: self._shape.told(log, act(log, target), created=created))

    def text(self, said: dict[str, str] | None) -> Text | None:
        """Read a localized text, if there is one."""
        return None if said is None else values.localized(said, self.language)


def command_on(shape: Representation[A]) -> Callable[..., Awaitable[AggregateCommand[A]]]:
    """Make a dependency that gives what the path names, as the operator acts on it."""

    async def acting(
        request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, id: UUID, expected: Expected
    ) -> AggregateCommand[A]:
        target = Target(id=id, expected_version=expected, caller=caller(request, operator))
        return AggregateCommand(facade, execute, operator, target, shape)

    return acting
