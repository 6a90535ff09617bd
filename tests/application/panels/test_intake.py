"""Accounts are taken in once, however often, in whatever order and in whatever pieces a file comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.batches import ItemResult
from application.panels.account_commands import AccountEntry, AccountOutcome
from domain.errors import NotFound
from domain.panels.account import AccountRecovery
from domain.panels.errors import AccountOfAnotherPanel
from domain.panels.restoration import PanelRestoration
from tests.application.program import FrozenClock, Program, at, running
from tests.application.recovery import FROM, Recovery, an_entry
from tests.contracts.snapshots import wipe

LAST = date(2021, 3, 10)
DAY = timedelta(days=1)
DAYS = st.none() | st.sampled_from([FROM - DAY, FROM, FROM + DAY, LAST - DAY, LAST, LAST + DAY])
ENTRIES = st.lists(
    st.builds(an_entry, st.text("abAB01._-", min_size=1, max_size=4), DAYS, st.none() | st.just("a large shop")),
    max_size=12,
    unique_by=lambda entry: entry.account,
)
SETTINGS = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def recovery(program: Program) -> Recovery:
    """The panels of a program."""
    return Recovery(program)


class TestIntake:
    @SETTINGS
    @given(entries=ENTRIES, data=st.data())
    def test_takes_each_account_once(
        self, program: Program, recovery: Recovery, entries: list[AccountEntry], data: st.DataObject
    ) -> None:
        wipe(program.bitacora.store)
        lost = a_loss(recovery)
        handed = data.draw(st.permutations(entries), "in what order")
        twice = data.draw(st.lists(st.sampled_from(handed), max_size=4), "again at the end") if handed else []

        taken = in_pieces(recovery, lost, [*handed, *twice], data.draw(CUTS, "cut where"))

        assert [each.outcome for each in taken] == [
            *(AccountOutcome.ADDED if is_of_the_panel(entry) else AccountOutcome.REFUSED for entry in handed),
            *(AccountOutcome.REPEAT if is_of_the_panel(entry) else AccountOutcome.REFUSED for entry in twice),
        ]
        assert {type(each.refusal) for each in taken if each.refusal is not None} <= {AccountOfAnotherPanel}
        assert recorded(program, lost) == [entry for entry in handed if is_of_the_panel(entry)]

        before = program.events()
        again = data.draw(st.permutations([*entries, *twice]), "in what other order")
        repeated = in_pieces(recovery, lost, again, data.draw(CUTS, "cut where else"))

        assert [each.outcome for each in repeated] == [
            AccountOutcome.REPEAT if is_of_the_panel(entry) else AccountOutcome.REFUSED for entry in again
        ]
        assert program.events() == before

    def test_takes_over_what_is_said_of_an_account_now(self, program: Program, recovery: Recovery) -> None:
        lost = a_loss(recovery)
        said = [an_entry("a"), an_entry("a", FROM), an_entry("a", FROM), an_entry("a", LAST + DAY), an_entry("a", LAST)]

        outcomes = [taken.outcome for taken in recovery.take(lost, said)]

        assert outcomes == [
            AccountOutcome.ADDED,
            AccountOutcome.CHANGED,
            AccountOutcome.REPEAT,
            AccountOutcome.REFUSED,
            AccountOutcome.CHANGED,
        ]
        assert program.recorded()[-3:] == ["account_recovery.opened", *["account_recovery.particulars_changed"] * 2]

    def test_knows_an_account_apart_in_another_restoration(self, program: Program, recovery: Recovery) -> None:
        first = a_loss(recovery)
        recovery.take(first, [an_entry("a")])
        recovery.restore(first)
        recovery.complete(first)

        [taken] = recovery.take(recovery.lose(), [an_entry("a")])

        assert taken.outcome is AccountOutcome.ADDED
        assert program.recorded().count("account_recovery.opened") == 2

    def test_goes_on_after_the_completion(self, recovery: Recovery) -> None:
        lost = a_loss(recovery)
        recovery.restore(lost)
        recovery.complete(lost)

        assert [taken.outcome for taken in recovery.take(lost, [an_entry("a")])] == [AccountOutcome.ADDED]

    def test_needs_its_restoration(self, program: Program, recovery: Recovery) -> None:
        a_loss(recovery)
        before = program.recorded()

        with pytest.raises(NotFound):
            recovery.take(UUID(int=1), [an_entry("a")])

        assert program.recorded() == before

    def test_takes_each_once_where_two_programs_take(self, postgres_url: str) -> None:
        clock = FrozenClock(at("10:00"))
        with running(postgres_url, clock) as one, running(postgres_url, clock) as other:
            lost = a_loss(Recovery(one))
            entries = [an_entry(f"shop-{number}", FROM) for number in range(120)]

            def take(number: int) -> Sequence[ItemResult]:
                turned = [*entries[number * 5 :], *entries[: number * 5]]
                return in_pieces(Recovery(one if number % 2 else other), lost, turned, [40, 90])

            with ThreadPoolExecutor(8) as threads:
                outcomes = Counter(taken.outcome for each in threads.map(take, range(8)) for taken in each)

            assert outcomes == {AccountOutcome.ADDED: 120, AccountOutcome.REPEAT: 7 * 120}
            assert len(recorded(one, lost)) == 120


CUTS = st.lists(st.integers(0, 16), max_size=5).map(sorted)


def a_loss(recovery: Recovery) -> UUID:
    """Let a panel be lost that has accounts of some days."""
    recovery.register(last=LAST)
    return recovery.lose()


def in_pieces(
    recovery: Recovery, restoration: UUID, entries: Sequence[AccountEntry], cuts: Sequence[int]
) -> list[ItemResult]:
    """Take accounts in, piece by piece."""
    edges = [0, *cuts, len(entries)]
    pieces = [entries[start:end] for start, end in pairwise(edges)]
    return [taken for piece in pieces for taken in recovery.take(restoration, piece)]


def is_of_the_panel(entry: AccountEntry) -> bool:
    """Tell whether an account may be on the panel."""
    day = entry.particulars.created_on
    return day is None or FROM <= day <= LAST


def recorded(program: Program, restoration: UUID) -> list[AccountEntry]:
    """Give what the log says of accounts, in order; nothing else was recorded since the loss."""
    begun = next(place for place, event in enumerate(program.events()) if isinstance(event, PanelRestoration.Begun))
    events = program.events()[begun + 1 :]
    assert all(isinstance(event, AccountRecovery.Opened) for event in events)
    opened = [event for event in events if isinstance(event, AccountRecovery.Opened)]
    assert {event.restoration for event in opened} <= {restoration}
    assert [event.originator_id for event in opened] == [
        AccountRecovery.id_of(restoration, event.account) for event in opened
    ]
    return [AccountEntry(account=event.account, particulars=event.particulars) for event in opened]
