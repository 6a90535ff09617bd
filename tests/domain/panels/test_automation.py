"""Whether an automation may run for an item: by the capability of that name, and by what it was kept from."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.panels.automation_rules import (
    FORBIDDEN,
    AutomationDecision,
    AutomationReason,
    AutomationRule,
    LossRule,
    decide,
)
from domain.panels.restoration import CapabilityState, PanelRestoration, RecoveryGap
from tests.domain.builders import TICK
from tests.domain.panel_builders import (
    COMPLETED,
    LOST,
    ORDER_PAID,
    RESTORED,
    a_condition,
    a_loss,
    a_return,
    complete,
    end_suppression,
    lose_access,
    march,
    restore_access,
    say,
    set_recovery_point,
    suppress,
)

MIDNIGHT = march(11)
ONE, TWO = UUID(int=1), UUID(int=2)
STOPPING = {CapabilityState.SUSPENDED, CapabilityState.UNAVAILABLE}
SECOND_LOSS = march(25)

rules = st.lists(
    st.builds(
        AutomationRule,
        restoration=st.integers(1, 9).map(lambda number: UUID(int=number)),
        began_at=st.integers(0, 3).map(lambda days: LOST + timedelta(days=days)),
        state=st.none() | st.sampled_from(CapabilityState),
        suppressed_before=st.none() | st.integers(-2, 2).map(lambda ticks: MIDNIGHT + ticks * TICK),
        is_decided=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda rule: rule.restoration,
)
losses = st.lists(
    st.builds(
        LossRule,
        restoration=st.integers(1, 9).map(lambda number: UUID(int=number)),
        began_at=st.integers(0, 3).map(lambda days: LOST + timedelta(days=days)),
        is_lost=st.booleans(),
        gaps=st.lists(
            st.integers(-2, 2).map(lambda ticks: RecoveryGap(start=MIDNIGHT, end=MIDNIGHT + ticks * TICK))
        ).map(tuple),
    ),
    max_size=3,
    unique_by=lambda loss: loss.restoration,
)
items = st.integers(-3, 3).map(lambda ticks: MIDNIGHT + ticks * TICK)


def a_rule(
    state: CapabilityState | None = None,
    before: datetime | None = None,
    *,
    restoration: UUID = ONE,
    began_at: datetime = LOST,
) -> AutomationRule:
    """Give what a restoration says of an automation."""
    return AutomationRule(
        restoration=restoration, began_at=began_at, state=state, suppressed_before=before, is_decided=True
    )


def rules_of(restorations: Iterable[PanelRestoration], automation: str = ORDER_PAID) -> list[AutomationRule]:
    """Give what restorations say of an automation now; one that says nothing of it has no rule."""
    return [
        AutomationRule(
            restoration=each.id,
            began_at=each.began_at,
            state=spells[-1].condition.state if (spells := each.capabilities.get(automation)) else None,
            suppressed_before=known.created_before
            if (known := each.suppressions.get(automation)) and not known.ended_at
            else None,
            is_decided=automation in each.decided,
        )
        for each in restorations
        if automation in each.capabilities or automation in each.suppressions
    ]


def losses_of(restorations: Iterable[PanelRestoration]) -> list[LossRule]:
    """Give what restorations say of every automation."""
    return [
        LossRule(restoration=each.id, began_at=each.began_at, is_lost=each.is_lost, gaps=each.gaps)
        for each in restorations
    ]


def why(restorations: Sequence[PanelRestoration], created_at: datetime) -> tuple[bool, AutomationReason, UUID | None]:
    """Tell whether the automation runs for an item, why, and which restoration says so."""
    decision = decide(rules_of(restorations), losses_of(restorations), created_at)
    return decision.run, decision.because, decision.restoration


def a_suppression() -> PanelRestoration:
    """Give a restoration that keeps the automation from items created before the midnight of the 11th."""
    restoration = a_return()
    suppress(restoration, march(16))
    return restoration


def a_completed_suppression() -> PanelRestoration:
    restoration = a_suppression()
    complete(restoration, COMPLETED, given_up=restoration.capabilities)
    return restoration


class TestDecision:
    @pytest.mark.parametrize(
        ("state", "before", "because"),
        [
            (None, None, AutomationReason.SUPPRESSION_ENDED),
            (None, MIDNIGHT, AutomationReason.CREATED_SINCE),
            (None, MIDNIGHT + TICK, AutomationReason.CREATED_BEFORE),
            (CapabilityState.AVAILABLE, None, AutomationReason.CAPABILITY_AVAILABLE),
            (CapabilityState.AVAILABLE, MIDNIGHT, AutomationReason.CREATED_SINCE),
            (CapabilityState.AVAILABLE, MIDNIGHT + TICK, AutomationReason.CREATED_BEFORE),
            (CapabilityState.DEGRADED, None, AutomationReason.CAPABILITY_DEGRADED),
            (CapabilityState.DEGRADED, MIDNIGHT + TICK, AutomationReason.CREATED_BEFORE),
            (CapabilityState.UNKNOWN, None, AutomationReason.CAPABILITY_UNKNOWN),
            (CapabilityState.UNKNOWN, MIDNIGHT + TICK, AutomationReason.CREATED_BEFORE),
            (CapabilityState.SUSPENDED, None, AutomationReason.CAPABILITY_SUSPENDED),
            (CapabilityState.SUSPENDED, MIDNIGHT, AutomationReason.CAPABILITY_SUSPENDED),
            (CapabilityState.SUSPENDED, MIDNIGHT + TICK, AutomationReason.CAPABILITY_SUSPENDED),
            (CapabilityState.UNAVAILABLE, None, AutomationReason.CAPABILITY_UNAVAILABLE),
            (CapabilityState.UNAVAILABLE, MIDNIGHT + TICK, AutomationReason.CAPABILITY_UNAVAILABLE),
        ],
    )
    def test_follows_from_capability_and_suppression(
        self, state: CapabilityState | None, before: datetime | None, because: AutomationReason
    ) -> None:
        decision = decide([a_rule(state, before)], [], MIDNIGHT)

        assert decision == AutomationDecision(because=because, restoration=ONE)
        assert decision.run == (because not in FORBIDDEN)

    def test_is_yes_where_no_rule_was_ever_set(self) -> None:
        decision = decide([], [], MIDNIGHT)

        assert decision == AutomationDecision(because=AutomationReason.NO_RULE, restoration=None)
        assert decision.run

    def test_forbids_for_five_reasons(self) -> None:
        assert {because for because in AutomationReason if not AutomationDecision(because=because).run} == {
            "capability_suspended",
            "capability_unavailable",
            "created_before",
            "access_lost",
            "undecided_gap",
        }


class TestOrderPaid:
    """An automation that does not run for orders created before 11 March, by the clocks of Warsaw."""

    @pytest.mark.parametrize(
        ("created_at", "expected"),
        [
            (march(9), (False, AutomationReason.CREATED_BEFORE, ONE)),
            (march(10, "23:59:59"), (False, AutomationReason.CREATED_BEFORE, ONE)),
            (march(11) - TICK, (False, AutomationReason.CREATED_BEFORE, ONE)),
            (march(11, "00:00:00"), (True, AutomationReason.CREATED_SINCE, ONE)),
            (march(12), (True, AutomationReason.CREATED_SINCE, ONE)),
        ],
    )
    def test_runs_for_orders_created_since(
        self, created_at: datetime, expected: tuple[bool, AutomationReason, UUID | None]
    ) -> None:
        assert why([a_suppression()], created_at) == expected
        assert why([a_completed_suppression()], created_at) == expected

    def test_runs_again_for_all_once_an_operator_says_so(self) -> None:
        restoration = a_completed_suppression()

        end_suppression(restoration, march(21))

        assert why([restoration], march(9)) == (True, AutomationReason.SUPPRESSION_ENDED, ONE)

    def test_is_not_ruled_by_what_is_said_of_another(self) -> None:
        restoration = a_return()
        suppress(restoration, march(16), "order_downloaded")

        assert why([restoration], march(9)) == (True, AutomationReason.NO_RULE, None)

    def test_runs_for_none_while_it_is_switched_off(self) -> None:
        restoration = a_suppression()
        say(restoration, march(17), ORDER_PAID, a_condition(CapabilityState.SUSPENDED))
        assert why([restoration], march(12)) == (False, AutomationReason.CAPABILITY_SUSPENDED, ONE)

        lose_access(restoration, march(18))
        restore_access(restoration, march(19))
        assert why([restoration], march(12)) == (False, AutomationReason.CAPABILITY_SUSPENDED, ONE)

        say(restoration, march(20), ORDER_PAID)
        assert why([restoration], march(12)) == (True, AutomationReason.CREATED_SINCE, ONE)
        assert why([restoration], march(10)) == (False, AutomationReason.CREATED_BEFORE, ONE)

    def test_runs_for_none_while_access_is_lost(self) -> None:
        restoration = a_loss(capabilities=(ORDER_PAID,))
        assert why([restoration], march(12)) == (False, AutomationReason.CAPABILITY_UNAVAILABLE, ONE)

        restore_access(restoration, RESTORED)
        assert why([restoration], march(12)) == (True, AutomationReason.CAPABILITY_UNKNOWN, ONE)


class TestLostAccess:
    def test_keeps_every_automation_from_every_item(self) -> None:
        restoration = a_loss()
        assert why([restoration], march(12)) == (False, AutomationReason.ACCESS_LOST, ONE)

        suppress(restoration, march(12))
        assert why([restoration], march(10)) == (False, AutomationReason.CREATED_BEFORE, ONE)
        assert why([restoration], march(12)) == (False, AutomationReason.ACCESS_LOST, ONE)

        restore_access(restoration, RESTORED)
        assert why([restoration], march(12)) == (True, AutomationReason.CREATED_SINCE, ONE)


class TestGap:
    """The data is of the 9th, give or take two hours, and access was lost on the 10th at 0:40."""

    START = march(9) - timedelta(hours=2)

    @pytest.mark.parametrize(
        ("created_at", "runs"),
        [(START - TICK, True), (START, False), (march(9, "12:00"), False), (LOST - TICK, False), (LOST, True)],
    )
    def test_keeps_back_what_nobody_has_decided(self, created_at: datetime, *, runs: bool) -> None:
        restoration = a_return()
        set_recovery_point(restoration, march(16))

        because = AutomationReason.NO_RULE if runs else AutomationReason.UNDECIDED_GAP
        assert why([restoration], created_at) == (runs, because, None if runs else ONE)

    def test_keeps_nothing_back_once_somebody_has_said_anything_of_it(self) -> None:
        spoken, suppressed = a_return(), a_return()
        for each in (spoken, suppressed):
            set_recovery_point(each, march(16))
        say(spoken, march(17), ORDER_PAID)
        suppress(suppressed, march(17))
        end_suppression(suppressed, march(18))

        assert why([spoken], march(9)) == (True, AutomationReason.CAPABILITY_AVAILABLE, ONE)
        assert why([suppressed], march(9)) == (True, AutomationReason.SUPPRESSION_ENDED, ONE)

    def test_is_not_decided_by_a_loss_or_its_end(self) -> None:
        restoration = a_loss(capabilities=(ORDER_PAID,))
        set_recovery_point(restoration, march(12))
        restore_access(restoration, RESTORED)

        assert why([restoration], march(9)) == (False, AutomationReason.UNDECIDED_GAP, ONE)
        assert why([restoration], march(12)) == (True, AutomationReason.CAPABILITY_UNKNOWN, ONE)

    def test_is_decided_restoration_by_restoration_also_past_the_completion(self) -> None:
        first = a_return()
        set_recovery_point(first, march(16))
        complete(first, COMPLETED, given_up=first.capabilities)
        second = a_loss(since=SECOND_LOSS, number=2)
        say(second, march(26), ORDER_PAID)
        restore_access(second, march(27))

        assert why([first, second], march(9)) == (False, AutomationReason.UNDECIDED_GAP, ONE)
        suppress(first, march(28), before=march(9))
        assert why([first, second], march(9)) == (True, AutomationReason.CREATED_SINCE, ONE)

    def test_narrows_with_a_corrected_recovery_point(self) -> None:
        restoration = a_return()
        set_recovery_point(restoration, march(16), as_of=datetime(2001, 3, 9, tzinfo=UTC))
        assert why([restoration], march(1))[1] is AutomationReason.UNDECIDED_GAP

        set_recovery_point(restoration, march(17))

        assert why([restoration], march(1))[1] is AutomationReason.NO_RULE
        assert restoration.gaps == (RecoveryGap(start=self.START, end=LOST),)

    def test_of_another_loss_counts_beside_it(self) -> None:
        restoration = a_return()
        set_recovery_point(restoration, march(16))
        lose_access(restoration, march(18))
        set_recovery_point(restoration, march(18), as_of=march(17))

        ends = [gap.end for gap in restoration.gaps]

        assert ends == [LOST, march(18)]


class TestSeveralRestorations:
    """Of one panel, one after another."""

    def test_keep_each_suppression(self) -> None:
        first, second = a_completed_suppression(), a_loss(since=SECOND_LOSS, number=2)
        suppress(second, march(26), before=march(26))
        restore_access(second, march(26))
        both = [first, second]

        assert why(both, march(10)) == (False, AutomationReason.CREATED_BEFORE, TWO)
        assert why(both, march(25)) == (False, AutomationReason.CREATED_BEFORE, TWO)
        assert why(both, march(26)) == (True, AutomationReason.CREATED_SINCE, TWO)

        end_suppression(second, march(27))
        assert why(both, march(10)) == (False, AutomationReason.CREATED_BEFORE, ONE)
        assert why(both, march(25)) == (True, AutomationReason.CREATED_SINCE, ONE)

    def test_leave_the_capability_to_the_last_that_speaks_of_it(self) -> None:
        first = a_return()
        say(first, march(16), ORDER_PAID, a_condition(CapabilityState.SUSPENDED))
        complete(first, COMPLETED, given_up=first.capabilities)
        silent = a_loss(since=SECOND_LOSS, number=2)
        assert why([silent, first], march(12)) == (False, AutomationReason.CAPABILITY_SUSPENDED, ONE)

        say(silent, march(26), ORDER_PAID)
        restore_access(silent, march(26))
        assert why([first, silent], march(12)) == (True, AutomationReason.CAPABILITY_AVAILABLE, TWO)


def may_run(said: Sequence[AutomationRule], created_at: datetime) -> bool:
    """Say the first rule in one sentence: no if it is switched off or out of order, or the item is too old for it."""
    speaking = [(rule.began_at, rule.restoration.int, rule.state) for rule in said if rule.state is not None]
    stopped = bool(speaking) and max(speaking)[-1] in STOPPING
    return not stopped and not any(rule.suppressed_before and created_at < rule.suppressed_before for rule in said)


class TestAnyRules:
    @given(said=rules, created_at=items)
    def test_decide_as_the_sentence_says(self, said: list[AutomationRule], created_at: datetime) -> None:
        decision = decide(said, [], created_at)

        assert decision.run == may_run(said, created_at)
        assert (decision.because is AutomationReason.NO_RULE) == (not said)

    @given(said=rules, lost=losses, created_at=items)
    def test_run_less_with_losses_and_for_no_other_reason_if_they_run(
        self, said: list[AutomationRule], lost: list[LossRule], created_at: datetime
    ) -> None:
        decision, without = decide(said, lost, created_at), decide(said, [], created_at)

        decided = {rule.restoration for rule in said if rule.is_decided}
        missed = any(loss.misses(created_at) and loss.restoration not in decided for loss in lost)
        assert decision.run == (without.run and not missed and not any(loss.is_lost for loss in lost))
        assert decision == without or decision.because in {AutomationReason.ACCESS_LOST, AutomationReason.UNDECIDED_GAP}

    @given(said=rules, created_at=items)
    def test_name_the_restoration_that_says_so(self, said: list[AutomationRule], created_at: datetime) -> None:
        decision = decide(said, [], created_at)

        named = [rule for rule in said if rule.restoration == decision.restoration]
        assert len(named) == (1 if said else 0)
        for rule in named:
            before = rule.suppressed_before
            match decision.because:
                case AutomationReason.CREATED_BEFORE:
                    assert before is not None
                    assert created_at < before
                case AutomationReason.CREATED_SINCE:
                    assert before is not None
                    assert created_at >= before
                case AutomationReason.SUPPRESSION_ENDED:
                    assert all(each.state is None and each.suppressed_before is None for each in said)
                case because:
                    assert because == f"capability_{rule.state}"

    @given(said=rules.flatmap(lambda said: st.tuples(st.just(said), st.permutations(said))), created_at=items)
    def test_may_come_in_any_order(
        self, said: tuple[list[AutomationRule], list[AutomationRule]], created_at: datetime
    ) -> None:
        one, other = said

        assert decide(one, [], created_at) == decide(other, [], created_at)
