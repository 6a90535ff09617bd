"""The recovery of one account: what is said of it, what its owner can read and chooses, and that he accepts it."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID, uuid5

import pytest

from domain.errors import EndsBeforeItBegins, InTheFuture, TooManyEntries
from domain.panels.account import AccountRecovery, ArchiveAccount, Particulars, RecoveryState, Warehouse
from domain.panels.errors import AccountOfAnotherPanel, AlreadyAccepted, AlreadyExecuted, NothingChosen
from domain.panels.panel import Days
from tests.domain.assertions import recorded, refused
from tests.domain.builders import TICK, ana
from tests.domain.panel_builders import march
from tests.domain.recovery_builders import (
    ACCOUNT,
    DAYS,
    OPENED,
    PARTICULARS,
    RESTORATION,
    STATES,
    Given,
    accept,
    an_accepted_account,
    an_account,
    archive,
    ask,
    choose,
    describe,
    execute,
    relieve,
)

OTHER_DAYS = [date(2020, 8, 26), date(2021, 3, 11), date.min, date.max]


def opened(created_on: date | None, *, days: Days = DAYS, moment: datetime = OPENED) -> AccountRecovery:
    """Let Ana take an account in that was created on a day."""
    particulars = Particulars(created_on=created_on)
    return AccountRecovery.open(
        restoration=RESTORATION, account=ACCOUNT, particulars=particulars, days=days, provenance=ana(moment, OPENED)
    )


class TestAccount:
    def test_is_taken_in(self) -> None:
        recovery = an_account()

        assert recorded(recovery) == ["account_recovery.opened"]
        assert (recovery.restoration, recovery.account, recovery.particulars) == (RESTORATION, ACCOUNT, PARTICULARS)
        assert (recovery.state, recovery.opened_at) == (RecoveryState.OPEN, OPENED)
        assert (recovery.next_due, recovery.handles) == (None, {})

    def test_is_known_by_restoration_and_name(self) -> None:
        assert an_account().id == AccountRecovery.id_of(RESTORATION, ACCOUNT) == uuid5(RESTORATION, ACCOUNT)
        assert AccountRecovery.id_of(UUID(int=2), ACCOUNT) != an_account().id
        assert AccountRecovery.id_of(RESTORATION, "shop-18") != an_account().id

    @pytest.mark.parametrize("created_on", [DAYS.first, DAYS.last, PARTICULARS.created_on, None])
    def test_is_of_the_days_of_the_panel(self, created_on: date | None) -> None:
        assert opened(created_on).particulars == Particulars(created_on=created_on)

    @pytest.mark.parametrize("created_on", OTHER_DAYS)
    def test_is_refused_of_another_panel(self, created_on: date) -> None:
        with pytest.raises(AccountOfAnotherPanel, match=f"shop-17, created on {created_on}, is on another panel"):
            opened(created_on)

    def test_is_refused_in_the_future(self) -> None:
        with pytest.raises(InTheFuture):
            opened(None, moment=march(12, "10:00:05.000001"))


class TestDescription:
    @pytest.mark.parametrize("given", STATES)
    def test_takes_over_what_is_said_now(self, given: Given) -> None:
        recovery = given()
        particulars = Particulars(created_on=DAYS.last, note="a small shop")

        describe(recovery, march(25), particulars)

        assert recorded(recovery)[-1] == "account_recovery.particulars_changed"
        assert recovery.particulars == particulars

    def test_that_changes_nothing_is_none(self) -> None:
        recovery = an_account()

        describe(recovery, march(13), PARTICULARS)

        assert recorded(recovery) == ["account_recovery.opened"]

    @pytest.mark.parametrize("created_on", OTHER_DAYS)
    def test_is_refused_of_another_panel(self, created_on: date) -> None:
        recovery = an_account()

        with refused(recovery, AccountOfAnotherPanel):
            describe(recovery, march(13), Particulars(created_on=created_on))


class TestArchiveAccount:
    def test_lets_the_owner_read_a_span(self) -> None:
        recovery = an_account()

        archive(recovery, march(13))

        assert recorded(recovery)[-1] == "account_recovery.archive_account_given"
        assert recovery.archive == ArchiveAccount(
            account="shop-17-archive", since=march(13), covers_from=march(9), covers_until=march(10)
        )

    def test_takes_the_place_of_the_one_before(self) -> None:
        recovery = an_account()
        archive(recovery, march(13))

        archive(recovery, march(14), march(11))

        assert recovery.archive is not None
        assert (recovery.archive.since, recovery.archive.covers_until) == (march(14), march(11))

    @pytest.mark.parametrize("until", [march(9), march(9) - TICK])
    def test_is_refused_without_a_span(self, until: datetime) -> None:
        recovery = an_account()

        with refused(recovery, EndsBeforeItBegins):
            archive(recovery, march(13), until)


class TestWarehouse:
    def test_is_what_the_owner_chooses(self) -> None:
        recovery = an_account()

        choose(recovery, march(22), Warehouse.RESTORE_PREVIOUS)

        assert recorded(recovery)[-1] == "account_recovery.warehouse_chosen"
        assert (recovery.warehouse, recovery.warehouse_executed_at) == (Warehouse.RESTORE_PREVIOUS, None)

    def test_may_be_chosen_otherwise_until_it_is_executed(self) -> None:
        recovery = an_account()
        choose(recovery, march(22), Warehouse.RESTORE_PREVIOUS)

        choose(recovery, march(23), Warehouse.KEEP_CURRENT)
        choose(recovery, march(24), Warehouse.KEEP_CURRENT)
        execute(recovery, march(25))

        assert recorded(recovery)[1:] == [
            "account_recovery.warehouse_chosen",
            "account_recovery.warehouse_chosen",
            "account_recovery.warehouse_choice_executed",
        ]
        assert (recovery.warehouse, recovery.warehouse_executed_at) == (Warehouse.KEEP_CURRENT, march(25))

    def test_is_not_chosen_otherwise_without_end(self) -> None:
        recovery = an_account()
        for turn in range(200):
            choose(recovery, march(22), list(Warehouse)[turn % 2])

        with refused(recovery, TooManyEntries, match="has 200 choices for the warehouse"):
            choose(recovery, march(23), Warehouse.KEEP_CURRENT)
        choose(recovery, march(23), Warehouse.RESTORE_PREVIOUS)

        assert recovery.warehouse_choices == 200

    @pytest.mark.parametrize("choice", Warehouse)
    def test_is_not_chosen_after_it_was_executed(self, choice: Warehouse) -> None:
        recovery = an_account()
        choose(recovery, march(22))
        execute(recovery, march(23))

        with refused(recovery, AlreadyExecuted, match="the choice keep_current was executed at"):
            choose(recovery, march(24), choice)

    def test_is_executed_once(self) -> None:
        recovery = an_account()
        choose(recovery, march(22))
        execute(recovery, march(23))

        with refused(recovery, AlreadyExecuted):
            execute(recovery, march(24))

    def test_is_not_executed_unless_it_was_chosen(self) -> None:
        recovery = an_account()

        with refused(recovery, NothingChosen, match="the owner has not chosen"):
            execute(recovery, march(22))


class TestAcceptance:
    @pytest.mark.parametrize("given", STATES[:-1])
    def test_comes_in_every_state(self, given: Given) -> None:
        recovery = given()

        accept(recovery, march(24))

        assert recorded(recovery)[-1] == "account_recovery.accepted"
        assert recovery.state is RecoveryState.ACCEPTED
        assert (recovery.accepted_at, recovery.accepted_by) == (march(24), "the owner")

    def test_comes_once(self) -> None:
        recovery = an_accepted_account()

        with refused(recovery, AlreadyAccepted, match="was accepted at"):
            accept(recovery, march(25))

    @pytest.mark.parametrize("do", [archive, choose, ask, relieve])
    def test_ends_nothing_else(self, do: Callable[..., None]) -> None:
        recovery = an_accepted_account()
        before = len(recorded(recovery))

        do(recovery, march(25))

        assert len(recorded(recovery)) == before + 1
        assert recovery.state is RecoveryState.ACCEPTED
