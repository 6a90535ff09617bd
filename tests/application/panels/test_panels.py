"""A panel ends where the next one begins, all at once or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest

from application.errors import AlreadyExists, ApplicationError
from domain.errors import DomainError, EndsBeforeItBegins, Invalid, NotFound
from domain.panels.errors import PanelsOverlap
from domain.panels.panel import Days, Panel, PanelProfile
from tests.application.program import FrozenClock, Program, at, in_english, running
from tests.application.recovery import CAPABILITIES, ZONE, Recovery

DAY = timedelta(days=1)
FIRST = date(2019, 11, 18)
D = PanelProfile(
    key="d",
    name=in_english("Panel d"),
    zone=ZONE,
    accounts=Days(first=date(2021, 3, 11)),
    capabilities=CAPABILITIES,
)


@pytest.fixture
def recovery(program: Program) -> Recovery:
    """The panels of a program, of which the first ends where the second begins."""
    recovery = Recovery(program)
    recovery.register("a", None)
    recovery.register("b", FIRST)
    return recovery


class TestRegistration:
    def test_closes_the_open_panel_in_the_same_transaction(self, program: Program, recovery: Recovery) -> None:
        assert program.recorded() == ["panel.registered", "panel.closed", "panel.registered"]
        assert [recovery.panel(key).accounts for key in "ab"] == [Days(last=FIRST - DAY), Days(first=FIRST)]
        closed, registered = program.events()[1:]
        assert closed.provenance == registered.provenance

    @pytest.mark.parametrize(
        ("profile", "refusal"),
        [
            (replace(D, key="b"), AlreadyExists),
            (replace(D, zone="Europe/Nowhere"), Invalid),
            (replace(D, accounts=Days(first=date(2021, 3, 11), last=date(2021, 3, 10))), EndsBeforeItBegins),
            (replace(D, accounts=Days(first=FIRST - DAY)), PanelsOverlap),
            (replace(D, accounts=Days(first=FIRST)), PanelsOverlap),
            (replace(D, accounts=Days(last=FIRST)), PanelsOverlap),
            (replace(D, accounts=Days()), PanelsOverlap),
        ],
    )
    def test_that_is_refused_leaves_nothing(
        self,
        program: Program,
        recovery: Recovery,
        profile: PanelProfile,
        refusal: type[DomainError | ApplicationError],
    ) -> None:
        before = program.recorded()

        with pytest.raises(refusal):
            recovery.register(profile.key, profile.accounts.first, profile.accounts.last, zone=profile.zone)

        assert program.recorded() == before
        recovery.revise("b", name="The last one")
        assert recovery.panel("b").accounts == Days(first=FIRST)
        recovery.register("e", date(2022, 1, 1))
        assert program.recorded()[len(before) :] == ["panel.revised", "panel.closed", "panel.registered"]

    @pytest.mark.usefixtures("recovery")
    def test_of_a_panel_that_was_closed_does_not_reach_into_the_next(self, program: Program) -> None:
        recovery = Recovery(program)
        recovery.register("c", date(2020, 8, 27), date(2020, 8, 27))
        recovery.register("d", date(2020, 9, 1))

        assert [recovery.panel(key).accounts for key in "bcd"] == [
            Days(first=FIRST, last=date(2020, 8, 26)),
            Days(first=date(2020, 8, 27), last=date(2020, 8, 27)),
            Days(first=date(2020, 9, 1)),
        ]

    def test_of_two_at_once_leaves_no_day_to_both(self, postgres_url: str) -> None:
        clock = FrozenClock(at("10:00"))
        with running(postgres_url, clock) as one, running(postgres_url, clock) as other:

            def register(number: int) -> None:
                first = date(2020, 1, 1) + number // 2 * DAY
                with suppress(PanelsOverlap):
                    Recovery(one if number % 2 else other).register(f"p{number}", first)

            with ThreadPoolExecutor(8) as threads:
                list(threads.map(register, range(40)))

            begun = [event for event in one.events() if isinstance(event, Panel.Registered)]
            panels = [Recovery(one).panel(event.profile.key).accounts for event in begun]
            assert not any(this.overlaps(that) for this in panels for that in panels if this is not that)
            assert len([days for days in panels if days.last is None]) == 1


class TestRevision:
    @pytest.mark.usefixtures("recovery")
    def test_of_a_panel_that_there_is_not_is_refused(self, program: Program) -> None:
        before = program.recorded()

        with pytest.raises(NotFound, match="no panel z"):
            Recovery(program).revise("z", name="The last one")

        assert program.recorded() == before

    def test_keeps_the_days(self, recovery: Recovery) -> None:
        recovery.revise("a", capabilities=("archive",))

        assert recovery.panel("a").profile.capabilities == ("archive",)
        assert recovery.panel("a").accounts == Days(last=FIRST - DAY)
