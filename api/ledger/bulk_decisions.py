"""Decisions, signatures, labels and notes in bulk: a dry run first, then by a token that binds the very same set."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from api.http.answers import dump
from api.http.ndjson import batches
from application.errors import SetChanged
from application.ledger.documents import parse_request
from domain.errors import Invalid
from domain.ledger.errors import ContentChanged
from domain.ledger.held_request import RequestState
from domain.people import is_same_person, person_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from api.ledger.bulk_bodies import BulkBody, BulkLabelsBody, BulkNoteBody, BulkSignatureBody, BulkWithdrawalBody
    from application.access.identity import Identity
    from application.caller import Caller
    from application.facade import Facade
    from application.ledger.documents import BulkResult
    from application.ledger.queries import RequestFilter
    from application.log import Log
    from domain.ledger.held_request import Outcome

MOST = 50_000
"""How many requests one bulk can be about."""
AT_ONCE = 200
"""How many are dealt with in one command: others wait meanwhile."""
SAMPLE = 20
NAMED = 100
"""How many requests a refusal names."""
FILTER = "/filter"
"""Where the filter stands in a body."""


@dataclass(frozen=True, kw_only=True)
class BulkAction:
    """What is done with many: which requests are wanted, and how some of them are dealt with, in one command.

    ``is_free`` tells by its holder whether the person can deal with a request; ``statement`` is what the person says,
    as far as the token of the dry run stands for it. With ``is_bound``, it is about the content and the evidence that
    the dry run has seen: ``carry_out`` is told of each request on which basis it was seen.
    """

    wanted: RequestFilter
    is_free: Callable[[str], bool]
    carry_out: Callable[[Log, Mapping[UUID, str], str], int]
    statement: Sequence[object]
    is_bound: bool = False
    check: Callable[[Log, Sequence[UUID]], None] | None = None
    """Refuses the whole bulk if the person may not deal with some of it."""


def decision_action(facade: Facade, reviewer: Identity, by: Caller, body: BulkBody) -> BulkAction:
    """Decide all that wait to be checked and that nobody else has claimed."""
    return BulkAction(
        wanted=body.filter.to_filter(facade, RequestState.TO_CHECK, place=FILTER),
        is_free=lambda holder: not holder or is_same_person(holder, reviewer.person),
        carry_out=lambda log, seen, bulk: facade.commands.reviews.decide_many(
            log, seen=seen, outcome=body.outcome, note=body.note, bulk=bulk, person=reviewer.person, caller=by
        ),
        statement=("decide", person_key(reviewer.person), body.filter, body.outcome, body.note),
        is_bound=True,
        check=_sign_in_check(facade, by, body.outcome),
    )


def signature_action(facade: Facade, reviewer: Identity, by: Caller, body: BulkSignatureBody) -> BulkAction:
    """Sign all that wait for it and that another person decided."""
    return BulkAction(
        wanted=body.filter.to_filter(facade, RequestState.AWAITING_SIGNATURE, place=FILTER),
        is_free=lambda holder: not is_same_person(holder, reviewer.person),
        carry_out=lambda log, seen, bulk: facade.commands.reviews.sign_many(
            log, seen=seen, note=body.note, bulk=bulk, person=reviewer.person, caller=by
        ),
        statement=("sign", person_key(reviewer.person), body.filter, body.note),
        is_bound=True,
        check=_sign_in_check(facade, by, None),
    )


def _sign_in_check(facade: Facade, by: Caller, outcome: Outcome | None) -> Callable[[Log, Sequence[UUID]], None] | None:
    """Refuse what needs four eyes, which every signature does, if it has to come from who signed in."""
    reviews = facade.commands.reviews
    if not reviews.needs_sign_in(by):
        return None
    if outcome is None:
        return lambda _log, _ids: reviews.require_sign_in(by)
    return lambda log, ids: reviews.require_sign_in_for(log, ids=ids, outcome=outcome, caller=by)


def label_action(facade: Facade, reviewer: Identity, by: Caller, body: BulkLabelsBody) -> BulkAction:
    """Set labels of all, and take others off."""
    body.require_change()
    return BulkAction(
        wanted=body.filter.to_filter(facade, place=FILTER),
        is_free=lambda _: True,
        carry_out=lambda log, seen, bulk: facade.commands.reviews.label_many(
            log, ids=tuple(seen), add=body.add, remove=body.remove, bulk=bulk, person=reviewer.person, caller=by
        ),
        statement=("label", person_key(reviewer.person), body.filter, body.add, body.remove),
    )


def note_action(facade: Facade, reviewer: Identity, by: Caller, body: BulkNoteBody) -> BulkAction:
    """Write a note on all."""
    return BulkAction(
        wanted=body.filter.to_filter(facade, place=FILTER),
        is_free=lambda _: True,
        carry_out=lambda log, seen, bulk: facade.commands.reviews.note_many(
            log, ids=tuple(seen), note=body.note, bulk=bulk, person=reviewer.person, caller=by
        ),
        statement=("note", person_key(reviewer.person), body.filter, body.note),
    )


def withdrawal_action(facade: Facade, reviewer: Identity, by: Caller, body: BulkWithdrawalBody) -> BulkAction:
    """Take all out of what workers carry out, also what one of them has."""
    return BulkAction(
        wanted=body.filter.to_filter(facade, RequestState.REPROCESSING, place=FILTER),
        is_free=lambda _: True,
        carry_out=lambda log, seen, bulk: facade.commands.reviews.withdraw_many(
            log, ids=tuple(seen), reason=body.reason, bulk=bulk, person=reviewer.person, caller=by
        ),
        statement=("withdraw", person_key(reviewer.person), body.filter, body.reason),
    )


class BulkDecision:
    """One person deals alike with all the requests that a filter finds.

    The token names the position of the dry run and a hash of what was shown there: what is done, by whom, and the set.
    The views give what the set was at that position, so that nothing has to be kept; and because every event says
    which bulk it is part of, one that was cut off goes on when it is sent again.
    """

    def __init__(self, facade: Facade, action: BulkAction) -> None:
        """Deal with what ``action`` wants."""
        self._facade = facade
        self._action = action

    async def dry_run(self, position: int) -> BulkResult:
        """Count what would be dealt with and what is left out, and give the token with which it is carried out."""
        seen, left_out = await self._find_set(position)
        ids = list(seen)
        await self._check(ids)
        queue = self._facade.queries.held_requests
        sample = await self._facade.reads.run(
            lambda: [text for text in (queue.find(position, id) for id in ids[:SAMPLE]) if text is not None]
        )
        return {
            "dry_run": True,
            "count": len(ids),
            "left_out": left_out,
            "sample": [parse_request(text) for text in sample],
            "token": f"{position}-{self._digest(ids)}",
            "position": position,
        }

    async def carry_out(self, token: str | None, position: int) -> tuple[BulkResult, int]:
        """Deal with what the dry run showed, piece by piece.

        Returns:
            What was done, and the position of the last event.

        Raises:
            Invalid: if the token is missing, or stands for something else.
            SetChanged: if the set is another one than in the dry run.
            ContentChanged: if the content or the evidence of some is another, and the bulk is about that.
            SignInRequired: if some need four eyes, and the person did not sign in at the provider.
        """
        if token is None:
            raise Invalid("make a dry run first, and send the token that it gives", pointer="/token")
        then, _, digest = token.partition("-")
        shown, _ = await self._find_set(int(then)) if int(then) <= position else ({}, 0)
        if self._digest(shown) != digest:
            raise Invalid("the token is none of this, by this person", pointer="/token")
        now, left_out = await self._find_set(position)
        removed = await self._without_done([id for id in shown if id not in now], token)
        added = [id for id in now if id not in shown]
        # What was carried out as a whole can be asked again, whatever came since.
        is_over = shown.keys().isdisjoint(now)
        if removed or (added and not is_over):
            raise SetChanged(added=added, removed=removed)
        if self._action.is_bound:
            await self._require_unchanged(shown, now, token)
        await self._check(list(shown))
        done = 0
        for some in batches(shown, AT_ONCE):
            count, position = await self._carry_out_some({id: shown[id] for id in some}, token)
            done += count
        return {
            "dry_run": False,
            "count": len(shown),
            "done": done,
            "left_out": left_out + len(shown) - done,
            "token": token,
            "position": position,
        }, position

    async def _check(self, ids: Sequence[UUID]) -> None:
        check = self._action.check
        if check is None:
            return
        for some in batches(ids, AT_ONCE):
            await self._facade.runner.run(partial(_checked, check, some), reads=some)

    async def _require_unchanged(self, shown: Mapping[UUID, str], now: Mapping[UUID, str], bulk: str) -> None:
        other = [id for id, basis in shown.items() if now.get(id, basis) != basis]
        changed = await self._without_done(other, bulk)
        if changed:
            raise ContentChanged(
                f"the content or the evidence of {len(changed)} requests has changed since the dry run; make another",
                changed=[str(id) for id in changed[:NAMED]],
                changed_count=len(changed),
            )

    async def _carry_out_some(self, seen: Mapping[UUID, str], bulk: str) -> tuple[int, int]:
        return await self._facade.runner.run(
            lambda log: (self._action.carry_out(log, seen, bulk), log.position), reads=tuple(seen)
        )

    async def _find_set(self, position: int) -> tuple[dict[UUID, str], int]:
        """Give the basis of each that a position has in the set, and count what is left out of it."""
        found = await self._facade.reads.run(
            lambda: self._facade.queries.held_requests.ids(position, self._action.wanted, MOST + 1)
        )
        if len(found) > MOST:
            raise Invalid(f"a bulk can be about {MOST} requests; narrow the filter", pointer=FILTER)
        free = {each.id: each.basis for each in found if self._action.is_free(each.holder)}
        return free, len(found) - len(free)

    async def _without_done(self, ids: Sequence[UUID], bulk: str) -> list[UUID]:
        """Leave out what was done before this was cut off."""
        left: list[UUID] = []
        for some in batches(ids, AT_ONCE):
            left += await self._facade.runner.run(
                partial(self._facade.commands.reviews.exclude_bulk, ids=some, bulk=bulk), reads=some
            )
        return left

    def _digest(self, ids: Iterable[UUID]) -> str:
        text = dump([*self._action.statement, sorted(map(str, ids))])
        return hashlib.sha256(text.encode()).hexdigest()


def _checked(check: Callable[[Log, Sequence[UUID]], None], ids: Sequence[UUID], log: Log) -> None:
    check(log, ids)


def position_of(token: str | None) -> int:
    """Give the position of the dry run that gave a token; 0 if there is none."""
    return 0 if token is None else int(token.partition("-")[0])
