"""Numbers that both accounts have given: found until the accounts are joined, and settled however many they are."""

import pytest

from domain.errors import TooManyEntries, UnknownMoment
from domain.panels.account import AccountRecovery, Collision, Joining, RecoveryState
from domain.panels.account.guards import PIECE
from domain.panels.errors import AlreadyLinked, NumbersCollide
from tests.domain.assertions import recorded, refused, replayed, state
from tests.domain.builders import TICK
from tests.domain.panel_builders import march
from tests.domain.recovery_builders import (
    INVOICE_7,
    JOINED,
    LINKED,
    ORDER_7,
    a_linked_account,
    a_merged_account,
    an_account,
    an_account_with_a_temporary_one,
    choose,
    execute,
    join,
    link,
    resolved,
)


def numbers(count: int) -> tuple[Collision, ...]:
    """Give so many collisions."""
    return tuple(Collision(kind="order", number=str(number)) for number in range(count))


def linked(count: int) -> AccountRecovery:
    """Give an account that is linked with so many collisions."""
    recovery = an_account_with_a_temporary_one()
    link(recovery, LINKED, numbers(count))
    return recovery


class TestCollisions:
    @pytest.mark.parametrize("count", [0, 1, PIECE, PIECE + 1, 1_000])
    def test_can_be_settled_however_many_they_are(self, count: int) -> None:
        recovery = linked(count)

        assert recovery.unresolved == numbers(count)
        join(recovery, JOINED, resolutions=resolved(numbers(count)))

        assert (recovery.state, recovery.unresolved) == (RecoveryState.MERGED, ())
        assert recovery.resolutions == resolved(numbers(count))
        assert state(replayed(recovery)) == state(recovery)

    def test_are_a_thousand_at_most(self) -> None:
        recovery = linked(1_000)

        with refused(recovery, TooManyEntries):
            link(recovery, march(24), (INVOICE_7,))

    def test_can_be_found_until_the_accounts_are_joined(self) -> None:
        recovery = a_linked_account()
        late = Collision(kind="order", number="late")

        link(recovery, march(23), (ORDER_7, late))

        assert recorded(recovery)[-1] == "account_recovery.collisions_found"
        assert recovery.collisions == (ORDER_7, INVOICE_7, late)
        assert recovery.linked_at == LINKED
        with refused(recovery, NumbersCollide, match="order late"):
            join(recovery, march(24))

    def test_that_are_known_are_found_no_second_time(self) -> None:
        recovery = a_linked_account()

        with refused(recovery, AlreadyLinked):
            link(recovery, march(23), (INVOICE_7, ORDER_7))

    def test_are_found_no_more_once_the_accounts_are_joined(self) -> None:
        recovery = a_merged_account()

        with refused(recovery, AlreadyLinked):
            link(recovery, march(25), numbers(1))

    def test_are_left_where_the_accounts_are_kept_apart(self) -> None:
        recovery = linked(3)

        join(recovery, JOINED, Joining.KEEP_APART, resolutions=())

        assert recovery.unresolved == numbers(3)


class TestWarehouse:
    def test_is_not_settled_before_the_owner_chose(self) -> None:
        recovery = an_account()
        choose(recovery, march(20))

        with refused(recovery, UnknownMoment):
            execute(recovery, march(20) - TICK, recorded=march(21))

        execute(recovery, march(20), recorded=march(21))
