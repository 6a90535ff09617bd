"""Of when the data is, how many accounts there are, and how far they have come."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from domain.instants import EARLIEST
from domain.panels.errors import (
    GradesDoNotAddUp,
    MoreThanInventory,
    NoInventory,
    RecoveryPointAfterLoss,
    RecoveryPointTooEarly,
)
from domain.panels.restoration import Count, Inventory, PanelRestoration, ProgressReport, RecoveryPoint, Stage
from tests.domain.assertions import recorded, refused
from tests.domain.builders import TICK
from tests.domain.panel_builders import (
    LOST,
    NOTE,
    a_loss,
    a_return,
    count_accounts,
    lose_access,
    march,
    report,
    set_recovery_point,
)

HOURS = timedelta(hours=1)


def counts(accounts: Mapping[Stage, int]) -> dict[Stage, Count]:
    """Give how many accounts are at each stage, without grades."""
    return {stage: Count(accounts=number, grades={}) for stage, number in accounts.items()}


HALF = counts({Stage.LOST: 47, Stage.RESTORING: 300, Stage.RESTORED: 300})
ALL = counts({Stage.RESTORED: 647})


def an_inventory() -> PanelRestoration:
    """Give a restoration of which 647 accounts were counted on the 12th."""
    restoration = a_loss()
    count_accounts(restoration, march(12))
    return restoration


class TestRecoveryPoint:
    def test_says_of_when_the_data_is_and_what_is_missing(self) -> None:
        restoration = a_loss()

        set_recovery_point(restoration, march(12))

        assert recorded(restoration)[-1] == "restoration.recovery_point_set"
        assert restoration.recovery_points == (
            RecoveryPoint(
                number=1,
                as_of=march(9),
                tolerance=2 * HOURS,
                missing=("shipments", "invoices"),
                note=NOTE,
                gap_until=LOST,
                said_at=march(12),
            ),
        )

    def test_is_meant_give_or_take(self) -> None:
        restoration = a_loss()

        set_recovery_point(restoration, march(12))

        point = restoration.recovery_points[-1]
        assert (point.earliest, point.latest) == (march(8, "22:00"), march(9, "02:00"))

    def test_is_never_later_than_the_loss(self) -> None:
        restoration = a_loss()

        set_recovery_point(restoration, march(12), LOST - HOURS)

        assert restoration.recovery_points[-1].latest == LOST

    def test_of_the_loss_itself_leaves_no_gap(self) -> None:
        restoration = a_loss()

        set_recovery_point(restoration, march(12), LOST, tolerance=timedelta(0))

        point = restoration.recovery_points[-1]
        assert point.as_of == point.gap_until == point.earliest == point.latest == LOST

    def test_is_refused_after_the_loss(self) -> None:
        restoration = a_loss()

        with refused(restoration, RecoveryPointAfterLoss, match="the data cannot be of") as caught:
            set_recovery_point(restoration, march(12), LOST + TICK)

        assert caught.value.facts == {"lost_at": LOST}

    @pytest.mark.parametrize("as_of", [datetime.min.replace(tzinfo=UTC), EARLIEST - TICK])
    def test_is_refused_before_anything_can_have_been(self, as_of: datetime) -> None:
        restoration = a_loss()

        with refused(restoration, RecoveryPointTooEarly, match="the earliest that can be is 2000-01-01T00:00:00Z"):
            set_recovery_point(restoration, march(12), as_of, tolerance=timedelta(0))

        set_recovery_point(restoration, march(12), EARLIEST)
        assert restoration.recovery_points[-1].as_of == EARLIEST

    def test_may_be_revised(self) -> None:
        restoration = a_return()
        set_recovery_point(restoration, march(12))

        set_recovery_point(restoration, march(16), march(9, "03:00"))

        assert [(each.number, each.as_of) for each in restoration.recovery_points] == [
            (1, march(9)),
            (2, march(9, "03:00")),
        ]

    @pytest.mark.parametrize(
        ("said", "lost"), [(march(17), march(17)), (march(17) - TICK, LOST), (march(18), march(17))]
    )
    def test_is_about_the_loss_before_it(self, said: datetime, lost: datetime) -> None:
        restoration = a_return()
        lose_access(restoration, march(17))

        set_recovery_point(restoration, said, recorded=march(18))

        assert restoration.recovery_points[-1].gap_until == lost

    def test_after_the_first_loss_may_lie_before_the_second(self) -> None:
        restoration = a_return()
        lose_access(restoration, march(17))

        set_recovery_point(restoration, march(18), march(16))
        with refused(restoration, RecoveryPointAfterLoss):
            set_recovery_point(restoration, march(17) - TICK, march(16), recorded=march(18))

        assert restoration.recovery_points[-1].as_of == march(16)


class TestInventory:
    def test_counts_the_accounts(self) -> None:
        restoration = an_inventory()

        assert recorded(restoration)[-1] == "restoration.inventory_taken"
        assert restoration.inventories == (Inventory(revision=1, accounts=647, note=NOTE, said_at=march(12)),)

    def test_may_be_revised(self) -> None:
        restoration = an_inventory()

        count_accounts(restoration, march(13), 709)

        assert [(each.revision, each.accounts) for each in restoration.inventories] == [(1, 647), (2, 709)]

    def test_leaves_published_reports_as_they_are(self) -> None:
        restoration = an_inventory()
        report(restoration, march(12, "18:00"), ALL)
        [published] = restoration.reports

        count_accounts(restoration, march(13), 709)
        report(restoration, march(13, "18:00"), ALL)

        assert restoration.reports[0] == published
        assert [each.inventory.accounts for each in restoration.reports] == [647, 709]
        assert [each.inventory.revision for each in restoration.reports] == [1, 2]

    def test_may_be_smaller_than_what_was_reported(self) -> None:
        restoration = an_inventory()
        report(restoration, march(12, "18:00"), ALL)

        count_accounts(restoration, march(13), 600)

        assert restoration.reports[0].inventory.accounts == 647
        with refused(restoration, MoreThanInventory):
            report(restoration, march(14), ALL)


class TestProgress:
    def test_is_a_part_of_the_inventory(self) -> None:
        restoration = an_inventory()

        report(restoration, march(13), HALF)

        assert recorded(restoration)[-1] == "restoration.progress_reported"
        assert restoration.reports == (
            ProgressReport(number=1, inventory=restoration.inventories[0], stages=HALF, note=NOTE, said_at=march(13)),
        )

    def test_may_be_said_of_an_earlier_revision(self) -> None:
        restoration = an_inventory()
        count_accounts(restoration, march(13), 709)

        report(restoration, march(14), HALF, revision=1)

        assert restoration.reports[-1].inventory == restoration.inventories[0]

    def test_may_go_back(self) -> None:
        restoration = an_inventory()

        report(restoration, march(13), ALL)
        report(restoration, march(14), HALF)

        assert [each.stages for each in restoration.reports] == [ALL, HALF]

    def test_need_not_tell_of_all(self) -> None:
        restoration = an_inventory()

        report(restoration, march(13))
        report(restoration, march(13), counts({Stage.ACCEPTED: 0, Stage.VERIFIED: 646}))

        assert [each.number for each in restoration.reports] == [1, 2]

    @pytest.mark.parametrize(
        "stages",
        [
            {Stage.RESTORED: 648},
            {Stage.LOST: 647, Stage.ACCEPTED: 1},
            dict.fromkeys(Stage, 108),
        ],
    )
    def test_is_refused_beyond_the_inventory(self, stages: dict[Stage, int]) -> None:
        restoration = an_inventory()

        with refused(restoration, MoreThanInventory, match="648 accounts at stages are more than the 647"):
            report(restoration, march(13), counts(stages))

    def test_of_an_earlier_revision_is_refused_beyond_that(self) -> None:
        restoration = an_inventory()
        count_accounts(restoration, march(13), 709)
        stages = counts({Stage.RESTORED: 700})

        with refused(restoration, MoreThanInventory, match="700 .* 647 of inventory 1"):
            report(restoration, march(14), stages, revision=1)

        report(restoration, march(14), stages)

    def test_is_refused_without_an_inventory(self) -> None:
        restoration = a_loss()

        for revision in (None, 1):
            with refused(restoration, NoInventory, match="has no inventory yet"):
                report(restoration, march(13), revision=revision)

    @pytest.mark.parametrize("revision", [2, -1])
    def test_is_refused_of_an_inventory_that_nobody_took(self, revision: int) -> None:
        restoration = an_inventory()

        with refused(restoration, NoInventory, match=f"no inventory of revision {revision}"):
            report(restoration, march(13), revision=revision)


class TestGrades:
    """Of the accounts at one stage."""

    @pytest.mark.parametrize("grades", [{}, {"full": 300}, {"full": 200, "partly": 100}, {"full": 300, "partly": 0}])
    def test_add_up_to_its_accounts(self, grades: dict[str, int]) -> None:
        restoration = an_inventory()

        report(restoration, march(13), {Stage.RESTORED: Count(accounts=300, grades=grades)})

        assert restoration.reports[-1].stages[Stage.RESTORED].grades == grades

    @pytest.mark.parametrize("grades", [{"full": 299}, {"full": 200, "partly": 101}, {"full": 0}])
    def test_are_refused_otherwise(self, grades: dict[str, int]) -> None:
        restoration = an_inventory()
        stages = {Stage.LOST: Count(accounts=1, grades={}), Stage.RESTORED: Count(accounts=300, grades=grades)}

        with refused(restoration, GradesDoNotAddUp, match=f"stage restored: grades of {sum(grades.values())} accounts"):
            report(restoration, march(13), stages)
