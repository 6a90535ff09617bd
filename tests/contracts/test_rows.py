"""A view has rows of the aggregates that it says it follows, and of no others."""

import pytest

from application.projections.tables import View
from application.registry import AGGREGATES, VIEWS
from domain.aggregate import Aggregate
from tests.domain.history_builders import HISTORIES


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
class TestView:
    def test_has_rows_of_what_it_follows_alone(self, view: View) -> None:
        aggregates: list[Aggregate] = [history() for history in HISTORIES]
        shown = [aggregate for aggregate in aggregates if list(view.rows_of(aggregate))]

        assert shown
        assert all(isinstance(aggregate, view.of) for aggregate in shown)

    def test_follows_aggregates_that_there_are(self, view: View) -> None:
        assert set(view.of) <= set(AGGREGATES)
