"""Commands on the aggregate that a path names, at the version that the caller knows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
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

    from api.http.command_bodies import NotifyingBody
    from application.access.identity import Identity
    from application.facade import Facade
    from application.log import Log
    from domain.text import Text

A = TypeVar("A", bound=Aggregate)


def steady(document: Callable[[A], Mapping[str, object]]) -> Callable[[A, datetime], Mapping[str, object]]:
    """Make a document that is the same at each moment fit a ``Representation``."""
    return lambda aggregate, _now: document(aggregate)


class Representation(Generic[A]):
    """How aggregates of a type are answered: by which document, and under which path they are read."""

    def __init__(self, document: Callable[[A, datetime], Mapping[str, object]], path: str | Callable[[A], str]) -> None:
        """Answer with ``document``, as of a moment.

        A created aggregate is read under ``path`` and its id, or where ``path`` says.
        """
        self._document = document
        self._path = path

    def to_answer(
        self, log: Log, aggregate: A, *, created: bool = False, more: Mapping[str, object] | None = None
    ) -> Answer:
        """Make the answer to a command from the aggregate as it is then, and what the answer says ``more``.

        It is 201 if the command ``created`` the aggregate.
        """
        return answer(
            {**self._document(aggregate, log.now), **(more or {})},
            position=log.position,
            version=aggregate.version,
            status=201 if created else 200,
            location=self._location_of(aggregate) if created else None,
        )

    def _location_of(self, aggregate: A) -> str:
        return f"{self._path}/{aggregate.id}" if isinstance(self._path, str) else self._path(aggregate)


class AggregateCommand(Generic[A]):
    """One command of a person on one aggregate."""

    def __init__(
        self, facade: Facade, execute: IdempotentExecution, operator: Identity, target: Target, shape: Representation[A]
    ) -> None:
        """Execute a command of ``operator`` on ``target``."""
        self.facade = facade
        self.person = operator.person
        self.language = execute.language
        self._execute = execute
        self.caller = operator
        self._target = target
        self._representation = shape

    async def do(
        self,
        act: Callable[[Log, Target], A],
        *,
        body: NotifyingBody | None = None,
        occurred_at: datetime | None = None,
        created: bool = False,
        more: Mapping[str, object] | None = None,
    ) -> Response:
        """Execute ``act``, and answer with the aggregate as it is then, and with ``more``.

        ``body`` says who is notified of it, ``occurred_at`` is None for now.
        """
        target = self._target.at(occurred_at)
        if body is not None:
            target = replace(target, caller=body.of(target.caller))
        return await self._execute(
            self.caller,
            lambda log: self._representation.to_answer(log, act(log, target), created=created, more=more),
        )

    async def show_once(self, act: Callable[[Log, Target], tuple[A, Mapping[str, object]]]) -> Response:
        """Execute ``act``, and answer 201 with the aggregate and what it gives beside it: a secret, shown this once."""

        def shown(log: Log) -> Answer:
            aggregate, secret = act(log, self._target)
            made = self._representation.to_answer(log, aggregate, created=True, more=secret)
            return replace(made, shows_secret=True)

        return await self._execute(self.caller, shown)

    def text(self, text: dict[str, str] | None) -> Text | None:
        """Give a localized text the language of the request where it says none, if there is a text."""
        return None if text is None else values.localized(text, self.language)


def command_on(shape: Representation[A]) -> Callable[..., Awaitable[AggregateCommand[A]]]:
    """Make a dependency that gives the command of an operator on the aggregate that the path names."""

    async def command(
        request: Request, facade: CurrentFacade, execute: Idempotent, operator: Operator, id: UUID, expected: Expected
    ) -> AggregateCommand[A]:
        target = Target(id=id, expected_version=expected, caller=caller(request, operator))
        return AggregateCommand(facade, execute, operator, target, shape)

    return command
