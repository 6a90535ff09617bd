"""A temporary account is opened, linked, and then merged with the account or kept apart; never by itself."""

from datetime import datetime

import pytest

from domain.errors import UnknownMoment
from domain.panels.account import AccountRecovery, Collision, Joining, RecoveryState, Resolution, TemporaryAccount
from domain.panels.errors import AlreadyJoined, AlreadyLinked, NoTemporaryAccount, NotLinked, NumbersCollide, SamePanel
from tests.domain.assertions import happened, recorded, refused
from tests.domain.builders import TICK, ana
from tests.domain.panel_builders import march
from tests.domain.recovery_builders import (
    INVOICE_7,
    JOINED,
    LENT,
    LINKED,
    ORDER_7,
    RESOLVED,
    TEMPORARY,
    Given,
    a_linked_account,
    a_merged_account,
    an_account,
    an_account_kept_apart,
    an_account_with_a_temporary_one,
    join,
    lend,
    link,
)


class TestTemporaryAccount:
    def test_is_on_another_panel(self) -> None:
        recovery = an_account_with_a_temporary_one()

        assert recorded(recovery)[-1] == "account_recovery.temporary_account_opened"
        assert recovery.temporary == TemporaryAccount(panel="d", account=TEMPORARY, since=LENT)
        assert recovery.state is RecoveryState.TEMPORARY

    def test_takes_the_place_of_one_that_was_not_linked(self) -> None:
        recovery = an_account_with_a_temporary_one()

        lend(recovery, march(13), "shop-17-second")

        assert recovery.temporary == TemporaryAccount(panel="d", account="shop-17-second", since=march(13))

    def test_is_refused_on_the_panel_that_is_lost(self) -> None:
        recovery = an_account()

        with refused(recovery, SamePanel, match="cannot be on panel c, which is lost"):
            recovery.open_temporary_account(lost_panel="c", panel="c", account=TEMPORARY, provenance=ana(LENT))

    @pytest.mark.parametrize("given", [a_linked_account, a_merged_account, an_account_kept_apart])
    def test_is_refused_once_one_is_linked(self, given: Given) -> None:
        recovery = given()

        with refused(recovery, AlreadyLinked, match="was linked with a temporary account at"):
            lend(recovery, march(24))


class TestLink:
    def test_lists_the_numbers_that_collide(self) -> None:
        recovery = a_linked_account()

        assert recorded(recovery)[-1] == "account_recovery.linked"
        assert (recovery.state, recovery.linked_at) == (RecoveryState.LINKED, LINKED)
        assert recovery.collisions == recovery.unresolved == (ORDER_7, INVOICE_7)

    def test_is_refused_without_a_temporary_account(self) -> None:
        recovery = an_account()

        with refused(recovery, NoTemporaryAccount, match="has no temporary account"):
            link(recovery, LINKED)

    @pytest.mark.parametrize("given", [a_linked_account, a_merged_account, an_account_kept_apart])
    def test_is_refused_a_second_time(self, given: Given) -> None:
        recovery = given()

        with refused(recovery, AlreadyLinked):
            link(recovery, march(24))

    def test_is_refused_of_a_time_before_there_were_two_accounts(self) -> None:
        recovery = an_account_with_a_temporary_one()

        with refused(recovery, UnknownMoment, match="the temporary account was opened at"):
            link(recovery, LENT - TICK, recorded=march(13))

        link(recovery, LENT, recorded=march(13))


class TestMerging:
    def test_makes_one_account_of_two(self) -> None:
        recovery = a_merged_account()

        assert recorded(recovery)[-1] == "account_recovery.joined"
        assert (recovery.state, recovery.joined_at) == (RecoveryState.MERGED, JOINED)
        assert (recovery.resolutions, recovery.unresolved) == (RESOLVED, ())

    def test_happens_never_by_itself(self) -> None:
        recovery = an_account_with_a_temporary_one()
        link(recovery, LINKED, ())

        assert (recovery.state, recovery.next_due) == (RecoveryState.LINKED, None)

    def test_needs_no_resolutions_where_no_number_collides(self) -> None:
        recovery = an_account_with_a_temporary_one()
        link(recovery, LINKED, ())

        join(recovery, JOINED, resolutions=())

        assert recovery.state is RecoveryState.MERGED

    @pytest.mark.parametrize(
        ("resolutions", "left"),
        [
            ((), "order 7, invoice 7"),
            (RESOLVED[:1], "invoice 7"),
            (RESOLVED[1:], "order 7"),
            ((Resolution(kind="order", number="8", outcome="kept"), *RESOLVED[1:]), "order 7"),
        ],
    )
    def test_is_refused_while_a_number_collides(self, resolutions: tuple[Resolution, ...], left: str) -> None:
        recovery = a_linked_account()

        with refused(recovery, NumbersCollide, match=f"both accounts have {left}; say what becomes of each"):
            join(recovery, JOINED, resolutions=resolutions)

    def test_names_twenty_of_the_numbers_that_collide(self) -> None:
        recovery = an_account_with_a_temporary_one()
        link(recovery, LINKED, tuple(Collision(kind="order", number=str(number)) for number in range(23)))

        with refused(recovery, NumbersCollide, match="order 18, order 19 and 3 more; say"):
            join(recovery, JOINED, resolutions=())


class TestKeepingApart:
    def test_needs_no_resolutions(self) -> None:
        recovery = an_account_kept_apart()

        joined = happened(recovery)[-1]
        assert isinstance(joined, AccountRecovery.Joined)
        assert (joined.decision, joined.reason) == (Joining.KEEP_APART, "as the owner wants")
        assert (recovery.state, recovery.joined_at) == (RecoveryState.KEPT_APART, JOINED)
        assert recovery.unresolved == (ORDER_7, INVOICE_7)


class TestJoining:
    @pytest.mark.parametrize("decision", Joining)
    @pytest.mark.parametrize("given", [an_account, an_account_with_a_temporary_one])
    def test_is_refused_before_they_are_linked(self, given: Given, decision: Joining) -> None:
        recovery = given()

        with refused(recovery, NotLinked, match="is not linked"):
            join(recovery, JOINED, decision)

    @pytest.mark.parametrize("decision", Joining)
    @pytest.mark.parametrize(("given", "state"), [(a_merged_account, "merged"), (an_account_kept_apart, "kept_apart")])
    def test_is_decided_once(self, given: Given, state: str, decision: Joining) -> None:
        recovery = given()

        with refused(recovery, AlreadyJoined, match=f"shop-17: {state} since"):
            join(recovery, march(24), decision)

    @pytest.mark.parametrize("decision", Joining)
    @pytest.mark.parametrize("moment", [LINKED - TICK, LENT])
    def test_is_refused_of_a_time_before_they_were_linked(self, moment: datetime, decision: Joining) -> None:
        recovery = a_linked_account()

        with refused(recovery, UnknownMoment, match="it was linked at"):
            join(recovery, moment, decision, recorded=JOINED)

        join(recovery, LINKED, decision, recorded=JOINED)
