"""What is read of panels and accounts, at any position and of any moment, is what a plain look at the log finds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from hypothesis import strategies as st

from application.panels.availability import read_availability
from application.panels.queries import AccountFilter, AccountQueries, PanelQueries, RestorationFilter
from domain.panels.account import RecoveryState
from domain.panels.restoration import RestorationState
from tests.application.program import TICK, Program, at
from tests.application.recovery import Recovery
from tests.contracts.availability_model import availability
from tests.contracts.examples import tried
from tests.contracts.faults import last
from tests.contracts.panel_model import Known, known
from tests.contracts.recovery_strategies import CAPABILITY_NAMES, PANELS
from tests.contracts.snapshots import wipe
from tests.contracts.strategies import WALKS_OF_PANELS, WALKS_OF_RECOVERIES, Step, Walker

DAY = timedelta(days=1)
BOUNDARIES = [
    *(date.min, date(2000, 1, 1), date.max - 2 * DAY),
    *(date(2019, 11, 18) + number * DAY for number in (-2, -1, 0, 1)),
    *(date(2020, 8, 27) + number * DAY for number in (-2, -1, 0, 1, 2)),
]
SHOP_3 = "shop_3"


class TestAvailability:
    @tried(30, steps=WALKS_OF_PANELS, data=st.data())
    def test_is_that_of_a_plain_look_at_every_position(
        self, program: Program, steps: list[Step], data: st.DataObject
    ) -> None:
        walk(program, steps)
        for position, found in at_every_position(program):
            edges = [edge + shift for edge in found.edges() for shift in (-TICK, TICK * 0, TICK)]
            moments = data.draw(st.lists(st.sampled_from(edges), max_size=4), "moments") if edges else []
            for moment in (None, *moments):
                expected = availability(found, moment)
                assert read_availability(program.facade.queries.panels, position, moment) == expected
                inside = read_availability(program.facade.queries.panels, position, moment, public=False)
                assert inside == availability(found, moment, public=False)
                for panel in expected:
                    [alone] = read_availability(program.facade.queries.panels, position, moment, panel["key"])
                    assert alone == panel

    @tried(30, steps=WALKS_OF_PANELS)
    def test_lists_the_restorations_of_a_plain_look(self, program: Program, steps: list[Step]) -> None:
        walk(program, steps)
        panel_map = program.facade.queries.panels
        for position, found in at_every_position(program):
            states = {str(loss.id): (loss.panel, loss.state) for loss in found.losses.values()}
            assert panel_map.counts(position) == Counter(str(state) for _, state in states.values())
            for panel in (None, *found.panels):
                for state in (None, *RestorationState):
                    wanted = RestorationFilter(panel=panel, state=state)
                    assert list_restorations(panel_map, position, wanted) == [
                        id
                        for id, told in sorted(states.items(), reverse=True)
                        if panel in {None, told[0]} and state in {None, told[1]}
                    ]

    def test_of_many_lost_panels_is_the_same_as_that_of_each(self, program: Program) -> None:
        recovery = Recovery(program)
        for number in range(6):
            capabilities = ("login", f"capability_{number}")
            recovery.register(f"p{number}", date(2020, 1, 1) + number * DAY, capabilities=capabilities)
            recovery.say(recovery.lose(f"p{number}"), f"capability_{number}", note=f"{number}")
        program.bitacora.follower.catch_up()

        for moment in (None, at("10:00")):
            together = read_availability(program.facade.queries.panels, last(program), moment)
            alone = [
                read_availability(program.facade.queries.panels, last(program), moment, f"p{n}")[0] for n in range(6)
            ]
            assert together == alone == availability(known(program.events()), moment)


class TestLookUp:
    @tried(30, steps=WALKS_OF_PANELS, days=st.integers(1, 3))
    def test_finds_the_panel_of_every_day_at_every_position(
        self, program: Program, steps: list[Step], days: int
    ) -> None:
        walk(program, steps)
        for position, found in at_every_position(program):
            for first in BOUNDARIES:
                until = first + (days - 1) * DAY
                read = [row.panel for row in program.facade.queries.panels.panels_of(position, first, until)]
                assert read == found.panels_on(first, until)
                assert days > 1 or len(read) <= 1


class TestDecision:
    @tried(30, steps=WALKS_OF_PANELS, minutes=st.lists(st.integers(-60, 2_000), min_size=3, max_size=3))
    def test_is_that_of_a_plain_look_at_every_position(
        self, program: Program, steps: list[Step], minutes: list[int]
    ) -> None:
        walk(program, steps)
        known_at = dict(at_every_position(program))
        now = known_at[max(known_at)]
        for public in (False, True):
            listed = program.facade.queries.panels.automations(max(known_at), public=public)
            assert {each["key"] for each in listed} == now.automations(public=public)
        for position, found in known_at.items():
            items = [at("08:00") + timedelta(minutes=number) for number in minutes]
            items += [
                instant + shift
                for loss in found.losses.values()
                for instant in loss.suppressed.values()
                if instant is not None
                for shift in (-TICK, TICK * 0)
            ]
            for panel in (key for key, *_ in PANELS):
                for automation in (*CAPABILITY_NAMES, "named", "unheard-of"):
                    read = program.facade.queries.panels.rules(position, panel, automation)
                    if panel not in found.panels:
                        assert read is None
                        continue
                    assert read is not None
                    assert read.is_known == (automation in now.automations(public=False))
                    assert read.is_public == (automation in now.automations(public=True))
                    since = read.position
                    assert 1 <= since <= position
                    for item in items:
                        decided = read.decide(item)
                        expected = found.decision(panel, automation, item)
                        assert (decided.run, str(decided.because)) == expected
                        assert known_at[since].decision(panel, automation, item) == expected
                        assert (decided.restoration is None) == (expected[1] == "no_rule")


class TestAccounts:
    @tried(30, steps=WALKS_OF_RECOVERIES, limit=st.integers(1, 3))
    def test_are_those_of_a_plain_look_at_every_position(self, program: Program, steps: list[Step], limit: int) -> None:
        walk(program, steps)
        listed = program.facade.queries.accounts
        for position, found in at_every_position(program):
            assert listed.counts(position) == Counter(found.accounts.values())
            for restoration in (*found.losses, UUID(int=1)):
                states = {name: state for (of, name), state in found.accounts.items() if of == restoration}
                assert listed.counts(position, restoration) == Counter(states.values())
                for state in (None, *RecoveryState):
                    wanted = AccountFilter(restoration=restoration, state=state)
                    assert list_accounts(listed, position, wanted, limit) == [
                        (name, told) for name, told in sorted(states.items()) if state in {None, told}
                    ]
                one = listed.find(position, restoration, SHOP_3)
                assert (None if one is None else json.loads(one)["state"]) == states.get(SHOP_3)


def walk(program: Program, steps: Sequence[Step]) -> None:
    """Begin anew, do all the steps, and let the views follow."""
    wipe(program.bitacora.store)
    Walker(program).walk(steps)
    program.bitacora.follower.catch_up()


def at_every_position(program: Program) -> list[tuple[int, Known]]:
    """Give what is known at each position, from 0 on, every one by a look at all events from the first."""
    events = program.events()
    return [(position, known(events[:position])) for position in range(len(events) + 1)]


def list_restorations(panel_map: PanelQueries, position: int, wanted: RestorationFilter) -> list[str]:
    """Read page after page to the end; each restoration is found alone as well."""
    ids: list[str] = []
    while page := panel_map.page_of_restorations(position, wanted, ids[-1] if ids else None, 1):
        for id, private, public in page:
            assert panel_map.find_restoration(position, UUID(id)) == (private, public)
            ids.append(id)
    return ids


def list_accounts(listed: AccountQueries, position: int, wanted: AccountFilter, limit: int) -> list[tuple[str, str]]:
    """Read page after page to the end, and give name and state; each account is found alone as well."""
    read: list[tuple[str, str]] = []
    while page := listed.page(position, wanted, read[-1][0] if read else None, limit):
        assert len(page) <= limit
        for name, text in page:
            assert listed.find(position, wanted.restoration, name) == text
            read.append((name, json.loads(text)["state"]))
    return read
