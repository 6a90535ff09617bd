"""Each civil day belongs to one panel at most, and what is said of a panel can be revised."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import EndsBeforeItBegins, InTheFuture, TooManyEntries
from domain.panels.errors import CapabilityExists, PanelsOverlap
from domain.panels.panel import BEGINNING, MOST_CAPABILITIES, Days, Panel, PanelProfile
from tests.domain.assertions import recorded, refused, replayed, state, typed
from tests.domain.builders import ana, in_english
from tests.domain.panel_builders import CAPABILITIES, A, B, C, D, a_profile, march, the_panels

DAY = timedelta(days=1)
FIRST = date(2020, 1, 1)
PRICES = in_english("Price sync")
days = st.none() | st.integers(0, 30).map(lambda number: FIRST + number * DAY)


def panels_of(panels: Iterable[Panel], day: date) -> list[str]:
    """Name the panels that have the accounts of a day."""
    return [panel.key for panel in panels if panel.accounts.covers(day)]


def a_panel() -> Panel:
    return Panel.register(profile=B, others=(), provenance=ana(march(1)))


class TestAccounts:
    """Of panels a to d, by the day of their creation."""

    @pytest.mark.parametrize(
        ("day", "panel"),
        [
            (date.min, "a"),
            (date(2019, 11, 17), "a"),
            (date(2019, 11, 18), "b"),
            (date(2020, 8, 26), "b"),
            (date(2020, 8, 27), "c"),
            (date(2021, 3, 10), "c"),
            (date(2021, 3, 11), "d"),
            (date.max, "d"),
        ],
    )
    def test_are_on_one_panel(self, day: date, panel: str) -> None:
        assert panels_of(the_panels(), day) == [panel]

    def test_are_on_no_panel_where_none_was_registered(self) -> None:
        panels = the_panels([a_profile("a", last=date(2019, 11, 17)), C])

        assert panels_of(panels, date(2019, 11, 17)) == ["a"]
        assert panels_of(panels, date(2019, 11, 18)) == []
        assert panels_of(panels, date(2020, 8, 26)) == []
        assert panels_of(panels, date(2020, 8, 27)) == ["c"]

    def test_of_a_first_panel_that_is_the_newest_are_all(self) -> None:
        assert panels_of(the_panels([A]), date.min) == panels_of(the_panels([A]), date.max) == ["a"]

    def test_may_be_of_a_single_day(self) -> None:
        [panel] = the_panels([a_profile("b", date(2020, 1, 1), date(2020, 1, 1))])

        assert [panel.accounts.covers(FIRST + days * DAY) for days in (-1, 0, 1)] == [False, True, False]


class TestRegistration:
    def test_takes_over_the_profile(self) -> None:
        panel = a_panel()

        assert (panel.id, panel.key, panel.profile) == (Panel.id_of("b"), "b", B)
        assert panel.registered_at == march(1)
        assert recorded(panel) == ["panel.registered"]

    def test_closes_the_open_panel_on_the_day_before(self) -> None:
        panels = the_panels()

        assert [recorded(panel)[1:] for panel in panels] == [["panel.closed"]] * 3 + [[]]
        assert [panel.accounts for panel in panels] == [
            Days(last=date(2019, 11, 17)),
            Days(first=date(2019, 11, 18), last=date(2020, 8, 26)),
            Days(first=date(2020, 8, 27), last=date(2021, 3, 10)),
            Days(first=date(2021, 3, 11)),
        ]

    def test_closes_the_open_panel_also_before_one_that_has_an_end(self) -> None:
        panels = the_panels([B, a_profile("c", date(2020, 8, 27), date(2021, 3, 10))])

        assert panels_of(panels, date(2020, 8, 26)) == ["b"]
        assert panels_of(panels, date(2021, 3, 10)) == ["c"]
        assert panels_of(panels, date(2021, 3, 11)) == []

    def test_fills_a_hole(self) -> None:
        middle = a_profile("b", date(2019, 11, 18), date(2020, 8, 26))

        panels = the_panels([a_profile("a", last=date(2019, 11, 17)), C, middle])

        assert [recorded(panel) for panel in panels] == [["panel.registered"]] * 3
        assert panels_of(panels, date(2019, 11, 18)) == panels_of(panels, date(2020, 8, 26)) == ["b"]

    def test_of_the_first_panel_may_come_last(self) -> None:
        panels = the_panels([D, a_profile("a", last=date(2021, 3, 10))])

        assert panels_of(panels, date.min) == ["a"]
        assert panels_of(panels, date(2021, 3, 11)) == ["d"]

    def test_is_refused_if_it_ends_before_it_begins(self) -> None:
        with pytest.raises(EndsBeforeItBegins, match="b cannot have accounts from 2020-01-02 until 2020-01-01"):
            the_panels([a_profile("b", date(2020, 1, 2), date(2020, 1, 1))])

    def test_is_refused_in_the_future(self) -> None:
        with pytest.raises(InTheFuture):
            Panel.register(profile=A, others=(), provenance=ana(march(1, "12:00:05.000001"), march(1, "12:00")))


class TestOverlap:
    """Of accounts from 10 to 20 January 2020, but for the tests that say otherwise."""

    middle = a_profile("x", date(2020, 1, 10), date(2020, 1, 20))

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            (date(2020, 1, 10), date(2020, 1, 20)),
            (date(2020, 1, 12), date(2020, 1, 15)),
            (date(2020, 1, 1), date(2020, 1, 31)),
            (date(2020, 1, 1), date(2020, 1, 10)),
            (date(2020, 1, 20), date(2020, 1, 31)),
            (date(2020, 1, 20), None),
            (date(2020, 1, 1), None),
            (None, date(2020, 1, 10)),
            (None, None),
        ],
    )
    def test_is_refused(self, first: date | None, last: date | None) -> None:
        with pytest.raises(
            PanelsOverlap, match=r"overlaps panel x, .* of 2020-01-10 and later, until 2020-01-20"
        ) as no:
            the_panels([self.middle, a_profile("y", first, last)])

        assert no.value.facts == {"panel": "x"}

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            (None, date(2020, 1, 9)),
            (date(2020, 1, 9), date(2020, 1, 9)),
            (date(2020, 1, 21), date(2020, 1, 21)),
            (date(2020, 1, 21), None),
        ],
    )
    def test_is_none_on_the_next_day(self, first: date | None, last: date | None) -> None:
        panels = the_panels([self.middle, a_profile("y", first, last)])

        assert panels[0].accounts == self.middle.accounts

    def test_with_an_open_panel_is_refused_unless_it_began_before(self) -> None:
        for first in (None, C.accounts.first, date(2020, 8, 26)):
            with pytest.raises(PanelsOverlap, match=r"of 2020-08-27 and later$"):
                the_panels([C, a_profile("y", first)])

    def test_with_the_first_panel_is_refused_if_both_have_every_earlier_day(self) -> None:
        with pytest.raises(PanelsOverlap, match="from the beginning, until 2019-11-17"):
            the_panels([A, B, a_profile("y", last=date(2000, 1, 1))])

    def test_with_the_whole_of_time_is_refused(self) -> None:
        with pytest.raises(PanelsOverlap, match=r"whose accounts are from the beginning$"):
            the_panels([A, a_profile("y")])

    def test_that_is_refused_changes_no_other_panel(self) -> None:
        [panel] = the_panels([self.middle])

        with refused(panel, PanelsOverlap):
            Panel.register(profile=a_profile("y", date(2020, 1, 20)), others=[panel], provenance=ana(march(2)))


class TestGivingWay:
    def test_says_to_which_panel(self) -> None:
        panel = a_panel()

        panel.give_way(to=C, provenance=ana(march(2)))

        closed = panel.pending_events[-1]
        assert isinstance(closed, Panel.Closed)
        assert (closed.last, closed.successor) == (date(2020, 8, 26), "c")

    @pytest.mark.parametrize("to", [A, B, a_profile("y", date(2019, 11, 17)), a_profile("y", last=date(2022, 1, 1))])
    def test_is_none_to_a_panel_that_begins_no_later(self, to: PanelProfile) -> None:
        panel = a_panel()

        panel.give_way(to=to, provenance=ana(march(2)))

        assert recorded(panel) == ["panel.registered"]

    def test_is_none_of_a_panel_that_has_ended(self) -> None:
        panel = a_panel()
        panel.give_way(to=C, provenance=ana(march(2)))

        panel.give_way(to=D, provenance=ana(march(3)))

        assert recorded(panel) == ["panel.registered", "panel.closed"]


class TestRevision:
    def test_changes_name_and_capabilities(self) -> None:
        panel = a_panel()

        panel.revise(name=in_english("The second"), capabilities=("login",), provenance=ana(march(2)))

        assert recorded(panel)[-1] == "panel.revised"
        assert (panel.profile.name, panel.profile.capabilities) == (in_english("The second"), ("login",))
        assert (panel.key, panel.accounts) == ("b", B.accounts)

    def test_leaves_what_is_not_named(self) -> None:
        panel = a_panel()

        panel.revise(name=in_english("The second"), capabilities=None, provenance=ana(march(2)))
        panel.revise(name=None, capabilities=(), provenance=ana(march(3)))

        assert (panel.profile.name, panel.profile.capabilities) == (in_english("The second"), ())

    def test_is_refused_in_the_future(self) -> None:
        panel = a_panel()

        with refused(panel, InTheFuture):
            panel.revise(name=A.name, capabilities=None, provenance=ana(march(1, "12:00:05.000001"), march(1, "12:00")))

    def test_that_changes_nothing_is_none(self) -> None:
        panel = a_panel()

        panel.revise(name=None, capabilities=None, provenance=ana(march(2)))
        panel.revise(name=B.name, capabilities=CAPABILITIES, provenance=ana(march(2)))

        assert recorded(panel) == ["panel.registered"]


class TestCapability:
    def test_is_added_with_its_name(self) -> None:
        panel = a_panel()

        panel.add_capability(capability="price_sync", name=PRICES, provenance=ana(march(2)))

        assert recorded(panel)[-1] == "panel.capability_added"
        assert panel.profile.capabilities == (*CAPABILITIES, "price_sync")
        assert panel.profile.capability_names == {"price_sync": PRICES}

    def test_is_not_added_twice(self) -> None:
        panel = a_panel()

        with refused(panel, CapabilityExists):
            panel.add_capability(capability="login", name=PRICES, provenance=ana(march(2)))

    def test_is_not_added_where_there_are_as_many_as_there_can_be(self) -> None:
        panel = a_panel()
        many = tuple(f"capability_{number}" for number in range(MOST_CAPABILITIES))
        panel.revise(name=None, capabilities=many, provenance=ana(march(2)))

        with refused(panel, TooManyEntries):
            panel.add_capability(capability="one_more", name=PRICES, provenance=ana(march(2)))

    def test_is_renamed_hidden_and_shown_again(self) -> None:
        panel = a_panel()
        seen = []
        for name, hidden in ((PRICES, None), (None, True), (None, False)):
            panel.revise_capability(capability="login", name=name, hidden=hidden, provenance=ana(march(2)))
            seen.append((panel.profile.capability_names["login"], panel.hidden))

        assert seen == [(PRICES, frozenset()), (PRICES, frozenset({"login"})), (PRICES, frozenset())]
        assert recorded(panel)[1:] == ["panel.capability_revised"] * 3
        assert panel.profile.capabilities == CAPABILITIES

    def test_that_stays_as_it_is_is_not_recorded(self) -> None:
        panel = a_panel()

        panel.revise_capability(capability="login", name=None, hidden=False, provenance=ana(march(2)))
        panel.revise(name=None, capabilities=None, capability_names={}, provenance=ana(march(2)))

        assert recorded(panel) == ["panel.registered"]

    def test_keeps_its_name_when_others_are_named(self) -> None:
        panel = a_panel()
        panel.revise(name=None, capabilities=None, capability_names={"login": PRICES}, provenance=ana(march(2)))

        panel.revise(name=None, capabilities=None, capability_names={"orders": PRICES}, provenance=ana(march(2)))

        assert panel.profile.capability_names == {"login": PRICES, "orders": PRICES}

    @pytest.mark.parametrize("act", ["add_capability", "revise_capability"])
    def test_is_not_changed_in_the_future(self, act: str) -> None:
        panel = a_panel()
        facts = {"name": PRICES} if act == "add_capability" else {"name": PRICES, "hidden": None}

        with refused(panel, InTheFuture):
            getattr(panel, act)(
                capability="new", provenance=ana(march(1, "12:00:05.000001"), march(1, "12:00")), **facts
            )


class TestHandles:
    def test_rank_the_newest_accounts_first(self) -> None:
        ranks = [panel.handles["panels"] for panel in the_panels()]

        assert ranks == sorted(ranks)
        assert (ranks[0], ranks[1]) == (BEGINNING, datetime(2019, 11, 18, tzinfo=UTC))


class TestAnyPanels:
    @given(wanted=st.lists(st.tuples(days, days), max_size=8))
    def test_have_each_day_once_at_most(self, wanted: list[tuple[date | None, date | None]]) -> None:
        profiles: list[PanelProfile] = []
        panels: list[Panel] = []
        for number, (first, last) in enumerate(wanted):
            profile, before = a_profile(f"panel-{number}", first, last), panels
            try:
                panels = the_panels([*profiles, profile])
            except (PanelsOverlap, EndsBeforeItBegins):
                continue
            profiles.append(profile)
            for day in (date.min, *(FIRST + number * DAY for number in range(-1, 32)), date.max):
                had, has = panels_of(before, day), panels_of(panels, day)
                assert len(has) <= 1
                assert has == had or day >= (first or date.min)
                assert not profile.accounts.covers(day) or has == [profile.key]

        assert all(typed(state(replayed(panel))) == typed(state(panel)) for panel in panels)
