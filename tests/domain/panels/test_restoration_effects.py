"""What components show because of the capabilities of a panel."""

import pytest

from domain.errors import NoImpact
from domain.impact import Status, StatusSpan
from domain.panels.restoration import CapabilityState, PanelRestoration
from tests.domain.assertions import refused
from tests.domain.builders import CARRIER, IMPORT
from tests.domain.panel_builders import (
    API,
    LOGIN,
    LOST,
    ORDERS,
    REFUNDS,
    RESTORED,
    a_completion,
    a_condition,
    a_loss,
    a_return,
    complete,
    lose_access,
    march,
    restore_access,
    say,
)

PARTIAL = a_condition(CapabilityState.DEGRADED, components={CARRIER: Status.PARTIAL_OUTAGE})
MAJOR = a_condition(CapabilityState.UNAVAILABLE, components={CARRIER: Status.MAJOR_OUTAGE, IMPORT: Status.MAJOR_OUTAGE})
COMMON = {"restorations:a": LOST}


def effects(restoration: PanelRestoration, capability: str = ORDERS) -> list[tuple[str, StatusSpan]]:
    """Give what components show, and when, because of one capability."""
    return [(component, span) for name, component, span in restoration.effects() if name == capability]


class TestEffect:
    def test_is_none_unless_somebody_says_so(self) -> None:
        restoration = a_loss()

        assert list(restoration.effects()) == []
        assert (restoration.statuses, restoration.handles) == ({}, COMMON)

    def test_lasts_as_long_as_the_condition(self) -> None:
        restoration = a_loss()

        say(restoration, march(12), ORDERS, MAJOR)
        assert restoration.statuses == {CARRIER: Status.MAJOR_OUTAGE, IMPORT: Status.MAJOR_OUTAGE}
        assert restoration.handles == COMMON | {f"affected:{CARRIER}": LOST, f"affected:{IMPORT}": LOST}

        say(restoration, march(13), ORDERS, PARTIAL)
        assert restoration.statuses == {CARRIER: Status.PARTIAL_OUTAGE}
        assert restoration.handles == COMMON | {f"affected:{CARRIER}": LOST}

        say(restoration, march(14), ORDERS)
        assert (restoration.statuses, restoration.handles) == ({}, COMMON)
        assert effects(restoration) == [
            (CARRIER, StatusSpan(status=Status.MAJOR_OUTAGE, start=march(12), end=march(13))),
            (IMPORT, StatusSpan(status=Status.MAJOR_OUTAGE, start=march(12), end=march(13))),
            (CARRIER, StatusSpan(status=Status.PARTIAL_OUTAGE, start=march(13), end=march(14))),
        ]

    def test_of_two_capabilities_ends_with_the_last(self) -> None:
        restoration = a_loss()
        say(restoration, march(12), ORDERS, MAJOR)
        say(restoration, march(12), API, PARTIAL)

        say(restoration, march(13), ORDERS)

        assert restoration.statuses == {CARRIER: Status.PARTIAL_OUTAGE}
        assert f"affected:{CARRIER}" in restoration.handles

    def test_goes_on_while_access_comes_and_goes(self) -> None:
        restoration = a_loss()
        say(restoration, march(12), ORDERS, PARTIAL)

        restore_access(restoration, RESTORED)
        lose_access(restoration, march(17))
        assert restoration.statuses == {CARRIER: Status.PARTIAL_OUTAGE}

        restore_access(restoration, march(18))
        assert restoration.condition(ORDERS, march(18)) == a_condition(
            CapabilityState.UNKNOWN, components={CARRIER: Status.PARTIAL_OUTAGE}, follows=True
        )
        assert restoration.statuses == {CARRIER: Status.PARTIAL_OUTAGE}

    def test_told_of_late_lasts_until_what_is_known_next(self) -> None:
        restoration = a_return()
        say(restoration, march(17))

        say(restoration, march(16), ORDERS, PARTIAL, recorded=march(18))

        assert restoration.statuses == {}
        assert effects(restoration) == [
            (CARRIER, StatusSpan(status=Status.PARTIAL_OUTAGE, start=march(16), end=march(17)))
        ]

    def test_ends_with_the_restoration(self) -> None:
        restoration = a_return()
        say(restoration, march(16), ORDERS, PARTIAL)

        complete(restoration, march(20), given_up=(LOGIN, API, ORDERS, REFUNDS))

        assert (restoration.statuses, restoration.handles) == ({}, COMMON)
        assert effects(restoration) == [
            (CARRIER, StatusSpan(status=Status.PARTIAL_OUTAGE, start=march(16), end=march(20)))
        ]

    def test_is_none_where_the_restoration_ends_as_it_begins(self) -> None:
        restoration = a_return()
        say(restoration, march(20), ORDERS, PARTIAL)

        complete(restoration, march(20), given_up=(LOGIN, API, ORDERS, REFUNDS))

        assert effects(restoration) == []

    @pytest.mark.parametrize("status", [Status.OPERATIONAL, Status.UNKNOWN])
    def test_is_refused_if_it_is_none(self, status: Status) -> None:
        restoration = a_loss()
        components = {CARRIER: Status.MAJOR_OUTAGE, IMPORT: status}

        with refused(restoration, NoImpact, match=f"component {IMPORT} cannot be {status} because of a capability"):
            say(restoration, march(12), ORDERS, a_condition(CapabilityState.UNAVAILABLE, components=components))

    def test_is_refused_of_what_is_available(self) -> None:
        restoration = a_loss()

        with refused(restoration, NoImpact, match="capability orders is available, and affects no component"):
            say(restoration, march(12), ORDERS, a_condition(components={CARRIER: Status.PARTIAL_OUTAGE}))

    def test_is_refused_of_what_was_given_up(self) -> None:
        restoration = a_completion()

        with refused(restoration, NoImpact, match="belongs to a restoration that is completed"):
            say(restoration, march(21), REFUNDS, PARTIAL)
