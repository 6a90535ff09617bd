"""An aggregate is put together of few classes, so that a reader finds what it does: its state, its policies, itself."""

from application.registry import AGGREGATES
from domain.aggregate import Aggregate
from domain.ledger.reconciliation import CauseOfRequests, Reconcilable

MOST = 3
SHARED = {Aggregate, CauseOfRequests, Reconcilable}


class TestAggregates:
    def test_are_joined_of_three_classes_at_most(self) -> None:
        assert {kind: joined(kind) for kind in AGGREGATES if len(joined(kind)) > MOST} == {}

    def test_are_found_once_they_are_joined_of_more(self) -> None:
        assert joined(Planted) == [Planted, Deciding, Guarded, State]


class State:
    """What is known."""


class Guarded(State):
    """What is refused."""


class Deciding(Guarded):
    """What is decided."""


class Planted(Deciding, Aggregate):
    """One class too many."""

    TOPIC = "planted"


def joined(kind: type[Aggregate]) -> list[type]:
    """List the classes of the domain that an aggregate is joined of, but for those that several share."""
    return [part for part in kind.__mro__ if is_ours(part) and part not in SHARED]


def is_ours(part: type) -> bool:
    """Tell whether a class is ours, and none of the library's or of the language's."""
    return not part.__module__.startswith(("eventsourcing", "builtins", "typing"))
